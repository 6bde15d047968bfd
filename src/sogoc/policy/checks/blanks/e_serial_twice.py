"""Số hiệu {serial} đã dùng ở {first}.

The serial {serial} is already used on {first}.

One serial is on one blank. The later row is the error; the first one is pointed to.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.checks.blanks._serials import plain
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import place

CHECK = Check(
    id="E-SERIAL-TWICE",
    violation="V12",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 2 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Đối chiếu với phôi đã in; ghi đúng số hiệu của từng phôi.",
        "Compare with the printed blanks; give each its own serial.",
    ),
    reviewed=date(2026, 11, 21),
    whole_register=True,
)

_FIRST = Text(
    "Số hiệu {serial} còn được dùng ở {later}.", "The serial {serial} is used on {later} as well."
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """One pass; spaces and case do not make another serial."""
    rows = facts.rows
    first: dict[str, int] = {}
    warned_of: set[int] = set()
    for index, row in enumerate(rows):
        if not row.serial:
            continue
        earlier = first.setdefault(plain(row.serial), index)
        if earlier == index:
            continue
        yield index, failed(column="serial", serial=row.serial, first=place(rows[earlier], row))
        if earlier not in warned_of:
            warned_of.add(earlier)
            later = place(row, rows[earlier])
            yield earlier, warned(message=_FIRST, column="serial", serial=row.serial, later=later)
