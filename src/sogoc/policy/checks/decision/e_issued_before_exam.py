"""Ngày thi {exam} của người này sau ngày cấp {issued}.

This person's exam of {exam} is after the issue date {issued}.

The exam date and the issue date of a row count before those of the list.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, failed
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="E-ISSUED-BEFORE-EXAM",
    violation="V10",
    scope="row",
    citations=(
        Cite("TT-21-2019", "Điều 17"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015", "Điều 21"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Sửa ngày thi hoặc ngày cấp.", "Put the exam date or the issue date right."),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Judge only what the row itself says; the list's dates have a check of their own."""
    if row.exam_date is None and row.issued_on is None:
        return NOT_APPLICABLE
    issued = row.issued_on or act.issued_on
    exam = row.exam_date or act.exam_date
    if exam is None or exam <= issued:
        return PASSED
    column = "exam_date" if row.exam_date is not None else "issued_on"
    return failed(column=column, exam=day(exam), issued=day(issued))
