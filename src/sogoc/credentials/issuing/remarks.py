"""What reading a file left out or wondered about, as findings: nothing passes in silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sogoc.intake.api import JoinProblem, Reading, Remark, SkippedSheet
from sogoc.kernel.text import Text
from sogoc.policy.api import Finding, Level, Status

_NOT_WORTH_SAYING: Final = frozenset({"empty", "not_asked", "summary", "guide"})
"""Sheets nobody expects to be read: empty, another one was asked for, our own ones."""

_TO_LOOK_AT: Final = frozenset(
    {"maybe_swapped_dates", "stated_counts_differ", "hidden_rows", "hidden_columns"}
)
"""Remarks behind which a mistake may hide; the others only say what was done."""

_SUPPLEMENT_CHECKS: Final = {
    "no_common_column": "W-SUPPLEMENT-NOT-JOINED",
    "no_code": "W-SUPPLEMENT-NOT-JOINED",
    "not_in_list": "W-SUPPLEMENT-NOT-IN-LIST",
    "twice": "E-SUPPLEMENT-CODE-TWICE",
    "same_twice": "W-SUPPLEMENT-CODE-TWICE",
    "no_supplement": "W-ROW-WITHOUT-SUPPLEMENT",
    "shared_code": "E-SUPPLEMENT-OF-ANOTHER",
    "other_person": "E-SUPPLEMENT-OF-ANOTHER",
    "differs": "W-SUPPLEMENT-DIFFERS",
}
"""The finding of each problem of joining a supplement to its list."""

_COMPARE: Final = Text(
    "Đối chiếu phụ lục với danh sách theo mã người học, sửa chỗ sai rồi gửi lại tệp.",
    "Compare supplement and list by student code, correct what is wrong and send the file again.",
)

_LOOK: Final = Text(
    "Xem lại tệp: nếu chỗ này có người cần cấp thì đưa vào danh sách rồi gửi lại.",
    "Look at the file: if there are people here, bring them into the list and send it again.",
)

_CONVERTED: Final = Text(
    "Đối chiếu vài ô với bản in: chữ chuyển sai thì sửa trong tệp rồi gửi lại.",
    "Compare some cells with the print; correct wrong letters in the file and send it again.",
)


def reading_findings(reading: Reading) -> Iterable[Finding]:
    """Yield a finding for each sheet not read, each remark, and what a supplement did not fit."""
    for skipped in reading.skipped:
        if skipped.code not in _NOT_WORTH_SAYING:
            yield _not_read(skipped)
    for sheet in (*reading.sheets, *reading.supplements):
        for remark in sheet.remarks:
            yield _remark(sheet.name, remark)
    for problem in reading.join_problems:
        yield _unjoined(problem)


def _not_read(skipped: SkippedSheet) -> Finding:
    is_hidden = skipped.code in ("hidden", "no_key")
    return Finding(
        check="W-SHEET-NOT-READ" if is_hidden else "N-SHEET-NOT-READ",
        violation=None,
        level=Level.WARNING if is_hidden else Level.INFO,
        result=Status.WARN,
        sheet=skipped.name,
        row=None,
        column=None,
        column_name=None,
        citation="",
        message=Text(
            f"Không đọc trang tính «{skipped.name}»: {skipped.reason.vi}",
            f"The sheet “{skipped.name}” was not read: {skipped.reason.en}",
        ),
        remedy=_LOOK,
    )


def _remark(sheet: str, remark: Remark) -> Finding:
    is_doubt = remark.code in _TO_LOOK_AT
    return Finding(
        check="W-FILE-REMARK" if is_doubt else "N-FILE-REMARK",
        violation=None,
        level=Level.WARNING if is_doubt else Level.INFO,
        result=Status.WARN,
        sheet=sheet,
        row=remark.row,
        column=remark.column,
        column_name=None,
        citation="",
        message=remark.text,
        remedy=_CONVERTED if remark.code == "old_text" else _LOOK,
    )


def _unjoined(problem: JoinProblem) -> Finding:
    return Finding(
        check=_SUPPLEMENT_CHECKS[problem.code],
        violation=None,
        level=Level.ERROR if problem.is_error else Level.WARNING,
        result=Status.FAIL if problem.is_error else Status.WARN,
        sheet=problem.sheet,
        row=problem.row,
        column=problem.column,
        column_name=problem.field,
        citation="",
        message=problem.text,
        remedy=_COMPARE,
    )
