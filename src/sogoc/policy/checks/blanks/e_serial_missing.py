"""Thiếu số hiệu trong khi các dòng khác đã ghi.

The serial is missing while other rows have one.

A column that is absent or empty throughout means: bind serials at print.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-SERIAL-MISSING",
    violation="V18",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 2 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi số hiệu của phôi, hoặc để trống cả cột để hệ thống gắn khi in.",
        "Give the blank's serial, or leave the whole column empty to bind at print.",
    ),
    reviewed=date(2026, 11, 21),
    is_needed=True,
    applies=only_issue,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Each empty cell of a partly filled column."""
    empty = [i for i, row in enumerate(facts.rows) if not row.serial]
    if len(empty) < len(facts.rows):
        for index in empty:
            yield index, failed(column="serial")
