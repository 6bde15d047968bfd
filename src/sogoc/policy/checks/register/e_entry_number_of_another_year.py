"""Số vào sổ {number} mang năm {year}, không phải năm cấp {issued}.

The entry number {number} carries the year {year}, not the year of issue {issued}.

Entry numbers start anew each calendar year, 1 January to 31 December.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.checks.register._entries import usual_pattern, year_of
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-ENTRY-NUMBER-OF-ANOTHER-YEAR",
    violation="V17",
    scope="row",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi số của sổ năm cấp, hoặc để trống cả cột để sổ gốc tự cấp số.",
        "Give a number of the year of issue, or leave the column empty to have it allocated.",
    ),
    reviewed=date(2026, 11, 21),
)


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:
    """Compare the year in the number with the year of issue."""
    number = row.entry_number
    if not number:
        return PASSED
    year = year_of(number, usual_pattern(act.kind, law))
    issued = (row.issued_on or act.issued_on).year
    if year is None or year == issued:
        return PASSED
    return failed(column="entry_number", number=number, year=year, issued=issued)


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only numbers that do not plainly carry the year of issue are read in full."""
    pattern, issued = usual_pattern(act.kind, law), act.issued_on.year
    tail = pattern.partition("/{year}") if pattern is not None else ("", "", "")
    plain = f"/{issued}{tail[2]}" if tail[0].startswith("{seq") and tail[1] else None
    for index, row in enumerate(rows):
        number = row.entry_number
        if not number or (
            plain is not None
            and row.issued_on is None
            and number.endswith(plain)
            and number[: -len(plain)].isdecimal()
        ):
            continue
        result = run(row, act, law)
        if result is not PASSED:
            yield index, result
