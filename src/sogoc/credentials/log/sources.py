"""What every leaf commits to: the field lists v1 of each kind of row, frozen once released.

A row's columns are pinned in one of three ways, and every column must be in one of them:

- **public**: in the leaf itself (act, issuer, book, sequence, decision, reference, rules, rulings);
- **committed**: inside the commitment, as the fields below;
- **derived**: computed again by the audit from the others (name keys, `issuer` of personal rows …).

Fields that nobody would ever show alone are put together as one canonical JSON text, so that a
line costs 15 hashes and not 24. Values have one form each: dates and times as ISO 8601 (times in
UTC with microseconds), identifiers and numbers as they are, an empty text as the empty text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from sogoc.kernel import canonical
from sogoc.kernel.leaf import Committer, LeafTemplate, Value, leaf_hash

LINE: Final = "register_line"
MOVEMENT: Final = "blank_movement"
LOT: Final = "blank_lot"
EVENT: Final = "people_auditevent"
"""Names in `log_leaf.source`."""

LINE_FIELDS: Final = (
    "birth", "birth_place", "code", "details", "entry_number", "ethnicity", "full_name",
    "issued_on", "kind", "nationality", "personal_id", "provenance", "serial", "sex", "signatory",
)  # fmt: skip
"""Committed fields of a register line, personal columns included."""

MOVEMENT_FIELDS: Final = (
    "blank", "document", "kind", "on_date", "recorded_at", "state", "step", "use",
)  # fmt: skip
LOT_FIELDS: Final = (
    "document_number", "first", "kind", "last", "prefix", "received_on", "source", "width",
)  # fmt: skip

_LINES: Final = Committer(LINE_FIELDS)
_MOVEMENTS: Final = Committer(MOVEMENT_FIELDS)
_LOTS: Final = Committer(LOT_FIELDS)

commit_line = _LINES.commit
"""`commit_line(record_key, values)`: values in the order of `LINE_FIELDS` (see `line_values`)."""


class PreparedLeaf(NamedTuple):
    """What a ledger row and its leaf need: the key kept in the row, the bytes, their hash."""

    record_key: bytes
    leaf: bytes
    leaf_hash: bytes


def iso_time(at: datetime) -> str:
    """Return the one form of a moment in a commitment. Raises `ValueError` for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a committed time must be aware")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def joined(*values: Value) -> str:
    """Return values that are committed together, as one canonical JSON array."""
    return canonical.dumps(values).decode()


def birth(birth_date: str | None, birth_text: str) -> str | None:
    """Return the committed form of a birth date: the ISO day, or what was found, or both."""
    if birth_date is None:
        return birth_text or None
    return joined(birth_date, birth_text) if birth_text else birth_date


def book_name(kind: str, year: int, *, is_live: bool) -> str:
    """Return a book's name inside leaves; with the issuer it is unique."""
    return f"{kind}/{year}" if is_live else f"{kind}/{year}/so-cu"


def decision(number: str, day: date | None) -> tuple[str, date] | None:
    """Return the decision as a leaf shows it: only when number and day are both known."""
    return (number, day) if number and day else None


def provenance_parts(
    *,
    is_live: bool,
    batch: UUID | None,
    recorded_at: datetime,
    decision_number: str,
    decision_date: date | None,
    reason: str,
    source_file: str,
    source_digest: bytes | None,
) -> tuple[str, str]:
    """Return what stands before and after `row_part` in a line's provenance.

    The whole is the canonical JSON array `[is_live, batch, recorded_at, decision number, decision
    day, reason, file, sheet, row, SHA-256 of the file]`.
    """
    before = joined(
        is_live,
        None if batch is None else str(batch),
        iso_time(recorded_at),
        decision_number,
        None if decision_date is None else decision_date.isoformat(),
        reason,
        source_file,
    )
    after = joined(None if source_digest is None else source_digest.hex())
    return f"{before[:-1]},", f",{after[1:]}"


def row_part(sheet: str, row: int | None) -> str:
    """Return sheet and row as they stand inside a provenance."""
    return f"{_json_text(sheet)},{'null' if row is None else row}"


@lru_cache(maxsize=256)
def _json_text(text: str) -> str:
    return canonical.dumps(text).decode()


def movement_leaves(
    owner: str,
    movements: Sequence[Mapping[str, object]],
    record_keys: Sequence[bytes],
) -> list[PreparedLeaf]:
    """Return the leaves of blank movements of one owner (organisation code), in order.

    Each mapping holds the columns `kind prefix number step state on_date batch_id batch_row
    document_number reason recorded_at`; keys are 32 random bytes each. An `issued` movement has no
    leaf of its own: it shares that of its register line.
    """
    leaves = []
    templates: dict[str, LeafTemplate] = {}
    for row, key in zip(movements, record_keys, strict=True):
        state = str(row["state"])
        template = templates.get(state)
        if template is None:
            template = templates[state] = _template(f"blank_{state}", owner)
        leaf = template(None, _MOVEMENTS.commit(key, movement_values(row)))
        leaves.append(PreparedLeaf(key, leaf, leaf_hash(leaf)))
    return leaves


def movement_values(row: Mapping[str, object]) -> tuple[Value, ...]:
    """Return the committed values of a movement, in the order of `MOVEMENT_FIELDS`."""
    batch, recorded_at, on_date = row["batch_id"], row["recorded_at"], row["on_date"]
    batch_row, step = row["batch_row"], row["step"]
    assert isinstance(recorded_at, datetime)  # noqa: S101 - columns are typed by the database
    assert isinstance(on_date, date)  # noqa: S101
    assert isinstance(step, int)  # noqa: S101
    assert isinstance(batch_row, int | None)  # noqa: S101
    return (
        joined(str(row["prefix"]), str(row["number"])),
        joined(str(row["document_number"]), str(row["reason"])),
        str(row["kind"]),
        on_date.isoformat(),
        iso_time(recorded_at),
        str(row["state"]),
        step,
        joined(None if batch is None else str(batch), batch_row),
    )


def commit_movement(row: Mapping[str, object]) -> bytes:
    """Return the commitment of a stored movement, from its columns and its `record_key`."""
    key = row["record_key"]
    assert isinstance(key, bytes | memoryview)  # noqa: S101 - columns are typed by the database
    return _MOVEMENTS.commit(bytes(key), movement_values(row))


def lot_leaf(owner: str, lot: Mapping[str, object], record_key: bytes) -> PreparedLeaf:
    """Return the leaf of a lot of blanks.

    `lot` holds the columns `kind prefix width first last source document_number received_on`.
    """
    leaf = _template("blank_lot", owner)(None, _LOTS.commit(record_key, lot_values(lot)))
    return PreparedLeaf(record_key, leaf, leaf_hash(leaf))


def lot_values(lot: Mapping[str, object]) -> tuple[Value, ...]:
    """Return the committed values of a lot, in the order of `LOT_FIELDS`."""
    received_on = lot["received_on"]
    assert isinstance(received_on, date)  # noqa: S101 - columns are typed by the database
    return (
        str(lot["document_number"]),
        str(lot["first"]),
        str(lot["kind"]),
        str(lot["last"]),
        str(lot["prefix"]),
        received_on.isoformat(),
        str(lot["source"]),
        str(lot["width"]),
    )


def _template(act: str, issuer: str) -> LeafTemplate:
    return LeafTemplate(act=act, issuer=issuer, book=None, decision=None, rules=None)
