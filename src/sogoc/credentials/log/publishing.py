"""The public files of the log: what lies where, for a web server, an export or a visitor.

logs                     the origins that have entries, one a line
<origin>/checkpoint      the newest signed checkpoint: changes
<origin>/vkey            the Ed25519 key to verify it, as any note verifier takes it
<origin>/vkey-ml-dsa-44  the key of its other signature, which stands against quantum computers
<origin>/policy          which log and witnesses a relying party trusts (C2SP tlog-policy)
<origin>/tile/…          tiles and entry bundles: never change
<origin>/timestamps/…    the last checkpoint of each day under a time-stamp (`timestamping`)
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sogoc.credentials.log.cosigning import policy_text
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.growing import KEY_FILES
from sogoc.credentials.log.headers import BRIEFLY, TEXT, Headers, headers_of
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.signing import verifier_keys_of
from sogoc.credentials.log.store import StreamStore, damaged, streams
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.notes import parse_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import WIDTH, entries_path, parse_path, tile_path

NAMES: Final = {
    "checkpoint": "checkpoint",
    "vkey": KEY_FILES[0],
    "vkey-ml-dsa-44": KEY_FILES[1],
    "timestamps/days": "timestamps/days",
}
"""Public name of a changing file → its name in the store."""
_STAMP: Final = re.compile(r"timestamps/\d{4}-\d\d-\d\d\.(tsr|checkpoint)|timestamps/tsa\.pem")
_STREAM: Final = re.compile(r"[0-9a-z][0-9a-z-]*")


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One file as the public gets it."""

    data: bytes
    headers: Headers

    @property
    def etag(self) -> str:
        """Return its entity tag: the same from every server of ours."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """One log of a home."""

    origin: str
    home: Path
    store: StreamStore

    def note(self) -> str | None:
        """Return the newest signed checkpoint, None before the first."""
        return self.store.checkpoint()

    def checkpoint(self) -> Checkpoint | None:
        """Return the newest checkpoint as it lies there, its signature not looked at."""
        note = self.note()
        return None if note is None else Checkpoint.parse(parse_note(note).text)

    def keys(self) -> list[str]:
        """Return the verifier keys that lie beside the checkpoint, Ed25519 first."""
        found = []
        for name in KEY_FILES:
            with suppress(FileNotFoundError):
                found.append(self.store.read(name).decode("ascii").strip())
        return found

    def policy(self) -> bytes:
        """Return the policy: this log's keys, and the witnesses the home names."""
        return policy_text(self.home, *self.keys()).encode()

    def days(self) -> list[str]:
        """Return the days that have a time-stamp, as `YYYY-MM-DD`, oldest first."""
        try:
            return self.store.read("timestamps/days").decode("ascii").split()
        except FileNotFoundError:
            return []

    def file(self, path: str) -> PublicFile | None:
        """Return a file by its path below the origin; None for anything that is not public."""
        if path == "policy":
            return PublicFile(self.policy(), headers_of(path)) if self.keys() else None
        name = NAMES.get(path, path)
        if path not in NAMES and not _STAMP.fullmatch(path):
            try:
                parse_path(path)
            except Error:
                return None
        try:
            return PublicFile(self.store.read(name), headers_of(path))
        except FileNotFoundError:
            return None


def published_logs(home: Path, *, base: str) -> list[PublishedLog]:
    """Return the logs of a home that have entries, by origin."""
    found = [
        PublishedLog(origin(stream, base), home, StreamStore(home, stream))
        for stream in streams(home)
    ]
    return [log for log in found if (checkpoint := log.checkpoint()) and checkpoint.size]


def verifier_keys(home: Path, *, base: str, streams: Iterable[str]) -> list[str]:
    """Return the verifier keys of these streams, published or not, for witnesses to trust."""
    return [
        str(key)
        for stream in streams
        for key in verifier_keys_of(home, origin(stream, base), base=base)
    ]


def public_file(home: Path, *, base: str, path: str) -> PublicFile | None:
    """Return what lies at a public path, e.g. `<origin>/tile/0/000`; None when nothing does."""
    if path == "logs":
        listed = "".join(f"{log.origin}\n" for log in published_logs(home, base=base))
        return PublicFile(listed.encode(), Headers(TEXT, BRIEFLY))
    if not path.startswith(f"{base}/"):
        return None
    stream, _, name = path.removeprefix(f"{base}/").partition("/")
    if not _STREAM.fullmatch(stream):
        return None
    return PublishedLog(origin(stream, base), home, StreamStore(home, stream)).file(name)


def export_log(home: Path, target: Path, *, base: str) -> dict[str, int]:
    """Write the public files of all logs below `target`; return the size of each, by origin.

    Again into the same folder adds what is new: a file that never changes is not written twice.
    The checkpoint comes last, so a reader never sees one whose tiles are not there. Raises
    `LogError` when the folder holds another log, or a later state of this one; `PolicyError` when
    the home's own policy is none.
    """
    done = {}
    for log in published_logs(home, base=base):
        folder = target / log.origin
        Policy.parse(log.policy())  # nobody is given one that cannot be used
        note = log.note() or ""
        checkpoint = Checkpoint.parse(parse_note(note).text)
        _require_earlier(folder, checkpoint, log)
        for path in _needed(checkpoint.size):
            _create(folder / path, _tile(log.store, path))
        for path in _changing(log):
            file = log.file(path)
            if file is not None:  # a log of an earlier version has no ML-DSA-44 key yet
                _replace(folder / path, file.data)
        _replace(folder / "checkpoint", note.encode())
        done[log.origin] = checkpoint.size
    if target.is_dir() or done:
        _replace(target / "logs", "".join(f"{name}\n" for name in sorted(done)).encode())
    return done


def _tile(store: StreamStore, path: str) -> bytes:
    try:
        return store.read(path)
    except FileNotFoundError as error:
        raise damaged(f"{store.where}/{path}") from error


def _changing(log: PublishedLog) -> Iterator[str]:
    for day in log.days():
        yield from (f"timestamps/{day}.checkpoint", f"timestamps/{day}.tsr")
    yield from ("timestamps/tsa.pem", "timestamps/days", "vkey", "vkey-ml-dsa-44", "policy")


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
