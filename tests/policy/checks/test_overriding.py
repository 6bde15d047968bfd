"""What an override does to a finding, and what it never does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sogoc.policy.api import Finding, Level, Status, checks, load_law, run_list
from sogoc.policy.check import GUARDED, HARD
from tests.policy.building import build

LAW = load_law()
TWINS: list[dict[str, Any]] = [{"name": "Nguyễn Văn Sinh"}, {"name": "Nguyễn Văn Sinh"}]
OVERRIDE: dict[str, Any] = {"number": "MA-2025-1", "check": "E-SAME-PERSON-TWICE"}


def same_person(limit: dict[str, Any] | None, **given: Any) -> Finding:
    overrides = [OVERRIDE | limit] if limit is not None else []
    facts = build({"rows": TWINS, "overrides": overrides, **given})
    return next(f for f in run_list(facts, LAW) if f.check == "E-SAME-PERSON-TWICE" and f.row == 2)


def test_without_an_override_it_stays_an_error() -> None:
    found = same_person(None)
    assert (found.level, found.override) == (Level.ERROR, None)


def test_an_override_makes_an_error_information_and_is_cited() -> None:
    found = same_person({"document": "45/QĐ-SGDĐT", "kinds": ["cc_cntt_co_ban"]})
    assert (found.level, found.result) == (Level.INFO, Status.FAIL)
    assert found.override == "MA-2025-1"
    for words in (found.message.vi, found.message.en):
        for part in ("45/QĐ-SGDĐT", "MA-2025-1", "can-bo-1", "can-bo-2"):
            assert part in words


@pytest.mark.parametrize(
    "limit",
    [
        {"check": "E-NAME-MISSING"},
        {"kinds": ["cc_cntt_nang_cao"]},
        {"bodies": ["khac"]},
        {"file": "ab" * 32},
        {"period": (date(2025, 1, 1), date(2025, 4, 10))},
        {"period": (date(2025, 4, 11), None)},
    ],
)
def test_an_override_covers_no_more_than_it_says(limit: dict[str, Any]) -> None:
    assert same_person(limit).level is Level.ERROR


@pytest.mark.parametrize("bounds", [(date(2025, 4, 10), None), (None, date(2025, 4, 11))])
def test_both_ends_of_its_period(bounds: Any) -> None:
    assert same_person({"period": bounds}).level is Level.INFO


def test_one_list_alone() -> None:
    assert same_person({"file": "ab" * 32}, file="ab" * 32).level is Level.INFO


def test_hard_law_and_what_the_database_refuses_are_never_overridden() -> None:
    given = {
        "capacities": ["so_gddt"],
        "overrides": [OVERRIDE | {"check": "E-BODY-WITHOUT-AUTHORITY"}],
    }
    found = next(f for f in run_list(build(given), LAW) if f.check == "E-BODY-WITHOUT-AUTHORITY")
    assert (found.level, found.override) == (Level.ERROR, None)
    errors = [c for c in checks() if c.id.startswith("E-") and not c.is_needed]
    assert {c.violation for c in errors if not c.may_be_overridden} == HARD | GUARDED


def test_what_nothing_can_be_issued_without_is_never_overridden() -> None:
    needed = {c.id for c in checks() if c.is_needed}
    assert needed
    given = {"decision": None, "overrides": [OVERRIDE | {"check": "E-NO-DECISION"}]}
    found = next(f for f in run_list(build(given), LAW) if f.check == "E-NO-DECISION")
    assert (found.level, found.override) == (Level.ERROR, None)


def test_an_override_never_touches_warnings_or_reviews() -> None:
    given = {
        "kind": "bang_thpt", "day": date(2026, 2, 1), "capacities": ["truong_thpt"],
        "title": "Hiệu trưởng",
        "overrides": [OVERRIDE | {"check": c.id} for c in checks()],
    }  # fmt: skip
    levels = {f.level for f in run_list(build(given), LAW) if f.check.startswith("W-")}
    assert levels <= {Level.WARNING, Level.REVIEW}
    found = next(f for f in run_list(build(given), LAW) if f.check == "E-BODY-WITHOUT-AUTHORITY")
    assert found.level is Level.REVIEW
