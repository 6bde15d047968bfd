"""Rulings: written legal opinions that settle a ``review``. One records, another confirms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from sogoc.credentials.issuing.errors import RulingConflict, SamePerson, UnknownRuling
from sogoc.credentials.issuing.models import Ruling
from sogoc.credentials.issuing.records import RulingView
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event, require
from sogoc.policy.api import RulingFact


def record_ruling(
    *,
    document_number: str,
    document_date: date,
    author: str,
    summary: str,
    valid_from: date,
    valid_until: date | None = None,
    kinds: Sequence[str],
    checks: Sequence[str],
    bodies: Sequence[str] = (),
    is_allowed: bool = True,
    by: Actor,
    at: datetime,
) -> RulingView:
    """Record a legal opinion: what it says of which kinds, checks and bodies, for acts of a period.

    It counts only once another officer confirms it. ``bodies`` are codes, empty for all. Needs
    ``ruling.record``. Raises ``RulingConflict`` for an incomplete opinion or a number used before.
    """
    _require_complete((document_number, author, summary), kinds, checks)
    with acting(by):
        require(by, "ruling.record")
        try:
            with transaction.atomic():
                ruling = Ruling.objects.create(
                    document_number=document_number.strip(),
                    document_date=document_date,
                    author=author.strip(),
                    summary=summary.strip(),
                    valid_from=valid_from,
                    valid_until=valid_until,
                    kinds=list(kinds),
                    checks=list(checks),
                    bodies=list(bodies),
                    is_allowed=is_allowed,
                    recorded_by=by.username,
                    recorded_at=at,
                )
        except IntegrityError:
            raise _exists(document_number) from None
        record_event(
            actor=by,
            verb="issuing:ruling:record",
            subject=ruling.document_number,
            at=at,
            detail=_said(ruling),
        )
        return _view(ruling)


def _said(ruling: Ruling) -> dict[str, object]:
    """Return what its event says, for the audit of the log to compare; not the author's name."""
    until = ruling.valid_until
    return {
        "kinds": ruling.kinds,
        "checks": ruling.checks,
        "bodies": ruling.bodies,
        "allowed": ruling.is_allowed,
        "summary": ruling.summary,
        "date": ruling.document_date.isoformat(),
        "from": ruling.valid_from.isoformat(),
        "until": None if until is None else until.isoformat(),
    }


def _exists(document_number: str) -> RulingConflict:
    return RulingConflict(
        "ruling_exists",
        Text(
            f"Ý kiến số {document_number} đã được ghi, hoặc thời hạn không đúng.",
            f"Ruling {document_number} is recorded already, or its period is malformed.",
        ),
        document_number=document_number,
    )


def _require_complete(texts: Sequence[str], kinds: Sequence[str], checks: Sequence[str]) -> None:
    if not all(text.strip() for text in texts) or not kinds or not checks:
        raise RulingConflict(
            "ruling_incomplete",
            Text(
                "Ý kiến pháp lý cần số văn bản, người ký, nội dung, loại văn bằng và phép kiểm.",
                "A ruling needs its number, author, content, credential kinds and checks.",
            ),
        )


def confirm_ruling(*, document_number: str, by: Actor, at: datetime) -> RulingView:
    """Confirm a recorded opinion; from now on it settles what it names.

    Needs ``ruling.confirm``. Raises ``UnknownRuling``, ``SamePerson`` for who recorded it,
    ``RulingConflict`` when it is confirmed already.
    """
    with acting(by):
        require(by, "ruling.confirm")
        ruling = Ruling.objects.select_for_update().filter(document_number=document_number).first()
        if ruling is None:
            raise _unknown(document_number)
        if ruling.recorded_by == by.username:
            raise SamePerson(
                "four_eyes",
                Text(
                    "Người đã ghi ý kiến không được tự xác nhận.",
                    "Who recorded a ruling does not confirm it.",
                ),
            )
        if ruling.confirmed_by:
            raise RulingConflict(
                "ruling_confirmed",
                Text(
                    f"Ý kiến số {document_number} đã được xác nhận.",
                    f"Ruling {document_number} is confirmed already.",
                ),
                document_number=document_number,
            )
        ruling.confirmed_by, ruling.confirmed_at = by.username, at
        ruling.save(update_fields=["confirmed_by", "confirmed_at"])
        record_event(actor=by, verb="issuing:ruling:confirm", subject=document_number, at=at)
        return _view(ruling)


def get_ruling(*, document_number: str, by: Actor) -> RulingView:
    """Return one recorded ruling. Raises ``UnknownRuling``."""
    with acting(by):
        ruling = Ruling.objects.filter(document_number=document_number).first()
        if ruling is None:
            raise _unknown(document_number)
        return _view(ruling)


def _unknown(document_number: str) -> UnknownRuling:
    return UnknownRuling(
        "ruling_unknown",
        Text(
            f"Chưa ghi ý kiến số {document_number}.",
            f"No ruling has the number {document_number}.",
        ),
        document_number=document_number,
    )


def rulings(*, by: Actor, limit: int = 200) -> list[RulingView]:
    """Return recorded rulings, the newest first."""
    with acting(by):
        return [_view(ruling) for ruling in Ruling.objects.order_by("-recorded_at", "-pk")[:limit]]


def ruling_facts() -> tuple[RulingFact, ...]:
    """Return confirmed rulings that allow, as facts; called inside ``acting``.

    One that forbids settles nothing: the review it is about goes on standing.
    """
    found = Ruling.objects.filter(is_allowed=True).exclude(confirmed_by="").order_by("pk")
    return tuple(
        RulingFact(
            document_number=ruling.document_number,
            author=ruling.author,
            period=Period(ruling.valid_from, ruling.valid_until),
            checks=frozenset(ruling.checks),
            kinds=frozenset(ruling.kinds),
            bodies=frozenset(ruling.bodies),
        )
        for ruling in found
    )


def _view(ruling: Ruling) -> RulingView:
    return RulingView(
        document_number=ruling.document_number,
        document_date=ruling.document_date,
        author=ruling.author,
        summary=ruling.summary,
        valid_from=ruling.valid_from,
        valid_until=ruling.valid_until,
        kinds=tuple(ruling.kinds),
        checks=tuple(ruling.checks),
        bodies=tuple(ruling.bodies),
        is_allowed=ruling.is_allowed,
        recorded_by=ruling.recorded_by,
        recorded_at=ruling.recorded_at,
        confirmed_by=ruling.confirmed_by,
        confirmed_at=ruling.confirmed_at,
    )
