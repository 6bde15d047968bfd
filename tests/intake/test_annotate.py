"""The marked-up workbook: the user's cells kept, findings in words and colours, no live formula."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sogoc.intake.api import IntakeError, Note, annotate, read_file
from sogoc.kernel.text import Text
from tests.intake.making import HEADER, line, part, with_parts, xls, xlsx

SAMPLES = Path(__file__).parent.parent / "corpora" / "samples"


def marked(data: bytes, notes: list[Note], name: str = "ds.xlsx") -> Any:
    return openpyxl.load_workbook(io.BytesIO(annotate(data, name, notes)))


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)


def test_values_dates_merges_and_widths_are_kept() -> None:
    path = SAMPLES / "thpt-2026-ba-truong.xlsx"
    old = openpyxl.load_workbook(path)
    new = marked(path.read_bytes(), [], path.name)

    assert new.sheetnames == ["Tổng hợp", *old.sheetnames]
    for name in old.sheetnames:
        before, after = old[name], new[name]
        kept = [[cell.value for cell in row[: before.max_column]] for row in after.iter_rows()]
        assert kept == [[cell.value for cell in row] for row in before.iter_rows()]
        assert {str(m) for m in after.merged_cells.ranges} == {
            str(m) for m in before.merged_cells.ranges
        }
        widths = {key: one.width for key, one in before.column_dimensions.items()}
        for key, width in widths.items():
            assert after.column_dimensions[key].width == pytest.approx(width, abs=0.8)


def test_date_cells_stay_dates() -> None:
    sheet = marked(xlsx({"DS": [HEADER, line(1)]}), [Note("DS", 2, 3, "info", "x")])["DS"]
    assert sheet["C2"].value == dt.datetime(1990, 3, 5)  # noqa: DTZ001  # a cell
    assert sheet["C2"].number_format == "dd/mm/yyyy"


def test_findings_stand_beside_the_row_and_on_the_cell() -> None:
    data = xlsx({"DS": [["DANH SÁCH"], HEADER, line(1), line(2)]})
    notes = [
        Note("DS", 4, 3, "warning", Text("Ngày lạ", "Odd date")),
        Note("DS", 4, 2, "error", "Thiếu tên đệm"),
        Note("DS", 4, None, "info", "Cả dòng"),
    ]
    sheet = marked(data, notes)["DS"]

    assert [sheet["F2"].value, sheet["G2"].value] == [
        "Kết quả kiểm tra (Sổ Gốc)",
        "Nội dung kiểm tra (Sổ Gốc)",
    ]
    assert sheet["F4"].value == "Lỗi"
    assert sheet["G4"].value == "Lỗi: Thiếu tên đệm\nCảnh báo: Ngày lạ\nThông tin: Cả dòng"
    assert sheet["B4"].comment.text == "Lỗi: Thiếu tên đệm"
    assert sheet["C4"].comment.text == "Cảnh báo: Ngày lạ"
    assert colour(sheet["B4"]) != colour(sheet["C4"]) != "00000000"
    assert sheet["F3"].value is None
    assert sheet["B3"].comment is None


def test_the_first_sheet_sums_up() -> None:
    data = xlsx({"DS": [HEADER, line(1)]})
    notes = [
        Note("DS", None, 10, "review", "Chưa có văn bản cho ý kiến"),
        Note(None, None, None, "error", "Chưa có quyết định"),
        Note("Không có trang này", 3, None, "warning", "Không mất"),
        Note("DS", 2, 1, "error", "x"),
    ]
    sheet = marked(data, notes).worksheets[0]
    cells = [[cell for cell in row if cell is not None] for row in sheet.values]

    assert sheet.title == "Tổng hợp"
    assert ["Lỗi", 2] in cells
    assert ["Cần xin ý kiến", 1] in cells
    assert ["Lỗi", "Chưa có quyết định"] in cells
    assert ["Cần xin ý kiến", "DS", "J", "Chưa có văn bản cho ý kiến"] in cells
    assert ["Cảnh báo", "Không có trang này", "Không mất"] in cells


def test_nothing_becomes_a_formula_or_a_link() -> None:
    evil = ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "http://example.org", "{=1}"]
    data = xlsx({"=1+1": [[*HEADER[:1], "Họ và tên", "Ghi chú"], *([1, e, e] for e in evil)]})
    notes = [Note("=1+1", 2, 2, "error", "=1+1"), Note(None, None, None, "error", "=cmd|'x'!A1")]
    book = marked(data, notes)

    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    assert [book["=1+1"].cell(row, 2).value for row in range(2, 8)] == evil


def test_xls_and_csv_come_back_as_xlsx() -> None:
    notes = [Note("DS", 2, 2, "error", "x")]
    assert marked(xls([HEADER, line(1)]), notes, "ds.xls")["DS"]["F2"].value == "Lỗi"
    text = "STT;Họ và tên;Số hiệu\n1;Lê Na;0012\n".encode()
    sheet = marked(text, [Note("ds", 2, 3, "error", "x")], "ds.csv")["ds"]
    assert (sheet["C2"].value, sheet["D2"].value) == ("0012", "Lỗi")


def test_error_cells_show_what_they_showed() -> None:
    data = xlsx({"DS": [HEADER, [*line(1)[:3], "#N/A", "Nữ"]]})
    assert marked(data, [])["DS"]["D2"].value == "#N/A"


def test_what_comes_back_can_be_sent_again() -> None:
    data = (SAMPLES / "planted-faults-a.xlsx").read_bytes()
    before = read_file(data, "a.xlsx").sheets[0]
    again = read_file(annotate(data, "a.xlsx", [Note("Sheet1", 68, 3, "error", "x")]), "a.xlsx")

    (after,) = again.sheets
    assert [row.values for row in after.rows] == [row.values for row in before.rows]
    assert after.questions == ()
    assert {skipped.name: skipped.code for skipped in again.skipped} == {"Tổng hợp": "summary"}


def test_marking_up_twice_does_not_add_columns() -> None:
    data = xlsx({"DS": [HEADER, line(1), line(2)]})
    once = annotate(data, "ds.xlsx", [Note("DS", 2, 2, "error", "cũ")])
    twice = openpyxl.load_workbook(
        io.BytesIO(annotate(once, "ds.xlsx", [Note("DS", 3, 2, "error", "mới")]))
    )
    assert twice.sheetnames == ["Tổng hợp", "DS"]
    sheet = twice["DS"]
    assert sheet.max_column == 7
    assert [sheet["F2"].value, sheet["F3"].value] == [None, "Lỗi"]


@pytest.mark.parametrize("names", [["Tổng hợp"], ["tổng hợp", "Tổng hợp (2)"], ["A" * 31, "b"]])
def test_sheet_names_never_clash(names: list[str]) -> None:
    data = xlsx({name: [HEADER, line(1)] for name in names})
    book = marked(data, [Note(names[0], 2, 2, "error", "x")])
    assert len(book.sheetnames) == len(names) + 1
    assert book[names[0]]["F2"].value == "Lỗi"


@pytest.mark.parametrize("name", ["a/b:c?.csv", "[x]*.csv", "'x'.csv", "History.csv", ".csv"])
def test_any_csv_name_gives_a_sheet_name(name: str) -> None:
    assert len(marked("STT,Họ và tên\n1,Lê Na\n".encode(), [], name).sheetnames) == 2


def test_overlapping_merges_of_a_damaged_file_do_no_harm() -> None:
    data = xlsx({"DS": [HEADER, line(1)]}, [(5, 0, 6, 1)])
    xml = part(data, "xl/worksheets/sheet1.xml")
    doubled = xml.replace(
        b'<mergeCell ref="A6:B7"/>', b'<mergeCell ref="A6:B7"/><mergeCell ref="B7:C8"/>'
    )
    book = marked(with_parts(data, {"xl/worksheets/sheet1.xml": doubled}), [])
    assert [str(merged) for merged in book["DS"].merged_cells.ranges] == ["A6:B7"]


def test_hidden_sheets_stay_hidden() -> None:
    book = marked(xlsx({"DS": [HEADER], "Ẩn": [HEADER]}, hidden=["Ẩn"]), [])
    assert book["Ẩn"].sheet_state == "hidden"


def test_too_many_marked_cells_are_said_in_words_only() -> None:
    data = xlsx({"DS": [HEADER, line(1)]})
    notes = [Note("DS", 2, 1 + n % 5, "error", str(n)) for n in range(5001)]
    book = marked(data, notes)
    assert book["DS"]["A2"].comment is None
    assert "Quá nhiều" in str([*book.worksheets[0].values])


def test_very_long_texts_fit_a_cell() -> None:
    notes = [Note("DS", 2, 2, "error", "rất dài " * 300) for _ in range(40)]
    text = marked(xlsx({"DS": [HEADER, line(1)]}), notes)["DS"]["G2"].value
    assert text.endswith("…")
    assert len(text) < 32_767


def test_the_same_input_gives_the_same_bytes() -> None:
    data = xlsx({"DS": [HEADER, line(1)]})
    notes = [Note("DS", 2, 2, "error", "x")]
    assert annotate(data, "ds.xlsx", notes) == annotate(data, "ds.xlsx", notes)


def test_bad_input_is_refused() -> None:
    with pytest.raises(IntakeError):
        annotate(b"%PDF-1.7", "x.pdf", [])
    with pytest.raises(ValueError, match="fatal"):
        Note("DS", 1, 1, "fatal", "x")
