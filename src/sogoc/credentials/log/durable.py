"""Files and folders that are on disk, names included, when a function returns."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=mode, exist_ok=True)
    sync_folder(folder.parent)


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Make a file; its name is durable once its folder is synced. Raises `FileExistsError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def replace(target: Path, data: bytes, drafts: Path, mode: int = 0o644) -> None:
    """Make or replace a file at once, by way of a draft."""
    draft = drafts / secrets.token_hex(8)
    write(draft, data, mode)
    draft.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
