"""Thu hồi: a new line that points back; what it revokes is never touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sogoc.credentials.lifecycle.errors import RevocationRefused
from sogoc.credentials.log.api import stream_for
from sogoc.credentials.register import api as register
from sogoc.credentials.register.api import LineConstants, LineRow, LineView
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require, successor
from sogoc.policy.api import load_law

_LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_SHOWN: Final = 10


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
    second: Actor | None = None,
) -> Revoked:
    """Revoke originals, live or legacy, by one decision: all of them or none.

    ``ground`` is the provision ("điểm c khoản 1 Điều 25 TT 21/2019"), ``reason`` what happened. The
    day of the act is that of the decision. The body acting must be the one that keeps the register
    on that day: the issuer, or its successor in custody. Needs ``register.revoke``; so does
    ``second``, another person of that body who confirmed it, and is named in the audit event.
    Raises ``RevocationRefused`` (unknown or revoked lines are named), ``NotPermitted``.
    """
    _require_another(by, second)
    decision_number, why = decision_number.strip(), f"{ground.strip()}: {reason.strip()}"
    _require_decision(codes, decision_number, decision_date, ground.strip(), reason.strip(), at)
    with acting(by):
        lines = _lines(codes, decision_date)
        issuers = sorted({line.issuer for line in lines})
        _require_keeper(issuers, decision_date, by)
        if second is not None:
            _require_keeper(issuers, decision_date, second)
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
            | ({"confirmed_by": second.username} if second is not None else {}),
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


def _require_another(by: Actor, second: Actor | None) -> None:
    if second is not None and second.username == by.username:
        raise RevocationRefused(
            "revocation_same_person",
            Text(
                "Người xác nhận phải là người khác người làm.",
                "Who confirms must be another person than who revokes.",
            ),
        )


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


def _require_decision(
    codes: Sequence[str], number: str, day: date, ground: str, reason: str, at: datetime
) -> None:
    if not codes or not number or not ground or not reason:
        raise RevocationRefused(
            "revocation_incomplete",
            Text(
                "Thu hồi cần quyết định, căn cứ, lý do và ít nhất một dòng.",
                "A revocation needs a decision, a ground, a reason and at least one line.",
            ),
        )
    if day > at.astimezone(_LOCAL).date():
        raise RevocationRefused(
            "revocation_ahead",
            Text(
                f"Quyết định ghi ngày {day:%d/%m/%Y}, chưa đến.",
                f"The decision is dated {day.isoformat()}, which is still to come.",
            ),
        )


def _lines(codes: Sequence[str], day: date) -> list[LineView]:
    found = register.lines_by_code(codes)
    lines = list(found.values())
    if len(lines) != len(codes):
        raise RevocationRefused(
            "revocation_lines_unknown",
            Text(
                f"{len(codes) - len(lines)} mã không có trong sổ, gõ sai hoặc lặp lại.",
                f"{len(codes) - len(lines)} codes are not in the register, mistyped or repeated.",
            ),
            unknown=sorted(set(codes) - set(found))[:_SHOWN],
        )
    gone = [line.code for line in lines if line.status == "revoked"]
    if gone:
        raise RevocationRefused(
            "revocation_repeated",
            Text(
                f"{len(gone)} dòng đã bị thu hồi: {', '.join(gone[:_SHOWN])}.",
                f"{len(gone)} lines are revoked already: {', '.join(gone[:_SHOWN])}.",
            ),
            revoked=gone[:_SHOWN],
        )
    early = [line.code for line in lines if line.issued_on > day]
    if early:
        raise RevocationRefused(
            "revocation_before_issue",
            Text(
                f"Quyết định thu hồi ghi trước ngày cấp của: {', '.join(early[:_SHOWN])}.",
                f"The decision is dated before the issue of: {', '.join(early[:_SHOWN])}.",
            ),
        )
    return lines


def _require_keeper(issuers: Sequence[str], day: date, by: Actor) -> None:
    """The body that keeps the registers on the day of the act, and nobody else, revokes."""
    for issuer in issuers:
        _require_keeps(issuer, day, by)


def _require_keeps(issuer: str, day: date, by: Actor) -> None:
    body = get_organisation(issuer)
    require(by, "register.revoke", organisation_id=body.pk)
    keeper = successor(issuer, "custody", day) or body
    if by.organisation_id != keeper.pk:
        raise RevocationRefused(
            "revocation_not_keeper",
            Text(
                f"Ngày {day:%d/%m/%Y} sổ gốc của {body.name} do {keeper.name} quản lý; "
                "chỉ đơn vị đó được thu hồi.",
                f"On {day.isoformat()} the register of {body.name} is kept by {keeper.name}; "
                "only that body may revoke.",
            ),
            keeper=keeper.code,
        )
