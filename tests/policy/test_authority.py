"""The authority matrix against tables a lawyer can read and extend."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sogoc.policy.api import authority, load_law

HERE = Path(__file__).parent
WORDS = {"A": "allowed", "R": "refused", "?": "review", "-": "no_such_kind"}


def boundary_cases() -> list[Any]:
    changes = yaml.safe_load((HERE / "authority_boundaries.yaml").read_text("utf-8"))
    first_days = yaml.safe_load((HERE / "authority_first_days.yaml").read_text("utf-8"))
    return [
        pytest.param(
            kind,
            None if issuer == "anyone" else issuer,
            on,
            WORDS[mark],
            id=f"{kind}-{issuer}-{on}",
        )
        for content in (changes, *first_days)
        for kind, issuer, marks in content["table"]
        for on, mark in zip(content["days"], marks.split(), strict=True)
    ]


@pytest.mark.parametrize(("kind", "issuer", "on", "expected"), boundary_cases())
def test_both_sides_of_every_boundary(
    kind: str, issuer: str | None, on: date, expected: str
) -> None:
    assert authority(kind, on, issuer_kind=issuer).verdict == expected


def test_every_kind_is_in_the_boundary_table() -> None:
    assert {case.values[0] for case in boundary_cases()} == set(load_law().kinds)


def test_both_sides_of_both_ends_of_every_row_are_in_a_table() -> None:
    """For each kind and capacity a row names: the day before and the day it begins and ends."""
    law = load_law()
    asked = {(law.find_kind(case.values[0]), *case.values[1:3]) for case in boundary_cases()}
    missing = [
        (row.id, kind, issuer, str(on))
        for row in law.matrix
        for kind in row.kinds
        for issuer in row.issuer_kinds
        for end in (row.period.start, row.period.until)
        if end is not None
        for on in (end - timedelta(days=1), end)
        if (law.kinds[kind], issuer, on) not in asked
    ]
    assert missing == []


def test_every_kind_refuses_somebody_on_a_day_its_rule_is_known() -> None:
    refused = {case.values[0] for case in boundary_cases() if case.values[3] == "refused"}
    assert {kind for row in load_law().matrix for kind in row.kinds} <= refused


SINGLE = yaml.safe_load((HERE / "authority_cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", SINGLE, ids=[case["case"] for case in SINGLE])
def test_single_question(case: dict[str, Any]) -> None:
    verdict = authority(
        case["kind"],
        case["day"],
        act=case.get("act", "issue"),
        issuer_kind=case.get("issuer"),
        title=case.get("title"),
        level=case.get("level"),
        holds_register=case.get("holds_register"),
    )
    assert verdict.verdict == case["expect"], verdict
    for name in ("rule", "basis"):
        if name in case:
            assert getattr(verdict, name) == case[name]
    if "issuer_kinds" in case:
        assert list(verdict.issuer_kinds) == case["issuer_kinds"]
    if "why" in case:
        assert case["why"] in verdict.why.vi
    assert verdict.why.vi
    assert verdict.why.en


KINDS = sorted(load_law().kinds)
CAPACITIES = sorted(load_law().capacities)
DAYS = st.dates(date(1975, 5, 1), date(2035, 12, 31))


@given(st.sampled_from(KINDS), st.sampled_from(CAPACITIES), DAYS)
def test_a_listed_capacity_is_never_plainly_refused_and_others_never_allowed(
    kind: str, capacity: str, on: date
) -> None:
    verdict = authority(kind, on, issuer_kind=capacity).verdict
    rows = load_law().rows(kind, on)
    if not rows:
        assert verdict in {"review", "no_such_kind"}
    elif not any(capacity in row.issuer_kinds for row in rows):
        assert verdict == "refused"
    else:
        certain = any(capacity in r.issuer_kinds and not r.uncertain for r in rows)
        assert verdict == ("allowed" if certain else "review")


@given(st.sampled_from(KINDS), DAYS)
def test_without_a_capacity_nobody_is_refused(kind: str, on: date) -> None:
    assert authority(kind, on).verdict in {"allowed", "review", "no_such_kind"}


def test_every_row_begins_and_ends_where_it_says() -> None:
    law = load_law()
    day = timedelta(days=1)
    for row in law.matrix:
        start, until = row.period.start, row.period.until
        assert start is not None
        for kind in row.kinds:
            assert row in law.rows(kind, start)
            assert row not in law.rows(kind, start - day)
            if until is not None:
                assert row in law.rows(kind, until - day)
                assert row not in law.rows(kind, until)


def test_an_unknown_act_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown act"):
        authority("bang_thpt", date(2024, 1, 1), act="burn")


def test_the_verdict_as_plain_values() -> None:
    plain = authority("cc_cntt_co_ban", date(2019, 7, 7), issuer_kind="so_gddt").as_dict()
    assert plain == {
        "verdict": "refused",
        "issuer_kinds": ["trung_tam_sat_hach"],
        "signatory": "Giám đốc trung tâm sát hạch nơi thí sinh dự thi",
        "rule": "CNTT-1",
        "basis": "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT",
        "why": "Tư cách Sở Giáo dục và Đào tạo không cấp chứng chỉ này. "
        "Thẩm quyền: Giám đốc trung tâm sát hạch nơi thí sinh dự thi.",
    }
