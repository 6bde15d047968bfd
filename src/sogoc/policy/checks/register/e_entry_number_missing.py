"""Thiếu số vào sổ trong khi các dòng khác đã ghi.

The entry number is missing while other rows have one.

A column that is absent or empty throughout means: the register allocates. It always does; a typed
number is only compared.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-ENTRY-NUMBER-MISSING",
    violation="V18",
    scope="list",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi số vào sổ, hoặc để trống cả cột để sổ gốc tự cấp số.",
        "Give the entry number, or leave the whole column empty for the register to allocate.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Each empty cell of a partly filled column."""
    empty = [i for i, row in enumerate(facts.rows) if not row.entry_number]
    if len(empty) < len(facts.rows):
        for index in empty:
            yield index, failed(column="entry_number")
