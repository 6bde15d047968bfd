"""Điểm {shown} dưới mức đạt {mark} mà danh sách vẫn ghi là đạt.

The score {shown} is below the pass mark {mark}, yet the list says passed.

Being on a list of people to be issued says "passed" too, where there is no column for it.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law, PassMark
from sogoc.policy.wording import score as shown

CHECK = Check(
    id="E-BELOW-PASS-MARK",
    violation="V08",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
        Cite("TT-10-2026"),
        Cite("TTLT-17-2016", "Điều 15"),
    ),
    remedy=Text(
        "Đối chiếu với bảng điểm; không cấp cho người chưa đạt.",
        "Compare with the score sheet; issue nothing to those who did not pass.",
    ),
    reviewed=date(2026, 11, 21),
    ground_for_revocation=Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
)

Threshold = tuple[str, float, float, PassMark]
"""A field, its least score, the lower end of its scale, and the mark that says so."""


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:
    """The first score below its mark, unless the row itself says "not passed"."""
    return _judge(row, act, law, thresholds(act, law))


def thresholds(act: ActFacts, law: Law) -> tuple[Threshold, ...]:
    """The least score of each field for the kind on the exam date, else the issue date."""
    kind = law.find_kind(act.kind)
    if kind is None:
        return ()
    return tuple(
        (field, scale.low + (scale.high - scale.low) * mark.percent / 100, scale.low, mark)
        for mark in law.marks(kind.id, act.exam_date or act.issued_on)
        for field in mark.fields
        if (scale := law.scale(kind.id, field)) is not None
    )


def _judge(row: RowFacts, act: ActFacts, law: Law, least: tuple[Threshold, ...]) -> Result:
    if row.result and law.results.says(row.result) is False:
        return PASSED  # E-NOT-PASSED speaks of it
    for field, floor, low, mark in least:
        score = row.scores.get(field)
        if score is not None and low <= score < floor:  # E-SCORE-OFF-SCALE speaks of the rest
            return failed(
                column=field,
                cites=law.cite_in_force(mark.basis, act.issued_on),
                shown=shown(score),
                mark=shown(floor),
            )
    return PASSED


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """The marks are looked up once for the list."""
    least = thresholds(act, law)
    floors = [(field, floor, low) for field, floor, low, _ in least]
    if not floors:
        return
    for index, row in enumerate(rows):
        scores = row.scores
        for field, floor, low in floors:
            score = scores.get(field)
            if score is not None and low <= score < floor:
                result = _judge(row, act, law, least)
                if result is not PASSED:
                    yield index, result
                break
