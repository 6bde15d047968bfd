"""What the witnesses hold of a log, as far as they can prove it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import LogKey, open_checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy, PolicyWitness

Held = tuple[str, Checkpoint | None]
"""A witness by its name, and what it holds of a log: None when it never cosigned it."""


def ask_witnesses(policy: Policy, origin: str, keys: Sequence[LogKey]) -> list[Held]:
    """Ask all witnesses of a policy at once; those without a proper answer are left out.

    An answer counts with a valid signature of the log, by one of `keys`, and of the witness.
    """
    asked = [each for each in policy.witnesses if each.url is not None]
    if not asked:
        return []
    with ThreadPoolExecutor(len(asked), "asking") as threads:
        answers = threads.map(lambda witness: _held(witness, origin, keys), asked)
        return [answer for answer in answers if answer is not None]


def _held(witness: PolicyWitness, origin: str, keys: Sequence[LogKey]) -> Held | None:
    """Return what one witness holds, proven by its own and the log's signature, or None."""
    from sogoc.witness.client import fetch_checkpoint  # HTTP is slow to load: not without need

    assert witness.url is not None  # noqa: S101 - only those that have one are asked
    try:
        note = fetch_checkpoint(witness.url, origin)
        if note is None:
            return witness.name, None
        opened = open_checkpoint(note, keys, [witness.key])
    except (OSError, ValueError, Error):
        return None
    if opened.checkpoint.origin != origin or not opened.cosignatures:
        return None
    return witness.name, opened.checkpoint
