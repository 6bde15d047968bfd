"""Lists made to be misread, each with what reading it must give: values, questions or problems.

Called by `make_lists`. Whatever cannot be taken for sure has to be asked about, or named with its
row, column and reason; nothing may be guessed.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlwt
from tools.make_examples import SEX_WORDS, Sheet, people, workbook

Values = dict[str, Any]
Save = Callable[..., None]
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


def some(seed: int, count: int) -> list[Any]:
    made = people(seed, (1980, 2006))
    return [next(made) for _ in range(count)]


def expected(
    name: str, header_rows: Sequence[int], mapped: Values, lines: Sequence[Any], **more: Any
) -> Values:
    first, last = lines[0], lines[-1]
    return {
        "name": name,
        "header_rows": list(header_rows),
        "mapped": mapped,
        "rows": len(lines),
        "first": {"row": first[0], **first[1]},
        "last": {"row": last[0], **last[1]},
        "stated_count": None,
        "questions": [],
        "remarks": [],
        **more,
    }


# long: one workbook, written down from top to bottom
def printed_pages(folder: Path, save: Save) -> None:
    """Header on row 9 in two levels; numbers, header and a signature again on each page; totals."""
    file = "in-tung-trang.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 26, 12, 9, 9, 14))
    for text in ("BỘ GIÁO DỤC VÀ ĐÀO TẠO", "TRUNG TÂM TIN HỌC MẪU"):
        sheet.sheet.write_string(sheet.row, 3, MOTTO if sheet.row == 0 else "Độc lập - Tự do")
        sheet.line(text)
    sheet.line()
    sheet.title("DANH SÁCH CẤP CHỨNG CHỈ")
    sheet.line("Kèm theo Quyết định số 15/QĐ-TTM ngày 02/4/2025")
    sheet.cells(("Ngành:", "Kế toán", "Hệ:", "Chính quy"))
    sheet.line()
    sheet.line()
    assert sheet.row == 8

    def header() -> None:
        at = sheet.row
        for column, text in {0: "STT", 1: "Họ và tên", 2: "Ngày sinh", 5: "Ghi chú"}.items():
            sheet.merged_header(at, column, at + 1, column, text)
        sheet.merged_header(at, 3, at, 4, "Điểm thi")
        sheet.row += 1
        sheet.header(("", "", "", "Lý thuyết", "Thực hành"))

    header()
    lines = []
    for number, one in enumerate(some(101, 9), start=1):
        if number in (4, 7):
            sheet.line("Cộng trang: 3")
            sheet.line("NGƯỜI LẬP BIỂU", column=4)
            sheet.line("Nguyễn Thị Mẫu", column=4)
            sheet.line(f"Trang {number // 3}/3", column=1)
            header()
        score = 6.25 + number / 4
        values = {"full_name": one.full_name.upper(), "birth_date": one.born.isoformat()}
        lines.append((sheet.row + 1, {**values, "score_theory": score}))
        shown = f"{score:.2f}".replace(".", ",")
        born = f"{one.born.day}.{one.born.month}.{one.born.year}"
        sheet.cells(((number - 1) % 3 + 1, one.full_name.upper(), born, shown, 7, ""))
    sheet.cells(("", "Tổng", "", 67.5, 63))
    sheet.cells(("", "Trung bình", "", 7.5, 7))
    sheet.line("Danh sách gồm 9 học viên", column=1)
    sheet.line("Gia Nghĩa, ngày 10 tháng 4 năm 2025", column=3)
    sheet.line("GIÁM ĐỐC", column=3)
    book.close()
    mapped = {
        "STT": "ordinal",
        "Họ và tên": "full_name",
        "Ngày sinh": "birth_date",
        "Điểm thi / Lý thuyết": "score_theory",
        "Điểm thi / Thực hành": "score_practice",
        "Ghi chú": "note",
    }
    remarks = ["repeated_header"] * 4  # what stands between is of the signatures
    read = expected("DS", (9, 10), mapped, lines, stated_count=9, remarks=remarks)
    save(folder, file, [read])


def invisible_letters(folder: Path, save: Save) -> None:
    """Hard spaces, letters of no width, decomposed accents, byte order marks; headers, names."""
    file = "ky-tu-an.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 30, 14, 22, 9))
    sheet.header(
        (
            "S\u00a0TT",
            "\ufeffHọ\u200b và\u00a0tên",
            "NGÀY\u00a0SINH ",
            "Nơi  sinh",
            "Giới\u00a0tính",
        )
    )
    lines = []
    for number, one in enumerate(some(102, 6), start=1):
        lines.append(
            (
                number + 1,
                {
                    "full_name": one.full_name.upper(),
                    "birth_date": one.born.isoformat(),
                    "birth_place": one.place,
                    "sex": one.sex,
                },
            )
        )
        name = one.full_name.upper().replace(" ", "\u00a0 ")
        if number % 2:
            name = unicodedata.normalize("NFD", f"\u200b{name}\u200d")
        born = f"\u200e{one.born:%d/%m/%Y}\u00a0"
        place = unicodedata.normalize("NFD", one.place)
        sheet.cells((number, name, born, place, f" {SEX_WORDS[one.sex].upper()}\u200b"))
    book.close()
    mapped = {"S TT": "ordinal", "Họ và tên": "full_name", "NGÀY SINH": "birth_date"}
    save(folder, file, [expected("DS", (1,), mapped, lines)])


_DATES: tuple[tuple[object, str | None, str | None], ...] = (
    ("5.3.2006", "2006-03-05", None),
    ("05-03-2006", "2006-03-05", None),
    ("5/ 3 /2006", "2006-03-05", None),
    ("2006-03-05", "2006-03-05", None),
    ("ngày 5 tháng 3 năm 2006", "2006-03-05", None),
    ("'05/03/2006", "2006-03-05", None),
    ("05/03/2006 00:00:00", "2006-03-05", None),
    (dt.date(2006, 3, 5), "2006-03-05", None),
    ("38781", None, "not_a_date"),  # the number the spreadsheet program keeps for that day
    (38781, None, "not_a_date"),
    (20060305, None, "not_a_date"),
    ("05032006", None, "not_a_date"),
    ("05/03/06", None, "two_digit_year"),
    ("5.3.06", None, "two_digit_year"),
    ("05/03/0206", None, "no_such_date"),
    ("31/02/2006", None, "no_such_date"),
    ("29/02/2005", None, "no_such_date"),
    ("03/13/2006", None, "no_such_date"),
    ("O5/03/2006", None, "not_a_date"),
    ("05-Mar-2006", None, "not_a_date"),
    ("05/03/2006 (GKS)", None, "not_a_date"),
    ("2006", None, "incomplete_date"),
    ("03/2006", None, "incomplete_date"),
    ("5/3/2006.", "2006-03-05", None),
)


def dates_of_all_sorts(folder: Path, save: Save) -> None:
    """Every way a day is typed; what does not surely name one day is a problem of its row."""
    file = "ngay-du-kieu.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 26, 26))
    sheet.header(("STT", "Họ và tên", "Ngày sinh"))
    lines, problems = [], []
    for number, (shown, day, code) in enumerate(_DATES, start=1):
        one = some(103 + number, 1)[0]
        lines.append((number + 1, {"full_name": one.full_name, "birth_date": day}))
        if code:
            problems.append([number + 1, "birth_date", code])
        sheet.cells((number, one.full_name, shown))
    book.close()
    mapped = {"Ngày sinh": "birth_date"}
    save(folder, file, [expected("DS", (1,), mapped, lines, problems=problems)])


_IDS: tuple[tuple[object, str, str | None], ...] = (
    ("067199000001", "067199000001", None),
    (67199000001, "67199000001", "zero_lost"),
    ("67199000001", "67199000001", "zero_lost"),
    ("6.7199E+10", "6.7199E+10", "digits_lost"),
    ("6,7199E+10", "6,7199E+10", "digits_lost"),
    ("067 199 000 001", "067199000001", None),
    ("067.199.000.001", "067199000001", None),
    ("'067199000001", "067199000001", None),
    ("241234567", "241234567", None),
    (41234567, "41234567", "zero_lost"),
    ("C1234567", "C1234567", None),
)


def numbers_of_people(folder: Path, save: Save) -> None:
    """Personal IDs that a spreadsheet made numbers of; entry numbers that it made days of."""
    file = "so-bi-bien-dang.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 26, 14, 20, 16, 14))
    sheet.header(("STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Số vào sổ", "Số hiệu"))
    entries: tuple[tuple[object, str, str | None], ...] = (
        ("00012/2024", "00012/2024", None),
        (dt.date(2024, 12, 1), "01/12/2024", "not_text"),
        ("00013/2024", "00013/2024", None),
        (12.5, "12.5", "not_text"),
    )
    lines, problems = [], []
    for number, (shown, value, code) in enumerate(_IDS, start=1):
        one = some(140 + number, 1)[0]
        entry, entry_value, entry_code = entries[(number - 1) % 4]
        row = number + 1
        problems += [[row, "personal_id", code]] if code else []
        problems += [[row, "entry_number", entry_code]] if entry_code else []
        values = {"full_name": one.full_name, "personal_id": value, "entry_number": entry_value}
        lines.append((row, {**values, "serial": f"0000{number:03}"}))
        sheet.cells((number, one.full_name, one.born, shown, entry, f"0000{number:03}"))
    book.close()
    mapped = {"Số CCCD": "personal_id", "Số vào sổ": "entry_number", "Số hiệu": "serial"}
    save(folder, file, [expected("DS", (1,), mapped, lines, problems=problems)])


# long: two sheets, written down from top to bottom
def men_and_women(folder: Path, save: Save) -> None:
    """Sex as a mark in one of two columns; on another sheet the birth date stands in one of two."""
    file = "cot-nam-cot-nu.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "Đánh dấu", (5, 26, 14, 6, 6))
    for column, text in {0: "TT", 1: "Họ tên", 2: "Ngày sinh"}.items():
        sheet.merged_header(0, column, 1, column, text)
    sheet.merged_header(0, 3, 0, 4, "Giới tính")
    sheet.row = 1
    sheet.header(("", "", "", "Nam", "Nữ"))
    marks = (
        ("x", "", "male", None), ("", "X", "female", None), ("", "", None, None),
        ("x", "x", None, "sex_marked_twice"), ("", "không", None, "unknown_sex"),
    )  # fmt: skip
    lines, problems = [], []
    for number, (man, woman, sex, code) in enumerate(marks, start=1):
        one = some(160 + number, 1)[0]
        values = {"full_name": one.full_name, "birth_date": one.born.isoformat(), "sex": sex}
        lines.append((number + 2, values))
        problems += [[number + 2, "sex", code]] if code else []
        sheet.cells((number, one.full_name, one.born, man, woman))
    mapped = {"Giới tính / Nam": "male_mark", "Giới tính / Nữ": "female_mark"}
    first = expected("Đánh dấu", (1, 2), mapped, lines, problems=problems)

    sheet = Sheet(book, "Năm sinh", (5, 26, 14, 14))
    for column, text in {0: "TT", 1: "Họ tên"}.items():
        sheet.merged_header(0, column, 1, column, text)
    sheet.merged_header(0, 2, 0, 3, "Năm sinh")
    sheet.row = 1
    sheet.header(("", "", "Nam", "Nữ"))
    lines, problems = [], []
    for number in range(1, 6):
        one = some(170 + number, 1)[0]
        place = number % 2
        shown: object = one.born if number < 4 else one.born.year
        day = one.born.isoformat() if number < 4 else None
        problems += [] if number < 4 else [[number + 2, "birth_date", "incomplete_date"]]
        values = {"full_name": one.full_name, "birth_date": day}
        lines.append((number + 2, {**values, "sex": ("male", "female")[place]}))
        sheet.cells((number, one.full_name, *(("", shown) if place else (shown, ""))))
    mapped = {"Năm sinh / Nam": "male_born", "Năm sinh / Nữ": "female_born"}
    second = expected("Năm sinh", (1, 2), mapped, lines, problems=problems)
    book.close()
    save(folder, file, [first, second])


def born_in_one_cell(folder: Path, save: Save) -> None:
    """Date and place of birth in one cell; on another sheet three columns under "Sinh"."""
    file = "ngay-va-noi-sinh.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "Một ô", (5, 26, 34, 6))
    sheet.header(("TT", "Họ tên", "Ngày, tháng, năm sinh; nơi sinh", "GT"))
    cells = (
        ("01/02/1990 - Hà Nội", "1990-02-01", "Hà Nội", None),
        ("2.3.1991,\ntại Đắk Nông", "1991-03-02", "Đắk Nông", None),
        ("31/02/1992, Huế", None, "Huế", "no_such_date"),
        ("5/6/93 Nghệ An", None, "Nghệ An", "two_digit_year"),
        ("Cần Thơ", None, None, "not_a_date"),
        ("ngày 7 tháng 8 năm 1994", "1994-08-07", None, None),
    )
    lines, problems = [], []
    for number, (shown, day, place, code) in enumerate(cells, start=1):
        one = some(260 + number, 1)[0]
        values = {"full_name": one.full_name, "birth_date": day, "birth_place": place}
        lines.append((number + 1, {**values, "sex": one.sex}))
        problems += [[number + 1, "birth_date", code]] if code else []
        sheet.cells((number, one.full_name, shown, SEX_WORDS[one.sex]))
    mapped = {"Ngày, tháng, năm sinh; nơi sinh": "birth_date_place", "GT": "sex"}
    first = expected("Một ô", (1,), mapped, lines, problems=problems)

    sheet = Sheet(book, "Sinh", (5, 26, 6, 6, 8, 5))
    for column, text in {0: "TT", 1: "Họ tên", 5: "Nữ"}.items():
        sheet.merged_header(0, column, 1, column, text)
    sheet.merged_header(0, 2, 0, 4, "Sinh")
    sheet.row = 1
    sheet.header(("", "", "Ngày", "Tháng", "Năm", ""))
    lines = []
    for number in range(1, 4):
        one = some(270 + number, 1)[0]
        lines.append((number + 2, {"full_name": one.full_name, "birth_date": one.born.isoformat()}))
        day = one.born
        sheet.cells((number, one.full_name, day.day, f"{day.month:02}", day.year, "x"))
    mapped = {"Sinh / Ngày": "birth_day", "Sinh / Tháng": "birth_month", "Nữ": None}
    second = expected("Sinh", (1, 2), mapped, lines, questions=[["unknown_header", "Nữ"]])
    book.close()
    save(folder, file, [first, second])


def hidden_and_computed(folder: Path, save: Save) -> None:
    """Hidden rows and columns, formulas with, without and with false results, sex as 0 and 1."""
    file = "an-va-cong-thuc.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 26, 14, 9, 10, 20))
    headers = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Điểm trắc nghiệm", "Nơi sinh")
    sheet.header(headers)
    lines, problems = [], []
    results: tuple[tuple[object, object, str | None], ...] = (
        (8.5, 8.5, None), ("8,75", 8.75, None), ("", None, "formula_without_value"),
        ("#N/A", None, "formula_error"), ("vắng", None, "not_a_number"), (9, 9.0, None),
    )  # fmt: skip
    for number, (result, score, code) in enumerate(results, start=1):
        one = some(180 + number, 1)[0]
        row = number + 1
        sex = number % 2
        sheet.cells((number, one.full_name, one.born, sex, "", one.place))
        sheet.sheet.write_formula(number, 4, "=VLOOKUP(B2,Diem!A:B,2,0)", None, result)
        values = {"full_name": one.full_name, "birth_place": one.place, "sex": None}
        lines.append((row, {**values, "score_theory": score}))
        problems.append([row, "sex", "unknown_sex"])
        problems += [[row, "score_theory", code]] if code else []
    sheet.sheet.set_row(3, None, None, {"hidden": True})
    sheet.sheet.set_column(5, 5, 20, None, {"hidden": True})
    book.add_worksheet("Trống")
    chart = book.add_chartsheet("Biểu đồ")
    drawn = book.add_chart({"type": "column"})
    drawn.add_series({"values": "=Diem!$A$2:$A$3"})
    chart.set_chart(drawn)
    other = book.add_worksheet("Diem")
    other.write_column(0, 0, ("Mã", "x1", "x2"))
    other.hide()
    book.close()
    mapped = {"Giới tính": "sex", "Điểm trắc nghiệm": "score_theory", "Nơi sinh": "birth_place"}
    remarks = ["hidden_columns", "hidden_rows"]
    read = expected("DS", (1,), mapped, lines, remarks=remarks, problems=problems)
    skipped = {"Trống": "empty", "Biểu đồ": "not_a_worksheet", "Diem": "hidden"}
    save(folder, file, [read], skipped=skipped)


def one_old_column(folder: Path, save: Save) -> None:
    """TCVN3 in the column of names only; headers and places are in Unicode."""
    file = "tcvn3-mot-cot.xlsx"
    book = workbook(folder / file)
    sheet = Sheet(book, "DS", (5, 26, 14, 20))
    sheet.header(("STT", "Họ và tên", "Ngày sinh", "Nơi sinh"))
    names = (
        ("NguyÔn V¨n An", "Nguyễn Văn An"), ("TrÇn ThÞ H­êng", "Trần Thị Hường"),
        ("§ç §øc Th¾ng", "Đỗ Đức Thắng"), ("Y Bhăm Niê", "Y Bhăm Niê"),
    )  # fmt: skip
    lines = []
    for number, (shown, name) in enumerate(names, start=1):
        born = dt.date(1985, 4, number)
        values = {
            "full_name": name,
            "birth_date": born.isoformat(),
            "birth_place": "Thừa Thiên Huế",
        }
        lines.append((number + 1, values))
        sheet.cells((number, shown, born, "Thừa Thiên Huế"))
    book.close()
    mapped = {"Họ và tên": "full_name", "Nơi sinh": "birth_place"}
    questions = [["old_text", "bảng mã chữ"]]
    read = expected("DS", (1,), mapped, lines, questions=questions, remarks=["old_text"])
    save(folder, file, [read])


def old_excel(folder: Path, save: Save) -> None:
    """An .xls of the nineties: merged headers, schools merged downwards, a hidden row, errors."""
    file = "excel-cu.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("Danh sach")
    sheet.write(0, 0, "TRƯỜNG TRUNG HỌC MẪU")
    sheet.write_merge(2, 3, 0, 0, "TT")
    sheet.write_merge(2, 2, 1, 2, "Họ và tên")
    sheet.write(3, 1, "Họ đệm")
    sheet.write(3, 2, "Tên")
    for column, text in {3: "Ngày sinh", 4: "Trường", 5: "Điểm trung bình"}.items():
        sheet.write_merge(2, 3, column, column, text)
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    lines, problems = [], []
    for number, one in enumerate(some(190, 6), start=1):
        row = number + 3
        sheet.write(row, 0, number)
        sheet.write(row, 1, one.family_middle)
        sheet.write(row, 2, one.given)
        sheet.write(row, 3, one.born, day)
        sheet.write(row, 5, "7,25" if number != 5 else "miễn")
        school = "Trường Một" if number < 4 else "Trường Hai"
        values = {"full_name": one.full_name, "birth_date": one.born.isoformat(), "school": school}
        lines.append((row + 1, {**values, "gpa": None if number == 5 else 7.25}))
        problems += [[row + 1, "gpa", "not_a_number"]] if number == 5 else []
    sheet.write_merge(4, 6, 4, 4, "Trường Một")
    sheet.write_merge(7, 9, 4, 4, "Trường Hai")
    sheet.row(5).hidden = True
    sheet.write(11, 1, "Tổng số: 6 học sinh")
    book.save(str(folder / file))
    mapped = {
        "TT": "ordinal",
        "Họ và tên / Họ đệm": "family_middle",
        "Họ và tên / Tên": "given_name",
        "Trường": "school",
        "Điểm trung bình": "gpa",
    }
    more = {"stated_count": 6, "remarks": ["hidden_rows"], "problems": problems}
    save(folder, file, [expected("Danh sach", (3, 4), mapped, lines, **more)])


def semicolons_in_utf16(folder: Path, save: Save) -> None:
    """Csv with semicolons in UTF-16: a heading for a part, decimals with commas, no ordinals."""
    file = "cham-phay-utf16.csv"
    text = ["Danh sách cấp chứng chỉ;;;;;", ";;;;;"]
    text.append("Họ, chữ đệm và tên;Sinh ngày;Phái;Điểm lý thuyết;Điểm thực hành;Chuyên ngành")
    lines, problems = [], []
    for number, one in enumerate(some(200, 5), start=1):
        if number == 3:
            text.append("II. Lớp buổi tối;;;;;")
        row = len(text) + 1
        scores = ("9,5", "10") if number != 4 else ("9,5đ", "7/10")
        theory, practice = (9.5, 10.0) if number != 4 else (None, None)
        problems += (
            [[row, "score_practice", "not_a_number"], [row, "score_theory", "not_a_number"]]
            if number == 4
            else []
        )
        values = {"full_name": one.full_name, "birth_date": one.born.isoformat(), "sex": one.sex}
        lines.append((row, {**values, "score_theory": theory, "score_practice": practice}))
        born = f"{one.born.day}/{one.born.month}/{one.born.year}"
        text.append(";".join((one.full_name, born, SEX_WORDS[one.sex], *scores, "Tin học")))
    text.append(";;Cộng: 5;;;")
    (folder / file).write_bytes("\r\n".join(text).encode("utf-16"))
    mapped = {
        "Họ, chữ đệm và tên": "full_name",
        "Sinh ngày": "birth_date",
        "Phái": "sex",
        "Chuyên ngành": None,
    }
    questions = [["unknown_header", "Chuyên ngành"]]
    read = expected(
        "cham-phay-utf16", (3,), mapped, lines, questions=questions, problems=problems,
        remarks=["section_row"],
    )  # fmt: skip
    save(folder, file, [read], encoding="utf-16")


ALL = (
    printed_pages,
    invisible_letters,
    dates_of_all_sorts,
    numbers_of_people,
    men_and_women,
    born_in_one_cell,
    hidden_and_computed,
    one_old_column,
    old_excel,
    semicolons_in_utf16,
)
