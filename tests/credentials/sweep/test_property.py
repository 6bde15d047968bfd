"""Whatever stands in the registers: a sweep says what judging line by line says.

The oracle asks each check about one line at a time, through the row path alone (never
``run_batch``), and compares lines with each other in plain Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.register import api as register
from sogoc.credentials.sweep.facts import Facts
from sogoc.credentials.sweep.judging import across, one_by_one
from sogoc.credentials.sweep.sweeping import sweep
from sogoc.intake.api import read_file
from sogoc.people.api import Actor, acting
from sogoc.policy.api import (
    Check,
    LineFacts,
    ListFacts,
    PriorOriginal,
    Status,
    checks,
    load_law,
    run_check,
)
from tests.credentials.world import AT, CENTRE, KIND, SO, people_list, who

LEVELS: Final = {Status.FAIL: "error", Status.WARN: "warning", Status.REVIEW: "review"}
DAYS = [date(2016, 8, 9), date(2019, 7, 31), date(2020, 1, 15), date(2024, 3, 1)]
REVOKED_ON = date(2024, 6, 1)
Found = tuple[str, str, str]
"""Code, check, level."""

serials = st.sampled_from(["", "A0001", "a 0001", "A0002", "A0003"])
entries = st.sampled_from(["", "1/2019/CNTTCB", "0001/2019/cnttcb", "02/2024/CNTTCB"])
candidates = st.sampled_from(["", "SBD-01", "sbd-01", "SBD-02"])
places = st.sampled_from(["Đắk Nông", "Gia Nghĩa, Đắk Nông", "TỈNH ĐẮK NÔNG", "Lâm Đồng", ""])
ids = st.sampled_from(["", "", "067199000001", "067199000002"])
line = st.tuples(st.integers(0, 5), serials, entries, candidates, places, ids)
Line = tuple[int, str, str, str, str, str]
book = st.tuples(
    st.sampled_from([SO, CENTRE]), st.sampled_from(DAYS), st.lists(line, min_size=1, max_size=5)
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(book, min_size=1, max_size=3),
    st.integers(1, 7),
    st.sampled_from([date(2020, 6, 1), date(2024, 5, 31), date(2025, 1, 1)]),
    st.sets(st.integers(0, 14), max_size=4),
)
def test_a_sweep_is_what_the_row_path_says(
    settled: None,
    books: Sequence[tuple[str, date, list[Line]]],
    chunk: int,
    as_of: date,
    revoked: set[int],
) -> None:
    with undone():
        for number, each in enumerate(books):
            bring_in(number, *each)
        codes = [row["code"] for row in registered(as_of)]
        revoke({codes[number] for number in revoked if number < len(codes)})
        with acting(Actor.system("test")) as actor:
            report = sweep(actor, as_of, chunk=chunk)
            expected = sorted(oracle(as_of))
        found = sorted((f.code, f.finding.check, str(f.finding.level)) for f in report.findings)
        assert found == expected
        assert report.lines == len(codes) - report.revoked


@contextmanager
def undone() -> Iterator[None]:
    """Each example leaves nothing; the driver is asked directly, as nobody acts."""
    connection.connection.execute("SAVEPOINT example")
    try:
        yield
    finally:
        connection.connection.execute("ROLLBACK TO SAVEPOINT example")


def bring_in(number: int, issuer: str, day: date, rows: list[Line]) -> None:
    numbers, serial, entry, candidate, place, personal_id = zip(*rows, strict=True)
    file = people_list(
        numbers,
        serials=serial,
        entries=entry,
        name=f"so-{number}.csv",
        more={"Số báo danh": candidate, "Số định danh cá nhân": personal_id},
        places=place,
    )
    register.import_legacy(
        read_file(file.data, file.name),
        issuer=issuer,
        kind=KIND,
        signatory_title="Giám đốc",
        by=who("register.import_legacy", issuer),
        at=AT,
        issued_on=day,
    )


def revoke(codes: set[str]) -> None:
    for issuer in (SO, CENTRE):
        by = who("register.revoke", issuer)
        own = {line["code"] for line in register.export_lines(by=by, issuer=issuer)} & codes
        if own:
            lifecycle.revoke_lines(
                codes=sorted(own),
                decision_number="1/QĐ",
                decision_date=REVOKED_ON,
                ground="c",
                reason="sai",
                by=by,
                at=AT,
            )


ORIGINALS = """
    SELECT l.*, o.code AS issuer, o.name AS issuer_name, false AS is_erased, p.full_name,
        p.name_key, p.birth_date, p.birth_text, p.birth_place, p.sex, p.ethnicity, p.nationality,
        p.personal_id, p.details::text AS details, NULL AS exam_date, NULL AS level,
        NULL AS submitted_by, NULL AS learners_confirmed_on, NULL AS decided_by,
        NULL AS decided_for, '' AS file_sha256, NULL AS overrides,
        coalesce(p.details ->> 'candidate_number', '') AS candidate, r.issued_on AS revoked_on
    FROM credentials_register_line l JOIN people_organisation o ON o.id = l.issuer_id
    JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
    WHERE l.act <> 'revoke' AND l.issued_on <= %s ORDER BY l.issued_on, l.id
