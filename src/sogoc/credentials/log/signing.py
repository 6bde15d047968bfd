"""The signer of a home: where it is, and how it comes there.

<home>/signer/      its directory, which only the signer reads and writes (`sogoc.signer`)
<home>/signer.lock  held by whoever makes it

It is started by whoever needs it, unless `SOGOC_SIGNER` names the socket of one that somebody else
runs. A home of an earlier version, whose key lay in `keys/log-signing-key` and whose memory in
`keys/log-signed`, is moved the first time: the key and what it signed go together.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sogoc.credentials.log.cosigning import FILE
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import LOCK_FILE, SqliteLockStore
from sogoc.credentials.log.store import StreamStore, streams
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import LogKey
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import SignerKey, open_note
from sogoc.kernel.text import Text
from sogoc.signer.api import (
    IDLE_SECONDS,
    KEYS,
    PUBLIC,
    FileKeys,
    SignerClient,
    SignerError,
    SignerStore,
    public_keys,
)

DIRECTORY: Final = "signer"

KEY_WARNING: Final = Text(
    "Nhật ký đang được ký bằng khóa thử nghiệm lưu trong tệp: chưa dùng để bảo đảm với bên ngoài.",
    "The log is signed with a development key kept in a file: no assurance to outsiders yet.",
)

_OLD_KEY: Final = "log-signing-key"
_OLD_MEMORY: Final = "log-signed"


@dataclass(frozen=True, slots=True)
class Signed:
    """Size and root of a tree that was signed, or is about to be."""

    size: int
    root: bytes


NOTHING_SIGNED: Final = Signed(0, merkle.EMPTY_ROOT)


def home_signer(home: Path, *, base: str) -> SignerClient:
    """Return the way to the signer of a home, made on first use; it starts when it is asked.

    Raises `LogError` when the home has logs but their signer is gone.
    """
    if where := os.environ.get("SOGOC_SIGNER"):
        return SignerClient(where=Path(where))
    ensure_signer(home, base=base)
    idle = float(os.environ.get("SOGOC_SIGNER_IDLE") or IDLE_SECONDS)
    return SignerClient(home / DIRECTORY, witnesses=home / FILE, idle=idle)


def verifier_keys_of(home: Path, name: str, *, base: str) -> tuple[LogKey, ...]:
    """Return the public keys of the log with this origin, Ed25519 first; starts no signer of ours.

    Raises `LogError`.
    """
    if os.environ.get("SOGOC_SIGNER"):
        signer = home_signer(home, base=base)
        try:
            return signer.keys(name)
        except SignerError as error:
            raise as_log_error(error) from error
        finally:
            signer.close()
    ensure_signer(home, base=base)
    file = home / DIRECTORY / PUBLIC
    try:
        if not file.is_file():  # of a directory that was brought back without it
            SignerStore(home / DIRECTORY).close()
        return public_keys(file.read_text("ascii"), name)
    except SignerError as error:
        raise as_log_error(error) from error


def as_log_error(error: SignerError) -> LogError:
    """Return what the signer says as an error of the log."""
    return LogError(error.code, error.message, **error.context)


def ensure_signer(home: Path, *, base: str) -> None:
    """Make the signer of a home when there is none yet; two callers at once make one.

    Raises `LogError`: logs are there and the key that signed them is not.
    """
    directory, old = home / DIRECTORY, home / "keys" / _OLD_KEY
    if (directory / KEYS).is_file() and not old.exists():
        return
    with _one_at_a_time(home):
        if not (directory / KEYS).is_file():
            if old.is_file():
                _move(home, directory, old, base)
            elif _has_logs(home):
                raise _lost(directory)
            else:
                _made(directory)
        old.unlink(missing_ok=True)
        shutil.rmtree(home / "keys" / _OLD_MEMORY, ignore_errors=True)


def _made(
    directory: Path,
    keys: FileKeys | None = None,
    trees: dict[str, tuple[int, bytes]] | None = None,
) -> None:
    try:
        SignerStore.create(directory, keys, trees).close()
    except SignerError as error:
        raise as_log_error(error) from error


def _move(home: Path, directory: Path, old: Path, base: str) -> None:
    """Hand key and memory of an earlier version over to a signer."""
    seed = SignerKey.parse(old.read_text("ascii").strip()).seed
    trees: dict[str, tuple[int, bytes]] = {}
    for stream, tree in (*_remembered(home), *_published(home, base, seed)):
        name = origin(stream, base)
        if tree.size > trees.get(name, (0, b""))[0]:
            trees[name] = (tree.size, tree.root)
    _made(directory, FileKeys.new(seed), trees)


def _remembered(home: Path) -> Iterator[tuple[str, Signed]]:
    folder = home / "keys" / _OLD_MEMORY
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        known = json.loads(file.read_text("ascii"))
        yield file.name, Signed(known["size"], bytes.fromhex(known["root"]))


def _published(home: Path, base: str, seed: bytes) -> Iterator[tuple[str, Signed]]:
    for file in sorted((home / "log").glob("*/checkpoint")):
        key = SignerKey(origin(file.parent.name, base), seed).verifier
        try:
            checkpoint = Checkpoint.parse(open_note(file.read_bytes(), [key]).text)
        except Error:
            continue  # the sequencer says that it is foreign
        yield file.parent.name, Signed(checkpoint.size, checkpoint.root)


def _has_logs(home: Path) -> bool:
    if any(StreamStore(home, stream).checkpoint() for stream in streams(home)):
        return True
    file = home / LOCK_FILE
    return file.is_file() and not SqliteLockStore(file).is_empty()


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    descriptor = os.open(home / "signer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _lost(directory: Path) -> LogError:
    return LogError(
        "log_signer_lost",
        Text(
            f"Không còn khóa ký nhật ký ở {directory}. Hãy đưa bản niêm phong của signer.key về đó "
            "(chỉ tệp khóa, không đưa trí nhớ cũ); mất hẳn khóa thì mở nhật ký mới, xem "
            "docs/operations/signer.md.",
            f"The key of the log is gone from {directory}. Bring back the sealed copy of "
            "signer.key (the key alone, never an old memory); if there is none, open new logs: "
            "docs/operations/signer.md.",
        ),
        directory=str(directory),
    )
