"""Witnesses cosign each checkpoint before it is published, where a home names witnesses.

`<home>/log-witnesses` holds the `witness`, `group` and `quorum` lines of a C2SP tlog-policy; the
line of the log itself is added for each stream. Without the file nobody cosigns, and the published
policy says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Final

from sogoc.credentials.log.errors import LogError
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import LogKey
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy, PolicyError, PolicyWitness, Problem
from sogoc.kernel.notes import Signature, add_signatures, parse_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import Read, TileReader
from sogoc.witness.api import Conflict, Cosigned, Refused, post_checkpoint

FILE: Final = "log-witnesses"
_NOBODY: Final = "quorum none\n"
_NO_TEXT: Final = Text("Không phải chữ UTF-8.", "It is not UTF-8.")
_TRIES: Final = 3
"""Answers "another size" one witness may give: it serves one log, whose only sequencer this is."""

_logger = logging.getLogger(__name__)

Prove = Callable[[int], list[bytes]]
"""Returns the consistency proof from a size to that of the checkpoint."""


def policy_text(home: Path, *verifiers: str) -> str:
    """Return the policy of a log: its own keys, and the witnesses its home names.

    Raises `PolicyError` when the home's file is not UTF-8; the line is that of the file.
    """
    try:
        witnesses = (home / FILE).read_text("utf-8")
    except FileNotFoundError:
        witnesses = _NOBODY
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PolicyError.of([Problem(line, _NO_TEXT)]) from None
    return "".join(f"log {verifier}\n" for verifier in verifiers) + witnesses


class Cosigner:
    """Collects cosignatures for the checkpoints of one log."""

    def __init__(self, home: Path, keys: Sequence[LogKey], read: Read) -> None:
        """Read the policy anew, so that a change of witnesses needs no restart."""
        self._text = policy_text(home, *map(str, keys))
        self.policy = _policy(self._text)
        self._read = read

    def is_enough(self, note: str | None, checkpoint: Checkpoint) -> bool:
        """Whether a note is of this very checkpoint and its cosignatures make the quorum."""
        return note is not None and _is_enough(self._text, note, checkpoint.body())

    def cosigned(self, note: str, checkpoint: Checkpoint, old: int) -> str | None:
        """Return the note with cosignatures, or None while they do not make the quorum.

        `old` is the size witnesses are thought to hold. Raises `LogError` when a witness holds a
        larger tree, or says that this one contradicts what it cosigned.
        """
        asked = [each for each in self.policy.witnesses if each.url is not None]
        if asked:
            reader = TileReader(self._read, cached_tiles=64)

            def prove(size: int) -> list[bytes]:
                return reader.consistency_proof(size, checkpoint.size) if size else []

            proof = prove(old)
            with ThreadPoolExecutor(len(asked), "cosigning") as threads:
                first = list(threads.map(lambda w: _ask(w, old, proof, note), asked))
            signatures: list[Signature] = []
            for witness, answer in zip(asked, first, strict=True):
                signatures += self._settled(witness, answer, note, checkpoint, prove)
            note = add_signatures(note, signatures) if signatures else note
        return note if self.is_enough(note, checkpoint) else None

    def _settled(
        self,
        witness: PolicyWitness,
        answer: Cosigned | Conflict | Refused,
        note: str,
        checkpoint: Checkpoint,
        prove: Prove,
    ) -> list[Signature]:
        """Follow a witness to the size it holds; return its cosignatures."""
        for _ in range(_TRIES):
            if not isinstance(answer, Conflict):
                break
            if answer.size > checkpoint.size:
                raise _against(
                    "log_rolled_back",
                    witness,
                    f"đã xác nhận {answer.size} mục, ở đây chỉ có {checkpoint.size}: nhật ký này "
                    "là bản cũ. Hãy phục hồi bản mới hơn.",
                    f"cosigned {answer.size} entries, here are {checkpoint.size}: this log is an "
                    "old copy. Restore a newer one.",
                )
            answer = _ask(witness, answer.size, prove(answer.size), note)
        if isinstance(answer, Cosigned):
            return [each.signature for each in answer.cosignatures]
        if isinstance(answer, Refused) and answer.is_inconsistent:
            raise _against(
                "log_forked",
                witness,
                "không nhận điểm kiểm này: nó mâu thuẫn với điểm kiểm đã xác nhận.",
                "refuses this checkpoint: it contradicts the one it has cosigned.",
            )
        reason = answer.reason if isinstance(answer, Refused) else "its size changes"
        _logger.warning("witness %s does not cosign: %s", witness.name, reason)
        return []


@lru_cache(maxsize=64)
def _policy(text: str) -> Policy:
    return Policy.parse(text)


@lru_cache(maxsize=64)
def _is_enough(policy: str, note: str, body: str) -> bool:
    """Judge a note; a worker asks the same every second."""
    try:
        return parse_note(note).text == body and _policy(policy).judge(note).is_met
    except Error:
        return False


def _ask(
    witness: PolicyWitness, old: int, proof: list[bytes], note: str
) -> Cosigned | Conflict | Refused:
    assert witness.url is not None  # noqa: S101 - only those that have one are asked
    return post_checkpoint(witness.url, old_size=old, proof=proof, note=note, keys=[witness.key])


def _against(code: str, witness: PolicyWitness, vi: str, en: str) -> LogError:
    return LogError(
        code,
        Text(f"Bên chứng kiến “{witness.name}” {vi}", f"Witness {witness.name!r} {en}"),
        witness=witness.name,
    )
