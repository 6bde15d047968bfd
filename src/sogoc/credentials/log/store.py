"""The log on disk: immutable tiles made once, the checkpoint replaced at once, the signer's memory.

    <home>/log/<stream>/tile/…       tiles and entry bundles (C2SP tlog-tiles): public, never change
    <home>/log/<stream>/checkpoint   the latest signed checkpoint: public
    <home>/log/<stream>/key          the verifier key of the checkpoints: public
    <home>/keys/log-signing-key      the development key: secret
    <home>/keys/log-signed/<stream>  size and root the signer last signed: never rolled back

Whatever these functions return from is on disk, names of files included.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sogoc.credentials.log.errors import LogError
from sogoc.kernel import merkle
from sogoc.kernel.notes import SignerKey
from sogoc.kernel.text import Text

_logger = logging.getLogger(__name__)

KEY_WARNING: Final = Text(
    "Nhật ký đang được ký bằng khóa thử nghiệm lưu trong tệp: chưa dùng để bảo đảm với bên ngoài.",
    "The log is signed with a development key kept in a file: no assurance to outsiders yet.",
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A tree the signer has signed, or was about to sign when it was stopped."""

    size: int
    root: bytes


NOTHING_SIGNED: Final = Signed(0, merkle.EMPTY_ROOT)


class StreamStore:
    """The files of one stream."""

    def __init__(self, home: Path, stream: str) -> None:
        self.folder = home / "log" / stream
        self._drafts = self.folder / ".draft"
        self._state = home / "keys" / "log-signed" / stream

    def prepare(self) -> None:
        """Make the folders and throw away drafts that a crash left."""
        for folder in (self.folder, self._drafts, self._state.parent):
            _make_folder(folder)
        for draft in self._drafts.iterdir():
            draft.unlink()

    def read(self, path: str) -> bytes:
        """Return a tile or bundle. Raises `FileNotFoundError`."""
        return (self.folder / path).read_bytes()

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Create files that are not there yet, then make all of them durable.

        A file that is there must have the same bytes. Raises `LogError` when it has others.
        """
        folders: set[Path] = set()
        for path, data in files:
            target = self.folder / path
            _make_folder(target.parent)
            folders.add(target.parent)
            draft = self._drafts / secrets.token_hex(8)
            _write(draft, data)
            try:
                os.link(draft, target)
            except FileExistsError:
                if target.read_bytes() != data:
                    raise LogError(
                        "log_tile_altered",
                        Text(
                            f"Tệp {target} đã có với nội dung khác: nhật ký bị sửa hoặc hỏng.",
                            f"The file {target} exists with other bytes: altered or damaged.",
                        ),
                        path=str(target),
                    ) from None
            draft.unlink()
        for folder in folders:
            _sync_folder(folder)

    def checkpoint(self) -> str | None:
        """Return the published note, `None` when nothing was published."""
        try:
            return (self.folder / "checkpoint").read_text("utf-8")
        except FileNotFoundError:
            return None

    def publish(self, note: str, verifier: str) -> None:
        """Replace the published checkpoint at once."""
        _replace(self.folder / "key", f"{verifier}\n".encode(), self._drafts)
        _replace(self.folder / "checkpoint", note.encode(), self._drafts)

    def signed(self) -> Signed | None:
        """Return the signer's memory, `None` when it never signed this stream."""
        try:
            known = json.loads(self._state.read_text("ascii"))
            return Signed(known["size"], bytes.fromhex(known["root"]))
        except FileNotFoundError:
            return None

    def remember(self, signed: Signed) -> None:
        """Set the signer's memory, before it signs."""
        text = json.dumps({"size": signed.size, "root": signed.root.hex()})
        _replace(self._state, f"{text}\n".encode(), self._drafts)


def streams(home: Path) -> list[str]:
    """Return the streams that have files here, by name."""
    folder = home / "log"
    return (
        sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    )


def signing_seed(home: Path) -> bytes:
    """Return the 32-byte seed of the development key, made on first use; warns in the log."""
    file = home / "keys" / "log-signing-key"
    if not file.exists():
        _make_folder(file.parent)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        _write(draft, SignerKey("development", secrets.token_bytes(32)).encode().encode() + b"\n")
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, file)
        draft.unlink()
        _sync_folder(file.parent)
    _warn_of_key()
    return SignerKey.parse(file.read_text("ascii").strip()).seed


@cache
def _warn_of_key() -> None:
    """Once a process: a worker signs every second."""
    _logger.warning("%s", KEY_WARNING)


@contextmanager
def only_sequencer(home: Path) -> Iterator[None]:
    """Wait until no other process of this machine sequences this home, and keep others waiting."""
    _make_folder(home / "log")
    descriptor = os.open(home / "log" / ".sequencer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    mode = 0o700 if folder.name in {"keys", "log-signed"} else 0o755
    folder.mkdir(mode=mode, exist_ok=True)
    _sync_folder(folder.parent)


def _write(path: Path, data: bytes) -> None:
    mode = 0o600 if "keys" in path.parts else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _replace(target: Path, data: bytes, drafts: Path) -> None:
    draft = drafts / secrets.token_hex(8)
    _write(draft, data)
    draft.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
