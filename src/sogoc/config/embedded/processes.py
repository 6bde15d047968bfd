"""Is the server of this data directory alive? Answered from its pid file and /proc.

PostgreSQL trusts `kill(pid, 0)`, which also answers for a zombie (a container whose first process
reaps nobody) and for a stranger who got the number after a reboot. A server is alive when the
process with that number works in the data directory: the postmaster and its children all do.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says about a living postmaster."""

    pid: int
    status: str
    """`starting`, `stopping`, `ready` or `standby`."""


def postmaster(data: Path) -> Postmaster | None:
    """Return the living postmaster of `data`, or None."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].isdigit() or not _works_in(int(lines[0]), data):
        return None
    return Postmaster(int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting")


def _works_in(pid: int, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except (FileNotFoundError, ProcessLookupError):  # gone, or a zombie
        return False
    except PermissionError:  # another user's process: it took the number over
        return False


def accepts(path: Path) -> bool:
    """Return whether someone listens on the Unix socket at `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, suppress(OSError):
        probe.connect(str(path))
        return True
    return False


def clear_traces(data: Path, sockets: Path, *, seconds: float = 20) -> bool:
    """Remove pid and socket files of a dead postmaster once its last child is gone.

    The children of a killed postmaster notice within a second; until then they may still write.
    Return False when one stays that long, or when a server is starting meanwhile.
    """
    pid_file = data / "postmaster.pid"
    before = _content(pid_file)
    deadline = time.monotonic() + seconds
    while _anyone_in(data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    if _content(pid_file) != before:
        return False
    for file in (pid_file, *sockets.glob(".s.PGSQL.*")):
        file.unlink(missing_ok=True)
    return True


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _anyone_in(data: Path) -> bool:
    numbers = (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 - only names
    return any(_works_in(number, data) for number in numbers)
