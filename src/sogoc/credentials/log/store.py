"""The log on disk: immutable tiles made once, the checkpoint replaced at once. All of it is public.

    <home>/log/<stream>/tile/…       tiles and entry bundles (C2SP tlog-tiles): never change
    <home>/log/<stream>/checkpoint   the latest signed checkpoint
    <home>/log/<stream>/key          the verifier key of the checkpoints

Whatever these functions return from is on disk, names of files included.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from sogoc.credentials.log import durable
from sogoc.credentials.log.errors import LogError
from sogoc.kernel.text import Text


class StreamStore:
    """The files of one stream."""

    def __init__(self, home: Path, stream: str) -> None:
        self.folder = home / "log" / stream
        self.drafts = self.folder / ".draft"

    def prepare(self) -> None:
        """Make the folders and throw away drafts that a crash left."""
        for folder in (self.folder, self.drafts):
            durable.make_folder(folder)
        for draft in self.drafts.iterdir():
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
            durable.make_folder(target.parent)
            folders.add(target.parent)
            draft = self.drafts / secrets.token_hex(8)
            durable.write(draft, data)
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
            durable.sync_folder(folder)

    def checkpoint(self) -> str | None:
        """Return the published note, `None` when nothing was published."""
        try:
            return (self.folder / "checkpoint").read_text("utf-8")
        except FileNotFoundError:
            return None

    def publish(self, note: str, keys: Mapping[str, str]) -> None:
        """Replace the published checkpoint at once; `keys` are verifier keys by file name."""
        for name, key in keys.items():
            durable.replace(self.folder / name, f"{key}\n".encode(), self.drafts)
        durable.replace(self.folder / "checkpoint", note.encode(), self.drafts)


def streams(home: Path) -> list[str]:
    """Return the streams that have files here, by name."""
    folder = home / "log"
    return (
        sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    )
