"""Hồ sơ cấp chưa đủ: thiếu {what}.

The dossier of the issue is incomplete: {what} missing.

The decision with its body and the list attached to it, and the exam's day, are kept for ever; who
looks at the register years later starts there.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-DOSSIER-INCOMPLETE",
    violation="V43",
    scope="act",
    citations=(
        Cite("TT-21-2019", "Điều 13, Điều 19"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Bổ sung vào hồ sơ trước khi cấp; hồ sơ lưu trữ vĩnh viễn.",
        "Complete the dossier before issue; it is kept for ever.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
)

_BY = Text("cơ quan ban hành quyết định", "the body that made the decision")
_EXAM = Text("ngày thi hoặc ngày kết thúc khóa học", "the day of the exam or the course's end")


def run(act: ActFacts, law: Law) -> Result:
    """What is missing beside a decision that is there; no decision at all is another check.

    A body of ``None`` is one nobody asked about; an empty one is missing.
    """
    kind = law.find_kind(act.kind)
    if act.decision is None or kind is None or kind.standing == "none":
        return NOT_APPLICABLE
    missing = []
    if act.decision.by is not None and not (act.decision.by.strip() or act.decision_by):
        missing.append(_BY)
    if kind.category == "certificate" and act.exam_date is None:
        missing.append(_EXAM)
    if not missing:
        return PASSED
    return warned(what=Text(", ".join(t.vi for t in missing), ", ".join(t.en for t in missing)))
