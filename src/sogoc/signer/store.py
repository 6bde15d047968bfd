"""The signer's own memory: one SQLite file and one key file in a directory of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sogoc.disk import files, sqlite
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import Note
from sogoc.signer.errors import UNKNOWN, refusal
from sogoc.signer.keys import FileKeys, SigningKeys

DATABASE: Final = "signer.sqlite"
KEYS: Final = "signer.key"
PUBLIC: Final = "signer.pub"
"""The public keys, for whoever verifies on this machine."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last tree signed of a log, with the signed note; the note of an empty log is empty."""

    size: int
    root: bytes
    note: str


NOTHING: Final = Head(0, merkle.EMPTY_ROOT, "")


class SignerStore(sqlite.Memory):
    """Open memory of one signer. Threads share it; further processes may open it as well."""

    def __init__(self, directory: Path) -> None:
        """Open a directory that has a key.

        A memory that is gone is made anew, as that of a successor, which signs no log before it
        has adopted it. Raises `SignerError`: no key, another key's memory, damage.
        """
        self.directory = directory
        self.keys: SigningKeys = FileKeys.read(directory / KEYS)
        path = directory / DATABASE
        try:
            if not (directory / PUBLIC).is_file():
                _publish(directory, self.keys)
            if not path.is_file():
                _write_memory(path, self.keys, {}, is_successor=True)
            super().__init__(path)
        except (OSError, sqlite3.OperationalError):
            raise refusal("signer_memory_refuses", directory=str(directory)) from None
        except sqlite3.Error:
            raise refusal("signer_memory_unreadable", directory=str(directory)) from None
        self.is_successor = self._identity()

    @classmethod
    def create(
        cls,
        directory: Path,
        keys: FileKeys | None = None,
        trees: Mapping[str, tuple[int, bytes]] | None = None,
    ) -> SignerStore:
        """Make a signer, with new keys or those of a log that goes on.

        `trees` are size and root signed last, by origin. Raises `SignerError` when there is one.
        """
        keys = keys or FileKeys.new()
        if (directory / KEYS).exists():
            raise refusal("signer_exists", directory=str(directory))
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The key comes last: without a memory no key is ever used.
            _write_memory(directory / DATABASE, keys, trees or {}, is_successor=False)
            _publish(directory, keys)
            files.replace(directory / KEYS, keys.encode().encode("ascii"), mode=0o600)
        except (OSError, sqlite3.Error):
            raise refusal("signer_not_made", directory=str(directory)) from None
        return cls(directory)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the only write transaction; what happens inside is on disk at the end or not at all.

        Raises `SignerError` when the disk refuses.
        """
        try:
            with super().changing():
                yield
        except sqlite3.Error as error:
            raise refusal("signer_memory_refuses", why=str(error)) from error

    def head(self, origin: str) -> Head:
        """Return what was signed last, `NOTHING` for a new log.

        Raises `SignerError` (`UNKNOWN`) while a successor has not adopted the log.
        """
        found = self.rows("select size, root, note from head where origin = ?", origin)
        if found:
            return Head(*found[0])
        if self.is_successor:
            raise refusal(UNKNOWN, origin=origin)
        return NOTHING

    def heads(self) -> dict[str, Head]:
        """Return the heads of all logs, by origin."""
        rows = self.rows("select origin, size, root, note from head order by origin")
        return {origin: Head(*rest) for origin, *rest in rows}

    def set_head(self, origin: str, head: Head) -> None:
        """Remember, inside `changing`; triggers refuse a tree that shrinks or forks."""
        self._connection.execute(
            "insert into head (origin, size, root, note) values (?, ?, ?, ?)"
            " on conflict (origin) do update set size = excluded.size, root = excluded.root,"
            " note = excluded.note",
            (origin, head.size, head.root, head.note),
        )

    def _identity(self) -> bool:
        try:
            rows = self.rows("select keys, is_successor from identity")
        except sqlite3.Error:
            self.close()
            raise refusal("signer_memory_unreadable", directory=str(self.directory)) from None
        if not rows or rows[0][0] != self.keys.identity:
            self.close()
            raise refusal("signer_other_key", directory=str(self.directory))
        return bool(rows[0][1])


def signed_head(keys: SigningKeys, checkpoint: Checkpoint) -> Head:
    """Sign a checkpoint; the caller has made sure that it may be signed, and remembers it first."""
    if not checkpoint.size:
        return NOTHING
    note = str(Note(checkpoint.body(), keys.sign(checkpoint)))
    return Head(checkpoint.size, checkpoint.root, note)


def _write_memory(
    path: Path, keys: SigningKeys, trees: Mapping[str, tuple[int, bytes]], *, is_successor: bool
) -> None:
    """Make the file under a draft's name, so that it is there whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute("pragma synchronous = full")
        sqlite.lay_out(connection, "sogoc.signer")
        connection.execute("begin")
        connection.execute(
            "insert into identity (id, keys, is_successor) values (1, ?, ?)",
            (keys.identity, int(is_successor)),
        )
        for origin, (size, root) in trees.items():
            head = signed_head(keys, Checkpoint(origin, size, root))
            connection.execute(
                "insert into head (origin, size, root, note) values (?, ?, ?, ?)",
                (origin, head.size, head.root, head.note),
            )
        connection.execute("commit")
    draft.chmod(0o600)
    for left in ("-wal", "-shm"):  # of a memory that is gone: they belong to no other
        path.with_name(f"{path.name}{left}").unlink(missing_ok=True)
    draft.replace(path)
    files.sync_folder(path.parent)


def _publish(directory: Path, keys: SigningKeys) -> None:
    files.replace(directory / PUBLIC, f"{keys.identity}\n".encode("ascii"))
