"""Random valid lists pass; any single planted fault is found on its row, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.policy.api import Level, load_law, run_list
from tests.policy.building import COLUMNS, build

LAW = load_law()
Row = dict[str, Any]
FAMILY = ("Nguyễn", "Trần", "Y", "H'", "Đặng", "Lò")
MIDDLE = ("Văn", "Thị", "Bhăm", "Ngọc", "Ê-ban", "Hoàng Gia")
GIVEN = ("An", "Ánh", "Thương", "Niê", "Ước", "Hoà", "Đức")
PLACES = ("Đắk Nông", "Lâm Đồng", "TP. Hồ Chí Minh", "Sông Bé")


@st.composite
def valid_rows(draw: st.DrawFn) -> list[Row]:
    """A list of people no check has anything to say about."""
    first = draw(st.integers(1, 90_000_000))
    entry = draw(st.integers(1, 5000))
    with_numbers = draw(st.booleans())
    with_scores = draw(st.booleans())
    rows = []
    for n in range(draw(st.integers(2, 12))):
        born = date(1960, 1, 1) + timedelta(days=draw(st.integers(0, 18_000)) * 1)
        sex = draw(st.sampled_from(["male", "female"]))
        century = (born.year - 1900) // 100 * 2 + (sex == "female")
        row: Row = {
            "name": f"{draw(st.sampled_from(FAMILY))} {draw(st.sampled_from(MIDDLE))} "
            f"{draw(st.sampled_from(GIVEN))} {n + 1}",
            "born": born,
            "sex": sex,
            "place": draw(st.sampled_from(PLACES)),
            "personal_id": f"067{century}{born.year % 100:02}{n:06}",
            "theory": draw(st.integers(10, 20)) / 2 if with_scores else None,
            "practice": draw(st.integers(10, 20)) / 2 if with_scores else None,
            "result": draw(st.sampled_from(["Đạt", "ĐẠT", "đạt"])),
        }
        if with_numbers:
            row["serial"] = f"A{first + n:08}"
            row["entry"] = f"{entry + n:04}/2025/CNTTCB"
        rows.append(row)
    return rows


def listed(rows: list[Row]) -> dict[str, Any]:
    """The list as put forward: everything beside the people is in good order."""
    given: dict[str, Any] = {
        "exam": date(2025, 3, 15),
        "decision": {"number": "12/QĐ", "date": date(2025, 4, 1), "count": len(rows)},
        "confirmed": date(2025, 4, 5),
        "mandates": [{"title": "Giám đốc"}],
        "blanks": {"stock": len(rows)},
        "stated": len(rows),
        "rows": rows,
    }
    if any(row.get("serial") for row in rows):
        given["blanks"] = {"stock": len(rows), "lots": [("A", 8, 1, 99_999_999)]}
    return given


Fault = Callable[[list[Row], int], str | None]
"""Spoils row ``at``; returns the column the error stands on, ``None`` where it does not apply."""


def changed(column: str, **changes: Any) -> Fault:
    def fault(rows: list[Row], at: int) -> str | None:
        rows[at] |= changes
        return column

    return fault


def copied(field: str, column: str) -> Fault:
    def fault(rows: list[Row], at: int) -> str | None:
        if at == 0 or not rows[0].get(field):
            return None
        rows[at][field] = rows[0][field]
        return column

    return fault


def emptied(field: str, column: str) -> Fault:
    def fault(rows: list[Row], at: int) -> str | None:
        if rows[at].get(field) is None:
            return None
        rows[at][field] = None
        return column

    return fault


def same_person(rows: list[Row], at: int) -> str | None:
    if at == 0:
        return None
    for field in ("name", "born", "sex", "place", "personal_id"):
        rows[at][field] = rows[0][field]
    return "full_name"


def another_year(rows: list[Row], at: int) -> str | None:
    if not rows[at].get("entry"):
        return None
    rows[at]["entry"] = rows[at]["entry"].replace("2025", "2024")
    return "entry_number"


def scored(theory: float, column: str = "score_theory") -> Fault:
    def fault(rows: list[Row], at: int) -> str | None:
        if rows[at]["theory"] is None:
            return None
        rows[at]["theory"] = theory
        return column

    return fault


FAULTS: dict[str, Fault] = {
    "name missing": emptied("name", "full_name"),
    "no such date": changed("birth_date", born=None, born_raw="31/02/1998"),
    "born after the exam": changed("birth_date", born=date(2030, 1, 1), personal_id=None),
    "sex unknown": changed("sex", sex=None, sex_raw="x"),
    "sex missing": changed("sex", sex=None),
    "not passed": changed("result", result="Không đạt"),
    "result missing": emptied("result", "result"),
    "score above the scale": scored(11),
    "score below the pass mark": scored(4.5),
    "score missing": emptied("theory", "score_theory"),
    "serial missing": emptied("serial", "serial"),
    "serial twice": copied("serial", "serial"),
    "entry number missing": emptied("entry", "entry_number"),
    "entry number twice": copied("entry", "entry_number"),
    "entry number of another year": another_year,
    "same person twice": same_person,
    "exam after the issue": changed("exam_date", exam=date(2025, 4, 11)),
}


@settings(max_examples=60, deadline=None)
@given(valid_rows())
def test_valid_lists_pass(rows: list[Row]) -> None:
    assert run_list(build(listed(rows)), LAW) == []


@settings(max_examples=150, deadline=None)
@given(valid_rows(), st.sampled_from(sorted(FAULTS)), st.data())
def test_one_fault_is_found_on_its_row_and_nothing_else_is(
    rows: list[Row], name: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    column = FAULTS[name](rows, at)
    if column is None:
        return
    findings = run_list(build(listed(rows)), LAW)
    errors = {(f.row, f.column) for f in findings if f.level in {Level.ERROR, Level.REVIEW}}
    assert errors == {(at + 1, COLUMNS[column])}, name
    pointed = {f.row for f in findings if f.level is Level.WARNING} - {None}
    assert pointed <= {1, at + 1}, name
