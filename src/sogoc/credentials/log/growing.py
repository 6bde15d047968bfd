"""One stream between its last checkpoint and what is claimed by now.

Four memories say where a stream stands, each at most as far as the one before it:

- **claimed**  positions in the database;
- **locked**   the tree in the lock store: what may be signed next, or was;
- **signed**   the signer's memory;
- **published and kept**  the checkpoint in the files and in the database.

A crash leaves them one step apart, and the next run takes the missing steps. Anything else is an
old copy brought back or another sequencer, and nothing is signed. A lock store that is gone is made
anew from the signer, a signer's memory that is gone from the lock store; both at once by the
operator alone (`recovering`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.log.cosigning import Cosigner
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.locking import Locked, LockStore
from sogoc.credentials.log.signing import NOTHING_SIGNED, Signed, as_log_error
from sogoc.credentials.log.store import StreamStore
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import CosignatureError, LogKey, open_checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.merkle import ProofError
from sogoc.kernel.notes import NoteError, parse_note
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import TileBuilder, TileError, TileReader
from sogoc.people.api import Actor, acting
from sogoc.signer.api import PROOFS_NEEDED, UNKNOWN, Head, Signer, SignerError

BATCH: Final = 25_600
"""Leaves between two checkpoints when many wait: whole bundles, so few partial tiles."""
KEY_FILES: Final = ("key", "key-ml-dsa-44")
"""Files of a stream with its verifier keys: one key a file, as verifiers take them."""
SEQUENCER: Final = Actor.system("sequencer")

_ENTRIES: Final = """
    SELECT p.index, l.leaf FROM credentials_log_position p
    JOIN credentials_log_leaf l ON l.id = p.leaf_id
    WHERE p.stream = %s AND p.index >= %s AND p.index < %s ORDER BY p.index
"""
_KEEP: Final = """
    INSERT INTO credentials_log_checkpoint (stream, size, root, note) VALUES (%s, %s, %s, %s)
    ON CONFLICT (stream, size) DO NOTHING
