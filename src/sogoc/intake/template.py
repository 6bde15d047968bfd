"""A workbook to fill in: headers that are understood, lists of choices, a sheet of instructions."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from sogoc.intake.fields import Kind, kind_of, label
from sogoc.intake.headers import field_of
from sogoc.intake.ooxml import column_letters
from sogoc.intake.own import CHOICES_TITLE, GUIDE_TITLE

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_ROWS: Final = 5_000
_LAST_DAY: Final = dt.date(2100, 1, 1)
_YEARS: Final = (1945, 2100)
_SHEET, _GUIDE, _CHOICES = "Danh sách", "Hướng dẫn", "Danh mục"
ETHNICITIES: Final = (
    "Kinh", "Tày", "Thái", "Mường", "Khmer", "Hoa", "Nùng", "Mông", "Dao", "Gia Rai", "Ê Đê",
    "Ba Na", "Sán Chay", "Chăm", "Cơ Ho", "Xơ Đăng", "Sán Dìu", "Hrê", "Ra Glai", "Mnông", "Thổ",
    "Xtiêng", "Khơ Mú", "Bru - Vân Kiều", "Cơ Tu", "Giáy", "Tà Ôi", "Mạ", "Giẻ Triêng", "Co",
    "Chơ Ro", "Xinh Mun", "Hà Nhì", "Chu Ru", "Lào", "La Chí", "Kháng", "Phù Lá", "La Hủ", "La Ha",
    "Pà Thẻn", "Lự", "Ngái", "Chứt", "Lô Lô", "Mảng", "Pu Péo", "Bố Y", "Cờ Lao", "Cống", "Si La",
    "Rơ Măm", "Brâu", "Ơ Đu",
)  # fmt: skip
"""The 54 ethnic groups, as the list of 1979 names them."""
_SEXES: Final = ("Nam", "Nữ")
_WIDTHS: Final = {
    "ordinal": 7,
    "full_name": 28,
    "sex": 9,
    "birth_place": 24,
    "major": 26,
    "note": 26,
}

_HOW: Final = {
    "full_name": "Theo giấy khai sinh, đủ dấu; không thêm chức danh.",
    "birth_date": "Ngày/tháng/năm, năm bốn chữ số: 05/03/2006.",
    "birth_place": "Tỉnh, thành phố theo giấy khai sinh.",
    "sex": "Chọn Nam hoặc Nữ.",
    "ethnicity": "Chọn trong danh mục, hoặc ghi tên khác; người nước ngoài để trống.",
    "nationality": "Ghi với người nước ngoài; để trống là Việt Nam.",
    "personal_id": "12 chữ số; ô kiểu chữ để không mất số 0 ở đầu.",
    "passport": "Số hộ chiếu của người không có số định danh.",
    "candidate_number": "Phân biệt những người trùng tên, ngày sinh.",
    "student_code": "Phân biệt những người trùng tên, ngày sinh; nối với phụ lục văn bằng.",
    "serial": "Để trống: hệ thống gán khi in. Ghi thì được đối chiếu.",
    "entry_number": "Để trống: sổ gốc cấp số. Ghi thì được đối chiếu.",
    "receiver_signature": "Để trống: người được cấp ký khi nhận.",
    "note": "Hai người trùng tên, ngày sinh, nơi sinh: ghi lý do đã đối chiếu.",
    "graduation_year": "Bốn chữ số.",
    "defended_on": "Ngày/tháng/năm.",
}


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column to fill in: the field, how the law's form heads it, and what it may hold.

    ``source`` says whose column it is ("Mẫu D, cột 3"). Of ``choices`` others are let through after
    a warning. ``scale`` holds the ends of a score.
    """

    field: str
    heading: str = ""
    is_optional: bool = True
    source: str = ""
    choices: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None

    @property
    def header(self) -> str:
        """The heading where it is read as this field, else the field's own name."""
        own = label(self.field).vi
        return self.heading if self.heading and field_of(self.heading) == self.field else own


