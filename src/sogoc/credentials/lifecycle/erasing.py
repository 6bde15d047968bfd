"""Xóa dữ liệu cá nhân: the personal columns and the key of a line are destroyed, its act stays.

The log first takes an act `erase` that refers to the line's leaf; the database lets the data go
only after it (`sogoc_erase_personal`), in the same transaction. What was committed to is then
random to everyone but its holder, who still has the key.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from sogoc.credentials.lifecycle.errors import ErasureRefused
from sogoc.credentials.log.api import add_leaf, sources, stream_for
from sogoc.credentials.register import api as register
from sogoc.credentials.register.api import LineView
from sogoc.kernel.leaf import commit, encode_leaf
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require, successor
from sogoc.policy.api import load_law

ACT: Final = "erase"
SOURCE: Final = "erasure"
"""What the leaf says it is, and what the log says it stands for: the database asks for both."""

_LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_SHOWN: Final = 10
_ERASE: Final = "SELECT sogoc_erase_personal(%s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did: codes of the lines and, in their order, hashes of the acts (hex)."""

    count: int
    decision_number: str
    decision_date: date
    codes: tuple[str, ...]
    leaves: tuple[str, ...]


def erase_personal(
    *,
    codes: Sequence[str],
    decision_number: str,
    decision_date: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> Erased:
    """Destroy the personal data of lines by one decision: of all of them or of none. Irreversible.

    The body acting must keep the register on the day of the decision. Needs `register.erase`.
    Raises `ErasureRefused` (unknown or already erased lines are named), `NotPermitted`.
    """
    decision_number, reason = decision_number.strip(), reason.strip()
    _require_decision(codes, decision_number, decision_date, reason, at)
    with acting(by):
        lines = _lines(codes, decision_date)
        for issuer in sorted({line.issuer for line in lines}):
            _require_keeps(issuer, decision_date, by)
        leaves = tuple(
            _erase(line, (decision_number, decision_date), reason, by, at) for line in lines
        )
    return Erased(
        count=len(lines),
        decision_number=decision_number,
        decision_date=decision_date,
        codes=tuple(line.code for line in lines),
        leaves=leaves,
    )


def _erase(line: LineView, decision: tuple[str, date], reason: str, by: Actor, at: datetime) -> str:
    """Log the act and let the data of one line go; return the hash of the act's leaf."""
    key = secrets.token_bytes(32)
    number, day = decision
    leaf = encode_leaf(
        act=ACT,
        issuer=line.issuer,
        book=sources.book_name(line.book.kind, line.book.year, is_live=line.book.is_live),
        sequence=None,
        decision=decision,
        reference=line.leaf_hash.hex(),
        rules=load_law().rule_set_id,
        rulings=(),
        commitment=commit(
            key, {"code": line.code, "reason": reason, "recorded_at": sources.iso_time(at)}
        ),
    )
    hashed = add_leaf(stream_for(day), SOURCE, leaf)
    with connection.cursor() as cursor:
        cursor.execute(_ERASE, [line.id, hashed])
    record_event(
        actor=by,
        verb="lifecycle:personal:erase",
        subject=line.code,
        at=at,
        reason=reason,
        # With the key anybody shown this event can open the act's commitment.
        detail={"decision": number, "date": str(day), "leaf": hashed.hex(), "key": key.hex()},
        organisation_code=by.organisation_code or line.issuer,
        on_behalf_of="" if line.issuer == by.organisation_code else line.issuer,
    )
    return hashed.hex()


def _require_decision(
    codes: Sequence[str], number: str, day: date, reason: str, at: datetime
) -> None:
    if not codes or not number or not reason:
        raise ErasureRefused(
            "erasure_incomplete",
            Text(
                "Xóa dữ liệu cần quyết định, lý do và ít nhất một dòng.",
                "An erasure needs a decision, a reason and at least one line.",
            ),
        )
    if day > at.astimezone(_LOCAL).date():
        raise ErasureRefused(
            "erasure_ahead",
            Text(
                f"Quyết định ghi ngày {day:%d/%m/%Y}, chưa đến.",
                f"The decision is dated {day.isoformat()}, which is still to come.",
            ),
        )


def _lines(codes: Sequence[str], day: date) -> list[LineView]:
    found = register.lines_by_code(codes)
    lines = list(found.values())
    if len(lines) != len(codes):
        raise ErasureRefused(
            "erasure_lines_unknown",
            Text(
                f"{len(codes) - len(lines)} mã không có trong sổ, gõ sai hoặc lặp lại.",
                f"{len(codes) - len(lines)} codes are not in the register, mistyped or repeated.",
            ),
            unknown=sorted(set(codes) - set(found))[:_SHOWN],
        )
    gone = [line.code for line in lines if line.erased]
    if gone:
        raise ErasureRefused(
            "erasure_repeated",
            Text(
                f"Dữ liệu đã xóa từ trước: {', '.join(gone[:_SHOWN])}.",
                f"Their data are erased already: {', '.join(gone[:_SHOWN])}.",
            ),
            erased=gone[:_SHOWN],
        )
    early = [line.code for line in lines if line.issued_on > day]
    if early:
        raise ErasureRefused(
            "erasure_before_issue",
            Text(
                f"Quyết định xóa ghi trước ngày cấp của: {', '.join(early[:_SHOWN])}.",
                f"The decision is dated before the issue of: {', '.join(early[:_SHOWN])}.",
            ),
        )
    return lines


def _require_keeps(issuer: str, day: date, by: Actor) -> None:
    body = get_organisation(issuer)
    require(by, "register.erase", organisation_id=body.pk)
    keeper = successor(issuer, "custody", day) or body
    if by.organisation_id != keeper.pk:
        raise ErasureRefused(
            "erasure_not_keeper",
            Text(
                f"Ngày {day:%d/%m/%Y} sổ gốc của {body.name} do {keeper.name} quản lý; "
                "chỉ đơn vị đó được xóa dữ liệu.",
                f"On {day.isoformat()} the register of {body.name} is kept by {keeper.name}; "
                "only that body may erase data.",
            ),
            keeper=keeper.code,
        )
