"""The corpus of registers: what is found in it is what was found before, or stands in the diff."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from django.db import connection
from tools import make_corpus

from sogoc.credentials.log.leaves import LEGACY_STREAM
from sogoc.credentials.register.books import ensure_book
from sogoc.credentials.register.staging import LineConstants, LineRow, insert_lines
from sogoc.credentials.sweep.api import sweep
from sogoc.people.api import Actor, acting
from sogoc.policy.api import checks
from tests.credentials.world import AT

EXPECTED = json.loads(make_corpus.EXPECTED.read_text("utf-8"))
FAILING = {"error", "review"}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return make_corpus.judge()


@pytest.mark.parametrize("part", ["registers", "lists", "planted", "never_planted"])
def test_what_is_found_is_what_was_expected(found: dict[str, Any], part: str) -> None:
    """After a change that is meant: `python -m tools.make_corpus --update`, and read the diff."""
    assert found[part] == EXPECTED[part]


def test_every_planted_fault_is_found() -> None:
    missed = [
        (check, regime)
        for check, regimes in EXPECTED["planted"].items()
        for regime, counts in regimes.items()
        if check not in counts
    ]
    assert missed == []


def test_every_check_has_a_fault_in_some_regime() -> None:
    """A new check: `python -m tools.make_corpus --generate --update`."""
    assert EXPECTED["never_planted"] == []
    assert set(EXPECTED["planted"]) == {check.id for check in checks()}


def test_lawful_lists_have_no_error_but_where_the_law_is_open() -> None:
    for regime, counts in EXPECTED["lists"].items():
        errors = {check for check, levels in counts.items() if "error" in levels}
        assert errors == set(), regime


def test_every_kind_of_body_and_every_regime_is_in_the_registers() -> None:
    lines = make_corpus.lines()
    assert {line.regime for line in lines} == set(make_corpus.REGIMES) == set(EXPECTED["registers"])
    pairs = Counter((line.kind, line.capacity) for line in lines)
    assert set(pairs) == {(k, c) for k in make_corpus.KINDS for c in make_corpus.TITLES}


def test_the_registers_swept_in_the_database_say_the_same(db: None) -> None:
    """The whole way: stored lines, facts from the database, SQL across lines."""
    regime_of = _store()
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    report = sweep(Actor.system("test"), date(2026, 12, 1), chunk=700)
    for each in report.findings:
        regime = regime_of[each.issued_on]
        counts[regime][each.finding.check][str(each.finding.level)] += 1
    assert report.lines == len(make_corpus.lines())
    plain = {regime: {k: dict(v) for k, v in found.items()} for regime, found in counts.items()}
    # who keeps a register today is known in the database alone
    assert {r: {k: v for k, v in c.items() if k != HANDED_OVER} for r, c in plain.items()} == (
        EXPECTED["registers"]
    )
    assert set(plain["2025-tt-13"]) - set(EXPECTED["registers"]["2025-tt-13"]) == {HANDED_OVER}


HANDED_OVER = "W-REGISTER-NOT-HANDED-OVER"


def _store() -> dict[date, str]:
    """Bring the registers in; return which regime a day is of."""
    lines = make_corpus.lines()
    with acting(Actor.system("corpus")), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sogoc.purpose', 'import', true)")
        for capacity in make_corpus.TITLES:
            body = make_corpus.body(capacity)
            cursor.execute(
                "INSERT INTO people_organisation (code, name, name_en, short_name, province_code)"
                " VALUES (%s, %s, '', '', '') RETURNING id",
                [body.code, body.name],
            )
            cursor.execute(
                "INSERT INTO people_capacity (organisation_id, kind, scope, valid_from,"
                " decision_number, decision_by) VALUES (%s, %s, '{}', %s, '1/QĐ', '')",
                [cursor.fetchone()[0], capacity, make_corpus.HELD_SINCE],
            )
        books: defaultdict[tuple[str, str], list[LineRow]] = defaultdict(list)
        for number, line in enumerate(lines, 1):
            values = line.values
            books[line.capacity, line.kind].append(
                LineRow(
                    n=number,
                    serial=values["serial"],
                    source_row=number,
                    full_name=values["full_name"],
                    birth_date=date.fromisoformat(values["birth_date"]),
                    birth_place=values["birth_place"],
                    sex=values["sex"],
                    ethnicity=values["ethnicity"],
                    issued_on=line.issued_on,
                )
            )
        for (capacity, kind), rows in books.items():
            constants = LineConstants(
                act="legacy",
                book=ensure_book(make_corpus.body(capacity).code, kind, 2026, is_live=False),
                stream=LEGACY_STREAM,
                recorded_at=AT,
                issued_on=AT.date(),
                signatory_title=make_corpus.TITLES[capacity],
                source_file="corpus",
                source_digest=bytes(32),
            )
            insert_lines(constants, rows)
    return {line.issued_on: line.regime for line in lines}
