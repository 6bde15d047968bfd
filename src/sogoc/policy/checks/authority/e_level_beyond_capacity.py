"""{body} cấp bậc {level} vượt phạm vi được phép: {why}

{body} certifies level {level} beyond what it may: {why}

Continuing-education and language centres certify levels 1 to 3, universities with language majors
levels 1 to 6; a body's own decision may say less.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result, failed, to_review
from sogoc.policy.matrix import body_level
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="E-LEVEL-BEYOND-CAPACITY",
    violation="V07",
    scope="list",
    citations=(Cite("TT-23-2017", "Điều 4"), Cite("TT-09-2026"), Cite("TT-27-2021")),
    remedy=Text(
        "Chuyển người dự thi bậc này cho đơn vị được cấp bậc đó.",
        "Hand candidates of this level to a body that may certify it.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm c khoản 1 Điều 25"),
    each_act_of_sweep=True,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Judge the level of the act once, and levels of rows that differ from it on their rows."""
    act = facts.act
    kind = law.find_kind(act.kind)
    if kind is None or kind.levels is None:
        return
    answers: dict[int | None, Result] = {}
    for level in {act.level, *(row.level for row in facts.rows)} - {None}:
        verdict = body_level(law, kind, act.issued_on, level, act.body)
        if verdict.verdict != "allowed":
            say = failed if verdict.verdict == "refused" else to_review
            answers[level] = say(
                column="level",
                cites=verdict.basis or None,
                body=act.body.name,
                level=level,
                why=verdict.why,
            )
    if act.level in answers:
        yield None, answers[act.level]
    for index, row in enumerate(facts.rows):
        if row.level is not None and row.level != act.level and row.level in answers:
            yield index, answers[row.level]
