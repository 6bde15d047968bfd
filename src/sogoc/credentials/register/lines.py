"""Reading the register: one line, all lines, and whether somebody has an original already.

Functions that take `by` open `acting(by)` themselves; the others run inside the caller's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from django.db import connection
from psycopg.rows import dict_row

from sogoc.credentials.register.errors import UnknownLine
from sogoc.credentials.register.staging import STAGE, Book
from sogoc.kernel.identifiers import LookupCodeError, parse_lookup_code
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, require
from sogoc.policy.api import PriorOriginal

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Cursor

Status = Literal["valid", "revoked"]

Person = tuple[str, date | None, str | None]
"""`name_key`, birth date, personal ID."""

_EXPORT_ROWS: Final = 2_000
_STAGED_ORIGINALS: Final = f"""
    SELECT s.ns[f.ord], f.code, f.issuer_code, f.issuer_name, f.kind, f.issued_on, f.revoked_on,
        f.level, f.major
    FROM (
        SELECT array_agg(n ORDER BY n) AS ns, array_agg(name_key ORDER BY n) AS names,
            array_agg(birth_date ORDER BY n) AS births, array_agg(personal_id ORDER BY n) AS ids
        FROM {STAGE}
    ) s
    CROSS JOIN LATERAL sogoc_prior_originals(%(kind)s, s.names, s.births, s.ids) f
    LEFT JOIN credentials_register_line own ON own.code = f.code AND own.batch_id = %(batch)s
    WHERE own.id IS NULL
    ORDER BY f.ord
"""  # noqa: S608 - the name of our own temporary table

_LINE: Final = """
    SELECT l.id, l.code, l.act, l.is_live, l.sequence, l.entry_number, l.kind, l.issued_on,
        l.serial, l.signatory_title, l.signatory_name, l.decision_number, l.decision_date,
        l.source_file, l.source_sheet, l.source_row, l.leaf_hash,
        o.code AS issuer, o.name AS issuer_name, l.issuer_id,
        b.id AS book_id, b.year AS book_year, b.is_live AS book_is_live, b.pattern AS book_pattern,
        p.full_name, p.birth_date, p.birth_text, p.birth_place, p.sex, p.ethnicity, p.nationality,
        p.personal_id, p.details, p.line_id IS NULL AS is_erased,
        r.code AS revoked_by, r.issued_on AS revoked_on, r.reason AS revoked_for,
        r.decision_number AS revoked_decision
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    JOIN credentials_register_book b ON b.id = l.book_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
"""
_EXPORT: Final = """
    SELECT l.code, l.kind, o.code AS issuer, coalesce(p.full_name, '') AS full_name, l.serial,
        l.entry_number, l.issued_on,
        CASE WHEN r.id IS NULL THEN 'valid' ELSE 'revoked' END AS status,
        encode(l.leaf_hash, 'hex') AS leaf, encode(r.leaf_hash, 'hex') AS revocation_leaf
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
    WHERE l.act <> 'revoke'
      AND (%(issuer)s::text IS NULL OR o.code = %(issuer)s)
      AND (%(kind)s::text IS NULL OR l.kind = %(kind)s)
      AND (%(until)s::date IS NULL OR l.issued_on <= %(until)s)
    ORDER BY l.id
"""


@dataclass(frozen=True, slots=True)
class LineView:
    """One credential as the register has it, for those who may see all of it.

    `erased` says that its personal columns were erased by a logged act; they read as unknown.
    """

    id: int
    code: str
    act: str
    is_live: bool
    book: Book
    sequence: int | None
    entry_number: str
    issuer: str
    issuer_name: str
    kind: str
    issued_on: date
    serial: str
    signatory_title: str
    signatory_name: str
    decision_number: str
    decision_date: date | None
    source_file: str
    source_sheet: str
    source_row: int | None
    leaf_hash: bytes
    full_name: str
    birth_date: date | None
    birth_text: str
    birth_place: str
    sex: str
    ethnicity: str
    nationality: str
    personal_id: str
    details: Mapping[str, Any]
    erased: bool
    status: Status
    revoked_by: str | None
    revoked_on: date | None
    revoked_for: str
    revoked_decision: str


def show_line(code: str, *, by: Actor) -> LineView:
    """Return the line with a look-up code, typed in any form.

    Raises `UnknownLine`, also for lines the actor may not see, and `NotPermitted`.
    """
    with acting(by):
        require(by, "register.view")
        found = lines_by_code([code])
        if not found:
            raise _unknown(code)
        line = next(iter(found.values()))
        require(by, "register.view", organisation_id=line.book.issuer_id)
        return line


def lines_by_code(codes: Iterable[str]) -> dict[str, LineView]:
    """Return the visible originals among the codes, by canonical code; mistyped ones left out."""
    wanted = []
    for code in codes:
        try:
            wanted.append(parse_lookup_code(code))
        except LookupCodeError:
            continue
    query = f"{_LINE} WHERE l.act <> 'revoke' AND l.code = ANY (%s) ORDER BY l.id"
    return {view.code: view for view in map(_view, _dicts(query, [wanted]))}


def leaf_hash_of(code: str) -> bytes:
    """Return the hash of the leaf of an original, for whoever knows its code. Raises `UnknownLine`.

    It and the leaf are public; the code is what ties them to a person.
    """
    try:
        canonical = parse_lookup_code(code)
    except LookupCodeError:
        raise _unknown(code) from None
    with acting(Actor.system("prover")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_hash FROM credentials_register_line WHERE code = %s AND act <> 'revoke'",
            [canonical],
        )
        row = cursor.fetchone()
    if row is None:
        raise _unknown(code)
    return bytes(row[0])


def status_of(code: str) -> Status:
    """Return the present status of a visible original. Raises `UnknownLine`."""
    found = lines_by_code([code])
    if not found:
        raise _unknown(code)
    return next(iter(found.values())).status


def export_lines(
    *,
    by: Actor,
    issuer: str | None = None,
    kind: str | None = None,
    until: date | None = None,
    leaves: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield every visible original in the order of entry, with its status today.

    Keys: `code kind issuer full_name serial entry_number issued_on status`; with `leaves` also
    `leaf` and `revocation_leaf` (hex), for comparison with the log. The identity and a
    server-side cursor stay open until the iterator is finished or closed. Raises `NotPermitted`.
    """
    with acting(by):
        organisation_id = None if issuer is None else get_organisation(issuer).pk
        require(by, "register.export", organisation_id=organisation_id)
        with connection.connection.cursor("register_export", row_factory=dict_row) as cursor:
            cursor.itersize = _EXPORT_ROWS
            cursor.execute(_EXPORT, {"issuer": issuer, "kind": kind, "until": until})
            for line in cursor:
                if not leaves:
                    del line["leaf"], line["revocation_leaf"]
                yield line


