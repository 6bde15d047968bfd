"""Values: numbers, texts, codes, sex, and the cells that hold none although they are not empty."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from sogoc.intake.api import read_file
from sogoc.intake.convert import convert
from sogoc.intake.ooxml import column_letters, column_number
from tests.intake.making import HEADER, line, one, part, with_parts, xlsx

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (8.5, 8.5),
        (8, 8.0),
        ("8,5", 8.5),
        ("8.5", 8.5),
        (" 8 ", 8.0),
        ("10", 10.0),
        ("-1", -1.0),
        ("", None),
        (None, None),
    ],
)
def test_scores(cell: object, value: float | None) -> None:
    assert convert("score_theory", [cell]) == ([value], {})


@pytest.mark.parametrize(
    "cell", ["Vắng", "8,5đ", "nan", "inf", "1e3", "8/10", True, dt.date(2025, 5, 8)]
)
def test_what_is_no_score_says_so(cell: object) -> None:
    values, problems = convert("score_practice", [5.0, cell])
    assert values == [5.0, None]
    assert problems[1][0] == "not_a_number"


def test_a_score_that_a_program_made_a_date_shows_as_the_date() -> None:
    sheet = one([["STT", "Họ và tên", "Điểm thực hành"], [1, "Lê Na", dt.date(2025, 5, 8)]])
    (row,) = sheet.rows
    assert row.get("score_practice_raw") == "08/05/2025"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Nam", "male"),
        ("Nam.", "male"),
        ("NỮ", "female"),
        (" nữ ", "female"),
        ("Nu", "female"),
        ("Nư\u0303", "female"),
        ("", None),
    ],
)
def test_sex(cell: str, value: str | None) -> None:
    assert convert("sex", [cell]) == ([value], {})


@pytest.mark.parametrize("cell", ["x", "1", "Khác", 0.0, "Nam/Nữ", "Năm"])
def test_unclear_sex_keeps_what_was_typed(cell: object) -> None:
    values, problems = convert("sex", [cell])
    assert values == [None]
    assert problems[0][0] == "unknown_sex"


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("000123", "000123", None),
        (" A01204301 ", "A01204301", None),
        (67208766025.0, "67208766025", None),
        (123, "123", None),
        (12.5, "12.5", "not_text"),
        (1234567890123456789.0, "1234567890123456768", "digits_lost"),
        (dt.date(2020, 1, 2), "02/01/2020", "not_text"),
        ("", None, None),
    ],
)
def test_codes_keep_their_digits(cell: object, value: str | None, code: str | None) -> None:
    values, problems = convert("serial", [cell])
    assert values == [value]
    assert [found for found, _ in problems.values()] == ([code] if code else [])


def test_names_are_cleaned_and_never_altered() -> None:
    cells = ["  Đặng  Thu\u00a0Lan ", "NGUYỄN THUÝ", "K'Brẻ", "H’Len  Mlô", "Yê\u0301n"]
    assert convert("full_name", cells)[0] == [
        "Đặng Thu Lan",
        "NGUYỄN THUÝ",
        "K'Brẻ",
        "H’Len Mlô",
        "Yến",
    ]
    values, problems = convert("full_name", ["Lê Na", 123.0, dt.date(2020, 1, 2)])
    assert values == ["Lê Na", "123", "02/01/2020"]
    assert {place: code for place, (code, _) in problems.items()} == {1: "not_text", 2: "not_text"}


def test_ordinals_and_booleans() -> None:
    assert convert("ordinal", [1.0, "2", "3.", "IV", ""])[0] == [1, 2, 3, "IV", None]
    assert convert("result", [True, "Đạt", 1.0, ""])[0] == ["TRUE", "Đạt", "1", None]


@pytest.mark.parametrize("size", [1, 3, 50])
def test_few_and_many_different_texts_read_alike(size: int) -> None:
    cells: list[Any] = [f" THPT  {number % size} " for number in range(60)]
    assert convert("school", cells)[0] == [f"THPT {number % size}" for number in range(60)]


def test_error_cells_are_problems_not_blanks() -> None:
    rows = [[*HEADER, "Điểm thực hành"], [*line(1), "#N/A"], [*line(2, "#REF!"), 5]]
    sheet = one(rows)

    first, second = sheet.rows
    assert first.get("score_practice") is None
    assert first.get("score_practice_raw") == "#N/A"
    assert [(p.column, p.field, p.code, p.raw) for p in first.problems] == [
        (6, "score_practice", "formula_error", "#N/A")
    ]
    assert second.get("full_name") is None
    assert [(p.field, p.code, p.raw) for p in second.problems] == [
        ("full_name", "formula_error", "#REF!")
    ]


def test_a_row_of_nothing_but_an_error_is_a_row() -> None:
    sheet = one([HEADER, line(1), ["", "", "", "#VALUE!", ""], line(2)])
    assert [row.row for row in sheet.rows] == [2, 3, 4]
    assert [p.code for p in sheet.rows[1].problems] == ["formula_error"]


def test_error_texts_of_a_csv_are_problems_too() -> None:
    (sheet,) = read_file("STT,Họ và tên,Nơi sinh\n1,Lê Na,#N/A\n".encode(), "x.csv").sheets
    assert sheet.rows[0].get("birth_place") is None
    assert [p.code for p in sheet.rows[0].problems] == ["formula_error"]


@pytest.mark.parametrize("references", [True, False])
def test_formulas_that_were_never_computed_are_problems(references: bool) -> None:
    data = xlsx({"DS": [HEADER, line(1), line(2, "Lê Na")]})
    xml = part(data, SHEET)
    for place, cell in {
        b"B3": b'<c r="B3"><f>A1&amp;B1</f><v></v></c>',
        b"D3": b'<c r="D3" t="str"><f>""</f><v></v></c>',
        b"E2": b'<c r="E2" t="e"><f>X</f><v>#NAME?</v></c>',
    }.items():
        xml = re.sub(rb'<c r="%s"[^>]*>.*?</c>' % place, cell, xml)
    if not references:
        xml = re.sub(rb' r="[A-Z]*[0-9]+"', b"", xml)
    (sheet,) = read_file(with_parts(data, {SHEET: xml}), "x.xlsx").sheets

    assert [[(p.column, p.code) for p in row.problems] for row in sheet.rows] == [
        [(5, "formula_error")],
        [(2, "formula_without_value")],
    ]
    assert sheet.rows[1].get("full_name") is None


def test_prefixed_xml_is_searched_too() -> None:
    data = xlsx({"DS": [HEADER, line(1), [*line(2)[:3], "#N/A", "Nam"]]})
    xml = part(data, SHEET)
    prefixed = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml.partition(b"?>")[2])
    prefixed = prefixed.replace(b'xmlns="', b'xmlns:x="', 1)
    (sheet,) = read_file(with_parts(data, {SHEET: prefixed}), "x.xlsx").sheets
    assert [p.code for p in sheet.rows[1].problems] == ["formula_error"]


def test_column_letters() -> None:
    for number in (1, 26, 27, 52, 702, 703, 16384):
        assert column_number(column_letters(number)) == number
    assert column_letters(28) == "AB"


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("067199000001", "067199000001", None),
        ("067 199 000 001", "067199000001", None),
        ("067.199.000.001", "067199000001", None),
        ("'067199000001", "067199000001", None),
        ("241234567", "241234567", None),
        (67199000001.0, "67199000001", "zero_lost"),
        ("67199000001", "67199000001", "zero_lost"),
        ("41234567", "41234567", "zero_lost"),
        ("6.7199E+10", "6.7199E+10", "digits_lost"),
        ("6,7199e10", "6,7199e10", "digits_lost"),
        (6.7199e16, "67199000000000000", "digits_lost"),
        ("C1234567", "C1234567", None),
        ("O67199000001", "O67199000001", None),
        ("không có", "không có", None),
        ("", None, None),
    ],
)
def test_personal_ids_lose_what_separates_and_say_what_was_lost(
    cell: object, value: str | None, code: str | None
) -> None:
    values, problems = convert("personal_id", [cell])
    assert values == [value]
    assert [found for found, _ in problems.values()] == ([code] if code else [])
