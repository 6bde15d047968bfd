"""Small questions about single cells."""

from __future__ import annotations

import datetime as dt

from sogoc.kernel.names import clean


def is_empty(cell: object) -> bool:
    """Tell whether a cell shows nothing."""
    return cell is None or cell == "" or (isinstance(cell, str) and not clean(cell))


def show(cell: object) -> str:
    """Return what a cell shows: whole numbers without ".0", dates as dd/mm/yyyy, texts as typed."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return _day(cell) if isinstance(cell, dt.date) else str(cell)


def _day(day: dt.date) -> str:
    shown = f"{day.day:02}/{day.month:02}/{day.year:04}"
    has_time = isinstance(day, dt.datetime) and day.time() != dt.time()
    return f"{shown} {day:%H:%M:%S}" if has_time else shown


def text_of(cell: object) -> str:
    """Return the cleaned text a cell shows, for headers and the lines around a list."""
    return clean(show(cell).replace("\n", " "))
