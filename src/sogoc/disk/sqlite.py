"""SQLite files that remember: what a transaction wrote is on disk when it has ended."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Final

_BUSY_SECONDS: Final = 10.0


class Memory:
    """One SQLite file, open. Threads share it; further processes may open it as well.

    Methods raise `sqlite3.Error` when the file is damaged or the disk refuses.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.RLock()
        self._connection = connect(file)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the only write transaction: all of it is on disk at the end, or nothing."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def write(self, query: str, *values: object) -> int:
        """Run a statement; return how many rows it changed."""
        with self._lock:
            return self._connection.execute(query, values).rowcount


def connect(file: Path) -> sqlite3.Connection:
    """Open a file, made when it is not there; the caller closes it. Transactions are explicit."""
    connection = sqlite3.connect(
        file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def lay_out(connection: sqlite3.Connection, package: str) -> None:
    """Run `schema.sql` of a package in one transaction."""
    script = resources.files(package).joinpath("schema.sql").read_text("utf-8")
    connection.executescript(f"begin;\n{script}\ncommit;")
