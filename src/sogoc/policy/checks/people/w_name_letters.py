"""Họ và tên “{name}” có ký tự lạ “{mark}”.

The name “{name}” has an odd character “{mark}”.

Signs and digits inside the words of a name come from old fonts (TCVN3, VNI) or a slip of the
keyboard. Apostrophes, hyphens and dots belong to names; a number that stands alone tells namesakes
of a list apart.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-NAME-LETTERS",
    violation="V22",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm a khoản 2 Điều 4"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi họ và tên đúng như giấy khai sinh, dùng phông chữ Unicode.",
        "Write the name as in the birth certificate, in Unicode.",
    ),
    reviewed=date(2026, 11, 21),
)

_ODD = re.compile(r"[^\w\s'’‘ʼ`´.\-‐‑–,()]|_|(?<=[^\W\d])\d|\d(?=[^\W\d])")


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - as all checks
    """Show the first character that no name has."""
    name = row.full_name or ""
    found = _ODD.search(name)
    if found is None:
        return PASSED
    return warned(column="full_name", name=name.strip(), mark=found[0])


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """One search a name."""
    search = _ODD.search
    for index, row in enumerate(rows):
        if row.full_name and search(row.full_name):
            yield index, run(row, act, law)
