"""Random lists from file to findings: a good one has none, one planted fault is found alone."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.credentials.issuing.facts import cell_findings, has_values, row_facts
from sogoc.intake.api import read_file
from sogoc.kernel.periods import Period
from sogoc.policy.api import (
    ActFacts,
    BlanksFact,
    BodyFact,
    BookFact,
    CapacityFact,
    DecisionFact,
    Finding,
    Level,
    ListFacts,
    LotFact,
    MandateFact,
    load_law,
    run_list,
)

HEADER = [
    "STT", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính", "Số CCCD", "Điểm LT", "Điểm TH",
    "Kết quả", "Số hiệu", "Số vào sổ", "Dân tộc",
]  # fmt: skip
NAME, BORN, PLACE, SEX, PERSONAL_ID, THEORY, PRACTICE, RESULT, SERIAL, ENTRY = range(1, 11)
FIELDS = {
    NAME: "full_name", BORN: "birth_date", SEX: "sex", THEORY: "score_theory",
    PRACTICE: "score_practice", RESULT: "result", SERIAL: "serial", ENTRY: "entry_number",
}  # fmt: skip
DAYS = [date(2019, 7, 31), date(2020, 11, 11), date(2025, 4, 10), date(2026, 4, 14)]
Rows = list[list[str]]


@dataclass(frozen=True)
class Person:
    name: str
    born: date
    sex: str
    scores: tuple[float, float]
    style: int


PEOPLE = st.lists(
    st.builds(
        Person,
        st.one_of(
            st.builds(
                "{} {} {}".format,
                st.sampled_from(["Nguyễn", "Trần", "Đỗ", "H’", "Y", "Lò"]),
                st.sampled_from(["Thị", "Văn", "Bhăm", "Len", "Thị Ngọc"]),
                st.sampled_from(["Hoà", "Mlô", "Niê", "Thuỷ", "Đức", "An", "Vàng"]),
            ),
            st.sampled_from(["Thương", "K'Brẻ", "H'Bia Byă", "Tổng Thị Cộng", "Giám Đốc"]),
        ),
        st.dates(date(1960, 1, 1), date(2003, 12, 31)),
        st.sampled_from(["male", "female"]),
        st.tuples(st.sampled_from([5.0, 5.5, 7.25, 10.0]), st.sampled_from([5.0, 9.9, 10.0])),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=12,
    unique_by=lambda one: (one.name, one.born),
)


def rows_of(people: list[Person], day: date) -> Rows:
    """The people as typed, each in the spelling of their style."""
    rows = []
    for number, one in enumerate(people, 1):
        number_of_sex = (2 if one.born.year >= 2000 else 0) + (one.sex == "female")
        born = [f"{one.born:%d/%m/%Y}", f"{one.born.day}-{one.born.month}-{one.born.year}"]
        decimal = [f"{s:g}".replace(".", ",") if one.style % 3 else str(s) for s in one.scores]
        name = [one.name, f"  {one.name.replace(' ', '  ')}\u00a0"][one.style % 2]
        rows.append([
            str(number),
            unicodedata.normalize("NFD" if one.style == 4 else "NFC", name),
            born[one.style % 2],
            "Đắk Nông",
            {"male": ["Nam", "NAM"], "female": ["Nữ", " nữ"]}[one.sex][one.style % 2],
            f"067{number_of_sex}{one.born.year % 100:02}{number:06}",
            *decimal,
            ["Đạt", "ĐẠT", "đạt "][one.style % 3],
            f"A{number:08}",
            f"{number:04}/{day.year}/CNTTCB",
            "Kinh",
        ])  # fmt: skip
    return rows


def judge(rows: Rows, day: date) -> list[Finding]:
    """All findings of the list for a lawful act of that day."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADER, *rows])
    reading = read_file(text.getvalue().encode(), "ds.csv")
    (sheet,) = reading.sheets
    assert sheet.questions == ()
    assert len(sheet.rows) == len(rows)
    everywhere = Period(None, None)
    facts = ListFacts(
        ActFacts(
            kind="cc_cntt_co_ban",
            issued_on=day,
            body=BodyFact("tt", "TT", (CapacityFact("trung_tam_sat_hach", everywhere),)),
            title_text="Giám đốc",
            mandates=(MandateFact("Giám đốc", None, everywhere, "head", None, "tt"),),
            exam_date=day - timedelta(days=20),
            decision=DecisionFact("1/QĐ", day - timedelta(days=5), row_count=len(rows)),
            learners_confirmed_on=day - timedelta(days=3),
        ),
        row_facts(reading, {}, level=None),
        BlanksFact((LotFact("A", 8, 1, 99_999_999),), 500),
        BookFact("so", day.year, 0),
        None,
        has_values(reading, "serial"),
        has_values(reading, "entry_number"),
    )
    return [*run_list(facts, load_law()), *cell_findings(reading)]


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.sampled_from(DAYS))
def test_a_good_list_has_no_finding(people: list[Person], day: date) -> None:
    assert judge(rows_of(people, day), day) == []


