"""Phôi dùng cho danh sách nhận từ trước {day}, khi {kind} chưa có mẫu mới.

The blanks for this list came in before {day}, when {kind} had another specimen.

The specimen in force on the day of issue counts. Whether blanks of the earlier specimen may be used
up is not known, so this only warns.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.blanks._serials import belongs, plain
from sogoc.policy.facts import BlanksFact, ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.requirements import in_force, requirements
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="W-BLANK-OF-AN-OLD-SPECIMEN",
    violation="V38",
    scope="list",
    citations=(Cite("TT-10-2026"),),
    remedy=Text(
        "Đối chiếu phôi với mẫu đang có hiệu lực; phôi mẫu cũ lập biên bản hủy theo quy định.",
        "Compare the blanks with the specimen in force; old ones are destroyed with minutes.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    only_while_cited=True,
    confidence="uncertain",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Typed serials, or with none typed all blanks, of lots taken in before the specimen."""
    kind = law.find_kind(facts.act.kind)
    rule = in_force(requirements().specimens, kind.id, facts.act.issued_on) if kind else None
    if kind is None or rule is None or rule.period.start is None or facts.blanks is None:
        return
    start = rule.period.start
    old = [lot for lot in facts.blanks.lots if lot.received_on and lot.received_on < start]
    if not old:
        return
    typed = [plain(row.serial) for row in facts.rows if row.serial]
    is_old = belongs(BlanksFact(tuple(old)))
    used = any(map(is_old, typed)) if typed else len(old) == len(facts.blanks.lots)
    if used:
        cites = law.cite_on(rule.basis, facts.act.issued_on)
        yield None, warned(column="serial", cites=cites, day=day(start), kind=kind.name)