"""

_logger = logging.getLogger(__name__)

Reached = Callable[[str], None]


class GrowingStream:
    """One stream of a home; `advance` brings it as far as it can.

    `name` is its origin, `keys` are its verifier keys; `adopting` is told before a signer that has
    lost its memory is given the stream's tree again.
    """

    def __init__(
        self,
        home: Path,
        stream: str,
        *,
        name: str,
        keys: Sequence[LogKey],
        store: StreamStore,
        locks: LockStore,
        signer: Signer,
        reached: Reached,
        adopting: Callable[[], None],
    ) -> None:
        self._stream = stream
        self._origin = name
        self._store = store
        self._locks = locks
        self._signer = signer
        self._reached = reached
        self._adopting = adopting
        self._keys = tuple(keys)
        self._cosigner = Cosigner(home, self._keys, store.read)

    def advance(self, claimed: int, kept: int) -> int:
        """Publish up to `claimed` entries; `kept` is the largest checkpoint the database has.

        Returns the published size. Nothing more is signed while witnesses have not made the quorum
        for what was signed last. Raises `LogError`, and `SignerError` when the signer is read-only.
        """
        self._store.prepare()
        lock = self._locks.get(self._origin)
        if self._is_settled(lock, claimed, kept):
            return claimed
        if lock is not None and lock.size > claimed:
            raise self._rolled_back(_database_is_old(lock.size, claimed))
        published = self._published()
        head = self._head(lock, published, kept)
        if max(published.size, kept) > head.size:
            raise self._rolled_back(_memory_is_old(head.size, max(published.size, kept)))
        if head.size > claimed:
            raise self._rolled_back(_database_is_old(head.size, claimed))
        lock = self._agreed(lock, head)
        if published.size < head.size:
            self._resumed(head)  # no checkpoint is published where its tiles are not
        if head.size and not self._publish(head, is_kept=kept == head.size):
            return kept
        if head.size == claimed:
            return claimed
        return self._grow(claimed, head, lock)

    def complete(self) -> None:
        """Put keys, policy and list where a place that is served lacks them, or has old ones."""
        self._store.complete(self._named_keys())

    def remind(self, kept: int) -> None:
        """Make a signer that lost its memory adopt this stream, though nothing new waits."""
        self._head(self._locks.get(self._origin), self._published(), kept)

    def _is_settled(self, lock: Locked | None, claimed: int, kept: int) -> bool:
        """Whether everything is published, so that nobody needs to be asked."""
        if lock is None or not lock.size == claimed == kept:
            return False
        note = self._store.checkpoint()
        return self._cosigner.is_enough(note, Checkpoint(self._origin, lock.size, lock.root))

    def _grow(self, claimed: int, head: Head, lock: Locked | None) -> int:
        """Sign and publish batch by batch, first what another run has locked."""
        published = head.size
        builder = self._resumed(head)
        while builder.size < claimed:
            upto = min(claimed, (builder.size // BATCH + 1) * BATCH)
            if lock is not None and lock.size > builder.size:
                upto = lock.size
            builder.extend(self._entries(builder.size, upto))
            self._store.put(builder.take_files())
            self._reached("tiles")
            lock = self._lock(lock, Locked(builder.size, builder.root()))
            self._reached("locked")
            head = self._sign(head, lock)
            self._reached("signed")
            if not self._publish(head, is_kept=False):
                break
            published = head.size
        return published

    def _resumed(self, head: Head) -> TileBuilder:
        """Return the log's right edge as it was signed last, from its files."""
        if not head.size:
            return TileBuilder()
        try:
            return TileBuilder.resume(head.size, head.root, self._store.read)
        except (TileError, FileNotFoundError) as error:
            where = self._store.where
            raise LogError(
                "log_files_missing",
                Text(
                    f"{where}: thiếu hoặc hỏng các tệp của {head.size} mục đã ký. Nếu vừa đổi "
                    "SOGOC_LOG_STORE, hãy chép các tệp tới đó trước.",
                    f"{where}: files of the {head.size} entries signed are missing or damaged. If "
                    "SOGOC_LOG_STORE was just changed, copy the files there first.",
                ),
                stream=self._stream,
            ) from error

    def _head(self, lock: Locked | None, published: Signed, kept: int) -> Head:
        """Return what was signed last, telling a signer that has lost its memory."""
        try:
            return self._ask(lambda: self._signer.open(self._origin))
        except LogError as error:
            if error.code != UNKNOWN:
                raise
        known = max(published.size, kept)
        if known and (lock is None or lock.size < known):
            raise self._forgotten()
        tree = NOTHING_SIGNED if lock is None else Signed(*lock)
        if tree.size:
            self._require_files(tree)
        _logger.warning("%s: the signer's memory is made anew from the lock store", self._origin)
        self._adopting()
        return self._adopted(Checkpoint(self._origin, tree.size, tree.root))

    def _adopted(self, checkpoint: Checkpoint) -> Head:
        """Have the signer adopt a tree, with the proofs it asks for on behalf of witnesses."""
        try:
            return self._ask(lambda: self._signer.adopt(checkpoint, proofs={}))
        except LogError as error:
            if error.code != PROOFS_NEEDED:
                raise
            sizes: Any = error.context["sizes"]
        proofs = {size: self._proof(size, checkpoint.size) for size in sizes}
        return self._ask(lambda: self._signer.adopt(checkpoint, proofs=proofs))

    def _require_files(self, tree: Signed) -> None:
        """Check that the tiles on disk give the tree that is to be adopted."""
        try:
            TileBuilder.resume(tree.size, tree.root, self._store.read)
        except (TileError, FileNotFoundError):
            raise self._forgotten() from None

    def _agreed(self, lock: Locked | None, head: Head) -> Locked | None:
        """Compare lock store and signer; a lock store that is gone or old is made anew."""
        if lock is not None and lock.size == head.size and lock.root != head.root:
            raise self._forked(head.size)
        if (0 if lock is None else lock.size) >= head.size:
            return lock
        if lock is not None and not self._is_beginning(lock, head):
            raise self._forked(lock.size)
        _logger.warning("%s: the lock store is made anew from the signer's memory", self._origin)
        return self._lock(lock, Locked(head.size, head.root))

    def _is_beginning(self, lock: Locked, head: Head) -> bool:
        try:
            proof = self._proof(lock.size, head.size)
            merkle.verify_consistency(lock.size, head.size, lock.root, head.root, proof)
        except (ProofError, TileError, FileNotFoundError):
            return False
        return True

    def _lock(self, old: Locked | None, new: Locked) -> Locked:
        """Take the tree in the lock store, unless it is taken already."""
        if old == new:
            return new
        if old is not None and old.size == new.size:
            raise self._forked(new.size)
        if not self._locks.swap(self._origin, old, new):
            raise LogError(
                "log_overtaken",
                Text(
                    f"Nhật ký “{self._stream}”: một bộ ghi khác vừa ghi tiếp; lần này dừng, không "
                    "ký gì.",
                    f"Log {self._stream!r}: another sequencer went on meanwhile; this one stops "
                    "and signs nothing.",
                ),
                stream=self._stream,
            )
        return new

    def _sign(self, head: Head, tree: Locked) -> Head:
        """Have the tree signed, and look at what came back."""
        checkpoint = Checkpoint(self._origin, tree.size, tree.root)
        proof = self._proof(head.size, tree.size)
        signed = self._ask(lambda: self._signer.sign(checkpoint, old_size=head.size, proof=proof))
        try:
            body = open_checkpoint(signed.note, self._keys).body
        except (CosignatureError, NoteError):
            body = ""
        if body != checkpoint.body():
            raise LogError(
                "log_signature_false",
                Text(
                    f"Bên ký trả chữ ký không đúng cho nhật ký “{self._stream}”.",
                    f"The signer's signature for log {self._stream!r} is false.",
                ),
                stream=self._stream,
            )
        return signed

    def _ask(self, ask: Callable[[], Head]) -> Head:
        try:
            return ask()
        except SignerError as error:
            raise as_log_error(error) from error

    def _proof(self, old: int, new: int) -> list[bytes]:
        """Return the consistency proof from the files, none from nothing."""
        if not old or old == new:
            return []
        return TileReader(self._store.read, cached_tiles=64).consistency_proof(old, new)

    def _published(self) -> Signed:
        """Return the tree of the published checkpoint, which must bear our own signature."""
        note = self._store.checkpoint()
        if note is None:
            return NOTHING_SIGNED
        try:
            checkpoint = open_checkpoint(note, self._keys).checkpoint
        except Error as error:
            raise LogError(
                "log_checkpoint_foreign",
                Text(
                    f"Điểm kiểm của nhật ký “{self._stream}” không do khóa này ký.",
                    f"The checkpoint of log {self._stream!r} was not signed with this key.",
                ),
                stream=self._stream,
            ) from error
        return Signed(checkpoint.size, checkpoint.root)

    def _entries(self, start: int, stop: int) -> list[bytes]:
        with acting(SEQUENCER), connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [self._stream, start, stop])
            rows = cursor.fetchall()
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

    def _publish(self, head: Head, *, is_kept: bool) -> bool:
        """Publish what was signed, once enough witnesses cosign it; say whether.

        A published note that has the quorum stays as it is.
        """
        checkpoint = Checkpoint(self._origin, head.size, head.root)
        published = self._store.checkpoint()
        note = published
        if not self._cosigner.is_enough(published, checkpoint):
            note = self._cosigner.cosigned(head.note, checkpoint, _size_of(published))
            if note is None:
                return False
            self._store.publish(note, self._named_keys())
        self._reached("published")
        if not is_kept:
            with acting(SEQUENCER), connection.cursor() as cursor:
                cursor.execute(_KEEP, [self._stream, head.size, head.root, note])
            self._reached("kept")
        return True

    def _named_keys(self) -> dict[str, str]:
        return dict(zip(KEY_FILES, map(str, self._keys), strict=False))

    def _rolled_back(self, why: Text) -> LogError:
        name = self._stream
        text = Text(f"Nhật ký “{name}”: {why.vi}", f"Log “{name}”: {why.en}")
        return LogError("log_rolled_back", text, stream=name)

    def _forked(self, size: int) -> LogError:
        name = self._stream
        return LogError(
            "log_forked",
            Text(
                f"Nhật ký “{name}”: kho khóa và bên ký giữ hai cây khác nhau ở cỡ {size}, hoặc "
                "các mục không cho ra cây đã khóa. Không ký gì; đừng xóa gì, xem "
                "docs/operations/signer.md.",
                f"Log “{name}”: lock store and signer hold two trees at size {size}, or the "
                "entries do not give the locked one. Nothing is signed; delete nothing, see "
                "docs/operations/signer.md.",
            ),
            stream=name,
            size=size,
        )

    def _forgotten(self) -> LogError:
        name = self._stream
        return LogError(
            "log_memory_lost",
            Text(
                f"Nhật ký “{name}”: bên ký và kho khóa đều không nhớ điều đã ký, hoặc chỉ còn bản "
                "cũ. Không ký gì. Hãy chạy “sogoc signer recover” khi mọi bên chứng kiến đều trả "
                "lời.",
                f"Log “{name}”: neither signer nor lock store remembers what was signed, or only "
                "an old copy is left. Nothing is signed. Run “sogoc signer recover” while all "
                "witnesses answer.",
            ),
            stream=name,
        )


def _size_of(note: str | None) -> int:
    """Return the size a published note states."""
    return 0 if note is None else Checkpoint.parse(parse_note(note).text).size


def _memory_is_old(signed: int, known: int) -> Text:
    return Text(
        f"bên ký nhớ {signed} mục, {known} mục đã công bố: trí nhớ của bên ký là bản cũ. Dừng bên "
        "ký, bỏ tệp signer/signer.sqlite*, chạy lại: nó được dựng lại từ kho khóa.",
        f"the signer remembers {signed} entries, {known} are published: its memory is an old copy. "
        "Stop the signer, remove signer/signer.sqlite*, run again: it is made anew from the lock "
        "store.",
    )


def _database_is_old(signed: int, claimed: int) -> Text:
    return Text(
        f"đã ký {signed} mục, cơ sở dữ liệu chỉ còn {claimed} mục: dữ liệu là bản cũ hoặc bị xóa. "
        "Hãy phục hồi bản mới hơn.",
        f"{signed} entries were signed, the database has {claimed}: it is an old copy or was cut. "
        "Restore a newer one.",
    )
