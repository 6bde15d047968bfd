"""Kết quả ghi “{result}”: không được cấp.

The result says “{result}”: nothing may be issued.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check
from sogoc.policy.facts import ActFacts, RowFacts
from sogoc.policy.findings import PASSED, Result, failed, warned
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-NOT-PASSED",
    violation="V08",
    scope="row",
    citations=(
        Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text("Bỏ người này khỏi danh sách cấp.", "Take this person off the list."),
    reviewed=date(2026, 11, 21),
    ground_for_revocation=Cite("TT-21-2019", "điểm b khoản 1 Điều 25"),
)

_UNKNOWN = Text(
    "Kết quả ghi “{result}”, không rõ là đạt hay không đạt.",
    "The result says “{result}”; whether that means passed is not known.",
)
_UNKNOWN_REMEDY = Text("Ghi Đạt hoặc Không đạt.", "Write Đạt (passed) or Không đạt (not passed).")


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:
    """Words for "not passed" fail, and words nobody knows; empty has its own check."""
    text = (row.result or "").strip()
    if not text:
        return PASSED
    return _judge(text, law.results.says(text), act)


def _judge(text: str, says: bool | None, act: ActFacts) -> Result:
    """An unknown word stops its row, which is easily put right; an old book is only looked at."""
    if says is False:
        return failed(column="result", result=text)
    if says is None:
        say = warned if act.legacy else failed
        return say(column="result", message=_UNKNOWN, remedy=_UNKNOWN_REMEDY, result=text)
    return PASSED


def run_batch(
    rows: Sequence[RowFacts],
    act: ActFacts,
    law: Law,
) -> Iterator[tuple[int, Result]]:
    """A list uses a handful of words: each is judged once."""
    answers: dict[str, Result] = {}
    for index, row in enumerate(rows):
        text = row.result
        if not text:
            continue
        answer = answers.get(text)
        if answer is None:
            stripped = text.strip()
            answer = _judge(stripped, law.results.says(stripped), act) if stripped else PASSED
            answers[text] = answer
        if answer is not PASSED:
            yield index, answer
