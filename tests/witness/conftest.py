"""A log that can also lie, and witnesses that watch it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import SignerKey, sign_note
from sogoc.witness.api import AddCheckpoint, Witness, WitnessServer, WitnessStore, new_secrets

ORIGIN = "log.example/2026"


@dataclass
class Clock:
    """A clock that a test sets."""

    now: int = 1_800_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Log:
    """A log of `size` entries; `forged` are entries it replaced after the fact."""

    key: SignerKey = field(default_factory=lambda: SignerKey(ORIGIN, bytes(range(32))))
    forged: dict[int, bytes] = field(default_factory=dict)

    def leaves(self, size: int) -> list[bytes]:
        return [
            merkle.leaf_hash(self.forged.get(index, b"entry %d" % index)) for index in range(size)
        ]

    def root(self, size: int) -> bytes:
        return merkle.root_hash(self.leaves(size))

    def note(self, size: int) -> str:
        body = Checkpoint(self.key.name, size, self.root(size)).body()
        return sign_note(body, self.key.name, self.key.private_key)

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(merkle.consistency_proof(old, self.leaves(new)))

    def request(self, old: int, new: int) -> bytes:
        return AddCheckpoint(old, self.proof(old, new), self.note(new)).body()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_witness(tmp_path: Path, log: Log, clock: Clock) -> Iterator[Callable[..., Witness]]:
    """`make_witness("w1")` makes a witness of the log in `tmp_path / "w1"`."""
    with ExitStack() as stack:

        def make(name: str = "w1", *, ml_dsa: bool = False) -> Witness:
            secrets = new_secrets(f"{name}.example", ml_dsa=ml_dsa)
            store = WitnessStore.create(tmp_path / name, secrets)
            stack.callback(store.close)
            store.add_log(log.key.verifier)
            return Witness(store, clock)

        yield make


@pytest.fixture
def witness(make_witness: Callable[..., Witness]) -> Witness:
    return make_witness()


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """`serve(witness)` runs a witness over HTTP and returns its address."""
    with ExitStack() as stack:

        def start(witness: Witness, *, request_seconds: float = 15.0) -> str:
            server = WitnessServer(("127.0.0.1", 0), witness, request_seconds=request_seconds)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_address[1]}"

        yield start
