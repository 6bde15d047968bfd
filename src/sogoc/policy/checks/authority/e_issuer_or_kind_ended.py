"""{what}

{what}

A lower-secondary diploma dated 2026 or later, an upper-secondary diploma of the provincial
department from 2026-04-15, anything issued by a district office from 2025-07-01: the kind or the
issuer had ended. Where the matrix leaves the day uncertain this check reviews as well.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import NOT_APPLICABLE, PASSED, Result, failed, to_review
from sogoc.policy.matrix import body_verdict
from sogoc.policy.statute import Cite, Ending, Law

CHECK = Check(
    id="E-ISSUER-OR-KIND-ENDED",
    violation="V05",
    scope="act",
    citations=(Cite("TT-13-2025"), Cite("L-123-2025"), Cite("TT-10-2026")),
    remedy=Text(
        "Không cấp theo cách này; chuyển cho cơ quan tiếp nhận nhiệm vụ.",
        "Do not issue so; hand over to the body that took over the task.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    only_while_cited=True,
    ground_for_revocation=Cite("TT-21-2019", "điểm c khoản 1 Điều 25"),
)


def run(act: ActFacts, law: Law) -> Result:
    """Look for an ending that covers kind, day and the capacities the body acts in."""
    kind = law.find_kind(act.kind)
    if kind is None or kind.standing != "current":
        return NOT_APPLICABLE
    capacities = act.body.capacity_kinds(act.issued_on)
    for ending in law.endings:
        if act.issued_on >= ending.start and _covers(ending, kind.id, capacities):
            verdict, _ = body_verdict(law, kind, act.issued_on, act.body)
            if verdict.verdict == "allowed":
                continue  # another capacity of the body is competent
            say = to_review if verdict.verdict == "review" else failed
            return say(cites=law.cite_on(ending.basis, act.issued_on), what=ending.what)
    return PASSED


def _covers(ending: Ending, kind: str, capacities: frozenset[str]) -> bool:
    by_kind = not ending.kinds or kind in ending.kinds
    by_body = not ending.issuer_kinds or bool(capacities & frozenset(ending.issuer_kinds))
    return by_kind and by_body
