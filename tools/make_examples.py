"""Make the lists in `examples/`: `python tools/make_examples.py [FOLDER]`.

Every person is invented; the same seed gives the same lists. The numbers in them (pass mark,
serials, dates) make the walk-through of the README work and follow no real list.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

_FAMILIES = "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Võ Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
_MALE_MIDDLES = ("Văn", "Hữu", "Đức", "Quốc", "Minh", "Công", "Đình", "Gia", "Thanh", "Xuân")
_FEMALE_MIDDLES = ("Thị", "Thị Kim", "Ngọc", "Thu", "Phương", "Thanh", "Bích", "Mỹ", "Diệu")
_MALE_GIVEN = "An Bình Cường Dũng Đạt Hải Hiếu Hoà Khoa Kiên Lâm Nam Phúc Quân Sơn Thịnh Tuấn Vinh"
_FEMALE_GIVEN = "Ánh Chi Diệp Dung Hằng Hoa Hương Lan Linh Mai Ngân Nhung Thảo Thuỳ Trang Uyên Yến"
_HIGHLAND = (
    ("Y Bhăm Niê", "male", "Ê Đê"),
    ("H'Len Mlô", "female", "Ê Đê"),
    ("K'Brẻ", "male", "Mạ"),
    ("Y Thịnh Êban", "male", "Ê Đê"),
    ("H'Nương Byă", "female", "Ê Đê"),
    ("Giàng A Páo", "male", "Mông"),
    ("Thị Brưng", "female", "M'Nông"),
    ("Điểu Krang", "male", "M'Nông"),
)
_PLACES = (
    "Đắk Nông",
    "Đắk Nông",
    "Đắk Nông",
    "Đắk Lắk",
    "Lâm Đồng",
    "Bình Phước",
    "Thanh Hóa",
    "Nghệ An",
    "Thừa Thiên Huế",
    "Bà Rịa - Vũng Tàu",
    "TP. Hồ Chí Minh",
)
_ETHNICITIES = ("Kinh", "Kinh", "Kinh", "Kinh", "Tày", "Nùng", "Dao", "Hoa")
SEX_WORDS = {"male": "Nam", "female": "Nữ"}


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person; `family_middle` is empty for a one-word name."""

    family_middle: str
    given: str
    sex: str
    ethnicity: str
    born: dt.date
    place: str
    personal_id: str

    @property
    def full_name(self) -> str:
        """The whole name as it is written."""
        return f"{self.family_middle} {self.given}".strip()


def people(seed: int, years: tuple[int, int]) -> Iterator[Person]:
    """Yield invented people born in these years (last one included), no two alike."""
    dice = random.Random(seed)  # noqa: S311  # examples, not secrets
    seen: set[tuple[str, dt.date]] = set()
    while True:
        if dice.random() < 0.12:
            name, sex, ethnicity = dice.choice(_HIGHLAND)
        else:
            sex = dice.choice(("male", "female"))
            middles = _MALE_MIDDLES if sex == "male" else _FEMALE_MIDDLES
            givens = _MALE_GIVEN if sex == "male" else _FEMALE_GIVEN
            family = dice.choice(_FAMILIES.split())
            name = f"{family} {dice.choice(middles)} {dice.choice(givens.split())}"
            ethnicity = dice.choice(_ETHNICITIES)
        first = dt.date(years[0], 1, 1)
        born = first + dt.timedelta(dice.randrange((dt.date(years[1] + 1, 1, 1) - first).days))
        number = f"067{_century(born, sex)}{born.year % 100:02}{dice.randrange(10**6):06}"
        family_middle, _, given = name.rpartition(" ")
        person = Person(family_middle, given, sex, ethnicity, born, dice.choice(_PLACES), number)
        if (name, born) not in seen:
            seen.add((name, born))
            yield person


