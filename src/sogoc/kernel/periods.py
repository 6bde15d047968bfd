"""Half-open periods of days: the first day counts, the `until` day does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

VIET_NAM: Final = timezone(timedelta(hours=7), "+07")
"""Local time, without summer time since 1975; no older time of day is known here."""


class PeriodError(Error):
    """A period without a single day, or one not made of dates."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days `start <= day < until`; `None` means without bound on that side.

    Raises `PeriodError` when `start >= until` or when a bound is not a plain date.
    """

    start: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        for bound in (self.start, self.until):
            # datetime is a subclass of date, yet the two do not compare.
            if bound is not None and (not isinstance(bound, date) or isinstance(bound, datetime)):
                raise PeriodError(
                    "period_bound_not_a_date",
                    Text(
                        "Mốc của khoảng thời gian phải là ngày.",
                        "A bound of a period must be a date.",
                    ),
                )
        if self.start is not None and self.until is not None and self.start >= self.until:
            raise PeriodError(
                "period_empty",
                Text(
                    f"Khoảng thời gian từ {self.start:%d/%m/%Y} đến trước {self.until:%d/%m/%Y} "
                    "không có ngày nào.",
                    f"The period from {self.start} until {self.until} holds no day.",
                ),
                start=self.start,
                until=self.until,
            )

    @classmethod
    def through(cls, first: date | None, last: date | None) -> Period:
        """Build a period from its first and last day, both included, as the law writes it."""
        if last is None or last == date.max:
            return cls(first, None)
        return cls(first, last + timedelta(days=1))

    @property
    def last_day(self) -> date | None:
        """The last day inside, or `None` when the period has no end."""
        return None if self.until is None else self.until - timedelta(days=1)

    def contains(self, day: date) -> bool:
        """Say whether `day` lies inside."""
        if self.start is not None and day < self.start:
            return False
        return self.until is None or day < self.until

    def overlaps(self, other: Period) -> bool:
        """Say whether the two share at least one day."""
        if self.start is not None and other.until is not None and other.until <= self.start:
            return False
        return not (
            other.start is not None and self.until is not None and self.until <= other.start
        )

    def covers(self, other: Period) -> bool:
        """Say whether every day of `other` lies inside."""
        starts = self.start is None or (other.start is not None and self.start <= other.start)
        ends = self.until is None or (other.until is not None and other.until <= self.until)
        return starts and ends

    def intersect(self, other: Period) -> Period | None:
        """Return the days common to both, or `None` when there are none."""
        if not self.overlaps(other):
            return None
        starts = [bound for bound in (self.start, other.start) if bound is not None]
        untils = [bound for bound in (self.until, other.until) if bound is not None]
        return Period(max(starts, default=None), min(untils, default=None))


ALWAYS = Period()
"""The period without bounds."""


def local_day(at: datetime) -> date:
    """Return the day in Viet Nam at a time, which must bear a time zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone has no day in Viet Nam")
    return at.astimezone(VIET_NAM).date()
