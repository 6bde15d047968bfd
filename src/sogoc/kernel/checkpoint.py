"""Body of a checkpoint: which log, how large, with which root (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from sogoc.kernel import merkle
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_LINES: Final = 3
EMPTY_ROOT: Final = "root of an empty log"
"""The `part` of the error for a log of size 0 with a root of something."""


class CheckpointError(Error):
    """A text that is not the body of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Head of a log: its origin, its number of entries and its 32-byte root.

    `extensions` are opaque further lines, kept when read; we write none, since monitors cannot
    audit them. Raises `CheckpointError`.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or any(ord(character) < 0x20 for character in line):
                raise _error("line")
        if not 0 <= self.size < 2**63:
            raise _error("size")
        if len(self.root) != merkle.HASH_SIZE:
            raise _error("root")
        if self.size == 0 and self.root != merkle.EMPTY_ROOT:
            raise _error(EMPTY_ROOT)

    def body(self) -> str:
        """Return the text to sign: origin, size, root in base64, each on a line."""
        root = base64.b64encode(self.root).decode("ascii")
        return "\n".join([self.origin, str(self.size), root, *self.extensions, ""])

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read a body strictly: what is accepted is written back byte for byte."""
        lines = body.split("\n")
        if len(lines) <= _LINES or lines.pop() != "":
            raise _error("lines")
        origin, size, encoded, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise _error("size")
        try:
            root = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise _error("root") from None
        checkpoint = cls(origin, int(size), root, tuple(extensions))
        if checkpoint.body() != body:
            raise _error("root")
        return checkpoint


def _error(part: str) -> CheckpointError:
    return CheckpointError(
        "checkpoint_malformed",
        Text("Điểm kiểm của nhật ký không đúng dạng.", "The log's checkpoint is malformed."),
        part=part,
    )
