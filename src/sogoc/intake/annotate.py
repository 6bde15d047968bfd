"""The user's own workbook comes back marked up: what was found stands beside each row.

The workbook is written anew (XlsxWriter) from the cells that were read, so that .xls and .csv come
back the same way: values, dates, merged cells and column widths are kept, other looks are not.
Every text is written as text: nothing a list holds can become a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

import xlsxwriter

from sogoc.intake import grid as grids
from sogoc.intake.grid import Grid
from sogoc.intake.layout import Header, find_header
from sogoc.intake.legacy_text import decode
from sogoc.intake.model import Limits
from sogoc.intake.ooxml import column_letters
from sogoc.intake.own import RESULT_HEADERS, SUMMARY_TITLE, is_summary, take_out_results
from sogoc.kernel.text import Text

_LEVELS: Final[dict[str, tuple[str, str]]] = {  # worst first: word, colour
    "error": ("Lỗi", "#FFC7CE"),
    "review": ("Cần xin ý kiến", "#E4DFEC"),
    "warning": ("Cảnh báo", "#FFEB9C"),
    "info": ("Thông tin", "#DDEBF7"),
}
_ORDER: Final = tuple(_LEVELS)
_SUMMARY: Final = "Tổng hợp"
_MAX_TEXT: Final = 32_000  # a cell holds 32,767 characters
_MAX_MERGED: Final = 1_000_000  # cells; a looks-only matter
_MAX_COMMENTS: Final = 5_000  # spreadsheet programs become unusable far above this
_BAD_IN_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
_UNCHANGING: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # same input, same bytes: no clock
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Note:
    """Something to write beside a row, on a cell, or (row None) about the whole list.

    `row` and `column` count from 1; `level` is error, review, warning or info.
    """

    sheet: str | None
    row: int | None
    column: int | None
    level: str
    text: str | Text

    def __post_init__(self) -> None:
        if self.level not in _LEVELS:
            raise ValueError(f"unknown level {self.level!r}")


def annotate(
    data: bytes, file_name: str, notes: Iterable[Note], *, limits: Limits = _DEFAULT_LIMITS
) -> bytes:
    """Return an .xlsx with the notes beside the rows, on the cells and on a first sheet.

    Raises `IntakeError` when the file cannot be read.
    """
    source = grids.load(data, file_name, limits)
    notes = list(notes)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _UNCHANGING})
    sheets = [grid for grid in source.grids if grid.worksheet and not is_summary(grid)]
    marker = _Marker(book, comments=sum(note.column is not None for note in notes) <= _MAX_COMMENTS)
    names = _sheet_names([grid.name for grid in sheets])
    by_sheet: dict[str, list[Note]] = defaultdict(list)
    general = []
    for note in notes:
        if note.row is None or note.sheet not in names:
            general.append(note)
        else:
            by_sheet[note.sheet or ""].append(note)
    marker.summary(names[None], PurePath(file_name).name, general, notes)
    for grid in sheets:
        header = find_header(decode(source, grid)[0], lambda _: False)
        marker.sheet(names[grid.name], grid, header, by_sheet[grid.name])
    book.close()
    return target.getvalue()


def _sheet_names(originals: Sequence[str]) -> dict[str | None, str]:
    """Names a workbook accepts, each once: by the sheet's own name, and None for the summary."""
    taken: set[str] = {"history"}  # kept by Excel for itself
    names: dict[str | None, str] = {}
    for original in (*originals, None):
        base = _BAD_IN_SHEET_NAME.sub("_", original or _SUMMARY)[:31] or "_"
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base[:27]} ({number})", number + 1
        taken.add(name.casefold())
        names[original] = name
    return names


def _worst(notes: Iterable[Note]) -> str:
    return min((note.level for note in notes), key=_ORDER.index)


def _said(note: Note) -> str:
    return f"{_LEVELS[note.level][0]}: {note.text}"


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"


