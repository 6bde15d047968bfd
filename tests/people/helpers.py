"""Days on either side of the merger of provinces, and a small event to look for."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sogoc.people.api import Actor, acting, record_event

AT = datetime(2025, 4, 10, 2, 30, tzinfo=UTC)
BEFORE = date(2025, 6, 30)
AFTER = date(2025, 7, 1)


def note(actor: Actor, subject: str) -> None:
    """Record an event about the actor's own body."""
    with acting(actor):
        record_event(actor=actor, verb="tests:thing:note", subject=subject, at=AT)
