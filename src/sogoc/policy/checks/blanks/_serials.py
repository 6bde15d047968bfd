"""How the checks of blanks read serials."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable

from sogoc.kernel.identifiers import Serial, SerialError
from sogoc.policy.facts import BlanksFact


def plain(serial: str) -> str:
    """A serial as compared: capitals, no spaces."""
    return "".join(serial.split()).upper()


def belongs(blanks: BlanksFact) -> Callable[[str], bool]:
    """A function that says whether a plain serial lies in a lot the body received or printed."""
    lots: defaultdict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for lot in blanks.lots:
        lots[plain(lot.prefix), lot.width].append((lot.first, lot.last))
    starts: dict[tuple[str, int], list[int]] = {}
    for key, spans in lots.items():
        spans.sort()
        starts[key] = [first for first, _ in spans]

    def is_ours(serial: str) -> bool:
        try:
            read = Serial.parse(serial)
        except SerialError:
            return False
        key = (read.prefix, read.width)
        if key not in starts:
            return False
        at = bisect_right(starts[key], read.number) - 1
        return at >= 0 and read.number <= lots[key][at][1]

    return is_ours
