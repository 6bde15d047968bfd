"""Sổ gốc không thấy người này đã có {needed} trước khi cấp {this}.

The registers do not show that this person held {needed} before {this} is issued.

Certificates of bodies that do not use this register are not seen: the paper in the dossier decides.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result
from sogoc.policy.requirements import in_force, requirements
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import gathered

CHECK = Check(
    id="W-NO-BASIC-CERTIFICATE",
    violation="V09",
    scope="list",
    citations=(Cite("TTLT-17-2016", "Điều 9"),),
    remedy=Text(
        "Đối chiếu bản chính chứng chỉ cơ bản trong hồ sơ dự thi; chưa có thì không cấp.",
        "See the basic certificate in the exam dossier; without one, issue nothing.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    each_act_of_sweep=True,
    only_while_cited=True,
)

_ALL = Text(
    "{count} người (dòng {places}) chưa thấy trong sổ gốc đã có {needed} trước khi cấp {this}.",
    "{count} people (rows {places}) are not in the registers as holders of {needed} before {this}.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """People whose earlier originals were asked for and hold none of those needed."""
    act = facts.act
    kind = law.find_kind(act.kind)
    rule = in_force(requirements().prerequisites, kind.id, act.issued_on) if kind else None
    if kind is None or rule is None:
        return
    needed = frozenset(rule.needs)
    about = {"needed": law.kinds[rule.needs[0]].name, "this": kind.this}
    found = {
        index: about
        for index, row in enumerate(facts.rows)
        if row.prior_kinds is not None and not row.prior_kinds & needed
    }
    if found:
        yield from gathered(facts, found, column="full_name", all_together=_ALL)
