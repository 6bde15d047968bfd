"""OpenDocument spreadsheets (.ods), read in one pass under the limits.

A few bytes can stand for millions of cells there (repeated rows and columns), notes stand inside
the cells, and a formula's error looks like a text: so the content is parsed here, where all that is
seen, and nothing is laid out before the limits allow it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from sogoc.intake.archive import Archive
from sogoc.intake.errors import IntakeError, refuse
from sogoc.intake.model import Limits

_NS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE: Final = f"{_NS}table:1.0 "
_OFFICE: Final = f"{_NS}office:1.0 "
_TEXT: Final = f"{_NS}text:1.0 "
_STYLE: Final = f"{_NS}style:1.0 "
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

_CELLS: Final = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_PARAGRAPHS: Final = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_LEFT_OUT: Final = frozenset(
    {
        f"{_OFFICE}annotation",
        f"{_OFFICE}forms",
        f"{_TABLE}shapes",
        f"{_TABLE}tracked-changes",
        f"{_TABLE}dde-links",
    }
)
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})
_DURATION: Final = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", re.ASCII)
_LENGTH: Final = re.compile(r"([\d.]+)(cm|mm|in|pt)", re.ASCII)
_CHARACTERS: Final = {"cm": 5.2, "mm": 0.52, "in": 13.2, "pt": 0.183}  # of the usual width
_HIDDEN: Final = ("collapse", "filter")
_MAX_DIGITS: Final = 9
_WIDEST: Final = 255.0
_MAX_FAULTS: Final = 200_000  # of one sheet; nobody has so many errors, repeated rows may


@dataclass(slots=True)
class Table:
    """One sheet as laid out: rows (all of one width), merged ranges, faults, widths (0-based).

    `hidden_rows` and `hidden_columns` are those a filter or the user hid.
    """

    name: str
    hidden: bool = False
    rows: list[list[object]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    faults: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read_tables(archive: Archive, only: str | None) -> list[Table]:
    """Read every sheet; with `only`, the others are left empty.

    Raises `IntakeError` (`corrupt_file`, `password_protected`, `too_many_rows`,
    `too_many_columns`, `too_many_sheets`).
    """
    manifest = archive.read("meta-inf/manifest.xml") if _has_manifest(archive) else b""
    if b"encryption-data" in manifest:
        raise refuse("password_protected", archive.name)
    for part in archive.parts:
        if part.endswith(".xml") and part != "content.xml":
            archive.read(part)  # whole and as long as declared, or refused
    content = _Content(archive.name, archive.limits, only)
    return content.parse(archive.read("content.xml"))


def _has_manifest(archive: Archive) -> bool:
    return "meta-inf/manifest.xml" in archive.parts


class _Content:
    """Builds the sheets from the events of the parser."""

    def __init__(self, file_name: str, limits: Limits, only: str | None) -> None:
        self._name = file_name
        self._limits = limits
        self._only = only
        self._tables: list[Table] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._widths: dict[str, float] = {}
        self._skipped = self._depth = 0
        self._table: Table | None = None
        self._row_repeat = self._empty_rows = self._column = 0
        self._is_row_hidden = False
        self._row: list[object] = []
        self._row_faults: dict[int, tuple[str, str]] = {}
        self._cell: dict[str, str] | None = None
        self._is_covered = False
        self._text: list[str] = []
        self._paragraphs = 0
        self._in_text = 0

    def parse(self, xml: bytes) -> list[Table]:
        """Parse the whole part."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(xml, True)
        except IntakeError:
            raise
        except (expat.ExpatError, ValueError, OverflowError) as broken:
            raise refuse("corrupt_file", self._name, detail=str(broken)) from broken
        for table in self._tables:
            width = max(map(len, table.rows), default=0)
            for row in table.rows:
                row.extend([""] * (width - len(row)))
        return self._tables

    def _doctype(self, *_: object) -> None:
        raise refuse("corrupt_file", self._name, detail="a document type")

    def _start(self, name: str, found: dict[str, str]) -> None:
        if self._skipped or name in _LEFT_OUT:
            self._skipped += 1
        elif self._cell is not None:
            self._start_in_cell(name, found)
        elif name in _CELLS:
            if self._depth == 1:
                self._cell, self._is_covered = found, name.endswith("covered-table-cell")
                self._text, self._paragraphs, self._in_text = [], 0, 0
        elif name == f"{_TABLE}table-row":
            self._row, self._row_faults, self._column = [], {}, 0
            self._row_repeat = _count(found.get(f"{_TABLE}number-rows-repeated"))
            self._is_row_hidden = found.get(f"{_TABLE}visibility") in _HIDDEN
        elif name == f"{_TABLE}table":
            self._start_table(found)
        elif name == f"{_TABLE}table-column":
            self._widen(found)
        elif name.startswith(_STYLE):
            self._start_style(name, found)

    def _start_table(self, found: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        if len(self._tables) >= self._limits.max_sheets:
            size, limit = len(self._tables) + 1, self._limits.max_sheets
            raise refuse("too_many_sheets", self._name, size=size, limit=limit)
        name = found.get(f"{_TABLE}name", "")
        hidden = found.get(f"{_TABLE}style-name") in self._hidden_styles
        self._table = Table(name, hidden)
        self._tables.append(self._table)
        self._empty_rows = self._column = 0

    def _start_style(self, name: str, found: dict[str, str]) -> None:
        if name == f"{_STYLE}style":
            self._style = found.get(f"{_STYLE}name", "")
        elif name == f"{_STYLE}table-properties":
            if found.get(f"{_TABLE}display") == "false":
                self._hidden_styles.add(self._style)
        elif name == f"{_STYLE}table-column-properties":
            length = _LENGTH.fullmatch(found.get(f"{_STYLE}column-width", ""))
            if length and length[1].count(".") < 2:
                self._widths[self._style] = float(length[1]) * _CHARACTERS[length[2]]

    def _widen(self, found: dict[str, str]) -> None:
        if self._table is None or self._depth != 1:
            return
        repeat = _count(found.get(f"{_TABLE}number-columns-repeated"))
        width = self._widths.get(found.get(f"{_TABLE}style-name", ""))
        last = min(self._column + repeat, self._limits.max_columns)
        if width and width <= _WIDEST:
            self._table.widths.update(dict.fromkeys(range(self._column, last), width))
        if found.get(f"{_TABLE}visibility") in _HIDDEN:
            self._table.hidden_columns.update(range(self._column, last))
        self._column += repeat

    def _start_in_cell(self, name: str, found: dict[str, str]) -> None:
        if name == f"{_TABLE}table":
            self._skipped += 1  # a table inside a cell
        elif name in _PARAGRAPHS:
            if self._paragraphs:
                self._text.append("\n")
            self._paragraphs += 1
            self._in_text += 1
        elif name == f"{_TEXT}s":
            spaces = min(_count(found.get(f"{_TEXT}c")), self._limits.max_cell + 1)
            self._text.append(" " * spaces)
        elif name == f"{_TEXT}line-break":
            self._text.append("\n")
        elif name == f"{_TEXT}tab":
            self._text.append("\t")

    def _characters(self, data: str) -> None:
        if self._in_text and not self._skipped:
            self._text.append(data)

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._cell is not None:
            if name in _CELLS:
                self._end_cell(self._cell)
                self._cell = None
            elif name in _PARAGRAPHS:
                self._in_text -= 1
        elif name == f"{_TABLE}table":
            self._depth -= 1
            if not self._depth:
                self._table = None
        elif name == f"{_TABLE}table-row" and self._depth == 1:
            self._end_row()

    def _end_cell(self, found: dict[str, str]) -> None:
        table, row = self._table, self._row
        if table is None or (self._only is not None and table.name != self._only):
            return
        repeat = _count(found.get(f"{_TABLE}number-columns-repeated"))
        text = "".join(self._text)
        fault = None if self._is_covered else _fault(found, text)
        value = "" if self._is_covered or fault else _value(found, text)
        first, self._column = self._column, self._column + repeat
        if value == "" and fault is None:
            return
        limit = self._limits.max_columns
        if self._column > limit:
            size = self._column
            raise refuse("too_many_columns", self._name, sheet=table.name, size=size, limit=limit)
        row.extend([""] * (first - len(row)))
        row.extend([value] * repeat)
        if fault:
            self._row_faults.update(dict.fromkeys(range(first, self._column), fault))
        down, across = _span(found, "rows"), _span(found, "columns")
        if down > 1 or across > 1:
            top = len(table.rows) + self._empty_rows
            table.merged.append((top, first, top + down - 1, first + across - 1))

    def _end_row(self) -> None:
        table, row, repeat = self._table, self._row, self._row_repeat
        if table is None:
            return
        if not row:
            self._empty_rows += repeat
            return
        size = len(table.rows) + self._empty_rows + repeat
        limit = self._limits.max_rows
        if size > limit:
            raise refuse("too_many_rows", self._name, sheet=table.name, size=size, limit=limit)
        if len(table.faults) + len(self._row_faults) * repeat > _MAX_FAULTS:
            raise refuse("corrupt_file", self._name, detail="too many faulty cells")
        table.rows.extend([] for _ in range(self._empty_rows))
        self._empty_rows = 0
        if self._is_row_hidden:
            table.hidden_rows.update(range(len(table.rows), len(table.rows) + repeat))
        for _ in range(repeat):
            for column, fault in self._row_faults.items():
                table.faults[len(table.rows), column] = fault
            table.rows.append(row.copy())


def _count(text: str | None) -> int:
    if text is None:
        return 1
    if not (text.isascii() and text.isdecimal()) or len(text) > _MAX_DIGITS:
        raise ValueError(f"count {text[:20]!r}")
    return int(text)


def _span(found: dict[str, str], of: str) -> int:
    return _count(found.get(f"{_TABLE}number-{of}-spanned"))


def _fault(found: dict[str, str], text: str) -> tuple[str, str] | None:
    if found.get(f"{_CALC}value-type") == "error":
        return "formula_error", text or "#?"
    if f"{_TABLE}formula" in found and f"{_OFFICE}value-type" not in found and not text:
        return "formula_without_value", "=…"
    return None


def _value(found: dict[str, str], text: str) -> object:
    """The value a cell holds; what cannot be taken as its type says is taken as the text shown."""
    kind = found.get(f"{_OFFICE}value-type")
    try:
        if kind in _NUMBERS:
            number = float(found[f"{_OFFICE}value"])
            return number if math.isfinite(number) else text
        if kind == "date":
            return _date(found[f"{_OFFICE}date-value"])
        if kind == "time":
            return _time(found[f"{_OFFICE}time-value"])
        if kind == "boolean":
            return found[f"{_OFFICE}boolean-value"] == "true"
    except (KeyError, ValueError):
        return text
    return found.get(f"{_OFFICE}string-value", text)


def _date(text: str) -> dt.date:
    if len(text) <= len("2000-01-01"):
        return dt.date.fromisoformat(text)
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    return moment.date() if moment.time() == dt.time() else moment


def _time(text: str) -> dt.time | dt.timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part[:_MAX_DIGITS]) for part in match.groups())
    if hours < 24:
        return dt.time(hours, minutes, seconds)
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
