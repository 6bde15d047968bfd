"""The three kinds of files: old .xls, csv in its encodings and delimiters, odd .xlsx."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.intake.api import IntakeError, Limits, read_file, read_table
from sogoc.intake.csv_text import delimiter_of
from tests.corpora.lists.make_lists import _as_cp1258
from tests.intake.making import HEADER, line, part, with_parts, xls, xlsx

TEXT = "Sở GDĐT;;\nSTT;Họ và tên;Nơi sinh\n1;Nguyễn Thị Thuỷ;Đắk Nông\n2;K'Brẻ;Thừa Thiên Huế\n"


def test_an_old_xls_reads_like_an_xlsx() -> None:
    rows = [["SỞ GIÁO DỤC VÀ ĐÀO TẠO"], [], HEADER, line(1), line(2, "K'Brẻ"), [], ["GIÁM ĐỐC"]]
    old = read_file(xls(rows), "ds.xls")
    new = read_file(xlsx({"DS": rows}), "ds.xlsx")

    assert (old.kind, new.kind) == ("xls", "xlsx")
    assert old.sheets == new.sheets
    assert old.sha256 != new.sha256


def test_an_old_xls_with_merged_headers() -> None:
    rows = [
        ["TT", "Họ và tên", "", "Ngày sinh"],
        ["", "Họ đệm", "Tên", ""],
        [1, "Lê Thị", "Na", dt.date(1990, 3, 5)],
    ]
    (sheet,) = read_file(xls(rows, [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)]), "ds.xls").sheets
    assert sheet.header_rows == (1, 2)
    assert sheet.questions == ()
    assert sheet.rows[0].get("full_name") == "Lê Thị Na"


def test_error_cells_of_an_old_xls_are_problems() -> None:
    data = xls([HEADER, line(1), [*line(2)[:3], xlwt.Formula("1/0"), "Nam"]])
    (formula,) = re.finditer(rb"\x06\x00..\x02\x00\x03\x00", data, re.DOTALL)
    # xlwt stores no result: put #DIV/0! there, as the spreadsheet program does.
    at = formula.end() + 2
    changed = data[:at] + bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF]) + data[at + 8 :]
    (sheet,) = read_file(changed, "ds.xls").sheets
    assert [(p.field, p.code, p.raw) for p in sheet.rows[1].problems] == [
        ("birth_place", "formula_error", "#DIV/0!")
    ]


def test_a_stored_error_of_an_old_xls_is_a_problem() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    for row, cells in enumerate((HEADER, ("1", "Lê Na", "", "", "Nữ"))):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write(row, column, cell)
    sheet.row(1).set_cell_error(2, "#DIV/0!")
    target = io.BytesIO()
    book.save(target)
    (read,) = read_file(target.getvalue(), "ds.xls").sheets
    assert [(p.column, p.code, p.raw) for p in read.rows[0].problems] == [
        (3, "formula_error", "#DIV/0!")
    ]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1258", "cp1258"),
    ],
)
def test_encodings(encoding: str, found: str) -> None:
    data = _as_cp1258(TEXT) if encoding == "cp1258" else TEXT.encode(encoding)
    reading = read_file(data, "Danh sách K1.csv")

    assert reading.encoding == found
    (sheet,) = reading.sheets
    assert sheet.name == "Danh sách K1"
    assert [row.get("full_name") for row in sheet.rows] == ["Nguyễn Thị Thuỷ", "K'Brẻ"]
    assert sheet.rows[1].get("birth_place") == "Thừa Thiên Huế"


def test_a_broken_utf16_text_is_refused() -> None:
    with pytest.raises(IntakeError) as caught:
        read_file("STT;Họ\n".encode("utf-16-le") * 9 + b"\xd8", "x.csv")
    assert caught.value.code == "bad_encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, ending: str) -> None:
    text = TEXT.replace(";", delimiter).replace("\n", ending)
    (sheet,) = read_file(text.encode(), "x.csv").sheets
    assert [row.row for row in sheet.rows] == [3, 4]


def test_commas_inside_texts_do_not_mislead() -> None:
    assert delimiter_of("Sở GDĐT, tỉnh Đắk Nông\nSTT;Tên;Điểm\n1;Lê Na;8,5\n2;Lê Mi;7,5\n") == ";"


def test_a_separator_line_is_obeyed_and_counted_as_excel_does() -> None:
    (sheet,) = read_file(b"sep=|\r\nSTT|Name|Notes\r\n1|A B|x;y;z\r\n", "x.csv").sheets
    assert (sheet.header_rows, sheet.rows[0].row) == ((2,), 3)
    assert sheet.rows[0].get("note") == "x;y;z"


def test_quotes_line_breaks_and_kept_zeros() -> None:
    text = 'STT,"Họ và\ntên",Số hiệu,Ghi chú\n1,"Lê, Na","=""00123""","a\nb"\n2,Lê Mi,0009,\n'
    (sheet,) = read_file(text.encode(), "x.csv").sheets
    assert sheet.rows[0].values == {
        "ordinal": 1,
        "full_name": "Lê, Na",
        "serial": "00123",
        "note": "a b",
    }
    assert [(row.row, row.get("serial")) for row in sheet.rows] == [(2, "00123"), (3, "0009")]


