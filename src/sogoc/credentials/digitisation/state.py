"""The states of a job and the steps between them; ``guards.sql`` enforces the same table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sogoc.credentials.digitisation.models import DigitisationJob

State = DigitisationJob.State

TRANSITIONS: Final[Mapping[DigitisationJob.State, frozenset[DigitisationJob.State]]] = {
    State.KEYING: frozenset({State.COMPARED, State.CANCELLED}),
    State.COMPARED: frozenset({State.SIGNED, State.KEYING, State.CANCELLED}),
    State.SIGNED: frozenset({State.COUNTED, State.CANCELLED}),
    State.COUNTED: frozenset(),
    State.CANCELLED: frozenset(),
}
