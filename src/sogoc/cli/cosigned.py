"""Waiting for a checkpoint that covers given lines and has the quorum of its policy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sogoc.cli.environment import Environment
from sogoc.cli.sequencing import sequence
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.merkle import leaf_hash
from sogoc.kernel.text import Text

PATIENCE: Final = 30.0
"""Seconds to wait for the witnesses."""


class NotCosignedError(Error):
    """The witnesses have not made the quorum in time."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint over some lines, judged by the published policy of its log."""

    origin: str
    size: int
    note: str
    witnesses: tuple[str, ...]
    last_index: int


def checkpoint_over(environment: Environment, codes: Sequence[str]) -> Cosigned:
    """Return the checkpoint that covers the lines with these codes, once it has the quorum.

    Each line's proof is verified under the published policy. Raises `NotCosignedError`.
    """
    from sogoc.credentials.log import api as log
    from sogoc.credentials.register import api as register

    home, base = environment.home, environment.log_origin
    deadline = time.monotonic() + PATIENCE
    while True:
        waiting = sequence(environment).waiting
        try:
            proven = [
                log.prove(home, base=base, leaf_hash=register.leaf_hash_of(code)) for code in codes
            ]
            break
        except log.LogError as error:
            if error.code != "log_leaf_waits" or time.monotonic() > deadline:
                raise _too_late(waiting) from error
        time.sleep(0.2)
    (published,) = [
        each for each in log.published_logs(home, base=base) if each.origin == proven[-1].origin
    ]
    policy = Policy.parse(published.policy())
    for each in proven:
        verdict = each.proof.verify(leaf_hash(each.entry), policy)
    return Cosigned(
        origin=verdict.checkpoint.origin,
        size=verdict.checkpoint.size,
        note=proven[-1].proof.note,
        witnesses=verdict.witnesses,
        last_index=max(each.proof.index for each in proven),
    )


def _too_late(waiting: Sequence[str]) -> NotCosignedError:
    names = ", ".join(waiting)
    return NotCosignedError(
        "checkpoint-not-cosigned",
        Text(
            f"Chưa đủ bên chứng kiến xác nhận nhật ký: {names}.",
            f"Too few witnesses have cosigned the log: {names}.",
        ),
    )
