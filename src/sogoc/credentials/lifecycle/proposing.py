"""Many lines by one decision: one officer proposes, a second looks at them and confirms."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from sogoc.credentials.lifecycle.errors import RevocationRefused
from sogoc.credentials.lifecycle.models import RevocationEnd, RevocationProposal
from sogoc.credentials.lifecycle.revoking import (
    REVOCATION,
    Revoked,
    require_revocable,
    revoke_lines,
)
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event, require

WAITS: Final = "proposed"
"""State of a proposal nobody has ended; the others are `RevocationEnd.Outcome`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A proposal and what became of it. `ended_by` is empty while it waits."""

    token: str
    state: str
    codes: tuple[str, ...]
    decision_number: str
    decision_date: date
    ground: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None
    end_reason: str = ""


def propose_revocation(
    *,
    codes: Sequence[str],
    decision_number: str,
    decision_date: date,
    ground: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Proposed:
    """Store which lines a decision is to revoke; they stand until another person confirms.

    Everything is asked that `revoke_lines` asks, so that what would be refused is refused now. The
    same lines by the same decision, still waiting, give the proposal that is there. Raises
    `RevocationRefused`, `NotPermitted`.
    """
    with acting(by):
        require_revocable(codes, decision_number, decision_date, ground, reason, by, at)
        assert by.organisation_id is not None  # noqa: S101 - a keeper has a body
        same = RevocationProposal.objects.filter(
            organisation_id=by.organisation_id,
            decision_number=decision_number.strip(),
            decision_date=decision_date,
            codes=list(codes),
            revocationend__isnull=True,
        ).first()
        if same is not None:
            return _view(same, None)
        proposal = RevocationProposal.objects.create(
            token=f"th_{secrets.token_urlsafe(18)}",
            organisation_id=by.organisation_id,
            codes=list(codes),
            decision_number=decision_number.strip(),
            decision_date=decision_date,
            ground=ground.strip(),
            reason=reason.strip(),
            proposed_by=by.username,
            proposed_at=at,
        )
        _event("propose", proposal, by, at)
        return _view(proposal, None)


def confirm_revocation(*, token: str, by: Actor, at: datetime) -> Revoked:
    """Revoke the lines of a proposal: the second person's act. All of them or none.

    Raises `RevocationRefused` (the proposer, a proposal ended already, lines revoked meanwhile),
    `NotPermitted`.
    """
    with acting(by):
        proposal = _waiting(token)
        if proposal.proposed_by == by.username:
            raise RevocationRefused(
                "revocation_same_person",
                Text(
                    "Người xác nhận phải là người khác người đề nghị.",
                    "Who confirms must be another person than who proposed.",
                ),
            )
        done = revoke_lines(
            codes=proposal.codes,
            decision_number=proposal.decision_number,
            decision_date=proposal.decision_date,
            ground=proposal.ground,
            reason=proposal.reason,
            by=by,
            at=at,
            proposed_by=proposal.proposed_by,
        )
        _end(proposal, RevocationEnd.Outcome.CONFIRMED, "", by, at)
        return done


def withdraw_revocation(*, token: str, reason: str, by: Actor, at: datetime) -> Proposed:
    """Give a proposal up, by whoever may revoke at that body. Raises `RevocationRefused`."""
    with acting(by):
        proposal = _waiting(token)
        require(by, REVOCATION.permission)
        if not reason.strip():
            raise RevocationRefused(
                "revocation_withdrawn_why",
                Text("Hãy ghi lý do rút đề nghị.", "Say why the proposal is withdrawn."),
            )
        end = _end(proposal, RevocationEnd.Outcome.WITHDRAWN, reason.strip(), by, at)
        _event("withdraw", proposal, by, at, reason=reason.strip())
        return _view(proposal, end)


def revocations(*, by: Actor, limit: int = 100) -> list[Proposed]:
    """Return proposals of bodies the actor sees, the newest first. Needs `register.revoke`."""
    with acting(by):
        require(by, REVOCATION.permission)
        found = RevocationProposal.objects.select_related("revocationend")
        return [
            _view(each, _end_of(each)) for each in found.order_by("-proposed_at", "-pk")[:limit]
        ]


def get_revocation(*, token: str, by: Actor) -> Proposed:
    """Return one proposal. Needs `register.revoke`. Raises `RevocationRefused` for an unknown."""
    with acting(by):
        require(by, REVOCATION.permission)
        proposal = _proposal(token)
        return _view(proposal, _end_of(proposal))


def _proposal(token: str) -> RevocationProposal:
    found = RevocationProposal.objects.select_related("revocationend").filter(token=token).first()
    if found is None:
        raise RevocationRefused(
            "revocation_unknown",
            Text(f"Không có đề nghị thu hồi {token}.", f"There is no proposal {token}."),
        )
    return found


def _waiting(token: str) -> RevocationProposal:
    """Return a proposal nobody has ended; another who would end it now waits for this act."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"revocation {token}"])
    proposal = _proposal(token)
    if _end_of(proposal) is not None:
        raise RevocationRefused(
            "revocation_ended",
            Text(
                "Đề nghị này đã xác nhận hoặc đã rút.",
                "This proposal was confirmed or withdrawn already.",
            ),
        )
    return proposal


def _end_of(proposal: RevocationProposal) -> RevocationEnd | None:
    return getattr(proposal, "revocationend", None)


def _end(
    proposal: RevocationProposal, outcome: str, reason: str, by: Actor, at: datetime
) -> RevocationEnd:
    return RevocationEnd.objects.create(
        proposal=proposal,
        organisation_id=proposal.organisation_id,
        outcome=outcome,
        reason=reason,
        ended_by=by.username,
        ended_at=at,
    )


def _event(
    what: str, proposal: RevocationProposal, by: Actor, at: datetime, reason: str = ""
) -> None:
    record_event(
        actor=by,
        verb=f"lifecycle:revocation:{what}",
        subject=proposal.token,
        at=at,
        reason=reason,
        detail={"decision": proposal.decision_number, "lines": len(proposal.codes)},
    )


def _view(proposal: RevocationProposal, end: RevocationEnd | None) -> Proposed:
    return Proposed(
        token=proposal.token,
        state=WAITS if end is None else end.outcome,
        codes=tuple(proposal.codes),
        decision_number=proposal.decision_number,
        decision_date=proposal.decision_date,
        ground=proposal.ground,
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        ended_by="" if end is None else end.ended_by,
        ended_at=None if end is None else end.ended_at,
        end_reason="" if end is None else end.reason,
    )
