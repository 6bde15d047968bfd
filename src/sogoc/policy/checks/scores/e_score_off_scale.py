"""Điểm {shown} nằm ngoài thang điểm từ {low} đến {high}.

The score {shown} is off the scale from {low} to {high}.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import score as shown

CHECK = Check(
    id="E-SCORE-OFF-SCALE",
    violation="V08",
    scope="row",
    citations=(Cite("SO-GOC"),),
    remedy=Text("Đối chiếu với bảng điểm, biên bản thi.", "Compare with the exam's score sheet."),
    reviewed=date(2026, 11, 21),
)

_NOT_A_NUMBER = Text("Điểm ghi “{shown}” không phải là số.", "The score “{shown}” is not a number.")


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:
    """The first score that is off its scale, or that is no number."""
    kind = law.find_kind(act.kind)
    name = kind.id if kind is not None else act.kind
    for field, score in row.scores.items():
        scale = law.scale(name, field)
        if score is None or scale is None:
            continue
        if not scale.low <= score <= scale.high:
            return failed(
                column=field,
                cites=law.cite_on((*scale.basis, *CHECK.citations), act.issued_on),
                shown=shown(score),
                low=shown(scale.low),
                high=shown(scale.high),
            )
    for field, raw in row.score_raws.items():
        if raw.strip() and row.scores.get(field) is None:
            return failed(column=field, message=_NOT_A_NUMBER, shown=raw.strip())
    return PASSED


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """The scales are looked up once for the list."""
    kind = law.find_kind(act.kind)
    name = kind.id if kind is not None else act.kind
    ends: dict[str, tuple[float, float]] = {}
    for index, row in enumerate(rows):
        wrong = bool(row.score_raws)
        for field, score in row.scores.items():
            if field not in ends:
                scale = law.scale(name, field)
                ends[field] = (scale.low, scale.high) if scale else (float("-inf"), float("inf"))
            low, high = ends[field]
            if score is not None and not low <= score <= high:
                wrong = True
        if wrong and (result := run(row, act, law)) is not PASSED:
            yield index, result
