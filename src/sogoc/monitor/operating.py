"""Whether a log is alive: the age of its checkpoint, and what its witnesses say.

A log shows a new checkpoint, or the same one cosigned anew, at least once an hour; what is
older may be withheld from us. A witness is asked for the last checkpoint it cosigned, so that two
histories shown to two readers meet here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sogoc.kernel.cosignature import CosignedCheckpoint, open_checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import PolicyWitness
from sogoc.monitor.following import Follower
from sogoc.monitor.sources import Source, SourceError

Ask = Callable[[str], Source]
"""Makes a reader of the files at a witness's address."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Asks the questions of one log for one round."""

    follower: Follower
    ask: Ask

    def look(self) -> None:
        """Ask for the age and the witnesses of a log that has a verified checkpoint."""
        self._age()
        for witness in self.follower.policy.witnesses:
            self._witness(witness)
        self.follower.keep_evidence()

    def _age(self) -> None:
        follower = self.follower
        limit = follower.watch.max_age_minutes
        seen = follower.state.seen(follower.origin)
        if seen is None or not limit or follower.log.closed:
            return
        scope = f"{follower.origin}: age"
        follower.found.ask(scope)
        minutes = (follower.now - (seen.witnessed_at or seen.first_seen_at)) // 60
        if minutes > limit:
            self._alarm(
                scope, "checkpoint_old", follower.origin,
                f"điểm kiểm mới nhất đã {minutes} phút tuổi (hạn {limit})",
                f"its newest checkpoint is {minutes} minutes old (limit {limit})",
            )  # fmt: skip

    def _witness(self, witness: PolicyWitness) -> None:
        follower = self.follower
        scope = f"{follower.origin}: witness {witness.name}"
        follower.found.ask(scope)
        if witness.url is not None:
            opened = self._held(witness)
            if opened is not None:
                follower.heard(witness.name, opened.cosignatures[0].timestamp)
                self._compare(witness, opened, scope)
        if follower.log.closed or not follower.watch.witness_minutes:
            return
        last = follower.state.well_at(follower.origin, f"witness {witness.name}")
        seen = follower.state.seen(follower.origin)
        since = last if last is not None else (seen.first_seen_at if seen else follower.now)
        minutes = (follower.now - since) // 60
        if minutes > follower.watch.witness_minutes:
            self._alarm(
                scope, "witness_silent", f"{follower.origin} {witness.name}",
                f"bên chứng kiến “{witness.name}” im lặng đã {minutes} phút",
                f"witness {witness.name!r} has been silent for {minutes} minutes",
            )  # fmt: skip

    def _held(self, witness: PolicyWitness) -> CosignedCheckpoint | None:
        """Return what a witness last cosigned of this log; None when it gives nothing valid."""
        origin = self.follower.origin
        assert witness.url is not None  # noqa: S101 - asked before
        try:
            note = self.ask(witness.url.rstrip("/")).read(
                f"{sha256(origin.encode()).hexdigest()}/checkpoint"
            )
            keys = [log.key for log in self.follower.policy.logs]
            opened = open_checkpoint(note, keys, [witness.key])
        except (FileNotFoundError, SourceError, Error):
            return None
        if opened.checkpoint.origin != origin or not opened.cosignatures:
            return None
        return opened

    def _compare(self, witness: PolicyWitness, opened: CosignedCheckpoint, scope: str) -> None:
        """One history, whoever is asked."""
        follower, held = self.follower, opened.checkpoint
        seen = follower.state.seen(follower.origin)
        follower.compare(held, opened.note(), witness.name)
        behind = follower.now - opened.cosignatures[0].timestamp
        if (seen is None or held.size > seen.size) and behind > 60 * follower.watch.behind_minutes:
            size = 0 if seen is None else seen.size
            self._alarm(
                scope, "log_behind_witness", f"{follower.origin} {witness.name}",
                f"bên chứng kiến “{witness.name}” đã thấy {held.size} mục, ở đây mới có {size}: "
                "nhật ký giữ lại, bị lùi, hoặc thiếu bên chứng kiến",
                f"witness {witness.name!r} has seen {held.size} entries, here are {size}: withheld,"
                " rolled back, or short of witnesses",
            )  # fmt: skip

    def _alarm(self, scope: str, kind: str, what: str, vi: str, en: str) -> None:
        origin = self.follower.origin
        self.follower.found.raise_alarm(scope, kind, what, f"{origin}: {vi}.", f"{origin}: {en}.")
