"""Danh sách ghi có {stated} người nhưng đọc được {rows} dòng.

The list states {stated} people but {rows} rows were read.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-STATED-COUNT",
    violation=None,
    scope="list",
    citations=(Cite("SO-GOC"),),
    remedy=Text(
        "Xem có dòng nào thiếu, thừa hoặc bị ẩn; sửa số ghi trong danh sách.",
        "See whether rows are missing, extra or hidden; put the stated count right.",
    ),
    reviewed=date(2026, 11, 21),
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Compare what the file says with what was read."""
    if facts.stated_count is not None and facts.stated_count != len(facts.rows):
        yield None, warned(stated=facts.stated_count, rows=len(facts.rows))
