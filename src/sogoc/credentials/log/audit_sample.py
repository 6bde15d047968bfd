"""Opening some commitments by chance: a light check between two whole audits.

For each line drawn, the leaf is made again from its columns and key, and proven to be under the
checkpoint that was published, from the published files alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.db import connection
from psycopg import Connection

from sogoc.credentials.log import audit_rows
from sogoc.credentials.log.report import Problem, problem
from sogoc.credentials.log.store import StreamStore
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import parse_note
from sogoc.kernel.tiles import TileReader
from sogoc.people.api import Actor, acting

# By chance over ids, not over rows: no scan. An id that is not there is skipped to the next one.
_DRAWN: Final = """
    WITH ends AS (SELECT min(id) AS low, max(id) AS high FROM credentials_register_line),
    drawn AS MATERIALIZED (
        SELECT e.low + floor(random() * (e.high - e.low + 1))::bigint AS at
        FROM ends e, generate_series(1, %s) WHERE e.low IS NOT NULL
    )
    SELECT DISTINCT (
        SELECT l.id FROM credentials_register_line l WHERE l.id >= d.at ORDER BY l.id LIMIT 1
    ) FROM drawn d
"""
_PLACES: Final = """
    SELECT f.leaf_hash, f.stream, p.index FROM credentials_log_leaf f
    JOIN credentials_log_position p ON p.leaf_id = f.id WHERE f.leaf_hash = ANY (%s)
"""


def sample_openings(home: Path, *, base: str, count: int) -> list[Problem]:  # noqa: ARG001 - as its neighbours
    """Open about `count` lines drawn by chance; return what does not fit."""
    with acting(Actor.system("log-audit")):
        return list(_sampled(connection.connection, home, count))


def _sampled(database: Connection[Any], home: Path, count: int) -> Iterator[Problem]:
    drawn = [row[0] for row in database.execute(_DRAWN, [count]).fetchall()]
    hashes = {}
    for code, hashed, faults in audit_rows.chosen_lines(database, drawn):
        hashes[hashed] = code
        if faults is not None:
            yield problem("line", code, *faults)
    readers: dict[str, tuple[Checkpoint, TileReader] | None] = {}
    for hashed, stream, index in database.execute(_PLACES, [list(hashes)]).fetchall():
        if stream not in readers:
            readers[stream] = _reader(StreamStore(home, stream))
        reader = readers[stream]
        if reader is not None and index < reader[0].size:
            yield from _proven(hashes[bytes(hashed)], bytes(hashed), index, *reader)


def _reader(store: StreamStore) -> tuple[Checkpoint, TileReader] | None:
    note = store.checkpoint()
    if note is None:
        return None
    return Checkpoint.parse(parse_note(note).text), TileReader(store.read, cached_tiles=64)


def _proven(
    code: str, hashed: bytes, index: int, checkpoint: Checkpoint, reader: TileReader
) -> Iterator[Problem]:
    try:
        proof = reader.inclusion_proof(index, checkpoint.size)
        merkle.verify_inclusion(index, checkpoint.size, hashed, proof, checkpoint.root)
    except (Error, FileNotFoundError):
        yield problem(
            "line",
            code,
            "không chứng minh được nó nằm dưới điểm kiểm đã công bố",
            "cannot be proven to be under the published checkpoint",
        )