def test_rows_of_different_lengths() -> None:
    (sheet,) = read_file(
        "STT,Họ và tên,Ghi chú\n1,Lê Na\n2,Lê Mi,x,,\n\n3\n".encode(), "x.csv"
    ).sheets
    assert [row.row for row in sheet.rows] == [2, 3]


NAMES = st.text(st.sampled_from("abcĐưỡẹ' -;,\"|"), min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_csv_writes_is_read_back(names: list[str], delimiter: str) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(["STT", "Họ và tên", "Nơi sinh", "Ghi chú"])
    for number, name in enumerate(names, start=1):
        writer.writerow([number, name, "Hà Nội", "x"])
    (sheet,) = read_file(target.getvalue().encode(), "x.csv").sheets
    assert [row.get("full_name") for row in sheet.rows] == [" ".join(n.split()) for n in names]


def test_part_names_in_another_case_and_with_backslashes() -> None:
    data = xlsx({"DS": [HEADER, line(1)]})
    sheet = "xl/worksheets/sheet1.xml"
    rels = part(data, "xl/_rels/workbook.xml.rels").replace(b"sheet1.xml", b"Sheet1.xml")
    moved = with_parts(
        data,
        {
            sheet: None,
            "xl/worksheets/Sheet1.xml": part(data, sheet),
            "xl/_rels/workbook.xml.rels": rels,
        },
    )
    assert len(read_file(moved, "x.xlsx").sheets[0].rows) == 1


def test_reading_is_repeatable_and_knows_its_digest() -> None:
    data = xlsx({"DS": [HEADER, line(1)]})
    first, second = read_file(data, "x.xlsx"), read_file(data, "x.xlsx")
    assert first == second
    assert first.sha256 == hashlib.sha256(data).hexdigest()


def test_limits_are_plain_values() -> None:
    assert Limits().max_rows >= 100_000
    assert Limits() == Limits()


def test_a_table_of_a_fixed_form_is_the_first_sheet_shown() -> None:
    data = xlsx({"Trống": [], "Ẩn": [["x"]], "Bảng": [["mã", "số"], ["a", 1]]}, hidden=["Ẩn"])
    assert read_table(data, "x.xlsx") == [["mã", "số"], ["a", 1.0]]
    assert read_table("mã;số\na;1\n".encode("utf-16"), "x.csv") == [["mã", "số"], ["a", "1"]]
    with pytest.raises(IntakeError) as caught:
        read_table(xlsx({"Trống": []}), "x.xlsx")
    assert caught.value.code == "empty_file"