def prior_originals(kind: str, people: Sequence[Person]) -> dict[int, tuple[PriorOriginal, ...]]:
    """Return which of these people have originals of the kind already, at any issuer.

    Keys are positions in `people`. The same person is the same name key and birth date (two
    personal IDs that differ are two people), or the same personal ID. One query for them all.
    """
    if not people:
        return {}
    names, births, ids = zip(*people, strict=True)
    found: dict[int, list[PriorOriginal]] = {}
    query = "SELECT * FROM sogoc_prior_originals(%s, %s::text[], %s::date[], %s::text[])"
    with connection.cursor() as cursor:
        cursor.execute(query, [kind, list(names), list(births), [each or "" for each in ids]])
        for ord_, *row in cursor:
            found.setdefault(ord_ - 1, []).append(_original(row))
    return {index: tuple(originals) for index, originals in found.items()}


def staged_originals(
    cursor: Cursor[Any], kind: str, batch_id: UUID
) -> list[tuple[int, PriorOriginal]]:
    """Return `prior_originals` of the rows in the stage of `insert_lines`, by their `n`.

    For its `before_chunk`. What the batch itself has entered so far is left out.
    """
    cursor.execute(_STAGED_ORIGINALS, {"kind": kind, "batch": batch_id})
    return [(n, _original(row)) for n, *row in cursor]


def _original(row: Sequence[Any]) -> PriorOriginal:
    """One row of `sogoc_prior_originals` after its first column."""
    code, _, issuer_name, kind, issued_on, revoked_on, level, major = row
    return PriorOriginal(
        code=code,
        issuer_name=issuer_name,
        kind=kind,
        issued_on=issued_on,
        status="valid" if revoked_on is None else "revoked",
        level=int(level) if level and level.isdigit() else None,
        major=major,
    )


def used_serials(kind: str, serials: Iterable[str]) -> dict[str, Literal["live", "legacy"]]:
    """Return which serials of a kind stand in a register of any issuer, and in which sort.

    Compared without spaces and in capitals, and returned in that form.
    """
    keys = sorted({serial_key(serial) for serial in serials} - {""})
    query = "SELECT serial_key, is_live FROM sogoc_used_serials(%s, %s::text[])"
    with connection.cursor() as cursor:
        cursor.execute(query, [kind, keys])
        return {key: "live" if is_live else "legacy" for key, is_live in cursor}


def serial_key(serial: str) -> str:
    """Return how serials are compared: without spaces, in capitals."""
    return serial.replace(" ", "").upper()


def _dicts(query: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _view(row: dict[str, Any]) -> LineView:
    book = Book(
        id=row.pop("book_id"),
        issuer_id=row.pop("issuer_id"),
        issuer_code=row["issuer"],
        kind=row["kind"],
        year=row.pop("book_year"),
        is_live=row.pop("book_is_live"),
        pattern=row.pop("book_pattern"),
    )
    erased = row.pop("is_erased")
    for name in (
        "full_name", "birth_text", "birth_place", "sex", "ethnicity", "nationality", "personal_id",
        "revoked_for", "revoked_decision",
    ):  # fmt: skip
        row[name] = row[name] or ""
    details = row.pop("details") or {}
    return LineView(
        **{**row, "leaf_hash": bytes(row["leaf_hash"])},
        book=book,
        details=json.loads(details) if isinstance(details, str) else details,
        erased=erased,
        status="valid" if row["revoked_by"] is None else "revoked",
    )


def _unknown(code: str) -> UnknownLine:
    return UnknownLine(
        "register_line_unknown",
        Text(
            f"Không có dòng nào mang mã “{code}” trong các sổ gốc bạn được xem.",
            f"No line with the code {code!r} is in the registers you may view.",
        ),
        code_typed=code,
    )
