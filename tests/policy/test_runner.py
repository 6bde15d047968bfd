"""The runner: order, levels, rulings, crashes, sweeps, and batch paths against their oracle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel.names import name_key
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.api import (
    ActFacts,
    BlanksFact,
    BodyFact,
    CapacityFact,
    Check,
    Finding,
    Level,
    LineFacts,
    ListFacts,
    PolicyCrash,
    PriorOriginal,
    RowFacts,
    Status,
    checks,
    load_law,
    run_check,
    run_lines,
    run_list,
)
from sogoc.policy.check import only_issue
from sogoc.policy.findings import PASSED, Result
from sogoc.policy.statute import Cite
from tests.policy.building import COLUMNS, build

LAW = load_law()
SILENT = {Status.PASS, Status.NOT_APPLICABLE, Status.NOT_IN_FORCE}


def synthetic(**changes: Any) -> Check:
    values: dict[str, Any] = {
        "id": "E-SYNTHETIC",
        "violation": None,
        "scope": "act",
        "citations": (Cite("SO-GOC"),),
        "remedy": Text("Sửa.", "Fix."),
        "reviewed": date(2026, 11, 21),
        "run_act": lambda act, law: PASSED,
    }
    return Check(**(values | changes))


# --- results and levels -------------------------------------------------------------------------


def test_a_crash_is_fatal_and_names_the_check() -> None:
    def crash(act: ActFacts, law: object) -> Result:
        raise ZeroDivisionError

    with pytest.raises(PolicyCrash) as caught:
        run_list(build({}), LAW, only=[synthetic(run_act=crash)])
    assert caught.value.context["check"] == "E-SYNTHETIC"
    assert "ZeroDivisionError" in str(caught.value.context["cause"])


def test_a_crash_in_one_row_is_fatal() -> None:
    def crash(row: RowFacts, act: ActFacts, law: object) -> Result:
        raise KeyError(row.row)

    check = synthetic(scope="row", run_act=None, run_row=crash)
    with pytest.raises(PolicyCrash):
        run_list(build({}), LAW, only=[check])
    with pytest.raises(PolicyCrash):
        list(run_lines([LineFacts("a", build({}).act, build({}).rows[0])], LAW, only=[check]))


def test_not_in_force_and_not_applicable_are_told_apart() -> None:
    facts = build({"day": date(2025, 4, 10)})
    for start, expected in (
        (date(2025, 4, 10), Status.PASS),
        (date(2025, 4, 11), Status.NOT_IN_FORCE),
    ):
        check = synthetic(period=Period(start, None))
        assert run_check(check, facts, LAW)[0][1].status is expected
    copy = replace(facts, act=replace(facts.act, act="copy"))
    assert run_check(synthetic(applies=only_issue), copy, LAW)[0][1].status is Status.NOT_APPLICABLE


def test_a_good_list_has_no_finding() -> None:
    facts = build(
        {
            "decision": {"number": "12/QĐ", "date": date(2025, 4, 1), "count": 2},
            "exam": date(2025, 3, 15),
            "confirmed": date(2025, 4, 5),
            "mandates": [{"title": "Giám đốc"}],
            "blanks": {"lots": [("A", 8, 1, 10)], "stock": 10},
            "stated": 2,
            "rows": [
                {"serial": "A00000001", "entry": "0001/2025/CNTTCB"},
                {"serial": "A00000002", "entry": "0002/2025/CNTTCB"},
            ],
        }
    )
    assert run_list(facts, LAW) == []


def test_what_concerns_the_whole_list_is_one_finding_without_row() -> None:
    facts = build({"capacities": ["so_gddt"], "blanks": {}, "rows": [None] * 50, "stated": 51})
    findings = run_list(facts, LAW)
    assert findings
    assert {f.row for f in findings} == {None}
    assert len({f.check for f in findings}) == len(findings)


def test_errors_of_rows_stay_on_their_rows() -> None:
    """Twelve planted faults, each an error on its row and column and on no other."""
    rows: list[dict[str, Any]] = [
        {
            "name": f"Nguyễn Văn {chr(65 + n % 26)}{chr(97 + n // 26)}",
            "serial": f"A0250{n:04}",
            "entry": f"{n:04}/2025/CNTTCB",
        }
        for n in range(1, 61)
    ]
    faults: dict[int, tuple[dict[str, Any], str]] = {
        5: ({"entry": "0005/2024/CNTTCB"}, "entry_number"),
        10: ({"serial": rows[8]["serial"]}, "serial"),
        15: ({"born": date(2031, 5, 4)}, "birth_date"),
        20: ({"theory": 11.5}, "score_theory"),
        25: ({"born": None, "born_raw": "31/02/1998"}, "birth_date"),
        30: ({"name": rows[28]["name"]}, "full_name"),
        35: ({"result": "Không đạt"}, "result"),
        40: ({"serial": None}, "serial"),
        45: ({"name": None}, "full_name"),
        50: ({"sex": None, "sex_raw": "x"}, "sex"),
        55: ({"theory": 4.5}, "score_theory"),
        60: ({"entry": rows[58]["entry"]}, "entry_number"),
    }
    for place, (change, _) in faults.items():
        rows[place - 1] |= change
    findings = run_list(build({"rows": rows}), LAW)
    errors = {(f.row, f.column) for f in findings if f.level is Level.ERROR and f.row is not None}
    assert errors == {(place, COLUMNS[column]) for place, (_, column) in faults.items()}
    assert {f.row for f in findings if f.level is Level.WARNING} - {None} == {9, 29, 59}


# --- rulings ------------------------------------------------------------------------------------

REVIEWED = {
    "kind": "bang_thpt",
    "day": date(2026, 2, 1),
    "capacities": ["truong_thpt"],
    "title": "Hiệu trưởng",
}
RULING: dict[str, Any] = {"number": "55/BGDĐT-QLCL", "checks": ["E-BODY-WITHOUT-AUTHORITY"]}


def authority_finding(ruling: dict[str, Any] | None) -> Finding:
    given = REVIEWED | ({"rulings": [RULING | ruling]} if ruling is not None else {})
    return next(f for f in run_list(build(given), LAW) if f.check == "E-BODY-WITHOUT-AUTHORITY")


def test_without_a_ruling_a_review_stays() -> None:
    finding = authority_finding(None)
    assert (finding.level, finding.result, finding.ruling) == (Level.REVIEW, Status.REVIEW, None)


def test_a_covering_ruling_settles_a_review_and_is_cited() -> None:
    finding = authority_finding({"kinds": ["bang_thpt"], "issuer_kinds": ["truong_thpt"]})
    assert (finding.level, finding.result) == (Level.INFO, Status.PASS)
    assert finding.ruling == "55/BGDĐT-QLCL"
    assert "55/BGDĐT-QLCL" in finding.message.vi


@pytest.mark.parametrize(
    "limit",
    [
        {"checks": ["E-WRONG-SIGNATORY"]},
        {"kinds": ["bang_thcs"]},
        {"issuer_kinds": ["so_gddt"]},
        {"bodies": ["khac"]},
        {"period": (date(2026, 1, 1), date(2026, 2, 1))},
    ],
)
def test_a_ruling_covers_no_more_than_it_says(limit: dict[str, Any]) -> None:
    assert authority_finding(limit).level is Level.REVIEW


def test_a_ruling_never_settles_a_failure() -> None:
    given = {"capacities": ["so_gddt"], "rulings": [RULING]}
    finding = next(f for f in run_list(build(given), LAW) if f.check == "E-BODY-WITHOUT-AUTHORITY")
    assert finding.level is Level.ERROR


# --- sweeps -------------------------------------------------------------------------------------


def legacy(day: date, capacity: str = "so_gddt") -> ActFacts:
    body = BodyFact("so", "Sở GDĐT Đắk Nông", (CapacityFact(capacity, Period(None, None)),))
    return ActFacts("cc_cntt_co_ban", day, body, title_text="KT. GIÁM ĐỐC", legacy=True)


def line(number: int, act: ActFacts) -> LineFacts:
    name = f"Người số {number}"
    row = RowFacts(
        row=number,
        full_name=name,
        name_key=name_key(name),
        birth_date=date(1990, 1, 1),
        sex="male",
        result="Đạt",
        serial=f"A{number:08}",
        entry_number=f"{number:04}/{act.issued_on.year}/CNTTCB",
    )
    return LineFacts(f"SG-{number}", act, row)


def test_a_sweep_finds_each_line_of_a_wrong_issuer_under_the_law_of_its_day() -> None:
    days = [date(2019, 7, 31), date(2020, 11, 11)]
    lines = [line(n, legacy(days[n % 2])) for n in range(1, 201)]
    found = list(run_lines(lines, LAW))
    assert [key for key, _ in found] == [entry.key for entry in lines]
    assert {f.check for _, f in found} == {"E-BODY-WITHOUT-AUTHORITY"}
    assert {f.citation for _, f in found} == {"khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"}
    assert len({id(f) for _, f in found}) == 2  # judged once an act


def test_a_sweep_of_lawful_lines_is_silent() -> None:
    lines = [line(n, legacy(date(2019, 7, 31), "trung_tam_sat_hach")) for n in range(1, 50)]
    assert list(run_lines(lines, LAW)) == []


def test_a_sweep_finds_numbers_used_twice_across_acts() -> None:
    one, other = (legacy(date(2019, d, 1), "trung_tam_sat_hach") for d in (7, 8))
    first, second = line(1, one), line(2, other)
    second = replace(second, row=replace(second.row, serial="A00000001"))
    found = [(key, f.check, f.level) for key, f in run_lines([first, second], LAW)]
    assert found == [
        ("SG-1", "E-SERIAL-TWICE", Level.WARNING),
        ("SG-2", "E-SERIAL-TWICE", Level.ERROR),
    ]


def test_levels_of_a_sweep_are_judged_act_by_act() -> None:
    body = BodyFact(
        "tt",
        "Trung tâm GDTX",
        tuple(CapacityFact(k, Period(None, None)) for k in ("don_vi_to_chuc_thi", "tt_gdtx")),
    )
    lines = []
    for number, (level, own) in enumerate([(3, None), (4, None), (None, 5), (None, 2)], 1):
        act = replace(legacy(date(2023, 1, number)), kind="cc_ngoai_ngu_6bac", body=body)
        act = replace(act, level=level, title_text="Giám đốc")
        entry = line(number, act)
        lines.append(replace(entry, row=replace(entry.row, level=own, entry_number=None)))
    found = [(key, f.check) for key, f in run_lines(lines, LAW)]
    assert found == [
        ("SG-2", "E-LEVEL-BEYOND-CAPACITY"),
        ("SG-3", "E-LEVEL-BEYOND-CAPACITY"),
    ]


# --- batch paths against their oracle -----------------------------------------------------------

PRIOR = PriorOriginal("SG-1", "Sở", "cc_cntt_co_ban", date(2019, 7, 31))
DATES = st.none() | st.sampled_from(
    [date(1990, 1, 1), date(2008, 2, 15), date(2025, 3, 15), date(2025, 4, 10), date(2031, 1, 1)]
)
IDS = (
    st.none()
    | st.from_regex(r"\s?0672?[0-9]{1,9}\s?", fullmatch=True)
    | st.sampled_from(["067090000001", "067308854340", "245123456", "٠٦٧٠٩٠٠٠٠٠٠١"])
)
ENTRIES = (
    st.none()
    | st.from_regex(r"[0-9]{1,4}/20(24|25)/(CNTTCB|X)", fullmatch=True)
    | st.sampled_from(["", "0001/2025", "B24/1/2", "17", "1 2/2025/CNTTCB", "٠١/2025/CNTTCB"])
)
ROWS = st.builds(
    RowFacts,
    full_name=st.none() | st.sampled_from(["", " ", "Thương", "Lê Thị Hoa"]),
    birth_date=DATES,
    birth_date_raw=st.none() | st.sampled_from(["", "1975", "31/02/1998", "13/1975"]),
    sex=st.none() | st.sampled_from(["male", "female"]),
    sex_raw=st.none() | st.sampled_from(["", "x", "Nam"]),
    personal_id=IDS,
    scores=st.dictionaries(
        st.sampled_from(["score_theory", "score_practice", "score_total", "gpa", "other"]),
        st.none() | st.floats(-1, 12) | st.sampled_from([5.0, 4.99, 10.0]),
    ),
    score_raws=st.dictionaries(
        st.sampled_from(["score_theory", "gpa"]), st.sampled_from(["", "tám"])
    ),
    result=st.none() | st.sampled_from(["", " ", "Đạt", "ĐẠT", "Không đạt", "Hẹn lại", "Giỏi"]),
    exam_date=DATES,
    issued_on=DATES,
    entry_number=ENTRIES,
    prior=st.sampled_from([(), (PRIOR,), (replace(PRIOR, status="revoked"),)]),
)
KINDS = st.sampled_from(["cc_cntt_co_ban", "bang_thpt", "cu_nhan", "cc_tin_hoc_abc", "ielts"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ROWS, max_size=6), KINDS, DATES, st.sampled_from([date(2016, 8, 9), date(2025, 4, 10)])
)
def test_batch_paths_say_what_the_row_paths_say(
    rows: list[RowFacts], kind: str, exam: date | None, day: date
) -> None:
    act = replace(legacy(day), kind=kind, exam_date=exam, legacy=False)
    for check in checks():
        if check.run_batch is None:
            continue
        assert check.run_row is not None
        quick = [(i, r) for i, r in check.run_batch(rows, act, LAW) if r.status not in SILENT]
        slow = [(i, check.run_row(row, act, LAW)) for i, row in enumerate(rows)]
        assert quick == [(i, r) for i, r in slow if r.status not in SILENT], check.id


@settings(max_examples=50, deadline=None)
@given(st.lists(ROWS, max_size=8))
def test_each_row_gets_its_own_results(rows: list[RowFacts]) -> None:
    """Row checks of a list say of each row what they say of it alone."""
    rows = [replace(row, row=number) for number, row in enumerate(rows, 1)]
    act = legacy(date(2025, 4, 10), "trung_tam_sat_hach")
    only = [check for check in checks() if check.scope == "row"]
    together = run_list(ListFacts(act, rows), LAW, only=only)
    alone = [f for row in rows for f in run_list(ListFacts(act, [row]), LAW, only=only)]
    assert together == alone


def test_blanks_in_states_are_looked_up_per_row() -> None:
    facts = build({"rows": [{"serial": "A00000001"}, {"serial": "A00000002"}]})
    facts = replace(facts, blanks=BlanksFact((), 0, {"A00000002": "lost"}))
    only = [c for c in checks() if c.id == "E-SERIAL-UNUSABLE"]
    assert [f.row for f in run_list(facts, LAW, only=only)] == [2]


def test_a_twin_on_another_sheet_is_named_with_its_sheet() -> None:
    facts = build({"rows": [{"serial": "A00000001"}, {"serial": "A00000001", "name": "Lê Na"}]})
    first, second = facts.rows
    facts = replace(facts, rows=[first, replace(second, sheet="Lớp B", row=1)])
    only = [c for c in checks() if c.id == "E-SERIAL-TWICE"]
    said = [(f.sheet, f.message.vi) for f in run_list(facts, LAW, only=only)]
    assert sorted(said) == [
        ("Lớp B", "Số hiệu A00000001 đã dùng ở dòng 1 trang «Sheet1»."),
        ("Sheet1", "Số hiệu A00000001 còn được dùng ở dòng 1 trang «Lớp B»."),
    ]
