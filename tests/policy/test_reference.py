"""The generated page is what the checks say now."""

from __future__ import annotations

from pathlib import Path

from sogoc.policy.reference import render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == render(), "python -m sogoc.policy.reference > " + str(PAGE)
