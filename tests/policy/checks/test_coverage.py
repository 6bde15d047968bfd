"""The coverage page: nothing forgotten, nothing claimed that is not there, never stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sogoc.policy.api import checks, load_law
from sogoc.policy.coverage import coverage, render
from sogoc.policy.requirements import requirements

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "src" / "sogoc"
BLOCK = (1, 2, 5, 8, 10, 12, 13, 14, 16, 25, 26, 28)


def test_every_violation_stands_there_once() -> None:
    assert [v.id for v in coverage().violations] == [f"V{n:02}" for n in range(1, 48)]


def test_every_check_is_named_by_its_violation() -> None:
    named = {name for v in coverage().violations for name in v.checks}
    assert named == {c.id for c in checks() if c.violation is not None}


def test_what_waits_says_for_what() -> None:
    for violation in coverage().violations:
        assert violation.state == "covered" or violation.waits is not None, violation.id
    for article in coverage().articles:
        assert article.state in {"covered", "nothing"} or article.waits is not None, article


def test_what_is_judged_before_issue_has_a_check_or_waits() -> None:
    for violation in coverage().violations:
        if "C" not in violation.where:
            assert violation.checks or violation.waits, violation.id


def test_every_article_of_the_2019_regulation_is_there() -> None:
    listed = [a.at for a in coverage().articles if a.instrument == "TT-21-2019"]
    assert listed == [f"Điều {n}" for n in range(1, 35)]


def test_guards_exist() -> None:
    files = [*SOURCES.glob("**/models.py"), *SOURCES.glob("**/guards.sql")]
    source = "\n".join(path.read_text("utf-8") for path in files)
    for violation in coverage().violations:
        for guard in violation.guards:
            assert re.search(rf"\b{guard}\b", source), guard


@pytest.mark.parametrize("number", BLOCK)
def test_hard_violations_have_an_error_or_wait(number: int) -> None:
    found = next(v for v in coverage().violations if v.id == f"V{number:02}")
    assert found.level == "block"
    assert any(name.startswith("E-") for name in found.checks) or found.state == "waits"


def test_the_page_is_not_stale() -> None:
    page = ROOT / "docs" / "reference" / "coverage.md"
    assert page.read_text("utf-8") == render(), f"python -m sogoc.policy.coverage > {page}"


def test_requirements_name_what_exists() -> None:
    law, found = load_law(), requirements()
    rules = (*found.prerequisites, *found.programmes, *found.printing, *found.specimens)
    for rule in rules:
        assert set(rule.kinds) <= set(law.kinds), rule.id
        assert {cite.instrument for cite in rule.basis} <= set(law.instruments), rule.id
    for prerequisite in found.prerequisites:
        assert set(prerequisite.needs) <= set(law.kinds)
