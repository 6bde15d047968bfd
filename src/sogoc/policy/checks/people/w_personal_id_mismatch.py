"""Số định danh cá nhân {shown} {what}.

The personal ID {shown} {what}.

Digit 4 holds century and sex, digits 5 and 6 the year of birth. Registry errors exist, so a
mismatch never stops anyone; nine-digit numbers of old identity cards and passports of foreigners
are left alone.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.identifiers import PersonalIdIssue, check_personal_id
from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-PERSONAL-ID-MISMATCH",
    violation="V22",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm a khoản 2 Điều 4"),
        Cite("TT-10-2026"),
        Cite("SO-GOC"),
    ),
    remedy=Text(
        "Đối chiếu với căn cước và giấy khai sinh; đúng thì giữ nguyên.",
        "Compare with the identity card and birth certificate; keep it if it is right.",
    ),
    reviewed=date(2026, 11, 21),
)

_WORDS = {
    PersonalIdIssue.MALFORMED: Text("không gồm đúng 12 chữ số", "is not 12 digits"),
    PersonalIdIssue.SEX_MISMATCH: Text("không khớp giới tính", "does not match the sex"),
    PersonalIdIssue.BIRTH_YEAR_MISMATCH: Text(
        "không khớp năm sinh", "does not match the year of birth"
    ),
}
_OLD_CARD = 9
_PASSPORT = re.compile(r"[A-Z0-9][A-Z0-9 .-]{3,18}[A-Z0-9]", re.ASCII | re.IGNORECASE)
_OURS = frozenset({"viet nam", "vietnam", "viet", "kinh", "vn", "vnm"})


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Warn with the first and last digits only: a finding is no place for the whole number."""
    number = (row.personal_id or "").strip()
    if not number or (len(number) == _OLD_CARD and number.isdecimal()):
        return PASSED
    if _is_foreign(row.nationality) and _PASSPORT.fullmatch(number):
        return PASSED
    year = row.birth_date.year if row.birth_date is not None else None
    issues = check_personal_id(number, sex=row.sex, birth_year=year)
    if not issues:
        return PASSED
    what = [_WORDS[issue] for issue in issues]
    return warned(
        column="personal_id",
        shown=f"{number[:3]}…{number[-2:]}",
        what=Text(" và ".join(t.vi for t in what), " and ".join(t.en for t in what)),
    )


def _is_foreign(nationality: str | None) -> bool:
    return bool(nationality) and fold(nationality or "").strip(" .") not in _OURS


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Well-formed numbers that agree are passed over without further ado."""
    for index, row in enumerate(rows):
        number = row.personal_id
        if number and not _agrees(number, row):
            result = run(row, act, law)
            if result is not PASSED:
                yield index, result


def _agrees(number: str, row: RowFacts) -> bool:
    """Whether the six digits that say something all agree with a complete row."""
    if row.sex is None or row.birth_date is None or len(number) != 12 or not number.isdecimal():
        return False
    if not number.isascii():
        return False
    year = row.birth_date.year
    century = (year - 1900) // 100 * 2 + (row.sex == "female")
    return number[3:6] == f"{century}{year % 100:02d}"
