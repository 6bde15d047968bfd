"""Phôi số hiệu {serial} {state}, không dùng được.

The blank {serial} {state} and cannot be used.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.blanks._serials import plain
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-SERIAL-UNUSABLE",
    violation="V14",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 3, khoản 4 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Dùng phôi khác; nếu sổ phôi ghi sai, lập biên bản và điều chỉnh.",
        "Use another blank; if the ledger is wrong, make minutes and adjust it.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
)

_STATES = {
    "issued": Text("đã cấp cho người khác", "was issued to someone else"),
    "destroyed": Text("đã hủy theo biên bản", "was destroyed with minutes"),
    "lost": Text("đã báo mất", "was reported lost"),
    "spoiled": Text("đã in hỏng", "was spoiled in printing"),
    "reserved": Text("đang giữ cho danh sách khác", "is reserved for another list"),
}


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Look every typed serial up in the ledger's states."""
    states = facts.blanks.states if facts.blanks is not None else None
    if not states:
        return
    for index, row in enumerate(facts.rows):
        if row.serial and (state := states.get(plain(row.serial))) is not None:
            shown = _STATES.get(state, Text(f"đang ở trạng thái {state}", f"is {state}"))
            yield index, failed(column="serial", serial=row.serial, state=shown)
