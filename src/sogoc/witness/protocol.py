"""The texts of C2SP tlog-witness: the body of `add-checkpoint`, and what is answered to it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sogoc.kernel import merkle, notes
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import Note, NoteError
from sogoc.kernel.text import Text

PATH: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
MAX_PROOF: Final = 63
MAX_BODY: Final = 128 * 1024
"""Longest request in bytes: 16 ML-DSA-44 signatures and 63 hashes take less than half."""

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")


class RequestError(Error):
    """A body that is not an `add-checkpoint` request."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size the witness is thought to hold, the proof from there, the checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str

    def body(self) -> bytes:
        """Return the bytes to send."""
        hashes = (base64.b64encode(each).decode("ascii") for each in self.proof)
        return ("\n".join([f"old {self.old_size}", *hashes, ""]) + "\n" + self.note).encode()

    @classmethod
    def parse(cls, body: bytes) -> tuple[AddCheckpoint, Note]:
        """Read a request and its note strictly. Raises `RequestError`."""
        if len(body) > MAX_BODY:
            raise _malformed("length")
        try:
            head, gap, note = body.decode().partition("\n\n")
            parsed = notes.parse_note(note)
            old, *lines = head.split("\n")
            proof = tuple(map(notes.decode_base64, lines))
        except (UnicodeError, NoteError):
            raise _malformed("encoding or note") from None
        found = _OLD.fullmatch(old)
        if not gap or found is None or int(found[1]) >= 2**63:
            raise _malformed("old size")
        if len(proof) > MAX_PROOF or any(len(each) != merkle.HASH_SIZE for each in proof):
            raise _malformed("proof")
        return cls(int(found[1]), proof, note), parsed


@dataclass(frozen=True, slots=True)
class Response:
    """Status, content type and body of an answer."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE

    @classmethod
    def refusal(cls, status: int, reason: str) -> Response:
        """An answer without a cosignature, with a reason in one line."""
        return cls(status, f"{reason}\n".encode())

    @classmethod
    def conflict(cls, size: int) -> Response:
        """409: the witness holds another size, this one."""
        return cls(409, f"{size}\n".encode(), SIZE_TYPE)

    @classmethod
    def cosigned(cls, lines: Sequence[str]) -> Response:
        """200 with signature lines."""
        return cls(200, "".join(lines).encode())


def _malformed(part: str) -> RequestError:
    return RequestError(
        "witness_request_malformed",
        Text("Yêu cầu chứng kiến không đúng dạng.", "The witness request is malformed."),
        part=part,
    )
