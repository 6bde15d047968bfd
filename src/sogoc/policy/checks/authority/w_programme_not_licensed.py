"""{body} chưa ghi nhận được phép đào tạo ngành {major} ngày {day} ({count} người).

No permission of {body} to train {major} on {day} is recorded ({count} people).

A second degree, a major or a level that the institution was never permitted to teach makes the
diploma unlawful, whatever blank it is printed on. Bodies whose licences are not recorded here are
not judged.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ListFacts, RowFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.requirements import in_force, requirements
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="W-PROGRAMME-NOT-LICENSED",
    violation="V06",
    scope="list",
    citations=(
        Cite("TT-21-2019", "điểm d khoản 1 Điều 15"),
        Cite("L-125-2025"),
        Cite("LGDDH-2012"),
    ),
    remedy=Text(
        "Nhập quyết định cho phép đào tạo ngành, trình độ này; chưa có thì không cấp.",
        "Enter the decision that permits this programme and level; without one, issue nothing.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm c khoản 1 Điều 25"),
    each_act_of_sweep=True,
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Majors of the list that no licence of kind and day names, by name or by code."""
    act = facts.act
    kind = law.find_kind(act.kind)
    if kind is None or act.licences is None:
        return
    if in_force(requirements().programmes, kind.id, act.issued_on) is None:
        return
    subjects = {
        fold(licence.subject)
        for licence in act.licences
        if licence.period.contains(act.issued_on)
        and (not licence.level or law.find_kind(licence.level) is kind)
    }
    outside: defaultdict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(facts.rows):
        if (row.major or row.major_code) and not _named(row, subjects):
            outside[row.major or row.major_code or ""].append(index)
    for major, indexes in outside.items():
        result = warned(
            column="major",
            count=len(indexes),
            body=act.body.name,
            day=day(act.issued_on),
            major=f"“{major}”",
        )
        if facts.is_sweep:
            yield from ((index, result) for index in indexes)
        else:
            yield None, result


def _named(row: RowFacts, subjects: set[str]) -> bool:
    return any(fold(word) in subjects for word in (row.major, row.major_code) if word)
