"""Dates as people type them. Day first always; what is ambiguous is refused, not guessed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from sogoc.intake.cells import show
from sogoc.kernel.names import clean

_TIME: Final = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_SEP: Final = r"\s?[/.\-]\s?"
_DAY_FIRST: Final = re.compile(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}}){_TIME}", re.ASCII)
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})([/.\-])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_IN_WORDS: Final = re.compile(
    r"(?:ngày )?(\d{1,2}),? tháng (\d{1,2}),? năm (\d{4})", re.ASCII | re.IGNORECASE
)
_SHORT_YEAR: Final = re.compile(rf"\d{{1,2}}{_SEP}\d{{1,2}}{_SEP}\d{{2}}", re.ASCII)
_NO_DAY: Final = re.compile(
    rf"(?:[_.…]*{_SEP})?(?:[_.…]*{_SEP}|\d{{1,2}}{_SEP}|tháng \d{{1,2}},? năm |năm )?\d{{4}}",
    re.ASCII | re.IGNORECASE,
)
_PARTIAL: Final = re.compile(
    r"(?:[_.…/\-\s]*|năm )(?:(?:tháng )?(\d{1,2})(?:\s?[/.\-]\s?|,? năm ))?(\d{4})",
    re.ASCII | re.IGNORECASE,
)
_YEARS: Final = range(1800, 2200)

Read = tuple[dt.date | None, str | None]


def read_date(cell: object) -> Read:
    """Read one cell: `(date, None)`, `(None, problem code)`, or `(None, None)` when empty.

    Codes: `no_such_date` (31/02/1998), `two_digit_year` (5/3/90), `incomplete_date` (1990,
    03/1990) and `not_a_date`. A time of day beside the date is left out.
    """
    if isinstance(cell, dt.datetime):
        return cell.date(), None
    if isinstance(cell, dt.date):
        return cell, None
    if isinstance(cell, str):
        return read_text(cell)
    if cell is None:
        return None, None
    if isinstance(cell, float | int) and not isinstance(cell, bool) and cell in _YEARS:
        return None, "incomplete_date"
    return None, "not_a_date"


def read_text(text: str) -> Read:
    """Read a date typed as text; see `read_date`."""
    plain = clean(text).lstrip("'").rstrip(".,; ")
    if not plain:
        return None, None
    match = _DAY_FIRST.fullmatch(plain) or _IN_WORDS.fullmatch(plain)
    if match:
        return _date(match[3], match[2], match[1])
    match = _YEAR_FIRST.fullmatch(plain)
    if match:
        return _date(match[1], match[3], match[4])
    if _SHORT_YEAR.fullmatch(plain):
        return None, "two_digit_year"
    if _NO_DAY.fullmatch(plain):
        return None, "incomplete_date"
    return None, "not_a_date"


def precision(raw: str) -> str | None:
    """Say how much of a birth date is known: `year` (1965), `month` (05/1965), or None.

    Old registers hold such dates; a month that does not exist is no date at all.
    """
    plain = clean(raw).lstrip("'").rstrip(".,; ")
    match = _PARTIAL.fullmatch(plain)
    if match is None or int(match[2]) not in _YEARS:
        return None
    if match[1] is None:
        return "year"
    return "month" if int(match[1]) in range(1, 13) else None


def _date(year: str, month: str, day: str) -> Read:
    if int(year) not in _YEARS:
        return None, "no_such_date"  # 05/03/0206: a slip of the finger, not a year
    try:
        return dt.date(int(year), int(month), int(day)), None
    except ValueError:
        return None, "no_such_date"


def from_parts(day: object, month: object, year: object) -> tuple[dt.date | None, str | None, str]:
    """Compose a date of three cells: `(date, problem code, what the cells show)`."""
    shown = [clean(show(part)) for part in (day, month, year)]
    if not any(shown):
        return None, None, ""
    raw = "/".join(shown)
    if shown[2] and not (shown[0] and shown[1]):
        return None, "incomplete_date", raw
    found, code = read_text(raw)
    return found, code, raw
