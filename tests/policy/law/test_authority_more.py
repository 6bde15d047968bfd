"""The authority matrix on levels and titles; at least 120 cases stand in all tables together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sogoc.kernel.names import fold
from sogoc.policy.api import authority, load_law

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "authority_levels_titles.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_single_question(case: dict[str, Any]) -> None:
    verdict = authority(
        case["kind"],
        case["day"],
        issuer_kind=case.get("issuer"),
        title=case.get("title"),
        level=case.get("level"),
    )
    assert verdict.verdict == case["expect"], verdict
    for name in ("rule", "basis"):
        if name in case:
            assert getattr(verdict, name) == case[name]
    if "why" in case:
        assert case["why"] in verdict.why.vi


def test_every_title_of_the_matrix_is_asked_about() -> None:
    others = yaml.safe_load((HERE.parent / "authority_cases.yaml").read_text("utf-8"))
    asked = [fold(c.get("title", "")) for c in (*CASES, *others) if c["expect"] != "refused"]
    titles = {title for row in load_law().matrix for title in row.signers}
    assert [t for t in sorted(titles) if not any(fold(t) in text for text in asked)] == []


def test_there_are_enough_cases_each_once() -> None:
    others = yaml.safe_load((HERE.parent / "authority_cases.yaml").read_text("utf-8"))
    table = yaml.safe_load((HERE.parent / "authority_boundaries.yaml").read_text("utf-8"))
    names = [case["case"] for case in (*CASES, *others)]
    assert len(set(names)) == len(names)
    assert len(names) >= 120
    assert len(table["days"]) * len(table["table"]) >= 120
