"""Acts after issue: re-issue, correction, copy, revocation are for whoever keeps the register."""

from __future__ import annotations

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.facts import BodyFact
from sogoc.policy.matrix import Verdict
from sogoc.policy.statute import ActRule, Kind, Law

_ORDER = {"allowed": 0, "review": 1, "refused": 2}


def custody(
    law: Law,
    kind: Kind,
    on: date,
    *,
    act: str,
    capacity: str | None,
    holds_register: bool | None = None,
) -> Verdict:
    """The verdict for an act other than issue on the day of that act.

    ``holds_register`` is what a register knows of its keeper; ``None`` judges by capacity alone.
    """
    rule = next((r for r in law.act_rules if act in r.acts and r.period.contains(on)), None)
    kept = _kept_by(law, kind, on)
    keepers = tuple(kept)
    who = Text(
        "; ".join(dict.fromkeys(t.vi for _, t in kept.values())),
        "; ".join(dict.fromkeys(t.en for _, t in kept.values())),
    )
    if rule is None:
        why = Text(
            "Quy định về việc này ngày đó chưa có trong bộ luật của phần mềm.",
            "The software holds no rule for this act on that day.",
        )
        return Verdict("review", keepers, who, None, "", why)
    basis = law.cite(rule.basis)
    if rule.verdict == "refused":
        return Verdict("refused", keepers, who, rule.id, basis, rule.why, rule.confidence)
    verdict, why = _may(kept, rule, act, capacity, holds_register)
    ended = [e for e in law.endings if not e.kinds and capacity in e.issuer_kinds and on >= e.start]
    if ended and not holds_register:
        return Verdict(
            "refused", keepers, who, rule.id, law.cite_on(ended[0].basis, on), ended[0].what
        )
    return Verdict(verdict, keepers, who, rule.id, basis, why, rule.confidence)


def _kept_by(law: Law, kind: Kind, on: date) -> dict[str, tuple[str, Text]]:
    """Capacities that keep registers of the kind that day → (confidence, who)."""
    moved = [c for c in law.custodians if kind.id in c.kinds]
    if moved:
        return {
            issuer: (c.confidence, c.who)
            for c in moved
            if c.period.contains(on)
            for issuer in c.issuer_kinds
        }
    return {
        issuer: (row.confidence, row.who)
        for row in law.rows_by_kind.get(kind.id, ())
        if row.period.start is None or row.period.start <= on
        for issuer in row.issuer_kinds
    }


def _may(
    kept: dict[str, tuple[str, Text]],
    rule: ActRule,
    act: str,
    capacity: str | None,
    holds_register: bool | None,
) -> tuple[str, Text]:
    if holds_register is False:
        return "refused", Text(
            "Đơn vị không quản lý sổ gốc của văn bằng, chứng chỉ này ngày đó.",
            "The body does not keep the original register on that day.",
        )
    if holds_register or capacity is None:
        return rule.verdict, rule.why
    if capacity in kept:
        confidence, who = kept[capacity]
        if confidence == "uncertain":
            return "review", Text(
                f"Chưa rõ ai quản lý sổ gốc: {who.vi}.",
                f"Who keeps the register is unclear: {who.en}.",
            )
        return rule.verdict, Text(
            f"{rule.why.vi} Sổ gốc: {who.vi}.", f"{rule.why.en} Register: {who.en}."
        )
    if act == "reissue":
        return "refused", Text(
            "Chỉ đơn vị có thẩm quyền cấp và quản lý sổ gốc được cấp lại.",
            "Only a body competent to issue that keeps the register re-issues.",
        )
    return "review", Text(
        "Chỉ đơn vị đang quản lý sổ gốc được làm việc này; tư cách này thường không giữ sổ gốc "
        "của loại đó, cần xem sổ.",
        "Only the keeper of the register may do this; this capacity does not usually keep it: "
        "look at the register.",
    )


def body_custody(law: Law, kind: Kind, on: date, act: str, body: BodyFact) -> Verdict:
    """The best custody verdict any capacity of the body gets; suspensions do not matter here."""
    verdicts = [
        custody(law, kind, on, act=act, capacity=c) for c in sorted({c.kind for c in body.held(on)})
    ]
    if not verdicts:
        return custody(law, kind, on, act=act, capacity=None, holds_register=False)
    return min(verdicts, key=lambda v: _ORDER[v.verdict])
