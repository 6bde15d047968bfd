"""Make the corpus of lists: `python -m tests.corpora.lists.make_lists [FOLDER]`.

Each list is written together with what reading it must give (`*.expected.json`), out of the same
invented people and without the reader, so that the two can be compared.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tests.corpora.lists import make_awkward
from tools.make_examples import SEX_WORDS, Person, Sheet, people, workbook

HERE = Path(__file__).parent
Values = dict[str, Any]


def some(seed: int, count: int) -> list[Person]:
    return list(islice(people(seed, (1980, 2006)), count))


def person_values(one: Person) -> Values:
    return {
        "full_name": one.full_name,
        "birth_date": one.born.isoformat(),
        "birth_place": one.place,
        "sex": one.sex,
    }


def sheet_expected(
    name: str,
    header_rows: Sequence[int],
    mapped: dict[str, str | None],
    lines: Sequence[tuple[int, Values]],
    **more: Any,
) -> Values:
    """What one sheet must read as; `lines` are (row, values) of all its rows."""
    return {
        "name": name,
        "header_rows": list(header_rows),
        "mapped": mapped,
        "rows": len(lines),
        "first": {"row": lines[0][0], **lines[0][1]},
        "last": {"row": lines[-1][0], **lines[-1][1]},
        "stated_count": None,
        "questions": [],
        "remarks": [],
        **more,
    }


def save(folder: Path, file: str, sheets: list[Values], **more: Any) -> None:
    expected = {"kind": Path(file).suffix[1:], "sheets": sheets, "skipped": {}, **more}
    text = json.dumps(expected, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{file}.expected.json").write_text(text, encoding="utf-8")


def three_schools(folder: Path) -> None:
    """Three schools, a sheet each; two header rows; a split name; dates as text."""
    file = "ba-truong.xlsx"
    book = workbook(folder / file)
    sheets = []
    for seed, (school, count) in enumerate((("Một", 12), ("Hai", 9), ("Ba", 15))):
        sheet = Sheet(book, f"Trường {school}", (5, 20, 10, 14, 20, 9))
        sheet.line(f"Trường THPT {school}")
        sheet.title("DANH SÁCH HỌC SINH TỐT NGHIỆP")
        for column, text in {
            0: "TT",
            3: "Ngày, tháng,\nnăm sinh",
            4: "Nơi sinh",
            5: "Phái",
        }.items():
            sheet.merged_header(2, column, 3, column, text)
        sheet.merged_header(2, 1, 2, 2, "Họ và tên")
        sheet.row += 1
        sheet.header(("", "Họ và tên đệm", "Tên"))
        lines = []
        for number, one in enumerate(some(seed, count), start=1):
            lines.append((sheet.row + 1, person_values(one)))
            born = f"{one.born:%d/%m/%Y}"
            sheet.cells((number, one.family_middle, one.given, born, one.place, SEX_WORDS[one.sex]))
        sheet.line()
        sheet.line(f"Tổng số: {count} học sinh")
        mapped = {
            "TT": "ordinal",
            "Họ và tên / Họ và tên đệm": "family_middle",
            "Họ và tên / Tên": "given_name",
            "Ngày, tháng, năm sinh": "birth_date",
            "Nơi sinh": "birth_place",
            "Phái": "sex",
        }
        sheets.append(sheet_expected(f"Trường {school}", (3, 4), mapped, lines, stated_count=count))
    book.close()
    save(folder, file, sheets)


def three_date_columns(folder: Path) -> None:
    """Day, month and year apart under one header; the name merged over two columns."""
    file = "ngay-thang-nam-ba-cot.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 20, 10, 6, 6, 8, 20, 9))
    sheet.line("DANH SÁCH CẤP CHỨNG CHỈ")
    for column, text in {0: "Số TT", 6: "Nơi sinh", 7: "Nam/Nữ"}.items():
        sheet.merged_header(1, column, 2, column, text)
    sheet.merged_header(1, 1, 2, 2, "Họ và tên")
    sheet.merged_header(1, 3, 1, 5, "Ngày sinh")
    sheet.row += 1
    sheet.header(("", "", "", "Ngày", "Tháng", "Năm"))
    sheet.cells(("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"))
    lines = []
    for number, one in enumerate(some(31, 10), start=1):
        lines.append((sheet.row + 1, person_values(one)))
        born = (one.born.day, one.born.month, one.born.year)
        sheet.cells(
            (number, one.family_middle, one.given, *born, one.place, SEX_WORDS[one.sex].upper())
        )
    book.close()
    mapped = {
        "Số TT": "ordinal",
        "Ngày sinh / Ngày": "birth_day",
        "Ngày sinh / Tháng": "birth_month",
        "Ngày sinh / Năm": "birth_year",
        "Nơi sinh": "birth_place",
        "Nam/Nữ": "sex",
    }
    save(folder, file, [sheet_expected("DS", (2, 3), mapped, lines)])


# long: one workbook, written down from top to bottom
def capitals(folder: Path) -> None:
    """Upper case and line breaks in the header; an unknown and a blank header; two "Ghi chú"."""
    file = "chu-hoa-xuong-dong.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "Lớp K12", (5, 26, 14, 20, 9, 12, 14, 10, 10, 8))
    sheet.line("TRUNG TÂM TIN HỌC MẪU")
    sheet.line()
    sheet.header(
        (
            "STT",
            "HỌ VÀ TÊN\nHỌC VIÊN",
            "NGÀY\nSINH\n(dd/mm/yyyy)",
            "NƠI SINH",
            "GIỚI\nTÍNH",
            "ĐIỂM\nLÝ THUYẾT",
            "LỚP HỌC PHẦN",
            "GHI CHÚ",
            "GHI CHÚ",
        )
    )
    lines = []
    for number, one in enumerate(some(77, 8), start=1):
        lines.append((sheet.row + 1, {**person_values(one), "score_theory": 6.5 + number / 10}))
        born = f"{one.born.day}-{one.born.month}-{one.born.year}"
        score = f"{6.5 + number / 10:.1f}".replace(".", ",")
        sheet.cells(
            (
                number,
                f"  {one.full_name} ",
                born,
                one.place,
                SEX_WORDS[one.sex],
                score,
                "K12",
                "",
                "",
                "x" if number == 3 else "",
            )
        )
    book.close()
    mapped = {
        "STT": "ordinal",
        "HỌ VÀ TÊN HỌC VIÊN": "full_name",
        "NGÀY SINH (dd/mm/yyyy)": "birth_date",
        "NƠI SINH": "birth_place",
        "GIỚI TÍNH": "sex",
        "ĐIỂM LÝ THUYẾT": "score_theory",
        "LỚP HỌC PHẦN": None,
        "GHI CHÚ": None,
        "": None,
    }
    questions = [
        ["unknown_header", "LỚP HỌC PHẦN"],
        ["same_field", "GHI CHÚ [H]"],
        ["same_field", "GHI CHÚ [I]"],
        ["unknown_header", "[J]"],
    ]
    save(folder, file, [sheet_expected("Lớp K12", (3,), mapped, lines, questions=questions)])


# long: one workbook, written down from top to bottom
def stacked(folder: Path) -> None:
    """Three header rows, parts of the list under headings, a header repeated on each page."""
    file = "ba-dong-tieu-de.xlsx"
    book = workbook(folder / file)
    book.add_worksheet("Trống")
    guide = book.add_worksheet("Hướng dẫn")
    for row, text in enumerate(("Hướng dẫn nhập", "1. Nhập họ và tên đầy đủ", "2. Không để trống")):
        guide.write_string(row, 0, text)
    sheet = Sheet(book, "Danh sách", (5, 26, 12, 10, 10, 14, 12))
    sheet.line("Kèm theo Quyết định số 15/QĐ-TTM ngày 02/4/2025")
    top = sheet.row

    def header() -> None:
        at = sheet.row
        for column, text in {0: "TT", 1: "Họ, tên", 2: "Ngày sinh"}.items():
            sheet.merged_header(at, column, at + 2, column, text)
        sheet.merged_header(at, 3, at, 5, "Kết quả thi")
        sheet.merged_header(at, 6, at + 2, 6, "Chữ ký")
        sheet.merged_header(at + 1, 3, at + 1, 4, "Điểm thi")
        sheet.merged_header(at + 1, 5, at + 2, 5, "Xếp loại")
        sheet.row += 2
        sheet.header(("", "", "", "Trắc nghiệm", "Thực hành"))

    header()
    sheet.cells(("A", "B", "1", "2", "3", "4", "5"))
    lines = []
    for number, one in enumerate(some(5, 14), start=1):
        if number == 6:
            sheet.line()
            header()
            sheet.cells(("A", "B", "1", "2", "3", "4", "5"))
        if number in (1, 10):
            sheet.title("Lớp A" if number == 1 else "Lớp B")
        values = {"full_name": one.full_name, "birth_date": one.born.isoformat()}
        lines.append((sheet.row + 1, {**values, "score_theory": 7.0, "grade": "Khá"}))
        sheet.cells((number, one.full_name, one.born, 7, 8.5, "Khá"))
    sheet.line()
    sheet.line("Tổng cộng: 14 học viên")
    sheet.line("Gia Nghĩa, ngày 10 tháng 4 năm 2025", column=4)
    sheet.line("GIÁM ĐỐC", column=4)
    sheet.line("(Ký, ghi rõ họ tên)", column=4)
    sheet.row += 3
    sheet.line("Nguyễn Thị Mẫu", column=4)
    book.close()
    mapped = {
        "TT": "ordinal",
        "Họ, tên": "full_name",
        "Ngày sinh": "birth_date",
        "Kết quả thi / Điểm thi / Trắc nghiệm": "score_theory",
        "Kết quả thi / Điểm thi / Thực hành": "score_practice",
        "Kết quả thi / Xếp loại": "grade",
        "Chữ ký": "receiver_signature",
    }
    sections = ["repeated_header"] * 3 + ["section_row"] * 2
    read = sheet_expected(
        "Danh sách", range(top + 1, top + 4), mapped, lines, stated_count=14, remarks=sections
    )
    save(folder, file, [read], skipped={"Trống": "empty", "Hướng dẫn": "no_list"})


def semicolons(folder: Path) -> None:
    """Csv of an older program: semicolons, windows-1258, comma decimals, a quoted line break."""
    file = "cham-phay-cp1258.csv"
    lines = []
    text = ["SỞ GIÁO DỤC VÀ ĐÀO TẠO;;;;;;", ";;;;;;"]
    text.append('STT;"Họ và\ntên";Ngày sinh;Nơi sinh;Giới tính;Điểm trắc nghiệm;Số hiệu')
    for number, one in enumerate(some(9, 11), start=1):
        row = len(text) + 1
        serial = f"000{number:04}"
        values = {**person_values(one), "score_theory": 8.5, "serial": serial}
        lines.append((row, values))
        born = f"{one.born:%d.%m.%Y}"
        sex = SEX_WORDS[one.sex]
        text.append(f"{number};{one.full_name};{born};{one.place};{sex};8,5;{serial}")
    text += [";;;;;;", "Danh sách này có 11 học viên;;;;;;"]
    data = _as_cp1258("\r\n".join(text) + "\r\n")
    (folder / file).write_bytes(data)
    mapped = {
        "STT": "ordinal",
        "Họ và tên": "full_name",
        "Ngày sinh": "birth_date",
        "Nơi sinh": "birth_place",
        "Giới tính": "sex",
        "Điểm trắc nghiệm": "score_theory",
        "Số hiệu": "serial",
    }
    read = sheet_expected("cham-phay-cp1258", (3,), mapped, lines, stated_count=11)
    save(folder, file, [read], encoding="cp1258")


def _as_cp1258(text: str) -> bytes:
    """Encode with combining tone marks, as that code page wants them."""
    pieces = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            pieces.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", letter)
            tones = "\u0300\u0301\u0303\u0309\u0323"
            tone = next(mark for mark in apart if mark in tones)
            base = unicodedata.normalize("NFC", apart.replace(tone, ""))
            pieces.append(base.encode("cp1258") + tone.encode("cp1258"))
    return b"".join(pieces)


def tabs(folder: Path) -> None:
    """Excel's "Unicode Text": UTF-16 with tabs; two header rows without merged cells."""
    file = "unicode-text.csv"
    text = ["TT\tHọ và tên\t\tSinh ngày\tNơi sinh\tGiới tính\tQuyết định\t"]
    text.append("\tHọ đệm\tTên\t\t\t\tSố\tNgày")
    lines = []
    for number, one in enumerate(some(41, 7), start=1):
        values = {**person_values(one), "decision_number": "12/QĐ-TTM"}
        lines.append((len(text) + 1, {**values, "decision_date": "2025-04-02"}))
        born = f"ngày {one.born.day} tháng {one.born.month} năm {one.born.year}"
        sex = SEX_WORDS[one.sex]
        text.append(
            f"{number}\t{one.family_middle}\t{one.given}\t{born}\t{one.place}\t{sex}"
            "\t12/QĐ-TTM\t2025-04-02"
        )
    (folder / file).write_bytes("\r\n".join(text).encode("utf-16"))
    mapped = {
        "TT": "ordinal",
        "Họ và tên / Họ đệm": "family_middle",
        "Họ và tên / Tên": "given_name",
        "Sinh ngày": "birth_date",
        "Nơi sinh": "birth_place",
        "Giới tính": "sex",
        "Quyết định / Số": "decision_number",
        "Quyết định / Ngày": "decision_date",
    }
    read = sheet_expected("unicode-text", (1, 2), mapped, lines)
    save(folder, file, [read], encoding="utf-16")


def main(folder: Path = HERE) -> None:
    """Write every list and what it must read as."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in (three_schools, three_date_columns, capitals, stacked, semicolons, tabs):
        make(folder)
    for awkward in make_awkward.ALL:
        awkward(folder, save)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
