"""The memory of a witness: one SQLite file and one key file in a directory of its own."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sogoc.disk import files, sqlite
from sogoc.kernel.cosignature import (
    SEED_SIZE,
    Algorithm,
    CosignatureError,
    CosignerKey,
    CosignerSecret,
    LogKey,
    parse_log_key,
)
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

DATABASE: Final = "witness.sqlite"
KEYS: Final = "witness.key"
MAX_EVIDENCE: Final = 10_000
"""Rows of evidence kept for a log; the first ones prove enough."""


class StoreError(Error):
    """A witness directory that is missing, incomplete or not this witness's."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last checkpoint cosigned for a log, with the note as this witness published it."""

    size: int
    root: bytes
    note: str
    signed_at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A checkpoint the log signed against what this witness had cosigned.

    `kind` is `fork` (same size, another root: two signatures contradict each other) or
    `inconsistent` (no valid proof came with it; `settled_at` says when the tree was proven after
    all). `request` is what was sent, byte for byte; times are seconds since 1970.
    """

    id: int
    origin: str
    kind: str
    size: int
    root: bytes
    request: bytes
    note: str
    own_note: str
    seen_at: int
    settled_at: int | None


class WitnessStore(sqlite.Memory):
    """Open memory of one witness. Threads share it; further processes may open it as well."""

    def __init__(self, directory: Path) -> None:
        """Open an existing directory. Raises `StoreError`; never makes a memory anew."""
        self.directory = directory
        self.secrets = _read_keys(directory / KEYS)
        path = directory / DATABASE
        if not path.is_file():
            raise _error("witness_memory_lost", directory)
        try:
            super().__init__(path)
        except sqlite3.Error:
            raise _error("witness_memory_unreadable", directory) from None
        row = self._identity()
        if row is None or row[0] != _vkeys(self.secrets):
            self.close()
            raise _error("witness_other_key", directory)

    @classmethod
    def create(cls, directory: Path, secrets: tuple[CosignerSecret, ...]) -> WitnessStore:
        """Make a witness with new keys. Raises `StoreError` when there is one, or half of one."""
        path, keys = directory / DATABASE, directory / KEYS
        if path.exists() or keys.exists():
            raise _error("witness_exists", directory)
        try:
            directory.mkdir(parents=True, exist_ok=True)
            # The key comes last: without a memory no key is ever used.
            _write_memory(path, secrets)
            _write_keys(keys, secrets)
        except (OSError, sqlite3.Error):
            raise _error("witness_not_made", directory) from None
        return cls(directory)

    @property
    def keys(self) -> tuple[CosignerKey, ...]:
        """The witness's public keys."""
        return tuple(secret.verifier for secret in self.secrets)

    def add_log(self, key: LogKey) -> bool:
        """Trust a key of a log, whose origin is the key's name; say whether it is new.

        Raises `StoreError` for a key of this witness.
        """
        if key.public_key in {own.public_key for own in self.keys}:
            raise _error("witness_own_key", self.directory)
        with self.changing():
            self._connection.execute(
                "insert or ignore into log (origin, origin_hash) values (?, ?)",
                (key.name, origin_hash(key.name)),
            )
            added = self._connection.execute(
                "insert or ignore into log_key (origin, vkey) values (?, ?)", (key.name, str(key))
            )
            return added.rowcount == 1

    def log_keys(self, origin: str) -> tuple[LogKey, ...]:
        """Return the keys of a log, none for an unknown one."""
        rows = self.rows("select vkey from log_key where origin = ? order by vkey", origin)
        return tuple(parse_log_key(vkey) for (vkey,) in rows)

    def origins(self) -> tuple[str, ...]:
        """Return the known logs by name."""
        return tuple(origin for (origin,) in self.rows("select origin from log order by origin"))

    def head(self, origin: str) -> Head | None:
        """Return the last checkpoint cosigned."""
        rows = self.rows("select size, root, note, signed_at from head where origin = ?", origin)
        return Head(*rows[0]) if rows else None

    def note_by_hash(self, digest: str) -> str | None:
        """Return the last cosigned note of the log whose `origin_hash` this is."""
        rows = self.rows(
            "select note from head join log using (origin) where origin_hash = ?", digest
        )
        return str(rows[0][0]) if rows else None

    def last_signed_at(self) -> int:
        """Return the latest time signed, in seconds since 1970; 0 if never."""
        return int(self.rows("select last_signed_at from identity")[0][0])

    def set_head(self, origin: str, head: Head) -> None:
        """Remember a checkpoint, inside `changing`; settles doubts about this very tree."""
        self._connection.execute(
            "insert into head (origin, size, root, note, signed_at) values (?, ?, ?, ?, ?)"
            " on conflict (origin) do update set size = excluded.size, root = excluded.root,"
            " note = excluded.note, signed_at = excluded.signed_at",
            (origin, head.size, head.root, head.note, head.signed_at),
        )
        self._connection.execute("update identity set last_signed_at = ?", (head.signed_at,))
        self._connection.execute(
            "update evidence set settled_at = ? where origin = ? and kind = 'inconsistent'"
            " and size = ? and root = ? and settled_at is null",
            (head.signed_at, origin, head.size, head.root),
        )

    def add_evidence(
        self, origin: str, kind: str, *, size: int, root: bytes, request: bytes, note: str, at: int
    ) -> None:
        """Keep a checkpoint that contradicts the head, inside `changing`; the same one once."""
        own = self.head(origin)
        (count,) = self.rows("select count(*) from evidence where origin = ?", origin)[0]
        if own is None or count >= MAX_EVIDENCE:
            return
        self._connection.execute(
            "insert or ignore into evidence"
            " (origin, kind, size, root, request, note, own_note, seen_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (origin, kind, size, root, request, note, own.note, at),
        )

    def evidence(self, *, settled: bool = False) -> tuple[Evidence, ...]:
        """Return the evidence, oldest first; with `settled` also what was proven after all."""
        rows = self.rows(
            "select id, origin, kind, size, root, request, note, own_note, seen_at, settled_at"
            " from evidence where settled_at is null or ? order by id limit ?",
            settled,
            MAX_EVIDENCE * 100,
        )
        return tuple(Evidence(*row) for row in rows)

    def _identity(self) -> tuple[Any, ...] | None:
        try:
            rows = self.rows("select vkeys from identity")
        except sqlite3.Error:
            self.close()
            raise _error("witness_memory_unreadable", self.directory) from None
        return rows[0] if rows else None


