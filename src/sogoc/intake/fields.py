"""The closed set of fields a list may have, what kind of value each holds, and its label."""

from __future__ import annotations

from enum import Enum
from typing import Final

from sogoc.kernel.text import Text

IGNORE: Final = "ignore"
"""The answer that says a column is not to be read."""
CONVERT: Final = "convert"
AS_IS: Final = "as_is"
TEXT_ANSWERS: Final = (CONVERT, AS_IS)
"""Answers about text of an old encoding: it is rightly converted, or it is to stay."""
SUPPLEMENT: Final = "supplement"
A_LIST: Final = "list"
SHEET_ANSWERS: Final = (SUPPLEMENT, A_LIST, IGNORE)
"""Answers about a sheet: a diploma supplement, a list of its own, or not to be read."""


class Kind(Enum):
    """How the cells of a field are read."""

    NAME = "name"
    TEXT = "text"
    CODE = "code"  # text in which digits and leading zeros count
    ID = "id"  # a code of which it is known how many digits it has
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole"
    SEX = "sex"


_FIELDS: Final[dict[str, tuple[Kind, Text]]] = {
    "ordinal": (Kind.WHOLE, Text("Số thứ tự", "Ordinal")),
    "full_name": (Kind.NAME, Text("Họ và tên", "Full name")),
    "family_middle": (Kind.NAME, Text("Họ và tên đệm", "Family and middle name")),
    "given_name": (Kind.NAME, Text("Tên", "Given name")),
    "birth_date": (Kind.DATE, Text("Ngày sinh", "Date of birth")),
    "birth_day": (Kind.WHOLE, Text("Ngày sinh: ngày", "Birth day")),
    "birth_month": (Kind.WHOLE, Text("Ngày sinh: tháng", "Birth month")),
    "birth_year": (Kind.WHOLE, Text("Ngày sinh: năm", "Birth year")),
    "birth_place": (Kind.TEXT, Text("Nơi sinh", "Place of birth")),
    "sex": (Kind.SEX, Text("Giới tính", "Sex")),
    # one column for men and one for women: a mark, or the date of birth
    "male_mark": (Kind.TEXT, Text("Giới tính: cột Nam", "Sex: column of men")),
    "female_mark": (Kind.TEXT, Text("Giới tính: cột Nữ", "Sex: column of women")),
    "male_born": (Kind.TEXT, Text("Ngày sinh: cột Nam", "Birth date: column of men")),
    "female_born": (Kind.TEXT, Text("Ngày sinh: cột Nữ", "Birth date: column of women")),
    "female_only": (
        Kind.TEXT,
        Text("Giới tính: đánh dấu ở nữ, trống là nam", "Sex: women marked, blank means a man"),
    ),
    # date and place of birth in one cell
    "birth_date_place": (Kind.TEXT, Text("Ngày sinh và nơi sinh", "Date and place of birth")),
    "ethnicity": (Kind.TEXT, Text("Dân tộc", "Ethnicity")),
    "nationality": (Kind.TEXT, Text("Quốc tịch", "Nationality")),
    "personal_id": (Kind.ID, Text("Số định danh cá nhân", "Personal identification number")),
    "passport": (Kind.CODE, Text("Số hộ chiếu", "Passport number")),
    "student_code": (Kind.CODE, Text("Mã học viên, sinh viên", "Student code")),
    "candidate_number": (Kind.CODE, Text("Số báo danh", "Candidate number")),
    "exam_date": (Kind.DATE, Text("Ngày thi", "Exam date")),
    "exam_session": (Kind.TEXT, Text("Khóa thi", "Exam session")),
    "score_theory": (Kind.NUMBER, Text("Điểm trắc nghiệm, lý thuyết", "Theory score")),
    "score_practice": (Kind.NUMBER, Text("Điểm thực hành", "Practice score")),
    "score_total": (Kind.NUMBER, Text("Tổng điểm", "Total score")),
    "gpa": (Kind.NUMBER, Text("Điểm trung bình", "Grade point average")),
    "result": (Kind.TEXT, Text("Kết quả", "Result")),
    "grade": (Kind.TEXT, Text("Xếp loại", "Grade")),
    "major": (Kind.TEXT, Text("Ngành đào tạo", "Major")),
    "major_code": (Kind.CODE, Text("Mã ngành", "Major code")),
    "specialty": (Kind.TEXT, Text("Chuyên ngành", "Specialty")),
    "graduation_year": (Kind.WHOLE, Text("Năm tốt nghiệp", "Year of graduation")),
    "defended_on": (Kind.DATE, Text("Ngày bảo vệ", "Day of the defence")),
    "training_mode": (Kind.TEXT, Text("Hình thức đào tạo", "Mode of training")),
    "level": (Kind.TEXT, Text("Trình độ, bậc", "Level")),
    "school": (Kind.TEXT, Text("Trường", "School")),
    "serial": (Kind.CODE, Text("Số hiệu", "Serial")),
    "entry_number": (Kind.CODE, Text("Số vào sổ gốc", "Entry number")),
    "issued_on": (Kind.DATE, Text("Ngày cấp", "Date of issue")),
    "decision_number": (Kind.CODE, Text("Số quyết định", "Decision number")),
    "decision_date": (Kind.DATE, Text("Ngày quyết định", "Decision date")),
    "note": (Kind.TEXT, Text("Ghi chú", "Note")),
    # lines keyed from a paper book
    "book_page": (Kind.WHOLE, Text("Trang sổ", "Page of the book")),
    "book_line": (Kind.WHOLE, Text("Dòng trong trang", "Line of the page")),
    "book_fault": (Kind.TEXT, Text("Tình trạng dòng", "State of the line")),
    "receiver_signature": (Kind.TEXT, Text("Chữ ký người nhận", "Receiver's signature")),
}

_ANSWERS: Final = {
    IGNORE: Text("Không dùng cột này", "Do not use this column"),
    CONVERT: Text("Chuyển sang Unicode", "Convert to Unicode"),
    AS_IS: Text("Giữ nguyên như trong tệp", "Keep as it is in the file"),
    SUPPLEMENT: Text("Phụ lục văn bằng của danh sách", "Diploma supplement of the list"),
    A_LIST: Text("Danh sách riêng", "A list of its own"),
}

FIELDS: Final = tuple(_FIELDS)
"""Every field name, in the order a form should show them."""


def kind_of(field: str) -> Kind:
    """Return how the cells of this field are read."""
    return _FIELDS[field][0]


def label(field: str) -> Text:
    """Return what a field is called on screen (also of the answers that are no field)."""
    if field in _ANSWERS:
        return _ANSWERS[field]
    return _FIELDS[field][1]
