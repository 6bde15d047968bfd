"""{body} đang bị đình chỉ tư cách {capacity} ngày {day}, không được cấp {this}.

{body} is suspended as {capacity} on {day} and may not issue {this}.

An exam centre that is suspended, or no longer announced as eligible, issues nothing while it is.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, failed
from sogoc.policy.matrix import body_verdict
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="E-CAPACITY-SUSPENDED",
    violation="V07",
    scope="act",
    citations=(
        Cite("TT-21-2019", "Điều 15"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015", "Điều 19"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Dừng việc cấp; chỉ cấp khi quyết định đình chỉ hết hiệu lực hoặc được hủy bỏ.",
        "Stop; issue only once the suspension has ended or was lifted.",
    ),
    reviewed=date(2026, 11, 21),
    is_needed=True,
    applies=only_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm c khoản 1 Điều 25"),
)


def run(act: ActFacts, law: Law) -> Result:
    """Fail when only a suspended capacity would have been competent."""
    kind = law.find_kind(act.kind)
    if kind is None or kind.standing != "current":
        return NOT_APPLICABLE
    verdict, capacity = body_verdict(law, kind, act.issued_on, act.body)
    if not verdict.suspended or capacity is None:
        return PASSED
    return failed(
        cites=verdict.basis or None,
        body=act.body.name,
        capacity=law.capacities[capacity].name,
        day=day(act.issued_on),
        this=kind.this,
    )
