"""Where each log stands between the database and the public, and why it does not go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sogoc.credentials.log.cosigning import policy_text
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import LOCK_FILE, SqliteLockStore
from sogoc.credentials.log.sequencer import stream_sizes
from sogoc.credentials.log.signing import as_log_error, home_signer, verifier_keys_of
from sogoc.kernel.log_policy import NONE, Policy
from sogoc.kernel.text import Text
from sogoc.signer.api import READ_ONLY, SignerError, ask_witnesses

State = Literal["current", "waiting", "read_only", "refused"]


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """What a witness holds: `size` None when it does not answer, 0 when it never cosigned."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """One log: entries placed, locked, signed and published, each at most the one before.

    `signed` is None while the signer does not say. `read_only`: it signs nothing until a quorum of
    witnesses answers; `refused`: its memories contradict each other, `why` says what to do.
    """

    stream: str
    origin: str
    placed: int
    locked: int
    signed: int | None
    published: int
    state: State
    why: Text | None
    witnesses: tuple[WitnessStatus, ...]


def log_status(home: Path, *, base: str) -> tuple[StreamStatus, ...]:
    """Say where each log of a home stands; changes nothing. Raises `LogError` without a signer."""
    sizes = stream_sizes()
    if not sizes:
        return ()
    return tuple(
        _stream(home, stream, base, placed, published)
        for stream, (placed, published) in sorted(sizes.items())
    )


def _stream(home: Path, stream: str, base: str, placed: int, published: int) -> StreamStatus:
    name = origin(stream, base)
    state: State = "current" if placed == published else "waiting"
    signed, locked, why = None, 0, None
    try:
        lock = SqliteLockStore(home / LOCK_FILE).get(name)
        locked = 0 if lock is None else lock.size
        signed = _signed(home, name, base)
    except LogError as error:
        state = "read_only" if error.code == READ_ONLY else "refused"
        why = error.message
    witnesses = _witnesses(home, name, base)
    return StreamStatus(stream, name, placed, locked, signed, published, state, why, witnesses)


def _signed(home: Path, name: str, base: str) -> int:
    signer = home_signer(home, base=base)
    try:
        return signer.open(name).size
    except SignerError as error:
        raise as_log_error(error) from error
    finally:
        signer.close()


def _witnesses(home: Path, name: str, base: str) -> tuple[WitnessStatus, ...]:
    keys = verifier_keys_of(home, name, base=base)
    policy = Policy.parse(policy_text(home, *map(str, keys)))
    if policy.quorum == NONE:
        return ()
    held = dict(ask_witnesses(policy, name, keys))
    found = []
    for witness in policy.witnesses:
        checkpoint = held.get(witness.name)
        answered = witness.name in held
        size = (0 if checkpoint is None else checkpoint.size) if answered else None
        found.append(WitnessStatus(witness.name, size))
    return tuple(found)
