"""Files of documents in the home: named by their SHA-256, never replaced."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.kernel.text import Text


def keep(home: Path, data: bytes) -> bytes:
    """Write a file and return its SHA-256; again, it changes nothing."""
    digest = sha256(data).digest()
    target = _place(home, digest)
    if target.exists():
        return digest
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        os.link(draft, target)
    draft.unlink()
    return digest


def fetch(home: Path, digest: bytes) -> bytes:
    """Return a file kept earlier. Raises `DocumentRefused` when it is lost or damaged."""
    try:
        data = _place(home, digest).read_bytes()
    except FileNotFoundError:
        data = b""
    if sha256(data).digest() != digest:
        raise DocumentRefused(
            "document_file_lost",
            Text("Tệp văn bản đã mất hoặc hỏng.", "The document's file is lost or damaged."),
            sha256=digest.hex(),
        )
    return data


def _place(home: Path, digest: bytes) -> Path:
    name = digest.hex()
    return home / "documents" / name[:2] / f"{name}.pdf"
