"""Cấp chậm: đến ngày {issued} đã {taken} ngày kể từ {what} ngày {start}, hạn {allowed} ngày.

Issued late: on {issued}, {taken} days after {what} of {start}; {allowed} days are allowed.

The rule in force on the day the time starts counts. Where it changed before the issue and the two
rules disagree, both are shown and somebody has to decide.
"""

from datetime import date, timedelta
from typing import Any

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, to_review, warned
from sogoc.policy.statute import Cite, Deadline, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="W-ISSUED-LATE",
    violation="V11",
    scope="act",
    citations=(
        Cite("TT-21-2019", "Điều 17"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015", "Điều 21"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Cấp ngay; ghi lý do chậm vào hồ sơ và thông báo cho người học.",
        "Issue at once; put the reason on file and tell the learners.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)

_STARTS = {
    "graduation_decision": Text("quyết định công nhận", "the recognition decision"),
    "course_or_exam_end": Text("ngày kết thúc khóa học, kỳ thi", "the end of the course or exam"),
}
_BETWEEN = Text(
    "Từ {what} ngày {start} đến ngày cấp {issued} là {taken} ngày; quy định thay đổi trong thời "
    "gian đó: hạn {allowed} ngày ({one}) và {other_days} ngày ({other}).",
    "From {what} of {start} to the issue on {issued} it is {taken} days; the rule changed in "
    "between: {allowed} days ({one}) and {other_days} days ({other}).",
)
_ASK = Text(
    "Xin ý kiến áp dụng thời hạn nào và ghi vào hệ thống.",
    "Ask which deadline applies and record the ruling.",
)


def run(act: ActFacts, law: Law) -> Result:
    """Count calendar days from the start the deadline names; uncertain deadlines never decide."""
    kind = law.find_kind(act.kind)
    if kind is None:
        return NOT_APPLICABLE
    for what in _STARTS:
        start = _start(act, what)
        if start is None or start > act.issued_on:
            continue
        rules = [
            rule
            for rule in law.deadlines_of("issue", kind.id, start, act.issued_on)
            if rule.starts == what and rule.unit == "days" and rule.confidence != "uncertain"
        ]
        first = next((rule for rule in rules if rule.period.contains(start)), None)
        if first is not None:
            return _judge(act, law, start, first, [r for r in rules if r is not first])
    return NOT_APPLICABLE


def _start(act: ActFacts, what: str) -> date | None:
    if what == "course_or_exam_end":
        return act.exam_date
    return act.decision.date if act.decision is not None else None


def _judge(act: ActFacts, law: Law, start: date, rule: Deadline, later: list[Deadline]) -> Result:
    late = _is_late(act, start, rule)
    about: dict[str, Any] = {
        "issued": day(act.issued_on),
        "taken": (act.issued_on - start).days,
        "what": _STARTS[rule.starts],
        "start": day(start),
        "allowed": rule.days,
    }
    basis = law.cite(rule.basis)
    for other in later:
        if _is_late(act, start, other) != late:
            second = law.cite(other.basis)
            return to_review(
                cites=f"{basis}; {second}",
                message=_BETWEEN,
                remedy=_ASK,
                one=basis,
                other=second,
                other_days=other.days,
                **about,
            )
    return warned(cites=basis, **about) if late else PASSED


def _is_late(act: ActFacts, start: date, rule: Deadline) -> bool:
    return act.issued_on > start + timedelta(days=rule.days)
