"""Columns of cells become columns of values, a whole column at a time.

Each converter takes the cells of one column and returns the values and, sparsely, the problems:
`{place in the column: (code, what the cell shows)}`. A list of 100,000 lines has few different
places, sexes and dates, so texts are read once and remembered.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Final

from sogoc.intake.cells import show
from sogoc.intake.dates import Read, read_date, read_text
from sogoc.intake.fields import Kind, kind_of
from sogoc.kernel.names import clean

Problems = dict[int, tuple[str, str]]
Converted = tuple[list[object], Problems]

_NUMBER: Final = re.compile(r"[+-]?\d+(?:\s?[.,]\s?\d+)?", re.ASCII)
_EXACT_WHOLE: Final = 10**15
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[\s.\-]+(?=\d)", re.ASCII)
_POWER_OF_TEN: Final = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_ONE_SHORT: Final = (8, 11)  # of the 9 digits of an old card, the 12 of a personal ID
_SEXES: Final = {
    "nam": "male",
    "nữ": "female",
    "nu": "female",
    "male": "male",
    "female": "female",
}


class _Cleaned(dict[str, str | None]):
    """Texts by what was typed; an empty one is None."""

    def __missing__(self, raw: str) -> str | None:
        value = self[raw] = clean(raw) or None
        return value


def convert(field: str, cells: Sequence[object]) -> Converted:
    """Convert the cells of one column to the values of a field."""
    return _CONVERTERS[kind_of(field)](cells)


def _texts(cells: Sequence[object]) -> Converted:
    cleaned = _Cleaned()
    if set(map(type, cells)) <= {str}:
        if len(set(cells)) * 2 > len(cells):
            return [clean(cell) or None for cell in cells], {}  # type: ignore[arg-type]  # all are str
        return [cleaned[cell] for cell in cells], {}  # type: ignore[index]  # all are str
    return [cleaned[show(cell)] for cell in cells], {}


def _codes(cells: Sequence[object]) -> Converted:
    values, problems = _texts(cells)
    if not set(map(type, cells)) <= {str}:
        for place, cell in enumerate(cells):
            if isinstance(cell, float) and abs(cell) >= _EXACT_WHOLE:
                problems[place] = ("digits_lost", show(cell))
            elif isinstance(cell, dt.date | dt.time | dt.timedelta | bool) or (
                isinstance(cell, float) and not cell.is_integer()
            ):
                problems[place] = ("not_text", show(cell))
    return values, problems


def _ids(cells: Sequence[object]) -> Converted:
    """Personal IDs and old card numbers: digits without what separates them, passports as typed."""
    values, problems = _codes(cells)
    for place, value in enumerate(values):
        if not isinstance(value, str) or (value.isdecimal() and len(value) in (9, 12)):
            continue
        plain = value.lstrip("'")
        digits = _BETWEEN_DIGITS.sub("", plain)
        values[place] = digits if digits.isascii() and digits.isdecimal() else plain
        if place in problems:
            continue
        if _POWER_OF_TEN.fullmatch(plain):
            problems[place] = ("digits_lost", value)
        elif digits.isascii() and digits.isdecimal() and len(digits) in _ONE_SHORT:
            problems[place] = ("zero_lost", value)
    return values, problems


def _names(cells: Sequence[object]) -> Converted:
    if set(map(type, cells)) <= {str}:
        return [clean(cell) or None for cell in cells], {}  # type: ignore[arg-type]  # all are str
    problems: Problems = {
        place: ("not_text", show(cell))
        for place, cell in enumerate(cells)
        if cell is not None and not isinstance(cell, str)
    }
    return [clean(show(cell)) or None for cell in cells], problems


class _Dates(dict[object, Read]):
    def __missing__(self, cell: object) -> Read:
        value = self[cell] = read_text(cell) if isinstance(cell, str) else read_date(cell)
        return value


def _date_cells(cells: Sequence[object]) -> Converted:
    kinds = set(map(type, cells))
    if kinds <= {dt.date}:
        return list(cells), {}
    known = _Dates()
    read = [known[cell] for cell in cells]
    problems = {place: (code, show(cells[place])) for place, (_, code) in enumerate(read) if code}
    return [value for value, _ in read], problems


def _numbers(cells: Sequence[object]) -> Converted:
    if set(map(type, cells)) <= {float}:
        return list(cells), {}
    values: list[object] = []
    problems: Problems = {}
    for place, cell in enumerate(cells):
        value = _number(cell)
        values.append(value)
        if value is None and clean(show(cell)):
            problems[place] = ("not_a_number", show(cell))
    return values, problems


def _number(cell: object) -> float | None:
    if isinstance(cell, float):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str):
        plain = clean(cell)
        if _NUMBER.fullmatch(plain):
            return float(plain.replace(" ", "").replace(",", "."))
    return None


def _wholes(cells: Sequence[object]) -> Converted:
    return [_whole(cell) for cell in cells], {}


def _whole(cell: object) -> object:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    plain = clean(show(cell))
    if plain.isascii() and plain.rstrip(".").isdecimal():
        return int(plain.rstrip("."))
    return plain or None


def _sexes(cells: Sequence[object]) -> Converted:
    known: dict[str, str | None] = {"": None}
    values: list[object] = []
    problems: Problems = {}
    for place, cell in enumerate(cells):
        raw = cell if isinstance(cell, str) else show(cell)
        if raw not in known:
            known[raw] = _SEXES.get(clean(raw).rstrip(".").casefold())
        value = known[raw]
        values.append(value)
        if value is None and clean(raw):
            problems[place] = ("unknown_sex", raw)
    return values, problems


_CONVERTERS: Final[dict[Kind, Callable[[Sequence[object]], Converted]]] = {
    Kind.NAME: _names,
    Kind.TEXT: _texts,
    Kind.CODE: _codes,
    Kind.ID: _ids,
    Kind.DATE: _date_cells,
    Kind.NUMBER: _numbers,
    Kind.WHOLE: _wholes,
    Kind.SEX: _sexes,
}
