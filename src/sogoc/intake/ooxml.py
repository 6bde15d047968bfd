"""The inside of an .xlsx before it is parsed: real sizes, which kind it is, faulty cells.

The fast reader trusts what it is given: it unpacks without limit, makes a dense grid up to the
last used cell, and gives error cells as empty. Here the package is unpacked under a limit and its
sheets are searched for such cells.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
import zlib
from typing import Final

from sogoc.intake.errors import refuse
from sogoc.intake.extras import Extras
from sogoc.intake.model import Limits
from sogoc.kernel.text import Text

_CHUNK: Final = 1 << 20
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_ENCRYPTED: Final = 0x1

_OTHER_OFFICE: Final[tuple[tuple[str, Text], ...]] = (
    ("word/document.xml", Text("văn bản Word (.docx)", "a Word text (.docx)")),
    ("ppt/presentation.xml", Text("bài trình chiếu (.pptx)", "a presentation (.pptx)")),
    ("xl/workbook.bin", Text("bảng tính nhị phân (.xlsb)", "a binary workbook (.xlsb)")),
    ("content.xml", Text("tài liệu OpenDocument (.ods)", "an OpenDocument file (.ods)")),
)

_ATTRIBUTE: Final = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SHEET_TAG: Final = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION_TAG: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_COL_TAG: Final = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_REFERENCE: Final = re.compile(r"([A-Z]+)([0-9]+)$")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
# References that may be over a limit: three letters, or six digits and more. Rare in honest files.
_FAR_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br=["']((?:[A-Z]{3,}[0-9]+)|(?:[A-Z]+[0-9]{6,}))["'][^>]*(?<!/)>"""
)
_FAR_HINT: Final = re.compile(rb"""r=["'](?:[A-Z]{3}|[A-Z]{1,2}[0-9]{6})""")
_FAR_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["']([0-9]{6,})["']""")


class Package:
    """An .xlsx file, unpacked under the limits.

    Raises `IntakeError` (`corrupt_file`, `zip_bomb`, `password_protected`, `two_workbooks`,
    `unsupported_type`, `archive_not_workbook`) from the constructor.
    """

    def __init__(self, data: bytes, file_name: str, limits: Limits) -> None:
        self._name = file_name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
            raise refuse("corrupt_file", file_name, detail=str(broken)) from broken
        infos = self._zip.infolist()
        # Part names do not differ by case, and some producers write them with backslashes.
        self._parts = {_part_name(info.filename): info.filename for info in infos}
        self._check_kind(set(self._parts))
        limit = limits.max_unpacked_bytes
        if sum(info.file_size for info in infos) > limit:
            raise refuse("zip_bomb", file_name, limit=limit // 2**20)
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise refuse("password_protected", file_name)
        if len(self._parts) != len(infos):
            raise refuse("corrupt_file", file_name, detail="two parts of one name")
        self._sheets = self._sheet_parts()

    def _check_kind(self, names: set[str]) -> None:
        is_xlsx = "xl/workbook.xml" in names
        others = [kind for part, kind in _OTHER_OFFICE if part in names]
        if is_xlsx and others:
            raise refuse("two_workbooks", self._name)
        if is_xlsx:
            return
        if others:
            raise refuse("unsupported_type", self._name, kind=others[0])
        if "[content_types].xml" in names:
            raise refuse("corrupt_file", self._name, detail="no xl/workbook.xml")
        raise refuse("archive_not_workbook", self._name)

    def read(self, part: str) -> bytes:
        """Unpack one part; a part longer than it declares is damaged and refused."""
        try:
            with self._zip.open(self._parts[part]) as stream:
                return b"".join(iter(lambda: stream.read(_CHUNK), b""))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as broken:
            raise refuse("corrupt_file", self._name, detail=str(broken)) from broken

    def _sheet_parts(self) -> list[str]:
        """Names of the sheets' parts in workbook order ("" where the package names none)."""
        for part in self._parts:
            if part.endswith((".xml", ".rels")) and not part.startswith("xl/worksheets/"):
                self.read(part)  # whole and as long as declared, or refused
        targets: dict[str, str] = {}
        if _RELATIONS in self._parts:
            for tag in _RELATION_TAG.findall(self.read(_RELATIONS)):
                found = attributes(tag)
                target = posixpath.normpath(posixpath.join("/xl", found.get("Target", "")))
                targets[found.get("Id", "")] = _part_name(target.lstrip("/"))
        parts: list[str] = []
        for tag in _SHEET_TAG.findall(self.read("xl/workbook.xml")):
            found = attributes(tag)
            relation = next((v for k, v in found.items() if k.endswith(":id")), "")
            parts.append(targets.get(relation, ""))
        return parts

    def inspect(self, index: int) -> Extras:
        """Search the sheet at this 0-based place for its far corner, faulty cells and widths."""
        part = self._sheets[index] if index < len(self._sheets) else ""
        if part not in self._parts:
            raise refuse("corrupt_file", self._name, detail=f"sheet {index + 1} has no part")
        xml = self.read(part)
        row, column = _far_corner(xml)
        return Extras(row, column, _faulty_cells(xml), _widths(xml))


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lower()


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


def _far_corner(xml: bytes) -> tuple[int, int]:
    row = column = 0
    if _FAR_HINT.search(xml):
        for match in _FAR_CELL.finditer(xml):
            place = _REFERENCE.match(match[1].decode())
            if place:
                row = max(row, int(place[2]))
                column = max(column, column_number(place[1]))
    if row == 0:
        # Rows without cells are harmless; a far row whose cells bear no reference is not.
        for match in _FAR_ROW.finditer(xml):
            closing = xml.find(b">", match.end())
            follows = xml[closing + 1 : closing + 400]
            if xml[closing - 1 : closing] != b"/" and _has_unplaced_value(follows):
                row = max(row, int(match[1]))
    return row, column


def _has_unplaced_value(cells: bytes) -> bool:
    row = cells.partition(b"</row")[0]
    first = re.search(rb"<(?:\w+:)?c(?:\s[^>]*)?>", row)
    return bool(first and b" r=" not in first[0] and _VALUE.search(row))


def _faulty_cells(xml: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    faults: dict[tuple[int, int], tuple[str, str]] = {}
    for needle in (b't="e"', b"t='e'"):
        at = xml.find(needle)
        while at >= 0:
            start = xml.rfind(b"<", 0, at)
            end = _cell_end(xml, at)
            value = _VALUE.search(xml, at, end)
            place = _place(xml, start)
            if place and value:
                faults[place] = ("formula_error", html.unescape(value[1].decode()))
            at = xml.find(needle, at + 1)
    formula = re.compile(rb"<(?:\w+:)?f[\s>/]")
    if formula.search(xml):
        for match in formula.finditer(xml):
            start = max(xml.rfind(b"<c ", 0, match.start()), xml.rfind(b":c ", 0, match.start()) - 1)
            end = _cell_end(xml, match.start())
            value = _VALUE.search(xml, match.start(), end)
            is_text = b't="str"' in xml[start : match.start()]
            if not is_text and (value is None or not value[1]):
                place = _place(xml, xml.rfind(b"<", 0, start + 1))
                if place:
                    faults[place] = ("formula_without_value", "=…")
    return faults


def _cell_end(xml: bytes, start: int) -> int:
    ends = [at for at in (xml.find(b"</c>", start), xml.find(b":c>", start)) if at >= 0]
    return min(ends, default=len(xml))


def _place(xml: bytes, tag_start: int) -> tuple[int, int] | None:
    """0-based place of the cell whose start tag begins here; counted when it bears no reference."""
    tag = xml[tag_start : xml.find(b">", tag_start) + 1]
    place = _REFERENCE.match(attributes(tag).get("r", ""))
    if place:
        return int(place[2]) - 1, column_number(place[1]) - 1
    row_start = max(xml.rfind(b"<row", 0, tag_start), xml.rfind(b":row", 0, tag_start))
    if row_start < 0:
        return None
    row_tag = xml[row_start : xml.find(b">", row_start) + 1]
    number = attributes(row_tag).get("r")
    row = int(number) if number and number.isdigit() else len(
        re.findall(rb"<(?:\w+:)?row[\s>]", xml[: row_start + 5])
    )
    before = len(re.findall(rb"<(?:\w+:)?c[\s>/]", xml[row_start:tag_start]))
    return row - 1, before


def _widths(xml: bytes) -> dict[int, float]:
    widths: dict[int, float] = {}
    for tag in _COL_TAG.findall(xml[: xml.find(b"<sheetData") + 1 or None]):
        found = attributes(tag)
        try:
            first, last = int(found["min"]), int(found["max"])
            width = float(found["width"])
        except (KeyError, ValueError):
            continue
        if 0 < width <= 255:
            widths.update(dict.fromkeys(range(first - 1, min(last, 256)), width))
    return widths
