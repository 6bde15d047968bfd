"""Which rows are lines of the list: nothing dropped silently, nothing added."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.intake.api import read_file
from sogoc.intake.body import stated_counts
from tests.intake.making import HEADER, line, one, whole, xlsx


def rows_of(rows: list[Any], **options: Any) -> list[int]:
    return [row.row for row in one(rows, **options).rows]


def test_a_row_with_data_but_no_name_stays() -> None:
    rows = [HEADER, line(1), [2, "", "1/1/1990", "Hà Nội", "Nam"], [3, "", "", "", ""], line(4)]
    sheet = one(rows)

    name = "Nguyễn Thị Mai"
    assert [row.get("full_name") for row in sheet.rows] == [name, None, None, name]
    assert [row.row for row in sheet.rows] == [2, 3, 4, 5]


def test_numbers_alone_at_the_end_are_left_out_and_said() -> None:
    sheet = one([HEADER, line(1), [2], [3]])
    assert len(sheet.rows) == 1
    assert [(remark.code, remark.row) for remark in sheet.remarks] == [("numbered_blank_rows", 3)]


def test_a_name_alone_stays() -> None:
    assert rows_of([HEADER, line(1), ["", "Lê Na"]]) == [2, 3]


def test_blank_rows_between_are_nothing() -> None:
    assert rows_of([HEADER, line(1), [], ["", " ", "\u00a0"], line(2), [], line(3)]) == [2, 5, 7]


@pytest.mark.parametrize(
    "numbers",
    [
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [1, 2, 3, 4, 5],
        ["A", "B", "1", "2", "3"],
        ["(1)", "(2)", "", "(3)", "(4)=(2)+(3)"],
        ["[1]", "[2]", "[3]", "[4]", "[5]"],
    ],
)
def test_a_row_of_column_numbers_is_no_person(numbers: list[Any]) -> None:
    assert rows_of([HEADER, numbers, line(1)]) == [3]


def test_a_first_line_is_not_taken_for_column_numbers() -> None:
    header = ["STT", "Họ và tên", "Điểm lý thuyết", "Điểm thực hành"]
    assert rows_of([header, [1, "Lê Na", 2, 3]]) == [2]
    assert rows_of([header, [1, "", 2, 3]]) == [2]


def test_a_repeated_header_is_left_out_and_said() -> None:
    sheet = one([HEADER, line(1), list(HEADER), ["(1)", "(2)", "(3)", "(4)", "(5)"], line(2)])
    assert [row.row for row in sheet.rows] == [2, 5]
    assert [(remark.code, remark.row) for remark in sheet.remarks] == [("repeated_header", 3)]


def test_headings_between_the_lines_are_left_out_and_said() -> None:
    sheet = one([HEADER, ["Lớp 12A1"], line(1), ["Lớp 12A2"], line(2)], [(3, 0, 3, 4)])
    assert [row.row for row in sheet.rows] == [3, 5]
    assert [(remark.code, remark.row) for remark in sheet.remarks] == [
        ("section_row", 2),
        ("section_row", 4),
    ]


def test_parts_numbered_as_people_are_not_are_headings() -> None:
    rows = [
        HEADER,
        ["I", "Lớp 12A1"],
        line(1),
        ["II.", "Lớp 12A2"],
        line(1),
        ["B", "Thí sinh tự do"],
    ]
    sheet = one([*rows, line(1)])
    assert [row.row for row in sheet.rows] == [3, 5, 7]
    assert [(remark.code, remark.row) for remark in sheet.remarks] == [
        ("section_row", 2),
        ("section_row", 4),
        ("section_row", 6),
    ]
    assert "I Lớp 12A1" in sheet.remarks[0].text.vi


@pytest.mark.parametrize("text", ["Phòng thi số 03", "LỚP 12A1", "Trường THPT Một", "Ca thi 2"])
def test_a_part_named_in_the_column_of_names_is_a_heading(text: str) -> None:
    sheet = one([HEADER, line(1), ["", text], line(2)])
    assert [row.row for row in sheet.rows] == [2, 4]
    assert [(remark.code, remark.row) for remark in sheet.remarks] == [("section_row", 3)]


def test_a_numbered_name_with_nothing_else_is_a_person() -> None:
    assert rows_of([HEADER, line(1), [2, "Lê Na"], ["3", "Lê Mi"], ["4.", "Lê Hà"]]) == [2, 3, 4, 5]


SIGNATURES: list[list[list[Any]]] = [
    [
        ["Danh sách này có 1 học viên./."],
        [],
        ["", "", "", "GIÁM ĐỐC"],
        [],
        ["", "", "", "Lê Văn A"],
    ],
    [["", "Người lập"], [], [], ["", "Lê Thị B"]],
    [["Tổng số: 1 thí sinh"], ["", "", "", "", "KT. HIỆU TRƯỞNG"], ["", "", "", "", "Lê Văn A"]],
    [["", "Tổng cộng", "", 1]],
    [["", "", "Gia Nghĩa, ngày 10 tháng 4 năm 2025"], ["", "", "(Ký, đóng dấu)"]],
    [["", "", "…, ngày … tháng … năm 20…"], ["NGƯỜI LẬP", "", "KẾ TOÁN", "", "GIÁM ĐỐC"]],
    [["Nơi nhận:"], ["- Như trên;"], ["- Lưu: VT."]],
]


@pytest.mark.parametrize("below", SIGNATURES)
def test_a_signature_block_is_no_person(below: list[list[Any]]) -> None:
    sheet = one([HEADER, line(1), [], *below])

    assert [row.row for row in sheet.rows] == [2]
    shown = [str(cell) for row in below for cell in row if cell != ""]
    assert list(sheet.signature_lines) == shown
    assert sheet.remarks == ()


def test_people_below_a_subtotal_are_still_read() -> None:
    rows = [HEADER, line(1), ["Cộng: 1"], line(2), ["Tổng số: 2 học viên"]]
    assert rows_of(rows) == [2, 4]


def test_a_list_without_ordinals() -> None:
    header, body = HEADER[1:], [line(n)[1:] for n in range(3)]
    sheet = one([header, *body, ["", "", "GIÁM ĐỐC"], ["", "", "Lê Văn A"]])
    assert [row.row for row in sheet.rows] == [2, 3, 4]
    assert sheet.signature_lines == ("GIÁM ĐỐC", "Lê Văn A")


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Danh sách này có 1212 (một nghìn hai trăm mười hai) học viên./.", [1212]),
        ("Danh sách này gồm có 60 thí sinh", [60]),
        ("Danh sách có: 1.212 học viên", [1212]),
        ("Tổng số: 214 học sinh", [214]),
        ("TỔNG CỘNG 60 thí sinh", [60]),
        ("Tổng số học sinh: 45", [45]),
        ("Ấn định danh sách này có 35 người", [35]),
        ("Tổng số", []),
        ("Danh sách kèm theo Quyết định số 512/QĐ-ĐH", []),
        ("Danh sách có 12/2025", []),
    ],
)
def test_how_many_the_list_says_it_has(text: str, counts: list[int]) -> None:
    assert stated_counts([text]) == counts


def test_the_stated_count_may_stand_in_the_title_or_in_two_cells() -> None:
    assert one([["(Danh sách gồm 30 học viên)"], HEADER, line(1)]).stated_count == 30
    assert one([HEADER, line(1), ["", "Tổng số", "", 214]]).stated_count == 214


def test_two_different_totals_are_said() -> None:
    sheet = one([HEADER, line(1), ["Tổng số: 3 học viên"], ["Danh sách này có 4 học viên"]])
    assert sheet.stated_count == 3
    assert [remark.code for remark in sheet.remarks] == ["stated_counts_differ"]


def test_merged_cells_downwards_hold_for_each_row_except_what_is_personal() -> None:
    header = [*HEADER, "Trường", "Số hiệu"]
    rows = [header, [*line(1), "THPT Một", "A1"], [*line(2, "Lê Na")], [*line(3, "Lê Mi")]]
    sheet = one(rows, [(1, 5, 3, 5), (1, 6, 2, 6)])

    assert [row.get("school") for row in sheet.rows] == ["THPT Một"] * 3
    assert [row.get("serial") for row in sheet.rows] == ["A1", None, None]
    assert [[p.code for p in row.problems] for row in sheet.rows] == [[], ["merged_cell"], []]


def test_skipped_sheets_say_why() -> None:
    good = [HEADER, line(1)]
    data = xlsx(
        {"Trống": [], "Hướng dẫn": [["Cách nhập"], ["…"]], "DS": good, "Cũ": good}, hidden=["Cũ"]
    )
    reading = read_file(data, "x.xlsx")

    assert [sheet.name for sheet in reading.sheets] == ["DS"]
    assert {skipped.name: skipped.code for skipped in reading.skipped} == {
        "Trống": "empty",
        "Hướng dẫn": "no_list",
        "Cũ": "hidden",
    }
    assert all(skipped.reason.vi and skipped.reason.en for skipped in reading.skipped)
    assert [s.name for s in read_file(data, "x.xlsx", sheet="Cũ").sheets] == ["Cũ"]


def test_statistics_beside_a_list_are_skipped_and_said() -> None:
    numbers = [["STT", "Trường", "Số lượng", "Tỷ lệ"], [1, "THPT Một", 10, 1.0]]
    reading = read_file(xlsx({"DS": [HEADER, line(1)], "Thống kê": numbers}), "x.xlsx")
    assert [sheet.name for sheet in reading.sheets] == ["DS"]
    assert [(skipped.name, skipped.code) for skipped in reading.skipped] == [
        ("Thống kê", "no_people")
    ]
    alone = read_file(xlsx({"Thống kê": numbers}), "x.xlsx")
    assert "no_name_column" in {question.code for question in alone.sheets[0].questions}


def test_a_sheet_whose_names_were_answered_is_a_list() -> None:
    other = [["STT", "Trường", "Người dự"], [1, "THPT Một", "Lê Na"]]
    data = xlsx({"DS": [HEADER, line(1)], "Khác": other})
    reading = read_file(data, "x.xlsx", answers={"Người dự": "full_name"})
    assert [sheet.name for sheet in reading.sheets] == ["DS", "Khác"]


def test_several_lists_are_several_sheets() -> None:
    reading = read_file(xlsx({"A": [HEADER, line(1)], "B": [HEADER, line(1), line(2)]}), "x.xlsx")
    assert [(sheet.name, len(sheet.rows)) for sheet in reading.sheets] == [("A", 1), ("B", 2)]
    assert [row.sheet for row in reading.rows()] == ["A", "B", "B"]


def test_labels_in_the_title_are_no_header() -> None:
    title = ["Ngành đào tạo:", "Kế toán", "Trình độ:", "Đại học", "Hình thức đào tạo:", "Chính quy"]
    sheet = one([title, [], HEADER, line(1)])
    assert sheet.header_rows == (3,)
    assert sheet.title_lines == tuple(title)


def test_three_header_rows_of_a_csv_and_the_columns_they_give() -> None:
    text = (
        "TT,Học viên,,Điểm thi,,Ghi chú\n"
        ",Họ và tên,,Trắc nghiệm,Thực hành,\n"
        ",Họ đệm,Tên,,,\n"
        "1,Lê Thị,Na,8,9,\n"
    )
    (sheet,) = read_file(text.encode(), "x.csv").sheets
    assert sheet.header_rows == (1, 2, 3)
    assert sheet.questions == ()
    assert sheet.rows[0].values == {
        "ordinal": 1,
        "score_theory": 8.0,
        "score_practice": 9.0,
        "note": None,
        "full_name": "Lê Thị Na",
    }


CELL = st.one_of(
    st.just(""),
    st.integers(1, 99),
    st.sampled_from(["Lê Na", "x", "8,5", "31/02/1999", "Đạt", "A001", "Lớp 12A1", "   "]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=1, max_size=12))
def test_every_filled_row_is_read_or_accounted_for(body: list[list[Any]]) -> None:
    reading = whole([HEADER, line(1), *body, line(99)])
    (sheet,) = reading.sheets
    read = {row.row for row in sheet.rows}
    said = {remark.row for remark in sheet.remarks}

    for number, cells in enumerate(body, start=3):
        filled = [cell for cell in cells if str(cell).strip()]
        if filled and number not in read:
            assert number in said
        assert bool(filled) or number not in read
    assert {2, len(body) + 3} <= read
