"""Who may sequence: one process of a machine at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sogoc.credentials.log.durable import make_folder


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
