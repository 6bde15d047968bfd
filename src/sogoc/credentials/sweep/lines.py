"""Register lines as a sweep reads them: page by page, and those that others are like.

Called inside `acting`; row-level security shows what the actor may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db import connection
from psycopg.rows import dict_row

Found = Mapping[str, Any]
"""One line with its personal columns and what its batch says of the act."""

_COLUMNS: Final = """
    l.id, l.code, l.is_live, l.kind, l.issued_on, l.serial, l.entry_number, l.issuer_id,
    l.signatory_title, l.decision_number, l.decision_date, l.source_sheet, l.source_row,
    o.code AS issuer, p.line_id IS NULL AS is_erased, p.full_name, p.name_key, p.birth_date,
    p.birth_text, p.birth_place, p.sex, p.ethnicity, p.nationality, p.personal_id,
    coalesce(p.details::text, '') AS details,
    b.exam_date, b.level, b.submitted_by, b.learners_confirmed_on, d.decided_by,
    d.row_count AS decided_for,
    coalesce(b.file_sha256, '') AS file_sha256,
    CASE WHEN cardinality(l.rulings) > 0 THEN (
        SELECT array_agg(DISTINCT f.override ORDER BY f.override)
        FROM credentials_batch_finding f
        WHERE f.batch_id = l.batch_id AND f.override <> ''
          AND (f.row IS NULL OR (f.sheet = l.source_sheet AND f.row = l.source_row))
    ) END AS overrides
"""
_FROM: Final = """
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_batch b ON b.id = l.batch_id
    LEFT JOIN credentials_recognition_decision d ON d.id = b.decision_id
"""
_STANDING: Final = """
    l.act <> 'revoke' AND l.issued_on <= %(as_of)s AND l.id <= %(up_to)s
    AND NOT EXISTS (SELECT 1 FROM credentials_register_line r
        WHERE r.ref_id = l.id AND r.act = 'revoke' AND r.issued_on <= %(as_of)s)
"""
_PAGE: Final = f"""
    SELECT {_COLUMNS} {_FROM}
    WHERE {_STANDING} AND l.issuer_id = %(issuer)s AND l.id > %(from_line)s
      AND (l.issued_on, l.id) > (%(issued_on)s, %(line)s)
    ORDER BY l.issued_on, l.id LIMIT %(size)s
"""
_ALIKE_NUMBERS: Final = f"""
    WITH keyed AS (
        SELECT l.id, l.kind, l.issuer_id, {{key}} AS alike FROM credentials_register_line l
        WHERE {_STANDING} AND NOT l.is_live AND l.{{column}} <> '' {{where}}
    ), twice AS (
        SELECT {{within}}, alike FROM keyed GROUP BY {{within}}, alike
        HAVING count(*) > 1 AND bool_or(issuer_id = ANY (%(issuers)s))
    )
    SELECT {_COLUMNS}, k.alike {_FROM} JOIN keyed k ON k.id = l.id
    WHERE ({{of_keyed}}, k.alike) IN (SELECT * FROM twice)
    ORDER BY {{of_keyed}}, k.alike, l.issued_on, l.id
"""  # noqa: S608 - constants of this file
_ALIKE_PEOPLE: Final = f"""
    SELECT {_COLUMNS}, l.id AS alike {_FROM}
    JOIN sogoc_sweep_alike_people(%(issuers)s, %(as_of)s) alike ON alike.line_id = l.id
    WHERE {_STANDING} ORDER BY l.issuer_id, l.issued_on, l.id
"""
_ALL_OF_A_KIND: Final = f"""
    SELECT {_COLUMNS}, l.kind AS alike {_FROM}
    WHERE {_STANDING} AND l.issuer_id = ANY (%(issuers)s)
    ORDER BY l.issuer_id, l.kind, l.issued_on, l.id
"""
_PRIOR: Final = """
    SELECT ord - 1 AS place, code, issuer_name, kind, issued_on, revoked_on, level, major
    FROM sogoc_prior_originals(%s, %s::text[], %s::date[], %s::text[])
"""
_MATES: Final = """
    SELECT own.id, mate.code, p.personal_id,
        coalesce(p.details ->> 'candidate_number', '') AS candidate_number,
        coalesce(p.details ->> 'student_code', '') AS student_code
    FROM credentials_register_line own
    JOIN credentials_register_line mate
      ON mate.issuer_id = own.issuer_id AND mate.kind = own.kind AND mate.issued_on = own.issued_on
     AND mate.source_digest = own.source_digest AND mate.id <> own.id AND mate.act <> 'revoke'
    JOIN credentials_register_personal p ON p.line_id = mate.id
    JOIN credentials_register_personal q ON q.line_id = own.id
     AND q.name_key = p.name_key AND q.birth_date = p.birth_date
    WHERE own.id = ANY (%s)
"""
"""Lines of the same list, and of one name and birth date."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Originals of these issuers (ids, ascending), issued by the day, up to a line's id."""

    as_of: date
    issuers: tuple[int, ...]
    up_to: int

    def parameters(self, **more: object) -> dict[str, Any]:
        """As the queries call them."""
        return {
            "as_of": self.as_of,
            "issuers": list(self.issuers),
            "up_to": self.up_to,
            **more,
        }


