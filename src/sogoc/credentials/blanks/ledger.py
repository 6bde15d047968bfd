"""The one place that writes movements: steps with their leaves, one blank or a hundred thousand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sogoc.credentials.bulk import insert_rows, lock
from sogoc.credentials.log.api import sources, stream_for
from sogoc.people.models import Organisation

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from psycopg import Cursor

_KEY: Final = 32
_LEAF_COLUMNS: Final = (
    ("stream", "text"), ("source", "text"), ("leaf", "bytea"), ("leaf_hash", "bytea"),
)  # fmt: skip
_MOVEMENT_COLUMNS: Final = (
    ("owner_id", "bigint"), ("kind", "text"), ("prefix", "text"), ("number", "bigint"),
    ("step", "smallint"), ("state", "text"), ("on_date", "date"), ("batch_id", "uuid"),
    ("batch_row", "int"), ("document_number", "text"), ("reason", "text"),
    ("recorded_at", "timestamptz"), ("record_key", "bytea"), ("leaf_hash", "bytea"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step to be recorded of the blank ``prefix`` + ``number``."""

    prefix: str
    number: int
    step: int
    state: str
    batch_id: UUID | None = None
    batch_row: int | None = None
    document_number: str = ""
    reason: str = ""


def lock_stock(cursor: CursorWrapper, owner_id: int, kind: str) -> None:
    """Serialise everything that chooses or moves blanks of this owner and kind."""
    lock(cursor, f"sogoc:blanks:{owner_id}:{kind}")


def record_steps(
    cursor: CursorWrapper,
    *,
    owner: Organisation,
    kind: str,
    steps: Sequence[Step],
    on: date,
    at: datetime,
) -> None:
    """Insert steps (any but ``issued``) and their leaves; the trigger judges the transitions."""
    if not steps:
        return
    random = os.urandom(_KEY * len(steps))
    keys = [random[i : i + _KEY] for i in range(0, len(random), _KEY)]
    rows = [_columns(step, kind, on, at) for step in steps]
    leaves = sources.movement_leaves(owner.code, rows, keys)
    stream = stream_for(on, legacy=False)
    insert_rows(
        cursor,
        "credentials_log_leaf",
        _LEAF_COLUMNS,
        ((stream, sources.MOVEMENT, leaf.leaf, leaf.leaf_hash) for leaf in leaves),
    )
    insert_rows(
        cursor,
        "credentials_blank_movement",
        _MOVEMENT_COLUMNS,
        (
            (
                owner.pk, kind, step.prefix, step.number, step.step, step.state, on, step.batch_id,
                step.batch_row, step.document_number, step.reason, at, leaf.record_key,
                leaf.leaf_hash,
            )
            for step, leaf in zip(steps, leaves, strict=True)
        ),
    )  # fmt: skip


def _columns(step: Step, kind: str, on: date, at: datetime) -> Mapping[str, Any]:
    return {
        "kind": kind,
        "prefix": step.prefix,
        "number": step.number,
        "step": step.step,
        "state": step.state,
        "on_date": on,
        "batch_id": step.batch_id,
        "batch_row": step.batch_row,
        "document_number": step.document_number,
        "reason": step.reason,
        "recorded_at": at,
    }


def insert_issued_from_stage(
    cursor: CursorWrapper | Cursor[Any], *, stage: str, batch_id: UUID, on: date, at: datetime
) -> int:
    """Record every bound blank of a batch as issued; return how many.

    ``stage`` is a temporary table with the columns ``n`` (row of the batch) and ``leaf_hash`` (of
    its register line, which must be inserted before: the movement shares that leaf).
    """
    # Only the rows of this stage, as a batch comes in many; the newest movement of a row is its
    # binding. Without statistics of a table that has just grown the planner would loop.
    cursor.execute(
        f"SELECT set_config('enable_nestloop', 'off', true), min(n), max(n) FROM {stage}"  # noqa: S608 - the name of our own temporary table
    )
    _, first, last = cursor.fetchone() or ("", 0, 0)
    cursor.execute(
        f"""
        WITH bound AS MATERIALIZED (
            SELECT DISTINCT ON (batch_row) owner_id, kind, prefix, number, step, state, batch_row
            FROM credentials_blank_movement
            WHERE batch_id = %s AND batch_row BETWEEN %s AND %s
            ORDER BY batch_row, id DESC)
        INSERT INTO credentials_blank_movement (owner_id, kind, prefix, number, step, state,
            on_date, batch_id, batch_row, document_number, reason, recorded_at, leaf_hash)
        SELECT m.owner_id, m.kind, m.prefix, m.number, m.step + 1, 'issued', %s, %s,
            m.batch_row, '', '', %s, s.leaf_hash
        FROM {stage} s JOIN bound m ON m.batch_row = s.n
        WHERE m.state = 'bound'
        """,  # noqa: S608 - the name of our own temporary table
        [batch_id, first, last, on, batch_id, at],
    )
    moved = int(cursor.rowcount)
    cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
    return moved
