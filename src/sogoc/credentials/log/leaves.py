"""Putting leaves into the log: bytes first, with their act; the sequencer gives the place later."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection

from sogoc.kernel.leaf import leaf_hash

LEGACY_STREAM: Final = "so-hoa"
"""Stream of digitised old registers, apart from all live acts."""


def stream_for(on: date, *, legacy: bool = False) -> str:
    """Return the stream of an act recorded on a business day: its year, or the legacy stream."""
    return LEGACY_STREAM if legacy else f"{on.year:04d}"


def origin(stream: str, base: str) -> str:
    """Return the origin line of a stream's checkpoints: `base` is the installation's name."""
    return f"{base}/{stream}"


def add_leaf(stream: str, source: str, leaf: bytes) -> bytes:
    """Insert one leaf in the transaction of `acting(...)` and return its 32-byte hash.

    `source` names the table its row stands in (`log.sources`), or the act where there is no row.
    Many leaves at once go by INSERT … SELECT (`register.staging` shows how).
    """
    hashed = leaf_hash(leaf)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO credentials_log_leaf (stream, source, leaf, leaf_hash)"
            " VALUES (%s, %s, %s, %s)",
            [stream, source, leaf, hashed],
        )
    return hashed
