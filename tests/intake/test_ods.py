"""OpenDocument spreadsheets: cells as shown, and files made to do harm."""

from __future__ import annotations

import datetime as dt
import io
import time
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sogoc.intake.api import IntakeError, Limits, Note, annotate, read_file
from tests.intake.making import HEADER, line, xlsx
from tests.intake.ods_making import ods, ods_of, packed, row, table

EMPTY_TAIL = row(['<table:table-cell table:number-columns-repeated="16384"/>'], 1_048_000)


def read_one(data: bytes, **options: Any) -> Any:
    (sheet,) = read_file(data, "ds.ods", **options).sheets
    return sheet


def code_of(data: bytes, **options: Any) -> str:
    with pytest.raises(IntakeError) as caught:
        read_file(data, "ds.ods", **options)
    return caught.value.code


def test_a_list_reads_as_the_same_list_in_xlsx() -> None:
    rows = [["DANH SÁCH"], [], HEADER, line(1), line(2, "Trần Văn An", sex="Nam"), line(3, "H'Bia")]
    reading = read_file(ods({"DS": rows}), "ds.ods")
    (sheet,) = reading.sheets
    assert reading.kind == "ods"
    (same,) = read_file(xlsx({"DS": rows}), "ds.xlsx").sheets
    assert sheet.rows == same.rows
    assert sheet.title_lines == ("DANH SÁCH",)


def test_empty_rows_and_columns_to_the_end_of_the_sheet_are_nothing() -> None:
    data = ods_of(table("DS", row(HEADER) + row(line(1)) + row(line(2)) + EMPTY_TAIL))
    began = time.perf_counter()
    assert len(read_one(data).rows) == 2
    assert time.perf_counter() - began < 2


def test_repeated_cells_and_rows_are_counted_in_place() -> None:
    twice = (
        '<table:table-cell office:value-type="float" office:value="8" '
        'table:number-columns-repeated="2"><text:p>8</text:p></table:table-cell>'
    )
    header = ["STT", "Họ và tên", "Lý thuyết", "Thực hành", "Ghi chú"]
    data = ods_of(
        table("DS", row(header) + row([1, "Lê An", twice, "x"]) + row([], 3) + row([2, "Lê Bình"]))
    )
    first, second = read_one(data).rows
    assert (first.get("score_theory"), first.get("score_practice"), first.get("note")) == (
        8,
        8,
        "x",
    )
    assert second.row == 6


def test_notes_line_breaks_spaces_and_spans_inside_cells() -> None:
    name = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>ghi chú</text:p>'
        '</office:annotation><text:p>Lê<text:s text:c="2"/><text:span>Thị</text:span></text:p>'
        "<text:p>Hoa</text:p></table:table-cell>"
    )
    (only,) = read_one(ods_of(table("DS", row(HEADER) + row([1, name, "05/03/1990"])))).rows
    assert only.get("full_name") == "Lê Thị Hoa"
    assert only.get("birth_date") == dt.date(1990, 3, 5)


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (
            (
                '<table:table-cell table:formula="of:=NA()" office:value-type="string" '
                'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
            ),
            "formula_error",
        ),
        ('<table:table-cell table:formula="of:=A1"/>', "formula_without_value"),
    ],
)
def test_formulas_without_a_value_are_problems(element: str, code: str) -> None:
    (only,) = read_one(ods_of(table("DS", row(HEADER) + row([1, "Lê An", element])))).rows
    assert [problem.code for problem in only.problems] == [code]
    assert only.get("birth_date") is None


def test_merged_headers_are_understood() -> None:
    wide = (
        '<table:table-cell office:value-type="string" table:number-columns-spanned="3">'
        "<text:p>Ngày sinh</text:p></table:table-cell>"
        '<table:covered-table-cell table:number-columns-repeated="2"/>'
    )
    top = row(["STT", "Họ và tên", wide, "Giới tính"])
    low = row(["", "", "Ngày", "Tháng", "Năm", ""])
    sheet = read_one(ods_of(table("DS", top + low + row([1, "Lê An", 5, 3, 1990, "Nam"]))))
    assert not sheet.questions
    assert sheet.rows[0].get("birth_date") == dt.date(1990, 3, 5)
    assert sheet.rows[0].get("sex") == "male"


