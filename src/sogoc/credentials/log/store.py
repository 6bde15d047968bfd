"""The public files of one stream: immutable tiles made once, the checkpoint replaced at once.

    <stream>/tile/…       tiles and entry bundles (C2SP tlog-tiles): never change
    <stream>/checkpoint   the latest signed checkpoint
    <stream>/key          the verifier key of the checkpoints; other keys beside it
    <stream>/timestamps/  the last checkpoint of each day under a time-stamp: never change

In a store that is served as it is (`storage`) `vkey…` and `policy` lie there as well, and above the
streams `logs`, which lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from sogoc.credentials.log.cosigning import policy_text
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.storage import LogFiles, log_files
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import parse_note
from sogoc.kernel.text import Text


class StreamStore:
    """The files of one stream, wherever they lie."""

    def __init__(self, home: Path, stream: str, files: LogFiles | None = None) -> None:
        self._home = home
        self.stream = stream
        self.files = files or log_files(home)

    @property
    def where(self) -> str:
        """Return what to call the place in a message."""
        return f"{self.files.where}/{self.stream}"

    @property
    def folder(self) -> Path:
        """Return the folder of a home's own files."""
        return Path(self.where)

    def prepare(self) -> None:
        """Make the folders and throw away drafts that a crash left."""
        self.files.prepare(self.stream)

    def read(self, path: str) -> bytes:
        """Return a file by its path below the stream. Raises `FileNotFoundError`."""
        return self.files.read(f"{self.stream}/{path}")

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return self.files.has(f"{self.stream}/{path}")

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Create files that are not there yet, then make all of them durable.

        A file that is there must have the same bytes. Raises `LogError` when it has others.
        """
        self.files.create((f"{self.stream}/{path}", data) for path, data in files)

    def checkpoint(self) -> str | None:
        """Return the published note, `None` when nothing was published."""
        try:
            return self.read("checkpoint").decode("utf-8")
        except FileNotFoundError:
            return None

    def publish(self, note: str, keys: Mapping[str, str]) -> None:
        """Replace the published checkpoint at once; `keys` are verifier keys by file name.

        Raises `LogError` when a later one is there, or another one came in between.
        """
        old = self.checkpoint()
        if old is not None and _size(old) > _size(note):
            raise self._overtaken()
        for name, key in keys.items():
            self.files.replace(f"{self.stream}/{name}", f"{key}\n".encode())
        if self.files.is_public:
            self._publish_the_rest(note, keys)
        before = None if old is None else old.encode()
        if not self.files.swap(f"{self.stream}/checkpoint", before, note.encode()):
            raise self._overtaken()

    def complete(self, keys: Mapping[str, str]) -> None:
        """Put what a place that is served needs beside a checkpoint that is there: after a move."""
        note = self.checkpoint() if self.files.is_public else None
        if note is not None:
            self._publish_the_rest(note, keys)

    def _publish_the_rest(self, note: str, keys: Mapping[str, str]) -> None:
        origin = Checkpoint.parse(parse_note(note).text).origin
        if not f"/{self.where}".endswith(f"/{origin}"):
            raise LogError(
                "log_store_misnamed",
                Text(
                    f"{self.where} phải kết thúc bằng tên nhật ký {origin}.",
                    f"{self.where} has to end with the name of the log, {origin}.",
                ),
                origin=origin,
            )
        for name, key in keys.items():
            self._put_anew(f"{self.stream}/v{name}", f"{key}\n".encode())
        policy = policy_text(self._home, *keys.values())
        self._put_anew(f"{self.stream}/policy", policy.encode())
        listed = sorted({*self.files.streams(), self.stream})
        self._put_anew("logs", "".join(f"{each}\n" for each in listed).encode())

    def _put_anew(self, path: str, data: bytes) -> None:
        with suppress(FileNotFoundError):
            if self.files.read(path) == data:
                return
        self.files.replace(path, data)

    def _overtaken(self) -> LogError:
        return LogError(
            "log_checkpoint_overtaken",
            Text(
                f"{self.where}: một điểm kiểm khác vừa được công bố; lần này dừng.",
                f"{self.where}: another checkpoint was published meanwhile; this run stops.",
            ),
            stream=self.stream,
        )


def damaged(where: str) -> LogError:
    """Return the error for files that are not there, or do not give what was signed."""
    return LogError(
        "log_files_damaged",
        Text(
            f"{where}: tệp của nhật ký bị mất hoặc hỏng; xem: sogoc log audit.",
            f"{where}: files of the log are missing or damaged; see: sogoc log audit.",
        ),
    )


def streams(home: Path) -> list[str]:
    """Return the streams that have files, by name."""
    return log_files(home).streams()


def _size(note: str) -> int:
    return Checkpoint.parse(parse_note(note).text).size
