"""Hình thức ký không hợp lệ: {why}

The form of the signature is not valid: {why}

A deputy signs "KT." under the head's title and prints the own official title; by order (TL.), by
sub-authorisation (TUQ.), acting titles (Q., phụ trách) and stamped signatures are refused. A deputy
in charge while there is no head signs KT. too, with the assignment decision in the dossier.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, failed, to_review
from sogoc.policy.matrix import body_verdict, signature
from sogoc.policy.statute import Cite, Law
from sogoc.policy.titles import read_title

CHECK = Check(
    id="E-SIGNATURE-FORM",
    violation="V03",
    scope="act",
    citations=(
        Cite("CV-1800-2021"),
        Cite("ND-30-2020", "Điều 13"),
        Cite("TT-21-2019", "Điều 15"),
        Cite("TT-19-2015", "Điều 19"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Ghi lại chức danh: người đứng đầu ký, hoặc “KT. …” và chức danh chính thức của cấp phó.",
        "Restate the title: the head signs, or “KT. …” with the deputy's official title.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
)

_NO_ASSIGNMENT = Text(
    "người ký được giao phụ trách nhưng hồ sơ chưa có quyết định giao phụ trách.",
    "the signatory is in charge without a head, but no assignment decision is on file.",
)


def run(act: ActFacts, law: Law) -> Result:
    """Judge how the title is written, then whether a deputy in charge has the decision for it."""
    kind = law.find_kind(act.kind)
    if kind is None or kind.standing != "current" or not act.title_text.strip():
        return NOT_APPLICABLE
    _, capacity = body_verdict(law, kind, act.issued_on, act.body)
    if capacity is None:
        return NOT_APPLICABLE
    held = frozenset(c.kind for c in act.body.held(act.issued_on))
    answer = signature(law, kind, act.issued_on, capacity, act.title_text, held)
    if answer.about == "form":
        say = failed if answer.verdict == "refused" else to_review
        return say(why=answer.why)
    title = read_title(act.title_text, law)
    if act.mandates is None or not title.for_the_head:
        return PASSED
    mine = [
        m
        for m in act.mandates
        if m.period.contains(act.issued_on) and m.body in ("", act.body.code, act.body.name)
    ]
    in_charge = [m for m in mine if m.role == "acting"]
    covered = any(m.role == "deputy" or m.assignment_decision for m in mine if m.role != "head")
    return failed(why=_NO_ASSIGNMENT) if in_charge and not covered else PASSED
