"""Small workbooks for tests, made in memory."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
import xlwt

from sogoc.intake.api import Reading, SheetReading, read_file

HEADER = ("STT", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính")
Merge = tuple[int, int, int, int]


def line(number: int, name: str = "Nguyễn Thị Mai", **more: Any) -> list[Any]:
    """One plain line under HEADER."""
    born = more.get("born", dt.date(1990, 3, 5))
    return [number, name, born, more.get("place", "Đắk Nông"), more.get("sex", "Nữ")]


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    merges: Sequence[Merge] = (),
    hidden: Sequence[str] = (),
) -> bytes:
    """A workbook of these rows; `merges` (0-based, inclusive) are made on every sheet."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for merge in merges:
            sheet.merge_range(*merge, "")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, cell, day)
                elif isinstance(cell, str) and cell.startswith("#"):
                    sheet.write_formula(row, column, "=NA()", value=cell)
                elif cell not in ("", None):
                    sheet.write(row, column, cell)
        if name in hidden:
            sheet.hide()
    book.close()
    return target.getvalue()


def one(
    rows: Sequence[Sequence[Any]], merges: Sequence[Merge] = (), **options: Any
) -> SheetReading:
    """Read the only list of a one-sheet workbook of these rows."""
    (sheet,) = whole(rows, merges, **options).sheets
    return sheet


def whole(rows: Sequence[Sequence[Any]], merges: Sequence[Merge] = (), **options: Any) -> Reading:
    """Read a one-sheet workbook of these rows."""
    return read_file(xlsx({"DS": rows}, merges), "ds.xlsx", **options)


def xls(rows: Sequence[Sequence[Any]], merges: Sequence[Merge] = ()) -> bytes:
    """An old .xls of these rows; a cell of class `xlwt.Formula` is one."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for top, left, bottom, right in merges:
        sheet.merge(top, bottom, left, right)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                sheet.write(row, column, cell, day)
            elif cell not in ("", None):
                sheet.write(row, column, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_parts(data: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """The same .xlsx with some parts replaced, added, or (None) taken out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED)
        for name, content in changed.items():
            if content is not None:
                new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of an .xlsx."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)
