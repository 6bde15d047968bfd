"""The holder's view: the proof in one's own hands against the log as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import leaf_hash
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.tiles import WIDTH
from sogoc.monitor.following import Follower
from sogoc.monitor.own_tree import OwnTree, Unprovable
from sogoc.monitor.sources import SourceError
from sogoc.monitor.views import entry_of


def check_proof(file: Path, followers: Sequence[Follower]) -> None:
    """Check that a kept proof holds, and that the log still has this entry at this place.

    A proof that holds while the log shows another history is evidence against the log.
    """
    found = followers[0].found
    scope = f"proof {file.name}"
    found.ask(scope)
    try:
        proof = LogProof.parse(file.read_bytes())
        hashed = leaf_hash(entry_of(file))
        origin = proof.unverified_checkpoint().origin
        follower = next((each for each in followers if each.origin == origin), None)
        if follower is None:
            found.raise_alarm(
                scope, "proof_of_another_log", file.name,
                f"{file.name}: bằng chứng của “{origin}”, là nhật ký không theo dõi.",
                f"{file.name}: a proof of {origin!r}, which is not followed.",
            )  # fmt: skip
            return
        verdict = proof.verify(hashed, follower.policy)
    except (OSError, Error) as error:
        vi, en = (
            (error.message.vi, error.message.en) if isinstance(error, Error) else (str(error),) * 2
        )
        found.raise_alarm(
            scope, "proof_invalid", file.name,
            f"{file.name}: bằng chứng không dùng được: {vi}",
            f"{file.name}: the proof does not hold: {en}",
        )  # fmt: skip
        return
    follower.compare(verdict.checkpoint, verdict.opened.note(), file.name)
    follower.keep_evidence()
    shown = follower.shown
    if shown is not None and shown < verdict.checkpoint.size:
        found.raise_alarm(
            scope, "log_behind_proof", file.name,
            f"{file.name}: điểm kiểm của bằng chứng có {verdict.checkpoint.size} mục, {origin} nay "
            f"chỉ đưa ra {shown}: nhật ký bị lùi.",
            f"{file.name}: the proof's checkpoint has {verdict.checkpoint.size} entries, {origin} "
            f"now shows {shown}: it was rolled back.",
        )  # fmt: skip
    _compare_entry(file, proof.index, hashed, follower, scope)


def _compare_entry(file: Path, index: int, hashed: bytes, follower: Follower, scope: str) -> None:
    seen = follower.state.seen(follower.origin)
    if seen is None or index >= seen.size:
        return
    tree = OwnTree(follower.state, follower.origin, seen.size, follower.source.read)
    try:
        is_there = tree.hashes(index // WIDTH)[index % WIDTH] == hashed
    except (Unprovable, SourceError):
        return  # the files are damaged: other alarms say so
    if not is_there:
        follower.found.raise_alarm(
            scope, "mine_replaced", file.name,
            f"{file.name}: mục {index} của {follower.origin} nay là nội dung khác.",
            f"{file.name}: entry {index} of {follower.origin} is something else now.",
            lasting=True,
        )  # fmt: skip
