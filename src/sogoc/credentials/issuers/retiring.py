"""Retiring a body's key, by somebody and on the record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sogoc.credentials.issuers import keys
from sogoc.credentials.issuers.recording import require_keys
from sogoc.kernel.multikey import Algorithm
from sogoc.people.api import Actor, acting, record_event


def retire_key(
    home: Path,
    body: str,
    algorithm: Algorithm,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    is_playground: bool,
) -> keys.Signer:
    """Let the next key serve from `at` on; what the old one signed before stays verifiable.

    Needs `keys.manage` of the body, or `org.import`. Opens `acting(by)`. Raises `NotPermitted`,
    `IssuerRefused`.
    """
    at = at.replace(microsecond=0)
    with acting(by):
        require_keys(by, body)
        old = keys.signer(home, body, algorithm, at=at, is_playground=is_playground)
        record_event(
            actor=by,
            verb="issuers:key:retire",
            subject=str(old.record.multikey),
            at=at,
            reason=reason,
            detail={"body": body, "algorithm": algorithm.value},
        )
    return keys.rotate(home, body, algorithm, at=at, is_playground=is_playground)
