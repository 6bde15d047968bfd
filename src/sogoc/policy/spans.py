"""Arithmetic of periods: what a set of periods leaves open of another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sogoc.kernel.periods import Period


def outside(period: Period, covered: Iterable[Period]) -> list[Period]:
    """The parts of ``period`` that none of ``covered`` holds, in order; open ends stay open."""
    left = [period]
    for other in covered:
        left = [rest for part in left for rest in _minus(part, other)]
    return sorted(left, key=lambda p: p.start or date.min)


def _minus(one: Period, other: Period) -> list[Period]:
    if not one.overlaps(other):
        return [one]
    rest = []
    if other.start is not None and (one.start is None or one.start < other.start):
        rest.append(Period(one.start, other.start))
    if other.until is not None and (one.until is None or other.until < one.until):
        rest.append(Period(other.until, one.until))
    return rest
