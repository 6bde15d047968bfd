"""Sổ phôi không cân: nhận, in {came_in}, dùng và còn {known}, chênh {missing}.

The ledger of blanks does not balance: {came_in} came in, {known} are known, {missing} apart.

Opening stock, received and printed equal issued, destroyed with minutes, lost with notice, in stock
and on the way. The ledger's guards keep it so; a difference means somebody went around them.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-BLANKS-DO-NOT-BALANCE",
    violation="V15",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 1 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Kiểm kê phôi, đối chiếu biên bản và nhật ký; báo cơ quan quản lý nếu thiếu.",
        "Take stock, compare minutes and the log; report what is missing.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """The identity of the ledger."""
    balance = facts.blanks.balance if facts.blanks is not None else None
    if balance is not None and balance.missing:
        known = balance.came_in - balance.missing
        yield None, warned(came_in=balance.came_in, known=known, missing=balance.missing)
