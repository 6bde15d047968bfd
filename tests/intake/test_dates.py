"""Dates as cells, as text in every usual form, and in three columns; ambiguity is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.intake.dates import from_parts, read_date
from tests.intake.making import HEADER, line, one

DAY = dt.date(1990, 3, 5)
FORMS = (
    "{d:02}/{m:02}/{y:04}",
    "{d}/{m}/{y:04}",
    "{d:02}-{m:02}-{y:04}",
    "{d:02}.{m:02}.{y:04}",
    "{d} / {m} / {y:04}",
    "{y:04}-{m:02}-{d:02}",
    "{y:04}-{m:02}-{d:02} 00:00:00",
    "{d:02}/{m:02}/{y:04} 00:00",
    "ngày {d} tháng {m} năm {y:04}",
    "Ngày {d:02} tháng {m:02} năm {y:04}",
    "{d} tháng {m} năm {y:04}",
    " '{d:02}/{m:02}/{y:04}\u00a0",
)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(FORMS))
def test_every_form_gives_the_same_day(day: dt.date, form: str) -> None:
    assert read_date(form.format(d=day.day, m=day.month, y=day.year)) == (day, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/02/1998", "no_such_date"),
        ("03/25/1990", "no_such_date"),
        ("00/00/1990", "no_such_date"),
        ("5/3/90", "two_digit_year"),
        ("05-03-90", "two_digit_year"),
        ("1990", "incomplete_date"),
        ("03/1990", "incomplete_date"),
        ("năm 1990", "incomplete_date"),
        ("__/__/1990", "incomplete_date"),
        (1990.0, "incomplete_date"),
        (33001.0, "not_a_date"),
        (True, "not_a_date"),
        (dt.time(7, 30), "not_a_date"),
        ("05031990", "not_a_date"),
        ("5 March 1990", "not_a_date"),
        ("không rõ", "not_a_date"),
    ],
)
def test_what_is_no_clear_date_says_why(cell: object, code: str) -> None:
    assert read_date(cell) == (None, code)


@pytest.mark.parametrize("cell", ["", "  ", "\u00a0", None])
def test_an_empty_cell_is_no_problem(cell: object) -> None:
    assert read_date(cell) == (None, None)


def test_date_cells() -> None:
    assert read_date(DAY) == (DAY, None)
    assert read_date(dt.datetime(1990, 3, 5, 7, 30)) == (DAY, None)  # noqa: DTZ001  # a cell


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_problem_or_empty(text: str) -> None:
    found, code = read_date(text)
    assert found is None or code is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((5.0, 3.0, 1990.0), (DAY, None, "5/3/1990")),
        (("05", "03", "1990"), (DAY, None, "05/03/1990")),
        ((31.0, 2.0, 1998.0), (None, "no_such_date", "31/2/1998")),
        (("", "", 1990.0), (None, "incomplete_date", "//1990")),
        (("", 3.0, 1990.0), (None, "incomplete_date", "/3/1990")),
        ((5.0, 3.0, 90.0), (None, "two_digit_year", "5/3/90")),
        (("", "", ""), (None, None, "")),
        ((5.0, 3.0, ""), (None, "not_a_date", "5/3/")),
    ],
)
def test_three_columns(parts: tuple[object, ...], expected: tuple[object, ...]) -> None:
    assert from_parts(*parts) == expected


def test_a_bad_birth_date_of_three_columns_names_the_first() -> None:
    rows = [
        ["STT", "Họ và tên", "Ngày sinh", "", ""],
        ["", "", "Ngày", "Tháng", "Năm"],
        [1, "Lê Na", 30, 2, 1999],
        [2, "Lê Mi", 28, 2, 1999],
    ]
    sheet = one(rows, [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4)])

    bad, good = sheet.rows
    assert good.get("birth_date") == dt.date(1999, 2, 28)
    assert bad.get("birth_date") is None
    assert bad.get("birth_date_raw") == "30/2/1999"
    assert [(p.column, p.field, p.code) for p in bad.problems] == [
        (3, "birth_date", "no_such_date")
    ]
    assert sheet.columns_by_field["birth_date"] == 3


def test_only_a_year_column_is_read_as_the_birth_date() -> None:
    rows = [["STT", "Họ và tên", "Năm sinh"], [1, "Lê Na", 1990], [2, "Lê Mi", "5/3/1990"]]
    sheet = one(rows)

    assert [row.get("birth_date") for row in sheet.rows] == [None, DAY]
    assert [p.code for p in sheet.rows[0].problems] == ["incomplete_date"]
    assert sheet.rows[0].get("birth_date_raw") == "1990"


def test_the_sign_of_swapped_days_and_months() -> None:
    cells = [dt.date(1990, month, 4) for month in range(1, 6)]
    texts = ["13/05/1991", "25/03/1992", "30/11/1993"]
    swapped = one([HEADER, *(line(n, born=b) for n, b in enumerate([*cells, *texts], start=1))])
    honest = one([HEADER, *(line(n, born=b) for n, b in enumerate(cells, start=1))])

    assert [remark.code for remark in swapped.remarks] == ["maybe_swapped_dates"]
    assert swapped.remarks[0].column == 3
    assert honest.remarks == ()


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ([dt.date(2020, 3, 1)] * 3, "exam_date"),
        (["01/3/2020", "01/3/2020", "31/2/2020"], "exam_date"),
        (["Khóa 5", "Khóa 6", "01/3/2020"], "exam_session"),
        (["", "", ""], "exam_session"),
    ],
)
def test_sessions_that_are_days_are_exam_dates(cells: list[object], field: str) -> None:
    rows = [["STT", "Họ và tên", "Khóa thi"]]
    rows += [[n, "Lê Na", cell] for n, cell in enumerate(cells, start=1)]  # type: ignore[list-item]
    assert one(rows).columns[2].field == field


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("1965", "year"),
        (1965, "year"),
        ("năm 1965", "year"),
        ("05/1965", "month"),
        ("tháng 5 năm 1965", "month"),
        ("../05/1965", "month"),
    ],
)
def test_partial_birth_dates_of_old_registers(typed: object, known: str) -> None:
    rows = [["STT", "Họ và tên", "Ngày sinh"], [1, "Lê An", typed]]
    (row,) = one(rows, partial_dates=True).rows
    assert row.get("birth_date") is None
    assert row.get("birth_date_raw") == str(typed)
    assert row.get("birth_date_precision") == known
    assert not row.problems
    (strict,) = one(rows).rows
    assert [problem.code for problem in strict.problems] == ["incomplete_date"]
    assert strict.get("birth_date_precision") is None


@pytest.mark.parametrize("typed", ["13/1965", "0/1965", "31/02/1965", "5/3/65", "không rõ"])
def test_what_is_no_part_of_a_date_stays_a_problem(typed: str) -> None:
    rows = [["STT", "Họ và tên", "Ngày sinh"], [1, "Lê An", typed]]
    assert one(rows, partial_dates=True).rows[0].problems


def test_partial_birth_dates_in_three_columns() -> None:
    rows = [
        ["STT", "Họ và tên", "Ngày", "Tháng", "Năm sinh"],
        [1, "Lê An", "", 5, 1965],
        [2, "Lê Bình", "", "", 1966],
    ]
    answers = {"Ngày": "birth_day", "Tháng": "birth_month", "Năm sinh": "birth_year"}
    first, second = one(rows, answers=answers, partial_dates=True).rows
    assert first.get("birth_date_precision") == "month"
    assert second.get("birth_date_precision") == "year"
