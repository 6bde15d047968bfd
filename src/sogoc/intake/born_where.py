"""Lists that write the date and the place of birth into one cell: «01/02/1990, Hà Nội»."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, NamedTuple

from sogoc.intake.cells import is_empty, show
from sogoc.intake.dates import read_date
from sogoc.kernel.names import clean

FIELD: Final = "birth_date_place"

_DATE: Final = re.compile(
    r"(?:sinh\s)?((?:ngày )?\d{1,2},? tháng \d{1,2},? năm \d{4}"
    r"|\d{1,4}(?:\s?[/.\-]\s?\d{1,4}){2}|(?:\d{1,2}\s?[/.\-]\s?)?\d{4})(?![\d/])",
    re.IGNORECASE | re.ASCII,
)
_BETWEEN: Final = re.compile(r"[\s,;:.\-–—/()]*(?:tại\s)?", re.IGNORECASE)


class Born(NamedTuple):
    """What one cell says: date, place, and the problem `(code, what is shown)` of the date."""

    date: dt.date | None
    place: str | None
    problem: tuple[str, str] | None


def born_where(cell: object) -> Born:
    """Read one cell. A date comes first; what follows it is the place. Without one, no place."""
    if is_empty(cell):
        return Born(None, None, None)
    text = clean(show(cell).replace("\n", " "))
    match = _DATE.match(text) if isinstance(cell, str) else None
    found, code = read_date(match[1] if match else cell)
    problem = (code, match[1] if match else text) if code else None
    if match is None:
        return Born(found, None, problem)
    rest = text[match.end() :]
    place = rest[_BETWEEN.match(rest).end() :].rstrip(" )")  # type: ignore[union-attr]  # always matches
    return Born(found, place or None, problem)
