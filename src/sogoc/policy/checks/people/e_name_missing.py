"""Thiếu họ và tên.

The name is missing.

A name of one word is complete; nothing is ever guessed from other columns.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-NAME-MISSING",
    violation="V18",
    scope="row",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Ghi họ và tên theo giấy khai sinh.", "Give the name as in the birth certificate."),
    reviewed=date(2026, 11, 21),
    is_needed=True,
)


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Fail without a single letter."""
    return PASSED if row.full_name and row.full_name.strip() else failed(column="full_name")


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """All rows at once."""
    for index, row in enumerate(rows):
        name = row.full_name
        if not name or name.isspace():
            yield index, run(row, act, law)
