"""The inside of an .xlsx before it is parsed: real sizes, which kind it is, faulty cells.

The fast reader trusts what it is given: it unpacks without limit, makes a dense grid up to the
last used cell, and gives error cells as empty. Here the package is unpacked under a limit and its
sheets are searched for such cells.
"""

from __future__ import annotations

import html
import posixpath
import re
from typing import Final

from sogoc.intake.archive import Archive, part_name
from sogoc.intake.errors import refuse
from sogoc.intake.extras import Extras
from sogoc.intake.model import Limits

_DIGITS: Final = 10
_LONGEST: Final = 1 << 16  # no formula with its tags is longer
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"

_ATTRIBUTE: Final = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SHEET_TAG: Final = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
_RELATION_TAG: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_SHEET_END: Final = re.compile(rb"</(?:\w+:)?sheetData>")
_COL_TAG: Final = re.compile(rb"<(?:\w+:)?col\s[^<>]*>")
_REFERENCE: Final = re.compile(r"""([A-Z]*)([0-9]+)(?:["']|$)""")
_UNPLACED_CELL: Final = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r=)[\w:]+=[^\s>]+)*\s*(?<!/)>")
_TEXTS_TAG: Final = re.compile(rb"<(?:\w+:)?sst\s")
_FIRST_TEXT: Final = re.compile(rb"<(?:\w+:)?si[\s/>]")
_TOLD_TEXTS: Final = re.compile(rb"""uniqueCount\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL_TAG: Final = re.compile(rb"<(?:\w+:)?c[\s>/]")
_CELL_END: Final = re.compile(rb"</(?:\w+:)?c>")
_ROW_TAG: Final = re.compile(rb"<(?:\w+:)?row\s[^<>]*>")
_TRUE: Final = ("1", "true")
_ROW_OR_CELL: Final = re.compile(rb"<(?:\w+:)?(?:row|c)(?:\s[^<>]*)?/?>")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)<")
# A cell reference as it looks with letters as A and digits as 0: a plain search for such a shape is
# ten times faster than a pattern. Three letters, or six digits and more, may be over a limit.
_SHAPES: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'", b'AAAAAAAAAAAAAAAAAAAAAAAAAA0000000000"'
)
_FAR_SHAPES: Final = (b'r="AAA', b'r="A000000', b'r="AA000000', b'r="000000')


class Package:
    """The inside of an .xlsx; raises `IntakeError` `corrupt_file` where its index is damaged."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._name = archive.name
        self._limits = archive.limits
        self._parts = archive.parts
        self._sheets = self._sheet_parts()

    def read(self, part: str) -> bytes:
        """Unpack one part."""
        return self._archive.read(part)

    def _sheet_parts(self) -> list[str]:
        """Names of the sheets' parts in workbook order ("" where the package names none)."""
        for part in self._parts:
            if part.endswith((".xml", ".rels")) and not part.startswith("xl/worksheets/"):
                self._check_texts(self.read(part))  # whole and as long as declared, or refused
        targets: dict[str, str] = {}
        if _RELATIONS in self._parts:
            for tag in _RELATION_TAG.findall(self.read(_RELATIONS)):
                found = attributes(tag)
                target = posixpath.normpath(posixpath.join("/xl", found.get("Target", "")))
                targets[found.get("Id", "")] = part_name(target.lstrip("/"))
        parts: list[str] = []
        for tag in _SHEET_TAG.findall(self.read("xl/workbook.xml")):
            found = attributes(tag)
            relation = next((v for k, v in found.items() if k.endswith(":id")), "")
            parts.append(targets.get(relation, ""))
        return parts

    def _check_texts(self, xml: bytes) -> None:
        """Refuse more shared texts than a part has room for: the fast reader reserves for them."""
        if not _TEXTS_TAG.search(xml):
            return
        first = _FIRST_TEXT.search(xml)
        for double, single in _TOLD_TEXTS.findall(xml, 0, first.start() if first else len(xml)):
            told = double or single
            if not told.isdigit() or len(told) > _DIGITS or int(told) > len(xml):
                raise refuse("corrupt_file", self._name, detail="more texts than there is room for")

    def far_corner(self, index: int) -> tuple[int, int]:
        """Row and column (from 1) of a used cell of this sheet beyond the limits, 0 for none.

        To be asked before the sheet is parsed.
        """
        return _far_corner(self.read(self._part(index)), self._limits)

    def _part(self, index: int) -> str:
        part = self._sheets[index] if index < len(self._sheets) else ""
        if part not in self._parts:
            raise refuse("corrupt_file", self._name, detail=f"sheet {index + 1} has no part")
        return part

    def inspect(self, index: int) -> Extras:
        """Search the parsed sheet at this 0-based place for what the fast reader does not tell."""
        part = self._part(index)
        xml = self.read(part)
        end = _SHEET_END.search(xml)
        cells = xml[: end.start()] if end else xml
        widths, hidden_columns = _columns(xml)
        return Extras(_faulty_cells(cells), widths, _hidden_rows(cells), hidden_columns)


def attributes(tag: bytes) -> dict[str, str]:
    """Return the attributes of one start tag."""
    return {
        name: html.unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
    }


def column_number(letters: str) -> int:
    """Return the 1-based number of a column from its letters (`A` → 1, `AA` → 27)."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a 1-based column number (27 → `AA`)."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _far_corner(xml: bytes, limits: Limits) -> tuple[int, int]:
    """Row and column (1-based) of a used cell beyond the limits, 0 where there is none.

    Such a cell would make the reader build a grid of billions; cells that only bear a format are
    harmless.
    """
    shapes = xml.translate(_SHAPES)
    for shape in _FAR_SHAPES:
        at = shapes.find(shape)
        while at >= 0:
            row, column = _reference(xml, at + 3)
            if (row > limits.max_rows or column > limits.max_columns) and _is_used(xml, at, column):
                return row, column
            at = shapes.find(shape, at + 1)
    return 0, 0


def _reference(xml: bytes, at: int) -> tuple[int, int]:
    """Row and column of the reference that begins here; a row's own reference has column 0."""
    match = _REFERENCE.match(xml[at : at + 12].decode("ascii", "replace"))
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


def _is_used(xml: bytes, at: int, column: int) -> bool:
    end = xml.find(b">", at)
    if end >= 0 and xml[end - 1 : end] == b"/":
        return False
    if column or end < 0:
        return True
    # A row far down whose cells bear no reference of their own.
    follows = xml[end + 1 : end + 400].partition(b"</row")[0]
    return bool(_UNPLACED_CELL.search(follows))


def _faulty_cells(xml: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    faults: dict[tuple[int, int], tuple[str, str]] = {}
    places = _Places(xml)
    for mark in re.finditer(rb"""t=["']e["']""", xml) if _has_errors(xml) else ():
        start = xml.rfind(b"<", max(0, mark.start() - _LONGEST), mark.start())
        value = _value_of(xml, mark.start())
        place = places.of(start)
        if place and value:
            faults[place] = ("formula_error", html.unescape(value))
    if b"<f" not in xml and b":f" not in xml:
        return faults
    places = _Places(xml)
    for formula in _FORMULA.finditer(xml):
        start = xml.rfind(b"<", 0, formula.start())  # the formula comes first in its cell
        if b't="str"' in xml[start : formula.start()] or _value_of(xml, formula.start()):
            continue
        place = places.of(start)
        if place:
            faults[place] = ("formula_without_value", "=…")
    return faults


def _has_errors(xml: bytes) -> bool:
    return b't="e"' in xml or b"t='e'" in xml


def _value_of(xml: bytes, inside: int) -> str:
    """The stored value of the cell this place is in."""
    end = _CELL_END.search(xml, inside, inside + _LONGEST)
    value = _VALUE.search(xml, inside, end.start() if end else inside)
    return value[1].decode("utf-8", "replace") if value else ""


class _Places:
    """Places of cells by where their start tags are; asked in ascending order.

    Cells and rows may leave out their references; then they are counted, each byte once.
    """

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._at = self._row = self._column = 0

    def of(self, tag_start: int) -> tuple[int, int] | None:
        """0-based row and column of the cell whose start tag begins here, None if it is no cell."""
        end = self._xml.find(b">", tag_start, tag_start + _LONGEST)
        tag = self._xml[max(tag_start, 0) : end + 1]
        if not _CELL_TAG.match(tag):
            return None
        found = _REFERENCE.match(attributes(tag).get("r", ""))
        if found:
            return int(found[2]) - 1, column_number(found[1]) - 1
        for match in _ROW_OR_CELL.finditer(self._xml, self._at, tag_start + len(tag)):
            self._count(match[0])
        self._at = tag_start + len(tag)
        return self._row - 1, self._column - 1

    def _count(self, tag: bytes) -> None:
        reference = attributes(tag).get("r", "")
        if _CELL_TAG.match(tag):
            found = _REFERENCE.match(reference)
            self._column = column_number(found[1]) if found else self._column + 1
        else:
            self._row = int(reference) if reference.isdecimal() else self._row + 1
            self._column = 0


def _hidden_rows(xml: bytes) -> set[int]:
    """0-based rows that are hidden; those without a reference of their own are counted."""
    if b"hidden=" not in xml:
        return set()
    hidden: set[int] = set()
    row = 0
    for tag in _ROW_TAG.findall(xml):
        found = attributes(tag)
        reference = found.get("r", "")
        row = int(reference) if reference.isascii() and reference.isdecimal() else row + 1
        if found.get("hidden") in _TRUE:
            hidden.add(row - 1)
    return hidden


def _columns(xml: bytes) -> tuple[dict[int, float], set[int]]:
    """Widths of columns, and which are hidden; 0-based."""
    widths: dict[int, float] = {}
    hidden: set[int] = set()
    for tag in _COL_TAG.findall(xml[: max(0, xml.find(b"<sheetData"))][-_LONGEST:]):
        found = attributes(tag)
        try:
            first, last = int(found["min"]), int(found["max"])
            width = float(found.get("width", "0"))
        except (KeyError, ValueError):
            continue
        columns = range(first - 1, min(last, 256))
        if 0 < width <= 255:
            widths.update(dict.fromkeys(columns, width))
        if found.get("hidden") in _TRUE:
            hidden.update(columns)
    return widths, hidden
