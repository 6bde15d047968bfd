"""Finding lines as officers do: by part of a name without accents, or by serial or entry number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from sogoc.credentials.register.lines import Status, serial_key
from sogoc.kernel.names import fold
from sogoc.people.api import Actor, acting, require

_FIND: Final = """
    SELECT l.code, l.kind, o.name AS issuer_name, coalesce(p.full_name, ''), p.birth_date,
        l.serial, l.entry_number, l.issued_on, l.is_live,
        CASE WHEN r.id IS NULL THEN 'valid' ELSE 'revoked' END
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
    WHERE l.act <> 'revoke'
      AND (%(text)s = ''
           OR l.entry_number = %(typed)s
           OR (%(serial)s <> '' AND upper(replace(l.serial, ' ', '')) = %(serial)s)
           OR p.name_fold LIKE %(name)s)
    ORDER BY l.id DESC
    LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True, slots=True)
class LineSummary:
    """One credential as a list shows it."""

    code: str
    kind: str
    issuer_name: str
    full_name: str
    birth_date: date | None
    serial: str
    entry_number: str
    issued_on: date
    is_live: bool
    status: Status


def find_lines(*, by: Actor, text: str = "", limit: int = 50, offset: int = 0) -> list[LineSummary]:
    """Return visible originals, the newest first, that `text` finds; all of them without text.

    `text` is part of a name (accents and case do not matter), or a whole serial or entry number.
    Raises `NotPermitted`.
    """
    words = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values: dict[str, str | int] = {
        "text": text.strip(),
        "typed": text.strip(),
        "serial": serial_key(text),
        "name": f"%{words}%" if words else "",
        "limit": limit,
        "offset": offset,
    }
    with acting(by), connection.cursor() as cursor:
        require(by, "register.view")
        cursor.execute(_FIND, values)
        return [LineSummary(*row) for row in cursor.fetchall()]
