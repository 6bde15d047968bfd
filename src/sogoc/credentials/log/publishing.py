"""The public files of the log: what lies where, for a web server, an export or a visitor.

logs                     the origins that have entries, one a line
<origin>/checkpoint      the newest signed checkpoint: changes
<origin>/vkey            the key to verify it
<origin>/policy          which log and witnesses a relying party trusts (C2SP tlog-policy)
<origin>/tile/…          tiles and entry bundles: never change
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sogoc.credentials.log.cosigning import policy_text
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.store import streams
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import parse_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import WIDTH, entries_path, parse_path, tile_path

FOREVER: Final = "public, max-age=31536000, immutable"
BRIEFLY: Final = "public, max-age=1"
NAMES: Final = {"checkpoint": "checkpoint", "vkey": "key"}
"""Public name of a changing file → its name in the home."""


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One file as the public gets it; `cache` is the value of its Cache-Control."""

    data: bytes
    cache: str
    content_type: str


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """One log that has a checkpoint over entries."""

    origin: str
    folder: Path

    def checkpoint(self) -> Checkpoint:
        """Return the newest checkpoint as it lies there, its signature not looked at."""
        return Checkpoint.parse(parse_note((self.folder / "checkpoint").read_bytes()).text)

    def policy(self) -> bytes:
        """Return the policy: this log's key, and the witnesses the home names."""
        key = (self.folder / "key").read_text("ascii").strip()
        return policy_text(self.folder.parents[1], key).encode()

    def file(self, path: str) -> PublicFile | None:
        """Return a file by its path below the origin; None for anything that is not public."""
        if path == "policy":
            return PublicFile(self.policy(), BRIEFLY, "text/plain; charset=utf-8")
        if path in NAMES:
            return self._read(NAMES[path], BRIEFLY, "text/plain; charset=utf-8")
        try:
            parse_path(path)
        except Error:
            return None
        return self._read(path, FOREVER, "application/octet-stream")

    def _read(self, path: str, cache: str, content_type: str) -> PublicFile | None:
        try:
            return PublicFile((self.folder / path).read_bytes(), cache, content_type)
        except FileNotFoundError:
            return None


def published_logs(home: Path, *, base: str) -> list[PublishedLog]:
    """Return the logs of a home that have entries, by origin."""
    found = [PublishedLog(origin(stream, base), home / "log" / stream) for stream in streams(home)]
    return [log for log in found if (log.folder / "checkpoint").is_file() and log.checkpoint().size]


def verifier_keys(home: Path, *, base: str, streams: Iterable[str]) -> list[str]:
    """Return the verifier keys of these streams, published or not, for witnesses to trust."""
    from sogoc.credentials.log.signing import home_signer

    signer = home_signer(home, base=base)
    return [str(key) for stream in streams for key in signer.keys(origin(stream, base))]


def public_file(home: Path, *, base: str, path: str) -> PublicFile | None:
    """Return what lies at a public path, e.g. `<origin>/tile/0/000`; None when nothing does."""
    logs = published_logs(home, base=base)
    if path == "logs":
        listed = "".join(f"{log.origin}\n" for log in logs)
        return PublicFile(listed.encode(), BRIEFLY, "text/plain; charset=utf-8")
    for log in logs:
        if path.startswith(f"{log.origin}/"):
            return log.file(path.removeprefix(f"{log.origin}/"))
    return None


def export_log(home: Path, target: Path, *, base: str) -> dict[str, int]:
    """Write the public files of all logs below `target`; return the size of each, by origin.

    Again into the same folder adds what is new: a file that never changes is not written twice.
    The checkpoint comes last, so a reader never sees one whose tiles are not there. Raises
    `LogError` when the folder holds another log, or a later state of this one.
    """
    done = {}
    for log in published_logs(home, base=base):
        folder = target / log.origin
        checkpoint = log.checkpoint()
        _require_earlier(folder, checkpoint, log)
        for path in _needed(checkpoint.size):
            _create(folder / path, (log.folder / path).read_bytes())
        for path in ("vkey", "policy", "checkpoint"):
            file = log.file(path)
            assert file is not None  # noqa: S101 - a published log has these
            _replace(folder / path, file.data)
        done[log.origin] = checkpoint.size
    if target.is_dir() or done:
        _replace(target / "logs", "".join(f"{name}\n" for name in sorted(done)).encode())
    return done


def _needed(size: int) -> Iterator[str]:
    """Paths of the files a reader of the log of `size` needs."""
    for bundle in range(-(-size // WIDTH)):
        yield entries_path(bundle, min(WIDTH, size - bundle * WIDTH))
    level, count = 0, size
    while count:
        for index in range(-(-count // WIDTH)):
            yield tile_path(level, index, min(WIDTH, count - index * WIDTH))
        level, count = level + 1, count // WIDTH


def _require_earlier(folder: Path, checkpoint: Checkpoint, log: PublishedLog) -> None:
    try:
        there = Checkpoint.parse(parse_note((folder / "checkpoint").read_bytes()).text)
    except FileNotFoundError:
        return
    except Error:
        there = None
    if there is None or there.origin != log.origin or there.size > checkpoint.size:
        raise LogError(
            "log_export_other",
            Text(
                f"Thư mục {folder} có nhật ký khác hoặc mới hơn; hãy chọn thư mục trống.",
                f"{folder} holds another log or a later state; choose an empty folder.",
            ),
            folder=str(folder),
        )


def _create(target: Path, data: bytes) -> None:
    if target.is_file():
        if target.read_bytes() == data:
            return
        raise LogError(
            "log_export_differs",
            Text(
                f"Tệp {target} đã có với nội dung khác.", f"{target} is there with other content."
            ),
            file=str(target),
        )
    _replace(target, data)


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{secrets.token_hex(6)}")
    draft.write_bytes(data)
    draft.replace(target)
