"""The public door: run a witness, or ask one."""

from __future__ import annotations

from sogoc.witness.client import (
    Conflict,
    Cosigned,
    Refused,
    fetch_checkpoint,
    post_checkpoint,
)
from sogoc.witness.core import Witness
from sogoc.witness.protocol import AddCheckpoint, Response
from sogoc.witness.server import WitnessServer
from sogoc.witness.store import (
    Evidence,
    Head,
    StoreError,
    WitnessStore,
    new_secrets,
    origin_hash,
)

__all__ = [
    "AddCheckpoint",
    "Conflict",
    "Cosigned",
    "Evidence",
    "Head",
    "Refused",
    "Response",
    "StoreError",
    "Witness",
    "WitnessServer",
    "WitnessStore",
    "fetch_checkpoint",
    "new_secrets",
    "origin_hash",
    "post_checkpoint",
]
