"""A sheet as a plain grid of cells, whatever kind of file it came from, and how files become one.

Cells are `str`, `float`, `int`, `bool`, `datetime.date|datetime|time|timedelta`; empty ones are "".
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import PurePath

import python_calamine as calamine

from sogoc.intake import csv_text, odf, ole, ooxml
from sogoc.intake.archive import Archive
from sogoc.intake.errors import IntakeError, refuse
from sogoc.intake.model import Limits
from sogoc.kernel.text import Text

Range = tuple[int, int, int, int]
"""0-based top, left, bottom, right; all inclusive."""

_ZIP = b"PK\x03\x04"
_ZIP_EMPTY = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAX_MERGES_IN_ROW = 256

TCVN3 = "TCVN3 (ABC)"
VNI = "VNI"
OLD_FONTS = {".Vn": TCVN3, "VNI-": VNI}
"""How the names of fonts begin in which Latin letters look Vietnamese, and their encoding."""

_FOREIGN: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", Text("tệp PDF", "a PDF")),
    (b"{\\rtf", Text("văn bản RTF", "an RTF text")),
    (b"\x89PNG", Text("hình ảnh", "a picture")),
    (b"\xff\xd8\xff", Text("hình ảnh", "a picture")),
    (b"GIF8", Text("hình ảnh", "a picture")),
    (b"Rar!", Text("tệp nén RAR", "a RAR archive")),
    (b"7z\xbc\xaf", Text("tệp nén 7z", "a 7z archive")),
    (b"\x1f\x8b", Text("tệp nén gzip", "a gzip archive")),
)
_WEB_PAGE = Text(
    "trang web (HTML/XML) đặt tên như bảng tính", "a web page (HTML/XML) named as a spreadsheet"
)


@dataclass(slots=True)
class Grid:
    """One sheet: `rows[0][0]` is A1; `merged` are 0-based (top, left, bottom, right), inclusive.

    `faults` names cells that hold no usable value although they are not empty: 0-based
    (row, column) → (code, what the cell shows). `hidden` sheets are not shown to the user.
    `widths` are column widths in characters by 0-based column, `hidden_rows` and `hidden_columns`
    (0-based) are not shown to the user. `as_found` has the text of cells
    that were converted from an old encoding.
    """

    name: str
    rows: list[list[object]]
    merged: list[Range] = field(default_factory=list)
    faults: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    hidden: bool = False
    worksheet: bool = True
    widths: dict[int, float] = field(default_factory=dict)
    as_found: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Source:
    """A file as grids; `kind` is `xlsx`, `ods`, `xls` or `csv`."""

    kind: str
    grids: list[Grid]
    encoding: str | None = None
    fonts: frozenset[str] = frozenset()
    """Old encodings (see `legacy_text`) whose fonts the workbook names."""


def load(data: bytes, file_name: str, limits: Limits, only: str | None = None) -> Source:
    """Read bytes by their content, not by the file's name; raise `IntakeError` when impossible.

    With `only`, the other sheets are left empty; nothing is parsed before the limits hold.
    """
    name = PurePath(file_name.replace("\\", "/")).name
    if not data.strip(b"\x00 \t\r\n"):
        raise refuse("empty_file", name)
    if len(data) > limits.max_bytes:
        size, limit = -(-len(data) // 2**20), limits.max_bytes // 2**20
        raise refuse("too_large", name, size=size, limit=limit)
    if data.startswith((_ZIP, _ZIP_EMPTY)):
        archive = Archive(data, name, limits)
        if archive.kind == "ods":
            return _load_ods(archive, only)
        source = _load_workbook("xlsx", data, name, limits, ooxml.Package(archive), only)
        source.fonts = _fonts(archive, "xl/styles.xml")
        return source
    if data.startswith(_OLE):
        workbook = ole.open_xls(data, name)
        source = _load_workbook("xls", data, name, limits, workbook, only)
        source.fonts = fonts_of(data)
        return source
    return _load_text(data, name, limits)


def _load_text(data: bytes, name: str, limits: Limits) -> Source:
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise refuse("unsupported_type", name, kind=kind)
    text, encoding = csv_text.decode(data, name)
    if csv_text.is_markup(text):
        raise refuse("unsupported_type", name, kind=_WEB_PAGE)
    stem = PurePath(name).stem[:31] or "CSV"
    rows: list[list[object]] = list(csv_text.parse(text, name, stem, limits))
    check_cells(name, stem, rows, limits)
    width = max(map(len, rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Source("csv", [Grid(stem, rows)], encoding)


def fonts_of(data: bytes) -> frozenset[str]:
    """Return the old encodings whose fonts a part of a workbook (styles, or an .xls) names."""
    return frozenset(
        encoding
        for start, encoding in OLD_FONTS.items()
        if start.encode() in data or start.encode("utf-16-le") in data
    )


def _fonts(archive: Archive, *parts: str) -> frozenset[str]:
    return frozenset().union(*(fonts_of(archive.read(p)) for p in parts if p in archive.parts))


def _load_ods(archive: Archive, only: str | None) -> Source:
    grids = []
    for table in odf.read_tables(archive, only):
        check_cells(archive.name, table.name, table.rows, archive.limits)
        merged = _sound(table.merged, len(table.rows), archive.name)
        grid = Grid(table.name, table.rows, merged, table.faults, table.hidden, widths=table.widths)
        grid.hidden_rows, grid.hidden_columns = table.hidden_rows, table.hidden_columns
        grids.append(grid)
    return Source("ods", grids, fonts=_fonts(archive, "content.xml", "styles.xml"))


def _load_workbook(
    kind: str,
    data: bytes,
    name: str,
    limits: Limits,
    package: ooxml.Package | ole.XlsFile,
    only: str | None,
) -> Source:
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        listed = book.sheets_metadata
        _check_count(len(listed), name, limits)
        grids = [_grid(book, place, name, limits, package, only) for place in range(len(listed))]
    except IntakeError:
        raise
    except calamine.PasswordError:
        raise refuse("password_protected", name) from None
    except Exception as broken:
        raise refuse("corrupt_file", name, detail=str(broken)) from broken
    except BaseException as panic:
        # A panic of the Rust reader arrives as a BaseException of a class it does not export.
        if type(panic).__name__ == "PanicException":
            raise refuse("corrupt_file", name, detail=str(panic)) from None
        raise
    return Source(kind, grids)


def _check_count(sheets: int, name: str, limits: Limits) -> None:
    if sheets > limits.max_sheets:
        raise refuse("too_many_sheets", name, size=sheets, limit=limits.max_sheets)


def _grid(
    book: calamine.CalamineWorkbook,
    place: int,
    name: str,
    limits: Limits,
    package: ooxml.Package | ole.XlsFile,
    only: str | None,
) -> Grid:
    meta = book.sheets_metadata[place]
    hidden = meta.visible is not calamine.SheetVisibleEnum.Visible
    if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
        return Grid(meta.name, [], hidden=hidden, worksheet=False)
    if only is not None and meta.name != only:
        return Grid(meta.name, [], hidden=hidden)
    check_size(name, meta.name, *package.far_corner(place), limits)
    sheet = book.get_sheet_by_index(place)
    last_row, last_column = sheet.end or (-1, -1)
    check_size(name, meta.name, last_row + 1, last_column + 1, limits)
    extras = package.inspect(place)
    rows: list[list[object]] = list(sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]  # list is invariant
    check_cells(name, meta.name, rows, limits)
    merged = _merged(sheet, len(rows), name)
    return Grid(
        meta.name,
        rows,
        merged,
        extras.faults,
        hidden=hidden,
        widths=extras.widths,
        hidden_rows=extras.hidden_rows,
        hidden_columns=extras.hidden_columns,
    )


def _merged(sheet: calamine.CalamineSheet, rows: int, name: str) -> list[Range]:
    found = sheet.merged_cell_ranges or []
    ranges = [(top, left, bottom, right) for (top, left), (bottom, right) in found]
    return _sound(ranges, rows, name)


def _sound(ranges: list[Range], rows: int, name: str) -> list[Range]:
    """The merged ranges; together no larger than the sheet, or they overlap and are refused."""
    merged: list[Range] = []
    area = 0
    for top, left, bottom, right in ranges:
        if top <= bottom and left <= right:
            merged.append((top, left, bottom, right))
            area += max(0, min(bottom, rows - 1) - top + 1)
    if area > rows * _MAX_MERGES_IN_ROW:
        raise refuse("corrupt_file", name, detail="overlapping merged cells")
    return merged


def check_size(name: str, sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet whose last used row or column (counted from 1) is over the limits."""
    if rows > limits.max_rows:
        raise refuse("too_many_rows", name, sheet=sheet, size=rows, limit=limits.max_rows)
    if columns > limits.max_columns:
        raise refuse("too_many_columns", name, sheet=sheet, size=columns, limit=limits.max_columns)


def check_cells(name: str, sheet: str, rows: list[list[object]], limits: Limits) -> None:
    """Refuse a cell longer than any spreadsheet program would hold."""
    limit = limits.max_cell
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            if type(cell) is str and len(cell) > limit:
                place = f"{ooxml.column_letters(column)}{at}"
                raise refuse("cell_too_long", name, sheet=sheet, cell=place, limit=limit)
