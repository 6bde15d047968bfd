"""Where the public files of the logs lie: a folder of the home, another folder, or a bucket.

`SOGOC_LOG_STORE` names it; without it they lie in `<home>/log/<stream>/…`. A store elsewhere ends
with the name of the logs and holds exactly what the public gets, so that any web server or CDN
serves it as it is:

    /srv/public/log.example.vn    with /srv/public/log.example.vn/{logs,<stream>/checkpoint,…}
    s3://bucket/log.example.vn    with the same as objects of an S3-compatible store

Tiles are created and never replaced; a checkpoint is replaced only where it is still the one that
was read.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from sogoc.credentials.log.errors import LogError
from sogoc.disk import files as disk
from sogoc.kernel.text import Text


class LogFiles(Protocol):
    """Files by path, the stream first. Whatever these methods return from is durable."""

    @property
    def where(self) -> str:
        """Return what to call the place in a message; it ends with no slash."""
        ...

    @property
    def is_public(self) -> bool:
        """Whether the place is laid out to be served as it is."""
        ...

    def prepare(self, stream: str) -> None:
        """Make room for a stream and throw away drafts that a crash left."""
        ...

    def read(self, path: str) -> bytes:
        """Return a file. Raises `FileNotFoundError`, or `LogError` when the store is silent."""
        ...

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        ...

    def create(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Create files; one that is there must have the same bytes. Raises `LogError`."""
        ...

    def replace(self, path: str, data: bytes) -> None:
        """Make or replace a file at once."""
        ...

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        """Replace a file that still is `old` (None: that is not there); False when it is not."""
        ...

    def streams(self) -> list[str]:
        """Return the streams that have files here, by name."""
        ...


class FolderFiles:
    """Files in a folder: made once by hard link, replaced by renaming."""

    def __init__(self, folder: Path, *, is_public: bool = False) -> None:
        self.folder = folder
        self.is_public = is_public

    @property
    def where(self) -> str:
        """Return the folder."""
        return str(self.folder)

    def prepare(self, stream: str) -> None:
        """Make the folders and throw away drafts."""
        drafts = self.folder / stream / ".draft"
        disk.make_folder(drafts)
        for draft in drafts.iterdir():
            draft.unlink()

    def read(self, path: str) -> bytes:
        """Return a file. Raises `FileNotFoundError`."""
        return (self.folder / path).read_bytes()

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self.folder / path).is_file()

    def create(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Create files that are not there yet, and make all of them durable.

        A name appears once its bytes are on disk: a crash leaves whole files and drafts.
        """
        new = [
            (self.folder / path, self._drafts(path) / secrets.token_hex(8), data)
            for path, data in files
        ]
        folders = {target.parent for target, _, _ in new}
        for folder in folders:
            disk.make_folder(folder)
        disk.write_all([(draft, data) for _, draft, data in new])
        for target, draft, data in new:
            try:
                os.link(draft, target)
            except FileExistsError:
                if target.read_bytes() != data:
                    raise altered(str(target)) from None
            draft.unlink()
        for folder in folders:
            disk.sync_folder(folder)

    def replace(self, path: str, data: bytes) -> None:
        """Make or replace a file at once."""
        drafts, target = self._drafts(path), self.folder / path
        disk.make_folder(drafts)
        disk.make_folder(target.parent)
        disk.replace(target, data, drafts=drafts)

    def swap(self, path: str, old: bytes | None, new: bytes) -> bool:
        """Replace a file that still is `old`: one sequencer of a machine works here."""
        there = self.read(path) if self.has(path) else None
        if there != old:
            return False
        self.replace(path, new)
        return True

    def streams(self) -> list[str]:
        """Return the streams that have files here, by name."""
        if not self.folder.is_dir():
            return []
        return sorted(
            each.name
            for each in self.folder.iterdir()
            if each.is_dir() and not each.name.startswith(".")
        )

    def _drafts(self, path: str) -> Path:
        """Return where files are written first: hidden, on the same disk."""
        stream, slash, _ = path.partition("/")
        return self.folder / stream / ".draft" if slash else self.folder / ".draft"


def log_files(home: Path) -> LogFiles:
    """Return the store of a home's public log files, as the settings name it."""
    place = os.environ.get("SOGOC_LOG_STORE", "").rstrip("/")
    return _named(place) if place else FolderFiles(home / "log")


@lru_cache(maxsize=8)
def _named(place: str) -> LogFiles:
    if place.startswith("s3://"):
        from sogoc.credentials.log.storage_s3 import BucketFiles

        return BucketFiles.open(
            place,
            endpoint=os.environ.get("AWS_ENDPOINT_URL"),
            region=os.environ.get("AWS_REGION"),
            key_id=os.environ.get("AWS_ACCESS_KEY_ID"),
            secret=os.environ.get("AWS_SECRET_ACCESS_KEY"),
        )
    if "://" in place or not Path(place).is_absolute():
        raise LogError(
            "log_store_unknown",
            Text(
                f"SOGOC_LOG_STORE={place}: cần đường dẫn tuyệt đối hoặc s3://bucket/tên.",
                f"SOGOC_LOG_STORE={place}: an absolute path or s3://bucket/name is needed.",
            ),
            place=place,
        )
    return FolderFiles(Path(place), is_public=True)


def altered(where: str) -> LogError:
    """Return the error for a file that is there with other bytes."""
    return LogError(
        "log_tile_altered",
        Text(
            f"Tệp {where} đã có với nội dung khác: nhật ký bị sửa hoặc hỏng.",
            f"The file {where} exists with other bytes: altered or damaged.",
        ),
        path=where,
    )
