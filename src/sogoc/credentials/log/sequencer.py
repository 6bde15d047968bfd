"""The sequencer: gives each leaf its place, writes tiles, and signs checkpoints. One at a time.

Each step is durable before the next begins, so it can be killed anywhere and goes on from there:

1. **claim**   leaves without a position get the next indexes of their stream (one transaction).
               They are found by anti-join, never by "id greater than the last": transactions commit
               in another order than their ids were drawn.
2. **tiles**   bundles and tiles up to the new size, each file created once.
3. **remember** the signer's memory takes size and root, after the proof that the tree it signed
               last is a beginning of this one; a smaller or another tree is refused.
4. **publish** the signed checkpoint replaces the old one.
5. **keep**    the checkpoint goes into the database: what it covers now reads as published.

What was claimed has its index for good, so tiles made again after a crash are the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.log.cosigning import Cosigner
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import only_sequencer
from sogoc.credentials.log.signing import (
    KEY_WARNING,
    NOTHING_SIGNED,
    Signed,
    SignerMemory,
    signing_seed,
)
from sogoc.credentials.log.store import StreamStore
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import NoteError, SignerKey, open_note, parse_note, sign_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import TileBuilder, TileReader
from sogoc.people.api import Actor, acting

CLAIM: Final = 100_000
"""Leaves claimed in one transaction."""
BATCH: Final = 25_600
"""Leaves between two checkpoints when many wait: whole bundles, so few partial tiles."""

_LOCK: Final = 0x50D0_106
_LAST_ID: Final = 2**63 - 1
_SEQUENCER: Final = Actor.system("sequencer")

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
_ENTRIES: Final = """
    SELECT p.index, l.leaf FROM credentials_log_position p
    JOIN credentials_log_leaf l ON l.id = p.leaf_id
    WHERE p.stream = %s AND p.index >= %s AND p.index < %s ORDER BY p.index
"""
_KEEP: Final = """
    INSERT INTO credentials_log_checkpoint (stream, size, root, note) VALUES (%s, %s, %s, %s)
    ON CONFLICT (stream, size) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class SequencedReport:
    """What one run did: leaves newly placed, and the published size of each stream.

    `waiting` are the streams whose newest leaves wait for witnesses.
    """

    sequenced: int
    sizes: dict[str, int]
    waiting: tuple[str, ...] = ()
    warning: Text = KEY_WARNING


Reached = Callable[[str], None]


def sequence(
    home: Path, *, base: str, everywhere: bool = False, reached: Reached = lambda _step: None
) -> SequencedReport:
    """Place all waiting leaves and publish checkpoints over them; another run ends first.

    `base` is the installation's name, before the stream in every origin. Waiting leaves
    are looked for where arrivals say; `everywhere` looks at all there are, which a worker does now
    and then. `reached` is told each step's name; fault tests stop the process there. Raises
    `LogError` when files, memory and database do not belong together: then nothing is signed.
    """
    with only_sequencer(home), _only_session():
        sequenced = _claim_all(everywhere=everywhere, reached=reached)
        with acting(_SEQUENCER):
            sizes = {stream: (claimed, kept) for stream, claimed, kept in _rows(_SIZES)}
        seed = signing_seed(home)
        done = {}
        for stream, (claimed, kept) in sizes.items():
            signer = SignerKey(origin(stream, base), seed)
            store = StreamStore(home, stream)
            cosigner = Cosigner(home, signer.verifier, store.read)
            memory = SignerMemory(home, stream)
            run = _Stream(store, memory, stream, signer, cosigner, reached)
            done[stream] = run.advance(claimed, kept)
        waiting = tuple(stream for stream, size in done.items() if size < sizes[stream][0])
        return SequencedReport(sequenced, done, waiting)


@contextmanager
def _only_session() -> Iterator[None]:
    """Hold the advisory lock that lets one sequencer of this database work, on any machine."""
    with acting(_SEQUENCER):
        _rows("SELECT pg_advisory_lock(%s)", _LOCK)
    try:
        yield
    finally:
        if connection.is_usable():  # else the lock went with the session
            with acting(_SEQUENCER):
                _rows("SELECT pg_advisory_unlock(%s)", _LOCK)


def _claim_all(*, everywhere: bool, reached: Reached) -> int:
    total = 0
    with acting(_SEQUENCER):
        arrivals = _rows(_ARRIVALS)
    places = [(0, _LAST_ID)] if everywhere else _joined([row[1:] for row in arrivals])
    for low, high in places:
        claimed = CLAIM
        while claimed == CLAIM:
            with acting(_SEQUENCER), connection.cursor() as cursor:
                cursor.execute(_CLAIM, {"low": low, "high": high, "limit": CLAIM})
                claimed = int(cursor.rowcount)
                reached("claiming")
            total += claimed
    reached("claimed")
    if arrivals:
        # Their leaves were to be seen when these were: all of them have a place now.
        with acting(_SEQUENCER), connection.cursor() as cursor:
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


