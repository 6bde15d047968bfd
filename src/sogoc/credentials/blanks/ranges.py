"""Runs of serials as half-open number ranges; plain arithmetic, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sogoc.credentials.blanks.errors import BlankError
from sogoc.kernel.identifiers import Serial
from sogoc.kernel.text import Text


class Run(NamedTuple):
    """Serials ``prefix`` + ``first`` … ``last``, written with ``width`` digits, both ends in."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many serials it holds."""
        return self.last - self.first + 1

    def serial(self, number: int) -> str:
        """Return the serial of one number as printed."""
        return f"{self.prefix}{number:0{self.width}d}"


def normal_serial(text: str) -> Serial:
    """Read a serial as typed: spaces dropped, letters made capitals. Raises ``SerialError``."""
    return Serial.parse("".join(text.split()).upper())


def run_of(first: str, last: str | None) -> Run:
    """Read a run from its first and last serial (one blank when ``last`` is left out)."""
    low = normal_serial(first)
    high = normal_serial(last) if last else low
    if (low.prefix, low.width) != (high.prefix, high.width) or high.number < low.number:
        raise BlankError(
            "blank_run_malformed",
            Text(
                f"Dải số hiệu {first} – {last} không đúng: hai đầu phải cùng chữ đầu, cùng số chữ "
                "số, và số cuối không nhỏ hơn số đầu.",
                f"The run {first} – {last} is malformed: both ends need the same letters and "
                "width, and the last must not be below the first.",
            ),
            first=first,
            last=last,
        )
    return Run(low.prefix, low.width, low.number, high.number)


def subtract(run: Run, taken: Iterable[tuple[int, int]]) -> list[Run]:
    """Return what is left of a run without the ``(first, last)`` pairs, in ascending order."""
    left: list[Run] = []
    at = run.first
    for first, last in sorted(taken):
        if last < at or first > run.last:
            continue
        if first > at:
            left.append(run._replace(first=at, last=first - 1))
        at = max(at, last + 1)
    if at <= run.last:
        left.append(run._replace(first=at))
    return left


def gather(serials: Sequence[Serial]) -> list[Run]:
    """Join serials into the fewest runs, ascending; the same serial twice counts once."""
    runs: list[Run] = []
    for serial in sorted(set(serials), key=lambda s: (s.prefix, s.width, s.number)):
        end = runs[-1] if runs else None
        if (
            end is not None
            and (end.prefix, end.width) == (serial.prefix, serial.width)
            and end.last + 1 == serial.number
        ):
            runs[-1] = end._replace(last=serial.number)
        else:
            runs.append(Run(serial.prefix, serial.width, serial.number, serial.number))
    return runs
