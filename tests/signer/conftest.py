"""A tree to sign, a signer over a directory, and witnesses that can be told what they hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import LogKey
from sogoc.signer.api import SignerStore
from sogoc.witness.api import Witness, WitnessServer, WitnessStore, new_secrets, post_checkpoint

ORIGIN = "so-goc.test/2025"
NOW = 1_744_243_200  # seconds: 2025-04-10


@dataclass(frozen=True)
class Tree:
    """Entries by their numbers; another `story` is another history."""

    story: str = "true"

    def leaves(self, size: int) -> list[bytes]:
        return [merkle.leaf_hash(f"{self.story} {number}".encode()) for number in range(size)]

    def at(self, size: int, origin: str = ORIGIN) -> Checkpoint:
        return Checkpoint(origin, size, merkle.root_hash(self.leaves(size)))

    def proof(self, old: int, new: int) -> list[bytes]:
        return merkle.consistency_proof(old, self.leaves(new)) if old else []


@pytest.fixture
def tree() -> Tree:
    return Tree()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with a new signer."""
    made = tmp_path / "signer"
    SignerStore.create(made).close()
    return made


class Panel:
    """Witnesses of one log, and the file that names them."""

    def __init__(self, place: Path) -> None:
        self.file = place / "log-witnesses"
        self._place = place
        self._servers: dict[str, tuple[WitnessServer, threading.Thread]] = {}
        self._lines: dict[str, str] = {}

    def add(self, name: str, keys: tuple[LogKey, ...]) -> None:
        store = WitnessStore.create(self._place / name, new_secrets(f"{name}.example"))
        for key in keys:
            store.add_log(key)
        self._start(name, WitnessServer(("127.0.0.1", 0), Witness(store, lambda: NOW)))
        self._lines[name] = f"witness {name} {store.keys[0]} {self.url(name)}\n"
        members = " ".join(self._lines)
        count = len(self._lines) // 2 + 1
        self.file.write_text(
            "".join(self._lines.values()) + f"group most {count} {members}\nquorum most\n"
        )

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._servers[name][0].server_address[1]}"

    def tell(self, name: str, note: str, old: int, proof: list[bytes]) -> object:
        keys = self._servers[name][0].witness.store.keys
        return post_checkpoint(self.url(name), old_size=old, proof=proof, note=note, keys=keys)

    def stop(self, name: str) -> int:
        server, thread = self._servers.pop(name)
        server.shutdown()
        thread.join()
        server.server_close()
        server.witness.store.close()
        return int(server.server_address[1])

    def start(self, name: str, port: int) -> None:
        store = WitnessStore(self._place / name)
        self._start(name, WitnessServer(("127.0.0.1", port), Witness(store, lambda: NOW)))

    def close(self) -> None:
        for name in list(self._servers):
            self.stop(name)

    def _start(self, name: str, server: WitnessServer) -> None:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self._servers[name] = (server, thread)


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[Panel]:
    made = Panel(tmp_path)
    yield made
    made.close()
