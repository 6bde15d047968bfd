"""Lô phôi {lots} do đơn vị tự in, trong khi phôi {kind} do Bộ in.

The lots {lots} were printed by the body, while the Ministry prints blanks of {kind}.

Who prints certificate blanks on the Minister's specimen reports to the Ministry in writing first.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.requirements import in_force, requirements
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import some

CHECK = Check(
    id="W-SELF-PRINTED-BLANKS",
    violation="V37",
    scope="list",
    citations=(Cite("TT-21-2019", "Điều 9"),),
    remedy=Text(
        "Kiểm tra văn bản báo cáo Bộ Giáo dục và Đào tạo trước khi in; đưa vào hồ sơ lô phôi.",
        "See the report made to the Ministry before printing and file it with the lot.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    only_while_cited=True,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Lots of the kind whose source is the body's own printing."""
    kind = law.find_kind(facts.act.kind)
    if kind is None or facts.blanks is None:
        return
    if in_force(requirements().printing, kind.id, facts.act.issued_on) is None:
        return
    printed = [
        f"{lot.prefix}{lot.first:0{lot.width}}–{lot.prefix}{lot.last:0{lot.width}}"
        for lot in facts.blanks.lots
        if lot.source == "printed"
    ]
    if printed:
        yield None, warned(column="serial", lots=some(printed), kind=kind.name)