class _Marker:
    """Writes sheets into one workbook; formats are made once for each look."""

    def __init__(self, book: Any, *, comments: bool) -> None:
        self._book = book
        self._comments = comments
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def _format(self, **look: object) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def summary(
        self, name: str, file_name: str, general: Sequence[Note], notes: Sequence[Note]
    ) -> None:
        """The first sheet: how much was found, and what concerns the whole list."""
        sheet = self._book.add_worksheet(name)
        bold = self._format(bold=True)
        wrapped = self._format(text_wrap=True, valign="top")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 2, 16)
        sheet.set_column(3, 3, 110)
        sheet.write_string(0, 0, SUMMARY_TITLE, self._format(bold=True, font_size=14))
        sheet.write_string(1, 0, f"Tệp: {file_name}")
        row = 3
        for level, (word, colour) in _LEVELS.items():
            sheet.write_string(row, 0, word, self._format(bg_color=colour))
            sheet.write_number(row, 1, sum(note.level == level for note in notes))
            row += 1
        if not self._comments:
            text = "Quá nhiều ô có ghi chú: nội dung chỉ nằm ở cột cuối của mỗi dòng."
            sheet.write_string(row, 0, text)
        row += 1
        for column, header in enumerate(("Mức độ", "Trang", "Cột", "Về cả danh sách")):
            sheet.write_string(row, column, header, bold)
        if not general:
            sheet.write_string(row + 1, 3, "Không có phát hiện nào về cả danh sách.")
        for note in sorted(general, key=lambda one: _ORDER.index(one.level)):
            row += 1
            word, colour = _LEVELS[note.level]
            look = self._format(bg_color=colour, valign="top")
            sheet.write_string(row, 0, word, look)
            if note.sheet:
                sheet.write_string(row, 1, note.sheet, wrapped)
            if note.column:
                sheet.write_string(row, 2, column_letters(note.column), wrapped)
            sheet.write_string(row, 3, _cut(str(note.text)), wrapped)
        sheet.activate()
        sheet.set_first_sheet()

    def sheet(self, name: str, grid: Grid, header: Header | None, notes: Sequence[Note]) -> None:
        """One sheet of the user with its notes in two columns to the right."""
        sheet = self._book.add_worksheet(name)
        if header:
            take_out_results(grid, header)
        if grid.hidden:
            sheet.hide()
        for column, width in grid.widths.items():
            sheet.set_column(column, column, width)
        by_cell: dict[tuple[int, int], list[Note]] = defaultdict(list)
        by_row: dict[int, list[Note]] = defaultdict(list)
        for note in notes:
            row = (note.row or 1) - 1
            by_row[row].append(note)
            if note.column is not None:
                by_cell[row, note.column - 1].append(note)
        merged = _sound_merges(grid)
        for top, left, bottom, right in merged:
            look = self._format(align="center", valign="vcenter", text_wrap=True)
            sheet.merge_range(top, left, bottom, right, "", look)
        self._cells(sheet, grid, by_cell, {(top, left) for top, left, _, _ in merged})
        self._results(sheet, grid, header, by_row)
        if self._comments:
            for (row, column), found in by_cell.items():
                text = "\n".join(map(_said, found))
                size = {"width": 320, "height": 40 + 40 * len(found)}
                sheet.write_comment(row, column, _cut(text), size)

    def _cells(
        self,
        sheet: Any,
        grid: Grid,
        by_cell: Mapping[tuple[int, int], Sequence[Note]],
        merged: set[tuple[int, int]],
    ) -> None:
        marked_rows = {row for row, _ in (*by_cell, *merged, *grid.faults)}
        kinds: dict[type, Any] = {dt.date: self._format(num_format="dd/mm/yyyy")}
        for row, cells in enumerate(grid.rows):
            if row not in marked_rows:
                for column, cell in enumerate(cells):
                    if cell != "":
                        _write(sheet, row, column, cell, kinds.get(type(cell)), self._format)
                continue
            for column, cell in enumerate(cells):
                look: dict[str, object] = {}
                if (row, column) in merged:
                    look = {"align": "center", "valign": "vcenter", "text_wrap": True}
                found = by_cell.get((row, column))
                if found:
                    look["bg_color"] = _LEVELS[_worst(found)][1]
                shown = grid.faults.get((row, column), ("", cell))[1]
                if isinstance(shown, dt.date):
                    look["num_format"] = "dd/mm/yyyy"
                _write(
                    sheet, row, column, shown, self._format(**look) if look else None, self._format
                )
        width = max(map(len, grid.rows), default=0)
        for (row, column), found in by_cell.items():
            if row >= len(grid.rows) or column >= width:
                sheet.write_blank(
                    row, column, None, self._format(bg_color=_LEVELS[_worst(found)][1])
                )

    def _results(
        self, sheet: Any, grid: Grid, header: Header | None, by_row: Mapping[int, Sequence[Note]]
    ) -> None:
        column = max([_used_width(grid), *(right + 1 for _, _, _, right in _sound_merges(grid))])
        header_row = header.top if header else max(0, min(by_row, default=1) - 1)
        bold = self._format(bold=True, text_wrap=True, border=1)
        wrapped = self._format(text_wrap=True, valign="top")
        sheet.set_column(column, column, 16)
        sheet.set_column(column + 1, column + 1, 80)
        if header_row not in by_row:
            for offset, text in enumerate(RESULT_HEADERS):
                sheet.write_string(header_row, column + offset, text, bold)
        if header:
            sheet.freeze_panes(header.bottom + 1, 0)
        for row, found in by_row.items():
            ordered = sorted(found, key=lambda note: _ORDER.index(note.level))
            word, colour = _LEVELS[ordered[0].level]
            sheet.write_string(row, column, word, self._format(bg_color=colour, valign="top"))
            sheet.write_string(row, column + 1, _cut("\n".join(map(_said, ordered))), wrapped)


def _used_width(grid: Grid) -> int:
    """Number of columns up to the last one with anything in it."""
    width = max(map(len, grid.rows), default=0)
    while width and all(len(row) < width or row[width - 1] == "" for row in grid.rows):
        width -= 1
    return width


def _sound_merges(grid: Grid) -> list[tuple[int, int, int, int]]:
    """Merged ranges of more than one cell that do not overlap (a damaged file may have such)."""
    sound: list[tuple[int, int, int, int]] = []
    covered: set[tuple[int, int]] = set()
    room = _MAX_MERGED
    for top, left, bottom, right in grid.merged:
        area = (bottom - top + 1) * (right - left + 1)
        if area < 2 or area > room:
            continue
        room -= area
        cells = {(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)}
        if covered.isdisjoint(cells):
            covered |= cells
            sound.append((top, left, bottom, right))
    return sound


def _write(sheet: Any, row: int, column: int, cell: object, look: Any, formats: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, cell[:_MAX_TEXT], look)
        elif look is not None:
            sheet.write_blank(row, column, None, look)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, look)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, look)
    elif isinstance(cell, dt.timedelta):
        sheet.write_datetime(row, column, cell, look or formats(num_format="[h]:mm:ss"))
    elif isinstance(cell, dt.time):
        sheet.write_datetime(row, column, cell, look or formats(num_format="hh:mm:ss"))
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(row, column, cell, look or formats(num_format="dd/mm/yyyy hh:mm:ss"))
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, cell, look or formats(num_format="dd/mm/yyyy"))