"""


def registered(as_of: date) -> list[dict[str, Any]]:
    """Every original issued by the day, revoked or not, the earliest first."""
    with acting(Actor.system("test")), connection.cursor() as cursor:
        cursor.execute(ORIGINALS, [as_of])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def oracle(as_of: date) -> Iterator[Found]:
    originals = registered(as_of)
    standing = [o for o in originals if o["revoked_on"] is None or o["revoked_on"] > as_of]
    facts = Facts(as_of)
    for original in standing:
        [made] = facts.of([original])
        for check in one_by_one():
            yield from one(check, made)
        [check] = [c for c in checks() if c.id == "E-ORIGINAL-ALREADY-ISSUED"]
        row = replace(made.row, prior=earlier(original, originals, as_of))
        yield from one(check, replace(made, row=row))
    assert set(across()) == {
        "E-ORIGINAL-ALREADY-ISSUED", "E-SERIAL-TWICE", "E-ENTRY-NUMBER-TWICE",
    }  # fmt: skip
    yield from twice(standing, "E-SERIAL-TWICE", lambda o: plain_number(o["serial"]))
    yield from twice(
        standing,
        "E-ENTRY-NUMBER-TWICE",
        lambda o: o["entry_number"] and (o["issuer"], plain_number(o["entry_number"])),
    )


def one(check: Check, made: LineFacts) -> Iterator[Found]:
    alone = ListFacts(made.act, [made.row], is_sweep=True)
    for _, result in run_check(replace(check, run_batch=None), alone, load_law()):
        if result.status in LEVELS:
            yield made.key, check.id, LEVELS[result.status]


def earlier(
    own: dict[str, Any], originals: Sequence[dict[str, Any]], as_of: date
) -> tuple[PriorOriginal, ...]:
    return tuple(
        PriorOriginal(
            code=other["code"],
            issuer_name=other["issuer_name"],
            kind=other["kind"],
            issued_on=other["issued_on"],
            status="revoked" if other["revoked_on"] and other["revoked_on"] <= as_of else "valid",
            likeness=how,
        )
        for other in originals
        if (other["issued_on"], other["code"]) < (own["issued_on"], own["code"])
        and (how := likeness(own, other)) is not None
        and not apart(own, other)
    )


def likeness(own: dict[str, Any], other: dict[str, Any]) -> str | None:
    """How two lines are one person: by ID, by place, perhaps (`unknown`, `other_place`), or not."""
    mine, theirs = own["personal_id"], other["personal_id"]
    if mine and theirs:
        return "id" if mine == theirs else None
    if (other["name_key"], other["birth_date"]) != (own["name_key"], own["birth_date"]):
        return None
    if not own["birth_place"] or not other["birth_place"]:
        return "unknown"
    here, there = (
        each["birth_place"].rsplit(",", 1)[-1].casefold().removeprefix("tỉnh").strip()
        for each in (own, other)
    )
    return "place" if here == there else "other_place"


def apart(own: dict[str, Any], other: dict[str, Any]) -> bool:
    """Two candidates of one list, which is one file for one day of issue; IDs decide before."""
    if own["personal_id"] and other["personal_id"]:
        return False
    same_list = all(own[name] == other[name] for name in ("issuer", "issued_on", "source_digest"))
    numbers = {each["candidate"].upper() for each in (own, other)} - {""}
    return same_list and len(numbers) == 2


def twice(standing: Sequence[dict[str, Any]], check_id: str, key: Any) -> Iterator[Found]:
    groups: defaultdict[object, list[str]] = defaultdict(list)
    for original in standing:
        if key(original):
            groups[key(original)].append(original["code"])
    for codes in groups.values():
        if len(codes) > 1:
            yield codes[0], check_id, "warning"
            yield from ((code, check_id, "error") for code in codes[1:])


def plain_number(text: str) -> str:
    return "".join(text.split()).upper().lstrip("0")