def _century(born: dt.date, sex: str) -> int:
    return 2 * (born.year // 100 - 19) + (sex == "female")


class Sheet:
    """One sheet of a list, written from the top down."""

    def __init__(self, book: Any, name: str, widths: Sequence[float]) -> None:
        self.sheet = book.add_worksheet(name)
        self.row = 0
        self._day = book.add_format({"num_format": "dd/mm/yyyy"})
        self._bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter"})
        self._header = book.add_format(
            {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
        )
        self._width = len(widths)
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def line(self, text: str = "", *, column: int = 0) -> None:
        """One line above or below the list."""
        if text:
            self.sheet.write_string(self.row, column, text)
        self.row += 1

    def title(self, text: str) -> None:
        """A title across the whole list."""
        self.sheet.merge_range(self.row, 0, self.row, self._width - 1, text, self._bold)
        self.row += 1

    def header(self, texts: Sequence[str]) -> None:
        """One header row; an empty text leaves the cell to a merged one."""
        for column, text in enumerate(texts):
            if text:
                self.sheet.write_string(self.row, column, text, self._header)
        self.row += 1

    def merged_header(self, top: int, left: int, bottom: int, right: int, text: str) -> None:
        """A merged header cell at 0-based places."""
        self.sheet.merge_range(top, left, bottom, right, text, self._header)

    def cells(self, values: Sequence[object]) -> None:
        """One line of the list."""
        for column, value in enumerate(values):
            if isinstance(value, dt.date):
                at = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a cell
                self.sheet.write_datetime(self.row, column, at, self._day)
            elif isinstance(value, int | float):
                self.sheet.write_number(self.row, column, value)
            elif value:
                self.sheet.write_string(self.row, column, str(value))
        self.row += 1


def workbook(path: Path) -> Any:
    """A new workbook whose bytes depend on nothing but its content."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001  # fixed
    return book


def _score(dice: random.Random) -> float:
    return dice.randrange(10, 20) / 2


_CANDIDATE_HEADERS = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Nơi sinh",
    "Giới tính",
    "Dân tộc",
    "Khóa thi",
    "Điểm trắc nghiệm",
    "Điểm thực hành",
    "Kết quả",
)


def _about(one: Person) -> tuple[object, ...]:
    return (one.full_name, one.born, one.place, SEX_WORDS[one.sex], one.ethnicity)


def _candidate(number: int, one: Person, exam: dt.date, dice: random.Random) -> list[object]:
    return [number, *_about(one), exam, _score(dice), _score(dice), "Đạt"]


def so_gddt(folder: Path) -> None:
    """The Sở's own list of 2019-2020: old shape, with serials, entry numbers and days of issue."""
    dice = random.Random(2019)  # noqa: S311  # examples
    book = workbook(folder / "so-gddt-cntt-co-ban.xlsx")
    sheet = Sheet(book, "Danh sách", (5, 26, 12, 20, 9, 10, 12, 9, 9, 9, 12, 14, 20))
    sheet.line("ỦY BAN NHÂN DÂN TỈNH ĐẮK NÔNG")
    sheet.line("SỞ GIÁO DỤC VÀ ĐÀO TẠO")
    sheet.line()
    sheet.title("DANH SÁCH HỌC VIÊN ĐƯỢC CẤP CHỨNG CHỈ ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN")
    sheet.title("(Các khóa thi ngày 15/9/2019 và ngày 12/7/2020)")
    sheet.line()
    sheet.header((*_CANDIDATE_HEADERS, "Ngày cấp", "Số hiệu chứng chỉ", "Số vào sổ cấp chứng chỉ"))
    sessions = [(dt.date(2019, 9, 15), dt.date(2019, 10, 8))] * 22
    sessions += [(dt.date(2020, 7, 12), dt.date(2020, 8, 4))] * 18
    holders = people(1212, (1970, 2000))
    used: dict[int, int] = {}
    for number, (exam, issued) in enumerate(sessions, start=1):
        one = next(holders)
        entry = used[issued.year] = used.get(issued.year, 0) + 1
        sheet.cells(
            (
                *_candidate(number, one, exam, dice),
                issued,
                f"A0120{7000 + number}",
                f"{entry:04}/{issued.year}/CNTTCB",
            )
        )
    sheet.line()
    sheet.line("Danh sách này có 40 (bốn mươi) học viên./.")
    sheet.line()
    sheet.line("KT. GIÁM ĐỐC", column=8)
    sheet.line("PHÓ GIÁM ĐỐC", column=8)
    book.close()


def trung_tam(folder: Path) -> None:
    """The test centre's list of new candidates, with three faults (rows 20, 34 and 51)."""
    dice = random.Random(2025)  # noqa: S311  # examples
    book = workbook(folder / "trung-tam-cntt-co-ban.xlsx")
    sheet = Sheet(book, "Danh sách", (5, 26, 12, 20, 9, 10, 12, 9, 9, 9))
    sheet.line("SỞ GIÁO DỤC VÀ ĐÀO TẠO ĐẮK NÔNG")
    sheet.line("TRUNG TÂM GDTX - NGOẠI NGỮ, TIN HỌC TỈNH")
    sheet.line()
    sheet.title("DANH SÁCH THÍ SINH ĐỀ NGHỊ CẤP CHỨNG CHỈ ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN")
    sheet.title("(Khóa thi ngày 15/03/2025)")
    sheet.line()
    sheet.header(_CANDIDATE_HEADERS)
    exam = dt.date(2025, 3, 15)
    first = sheet.row + 1
    candidates = people(315, (1972, 2006))
    lines: list[list[object]] = []
    for number in range(1, 61):
        one = next(candidates)
        lines.append(_candidate(number, one, exam, dice))
    lines[20 - first][7] = 4.5  # below the pass mark, yet Đạt
    lines[34 - first][1:6] = lines[33 - first][1:6]  # the same person twice
    lines[51 - first][2] = "30/02/1996"  # no such date
    for line in lines:
        sheet.cells(line)
    sheet.line()
    sheet.line("Danh sách này có 60 (sáu mươi) thí sinh./.")
    sheet.line()
    sheet.line("NGƯỜI LẬP", column=1)
    sheet.row -= 1
    sheet.line("GIÁM ĐỐC", column=7)
    book.close()


def thpt(folder: Path) -> None:
    """One school's graduates of 2026: two header rows, a split name, dates as text."""
    book = workbook(folder / "thpt-mot-truong.xlsx")
    sheet = Sheet(book, "THPT Gia Nghĩa", (5, 16, 22, 10, 14, 20, 9, 10, 12, 12))
    sheet.line("SỞ GIÁO DỤC VÀ ĐÀO TẠO")
    sheet.line("Trường THPT Gia Nghĩa")
    sheet.title("DANH SÁCH HỌC SINH ĐƯỢC CẤP BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG NĂM 2026")
    sheet.line()
    top = sheet.row
    singles = {
        0: "TT",
        1: "Số định danh cá nhân",
        4: "Ngày, tháng, năm sinh",
        5: "Nơi sinh",
        6: "Giới tính",
        7: "Dân tộc",
        8: "Xếp loại tốt nghiệp",
        9: "Ghi chú",
    }
    for column, text in singles.items():
        sheet.merged_header(top, column, top + 1, column, text)
    sheet.merged_header(top, 2, top, 3, "Họ và tên")
    sheet.row += 1
    sheet.header(("", "", "Họ và tên đệm", "Tên"))
    school = people(2008, (2008, 2008))
    for number in range(1, 46):
        one = next(school)
        sheet.cells(
            (
                number,
                one.personal_id,
                one.family_middle,
                one.given,
                f"{one.born:%d/%m/%Y}",
                one.place,
                SEX_WORDS[one.sex],
                one.ethnicity,
            )
        )
    sheet.line()
    sheet.line("Tổng số: 45 học sinh")
    book.close()


def _grade(gpa: float) -> str:
    steps = ((3.6, "Xuất sắc"), (3.2, "Giỏi"), (2.5, "Khá"), (2.0, "Trung bình"))
    return next(word for least, word in steps if gpa >= least)


def dai_hoc(folder: Path) -> None:
    """A university's graduates by a decision of recognition."""
    dice = random.Random(2026)  # noqa: S311  # examples
    book = workbook(folder / "dai-hoc-quyet-dinh.xlsx")
    sheet = Sheet(book, "QĐ 318", (5, 11, 26, 12, 18, 9, 10, 11, 22, 10, 9, 12, 12))
    sheet.line("Kèm theo Quyết định số 318/QĐ-ĐHM ngày 22/6/2026")
    sheet.line()
    sheet.header(
        [
            "STT",
            "Mã SV",
            "Họ và tên",
            "Ngày sinh",
            "Nơi sinh",
            "Giới tính",
            "Dân tộc",
            "Quốc tịch",
            "Ngành đào tạo",
            "Mã ngành",
            "Điểm TBCTL",
            "Xếp loại",
            "Hình thức đào tạo",
        ]
    )
    majors = (
        ("Công nghệ thông tin", "7480201"),
        ("Kế toán", "7340301"),
        ("Sư phạm Toán học", "7140209"),
    )
    students = people(2004, (2002, 2004))
    for number in range(1, 81):
        one = next(students)
        major, code = dice.choice(majors)
        gpa = dice.randrange(200, 400) / 100
        sheet.cells(
            (
                number,
                f"2020{1000 + number * 7}",
                *_about(one),
                "Việt Nam",
                major,
                code,
                gpa,
                _grade(gpa),
                "Chính quy",
            )
        )
    book.close()


def main(folder: Path) -> None:
    """Write all four lists into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in (so_gddt, trung_tam, thpt, dai_hoc):
        make(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent.parent / "examples")
