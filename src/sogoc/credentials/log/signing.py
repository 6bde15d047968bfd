"""The key that signs checkpoints, and the memory of what it signed.

<home>/keys/log-signing-key      the development key: secret
<home>/keys/log-signed/<stream>  size and root the signer last signed: never rolled back
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sogoc.credentials.log import durable
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


class SignerMemory:
    """What the signer last signed of one stream."""

    def __init__(self, home: Path, stream: str) -> None:
        self._file = home / "keys" / "log-signed" / stream

    def signed(self) -> Signed | None:
        """Return what was signed last, `None` when this stream never was."""
        try:
            known = json.loads(self._file.read_text("ascii"))
            return Signed(known["size"], bytes.fromhex(known["root"]))
        except FileNotFoundError:
            return None

    def remember(self, signed: Signed, drafts: Path) -> None:
        """Set the memory, before anything is signed; `drafts` is a folder of the same disk."""
        text = json.dumps({"size": signed.size, "root": signed.root.hex()})
        durable.make_folder(self._file.parent, 0o700)
        durable.replace(self._file, f"{text}\n".encode(), drafts, 0o600)


def signing_seed(home: Path) -> bytes:
    """Return the 32-byte seed of the development key, made on first use; warns in the log."""
    file = home / "keys" / "log-signing-key"
    if not file.exists():
        durable.make_folder(file.parent, 0o700)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        key = SignerKey("development", secrets.token_bytes(32))
        durable.write(draft, key.encode().encode() + b"\n", 0o600)
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, file)
        draft.unlink()
        durable.sync_folder(file.parent)
    _warn_of_key()
    return SignerKey.parse(file.read_text("ascii").strip()).seed


@cache
def _warn_of_key() -> None:
    """Once a process: a worker signs every second."""
    _logger.warning("%s", KEY_WARNING)
