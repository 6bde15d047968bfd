"""Danh sách không có {what} để lập phụ lục văn bằng.

The list lacks {what} for the diploma supplement.

Every diploma of higher education goes with a supplement that bears the mode of training, the
student's code and the serial; since then the mode no longer stands on the diploma itself.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="W-SUPPLEMENT-DATA-MISSING",
    violation="V39",
    scope="list",
    citations=(Cite("TT-27-2019"),),
    remedy=Text(
        "Bổ sung cột hình thức đào tạo, mã số người học trước khi lập phụ lục.",
        "Add the mode of training and the student code before making supplements.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    only_while_cited=True,
)

FIELDS = {
    "training_mode": Text("hình thức đào tạo", "mode of training"),
    "student_code": Text("mã số người học", "student code"),
}


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """What the supplement needs and the file has not; files without columns are not judged.

    A second sheet may bring it to the rows: then there are values without a column of the list.
    """
    kind = law.find_kind(facts.act.kind)
    columns = facts.rows[0].columns if facts.rows else {}
    if kind is None or not columns:
        return
    values = law.values_on("supplement", facts.act.issued_on, kind=kind.id)
    if not values:
        return
    missing = [
        title
        for name, title in FIELDS.items()
        if name not in columns and not any(getattr(row, name) for row in facts.rows)
    ]
    if missing:
        what = Text(", ".join(t.vi for t in missing), ", ".join(t.en for t in missing))
        yield None, warned(cites=law.cite_on(values[0].basis, facts.act.issued_on), what=what)
