"""What anybody may know of the documents of one line: number, kind, day and status; no person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sogoc.people.api import Actor, acting

_READER: Final = Actor.system("documents")
_OF_A_CODE: Final = """
    SELECT d.number, d.role, d.copy_number, d.made_at,
        CASE WHEN coalesce(s.state, 'valid') = 'valid' THEN 'current' ELSE s.state END
    FROM credentials_document d
    JOIN credentials_register_line l ON l.id = d.line_id
    LEFT JOIN LATERAL (
        SELECT t.state FROM credentials_document_state t
        WHERE t.document_id = d.id ORDER BY t.id DESC LIMIT 1
    ) s ON true
    WHERE l.code = %s AND l.act <> 'revoke' AND d.role IN ('original', 'copy', 'supplement')
        AND EXISTS (SELECT FROM credentials_document_edition e WHERE e.document_id = d.id)
    ORDER BY d.id
"""
_OF_A_FILE: Final = """
    SELECT d.number, d.role, d.copy_number, d.made_at,
        CASE WHEN coalesce(s.state, 'valid') = 'valid' THEN 'current' ELSE s.state END,
        e.edition = (SELECT max(n.edition) FROM credentials_document_edition n
                     WHERE n.document_id = d.id)
    FROM credentials_document_edition e
    JOIN credentials_document d ON d.id = e.document_id
    LEFT JOIN LATERAL (
        SELECT t.state FROM credentials_document_state t
        WHERE t.document_id = d.id ORDER BY t.id DESC LIMIT 1
    ) s ON true
    WHERE e.sha256 = %s
"""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A document. `status` is its own: `current`, `renewal_due`, `superseded` or `withdrawn`.

    `is_newest`: of a file, that no later edition of its document was signed.
    """

    number: str
    role: str
    copy_number: str
    made_at: datetime
    status: str
    is_newest: bool = True


def disclosed_documents(code: str) -> list[Disclosed]:
    """Return the documents of the line with a canonical look-up code, the oldest first."""
    with acting(_READER), connection.cursor() as cursor:
        cursor.execute(_OF_A_CODE, [code])
        return [Disclosed(*row) for row in cursor.fetchall()]


def disclosed_file(digest: bytes) -> Disclosed | None:
    """Return the document one of whose editions has this SHA-256; None for any other file."""
    with acting(_READER), connection.cursor() as cursor:
        cursor.execute(_OF_A_FILE, [digest])
        row = cursor.fetchone()
        return None if row is None else Disclosed(*row)
