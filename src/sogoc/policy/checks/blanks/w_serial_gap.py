"""Số hiệu không liên tục: thiếu {missing}, chưa có giải trình trong sổ phôi.

The serials are not continuous: {missing} missing, and the ledger of blanks does not explain them.

Serials run on since the first printing, so a number that is neither used, in stock, destroyed nor
reported lost is a question. Blanks of the body's own lots are accounted for by the ledger.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from sogoc.kernel.identifiers import Serial, SerialError
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.blanks._serials import plain
from sogoc.policy.facts import BlanksFact, ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import some

CHECK = Check(
    id="W-SERIAL-GAP",
    violation="V15",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 1 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Đối chiếu sổ phôi: ghi biên bản hủy, báo mất hoặc số còn tồn của các số này.",
        "Compare with the ledger of blanks: minutes, notice of loss or stock for these numbers.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Numbers between those typed, series by series, that no lot of the ledger holds."""
    series: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for row in facts.rows:
        if row.serial:
            try:
                serial = Serial.parse(plain(row.serial))
            except SerialError:
                continue
            series[serial.prefix, serial.width].add(serial.number)
    missing: list[str] = []
    unaccounted = 0
    for (prefix, width), numbers in sorted(series.items()):
        for one, following in pairwise(sorted(numbers)):
            if following > one + 1:
                for first, last in _open(one + 1, following - 1, prefix, width, facts.blanks):
                    low, high = Serial(prefix, first, width), Serial(prefix, last, width)
                    unaccounted += last - first + 1
                    missing.append(str(low) if first == last else f"{low}–{high}")
    # rows whose serial was left out are found one by one: their numbers are no gap of the series
    if missing and unaccounted > sum(1 for row in facts.rows if not row.serial):
        yield None, warned(column="serial", missing=some(missing))


def _open(
    first: int, last: int, prefix: str, width: int, blanks: BlanksFact | None
) -> list[tuple[int, int]]:
    """The parts of a gap that no lot covers."""
    left = [(first, last)]
    for lot in blanks.lots if blanks is not None else ():
        if plain(lot.prefix) == prefix and lot.width == width:
            left = [
                part
                for low, high in left
                for part in ((low, min(high, lot.first - 1)), (max(low, lot.last + 1), high))
                if part[0] <= part[1]
            ]
    return left
