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
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        shown = _day(cell.date())
        return shown if cell.time() == dt.time() else f"{shown} {cell:%H:%M:%S}"
    if isinstance(cell, dt.date):
        return _day(cell)
    return str(cell)


def _day(day: dt.date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def text_of(cell: object) -> str:
    """Return the cleaned text a cell shows, for headers and the lines around a list."""
    return clean(show(cell).replace("\n", " "))
