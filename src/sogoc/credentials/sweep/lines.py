"""Register lines as the law is asked about them, read as a stream."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import connection
from psycopg.rows import dict_row

from sogoc.credentials.issuing.api import ruling_facts
from sogoc.credentials.register.api import prior_originals
from sogoc.kernel.names import name_key
from sogoc.people.api import body_fact, mandate_facts, near_bodies
from sogoc.people.models import Capacity, Organisation, Suspension
from sogoc.policy.api import (
    ActFacts,
    BodyFact,
    DecisionFact,
    LineFacts,
    MandateFact,
    PriorOriginal,
    RowFacts,
)

Found = Mapping[str, Any]
"""One line with its personal columns and what its batch says of the act."""

_SCORES: Final = ("score_theory", "score_practice", "score_total", "gpa")
_QUERY: Final = """
    SELECT l.id, l.code, l.is_live, l.kind, l.issued_on, l.serial, l.entry_number,
        l.signatory_title, l.decision_number, l.decision_date, l.source_sheet, l.source_row,
        o.code AS issuer, p.full_name, p.birth_date, p.birth_text, p.birth_place, p.sex,
        p.personal_id, coalesce(p.details::text, '{}') AS details,
        b.exam_date, b.level, b.submitted_by, b.learners_confirmed_on, d.decided_by
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_batch b ON b.id = l.batch_id
    LEFT JOIN credentials_recognition_decision d ON d.id = b.decision_id
    WHERE l.act <> 'revoke' AND l.issued_on <= %(as_of)s AND l.issuer_id = ANY (%(issuers)s)
      AND NOT EXISTS (SELECT 1 FROM credentials_register_line r
        WHERE r.ref_id = l.id AND r.act = 'revoke' AND r.issued_on <= %(as_of)s)
"""
_IN_ORDER: Final = f"{_QUERY} ORDER BY l.issuer_id, l.issued_on, l.id"
# Zeros in front of a number, spaces and case never make two numbers differ for a check; what is
# alike here is put to the check, which decides.
_TWICE: Final = """
    SELECT unnest(ids) FROM (
        SELECT array_agg(l.id) AS ids FROM credentials_register_line l
        WHERE l.act <> 'revoke' AND l.issued_on <= %(as_of)s AND l.issuer_id = ANY (%(issuers)s)
          AND NOT l.is_live AND l.{column} <> ''
        GROUP BY l.issuer_id, l.kind, {key}
        HAVING count(*) > 1) alike
"""
_KEYS: Final = {
    "serial": "upper(regexp_replace(l.serial, '\\s', '', 'g'))",
    "entry_number": (
        "upper(regexp_replace(regexp_replace(l.entry_number, '\\s', '', 'g'),"
        " '(?<![0-9])0+(?=[0-9])', '', 'g'))"
    ),
}


def standing_lines(as_of: date, issuers: Sequence[int]) -> Iterator[Found]:
    """Yield the originals that stand on the day, by issuer and day, off a server cursor."""
    with connection.connection.cursor("sweep_lines", row_factory=dict_row) as cursor:
        cursor.itersize = 2_000
        cursor.execute(_IN_ORDER, {"as_of": as_of, "issuers": list(issuers)})
        yield from cursor


def alike_lines(as_of: date, issuers: Sequence[int], column: str) -> list[Found]:
    """Return the standing legacy lines whose serial or entry number others of the issuer share.

    Live lines cannot: the register refuses them.
    """
    query = _TWICE.format(column=column, key=_KEYS[column])
    with connection.connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"{_QUERY} AND l.id IN ({query}) ORDER BY l.issuer_id, l.issued_on, l.id",
            {"as_of": as_of, "issuers": list(issuers)},
        )
        return list(cursor.fetchall())


def count_revoked(as_of: date, issuers: Sequence[int]) -> int:
    """Return how many originals were issued by the day and revoked by then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM credentials_register_line r"
            " WHERE r.act = 'revoke' AND r.issued_on <= %s AND r.issuer_id = ANY (%s)",
            [as_of, list(issuers)],
        )
        return int(cursor.fetchone()[0])