class _Stream:
    """One stream between its last checkpoint and what is claimed by now."""

    def __init__(
        self,
        store: StreamStore,
        memory: SignerMemory,
        stream: str,
        signer: SignerKey,
        cosigner: Cosigner,
        reached: Reached,
    ) -> None:
        self._store = store
        self._memory = memory
        self._stream = stream
        self._signer = signer
        self._cosigner = cosigner
        self._reached = reached

    def advance(self, claimed: int, kept: int) -> int:
        """Publish up to `claimed` entries; `kept` is the largest checkpoint the database has.

        Returns the published size. Nothing more is signed while witnesses have not made the quorum
        for what was signed last.
        """
        self._store.prepare()
        signed = self._signed(claimed, kept)
        if signed.size and not self._publish(signed, is_kept=kept == signed.size):
            return kept
        if signed.size == claimed:
            return claimed
        builder = (
            TileBuilder.resume(signed.size, signed.root, self._store.read)
            if signed.size
            else TileBuilder()
        )
        while builder.size < claimed:
            upto = min(claimed, (builder.size // BATCH + 1) * BATCH)
            builder.extend(self._entries(builder.size, upto))
            self._store.put(builder.take_files())
            self._reached("tiles")
            signed = self._remember(signed, Signed(builder.size, builder.root()))
            self._reached("remembered")
            if not self._publish(signed, is_kept=False):
                return kept
            kept = signed.size
        return claimed

    def _signed(self, claimed: int, kept: int) -> Signed:
        """Return what was signed last; refuse files or a database older than what was signed."""
        signed = self._memory.signed()
        if signed is None:
            signed = self._published() or NOTHING_SIGNED
        if signed.size < kept:
            raise self._rolled_back(
                f"tệp ghi nhận {signed.size} mục, cơ sở dữ liệu ghi đã ký {kept} mục: thư mục nhật "
                "ký là bản cũ. Hãy phục hồi bản mới hơn.",
                f"the files know {signed.size} entries, the database {kept} signed ones: the log's "
                "folder is an old copy. Restore a newer one.",
            )
        if signed.size > claimed:
            raise self._rolled_back(
                f"đã ký {signed.size} mục, cơ sở dữ liệu chỉ còn {claimed} mục: dữ liệu là bản cũ "
                "hoặc bị xóa. Hãy phục hồi bản mới hơn.",
                f"{signed.size} entries were signed, the database has {claimed}: it is an old copy "
                "or was cut. Restore a newer one.",
            )
        return signed

    def _rolled_back(self, vi: str, en: str) -> LogError:
        name = self._stream
        text = Text(f"Nhật ký “{name}”: {vi}", f"Log “{name}”: {en}")
        return LogError("log_rolled_back", text, stream=name)

    def _published(self) -> Signed | None:
        """Return the tree of the published checkpoint, when it bears our own signature."""
        note = self._store.checkpoint()
        if note is None:
            return None
        try:
            opened = open_note(note, [self._signer.verifier])
        except NoteError as error:
            raise LogError(
                "log_checkpoint_foreign",
                Text(
                    f"Điểm kiểm của nhật ký “{self._stream}” không do khóa này ký.",
                    f"The checkpoint of log {self._stream!r} was not signed with this key.",
                ),
                stream=self._stream,
            ) from error
        checkpoint = Checkpoint.parse(opened.text)
        return Signed(checkpoint.size, checkpoint.root)

    def _entries(self, start: int, stop: int) -> list[bytes]:
        with acting(_SEQUENCER):
            rows = _rows(_ENTRIES, self._stream, start, stop)
        if [index for index, _ in rows] != list(range(start, stop)):
            raise LogError(
                "log_position_missing",
                Text(
                    f"Nhật ký “{self._stream}”: thiếu mục trong khoảng {start}–{stop - 1}.",
                    f"Log {self._stream!r}: entries are missing between {start} and {stop - 1}.",
                ),
                stream=self._stream,
            )
        return [bytes(leaf) for _, leaf in rows]

    def _remember(self, old: Signed, new: Signed) -> Signed:
        """Check from the files that the new tree extends the old one, then note it as signed."""
        proof = TileReader(self._store.read, cached_tiles=64).consistency_proof(old.size, new.size)
        merkle.verify_consistency(old.size, new.size, old.root, new.root, proof)
        self._memory.remember(new, self._store.drafts)
        return new

    def _publish(self, signed: Signed, *, is_kept: bool) -> bool:
        """Sign and publish what the memory holds, once enough witnesses cosign it; say whether.

        Our own signature is the same each time; a published note that has the quorum stays as it
        is.
        """
        checkpoint = Checkpoint(self._signer.name, signed.size, signed.root)
        published = self._store.checkpoint()
        note = published
        if not self._cosigner.is_enough(published, checkpoint):
            own = sign_note(checkpoint.body(), self._signer.name, self._signer.private_key)
            note = self._cosigner.cosigned(own, checkpoint, _size_of(published))
            if note is None:
                return False
            self._store.publish(note, {"key": str(self._signer.verifier)})
        self._reached("published")
        if not is_kept:
            with acting(_SEQUENCER), connection.cursor() as cursor:
                cursor.execute(_KEEP, [self._stream, signed.size, signed.root, note])
            self._reached("kept")
        return True


def _size_of(note: str | None) -> int:
    """Return the size a published note states."""
    return 0 if note is None else Checkpoint.parse(parse_note(note).text).size


def _rows(query: str, *parameters: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(parameters))
        return list(cursor.fetchall())
