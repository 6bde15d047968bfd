"""The audit trail: who decided what, why, on whose behalf. Insert-only, and leaves of the log."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connections

from sogoc.kernel import canonical
from sogoc.kernel.leaf import commit, encode_leaf, leaf_hash
from sogoc.people.identity import ALIAS, Actor, NoIdentityError, current_actor

if TYPE_CHECKING:
    from sogoc.people.models import AuditEvent

LEAF_ACT = "audit"
"""What the leaf of an event says it is; everything else about it is committed to, not shown."""

_COMMITTED = (
    "at", "verb", "actor", "actor_name", "organisation_code", "on_behalf_of", "subject", "reason",
    "detail",
)  # fmt: skip
"""Columns of an event that its leaf commits to, under their own names."""

_INSERT = """
    INSERT INTO people_auditevent (at, verb, actor, actor_name, organisation_code, on_behalf_of,
        subject, reason, detail, record_key, leaf, leaf_hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
"""  # no RETURNING: an event about a body the actor does not see could not be read back


def record_event(
    *,
    actor: Actor,
    verb: str,
    subject: str,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    organisation_code: str = "",
    on_behalf_of: str = "",
    record_key: bytes | None = None,
) -> None:
    """Insert one event in the transaction of `acting(actor)`, so it stands or falls with its act.

    `verb` is `source:subject:action`; `subject` names the thing by a public code; `detail` is plain
    JSON (no floats that matter: it is compared as RFC 8785). `at` is aware. `organisation_code`
    defaults to the actor's own. `record_key` (32 random bytes) is given only by tests. Raises
    `NoIdentityError` when somebody else is acting.
    """
    if current_actor().username != actor.username:
        raise NoIdentityError("an event is recorded under the name of who acts")
    if at.tzinfo is None:
        raise ValueError("`at` needs a time zone")
    fields: dict[str, Any] = {
        "at": at,
        "verb": verb,
        "actor": actor.username,
        "actor_name": actor.display_name,
        "organisation_code": organisation_code or actor.organisation_code or "",
        "on_behalf_of": on_behalf_of,
        "subject": subject,
        "reason": reason,
        "detail": dict(detail or {}),
    }
    key = secrets.token_bytes(32) if record_key is None else record_key
    leaf = event_leaf(fields, key)
    fields["detail"] = json.dumps(fields["detail"], ensure_ascii=False)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_INSERT, [*fields.values(), key, leaf, leaf_hash(leaf)])


def event_leaf(fields: Mapping[str, Any], record_key: bytes) -> bytes:
    """Return the leaf of an event from its columns; the audit of the log computes it again.

    `fields` maps the columns `at verb actor actor_name organisation_code on_behalf_of subject
    reason detail` to their values, `detail` decoded.
    """
    return encode_leaf(
        act=LEAF_ACT,
        issuer=fields["organisation_code"] or "-",
        book=None,
        sequence=None,
        decision=None,
        reference=None,
        rules=None,
        rulings=(),
        commitment=commit(record_key, committed(fields)),
    )


def committed(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what is committed to: the columns as text, time in UTC to the microsecond."""
    return {name: _text(fields[name]) for name in _COMMITTED}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, str) else canonical.dumps(value).decode()


def recomputed_leaf(event: AuditEvent) -> bytes:
    """Return the leaf a stored event should have."""
    fields = {name: getattr(event, name) for name in _COMMITTED}
    return event_leaf(fields, bytes(event.record_key))