class Facts:
    """Turns lines into facts; bodies, mandates and neighbours are asked for once."""

    def __init__(self) -> None:
        self._bodies: dict[str, tuple[BodyFact, tuple[MandateFact, ...]]] = {}
        self._near: dict[tuple[str, int], tuple[tuple[str, frozenset[str]], ...]] = {}
        self._changes = _days_of_change()
        self._rulings = ruling_facts()

    def of(self, lines: Sequence[Found]) -> list[LineFacts]:
        """Return the facts of a chunk of lines, each with the person's other standing originals."""
        prior = _earlier(lines)
        acts: dict[tuple[object, ...], ActFacts] = {}
        facts = []
        for index, line in enumerate(lines):
            act = self._act(line, acts)
            facts.append(LineFacts(line["code"], act, _row(line, prior.get(index, ()))))
        return facts

    def _act(self, line: Found, acts: dict[tuple[object, ...], ActFacts]) -> ActFacts:
        exam_date = line["exam_date"]
        key = (
            line["issuer"], line["kind"], line["issued_on"], line["is_live"],
            line["signatory_title"], line["decision_number"], line["decision_date"], exam_date,
            line["level"], line["submitted_by"], line["learners_confirmed_on"],
        )  # fmt: skip
        known = acts.get(key)
        if known is not None:
            return known
        body, mandates = self._body(line["issuer"])
        number, day = line["decision_number"], line["decision_date"]
        acts[key] = act = ActFacts(
            kind=line["kind"],
            issued_on=line["issued_on"],
            body=body,
            title_text=line["signatory_title"],
            mandates=mandates if line["is_live"] else None,
            exam_date=exam_date,
            decision=DecisionFact(number, day, line["decided_by"]) if number and day else None,
            decision_by=line["decided_by"],
            submitted_by=line["submitted_by"] or None,
            level=line["level"],
            learners_confirmed_on=line["learners_confirmed_on"],
            legacy=not line["is_live"],
            near=self._neighbours(line["issuer"], line["issued_on"]),
            rulings=self._rulings,
        )
        return act

    def _body(self, code: str) -> tuple[BodyFact, tuple[MandateFact, ...]]:
        if code not in self._bodies:
            self._bodies[code] = (body_fact(code), mandate_facts(code))
        return self._bodies[code]

    def _neighbours(self, code: str, on: date) -> tuple[tuple[str, frozenset[str]], ...]:
        """Competent bodies nearby; the same on all days between two changes."""
        key = (code, bisect_right(self._changes, on))
        if key not in self._near:
            self._near[key] = near_bodies(code, on)
        return self._near[key]


def _days_of_change() -> list[date]:
    days: set[date | None] = {date(2025, 7, 1)}  # the provinces were merged
    for model in (Capacity, Suspension):
        for period in model.objects.values_list("valid_from", "valid_until"):
            days.update(period)
    for lived in Organisation.objects.values_list("established_on", "dissolved_on"):
        days.update(lived)
    return sorted(day for day in days if day is not None)


def _earlier(lines: Sequence[Found]) -> dict[int, tuple[PriorOriginal, ...]]:
    """Originals of the same person that came before each line; the later one is at fault."""
    found: dict[int, tuple[PriorOriginal, ...]] = {}
    by_kind: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line["full_name"]:
            by_kind.setdefault(line["kind"], []).append(index)
    for kind, indexes in by_kind.items():
        people = [
            (
                name_key(lines[i]["full_name"]),
                lines[i]["birth_date"],
                lines[i]["personal_id"] or None,
            )
            for i in indexes
        ]
        for at, originals in prior_originals(kind, people).items():
            own = lines[indexes[at]]
            before = tuple(
                original
                for original in originals
                if (original.issued_on, original.code) < (own["issued_on"], own["code"])
            )
            if before:
                found[indexes[at]] = before
    return found


def _row(line: Found, prior: tuple[PriorOriginal, ...]) -> RowFacts:
    details: Mapping[str, Any] = json.loads(line["details"])
    exam = details.get("exam_date")
    return RowFacts(
        sheet=line["source_sheet"],
        row=line["source_row"] or 0,
        full_name=line["full_name"] or None,
        name_key=name_key(line["full_name"] or "") or None,
        birth_date=line["birth_date"],
        birth_date_raw=line["birth_text"] or None,
        birth_place=line["birth_place"] or None,
        sex=line["sex"] or None,
        sex_raw=details.get("sex_raw"),
        personal_id=line["personal_id"] or None,
        scores={name: _number(details[name]) for name in _SCORES if name in details},
        score_raws={
            name: str(details[f"{name}_raw"]) for name in _SCORES if f"{name}_raw" in details
        },
        result=details.get("result"),
        grade=details.get("grade"),
        level=_whole(details.get("level")),
        major=details.get("major"),
        exam_date=_day(exam),
        serial=line["serial"] or None,
        entry_number=line["entry_number"] or None,
        issued_on=line["issued_on"],
        prior=prior,
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _whole(value: object) -> int | None:
    digits = "".join(c for c in str(value) if c.isdigit()) if value is not None else ""
    return int(digits) if len(digits) == 1 else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
