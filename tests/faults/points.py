"""Places at which a process can be stopped: before and after each thing it says to the database.

A point lies on either side of every statement, COPY and commit, so the ones that matter most are
among them: the last moment before a commit is sent, and the first after the server has done it.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable
from typing import Any

import psycopg


class Points:
    """Counts the points passed; at number `stop_at` (from 1) calls `stop`."""

    def __init__(self, stop_at: int | None, stop: Callable[[], None]) -> None:
        self.passed = 0
        self._stop_at = stop_at
        self._stop = stop

    def passing(self) -> None:
        """One point is reached."""
        self.passed += 1
        if self.passed == self._stop_at:
            self._stop()

    def watch_driver(self) -> None:
        """Put points around everything psycopg sends."""
        for kind, name in (
            (psycopg.Cursor, "execute"),
            (psycopg.Cursor, "executemany"),
            (psycopg.Copy, "write"),
            (psycopg.Copy, "__exit__"),
            (psycopg.Connection, "commit"),
        ):
            self.watch(kind, name)

    def watch(self, owner: Any, name: str) -> None:
        """Put points before and after each call of `owner.name`."""
        call = getattr(owner, name)

        @functools.wraps(call)
        def watched(*args: Any, **options: Any) -> Any:
            self.passing()
            result = call(*args, **options)
            self.passing()
            return result

        setattr(owner, name, watched)


def die() -> None:
    """End this process as `kill -9` does: nothing is flushed, closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)
