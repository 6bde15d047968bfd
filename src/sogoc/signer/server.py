"""The signer over a Unix socket: one process for each directory, known by the lock it holds."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from typing import Any, Final

from sogoc.signer.core import SignerCore
from sogoc.signer.protocol import MAX_LINE, answer, answer_malformed
from sogoc.signer.store import SignerStore

SOCKET: Final = "socket"
LOCK: Final = "lock"
IDLE_SECONDS: Final = 600.0
"""How long a signer that was started by itself waits for work before it ends."""

_BEAT: Final = 1.0
_LONGEST_PATH: Final = 100
_CREDENTIALS: Final = struct.Struct("3i")


def serve(
    directory: Path,
    *,
    witnesses: Path | None = None,
    where: Path | None = None,
    idle: float = 0,
    allowed: Collection[int] = (),
    ready: Callable[[], None] = lambda: None,
) -> bool:
    """Serve the signer of a directory until told to stop; False when one serves it already.

    `where` is the socket (`socket` in the directory), `idle` the seconds without work after which
    it ends (0: never), `allowed` the user ids that may ask beside our own and root's. It ends by
    itself when its directory is deleted. Raises `SignerError`.
    """
    with _alone(directory) as alone:
        if not alone:
            return False
        store = SignerStore(directory)
        try:
            path = where or directory / SOCKET
            path.unlink(missing_ok=True)
            core = SignerCore(store, witnesses)
            with (
                short(path) as name,
                _Server(name, core, idle, {os.geteuid(), 0, *allowed}) as server,
            ):
                path.chmod(0o666 if allowed else 0o600)  # the peer is checked too
                server.stays = _same(path)
                signal.signal(signal.SIGTERM, _leave)
                signal.signal(signal.SIGINT, _leave)
                ready()
                with suppress(_Left):
                    server.serve_forever(poll_interval=_BEAT)
                if server.stays():
                    path.unlink(missing_ok=True)
        finally:
            store.close()
    return True


@contextmanager
def short(path: Path) -> Iterator[str]:
    """Give a name of a socket's path that fits into an address, however long the path is."""
    if len(os.fsencode(path)) < _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def peer(connection: socket.socket) -> tuple[int, int]:
    """Return process and user id of the other end."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(raw)
    return pid, uid


def is_served(directory: Path) -> bool:
    """Whether a signer holds the directory's lock."""
    with _alone(directory) as alone:
        return not alone


class _Left(BaseException):
    """Raised by a signal to leave."""


def _leave(*_: object) -> None:
    raise _Left


@contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    """Hold the directory's lock for life, when nobody else does; the kernel releases it."""
    try:
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield True  # a directory that cannot be written: the store says so
        return
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(lock)


def _same(path: Path) -> Callable[[], bool]:
    """Return whether the socket at a path is still the one that is there now."""
    made = path.stat().st_ino

    def still() -> bool:
        try:
            return path.stat().st_ino == made
        except OSError:
            return False

    return still


class _Server(ThreadingMixIn, UnixStreamServer):
    """Answers requests, several on one connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name: str, core: SignerCore, idle: float, allowed: set[int]) -> None:
        self.core = core
        self.stays: Callable[[], bool] = lambda: True
        self._idle = idle
        self._allowed = allowed
        self.last = time.monotonic()
        super().__init__(name, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Take connections of this user, of root and of those allowed."""
        return peer(request)[1] in self._allowed

    def service_actions(self) -> None:
        """Leave when the directory is gone, or nobody has asked for long."""
        is_idle = self._idle and time.monotonic() - self.last > self._idle
        if is_idle or not self.stays():
            raise _Left

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A connection that breaks is no news; a fault of ours is."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"signer: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


class _Handler(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        while line := self.rfile.readline(MAX_LINE + 1):
            self.server.last = time.monotonic()
            if len(line) > MAX_LINE:
                self.wfile.write(answer_malformed())
                return
            self.wfile.write(answer(self.server.core, line))
            self.server.last = time.monotonic()
