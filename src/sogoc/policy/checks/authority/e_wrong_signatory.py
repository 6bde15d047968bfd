"""Người ký không đúng thẩm quyền: {why}

The signatory is not the competent one: {why}

The title must be that of the head of the issuing body (or of a deputy signing for the head), and
someone must have held it in that body on the issue date.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, MandateFact
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, failed, to_review
from sogoc.policy.matrix import body_verdict, signature
from sogoc.policy.statute import Cite, Law
from sogoc.policy.titles import read_title, words_of
from sogoc.policy.wording import day

CHECK = Check(
    id="E-WRONG-SIGNATORY",
    violation="V02",
    scope="act",
    citations=(
        Cite("TT-21-2019", "Điều 15"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015", "Điều 19"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Trình đúng người có thẩm quyền ký; bổ sung quyết định bổ nhiệm nếu còn thiếu.",
        "Have the competent person sign; add the appointment decision if it is missing.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm c khoản 1 Điều 25"),
)


def run(act: ActFacts, law: Law) -> Result:
    """Judge the title by the matrix, then look for a mandate that covers the issue date."""
    kind = law.find_kind(act.kind)
    if kind is None or kind.standing != "current":
        return NOT_APPLICABLE
    verdict, capacity = body_verdict(law, kind, act.issued_on, act.body)
    if capacity is None or verdict.suspended:
        return NOT_APPLICABLE  # no title makes an incompetent body competent
    held = frozenset(c.kind for c in act.body.held(act.issued_on))
    answer = signature(law, kind, act.issued_on, capacity, act.title_text, held)
    if answer.about == "title":
        say = failed if answer.verdict == "refused" else to_review
        return say(cites=verdict.basis or None, why=answer.why)
    if act.mandates is None or act.legacy or _has_mandate(act, act.mandates, law):
        return PASSED
    return failed(
        why=Text(
            f"ngày {day(act.issued_on).vi} không ai của {act.body.name} giữ chức danh "
            f"“{act.title_text}” theo quyết định đã ghi.",
            f"on {act.issued_on} nobody of {act.body.name} held the title “{act.title_text}” "
            "by a recorded decision.",
        )
    )


def _has_mandate(act: ActFacts, mandates: tuple[MandateFact, ...], law: Law) -> bool:
    """Whether a head (or for KT. a deputy, or one in charge) of this body held office that day."""
    title = read_title(act.title_text, law)
    roles = {"deputy", "acting"} if title.for_the_head or title.deputy else {"head"}
    for mandate in mandates:
        own = mandate.body in ("", act.body.code, act.body.name)
        if not own or mandate.role not in roles or not mandate.period.contains(act.issued_on):
            continue
        head = read_title(mandate.title, law).head
        if head is None or title.head is None or _same(head, title.head):
            return True
    return False


def _same(one: str, other: str) -> bool:
    """Titles are printed without the body's name: "Giám đốc" for "Giám đốc học viện"."""
    shorter, longer = sorted((words_of(one), words_of(other)), key=len)
    return longer == shorter or longer.startswith(f"{shorter} ")
