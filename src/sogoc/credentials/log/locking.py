"""Who may sequence, and from which tree: one process of a machine, one tree of a log.

The lock store remembers, outside the main database, which tree each log goes on from. A sequencer
swaps its entry before anything is signed, and only from the very tree it built on; so two of them,
on two databases even, never both go on. It must never be restored from a copy: when it is lost it
is made anew from the signer's memory (`growing`).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from sogoc.credentials.log.errors import LogError
from sogoc.disk.files import make_folder
from sogoc.kernel.text import Text

LOCK_FILE: Final = "lock/log.sqlite"
"""The lock store in the home."""

_BUSY_SECONDS: Final = 10.0
_SCHEMA: Final = """
create table if not exists head (
    origin text primary key,
    size integer not null check (size > 0),
    root blob not null check (length(root) = 32)
) strict;
create trigger if not exists head_grows before update on head
when new.origin <> old.origin or new.size <= old.size
begin select raise(abort, 'a tree only grows'); end;
create trigger if not exists head_stays before delete on head
begin select raise(abort, 'a head is not forgotten'); end;
"""


class Locked(NamedTuple):
    """Size and root of the tree a log goes on from."""

    size: int
    root: bytes


class LockStore(Protocol):
    """Keeps one tree a log, changed only by compare-and-swap (SQLite; S3 has `If-Match`)."""

    def get(self, origin: str) -> Locked | None:
        """Return the tree of a log, None when it has none."""
        ...

    def swap(self, origin: str, old: Locked | None, new: Locked) -> bool:
        """Replace `old` by `new`, durably; False when something else is there."""
        ...


class SqliteLockStore:
    """The lock store of one machine, in a file of its own."""

    def __init__(self, file: Path) -> None:
        """Open the file, made when it is not there. Raises `LogError` when it cannot be used."""
        self._file = file
        try:
            make_folder(file.parent, 0o700)
        except OSError:
            raise self._error("log_lock_refuses") from None
        with self._open() as connection:
            connection.executescript(_SCHEMA)

    def get(self, origin: str) -> Locked | None:
        """Return the tree of a log."""
        with self._open() as connection:
            row = connection.execute(
                "select size, root from head where origin = ?", (origin,)
            ).fetchone()
        return None if row is None else Locked(*row)

    def swap(self, origin: str, old: Locked | None, new: Locked) -> bool:
        """Replace the tree of a log at once, on disk when this returns; False for a smaller one."""
        with self._open() as connection:
            if old is None:
                done = connection.execute(
                    "insert or ignore into head (origin, size, root) values (?, ?, ?)",
                    (origin, *new),
                )
            elif new.size > old.size:
                done = connection.execute(
                    "update head set size = ?, root = ? where origin = ? and size = ? and root = ?",
                    (*new, origin, *old),
                )
            else:
                return False
            return done.rowcount == 1

    def is_empty(self) -> bool:
        """Whether no log was ever locked here."""
        with self._open() as connection:
            return connection.execute("select 1 from head limit 1").fetchone() is None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one statement, which is a transaction of its own."""
        try:
            with closing(
                sqlite3.connect(self._file, timeout=_BUSY_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("pragma synchronous = extra")  # the journal's end is synced too
                yield connection
        except sqlite3.OperationalError as error:
            raise self._error("log_lock_refuses") from error
        except sqlite3.DatabaseError as error:
            raise self._error("log_lock_unreadable") from error

    def _error(self, code: str) -> LogError:
        return LogError(code, _MESSAGES[code].format(file=self._file))


_MESSAGES: Final = {
    "log_lock_refuses": Text(
        "Không ghi được kho khóa {file} (đĩa đầy hoặc chỉ đọc?): không ký gì.",
        "The lock store {file} cannot be written (disk full or read-only?): nothing is signed.",
    ),
    "log_lock_unreadable": Text(
        "Kho khóa {file} bị hỏng. Đừng đưa bản cũ về: bỏ tệp ấy rồi chạy lại, nó được dựng lại từ "
        "trí nhớ của bên ký.",
        "The lock store {file} is damaged. Never bring an old copy back: remove the file and run "
        "again, it is made anew from the signer's memory.",
    ),
}


@contextmanager
def only_sequencer(home: Path) -> Iterator[None]:
    """Wait until no other process of this machine sequences this home, and keep others waiting."""
    make_folder(home / "log")
    descriptor = os.open(home / "log" / ".sequencer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
