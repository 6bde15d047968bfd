"""A log of 70,000 entries, three real witnesses, a monitor, a holder; then its owner attacks.

What is built once is copied for each test; `put` replaces a file, for copies are hard links.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import leaf_hash
from sogoc.kernel.notes import add_signatures, parse_note, sign_note
from sogoc.witness.api import AddCheckpoint, Response, Witness, WitnessStore
from tests.monitor.building import NOW, Log, Watcher, leaf

LAST_WEEK, TODAY = 60_000, 70_000
WEEK = 7 * 24 * 3600
MINE = 500
"""Entry of the holder."""


def put(file: Path, data: bytes | str) -> None:
    """Replace a file without touching what it is a link to."""
    file.unlink(missing_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)


def signed(log: Log, leaves: list[bytes]) -> str:
    """A checkpoint over any leaves, signed with the log's own key: its owner can always do that."""
    root = merkle.root_hash([leaf_hash(each) for each in leaves])
    body = Checkpoint(log.key.name, len(leaves), root).body()
    return sign_note(body, log.key.name, log.key.private_key)


@dataclass
class Town:
    """The owner's log, and everybody who does not believe it."""

    folder: Path
    log: Log
    witnesses: dict[str, Witness]
    watcher: Watcher
    proof: LogProof

    @property
    def policy(self) -> Policy:
        """What a relying party trusts, got on paper."""
        return Policy.parse(self.log.policy())

    @property
    def shown(self) -> str:
        """The checkpoint the log serves now."""
        return (self.log.folder / "checkpoint").read_text("utf-8")

    def ask(self, name: str, leaves: list[bytes], *, old: int | None = None) -> Response:
        """Ask a witness to cosign the owner's checkpoint over these leaves, with the best proof."""
        witness = self.witnesses[name]
        head = witness.store.head(self.log.key.name)
        held = head.size if head is not None and old is None else (old or 0)
        proof = (
            merkle.consistency_proof(held, [leaf_hash(each) for each in leaves])
            if held <= len(leaves)
            else []
        )
        return witness.add_checkpoint(
            AddCheckpoint(held, tuple(proof), signed(self.log, leaves)).body()
        )

    def publish_cosigned(self, leaves: list[bytes], names: list[str]) -> None:
        """Publish a history with the cosignatures of those who give one."""
        note = signed(self.log, leaves)
        for name in names:
            answer = self.ask(name, leaves)
            if answer.status == 200:
                lines = parse_note(note.partition("\n\n")[0].encode() + b"\n\n" + answer.body)
                note = add_signatures(note, lines.signatures)
        self.log.publish(leaves, by=[])
        self.log.show(note)

    def statuses(self, leaves: list[bytes]) -> list[int]:
        """What each witness answers to the owner's checkpoint over these leaves."""
        return [self.ask(name, leaves).status for name in self.witnesses]

    def evidence(self) -> list[str]:
        """Kinds of evidence that witnesses hold."""
        return [each.kind for witness in self.witnesses.values() for each in witness.evidence()]

    def newcomer(self) -> Watcher:
        """Somebody who begins to follow only now, and asks the witnesses."""
        other = Watcher(self.folder / "newcomer", self.log, now=self.watcher.now)
        other.served = self.watcher.served
        return other.make("recheck_bundles = 0")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town as it stands before any attack."""
    folder = tmp_path_factory.mktemp("town")
    log = Log(folder / "log", [leaf(number) for number in range(1, TODAY + 1)])
    for name, secret in log.witnesses.items():
        store = WitnessStore.create(folder / "witnesses" / name, (secret,))
        store.add_log(log.key.verifier)
        store.close()
    watcher = Watcher(folder / "monitor", log).make()
    for size, now in ((LAST_WEEK, NOW - WEEK), (TODAY, NOW)):
        leaves = log.leaves[:size]
        log.publish(leaves, at=now)
        for name in log.names:
            witness = Witness.open(folder / "witnesses" / name, lambda now=now: now)
            held = LAST_WEEK if size == TODAY else 0
            proof = merkle.consistency_proof(held, [leaf_hash(each) for each in leaves])
            answer = witness.add_checkpoint(
                AddCheckpoint(held, tuple(proof), signed(log, leaves)).body()
            )
            assert answer.status == 200
            witness.store.close()
        watcher.now = now
        assert watcher.look().is_clean
        shutil.copy(log.folder / "checkpoint", folder / f"checkpoint-{size}")
    return folder


@pytest.fixture(scope="session")
def all_leaves() -> list[bytes]:
    return [leaf(number) for number in range(1, TODAY + 1)]


@pytest.fixture
def town(built: Path, all_leaves: list[bytes], tmp_path: Path) -> Iterator[Town]:
    """A copy of the town, to be attacked."""
    folder = tmp_path / "town"
    shutil.copytree(built / "log", folder / "log", copy_function=os.link)
    shutil.copytree(built / "witnesses", folder / "witnesses")
    shutil.copytree(built / "monitor", folder / "monitor")
    for size in (LAST_WEEK, TODAY):
        shutil.copy(built / f"checkpoint-{size}", folder)
    log = _Linked(folder / "log", list(all_leaves))
    settings = folder / "monitor" / "monitor.toml"
    text = settings.read_text().replace(str(built), str(folder))
    proofs = '[watch]\nproofs = ["mine.tlog-proof"]'
    settings.write_text(text.replace("[watch]", proofs))
    watcher = Watcher(folder / "monitor", log)
    hashes = [leaf_hash(each) for each in all_leaves]
    proof = LogProof(
        MINE,
        tuple(merkle.inclusion_proof(MINE, hashes)),
        (folder / f"checkpoint-{TODAY}").read_text(),
    )
    (watcher.folder / "mine.tlog-proof").write_text(str(proof))
    (watcher.folder / "mine.entry").write_bytes(all_leaves[MINE])
    with ExitStack() as stack:
        witnesses = {}
        for name in log.names:
            witness = Witness.open(folder / "witnesses" / name, lambda: NOW + 60)
            stack.callback(witness.store.close)
            witnesses[name] = witness
        yield Town(folder, log, witnesses, watcher, proof)


class _Linked(Log):
    """A log whose files are links: what is written replaces them."""

    def publish(self, leaves=None, *, by=None, at=NOW) -> None:  # type: ignore[no-untyped-def]
        over = self.leaves if leaves is None else leaves
        from sogoc.kernel.tiles import TileBuilder

        builder = TileBuilder()
        builder.extend(over)
        for path, data in builder.take_files():
            file = self.folder / path
            if not file.is_file() or file.read_bytes() != data:
                file.parent.mkdir(parents=True, exist_ok=True)
                put(file, data)
        self.show(self.note(over, by=by, at=at, root=builder.root()))

    def show(self, note: str) -> None:
        put(self.folder / "checkpoint", note)
