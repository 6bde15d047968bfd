"""The sequencer: gives each leaf its place, writes tiles, and signs checkpoints. One at a time.

Each step is durable before the next begins, so it can be killed anywhere and goes on from there:

1. **claim**   leaves without a position get the next indexes of their stream (one transaction).
               They are found by anti-join, never by "id greater than the last": transactions commit
               in another order than their ids were drawn.
2. **tiles**   bundles and tiles up to the new size, each file created once.
3. **lock**    the new tree replaces the last one in the lock store, outside the database, unless
               somebody else has replaced it meanwhile.
4. **sign**    the signer, a process of its own, checks that the tree it signed last is a beginning
               of this one, remembers it and signs; a smaller or another tree is refused.
5. **publish** the signed and cosigned checkpoint replaces the old one.
6. **keep**    the checkpoint goes into the database: what it covers now reads as published.

What was claimed has its index for good, so tiles made again after a crash are the same bytes.
`growing` does steps 2 to 6 for one stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.growing import SEQUENCER, GrowingStream, Reached
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import LOCK_FILE, LockStore, SqliteLockStore, only_sequencer
from sogoc.credentials.log.signing import KEY_WARNING, home_signer, verifier_keys_of
from sogoc.credentials.log.store import StreamStore
from sogoc.disk.files import make_folder, sync_folder, write
from sogoc.kernel.text import Text
from sogoc.people.api import acting
from sogoc.signer.api import READ_ONLY, Signer, SignerClient

CLAIM: Final = 100_000
"""Leaves claimed in one transaction."""

ADOPTING_FILE: Final = "lock/adopting"
"""There while a signer that lost its memory has not adopted every log again."""

_LOCK: Final = 0x50D0_106
_LAST_ID: Final = 2**63 - 1

_ARRIVALS: Final = "SELECT id, low, high FROM credentials_log_arrival ORDER BY id"
_PLACED: Final = "DELETE FROM credentials_log_arrival WHERE id = ANY (%s)"
_CLAIM: Final = """
    WITH waiting AS MATERIALIZED (
        SELECT l.id, l.stream FROM credentials_log_leaf l
        WHERE l.id BETWEEN %(low)s AND %(high)s
          AND NOT EXISTS (SELECT FROM credentials_log_position p WHERE p.leaf_id = l.id)
        ORDER BY l.id LIMIT %(limit)s
    ), ends AS MATERIALIZED (
        SELECT s.stream, coalesce(
            (SELECT max(p.index) + 1 FROM credentials_log_position p WHERE p.stream = s.stream), 0
        ) AS size
        FROM (SELECT DISTINCT stream FROM waiting) s
    )
    INSERT INTO credentials_log_position (leaf_id, stream, index)
    SELECT w.id, w.stream, e.size + row_number() OVER (PARTITION BY w.stream ORDER BY w.id) - 1
    FROM waiting w JOIN ends e ON e.stream = w.stream
"""
# The ends are looked up once a stream, before the first row goes in: asked again for each row, each
# search would pass over every row just inserted, which this statement does not see.
_SIZES: Final = """
    WITH RECURSIVE streams AS (
        (SELECT stream FROM credentials_log_position ORDER BY stream LIMIT 1)
        UNION ALL
        SELECT (SELECT p.stream FROM credentials_log_position p
                WHERE p.stream > s.stream ORDER BY p.stream LIMIT 1)
        FROM streams s WHERE s.stream IS NOT NULL
    )
    SELECT s.stream,
        (SELECT max(p.index) + 1 FROM credentials_log_position p WHERE p.stream = s.stream),
        coalesce(
            (SELECT max(c.size) FROM credentials_log_checkpoint c WHERE c.stream = s.stream), 0)
    FROM streams s WHERE s.stream IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class SequencedReport:
    """What one run did: leaves newly placed, and the published size of each stream.

    `waiting` are the streams whose newest leaves wait for witnesses; `read_only` says why of those
    the signer does not sign at all until a quorum of witnesses answers.
    """

    sequenced: int
    sizes: dict[str, int]
    waiting: tuple[str, ...] = ()
    warning: Text = KEY_WARNING
    read_only: Mapping[str, Text] = field(default_factory=dict)


