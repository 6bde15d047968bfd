"""Danh sách có {rows} người nhưng Quyết định số {number} chỉ công nhận {recognised} người.

The list has {rows} people but decision {number} recognises only {recognised}.

Fewer people than the decision recognises is only worth a look.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-MORE-ROWS-THAN-DECISION",
    violation="V08",
    scope="list",
    citations=(
        Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Đối chiếu danh sách với danh sách kèm theo quyết định.",
        "Compare the list with the one attached to the decision.",
    ),
    reviewed=date(2026, 11, 21),
    is_needed=True,
    applies=live_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
)

_FEWER = Text(
    "Quyết định số {number} công nhận {recognised} người, danh sách chỉ có {rows} người.",
    "Decision {number} recognises {recognised} people, the list has only {rows}.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Compare the two counts."""
    decision = facts.act.decision
    if decision is None or decision.row_count is None or decision.row_count == len(facts.rows):
        return
    about: dict[str, Any] = {
        "rows": len(facts.rows),
        "number": decision.number,
        "recognised": decision.row_count,
    }
    if len(facts.rows) > decision.row_count:
        yield None, failed(**about)
    else:
        yield None, warned(message=_FEWER, **about)
