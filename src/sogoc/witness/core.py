"""What a witness does: it cosigns a checkpoint only if it extends the last one it cosigned."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import EMPTY_ROOT, Checkpoint, CheckpointError
from sogoc.kernel.cosignature import (
    CosignatureError,
    CosignedCheckpoint,
    NotCosignedError,
    open_checkpoint,
)
from sogoc.kernel.merkle import ProofError
from sogoc.kernel.notes import Note, Signature
from sogoc.witness.protocol import AddCheckpoint, RequestError, Response
from sogoc.witness.store import Evidence, Head, WitnessStore

Clock = Callable[[], int]
"""Returns the time in whole seconds since 1970 (UTC)."""

_EMPTY = Head(0, merkle.EMPTY_ROOT, "", 0)


class Witness:
    """One witness over its store. Threads may call it at once; so may other processes on the store.

    A check and what follows from it are one transaction of the store, on disk before a
    cosignature leaves: neither two requests at once nor a kill at any moment make it sign two
    trees.
    """

    def __init__(self, store: WitnessStore, clock: Clock) -> None:
        self.store = store
        self._clock = clock

    @classmethod
    def open(cls, directory: Path, clock: Clock) -> Witness:
        """Open the witness of a directory. Raises `StoreError`."""
        return cls(WitnessStore(directory), clock)

    def add_checkpoint(self, request: bytes) -> Response:
        """Answer an `add-checkpoint` request by tlog-witness; never raises for what is sent.

        400 malformed, or old size above the checkpoint's; 404 unknown log; 403 not signed by it;
        409 another size is held (its number in the body); 422 not consistent with what is held,
        kept as evidence; 503 the clock runs behind, or the store cannot be written; 200 cosigned.
        """
        try:
            asked, note = AddCheckpoint.parse(request)
            return self._consider(asked, note, request)
        except (RequestError, CheckpointError):
            return Response.refusal(400, "malformed request")
        except (NotCosignedError, CosignatureError):
            return Response.refusal(403, "no valid signature of the log")
        except sqlite3.Error as error:
            return Response.refusal(503, f"the store refuses: {type(error).__name__}")

    def checkpoint_note(self, origin_hash: str) -> str | None:
        """Return the last cosigned note of a log by the SHA-256 of its origin in hexadecimal."""
        return self.store.note_by_hash(origin_hash)

    def evidence(self) -> tuple[Evidence, ...]:
        """Return the open evidence against logs, oldest first."""
        return self.store.evidence()

    def _consider(self, asked: AddCheckpoint, note: Note, request: bytes) -> Response:
        """Check what can be checked without the head, then decide."""
        checkpoint = _checkpoint(note)
        keys = self.store.log_keys(note.text.partition("\n")[0])
        if not keys:
            return Response.refusal(404, "unknown log")
        if checkpoint is None:
            return Response.refusal(422, "an empty log with a root")
        opened = open_checkpoint(asked.note, keys)
        if asked.old_size > checkpoint.size:
            return Response.refusal(400, "old size above the checkpoint's")
        with self.store.changing():
            return self._decide(asked, opened, request)

    def _decide(self, asked: AddCheckpoint, opened: CosignedCheckpoint, request: bytes) -> Response:
        """Compare with the head and cosign or refuse, inside the store's transaction."""
        new, now = opened.checkpoint, self._clock()
        head = self.store.head(new.origin) or _EMPTY

        def keep(kind: str) -> None:
            self.store.add_evidence(
                new.origin,
                kind,
                size=new.size,
                root=new.root,
                request=request,
                note=asked.note,
                at=now,
            )

        if new.size == head.size and new.root != head.root:
            keep("fork")
        if asked.old_size != head.size:
            return Response.conflict(head.size)
        try:
            merkle.verify_consistency(head.size, new.size, head.root, new.root, asked.proof)
        except ProofError:
            if head.size < new.size:
                keep("inconsistent")
            return Response.refusal(422, "not consistent with the checkpoint held")
        if now < max(1, self.store.last_signed_at()):
            return Response.refusal(503, "the clock runs behind the last cosignature")
        lines = self._cosign(opened, now)
        if not lines:
            return Response.refusal(400, "extension lines that no key of this witness signs")
        cosigned = str(Note(opened.body, (*opened.log_signatures, *lines)))
        self.store.set_head(new.origin, Head(new.size, new.root, cosigned, now))
        return Response.cosigned([line.line() for line in lines])

    def _cosign(self, opened: CosignedCheckpoint, now: int) -> list[Signature]:
        """Sign with every key; ML-DSA-44 does not sign extension lines, so it is left out there."""
        lines = []
        for secret in self.store.secrets:
            try:
                lines.append(secret.cosign(opened.body, now))
            except CosignatureError:
                if not opened.checkpoint.extensions:
                    raise
        return lines


def _checkpoint(note: Note) -> Checkpoint | None:
    """Read the body; `None` is an empty log with another root than the empty one."""
    try:
        return Checkpoint.parse(note.text)
    except CheckpointError as error:
        if error.context.get("part") == EMPTY_ROOT:
            return None
        raise