def new_secrets(name: str, *, ml_dsa: bool = False) -> tuple[CosignerSecret, ...]:
    """Return fresh keys under a name: Ed25519, and ML-DSA-44 beside it when asked for.

    Raises `CosignatureError` for a name that cannot be a key's.
    """
    algorithms = (Algorithm.ED25519, *([Algorithm.ML_DSA_44] * ml_dsa))
    return tuple(CosignerSecret(name, each, os.urandom(SEED_SIZE)) for each in algorithms)


def origin_hash(origin: str) -> str:
    """Return the hexadecimal SHA-256 of an origin, the folder of its checkpoint."""
    return sha256(origin.encode()).hexdigest()


def _write_memory(path: Path, secrets: tuple[CosignerSecret, ...]) -> None:
    with closing(sqlite.connect(path)) as connection:
        sqlite.lay_out(connection, "sogoc.witness")
        connection.execute("insert into identity (id, vkeys) values (1, ?)", (_vkeys(secrets),))


def _write_keys(path: Path, secrets: tuple[CosignerSecret, ...]) -> None:
    text = "".join(f"{secret.encode()}\n" for secret in secrets)
    files.write(path, text.encode("utf-8"), 0o600)
    files.sync_folder(path.parent)


def _read_keys(path: Path) -> tuple[CosignerSecret, ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        secrets = tuple(CosignerSecret.parse(line) for line in lines)
    except FileNotFoundError:
        raise _error("witness_missing", path.parent) from None
    except (OSError, UnicodeError, CosignatureError):
        raise _error("witness_key_unreadable", path.parent) from None
    if not secrets:
        raise _error("witness_key_unreadable", path.parent)
    return secrets


def _vkeys(secrets: tuple[CosignerSecret, ...]) -> str:
    return "\n".join(str(secret.verifier) for secret in secrets)


_MESSAGES: Final = {
    "witness_missing": Text(
        "Thư mục này chưa có bên chứng kiến: sogoc witness init.",
        "There is no witness in this directory: sogoc witness init.",
    ),
    "witness_exists": Text(
        "Thư mục này đã có bên chứng kiến.", "There is a witness in this directory already."
    ),
    "witness_memory_lost": Text(
        "Bên chứng kiến đã mất trí nhớ: không được dùng khóa này nữa; lập bên chứng kiến mới.",
        "The witness has lost its memory: this key must not be used again; make a new witness.",
    ),
    "witness_memory_unreadable": Text(
        "Không đọc được trí nhớ của bên chứng kiến.", "The witness's memory cannot be read."
    ),
    "witness_not_made": Text(
        "Không ghi được vào thư mục của bên chứng kiến.",
        "The witness's directory cannot be written.",
    ),
    "witness_other_key": Text(
        "Khóa và trí nhớ không thuộc cùng một bên chứng kiến.",
        "The key and the memory are not of the same witness.",
    ),
    "witness_key_unreadable": Text(
        "Không đọc được khóa của bên chứng kiến.", "The witness's key cannot be read."
    ),
    "witness_own_key": Text(
        "Đây là khóa của chính bên chứng kiến, không phải của nhật ký.",
        "This is the witness's own key, not a log's.",
    ),
}


def _error(code: str, directory: Path) -> StoreError:
    return StoreError(code, _MESSAGES[code], directory=str(directory))
