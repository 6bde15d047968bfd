"""A workbook to fill in: headers that are understood, lists of choices, a sheet of instructions."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Final

import xlsxwriter

from sogoc.intake.fields import label

_ROWS: Final = 5_000
_ETHNICITIES: Final = [
    "Kinh",
    "Tày",
    "Thái",
    "Mường",
    "Khmer",
    "Hoa",
    "Nùng",
    "Mông",
    "Dao",
    "Gia Rai",
    "Ê Đê",
    "Ba Na",
    "Sán Chay",
    "Chăm",
    "Cơ Ho",
    "Xơ Đăng",
    "Sán Dìu",
    "Hrê",
    "Ra Glai",
    "Mnông",
    "Thổ",
    "Xtiêng",
    "Khơ Mú",
    "Bru - Vân Kiều",
    "Cơ Tu",
    "Giáy",
    "Tà Ôi",
    "Mạ",
    "Giẻ Triêng",
    "Co",
    "Chơ Ro",
    "Xinh Mun",
    "Hà Nhì",
    "Chu Ru",
    "Lào",
    "La Chí",
    "Kháng",
    "Phù Lá",
    "La Hủ",
    "La Ha",
    "Pà Thẻn",
    "Lự",
    "Ngái",
    "Chứt",
    "Lô Lô",
    "Mảng",
    "Pu Péo",
    "Bố Y",
    "Cờ Lao",
    "Cống",
    "Si La",
    "Rơ Măm",
    "Brâu",
    "Ơ Đu",
]
_PEOPLE: Final = ("ordinal", "full_name", "birth_date", "birth_place", "sex", "ethnicity",
    "nationality", "personal_id")  # fmt: skip
_HELP: Final = (
    "HƯỚNG DẪN ĐIỀN DANH SÁCH",
    "Mỗi người một dòng ở trang «Danh sách»; không đổi dòng tiêu đề.",
    "Ngày sinh ghi ngày/tháng/năm; họ tên và nơi sinh ghi theo giấy khai sinh.",
    "Giới tính chọn Nam hoặc Nữ; dân tộc chọn trong danh mục hoặc ghi tên khác.",
)


def fields_for(category: str, *, has_major: bool) -> tuple[str, ...]:
    """Return the columns a list of this category (`diploma`, `certificate`) has."""
    results = ("grade",) if category == "diploma" else ("result",)
    return (*_PEOPLE, *(("major",) if has_major else ()), *results, "serial", "entry_number")


def make_template(title: str, fields: Sequence[str]) -> bytes:
    """Return an .xlsx with one empty list under the headers of these fields."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001  # same bytes always
    sheet, guide = book.add_worksheet("Danh sách"), book.add_worksheet("Hướng dẫn")
    choices = book.add_worksheet("Danh mục")
    choices.hide()
    choices.write_column(0, 0, _ETHNICITIES)
    guide.write_column(0, 0, _HELP)
    guide.set_column(0, 0, 100)
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    day, text = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "@"})
    sheet.write_string(0, 0, f"DANH SÁCH CẤP {title.upper()}", book.add_format({"bold": True}))
    sheet.freeze_panes(3, 0)
    for column, field in enumerate(fields):
        sheet.write_string(2, column, label(field).vi, bold)
        look = day if field == "birth_date" else None if field == "ordinal" else text
        sheet.set_column(column, column, 8 if field == "ordinal" else 22, look)
        rule = _rule(field)
        if rule:
            sheet.data_validation(3, column, 2 + _ROWS, column, rule)
    book.close()
    return target.getvalue()


def _rule(field: str) -> dict[str, object] | None:
    if field == "sex":
        return {"validate": "list", "source": ["Nam", "Nữ"]}
    if field == "ethnicity":
        source = f"='Danh mục'!$A$1:$A${len(_ETHNICITIES)}"
        return {"validate": "list", "source": source, "error_type": "warning"}
    if field == "birth_date":
        first, last = dt.date(1900, 1, 1), dt.date(2100, 1, 1)
        return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    return None
