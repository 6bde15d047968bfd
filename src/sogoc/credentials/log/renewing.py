"""In quiet hours the last checkpoint is cosigned anew: its age shows that nothing is withheld.

Nothing is signed by the log: the same note goes to the same witnesses again, and theirs are the
newer times. Without it a night without acts would look like a log that hides what it has.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sogoc.credentials.log.cosigning import Cosigner
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.freshness import AHEAD
from sogoc.credentials.log.growing import KEY_FILES
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import only_sequencer
from sogoc.credentials.log.publishing import published_logs
from sogoc.kernel.cosignature import LogKey, parse_log_key
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import Note

AFTER: Final = timedelta(minutes=20)
"""Age at which a checkpoint is cosigned anew; readers alarm at an hour."""


def renew_cosignatures(
    home: Path, *, base: str, now: datetime, after: timedelta = AFTER
) -> tuple[str, ...]:
    """Have every checkpoint older than `after` cosigned anew; return the streams renewed.

    `now` is real time (aware): witnesses know no business date. A year that has ended is left
    alone, and a note stays as it is while the quorum does not answer. Raises `LogError` when a
    witness holds a larger or another tree.
    """
    renewed = []
    for log in published_logs(home, base=base):
        stream = log.origin.removeprefix(origin("", base))
        if stream.isdigit() and int(stream) < now.year:
            continue
        with only_sequencer(home):
            note = log.note()
            keys: tuple[LogKey, ...] = tuple(map(parse_log_key, log.keys()))
            cosigner = Cosigner(home, keys, log.store.read)
            if note is None or not _is_old(note, cosigner, now, after):
                continue
            fresh = _renewed(note, cosigner)
            if fresh is not None:
                log.store.publish(fresh, dict(zip(KEY_FILES, log.keys(), strict=False)))
                renewed.append(stream)
    return tuple(renewed)


def _is_old(note: str, cosigner: Cosigner, now: datetime, after: timedelta) -> bool:
    """Whether witnesses cosign this log, and none has for so long; a time to come is no time."""
    try:
        opened = cosigner.policy.judge(note).opened
    except Error:
        return False  # the audit and every monitor name it
    times = [each.at for each in opened.cosignatures]
    return bool(times) and all(at < now - after or at > now + AHEAD for at in times)


def _renewed(note: str, cosigner: Cosigner) -> str | None:
    opened = cosigner.policy.judge(note).opened
    own = str(Note(opened.body, opened.log_signatures))
    try:
        return cosigner.cosigned(own, opened.checkpoint, opened.checkpoint.size)
    except LogError:
        raise
    except Error:
        return None
