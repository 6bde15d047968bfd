"""Three witnesses of the log of 2025, two of which make the quorum."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sogoc.kernel.cosignature import CosignerKey
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.notes import VerifierKey
from sogoc.witness.api import Witness, WitnessServer, WitnessStore, new_secrets

BASE = "so-goc.test"
ORIGIN = f"{BASE}/2025"
NOW = 1_744_243_200  # seconds: 2025-04-10


@dataclass
class Running:
    """A witness that can be stopped and started again at its own port."""

    folder: Path
    port: int = 0
    server: WitnessServer | None = None
    thread: threading.Thread | None = None
    back: int = 0
    """Seconds its clock was set back."""

    def start(self) -> None:
        witness = Witness.open(self.folder, lambda: NOW - self.back)
        self.server = WitnessServer(("127.0.0.1", self.port), witness)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self.thread.start()

    def stop(self) -> None:
        if self.server is None or self.thread is None:
            return
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.server.witness.store.close()
        self.server = None

    @property
    def line(self) -> str:
        store = WitnessStore(self.folder)
        try:
            name = self.folder.name
            return f"witness {name} {store.keys[0]} http://127.0.0.1:{self.port}\n"
        finally:
            store.close()


@pytest.fixture
def log_key(tmp_path: Path, sequence: Callable[..., Any]) -> VerifierKey:
    """The key of the log, made before anything is logged."""
    sequence()
    add(1, "first", stream="so-hoa")
    sequence()
    return keys_of(tmp_path)[0]


@pytest.fixture
def witnesses(tmp_path: Path, log_key: VerifierKey) -> Iterator[list[Running]]:
    """Three witnesses of the log of 2025; the home asks for two of them."""
    made = []
    for name in ("inspectorate", "archive", "university"):
        folder = tmp_path / "witnesses" / name
        store = WitnessStore.create(folder, new_secrets(f"{name}.example"))
        store.add_log(log_key)
        store.add_log(VerifierKey(f"{BASE}/so-hoa", log_key.public_key))
        store.close()
        witness = Running(folder)
        witness.start()
        made.append(witness)
    lines = [each.line for each in made]
    names = " ".join(each.folder.name for each in made)
    (tmp_path / "log-witnesses").write_text("".join(lines) + f"group two 2 {names}\nquorum two\n")
    yield made
    for each in made:
        each.stop()


def keys_of(home: Path) -> tuple[VerifierKey, CosignerKey]:
    """Both keys of the log."""
    from sogoc.credentials.log.signing import verifier_keys_of

    plain, resistant = verifier_keys_of(home, ORIGIN, base=BASE)
    assert isinstance(plain, VerifierKey)
    assert isinstance(resistant, CosignerKey)
    return plain, resistant


def add(count: int, prefix: str = "leaf", stream: str = "2025") -> None:
    from sogoc.credentials.log import api as log  # needs Django's applications
    from sogoc.people.api import Actor, acting

    with acting(Actor.system("test")):
        for number in range(count):
            log.add_leaf(stream, "test", f"{prefix} {number}".encode())


def published(home: Path) -> tuple[int, tuple[str, ...]]:
    """Size of the published checkpoint, and who counts as having witnessed it."""
    from sogoc.credentials.log import api as log

    folder = home / "log" / "2025"
    policy = log.public_file(home, base=BASE, path=f"{ORIGIN}/policy")
    assert policy is not None
    verdict = Policy.parse(policy.data).verify((folder / "checkpoint").read_bytes())
    return verdict.checkpoint.size, verdict.witnesses