@settings(max_examples=30, deadline=None)
@given(PEOPLE, st.sampled_from(DAYS), st.sets(st.sampled_from([SERIAL, ENTRY, PERSONAL_ID])))
def test_columns_wholly_empty_are_allocated(
    people: list[Person], day: date, empty: set[int]
) -> None:
    rows = [["" if c in empty else v for c, v in enumerate(r)] for r in rows_of(people, day)]
    assert judge(rows, day) == []


Plant = Callable[[Rows, int, int, date], int]
"""Changes row ``at`` (``other`` is another one) and gives the column the error must be on."""


def cell(column: int, value: str) -> Plant:
    def plant(rows: Rows, at: int, other: int, day: date) -> int:
        rows[at][column] = value
        return column

    return plant


def born_after(days: int) -> Plant:
    def plant(rows: Rows, at: int, other: int, day: date) -> int:
        rows[at][BORN] = f"{day + timedelta(days=days):%d/%m/%Y}"
        return BORN

    return plant


def same(column: int, change: Callable[[str], str] = str) -> Plant:
    def plant(rows: Rows, at: int, other: int, day: date) -> int:
        rows[at][column] = change(rows[other][column])
        return column

    return plant


def of_last_year(rows: Rows, at: int, other: int, day: date) -> int:
    rows[at][ENTRY] = f"{at + 1:04}/{day.year - 1}/CNTTCB"
    return ENTRY


def same_person(change: Callable[[str], str]) -> Plant:
    def plant(rows: Rows, at: int, other: int, day: date) -> int:
        for column in (BORN, PLACE, SEX):
            rows[at][column] = rows[other][column]
        rows[at][NAME] = change(rows[other][NAME])
        rows[at][PERSONAL_ID] = ""
        return NAME

    return plant


FAULTS: dict[str, Plant] = {
    "name missing": cell(NAME, ""),
    "name of blanks": cell(NAME, " \u00a0 "),
    "no such day": cell(BORN, "31/02/1998"),
    "no leap year": cell(BORN, "29/02/2001"),
    "no such month": cell(BORN, "12/13/1990"),
    "two-digit year": cell(BORN, "05/03/90"),
    "birth date missing": cell(BORN, ""),
    "born after the issue": born_after(400),
    "born on the day of issue": born_after(0),
    "born after the exam": born_after(-10),
    "sex unknown": cell(SEX, "x"),
    "sex missing": cell(SEX, ""),
    "score above the scale": cell(THEORY, "11,5"),
    "score below the scale": cell(PRACTICE, "-1"),
    "score is no number": cell(PRACTICE, "tám"),
    "score missing": cell(THEORY, ""),
    "below the pass mark": cell(THEORY, "4,5"),
    "just below the pass mark": cell(PRACTICE, "4.99"),
    "not passed": cell(RESULT, "Không đạt"),
    "absent": cell(RESULT, "VẮNG"),
    "result nobody understands": cell(RESULT, "Hẹn lại"),
    "result missing": cell(RESULT, ""),
    "serial missing": cell(SERIAL, ""),
    "serial twice": same(SERIAL),
    "serial twice, in small letters": same(SERIAL, str.lower),
    "entry number missing": cell(ENTRY, ""),
    "entry number twice": same(ENTRY),
    "entry number twice, without zeros": same(ENTRY, lambda n: n.lstrip("0")),
    "entry number of another year": of_last_year,
    "same person twice": same_person(str),
    "same person twice, in capitals": same_person(str.upper),
}


@pytest.mark.parametrize("fault", FAULTS)
@settings(max_examples=12, deadline=None)
@given(PEOPLE, st.sampled_from(DAYS), st.data())
def test_a_planted_fault_is_an_error_on_its_row_and_on_no_other(
    fault: str, people: list[Person], day: date, data: st.DataObject
) -> None:
    rows = rows_of(people, day)
    at = data.draw(st.integers(1, len(rows) - 1))
    column = FAULTS[fault](rows, at, data.draw(st.integers(0, at - 1)), day)
    errors = [f for f in judge(rows, day) if f.level in {Level.ERROR, Level.REVIEW}]
    assert [(f.row, f.column, f.column_name) for f in errors] == [
        (at + 2, column + 1, FIELDS[column])
    ]
    assert all(f.citation and f.message.vi and f.remedy.en for f in errors)
