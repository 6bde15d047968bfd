"""The states of a batch and the steps between them; ``guards.sql`` enforces the same table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sogoc.credentials.issuing.models import Batch

State = Batch.State

TRANSITIONS: Final[Mapping[Batch.State, frozenset[Batch.State]]] = {
    State.PREPARED: frozenset({State.APPROVED, State.CANCELLED}),
    State.APPROVED: frozenset({State.PRINTED, State.CANCELLED}),
    State.PRINTED: frozenset({State.SIGNED, State.CANCELLED}),
    State.SIGNED: frozenset({State.ISSUED, State.PRINTED, State.CANCELLED}),
    State.ISSUED: frozenset(),
    State.CANCELLED: frozenset(),
}