def test_hidden_sheets_are_left_out_unless_named() -> None:
    data = ods({"DS": [HEADER, line(1)], "Cũ": [HEADER, line(1), line(2)]}, hidden=["Cũ"])
    reading = read_file(data, "ds.ods")
    assert [(one.name, one.code) for one in reading.skipped] == [("Cũ", "hidden")]
    assert len(read_one(data, sheet="Cũ").rows) == 2


def test_the_marked_up_workbook_comes_back_as_xlsx_and_reads_again() -> None:
    data = ods({"DS": [HEADER, line(1), line(2)]})
    marked = annotate(data, "ds.ods", [Note("DS", 3, 2, "error", "tên sai")])
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book["DS"]["C2"].value == dt.datetime(1990, 3, 5)  # noqa: DTZ001  # cells have no zone
    assert book["DS"].column_dimensions["A"].width > 20
    assert "tên sai" in book["DS"]["G3"].value
    assert read_file(marked, "ds.xlsx").sheets[0].rows == read_one(data).rows


BOMB = '<table:table-cell office:value-type="string" table:number-columns-repeated="{n}"><text:p>x</text:p></table:table-cell>'  # noqa: E501


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ods_of(table("DS", row(HEADER) + row([BOMB.format(n=16384)], 10**6))), "too_many_columns"),
        (ods_of(table("DS", row(HEADER) + row([BOMB.format(n=9)], 10**6))), "too_many_rows"),
        (ods_of(table("DS", row([], 10**6) + row(HEADER))), "too_many_rows"),
        (ods_of(table("DS", row([BOMB.format(n="-1")]))), "corrupt_file"),
        (ods_of(table("DS", row([BOMB.format(n="9" * 40)]))), "corrupt_file"),
        (ods_of("".join(table(f"S{n}", "") for n in range(300))), "too_many_sheets"),
        (packed("<office"), "corrupt_file"),
        (packed('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "corrupt_file"),
        (ods_of("", mime="application/vnd.oasis.opendocument.text"), "unsupported_type"),
        (ods_of("", manifest="<manifest:encryption-data/>"), "password_protected"),
        (
            ods_of(table("DS", row([BOMB.format(n=1).replace(">x<", f">{'x' * 40_000}<")]))),
            "cell_too_long",
        ),
        (packed(" " * 60_000_000), "zip_bomb"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_files_are_refused_quickly(data: bytes, code: str) -> None:
    began = time.perf_counter()
    assert code_of(data) == code
    assert time.perf_counter() - began < 5


def test_spaces_said_in_numbers_are_bounded() -> None:
    name = '<table:table-cell office:value-type="string"><text:p><text:s text:c="999999999"/></text:p></table:table-cell>'  # noqa: E501
    assert code_of(ods_of(table("DS", row([name])))) == "cell_too_long"


def test_faults_repeated_without_end_are_refused() -> None:
    fault = '<table:table-cell table:formula="of:=A1" table:number-columns-repeated="200"/>'
    assert code_of(ods_of(table("DS", row([fault], 200_000)))) == "corrupt_file"


SOUND = ods({"DS": [["DANH SÁCH"], HEADER, line(1), line(2, "Trần Văn An", sex="Nam")]})


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_files_never_crash(data: st.DataObject) -> None:
    broken = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(broken)))
    with suppress(IntakeError):
        read_file(bytes(broken[:cut]), "ds.ods", limits=Limits(max_rows=1000))


PIECES = st.lists(
    st.sampled_from(
        [
            "<table:table table:name='A'>",
            "</table:table>",
            "<table:table-row table:number-rows-repeated='3'>",
            "</table:table-row>",
            "<table:table-cell office:value-type='float' office:value='nan'>",
            "<table:table-cell office:value-type='date' office:date-value='9'/>",
            "<table:table-cell office:value-type='string'>",
            "</table:table-cell>",
            "<text:p>Họ và tên</text:p>",
            "<office:annotation>",
            "</office:annotation>",
            "<table:covered-table-cell table:number-columns-repeated='2'/>",
        ]
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=2000)
@given(PIECES)
def test_content_of_any_shape_never_crashes(pieces: list[str]) -> None:
    with suppress(IntakeError):
        read_file(ods_of("".join(pieces)), "ds.ods")


@settings(max_examples=60, deadline=2000)
@given(st.lists(st.sampled_from([row(HEADER), row(line(1)), row([]), row(["x"], 2)]), max_size=12))
def test_wellformed_sheets_of_any_order_never_crash(rows: list[str]) -> None:
    with suppress(IntakeError):
        read_file(ods_of(table("DS", "".join(rows))), "ds.ods")
