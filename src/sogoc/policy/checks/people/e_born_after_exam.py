"""Ngày sinh {born} không trước {what} {then}.

The birth date {born} is not before the {what} {then}.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="E-BORN-AFTER-EXAM",
    violation="V22",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm a khoản 2 Điều 4"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Sửa ngày sinh theo giấy khai sinh.", "Correct it from the birth certificate."),
    reviewed=date(2026, 11, 21),
)

_EXAM = Text("ngày thi", "exam date")
_ISSUE = Text("ngày cấp", "issue date")


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Compare with the exam date and the issue date, the row's own before the list's."""
    born = row.birth_date
    if born is None:
        return PASSED
    exam = row.exam_date or act.exam_date
    if exam is not None and born >= exam:
        return failed(column="birth_date", born=day(born), what=_EXAM, then=day(exam))
    issued = row.issued_on or act.issued_on
    if born >= issued:
        return failed(column="birth_date", born=day(born), what=_ISSUE, then=day(issued))
    return PASSED


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only rows whose birth date is late enough to matter."""
    exam, issued = act.exam_date, act.issued_on
    for index, row in enumerate(rows):
        born = row.birth_date
        if born is not None and (
            born >= (row.issued_on or issued)
            or ((sat := row.exam_date or exam) is not None and born >= sat)
        ):
            yield index, run(row, act, law)
