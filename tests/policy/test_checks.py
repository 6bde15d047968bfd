"""Every check against the cases beside it, and the conventions all checks keep."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from sogoc.policy.api import Check, Status, checks, load_law, run_check, run_list
from tests.policy.building import build

AREAS = resources.files("sogoc.policy.checks")
STRENGTH = [
    Status.NOT_IN_FORCE,
    Status.NOT_APPLICABLE,
    Status.PASS,
    Status.WARN,
    Status.REVIEW,
    Status.FAIL,
]
IDS = [check.id for check in checks()]


@lru_cache
def cases_of(check: Check) -> list[dict[str, Any]]:
    file = AREAS / check.area / f"{check.id.lower().replace('-', '_')}.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    assert isinstance(content, list)
    return content


def all_cases() -> list[Any]:
    return [
        pytest.param(check, case, id=f"{check.id}: {case['case']}")
        for check in checks()
        for case in cases_of(check)
    ]


@pytest.mark.parametrize(("check", "case"), all_cases())
def test_case(check: Check, case: dict[str, Any]) -> None:
    assert set(case) <= {"case", "given", "expect", "at", "cites", "says", "remedy"}
    law, facts = load_law(), build(case.get("given") or {})
    results = run_check(check, facts, law)
    statuses = [result.status for _, result in results] or [Status.PASS]
    assert max(statuses, key=STRENGTH.index) == case["expect"], results
    found = {0 if index is None else index + 1: result.status.value for index, result in results}
    for place, status in case.get("at", {}).items():
        assert found.get(place, "pass") == status
    findings = run_list(facts, law, only=[check])
    if case["expect"] not in {"fail", "warn", "review"}:
        assert findings == []
    if "cites" in case:
        assert [f.citation for f in findings][:1] == [case["cites"]]
    if "says" in case:
        assert case["says"] in findings[0].message.vi
    if "remedy" in case:
        assert case["remedy"] in findings[0].remedy.vi
    for finding in findings:
        for text in (finding.message, finding.remedy):
            for words in (text.vi, text.en):
                assert words.strip()
                assert not re.search(r"[{}]|None", words)


@pytest.mark.parametrize("check", checks(), ids=IDS)
def test_has_cases_for_pass_and_for_its_level(check: Check) -> None:
    expected = {case["expect"] for case in cases_of(check)}
    assert "pass" in expected
    assert ("warn" if check.id.startswith("W-") else "fail") in expected
    names = [case["case"] for case in cases_of(check)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("check", checks(), ids=IDS)
def test_has_both_sides_where_it_is_not_always_in_force(check: Check) -> None:
    if check.only_while_cited:
        expected = {case["expect"] for case in cases_of(check)}
        assert "not_in_force" in expected


@pytest.mark.parametrize("check", checks(), ids=IDS)
def test_metadata(check: Check) -> None:
    law = load_law()
    assert re.fullmatch(r"[EW](-[A-Z]+)+", check.id)
    assert check.violation is None or re.fullmatch(r"V\d\d", check.violation)
    assert check.citations
    for cited in (*check.citations, *filter(None, [check.ground_for_revocation])):
        assert cited.instrument in law.instruments
    assert date(2026, 1, 1) <= check.reviewed <= law.reviewed
    assert check.message.vi[-1] in ".}"
    assert check.message.en
    places = [set(re.findall(r"{(\w+)}", t)) for t in (check.message.vi, check.message.en)]
    assert places[0] == places[1]
    assert check.remedy.vi.endswith(".")
    assert check.remedy.en.endswith(".")


@pytest.mark.parametrize("check", checks(), ids=IDS)
def test_cites_what_is_in_force_on_the_day(check: Check) -> None:
    law = load_law()
    edges = {d for i in law.instruments.values() for d in (i.period.start, i.period.until) if d}
    days = {edge - timedelta(days=n) for edge in edges for n in (0, 1)} | {date(1980, 1, 1)}
    for day in days:
        if not check.in_force(day, law):
            continue
        cited = law.cite_on(check.citations, day)
        standing = [i for i in law.instruments.values() if cited.endswith(i.short)]
        assert any(i.period.contains(day) for i in standing), (day, cited)


def test_the_twenty_rules_of_the_trunk_are_there() -> None:
    numbers = (1, 2, 3, 5, 7, 8, 10, 12, 13, 14, 16, 17, 22, 25, 47)
    wanted = {f"V{number:02}" for number in numbers}
    assert wanted <= {check.violation for check in checks()}
    assert len(checks()) >= 20


def test_every_file_is_a_check_with_cases() -> None:
    modules, cases = set(), set()
    for area in AREAS.iterdir():
        if area.is_dir() and not area.name.startswith("__"):
            for file in area.iterdir():
                if file.name.endswith(".yaml"):
                    cases.add(file.name.removesuffix(".yaml"))
                elif file.name.endswith(".py") and not file.name.startswith("_"):
                    modules.add(file.name.removesuffix(".py"))
    assert modules == cases == {name.lower().replace("-", "_") for name in IDS}


def test_no_file_of_the_package_holds_scaffold_text() -> None:
    words = re.compile("[T]ODO|[F]IXME|[X]XX|lorem|CHANGE_ME|skip\\(|xfail")
    root = Path(str(AREAS)).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".yaml", ".md"}:
            assert not words.search(path.read_text("utf-8")), path
