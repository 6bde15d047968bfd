"""{what}

{what}

The director of a university (đại học) signs for learners of units directly under it; a member
university issues to its own learners over its own principal's signature.
"""

from collections.abc import Iterator
from datetime import date

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, ListFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.titles import read_title, words_of

CHECK = Check(
    id="W-LEARNERS-OF-A-MEMBER-UNIVERSITY",
    violation="V04",
    scope="list",
    citations=(Cite("TT-21-2019", "điểm đ khoản 1 Điều 15"), Cite("TT-10-2026")),
    remedy=Text(
        "Chuyển người học của trường thành viên cho trường đó cấp, Hiệu trưởng ký.",
        "Hand learners of a member university to it: its principal issues.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    only_while_cited=True,
    each_act_of_sweep=True,
)

KINDS = frozenset({"cu_nhan", "thac_si", "tien_si", "chuyen_sau_dac_thu"})
MEMBER = "truong_dh_thanh_vien"
_TITLE = Text(
    "{body} là trường đại học thành viên: người học của trường do Hiệu trưởng ký, không phải "
    "“{title}”.",
    "{body} is a member university: its principal signs for its learners, not “{title}”.",
)
_LEARNERS = Text(
    "{count} người học của trường đại học thành viên {member} trong danh sách do {body} cấp.",
    "{count} learners of the member university {member} are on a list that {body} issues.",
)


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """The title of a member's list, then where the learners of a university's list come from."""
    act = facts.act
    kind = law.find_kind(act.kind)
    if kind is None or kind.id not in KINDS:
        return
    held = {capacity.kind for capacity in act.body.held(act.issued_on)}
    if MEMBER in held:
        if _is_director(act, law):
            yield None, _say(facts, _TITLE, title=act.title_text)
        return
    members = {fold(name): name for name in act.members}
    if not members:
        return
    if act.submitted_by and (name := members.get(fold(act.submitted_by))) is not None:
        yield None, _say(facts, _LEARNERS, count=len(facts.rows), member=name)
        return
    schools = [members.get(fold(row.school)) if row.school else None for row in facts.rows]
    for name in dict.fromkeys(filter(None, schools)):
        result = _say(facts, _LEARNERS, count=schools.count(name), member=name)
        if facts.is_sweep:
            yield from ((i, result) for i, school in enumerate(schools) if school == name)
        else:
            yield None, result


def _is_director(act: ActFacts, law: Law) -> bool:
    """Whether the title is one that may not sign for a member university."""
    head = read_title(act.title_text, law).head
    barred = {words_of(title) for title, capacity in law.titles.not_for if capacity == MEMBER}
    return head is not None and words_of(head) in barred


def _say(facts: ListFacts, message: Text, **about: object) -> Result:
    values = {"body": facts.act.body.name, **about}
    return warned(
        what=Text(message.vi.format(**values), message.en.format(**values)),
        column=None if message is _TITLE else "school",
    )
