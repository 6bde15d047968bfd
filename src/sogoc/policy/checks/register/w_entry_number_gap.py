"""Số vào sổ không liên tục: thiếu {missing}.

The entry numbers are not continuous: {missing} missing.

Numbers of a calendar year ascend without gaps, on from the book's last one. The register allocates
them itself, so a gap in a list is a question about the paper book, not an obstacle.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.register._entries import pattern_of, sequence_of
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import some

CHECK = Check(
    id="W-ENTRY-NUMBER-GAP",
    violation="V17",
    scope="list",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Đối chiếu với sổ gốc; sổ gốc sẽ cấp số liên tục khi cấp.",
        "Compare with the book; the register allocates continuous numbers on issue.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
)

_START = Text(
    "Số vào sổ nhỏ nhất trong danh sách là {least}, sổ gốc năm {year} đang ở số {last}.",
    "The least entry number of the list is {least}; the book of {year} is at {last}.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Numbers between the least and the greatest that no row has, then where they start."""
    pattern = pattern_of(facts, law)
    numbers = {
        sequence
        for row in facts.rows
        if row.entry_number and (sequence := sequence_of(row.entry_number, pattern)) is not None
    }
    if not numbers:
        return
    missing: list[str] = []
    ordered = sorted(numbers)
    for one, following in pairwise(ordered):
        if following > one + 1:
            last = following - 1
            missing.append(str(last) if last == one + 1 else f"{one + 1}–{last}")
    book = facts.book
    if missing:
        yield None, warned(column="entry_number", missing=some(missing))
    elif book is not None and book.last_sequence not in (None, ordered[0] - 1):
        yield (
            None,
            warned(
                column="entry_number",
                message=_START,
                least=ordered[0],
                year=book.year,
                last=book.last_sequence,
            ),
        )
