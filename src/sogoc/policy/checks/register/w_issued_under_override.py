"""Dòng này được cấp theo quyết định miễn áp dụng phép kiểm số {overrides}.

This line was issued under the override {overrides}.

An override sets one check aside for a time, with a reason and two officers; every line it let
through is shown again each time the register is swept.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-ISSUED-UNDER-OVERRIDE",
    violation=None,
    scope="row",
    citations=(Cite("SO-GOC"),),
    remedy=Text(
        "Xem lại lý do miễn áp dụng; không còn đúng thì xử lý như vi phạm của phép kiểm đó.",
        "Look at the reason again; where it no longer holds, treat it as a breach of that check.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Whatever the line was let through by."""
    return warned(overrides=", ".join(row.overridden)) if row.overridden else PASSED


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only lines that an override let through."""
    for index, row in enumerate(rows):
        if row.overridden:
            yield index, run(row, act, law)
