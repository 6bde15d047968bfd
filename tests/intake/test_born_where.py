"""One cell for date and place of birth; one column that marks women."""

from __future__ import annotations

import datetime as dt

import pytest

from sogoc.intake.born_where import Born, born_where
from sogoc.intake.by_sex import from_one_mark

DAY = dt.date(1990, 2, 1)


@pytest.mark.parametrize(
    ("cell", "day", "place", "problem"),
    [
        ("01/02/1990 - Hà Nội", DAY, "Hà Nội", None),
        ("01/02/1990\ntại xã Ea Pô, tỉnh Đắk Nông", DAY, "xã Ea Pô, tỉnh Đắk Nông", None),
        ("1990-02-01 (Huế)", DAY, "Huế", None),
        ("ngày 1 tháng 2 năm 1990, Tp. Hồ Chí Minh", DAY, "Tp. Hồ Chí Minh", None),
        (DAY, DAY, None, None),
        ("1990, Hà Nội", None, "Hà Nội", ("incomplete_date", "1990")),
        ("02/1990 Hà Nội", None, "Hà Nội", ("incomplete_date", "02/1990")),
        ("1/2/90 Hà Nội", None, "Hà Nội", ("two_digit_year", "1/2/90")),
        ("30/02/1990, Hà Nội", None, "Hà Nội", ("no_such_date", "30/02/1990")),
        ("Hà Nội, 01/02/1990", None, None, ("not_a_date", "Hà Nội, 01/02/1990")),
        ("Hà Nội", None, None, ("not_a_date", "Hà Nội")),
        ("01/02/19901", None, None, ("not_a_date", "01/02/19901")),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_a_cell(
    cell: object, day: dt.date | None, place: str | None, problem: tuple[str, str] | None
) -> None:
    assert born_where(cell) == Born(day, place, problem)


@pytest.mark.parametrize(
    ("cell", "sex"),
    [("x", "female"), ("Nữ", "female"), ("✓", "female"), ("", "male"), (None, "male")],
)
def test_a_mark_of_women(cell: object, sex: str) -> None:
    found = from_one_mark(cell)
    assert (found.sex, found.problem) == (sex, None)


def test_another_word_in_the_column_of_women_is_a_problem() -> None:
    found = from_one_mark("nam")
    assert found.sex is None
    assert found.problem == (0, "unknown_sex", "nam")
