"""Periods drawn as bars, on the server: places in percent, so that nothing is scaled or styled.

The drawing only repeats a table that stands beneath it. Bars are stacked under their names, which
reads the same on a phone and on a wide screen.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sogoc.kernel.periods import Period

FIRST_YEAR: Final = 2003
"""The first regulation held came into force in January 2003; earlier days lie left of the edge."""
_LINE: Final = 18
_BAR: Final = 12
_GAP: Final = 8
_TOP: Final = 26
_WIDTH_OF_NAME: Final = 42
_TICK_YEARS: Final = 5
_LEAST_WIDTH: Final = 0.8


@dataclass(frozen=True, slots=True)
class Item:
    """One period to draw: its name, how sure it is, and the years written beside it.

    `about_from` stands in where the first day is not known, and bears no mark. With neither, no bar
    is drawn: a bar from the edge would claim years nobody knows.
    """

    name: str
    period: Period
    confidence: str
    years: str
    about_from: date | None = None

    @property
    def first(self) -> date | None:
        """Where the bar starts."""
        return self.period.start or self.about_from


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a name."""

    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, and above it its name. Ends that are dated bear a mark, open ones none."""

    lines: tuple[Line, ...]
    years: str
    years_y: str
    x: str
    width: str
    y: str
    end: str
    bottom: str
    confidence: str
    is_drawn: bool
    is_started: bool
    is_ended: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the axis, or the day asked for."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All an `<svg>` needs; every number is text already."""

    title: str
    says: str
    height: str
    bottom: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    mark: Tick | None


def draw(items: Sequence[Item], *, title: str, says: str, mark: date | None = None) -> Drawing:
    """Draw periods in the order given; `mark` is a day shown as a line through all of them."""
    days = [d for i in items for d in (i.period.start, i.period.until) if d is not None]
    last = max([*days, *([mark] if mark else [])], default=date(FIRST_YEAR, 1, 1)).year + 2
    axis = (date(FIRST_YEAR, 1, 1), date(last, 1, 1))
    y, bars = _TOP + (_LINE if mark else 0), []
    for item in items:
        bar, y = _bar(item, y, axis)
        bars.append(bar)
    years = range(FIRST_YEAR + -FIRST_YEAR % _TICK_YEARS, last, _TICK_YEARS)
    return Drawing(
        title=title,
        says=says,
        height=f"{y + 4}",
        bottom=f"{y}",
        bars=tuple(bars),
        ticks=tuple(_ticks(years, axis)),
        mark=_mark(mark, axis) if mark else None,
    )


def _bar(item: Item, top: int, axis: tuple[date, date]) -> tuple[Bar, int]:
    words = textwrap.wrap(item.name, _WIDTH_OF_NAME) or [""]
    lines = tuple(Line(f"{top + _LINE * n + 13}", text) for n, text in enumerate(words))
    y = top + _LINE * len(words)
    left = _share(item.first, axis, 0.0)
    right = _share(item.period.until, axis, 100.0)
    if right - left < _LEAST_WIDTH:
        left, right = min(left, 100 - _LEAST_WIDTH), min(left, 100 - _LEAST_WIDTH) + _LEAST_WIDTH
    return (
        Bar(
            lines=lines,
            years=item.years,
            years_y=lines[-1].y,
            x=_percent(left),
            width=_percent(right - left),
            y=f"{y}",
            end=_percent(right),
            bottom=f"{y + _BAR}",
            confidence=item.confidence,
            is_drawn=item.first is not None,
            is_started=item.period.start is not None and item.period.start >= axis[0],
            is_ended=item.period.until is not None,
        ),
        y + _BAR + _GAP,
    )


def _share(day: date | None, axis: tuple[date, date], when_open: float) -> float:
    if day is None:
        return when_open
    length = (axis[1] - axis[0]).days
    return min(100.0, max(0.0, 100 * (day - axis[0]).days / length))


def _percent(share: float) -> str:
    return f"{share:.2f}%"


def _ticks(years: Iterable[int], axis: tuple[date, date]) -> Iterable[Tick]:
    for year in years:
        yield Tick(_percent(_share(date(year, 1, 1), axis, 0)), str(year), "middle")


def _mark(day: date, axis: tuple[date, date]) -> Tick:
    share = _share(day, axis, 0)
    anchor = "start" if share < 20 else "end" if share > 80 else "middle"
    return Tick(_percent(share), f"{day:%d/%m/%Y}", anchor)
