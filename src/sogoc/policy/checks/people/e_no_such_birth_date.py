"""Ngày sinh “{raw}” không có thật hoặc không đọc được.

The birth date “{raw}” does not exist or cannot be read.

People whose birth certificate has only a year (or month and year) are looked at, not refused.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-NO-SUCH-BIRTH-DATE",
    violation="V22",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm a khoản 2 Điều 4"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi lại ngày sinh theo giấy khai sinh, dạng ngày/tháng/năm.",
        "Give the birth date as in the birth certificate, day/month/year.",
    ),
    reviewed=date(2026, 11, 21),
)

_PARTIAL = Text(
    "Chỉ có “{raw}”, không có đủ ngày, tháng, năm sinh.",
    "Only “{raw}” is given, not day, month and year of birth.",
)
_PARTIAL_DATE = re.compile(r"\s*(?:(?:0?[1-9]|1[0-2])\s*[/.\-]\s*)?(?:19|20)\d\d(?:\.0)?\s*")


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Fail when something was typed that is no date; empty cells have a check of their own."""
    if row.birth_date is not None or row.birth_date_raw is None:
        return PASSED
    raw = row.birth_date_raw.strip()
    if not raw:
        return PASSED
    if _PARTIAL_DATE.fullmatch(raw):
        return warned(column="birth_date", message=_PARTIAL, raw=raw)
    return failed(column="birth_date", raw=raw)


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only rows without a date."""
    for index, row in enumerate(rows):
        if row.birth_date is None and row.birth_date_raw is not None:
            yield index, run(row, act, law)