def sequence(
    home: Path,
    *,
    base: str,
    everywhere: bool = False,
    remember: bool = False,
    reached: Reached = lambda _step: None,
    signer: Signer | None = None,
    locks: LockStore | None = None,
) -> SequencedReport:
    """Place all waiting leaves and publish checkpoints over them; another run ends first.

    `base` is the installation's name, before the stream in every origin. Waiting leaves
    are looked for where arrivals say; `everywhere` looks at all there are, which a worker does now
    and then. `remember` has a signer that forgot learn every log again, and a store that was moved
    made complete, though nothing waits; without it that is left to the next act. `reached` is told
    each step's name; fault tests stop the process there. Signer and
    lock store are the home's unless given. Raises `LogError` when files, memories and database do
    not belong together: then nothing is signed.
    """
    with only_sequencer(home), _only_session(), _signer(home, base, signer) as asked:
        sequenced = _claim_all(everywhere=everywhere, reached=reached)
        sizes = stream_sizes()
        done = {stream: kept for stream, (_, kept) in sizes.items()}
        read_only: dict[str, Text] = {}
        runs = _runs(home, base, sizes, reached, asked, locks, is_given=signer is not None)
        _remind(home, runs, done, read_only, always=remember)
        for stream, run in runs.items():
            if stream in read_only:
                continue
            try:
                done[stream] = run.advance(*sizes[stream])
            except LogError as error:
                if error.code != READ_ONLY:
                    raise
                read_only[stream] = error.message
        _remind(home, runs, done, read_only)
        for run in runs.values() if remember else ():
            run.complete()
        waiting = tuple(stream for stream, size in done.items() if size < sizes[stream][0])
        return SequencedReport(sequenced, done, waiting, read_only=read_only)


def _remind(
    home: Path,
    runs: Mapping[str, GrowingStream],
    kept: Mapping[str, int],
    read_only: dict[str, Text],
    *,
    always: bool = False,
) -> None:
    """Have a signer that forgot one log adopt all: it forgot them all, and none may wait.

    A log that nothing new is written to would else be in the lock store's memory alone. What is
    begun is finished, by a later run if need be: the mark is on disk before the first adoption.
    """
    mark = home / ADOPTING_FILE
    if not (always or mark.exists()):
        return
    for stream, run in runs.items():
        if stream in read_only:
            continue
        try:
            run.remind(kept[stream])
        except LogError as error:
            if error.code != READ_ONLY:
                raise
            read_only[stream] = error.message
    if not read_only and mark.exists():
        mark.unlink()
        sync_folder(mark.parent)


def _begin_reminding(mark: Path) -> None:
    if not mark.exists():
        make_folder(mark.parent)
        write(mark, b"")
        sync_folder(mark.parent)


def _runs(
    home: Path,
    base: str,
    streams: Iterable[str],
    reached: Reached,
    signer: Signer,
    locks: LockStore | None,
    *,
    is_given: bool,
) -> dict[str, GrowingStream]:
    """Return the work on each stream; nothing is opened where there is no stream."""
    runs = {}
    for stream in streams:
        locks = locks or SqliteLockStore(home / LOCK_FILE)
        name = origin(stream, base)
        runs[stream] = GrowingStream(
            home,
            stream,
            name=name,
            keys=signer.keys(name) if is_given else verifier_keys_of(home, name, base=base),
            store=StreamStore(home, stream),
            locks=locks,
            signer=signer,
            reached=reached,
            adopting=partial(_begin_reminding, home / ADOPTING_FILE),
        )
    return runs


def stream_sizes() -> dict[str, tuple[int, int]]:
    """Return entries placed, and the size of the last published checkpoint, of each stream."""
    with acting(SEQUENCER):
        return {stream: (claimed, kept) for stream, claimed, kept in _rows(_SIZES)}


@contextmanager
def _signer(home: Path, base: str, given: Signer | None) -> Iterator[Signer]:
    """Give the signer to ask; one of the home starts when it is asked, not before."""
    if given is not None:
        yield given
        return
    signer: SignerClient = home_signer(home, base=base)
    try:
        yield signer
    finally:
        signer.close()


@contextmanager
def _only_session() -> Iterator[None]:
    """Hold the advisory lock that lets one sequencer of this database work, on any machine."""
    with acting(SEQUENCER):
        _rows("SELECT pg_advisory_lock(%s)", _LOCK)
    try:
        yield
    finally:
        if connection.is_usable():  # else the lock went with the session
            with acting(SEQUENCER):
                _rows("SELECT pg_advisory_unlock(%s)", _LOCK)


def _claim_all(*, everywhere: bool, reached: Reached) -> int:
    total = 0
    with acting(SEQUENCER):
        arrivals = _rows(_ARRIVALS)
    places = [(0, _LAST_ID)] if everywhere else _joined([row[1:] for row in arrivals])
    for low, high in places:
        claimed = CLAIM
        while claimed == CLAIM:
            with acting(SEQUENCER), connection.cursor() as cursor:
                cursor.execute(_CLAIM, {"low": low, "high": high, "limit": CLAIM})
                claimed = int(cursor.rowcount)
                reached("claiming")
            total += claimed
    reached("claimed")
    if arrivals:
        # Their leaves were to be seen when these were: all of them have a place now.
        with acting(SEQUENCER), connection.cursor() as cursor:
            cursor.execute(_PLACED, [[row[0] for row in arrivals]])
    return total


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges that overlap or follow each other: what came at once is claimed at once."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _rows(query: str, *parameters: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(parameters))
        return list(cursor.fetchall())
