"""Thu hồi: a new line that points back; what it revokes is never touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sogoc.credentials.lifecycle.deciding import SHOWN, Act
from sogoc.credentials.lifecycle.errors import RevocationRefused
from sogoc.credentials.log.api import stream_for
from sogoc.credentials.register import api as register
from sogoc.credentials.register.api import LineConstants, LineRow, LineView
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event
from sogoc.policy.api import load_law

REVOCATION: Final = Act(
    name="revocation",
    refused=RevocationRefused,
    permission="register.revoke",
    does=Text("thu hồi", "revoke"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What a revocation did: the originals' codes and those of the lines that revoke them."""

    count: int
    decision_number: str
    decision_date: date
    codes: tuple[str, ...]
    revocations: tuple[str, ...]


def revoke_lines(
    *,
    codes: Sequence[str],
    decision_number: str,
    decision_date: date,
    ground: str,
    reason: str,
    by: Actor,
    at: datetime,
    proposed_by: str = "",
) -> Revoked:
    """Revoke originals, live or legacy, by one decision: all of them or none.

    ``ground`` is the provision ("điểm c khoản 1 Điều 25 TT 21/2019"), ``reason`` what happened. The
    day of the act is that of the decision. The body acting must be the one that keeps the register
    on that day: the issuer, or its successor in custody. Needs ``register.revoke``. Pages and
    commands revoke several lines by ``confirm_revocation`` alone; ``proposed_by`` then names the
    first person in the audit event. Raises ``RevocationRefused`` (unknown or revoked lines are
    named), ``NotPermitted``.
    """
    decision_number, why = decision_number.strip(), f"{ground.strip()}: {reason.strip()}"
    with acting(by):
        lines = require_revocable(codes, decision_number, decision_date, ground, reason, by, at)
        issuers = sorted({line.issuer for line in lines})
        shared = {
            "act": "revoke",
            "stream": stream_for(decision_date, legacy=False),
            "recorded_at": at,
            "issued_on": decision_date,
            "decision_number": decision_number,
            "decision_date": decision_date,
            "reason": why,
            "rule_set": load_law().rule_set_id,
        }
        revocations = _insert(lines, shared)
        record_event(
            actor=by,
            verb="lifecycle:line:revoke",
            subject=decision_number,
            at=at,
            reason=why,
            detail={"lines": len(lines), "issuers": issuers, "date": str(decision_date)}
            | ({"proposed_by": proposed_by} if proposed_by else {}),
            organisation_code=by.organisation_code or issuers[0],
            on_behalf_of=issuers[0] if issuers != [by.organisation_code] else "",
        )
        return Revoked(
            count=len(lines), decision_number=decision_number, decision_date=decision_date,
            codes=tuple(line.code for line in lines),
            revocations=tuple(revocations),
        )  # fmt: skip


def revoke_line(
    *,
    code: str,
    decision_number: str,
    decision_date: date,
    ground: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Revoked:
    """Revoke one original; see ``revoke_lines``."""
    return revoke_lines(
        codes=[code],
        decision_number=decision_number,
        decision_date=decision_date,
        ground=ground,
        reason=reason,
        by=by,
        at=at,
    )


def require_revocable(
    codes: Sequence[str],
    decision_number: str,
    decision_date: date,
    ground: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> list[LineView]:
    """Return the lines of a revocation that `by` may make; inside `acting`.

    Raises ``RevocationRefused``, ``NotPermitted``.
    """
    _require_complete(codes, decision_number.strip(), ground.strip(), reason.strip())
    REVOCATION.require_due(decision_date, at)
    lines = REVOCATION.lines(codes)
    _require_standing(lines)
    REVOCATION.require_issued(lines, decision_date)
    REVOCATION.require_keeper(lines, decision_date, by)
    return lines


def _insert(lines: Sequence[LineView], shared: Mapping[str, Any]) -> list[str]:
    """Write the revoking lines, book by book; return their codes."""
    codes: list[str] = []
    for book in sorted({line.book for line in lines}, key=lambda book: book.id):
        own = [line for line in lines if line.book == book]
        rows = [
            LineRow(n=n, ref_id=line.id, ref_hash=line.leaf_hash)
            for n, line in enumerate(own, start=1)
        ]
        constants = LineConstants(book=book, **shared)
        codes += [done.code for done in register.insert_lines(constants, rows)]
    return codes


def _require_complete(codes: Sequence[str], *said: str) -> None:
    if not codes or not all(said):
        raise RevocationRefused(
            "revocation_incomplete",
            Text(
                "Thu hồi cần quyết định, căn cứ, lý do và ít nhất một dòng.",
                "A revocation needs a decision, a ground, a reason and at least one line.",
            ),
        )


def _require_standing(lines: Sequence[LineView]) -> None:
    gone = [line.code for line in lines if line.status == "revoked"]
    if gone:
        raise RevocationRefused(
            "revocation_repeated",
            Text(
                f"{len(gone)} dòng đã bị thu hồi: {', '.join(gone[:SHOWN])}.",
                f"{len(gone)} lines are revoked already: {', '.join(gone[:SHOWN])}.",
            ),
            revoked=gone[:SHOWN],
        )
