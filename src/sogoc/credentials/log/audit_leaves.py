"""What the database has at each position, for somebody who remembers what was published there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from psycopg import ServerCursor

from sogoc.people.api import Actor, acting

_FETCH: Final = 5_000
# The hash of the bytes that are there, not the one stored beside them.
_PLACED: Final = """
    SELECT p.index, sha256('\\x00'::bytea || f.leaf) FROM credentials_log_position p
    JOIN credentials_log_leaf f ON f.id = p.leaf_id WHERE p.stream = %s ORDER BY p.index
"""


def placed_leaves(stream: str) -> Iterator[tuple[int, bytes]]:
    """Yield index and leaf hash (32 bytes) of every placed leaf of a stream, by index.

    The identity and a server-side cursor stay open until the iterator is finished or closed.
    """
    with acting(Actor.system("log-audit")), _cursor() as cursor:
        cursor.itersize = _FETCH
        cursor.execute(_PLACED, [stream])
        for index, hashed in cursor:
            yield int(index), bytes(hashed)


def _cursor() -> ServerCursor[Any]:
    found: ServerCursor[Any] = connection.connection.cursor("log_placed_leaves")
    return found
