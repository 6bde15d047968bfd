"""Logs on disk with witnesses, whose owner can also lie."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm, CosignerSecret
from sogoc.kernel.leaf import encode_leaf
from sogoc.kernel.notes import SignerKey, add_signatures, sign_note
from sogoc.kernel.tiles import TileBuilder
from sogoc.monitor.api import Alarm, MonitorState, RoundReport, read_settings, run_round
from sogoc.monitor.sources import FolderSource, Source

ORIGIN = "log.example/2026"
NOW = 1_795_000_000  # 2026-11-18 16:26 in Viet Nam
ISSUER = "so-gddt-dak-nong"
BOOK = "bang_thpt/2026"


def leaf(
    number: int,
    *,
    act: str = "issue",
    issuer: str = ISSUER,
    book: str | None = BOOK,
    sequence: int | None = None,
    decided: date | None = date(2026, 11, 10),
    reference: str | None = None,
    content: str = "",
) -> bytes:
    """The leaf of an act; `number` also makes the commitment."""
    return encode_leaf(
        act=act,
        issuer=issuer,
        book=book,
        sequence=number if sequence is None and act == "issue" else sequence,
        decision=None if decided is None else ("45/QĐ", decided),
        reference=reference,
        rules="rules-1",
        rulings=(),
        commitment=sha256(f"{content}{number}".encode()).digest(),
    )


@dataclass
class Log:
    """A log in a folder, signed with its key and cosigned by its witnesses."""

    folder: Path
    leaves: list[bytes] = field(default_factory=list)
    key: SignerKey = field(default_factory=lambda: SignerKey(ORIGIN, b"k" * 32))
    names: Sequence[str] = ("inspectorate", "archive", "university")
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def witnesses(self) -> dict[str, CosignerSecret]:
        return {
            name: CosignerSecret(
                f"{name}.example", Algorithm.ED25519, sha256(name.encode()).digest()
            )
            for name in self.names
        }

    def policy(self) -> str:
        lines = [f"log {self.key.verifier}\n"]
        for name, secret in self.witnesses.items():
            lines.append(
                f"witness {name} {secret.verifier} {self.urls.get(name, '')}".rstrip() + "\n"
            )
        return "".join([*lines, f"group two 2 {' '.join(self.names)}\nquorum two\n"])

    def note(
        self,
        leaves: Sequence[bytes] | None = None,
        *,
        by: Iterable[str] | None = None,
        at: int = NOW,
        root: bytes | None = None,
    ) -> str:
        """A checkpoint over leaves, cosigned by those named (all)."""
        over = self.leaves if leaves is None else leaves
        root = merkle.root_hash([merkle.leaf_hash(each) for each in over]) if root is None else root
        body = Checkpoint(self.key.name, len(over), root).body()
        signed = sign_note(body, self.key.name, self.key.private_key)
        secrets = [self.witnesses[name] for name in (self.names if by is None else by)]
        return add_signatures(signed, [secret.cosign(body, at) for secret in secrets])

    def publish(
        self,
        leaves: Sequence[bytes] | None = None,
        *,
        by: Iterable[str] | None = None,
        at: int = NOW,
    ) -> None:
        """Write the files of a log of these leaves (all), and its checkpoint."""
        over = self.leaves if leaves is None else leaves
        builder = TileBuilder()
        builder.extend(over)
        for path, data in builder.take_files():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        self.show(self.note(over, by=by, at=at, root=builder.root()))

    def show(self, note: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "checkpoint").write_text(note, "utf-8")
        (self.folder / "vkey").write_text(f"{self.key.verifier}\n")
        (self.folder / "policy").write_text(self.policy())

    def add(self, *leaves: bytes, at: int = NOW) -> None:
        """Add leaves and publish."""
        self.leaves += leaves
        self.publish(at=at)

    def wipe(self) -> None:
        shutil.rmtree(self.folder)


@dataclass
class Watcher:
    """A monitor of one log, with a clock that a test sets."""

    folder: Path
    log: Log
    now: int = NOW
    served: dict[str, Source] = field(default_factory=dict)

    def make(self, watch: str = "", more: str = "", *, closed: bool = False) -> Watcher:
        MonitorState.create(self.folder).close()
        (self.folder / "policy").write_text(self.log.policy())
        (self.folder / "monitor.toml").write_text(
            f'[[log]]\norigin = "{self.log.key.name}"\nplace = "{self.log.folder}"\n'
            f'policy = "policy"\nclosed = {str(closed).lower()}\n[watch]\n{watch}\n{more}\n'
        )
        return self

    def look(
        self, *, everything: bool = False, more: Iterable[Alarm] = (), asked: Iterable[str] = ()
    ) -> RoundReport:
        state = MonitorState(self.folder)
        try:
            return run_round(
                read_settings(self.folder),
                state,
                now=self.now,
                everything=everything,
                more=more,
                asked=asked,
                ask=self._ask,
            )
        finally:
            state.close()

    def kinds(self, **how: bool) -> set[str]:
        return {each.alarm.kind for each in self.look(**how).opened}

    def state(self, use: Callable[[MonitorState], object]) -> object:
        state = MonitorState(self.folder)
        try:
            return use(state)
        finally:
            state.close()

    def evidence(self) -> list[tuple[object, ...]]:
        rows = self.state(lambda s: s.rows("select kind, note, own_note from evidence order by id"))
        assert isinstance(rows, list)
        return rows

    def _ask(self, address: str) -> Source:
        return self.served.get(address, FolderSource(self.folder / "nobody"))


def held_by(folder: Path, origin: str, note: str) -> FolderSource:
    """A witness's answers as files: what it last cosigned."""
    file = folder / sha256(origin.encode()).hexdigest() / "checkpoint"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(note, "utf-8")
    return FolderSource(folder)
