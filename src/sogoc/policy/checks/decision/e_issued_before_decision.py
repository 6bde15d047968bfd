"""Ngày cấp {issued} sớm hơn {what} ngày {earliest}.

The issue date {issued} is before {what} of {earliest}.

A credential is issued after the exam or course and after the decision that approves its results;
that decision itself comes after the exam.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="E-ISSUED-BEFORE-DECISION",
    violation="V10",
    scope="act",
    citations=(
        Cite("TT-21-2019", "Điều 17"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015", "Điều 21"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Sửa ngày cấp hoặc ngày ghi sai; không ghi lùi ngày.",
        "Put the wrong date right; nothing is back-dated.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)

_DECISION = Text("quyết định công nhận", "the recognition decision")
_EXAM = Text("kỳ thi, khóa học", "the exam or course")
_DISORDER = Text(
    "Quyết định công nhận ngày {decided} sớm hơn ngày thi {exam}.",
    "The recognition decision of {decided} is before the exam of {exam}.",
)


def run(act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - the signature all checks share
    """Exam, decision, issue: in that order."""
    decided = act.decision.date if act.decision is not None else None
    if decided is not None and act.issued_on < decided:
        return failed(issued=day(act.issued_on), what=_DECISION, earliest=day(decided))
    if act.exam_date is not None and act.issued_on < act.exam_date:
        return failed(issued=day(act.issued_on), what=_EXAM, earliest=day(act.exam_date))
    if decided is not None and act.exam_date is not None and decided < act.exam_date:
        return failed(message=_DISORDER, decided=day(decided), exam=day(act.exam_date))
    return PASSED
