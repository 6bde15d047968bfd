"""Files of documents in the home: named by their SHA-256, never replaced.

A file is durable before the row that names it is committed, as a draft, and gets its name after: a
stop between leaves the draft of a document that is there, which `fetch` finds, or of one that never
came to be, which `tidy` removes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.db import transaction

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.kernel.text import Text

_DRAFT: Final = ".draft"
AT_WORK: Final = timedelta(hours=1)
"""No transaction takes longer: older drafts are of none."""


def keep(home: Path, data: bytes) -> bytes:
    """Write a file and return its SHA-256; again, it changes nothing.

    Inside a transaction it gets its name when that is committed.
    """
    digest = sha256(data).digest()
    target = _place(home, digest)
    if target.exists():
        return digest
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(target.with_suffix(_DRAFT))
    _sync(target.parent)
    transaction.on_commit(partial(_name, target))
    return digest


def fetch(home: Path, digest: bytes) -> bytes:
    """Return a file kept earlier. Raises `DocumentRefused` when it is lost or damaged."""
    target = _place(home, digest)
    for file in (target, target.with_suffix(_DRAFT)):
        with suppress(FileNotFoundError):
            data = file.read_bytes()
            if sha256(data).digest() == digest:
                return data
    raise DocumentRefused(
        "document_file_lost",
        Text("Tệp văn bản đã mất hoặc hỏng.", "The document's file is lost or damaged."),
        sha256=digest.hex(),
    )


def tidy(
    home: Path, *, named: Collection[bytes], used_up: Collection[bytes], now: datetime
) -> tuple[int, int]:
    """Give files of documents (`named`) their name, remove drafts of none and pages `used_up`.

    Both are SHA-256. Drafts younger than an hour at `now`, the machine's time, are left alone.
    Returns how many were named, how many removed.
    """
    before = (now - AT_WORK).timestamp()
    given = gone = 0
    for file in (home / "documents").glob("*/*"):
        is_half, is_draft = file.name.startswith("."), file.suffix == _DRAFT
        digest = b"" if is_half else bytes.fromhex(file.stem)
        if digest in used_up and digest not in named:
            file.unlink(missing_ok=True)
            gone += 1
        elif (is_half or is_draft) and file.stat().st_mtime < before:
            if digest in named:
                _name(file.with_suffix(".pdf"))
                given += 1
            else:
                file.unlink(missing_ok=True)
                gone += 1
    return given, gone


def _name(target: Path) -> None:
    with suppress(FileNotFoundError):  # another process was first
        target.with_suffix(_DRAFT).replace(target)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(home: Path, digest: bytes) -> Path:
    name = digest.hex()
    return home / "documents" / name[:2] / f"{name}.pdf"
