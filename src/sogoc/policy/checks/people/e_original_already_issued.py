"""Người này đã có bản chính {code} do {issuer} cấp ngày {issued}, còn hiệu lực.

This person already has the original {code} issued by {issuer} on {issued}, and it stands.

The original is issued once. A wrong original is revoked first; only then is a lawful one issued.
The same person is the same personal ID where both have one, else name, birth date and birth place.
With a birth place missing or another one only a warning is left: it may be somebody else's, whose
look-up code is then not shown whole.
Kinds that a person may hold several times (another level, another major) are told apart by those.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, only_issue
from sogoc.policy.facts import ActFacts, PriorOriginal, RowFacts
from sogoc.policy.findings import PASSED, Result, failed, to_review, warned
from sogoc.policy.statute import Cite, Kind, Law
from sogoc.policy.wording import day

CHECK = Check(
    id="E-ORIGINAL-ALREADY-ISSUED",
    violation="V25",
    scope="row",
    citations=(
        Cite("TT-21-2019", "khoản 2 Điều 2"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Không cấp thêm. Bản trước cấp sai thì thu hồi trước; ghi sai thì làm thủ tục cấp lại.",
        "Do not issue another. Revoke the earlier one first if it was unlawful; re-issue if it was "
        "written wrong.",
    ),
    reviewed=date(2026, 11, 21),
    applies=only_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm e khoản 1 Điều 25"),
)

GONE = frozenset({"revoked", "cancelled"})
"""Statuses of an original that no longer stands."""

_UNSURE = Text(
    "Người này đã có bản chính {code} do {issuer} cấp ngày {issued}; chưa rõ có cùng bậc, "
    "cùng ngành hay không.",
    "This person already has the original {code} issued by {issuer} on {issued}; whether level and "
    "major are the same is not known.",
)

_SURELY = frozenset({"id", "place"})
_PERHAPS = {
    "unknown": Text(
        "Có bản chính {code} do {issuer} cấp ngày {issued} cho người cùng tên, ngày sinh; không đủ "
        "nơi sinh để biết có phải một người.",
        "An original {code} issued by {issuer} on {issued} is of somebody of this name and birth "
        "date; without both birth places it is not known whether it is the same person.",
    ),
    "other_place": Text(
        "Có bản chính {code} do {issuer} cấp ngày {issued} cho người cùng tên, ngày sinh nhưng "
        "khác nơi sinh; được coi là người khác.",
        "An original {code} issued by {issuer} on {issued} is of somebody of this name and birth "
        "date but another birth place, taken for another person.",
    ),
}
_LOOK = Text(
    "Đối chiếu hồ sơ gốc: nếu là một người thì không cấp thêm; hai người thì ghi số định danh.",
    "Compare the records: issue no other to the same person; give personal IDs of two people.",
)


def run(row: RowFacts, act: ActFacts, law: Law) -> Result:
    """Fail for a standing original of the same kind, review when sameness cannot be told.

    What is perhaps another person's only warns.
    """
    kind = law.find_kind(act.kind)
    if not row.prior or kind is None:
        return PASSED
    unsure: PriorOriginal | None = None
    perhaps: PriorOriginal | None = None
    for prior in row.prior:
        if prior.status in GONE or law.find_kind(prior.kind) is not kind:
            continue
        same = _same(row, act, prior, kind)
        if same is not False and prior.likeness not in _SURELY:
            perhaps = perhaps or prior
        elif same:
            return failed(column="full_name", **_about(prior))
        elif same is None:
            unsure = unsure or prior
    if unsure is not None:
        return to_review(message=_UNSURE, column="full_name", **_about(unsure))
    if perhaps is None:
        return PASSED
    message = _PERHAPS[perhaps.likeness]
    return warned(message=message, remedy=_LOOK, column="full_name", **_masked(perhaps))


def _same(row: RowFacts, act: ActFacts, prior: PriorOriginal, kind: Kind) -> bool | None:
    """Whether the two are originals of one thing; ``None`` when that cannot be told."""
    known = True
    for name in kind.told_apart_by:
        mine = row.major if name == "major" else row.level or act.level
        theirs = prior.major if name == "major" else prior.level
        if mine is None or theirs is None:
            known = False
        elif mine != theirs:
            return False
    return True if known else None


def _about(prior: PriorOriginal) -> dict[str, Any]:
    return {"code": prior.code, "issuer": prior.issuer_name, "issued": day(prior.issued_on)}


def _masked(prior: PriorOriginal) -> dict[str, Any]:
    """What is perhaps a stranger's: not the whole code, with which anybody looks the line up."""
    return _about(prior) | {"code": f"{prior.code[:7]}…"}


def run_batch(rows: Sequence[RowFacts], act: ActFacts, law: Law) -> Iterator[tuple[int, Result]]:
    """Only rows that have an earlier original at all."""
    for index, row in enumerate(rows):
        if row.prior:
            yield index, run(row, act, law)
