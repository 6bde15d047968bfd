"""Which lines a list of look-up codes and serials speaks of, before they are revoked together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from sogoc.credentials.register import api as register
from sogoc.credentials.register.api import LineView
from sogoc.people.api import Actor, acting, require

_key: Final = register.serial_key
"""How words are compared; codes too, which may be typed in small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRevoke:
    """What was asked for: lines that stand, lines revoked already, and words that say no one line.

    ``ambiguous`` are serials that several lines bear (of other kinds, or in old books).
    """

    lines: tuple[LineView, ...]
    revoked: tuple[LineView, ...]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]


def find_to_revoke(*, words: Sequence[str], by: Actor) -> ToRevoke:
    """Return the lines of these codes or serials, each once, in the order given; writes nothing.

    Needs ``register.revoke``. Lines the actor may not see are unknown.
    """
    wanted = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    with acting(by):
        require(by, "register.revoke")
        by_serial = _codes_of_serials(wanted)
        code_of = {
            word: codes[0] if len(codes) == 1 else word
            for word in wanted
            for codes in [by_serial.get(_key(word), ())]
        }
        found = register.lines_by_code(list(code_of.values()))
    plain = {_key(code): line for code, line in found.items()}
    several = {word for word in wanted if len(by_serial.get(_key(word), ())) > 1}
    lines = {word: plain.get(_key(code)) for word, code in code_of.items() if word not in several}
    known = list({line.code: line for line in lines.values() if line is not None}.values())
    return ToRevoke(
        lines=tuple(line for line in known if line.status != "revoked"),
        revoked=tuple(line for line in known if line.status == "revoked"),
        unknown=tuple(word for word, line in lines.items() if line is None),
        ambiguous=tuple(word for word in wanted if word in several),
    )


def kinds_of(found: ToRevoke) -> list[tuple[str, str, int]]:
    """Return issuer's name, kind and how many lines, of those that would be revoked."""
    counts = Counter((line.issuer_name, line.kind) for line in found.lines)
    return [(issuer, kind, count) for (issuer, kind), count in sorted(counts.items())]


def _codes_of_serials(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    query = """
        SELECT upper(replace(l.serial, ' ', '')), array_agg(l.code::text ORDER BY l.id)
        FROM credentials_register_line l
        WHERE l.act <> 'revoke' AND l.serial <> ''
          AND upper(replace(l.serial, ' ', '')) = ANY (%s::text[])
        GROUP BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [[_key(word) for word in words]])
        return {serial: tuple(codes) for serial, codes in cursor.fetchall()}
