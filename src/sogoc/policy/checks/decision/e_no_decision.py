"""Chưa có quyết định công nhận tốt nghiệp hoặc công nhận kết quả cho danh sách này.

There is no decision recognising graduation or approving the results for this list.

Nobody is issued a credential without being on the list of a recognition decision.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-NO-DECISION",
    violation="V08",
    scope="act",
    citations=(
        Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi số, ngày, cơ quan ban hành quyết định và tải danh sách kèm theo quyết định.",
        "Give the decision's number, date and body, and upload the list attached to it.",
    ),
    reviewed=date(2026, 11, 21),
    is_needed=True,
    applies=live_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
)


def run(act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - the signature all checks share
    """Fail without a numbered decision."""
    return PASSED if act.decision is not None and act.decision.number.strip() else failed()
