"""What the signer does: it signs a checkpoint only if it extends the last one it signed.

It is the log's first witness, and it never relies on its memory alone: before it signs for a log
the first time, and again when the witnesses are changed, it asks them what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import LogKey
from sogoc.kernel.log_policy import NONE, Policy, PolicyError
from sogoc.kernel.merkle import ProofError
from sogoc.signer.asking import ask_witnesses
from sogoc.signer.errors import PROOFS_NEEDED, READ_ONLY, refusal
from sogoc.signer.store import NOTHING, Head, SignerStore, signed_head

NOBODY: Final = "quorum none\n"


class Signer(Protocol):
    """Signs checkpoints of logs. Its methods raise `SignerError`."""

    def keys(self, origin: str) -> tuple[LogKey, ...]:
        """Return the verifier keys of a log, Ed25519 first."""
        ...

    def open(self, origin: str) -> Head:
        """Return what was signed last, once the witnesses say that nothing was forgotten."""
        ...

    def sign(self, checkpoint: Checkpoint, *, old_size: int, proof: Sequence[bytes]) -> Head:
        """Sign a tree that extends the last one; `proof` leads from there (RFC 6962)."""
        ...

    def adopt(self, checkpoint: Checkpoint, *, proofs: Mapping[int, Sequence[bytes]]) -> Head:
        """Take up, after the memory was lost, what another memory says was signed last."""
        ...


class SignerCore:
    """One signer over its store. Threads may call it at once; so may other processes.

    `witnesses` is the file with `witness`, `group` and `quorum` lines; it is read each time.
    """

    def __init__(self, store: SignerStore, witnesses: Path | None = None) -> None:
        self.store = store
        self._witnesses = witnesses
        self._checked: dict[str, str] = {}

    def keys(self, origin: str) -> tuple[LogKey, ...]:
        """Return the verifier keys of a log."""
        return self.store.keys.public(origin)

    def open(self, origin: str) -> Head:
        """Return what was signed last.

        Raises `SignerError`: too few witnesses answer (`READ_ONLY`), one holds more than the
        memory or another history, or the memory was lost (`UNKNOWN`).
        """
        head = self.store.head(origin)
        policy = self._policy()
        if self._checked.get(origin) != policy:
            self._compare(origin, policy, head, {})
            self._checked[origin] = policy
        return head

    def sign(self, checkpoint: Checkpoint, *, old_size: int, proof: Sequence[bytes]) -> Head:
        """Sign a tree that extends the last one signed, remembered on disk before this returns.

        The very tree signed last gets the same note again. Raises `SignerError`.
        """
        _require_plain(checkpoint)
        self.open(checkpoint.origin)
        with self.store.changing():
            head = self.store.head(checkpoint.origin)
            if (checkpoint.size, checkpoint.root) == (head.size, head.root):
                return head
            if checkpoint.size < head.size:
                raise refusal("signer_smaller", held=head.size, size=checkpoint.size)
            if checkpoint.size == head.size:
                raise refusal("signer_forked", size=head.size)
            if old_size != head.size:
                raise refusal("signer_conflict", held=head.size, old=old_size)
            if not _extends(head.size, head.root, checkpoint, proof):
                raise refusal("signer_not_consistent", held=head.size, size=checkpoint.size)
            signed = signed_head(self.store.keys, checkpoint)
            self.store.set_head(checkpoint.origin, signed)
        return signed

    def adopt(self, checkpoint: Checkpoint, *, proofs: Mapping[int, Sequence[bytes]]) -> Head:
        """Take up a log whose memory was lost, at the tree the lock store holds (or at 0).

        No witness may hold more or anything else: for each smaller size one holds, `proofs` has the
        way from there. Does nothing for a log that is remembered. Raises `SignerError`, with
        `PROOFS_NEEDED` naming the sizes.
        """
        _require_plain(checkpoint, empty=True)
        if not self.store.is_successor or checkpoint.origin in self.store.heads():
            return self.open(checkpoint.origin)
        policy = self._policy()
        asked = Head(checkpoint.size, checkpoint.root, "")
        self._compare(checkpoint.origin, policy, asked, proofs, adopting=True)
        signed = NOTHING
        with self.store.changing():
            if checkpoint.origin not in self.store.heads():
                signed = signed_head(self.store.keys, checkpoint)
                self.store.set_head(checkpoint.origin, signed)
        self._checked[checkpoint.origin] = policy
        return self.store.head(checkpoint.origin)

    def _policy(self) -> str:
        try:
            return NOBODY if self._witnesses is None else self._witnesses.read_text("utf-8")
        except FileNotFoundError:
            return NOBODY
        except (OSError, UnicodeError):
            raise refusal("signer_policy_malformed", file=str(self._witnesses)) from None

    def _compare(
        self,
        origin: str,
        text: str,
        head: Head,
        proofs: Mapping[int, Sequence[bytes]],
        *,
        adopting: bool = False,
    ) -> None:
        """Refuse unless a quorum of witnesses answers and none holds more or anything else."""
        try:
            policy = Policy.parse(text)
        except PolicyError as error:
            raise refusal("signer_policy_malformed", problems=error.context["problems"]) from None
        if policy.quorum == NONE:
            return
        answers = ask_witnesses(policy, origin, self.keys(origin))
        needed = []
        for name, held in answers:
            if held is None:
                continue
            if held.size > head.size:
                code = "signer_lock_behind_witness" if adopting else "signer_behind_witness"
                raise refusal(code, witness=name, held=held.size, size=head.size)
            if held.size == head.size and held.root != head.root:
                raise refusal("signer_witness_forked", witness=name, size=held.size)
            if adopting and 0 < held.size < head.size:
                if held.size not in proofs:
                    needed.append(held.size)
                elif not _extends(
                    held.size,
                    held.root,
                    Checkpoint(origin, head.size, head.root),
                    proofs[held.size],
                ):
                    raise refusal("signer_witness_forked", witness=name, size=held.size)
        if not policy.is_met_by([name for name, _ in answers]):
            raise refusal(READ_ONLY, origin=origin, answered=[name for name, _ in answers])
        if needed:
            raise refusal(PROOFS_NEEDED, sizes=sorted(set(needed)))


def _extends(size: int, root: bytes, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    try:
        merkle.verify_consistency(size, new.size, root, new.root, proof)
    except ProofError:
        return False
    return True


def _require_plain(checkpoint: Checkpoint, *, empty: bool = False) -> None:
    if checkpoint.extensions or (not checkpoint.size and not empty):
        raise refusal("signer_request_malformed")
