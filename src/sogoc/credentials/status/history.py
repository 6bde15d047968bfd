"""What was said of a copy on a day, with the digest of the list that said it and its leaf."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection

from sogoc.credentials.register import api as register
from sogoc.credentials.status.entries import PURPOSES
from sogoc.kernel import status_lists
from sogoc.people.api import Actor, acting, require

_ENTRIES: Final = """
    SELECT e.copy, e.index, e.list_id FROM credentials_status_entry e
    WHERE e.line_id = %s ORDER BY e.copy
"""
_ISSUE: Final = """
    SELECT valid_from, valid_until, sha256, leaf_hash FROM credentials_status_issue
    WHERE list_id = %s AND purpose = %s AND valid_from <= %s
    ORDER BY valid_from DESC, id DESC LIMIT 1
"""
_ALL: Final = """
    SELECT o.code || '/' || s.number || '/' || i.purpose, i.sha256
    FROM credentials_status_issue i
    JOIN credentials_status_list s ON s.id = i.list_id
    JOIN people_organisation o ON o.id = s.issuer_id
    WHERE i.purpose <> 'token' ORDER BY 1, i.valid_from
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a list said of one copy for one purpose; `is_set` is None when none covered the time.

    `sha256` is that of the archived list, `leaf_hash` of its leaf in the log, both in hex.
    """

    copy: str
    purpose: str
    is_set: bool | None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    sha256: str = ""
    leaf_hash: str = ""


def status_on(code: str, *, home: Path, at: datetime, by: Actor) -> list[Said]:
    """Return what was published of a line's copies at a time. Raises `UnknownLine`."""
    said = []
    with acting(by):
        require(by, "register.view")
        view = next(iter(register.lines_by_code([code]).values()), None)
        if view is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [view.id])
            for copy, index, list_id in cursor.fetchall():
                for purpose in PURPOSES:
                    cursor.execute(_ISSUE, [list_id, purpose, at])
                    row = cursor.fetchone()
                    if row is None or at >= row[1]:
                        said.append(Said(copy, purpose, None))
                        continue
                    found = _is_set(home, bytes(row[2]).hex(), index)
                    said.append(
                        Said(
                            copy,
                            purpose,
                            found,
                            row[0],
                            row[1],
                            bytes(row[2]).hex(),
                            bytes(row[3]).hex(),
                        )
                    )
    return said


def published_lists(home: Path, *, every: bool = False) -> list[dict[str, object]]:
    """Return the newest state of each list as it was signed, or every state ever published."""
    with acting(Actor.system("status")), connection.cursor() as cursor:
        cursor.execute(_ALL)
        rows = [(row[0], bytes(row[1]).hex()) for row in cursor.fetchall()]
    newest = dict(rows)
    wanted = [digest for _, digest in rows] if every else list(newest.values())
    archive = home / "status" / "archive"
    return [json.loads((archive / digest).read_bytes()) for digest in wanted]


def _is_set(home: Path, digest: str, index: int) -> bool:
    document = json.loads((home / "status" / "archive" / digest).read_bytes())
    bits = status_lists.decode_bitstring(document["credentialSubject"]["encodedList"])
    return status_lists.is_set(bits, index)
