"""Số vào sổ {number} đã dùng ở {first}.

The entry number {number} is already used on {first}.

Each entry number is on one credential only. The later row is the error; the first is pointed to.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.checks.register._entries import key_of, pattern_of
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import place

CHECK = Check(
    id="E-ENTRY-NUMBER-TWICE",
    violation="V16",
    scope="list",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi số vào sổ khác nhau, hoặc để trống cả cột để sổ gốc tự cấp số.",
        "Give different numbers, or leave the whole column empty for the register to allocate.",
    ),
    reviewed=date(2026, 11, 21),
    whole_register=True,
)

_FIRST = Text(
    "Số vào sổ {number} còn được dùng ở {later}.",
    "The entry number {number} is used on {later} as well.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """One pass; leading zeros and spaces do not make another number."""
    rows, pattern = facts.rows, pattern_of(facts, law)
    first: dict[tuple[int, int | None] | str, int] = {}
    warned_of: set[int] = set()
    for index, row in enumerate(rows):
        number = row.entry_number
        if not number:
            continue
        earlier = first.setdefault(key_of(number, pattern), index)
        if earlier == index:
            continue
        yield index, failed(column="entry_number", number=number, first=place(rows[earlier], row))
        if earlier not in warned_of:
            warned_of.add(earlier)
            later = place(row, rows[earlier])
            yield earlier, warned(message=_FIRST, column="entry_number", number=number, later=later)
