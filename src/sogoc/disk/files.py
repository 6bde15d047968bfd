"""Files and folders that are on disk, names included, when a function returns."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

_TOGETHER: Final = 128
"""Files open at a time while many are made."""
_SYNCS: Final = 8
"""Files the disk is asked to make durable at a time: eight take little longer than one."""


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=mode, exist_ok=True)
    sync_folder(folder.parent)


def fill(path: Path, data: bytes, mode: int = 0o644) -> int:
    """Make a file that is not durable yet and return its descriptor. Raises `FileExistsError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(path, flags, mode)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Make a file; its name is durable once its folder is synced. Raises `FileExistsError`."""
    descriptor = fill(path, data, mode)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Make many files as `write` does; their names are durable once their folders are synced.

    When this raises, any of them may be there and none may be relied on.
    """
    if len(files) == 1:
        write(*files[0])
        return
    with ThreadPoolExecutor(_SYNCS, "disk-sync") as pool:
        for start in range(0, len(files), _TOGETHER):
            _write_some(files[start : start + _TOGETHER], pool)


def _write_some(files: Sequence[tuple[Path, bytes]], pool: ThreadPoolExecutor) -> None:
    with ExitStack() as opened:
        descriptors = []
        for path, data in files:
            descriptors.append(fill(path, data))
            opened.callback(os.close, descriptors[-1])
        for _ in pool.map(os.fsync, descriptors):
            pass  # taking the results raises what a sync raised


def replace(target: Path, data: bytes, *, mode: int = 0o644, drafts: Path | None = None) -> None:
    """Make or replace a file at once; `drafts` is a folder of the same disk, else its own."""
    draft = _draft(target, drafts)
    try:
        write(draft, data, mode)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def keep(target: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Make a file at once; one that is there already stays as it is. Return whether it is new."""
    draft = _draft(target)
    try:
        write(draft, data, mode)
        os.link(draft, target)
        is_new = True
    except FileExistsError:
        is_new = False
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    return is_new


def _draft(target: Path, drafts: Path | None = None) -> Path:
    """Return a name nobody else writes under, hidden, that says what it is a draft of."""
    return (drafts or target.parent) / f".{target.name}.{secrets.token_hex(8)}"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
