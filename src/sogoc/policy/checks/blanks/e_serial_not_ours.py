"""{count} số hiệu không thuộc lô phôi đơn vị đã nhận hoặc in: {some}.

{count} serials are of no lot the body received or printed: {some}.

Without serials in the list there must be enough blanks in stock. One finding for the whole list:
most often the lot was not entered, or the list belongs to another lot or kind.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.blanks._serials import belongs, plain
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import some

CHECK = Check(
    id="E-SERIAL-NOT-OURS",
    violation="V13",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 2 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Nhập lô phôi đã nhận (biên bản giao nhận) hoặc sửa số hiệu trong danh sách.",
        "Enter the lot received (delivery minutes) or correct the serials of the list.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
)

_TOO_FEW = Text(
    "Danh sách cần {needed} phôi nhưng trong kho chỉ còn {stock}.",
    "The list needs {needed} blanks but only {stock} are in stock.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:  # noqa: ARG001 - as all
    """Serials of foreign lots, or too few blanks to bind at print."""
    blanks = facts.blanks
    if blanks is None or not facts.rows:
        return
    typed = [plain(row.serial) for row in facts.rows if row.serial]
    if not typed:
        if blanks.in_stock < len(facts.rows):
            needed = len(facts.rows)
            yield None, failed(message=_TOO_FEW, needed=needed, stock=blanks.in_stock)
        return
    is_ours = belongs(blanks)
    foreign = [serial for serial in typed if not is_ours(serial)]
    if foreign:
        yield None, failed(column="serial", count=len(foreign), some=some(foreign))
