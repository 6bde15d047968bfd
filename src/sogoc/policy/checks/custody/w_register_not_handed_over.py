"""Sổ gốc {kind} do {body} cấp chưa ghi nhận bàn giao cho {to}, hạn {last_day}.

Registers of {kind} of {body} are not recorded as handed over to {to} by {last_day}.

Copies, corrections and revocations are done by who keeps the register: until the hand-over is
recorded nobody can tell who that is.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.values import Milestone
from sogoc.policy.wording import day

CHECK = Check(
    id="W-REGISTER-NOT-HANDED-OVER",
    violation="V46",
    scope="act",
    citations=(Cite("TT-10-2026"),),
    remedy=Text(
        "Bàn giao sổ gốc, hồ sơ bằng biên bản; ghi đơn vị kế thừa quản lý sổ gốc.",
        "Hand registers and papers over with minutes; record the successor in custody.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)


def run(act: ActFacts, law: Law) -> Result:
    """Looks from the day of a sweep at who keeps the register then; lists are not judged."""
    kind = law.find_kind(act.kind)
    if act.seen_on is None or act.kept_by is None or kind is None:
        return NOT_APPLICABLE
    capacities = act.body.capacity_kinds(act.issued_on)
    for value in law.values_on("handover", act.seen_on, kind=kind.id):
        handed = frozenset(value.issuer_kinds)
        if not isinstance(value.settled, Milestone) or not capacities & handed:
            continue
        keepers = _keepers(kind.id, act.seen_on, law) - handed
        if act.seen_on > value.settled.on and not act.kept_by & keepers:
            names = [law.capacities[c].name for c in sorted(keepers)]
            to = Text(" / ".join(t.vi for t in names), " / ".join(t.en for t in names))
            return warned(
                cites=law.cite(value.basis),
                kind=kind.name,
                body=act.body.name,
                to=to,
                last_day=day(value.settled.on),
            )
    return PASSED


def _keepers(kind: str, on: date, law: Law) -> frozenset[str]:
    """Who keeps registers of the kind on a day."""
    return frozenset(
        capacity
        for custodian in law.custodians
        if kind in custodian.kinds and custodian.period.contains(on)
        for capacity in custodian.issuer_kinds
    )