def make_template(
    heading: Sequence[str], columns: Sequence[TemplateColumn], guide: Sequence[str] = ()
) -> bytes:
    """Return an .xlsx with one empty list: lines of heading, then the headers of these columns.

    The lists of choices lie on a hidden sheet; ``guide`` begins the sheet of instructions. The same
    arguments give the same bytes.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001  # same bytes always
    sheet, page, lists = (book.add_worksheet(name) for name in (_SHEET, _GUIDE, _CHOICES))
    lists.write_string(0, 0, CHOICES_TITLE)
    lists.hide()
    looks = _looks(book)
    for row, text in enumerate(heading):
        sheet.write_string(row, 0, text, looks["title"])
    top = len(heading) + 1
    sheet.freeze_panes(top + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_row(top, 45)
    for place, column in enumerate(columns):
        look = "header" if column.is_optional else "needed"
        sheet.write_string(top, place, column.header, looks[look])
        sheet.set_column(place, place, _WIDTHS.get(column.field, 17), looks.get(_look(column)))
        rule = _rule(column, lists, place)
        if rule:
            sheet.data_validation(top + 1, place, top + _ROWS, place, rule)
    _write_guide(page, columns, guide, looks)
    book.close()
    return target.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    header = {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True}),
        "header": book.add_format(header),
        "needed": book.add_format({**header, "bg_color": "#E8EEF7"}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "text": book.add_format({"num_format": "@"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _look(column: TemplateColumn) -> str:
    kind = kind_of(column.field)
    if kind is Kind.DATE:
        return "day"
    return "" if kind in (Kind.WHOLE, Kind.NUMBER) else "text"


def _rule(column: TemplateColumn, lists: Worksheet, place: int) -> dict[str, Any] | None:
    """What a spreadsheet program lets be typed, or warns of."""
    field, kind = column.field, kind_of(column.field)
    if kind is Kind.SEX:
        return _told({"validate": "list", "source": list(_SEXES)}, column)
    if choices := ETHNICITIES if field == "ethnicity" else column.choices:
        lists.write_column(1, place, choices)
        letters = column_letters(place + 1)
        source = f"='{_CHOICES}'!${letters}$2:${letters}${len(choices) + 1}"
        return _told({"validate": "list", "source": source, "error_type": "warning"}, column)
    if field == "personal_id":
        rule = {"validate": "length", "criteria": "==", "value": 12, "error_type": "warning"}
        return _told(rule, column)
    ends: tuple[str, object, object] | None = None
    if kind is Kind.DATE:
        ends = ("date", dt.date(1900, 1, 1), _LAST_DAY)
    elif column.scale:
        ends = ("decimal", *column.scale)
    elif field == "graduation_year":
        ends = ("integer", *_YEARS)
    return _between(*ends, column) if ends else None


def _between(validate: str, low: object, high: object, column: TemplateColumn) -> dict[str, Any]:
    rule = {"validate": validate, "criteria": "between", "minimum": low, "maximum": high}
    return _told(rule, column)


def _told(rule: dict[str, Any], column: TemplateColumn) -> dict[str, Any]:
    how = _how(column)
    return {**rule, "error_title": column.header[:32], "error_message": how[:255]} if how else rule


def _how(column: TemplateColumn) -> str:
    if column.field in _HOW:
        return _HOW[column.field]
    if column.scale:
        return f"Từ {column.scale[0]:g} đến {column.scale[1]:g}."
    return "Chọn trong danh sách." if column.choices else ""


def _write_guide(
    page: Worksheet, columns: Sequence[TemplateColumn], guide: Sequence[str], looks: dict[str, Any]
) -> None:
    texts = (
        GUIDE_TITLE,
        f"Mỗi người một dòng ở trang «{_SHEET}»; không đổi dòng tiêu đề. Cột tô màu phải có.",
        *guide,
    )
    for row, text in enumerate(texts):
        page.write_string(row, 0, text, looks["title"] if row == 0 else None)
    top = len(texts) + 1
    page.write_row(top, 0, ("Cột", "Theo", "Phải có", "Cách ghi"), looks["header"])
    for row, column in enumerate(columns, top + 1):
        needed = "" if column.is_optional else "có"
        cells = (column.header, column.source, needed, _how(column))
        page.write_row(row, 0, cells, looks["wrapped"])
    for place, width in enumerate((30, 30, 9, 70)):
        page.set_column(place, place, width)
