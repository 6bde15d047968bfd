"""Asking the signer of a directory, which is started when nobody has done so."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import LogKey, parse_log_key
from sogoc.kernel.text import Text
from sogoc.signer.errors import SignerError, refusal
from sogoc.signer.protocol import MAX_LINE, encode, head_of, proof_text, result
from sogoc.signer.server import IDLE_SECONDS, SOCKET, is_served, peer, short
from sogoc.signer.store import Head

_START_SECONDS: Final = 60.0  # a busy machine takes its time
_ANSWER_SECONDS: Final = 60.0
_LOG_LIMIT: Final = 1024 * 1024


class SignerClient:
    """The signer behind a socket: another process, another user's, or another machine's forwarded.

    With a `directory` its signer is started when none listens; with `where` alone it is not ours
    to start. Whatever is asked may be asked again: a connection that breaks is made anew once.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        where: Path | None = None,
        witnesses: Path | None = None,
        idle: float = IDLE_SECONDS,
    ) -> None:
        if directory is None and where is None:
            raise ValueError("a directory or a socket")
        self._directory = directory
        self._path = where if where is not None else Path(directory or "") / SOCKET
        self._witnesses = witnesses
        self._idle = idle
        self._connection: socket.socket | None = None

    def close(self) -> None:
        """Close the connection; the signer goes on."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def keys(self, origin: str) -> tuple[LogKey, ...]:
        """Return the verifier keys of a log, Ed25519 first."""
        return tuple(map(parse_log_key, self._ask({"ask": "keys", "origin": origin})))

    def open(self, origin: str) -> Head:
        """Return what was signed last. Raises `SignerError`, as `SignerCore.open` does."""
        return head_of(self._ask({"ask": "open", "origin": origin}))

    def sign(self, checkpoint: Checkpoint, *, old_size: int, proof: Sequence[bytes]) -> Head:
        """Have a tree signed. Raises `SignerError`."""
        asked = {"ask": "sign", "body": checkpoint.body(), "old": old_size}
        return head_of(self._ask({**asked, "proof": proof_text(proof)}))

    def adopt(self, checkpoint: Checkpoint, *, proofs: Mapping[int, Sequence[bytes]]) -> Head:
        """Tell a signer that lost its memory where to go on. Raises `SignerError`."""
        texts = {str(size): proof_text(proof) for size, proof in proofs.items()}
        return head_of(self._ask({"ask": "adopt", "body": checkpoint.body(), "proofs": texts}))

    def status(self) -> dict[str, Any]:
        """Return what it remembers (`heads` by origin), its process id (`pid`), `successor`."""
        status: dict[str, Any] = self._ask({"ask": "status", "origin": ""})
        assert self._connection is not None  # noqa: S101 - it has just answered
        return {**status, "pid": peer(self._connection)[0]}

    def _ask(self, message: dict[str, Any]) -> Any:
        for _ in range(2):
            with suppress(OSError):
                return result(self._exchange(encode(message)))
            self.close()
        raise refusal("signer_not_running", where=str(self._path))

    def _exchange(self, line: bytes) -> bytes:
        if self._connection is None:
            self._connection = self._connected()
        self._connection.sendall(line)
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            part = self._connection.recv(MAX_LINE)
            if not part:
                raise ConnectionError("the signer is gone")
            parts.append(part)
        return b"".join(parts)

    def _connected(self) -> socket.socket:
        """Connect; start the signer first when nobody listens and it is ours to start."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            with suppress(OSError):
                return _connect(self._path)
            if self._directory is None or time.monotonic() > deadline:
                raise ConnectionError("nobody listens")
            if not start(self._directory, witnesses=self._witnesses, idle=self._idle):
                time.sleep(0.01)  # another one is just starting, or ending


def start(directory: Path, *, witnesses: Path | None = None, idle: float = IDLE_SECONDS) -> bool:
    """Start the signer of a directory in the background; False when one runs already.

    Root starts it as the owner of the directory. Raises `SignerError` when it does not start.
    """
    # -P: nothing in the working directory is a module of the signer's.
    command = [sys.executable, "-P", "-m", "sogoc.signer", str(directory.absolute())]
    command.append(f"--idle={idle}")
    if witnesses is not None:
        command.append(f"--witnesses={witnesses.absolute()}")
    try:
        owner = directory.stat()
    except OSError:
        raise refusal("signer_missing", directory=str(directory)) from None
    options: dict[str, Any] = {"env": {k: v for k, v in os.environ.items() if not _is_ours(k)}}
    if os.geteuid() == 0 and owner.st_uid != 0:
        options |= {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    try:
        with _error_log(directory) as errors:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                check=False,
                timeout=_START_SECONDS,
                **options,
            )
    except (OSError, subprocess.TimeoutExpired):
        raise refusal("signer_not_running", where=str(directory)) from None
    if done.returncode == 0:
        return bool(done.stdout == b"ready\n")
    try:
        said = json.loads(done.stdout)
        error = SignerError(said["code"], Text(said["vi"], said["en"]), **said["context"])
    except (ValueError, KeyError):
        error = refusal("signer_not_running", where=str(directory))
    raise error


def _is_ours(variable: str) -> bool:
    """Whether a variable tells the register things that the signer has no need to know."""
    return variable.startswith(("DATABASE_", "DJANGO_", "SOGOC_"))


def stop(directory: Path) -> bool:
    """End the signer of a directory and wait until it has; say whether one ran."""
    try:
        with _connect(directory / SOCKET) as connection:
            pid, _ = peer(connection)
            os.kill(pid, signal.SIGTERM)
    except OSError:
        return False
    deadline = time.monotonic() + _START_SECONDS
    while is_served(directory) and time.monotonic() < deadline:
        time.sleep(0.01)
    return True


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_ANSWER_SECONDS)
        with short(path) as name:
            connection.connect(name)
    except OSError:
        connection.close()
        raise
    return connection


def _error_log(directory: Path) -> Any:
    """Open what the signer prints when it fails; nothing where the directory cannot be written."""
    file = directory / "signer.log"
    try:
        is_long = file.exists() and file.stat().st_size > _LOG_LIMIT
        return file.open("wb" if is_long else "ab")
    except OSError:
        return open(os.devnull, "wb")  # noqa: PTH123 - the caller closes it
