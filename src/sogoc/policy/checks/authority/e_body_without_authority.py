"""{body} không có thẩm quyền cấp {this} ngày {day}{suspended}. Thẩm quyền: {who} ({basis}).

{body} has no authority to issue {this} on {day}{suspended}. Competent: {who} ({basis}).

A credential is issued only by a body that the law of its issue date empowers for that kind; later
acts by whoever keeps the register on the day of the act. No title held in another body makes that
body competent, and a general rule never stands against a special one.
"""

from datetime import date
from typing import Any

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, every_act
from sogoc.policy.custody import body_custody
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, failed, to_review
from sogoc.policy.matrix import body_verdict
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import competent_near, day

CHECK = Check(
    id="E-BODY-WITHOUT-AUTHORITY",
    violation="V01",
    scope="act",
    citations=(
        Cite("TT-21-2019", "Điều 15"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015", "Điều 19"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Chuyển cho cơ quan có thẩm quyền.", "Hand over to the competent body."),
    reviewed=date(2026, 11, 21),
    applies=every_act,
    ground_for_revocation=Cite("TT-21-2019", "điểm c khoản 1 Điều 25"),
)

_REVIEW = Text(
    "Chưa kết luận được {body} có thẩm quyền với {this} ngày {day} hay không: {why}",
    "Whether {body} is competent for {this} on {day} cannot be told: {why}",
)
_ASK = Text(
    "Xin ý kiến bằng văn bản và ghi vào hệ thống trước khi chuẩn bị cấp.",
    "Ask for a written ruling and record it before preparing.",
)
_LATER = Text(
    "{body} không được làm việc này với {this} ngày {day}: {why}",
    "{body} may not do this to {this} on {day}: {why}",
)
_SUSPENDED = Text(
    " vì tư cách {capacity} đang bị đình chỉ", ": its capacity of {capacity} is suspended"
)
_NOT_SUSPENDED = Text("", "")


def run(act: ActFacts, law: Law) -> Result:
    """Judge the body by its best capacity on the day of the act."""
    kind = law.find_kind(act.kind)
    if kind is None or kind.standing == "none":
        return NOT_APPLICABLE  # E-NOT-A-CREDENTIAL speaks of these
    about: dict[str, Any] = {"body": act.body.name, "this": kind.this, "day": day(act.issued_on)}
    if kind.standing != "current":
        why = Text(
            f"{kind.name.vi} theo quy định cũ, chưa có trong bộ luật của phần mềm.",
            f"{kind.name.en} under old rules that the software does not hold.",
        )
        return to_review(message=_REVIEW, remedy=_ASK, why=why, **about)
    if act.act == "issue":
        verdict, capacity = body_verdict(law, kind, act.issued_on, act.body)
    else:
        capacity = None
        verdict = body_custody(law, kind, act.issued_on, act.act, act.body)
    basis = verdict.basis or None
    if verdict.verdict == "allowed":
        return PASSED
    if verdict.verdict == "review":
        return to_review(cites=basis, message=_REVIEW, remedy=_ASK, why=verdict.why, **about)
    remedy = competent_near(act, verdict.issuer_kinds, law)
    if act.act != "issue":
        return failed(cites=basis, message=_LATER, remedy=remedy, why=verdict.why, **about)
    suspended = _NOT_SUSPENDED
    if verdict.suspended and capacity is not None:
        name = law.capacities[capacity].name
        suspended = Text(
            _SUSPENDED.vi.format(capacity=name.vi), _SUSPENDED.en.format(capacity=name.en)
        )
    return failed(
        cites=basis,
        remedy=remedy,
        suspended=suspended,
        who=verdict.signatory,
        basis=verdict.basis,
        **about,
    )
