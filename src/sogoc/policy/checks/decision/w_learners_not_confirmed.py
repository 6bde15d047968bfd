"""Chưa ghi nhận người học đã xem và xác nhận nội dung ghi trên văn bằng, chứng chỉ.

It is not recorded that the learners saw and confirmed what will be printed.

The draft is shown to the learners before printing; most corrections start from a list nobody saw.
"""

from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ActFacts
from sogoc.policy.findings import PASSED, Result, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="W-LEARNERS-NOT-CONFIRMED",
    violation="V23",
    scope="act",
    citations=(Cite("TT-21-2019", "điểm b khoản 2 Điều 4"), Cite("TT-10-2026")),
    remedy=Text(
        "Cho người học xem nội dung, ghi ngày xác nhận vào hồ sơ.",
        "Show the learners the content and record the day they confirmed it.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    only_while_cited=True,
)

_TOO_LATE = Text(
    "Ngày người học xác nhận {confirmed} sau ngày cấp {issued}.",
    "The learners' confirmation of {confirmed} is after the issue date {issued}.",
)


def run(act: ActFacts, law: Law) -> Result:  # noqa: ARG001 - the signature all checks share
    """Warn without a confirmation, or with one after the issue date."""
    confirmed = act.learners_confirmed_on
    if confirmed is None:
        return warned()
    if confirmed > act.issued_on:
        return warned(message=_TOO_LATE, confirmed=day(confirmed), issued=day(act.issued_on))
    return PASSED
