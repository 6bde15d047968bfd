"""Số vào sổ {number} không theo mẫu {pattern}, không phân biệt được loại và năm.

The entry number {number} is not of the pattern {pattern}: kind and year cannot be told from it.

The entry number tells kind and year of what was issued. The register allocates the number itself;
one typed in a list is only compared.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.identifiers import parse_entry
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.register._entries import pattern_of
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import gathered

CHECK = Check(
    id="W-ENTRY-NUMBER-PATTERN",
    violation="V17",
    scope="list",
    citations=(
        Cite("TT-21-2019", "Điều 13"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi số theo mẫu của quyển sổ, hoặc để trống cả cột để sổ gốc tự cấp số.",
        "Give numbers of the book's pattern, or leave the column empty to have them allocated.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    confidence="uncertain",
)

_ALL = Text(
    "{count} số vào sổ (dòng {places}) không theo mẫu {pattern}, ví dụ {number}.",
    "{count} entry numbers (rows {places}) are not of the pattern {pattern}, as {number}.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Typed numbers the pattern of the book, else of the kind, cannot read."""
    pattern = pattern_of(facts, law)
    if pattern is None or not facts.has_entry_column:
        return
    found = {
        index: {"number": row.entry_number, "pattern": pattern.replace("{", "«").replace("}", "»")}
        for index, row in enumerate(facts.rows)
        if row.entry_number and parse_entry(pattern, row.entry_number) is None
    }
    if found:
        yield from gathered(facts, found, column="entry_number", all_together=_ALL)
