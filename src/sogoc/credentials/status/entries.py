"""Giving copies their index, and marking what became of them. Inside `acting(...)` unless said."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import connection

from sogoc.credentials.register import api as register
from sogoc.credentials.status.errors import StatusRefused
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event, require

PURPOSES: Final = ("revocation", "suspension", "refresh")
LENGTH: Final = 1_048_576
"""Entries of a list: what is set hides among a million, and packs to a few kilobytes."""

_LOCK: Final = 0x50D0_57A7
_FOUND: Final = """
    SELECT e.line_id, e.uuid, e.index, s.number, o.code, s.id, e.id
    FROM credentials_status_entry e
    JOIN credentials_status_list s ON s.id = e.list_id
    JOIN people_organisation o ON o.id = s.issuer_id
    WHERE e.line_id = ANY (%s) AND e.copy = %s
"""
_LIST: Final = """
    SELECT s.id, s.number, s.length,
        (SELECT count(*) FROM credentials_status_entry e WHERE e.list_id = s.id)
    FROM credentials_status_list s WHERE s.issuer_id = %s ORDER BY s.number DESC LIMIT 1
"""
_NEW_LIST: Final = """
    INSERT INTO credentials_status_list (issuer_id, number, length) VALUES (%s, %s, %s)
    RETURNING id
"""
_INSERT: Final = """
    INSERT INTO credentials_status_entry (uuid, line_id, copy, list_id, index)
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bigint[], %s::int[])
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """The place of one copy: its name, its index, and the list `<issuer>/<number>`."""

    uuid: UUID
    index: int
    issuer: str
    number: int

    def list_path(self, purpose: str) -> str:
        """Return the public path of the list for a purpose."""
        return list_path(self.issuer, self.number, purpose)


def list_path(issuer: str, number: int, purpose: str) -> str:
    """Return the public path of a list."""
    return f"status/{issuer}/{number}/{purpose}"


def ensure_entries(
    *, issuer_id: int, lines: Sequence[int], copy: str, length: int = LENGTH
) -> dict[int, Entry]:
    """Return the entries of these lines' copies, giving those without one a random index.

    All lines are of one issuer. Asked again, the same entries come back. A list is half filled at
    most, then the next one begins.
    """
    found = _entries(lines, copy)
    missing = [line for line in lines if line not in found]
    if not missing:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, issuer_id])
        while missing:
            cursor.execute(_LIST, [issuer_id])
            last = cursor.fetchone()
            if last is None or 2 * last[3] >= last[2]:
                number = 1 if last is None else last[1] + 1
                cursor.execute(_NEW_LIST, [issuer_id, number, length])
                last = (cursor.fetchone()[0], number, length, 0)
            room = min(len(missing), max(1, last[2] // 2 - last[3]))
            part = missing[:room]
            picked = [secrets.randbelow(last[2]) for _ in part]
            cursor.execute(
                _INSERT,
                [[uuid4() for _ in part], part, [copy] * room, [last[0]] * room, picked],
            )
            found = _entries(lines, copy)
            missing = [line for line in lines if line not in found]
    return found


def _entries(lines: Sequence[int], copy: str) -> dict[int, Entry]:
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [list(lines), copy])
        return {row[0]: Entry(row[1], row[2], row[4], row[3]) for row in cursor.fetchall()}


def mark(
    *, code: str, purpose: str, is_set: bool, reason: str, by: Actor, at: datetime
) -> list[UUID]:
    """Mark every digital copy of a line, or take the mark back; return the copies' names.

    Needs `register.revoke`: who may take a credential away may suspend its copies. Opens
    `acting(by)`. Raises `StatusRefused`, `NotPermitted`, `UnknownLine`.
    """
    if purpose not in PURPOSES or not reason.strip():
        raise StatusRefused(
            "status_mark_incomplete",
            Text("Cần trạng thái và lý do.", "A status and a reason are needed."),
        )
    with acting(by):
        line = register.lines_by_code([code])
        view = next(iter(line.values()), None)
        if view is None:
            raise register.UnknownLine(
                "register_line_unknown",
                Text(f"Không có dòng nào mang mã “{code}”.", f"No line has the code {code!r}."),
            )
        require(by, "register.revoke", organisation_id=view.book.issuer_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, uuid FROM credentials_status_entry WHERE line_id = %s", [view.id]
            )
            entries = cursor.fetchall()
            if not entries:
                raise StatusRefused(
                    "status_no_copy",
                    Text("Dòng này chưa có bản số nào.", "There is no digital copy of this line."),
                )
            for identity, _uuid in entries:
                cursor.execute(
                    "INSERT INTO credentials_status_mark"
                    " (entry_id, purpose, is_set, reason, recorded_by, recorded_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    [identity, purpose, is_set, reason.strip(), by.username, at],
                )
        record_event(
            actor=by,
            verb="status:copy:mark",
            subject=view.code,
            at=at,
            reason=reason.strip(),
            detail={"purpose": purpose, "set": is_set, "copies": len(entries)},
            organisation_code=view.issuer,
        )
        return [uuid for _identity, uuid in entries]
