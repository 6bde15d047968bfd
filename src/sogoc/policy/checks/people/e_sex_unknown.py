"""Giới tính ghi “{raw}”, không phải Nam hay Nữ.

The sex is given as “{raw}”, which is neither Nam (male) nor Nữ (female).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-SEX-UNKNOWN",
    violation="V18",
    scope="row",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Ghi Nam hoặc Nữ theo giấy khai sinh.", "Write Nam or Nữ."),
    reviewed=date(2026, 11, 21),
)


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Fail when something else was typed; empty cells have a check of their own."""
    if row.sex is not None or row.sex_raw is None or not row.sex_raw.strip():
        return PASSED
    return failed(column="sex", raw=row.sex_raw.strip())


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only rows whose sex was not understood."""
    for index, row in enumerate(rows):
        if row.sex is None and row.sex_raw is not None:
            yield index, run(row, act, law)
