"""A proof in a file that an entry is in a log (C2SP tlog-proof, `.tlog-proof`).

It holds the entry's index, the audit path and the cosigned checkpoint, so that anyone with the
entry and a policy can check it offline. The `extra` bytes are signed by nobody.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from sogoc.kernel import merkle, notes
from sogoc.kernel.checkpoint import Checkpoint, CheckpointError
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy, Verdict
from sogoc.kernel.notes import NoteError
from sogoc.kernel.text import Text

HEADER: Final = "c2sp.org/tlog-proof@v1"
SUFFIX: Final = ".tlog-proof"
MAX_PROOF: Final = 2_000_000
"""Longest proof file read, in bytes."""

_MAX_HASHES: Final = 63
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class LogProofError(Error):
    """A file that is not a proof of this format."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """Proof that an entry is at `index` of the log whose cosigned checkpoint is `note`.

    `hashes` are the audit path, 32 bytes each, the leaf's sibling first; `extra` is not empty
    when given. `str()` gives the file. Nothing is verified before `verify`.
    Raises `LogProofError`.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < 2**63:
            raise _malformed("index")
        if len(self.hashes) > _MAX_HASHES:
            raise _malformed("number of hashes")
        if any(len(each) != merkle.HASH_SIZE for each in self.hashes):
            raise _malformed("hash length")
        if self.extra is not None and not self.extra:
            raise _malformed("extra")
        try:
            self.unverified_checkpoint()
        except (NoteError, CheckpointError):
            raise _malformed("checkpoint") from None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {_encode(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(_encode, self.hashes), ""]
        return "\n".join(lines) + "\n" + self.note

    @classmethod
    def parse(cls, proof: str | bytes) -> LogProof:
        """Read a proof strictly: what is accepted is written back byte for byte.

        Raises `LogProofError`.
        """
        text = _as_text(proof)
        head, gap, note = text.partition("\n\n")
        header, *lines = head.split("\n")
        if header != HEADER or not gap or not lines:
            raise _malformed("layout")
        extra = None
        if lines[0].startswith("extra "):
            extra = _decode(lines.pop(0).removeprefix("extra "), "extra")
        if not lines or not lines[0].startswith("index "):
            raise _malformed("index")
        index = lines.pop(0).removeprefix("index ")
        if not _NUMBER.fullmatch(index):
            raise _malformed("index")
        if len(lines) > _MAX_HASHES:
            raise _malformed("number of hashes")
        return cls(int(index), tuple(_decode(each, "hash") for each in lines), note, extra)

    def verify(self, leaf_hash: bytes, policy: Policy) -> Verdict:
        """Check that the leaf is in the log, by a policy that names the log.

        The log's signature and the quorum come first, then the path from the 32-byte hash of
        the leaf (`merkle.leaf_hash(entry)`) to the root. Raises `NotCosignedError`,
        `QuorumError`, `ProofError`, `CosignatureError`; a result cannot be overlooked.
        """
        verdict = policy.verify(self.note)
        found = verdict.checkpoint
        merkle.verify_inclusion(self.index, found.size, leaf_hash, self.hashes, found.root)
        return verdict

    def unverified_checkpoint(self) -> Checkpoint:
        """Return the checkpoint the file holds, which nobody has verified."""
        return Checkpoint.parse(notes.parse_note(self.note).text)


def _as_text(proof: str | bytes) -> str:
    try:
        raw = proof.encode() if isinstance(proof, str) else proof
        text = raw.decode()
    except UnicodeError:
        raise _malformed("UTF-8") from None
    if len(raw) > MAX_PROOF:
        raise _malformed("length")
    return text


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decode(encoded: str, part: str) -> bytes:
    try:
        return notes.decode_base64(encoded)
    except NoteError:
        raise _malformed(part) from None


def _malformed(part: str) -> LogProofError:
    return LogProofError(
        "log_proof_malformed",
        Text("Tệp bằng chứng nhật ký không đúng dạng.", "The log proof file is malformed."),
        part=part,
    )