@dataclass(frozen=True, slots=True)
class Alike:
    """What makes lines alike: their number in some sense, or the person.

    Zeros in front of a number, spaces and case never make two numbers differ for a check; what is
    alike here is put to the check, which decides. ``within``: the columns that keep numbers apart.
    """

    column: str
    within: tuple[str, ...] = ()
    key: str = ""

    def key_of(self, line: Found) -> tuple[object, ...]:
        """What lines that are alike have in common."""
        return tuple(line[name] for name in (*(self.within or ("issuer_id",)), "alike"))

    def query(self) -> str:
        """The standing lines that others are like, like beside like, the earliest first."""
        if self.column == "person":
            return _ALIKE_PEOPLE
        if self.column == "kind":
            return _ALL_OF_A_KIND
        by_issuer = "issuer_id" in self.within
        return _ALIKE_NUMBERS.format(
            column=self.column,
            key=self.key,
            within=", ".join(self.within),
            of_keyed=", ".join(f"k.{name}" for name in self.within),
            where="AND l.issuer_id = ANY (%(issuers)s)" if by_issuer else "",
        )


SERIAL: Final = Alike("serial", ("kind",), "upper(regexp_replace(l.serial, '\\s', '', 'g'))")
"""A serial is on one blank of its kind, whoever issued it. Live ones cannot be alike."""
ENTRY_NUMBER: Final = Alike(
    "entry_number",
    ("issuer_id", "kind"),
    "upper(regexp_replace(regexp_replace(l.entry_number, '\\s', '', 'g'),"
    " '(?<![0-9])0+(?=[0-9])', '', 'g'))",
)
"""An entry number is of one issuer's registers. Live ones cannot be alike."""
PERSON: Final = Alike("person")
"""The same name and birth date, or the same personal ID, at any issuer."""
ANY: Final = Alike("kind")
"""All lines of one issuer and kind: for a check that nobody wrote a query for."""


class Position(NamedTuple):
    """The last line of a page."""

    issuer_id: int
    issued_on: date
    line_id: int


START: Final = Position(0, date.min, 0)


class Part(NamedTuple):
    """The register of one issuer in a sweep: only lines after ``from_line`` are read."""

    issuer_id: int
    from_line: int = 0


def page(scope: Scope, parts: Sequence[Part], after: Position, size: int) -> list[Found]:
    """Return up to ``size`` standing lines after a position, by issuer, day and id.

    ``parts`` ascend by issuer; issuers without a part are left out.
    """
    lines: list[Found] = []
    with connection.connection.cursor(row_factory=dict_row) as cursor:
        for part in parts:
            if part.issuer_id < after.issuer_id:
                continue
            begin = after if part.issuer_id == after.issuer_id else START
            parameters = scope.parameters(
                issuer=part.issuer_id,
                from_line=part.from_line,
                issued_on=begin.issued_on,
                line=begin.line_id,
                size=size - len(lines),
            )
            lines += cursor.execute(_PAGE, parameters).fetchall()
            if len(lines) >= size:
                break
    return lines


def position(line: Found) -> Position:
    """Return where a line stands in the order of pages."""
    return Position(line["issuer_id"], line["issued_on"], line["id"])


def alike_lines(scope: Scope, alike: Alike, size: int) -> Iterator[list[Found]]:
    """Yield the lines that are alike, about ``size`` at a time, like ones never parted."""
    with connection.connection.cursor("sweep_alike", row_factory=dict_row) as cursor:
        cursor.itersize = min(size, 2_000)
        cursor.execute(alike.query(), scope.parameters())
        chunk: list[Found] = []
        for _, group in groupby(cursor, key=alike.key_of):
            chunk += group
            if len(chunk) >= size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def issuers_with_lines(issuers: Sequence[int]) -> tuple[int, ...]:
    """Return those that have a line at all, ascending."""
    query = """
        SELECT i FROM unnest(%s::bigint[]) AS i
        WHERE EXISTS (SELECT FROM credentials_register_line l WHERE l.issuer_id = i) ORDER BY i
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [list(issuers)])
        return tuple(row[0] for row in cursor.fetchall())


def last_line() -> int:
    """Return the greatest id of a line that is visible, 0 without any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM credentials_register_line")
        return int(cursor.fetchone()[0])


def count_originals(scope: Scope) -> dict[int, int]:
    """Return how many originals each issuer has in the scope, revoked ones included."""
    query = """
        SELECT issuer_id, count(*) FROM credentials_register_line
        WHERE act <> 'revoke' AND issued_on <= %(as_of)s AND id <= %(up_to)s
          AND issuer_id = ANY (%(issuers)s)
        GROUP BY issuer_id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, scope.parameters())
        return dict(cursor.fetchall())


def count_revoked(scope: Scope) -> int:
    """Return how many originals were issued by the day and revoked by then."""
    query = """
        SELECT count(*) FROM credentials_register_line r
        WHERE r.act = 'revoke' AND r.issued_on <= %(as_of)s AND r.issuer_id = ANY (%(issuers)s)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, scope.parameters())
        return int(cursor.fetchone()[0])


def list_mates(lines: Iterable[int]) -> dict[tuple[int, str], Found]:
    """Return, by (line's id, other's code), lines of one list that share name and birth date."""
    asked = sorted(set(lines))
    if not asked:
        return {}
    with connection.connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_MATES, [asked]).fetchall()
    return {(each["id"], each["code"]): each for each in found}


def people_before(kind: str, people: Sequence[tuple[str, date | None, str | None]]) -> list[Found]:
    """Return originals of these people of the kind at any issuer; ``place`` is that in ``people``.

    The same person is what `sogoc_prior_originals` says; one query for them all.
    """
    names, births, ids = zip(*people, strict=True)
    with connection.connection.cursor(row_factory=dict_row) as cursor:
        parameters = [kind, list(names), list(births), [each or "" for each in ids]]
        return list(cursor.execute(_PRIOR, parameters).fetchall())
