"""Leaves, positions, files and checkpoints against each other, stream by stream.

The entry bundles on disk are read once, from the first to the last entry the checkpoint covers:
each is compared with the leaf that the database has at its position, and all together must give the
published tiles and the signed root.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import tuple_row

from sogoc.credentials.log.audit_rows import described
from sogoc.credentials.log.cosigning import FILE, policy_text
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.growing import KEY_FILES
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import LOCK_FILE, SqliteLockStore
from sogoc.credentials.log.report import Problem, problem
from sogoc.credentials.log.signing import NOTHING_SIGNED, Signed, verifier_keys_of
from sogoc.credentials.log.store import StreamStore, streams
from sogoc.kernel import merkle
from sogoc.kernel.cosignature import LogKey, open_checkpoint, parse_log_key
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import leaf_hash
from sogoc.kernel.log_policy import Policy, PolicyError
from sogoc.kernel.tiles import WIDTH, TileBuilder, TileReader, read_bundle, tile_path

_BUNDLES: Final = 64
"""Bundles between two comparisons of tiles."""

_POSITIONS: Final = """
    SELECT p.index, p.leaf_id, f.stream, f.leaf, f.leaf_hash
    FROM credentials_log_position p LEFT JOIN credentials_log_leaf f ON f.id = p.leaf_id
    WHERE p.stream = %s ORDER BY p.index
"""
_CHECKPOINTS: Final = """
    SELECT size, root, note FROM credentials_log_checkpoint WHERE stream = %s ORDER BY size
"""
_STREAMS: Final = """
    SELECT stream FROM credentials_log_leaf UNION SELECT stream FROM credentials_log_position
    UNION SELECT stream FROM credentials_log_checkpoint
"""
_ROW_OF: Final = """
    SELECT 'line', l.code FROM credentials_register_line l WHERE l.leaf_hash = %(hash)s
    UNION ALL SELECT 'movement', m.prefix || m.number FROM credentials_blank_movement m
        WHERE m.leaf_hash = %(hash)s AND m.state <> 'issued'
    UNION ALL SELECT 'lot', t.prefix || t.first || '–' || t.last FROM credentials_blank_lot t
        WHERE t.leaf_hash = %(hash)s
    UNION ALL SELECT 'event', e.id::text FROM people_auditevent e WHERE e.leaf_hash = %(hash)s
"""


@dataclass(slots=True)
class TreeAudit:
    """Audits the streams of a home; call `problems` once, then read the counts."""

    connection: Connection[Any]
    home: Path
    base: str
    entries: int = 0
    covered: dict[str, int] = field(default_factory=dict)
    _keys: tuple[LogKey, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong in any stream of the database or the home."""
        names = {row[0] for row in self._rows(_STREAMS)}
        for name in sorted(names.union(streams(self.home))):
            yield from self._stream(name)

    def _stream(self, name: str) -> Iterator[Problem]:
        store = StreamStore(self.home, name)
        try:
            self._keys = verifier_keys_of(self.home, origin(name, self.base), base=self.base)
        except LogError as error:
            self._keys = _keys_beside(store)
            yield problem(
                "stream",
                name,
                f"tin khóa đã công bố, vì: {error.message.vi.rstrip('.')}",
                f"the published keys were believed, since: {error.message.en.rstrip('.')}",
            )
        kept = self._rows(_CHECKPOINTS, name)
        yield from self._policy_faults(name)
        signed, found = self._signed(store, name, was_published=bool(kept))
        yield from found
        self.covered[name] = signed.size
        yield from self._checkpoints(name, kept, signed)
        with self.connection.cursor("log_audit_positions", row_factory=tuple_row) as cursor:
            cursor.itersize = 5_000
            cursor.execute(_POSITIONS, [name])
            yield from self._entries(store, name, signed, iter(cursor))

    def _signed(
        self, store: StreamStore, name: str, *, was_published: bool
    ) -> tuple[Signed, list[Problem]]:
        """Return the tree of the published checkpoint, if it is there and ours."""
        note = store.checkpoint()
        if note is None:
            if not was_published:
                return NOTHING_SIGNED, []
            return NOTHING_SIGNED, [
                problem("checkpoint", name, "tệp checkpoint bị mất", "its file is gone")
            ]
        opened = self._open(name, note)
        if opened is None:
            return NOTHING_SIGNED, [
                problem("checkpoint", name, "chữ ký không đúng", "its signature is false")
            ]
        if not self._fits_lock(store, name, opened):
            return opened, [
                problem(
                    "checkpoint",
                    name,
                    "không phải điểm kiểm đã ký sau cùng",
                    "it is not the one signed last",
                )
            ]
        return opened, []

    def _policy_faults(self, name: str) -> Iterator[Problem]:
        """Say when the home's policy is none: nobody outside could judge by it."""
        try:
            Policy.parse(policy_text(self.home, *map(str, self._keys)))
        except PolicyError as error:
            yield problem("stream", name, *_as_parts(error))

    def _fits_lock(self, store: StreamStore, name: str, opened: Signed) -> bool:
        """Whether the published tree is the one in the lock store, or a beginning of it."""
        locked = self._locked(name)
        if locked is None or locked.size <= opened.size:
            return locked is None or locked == opened
        reader = TileReader(store.read, cached_tiles=64)
        try:
            proof = reader.consistency_proof(opened.size, locked.size)
            merkle.verify_consistency(opened.size, locked.size, opened.root, locked.root, proof)
        except (Error, FileNotFoundError):
            return False
        return True

    def _open(self, name: str, note: str) -> Signed | None:
        named = origin(name, self.base)
        try:
            checkpoint = open_checkpoint(note, self._keys).checkpoint
        except Error:
            return None
        return Signed(checkpoint.size, checkpoint.root) if checkpoint.origin == named else None

    def _locked(self, name: str) -> Signed | None:
        """Return the tree the lock store holds; None also where nothing was ever locked."""
        file = self.home / LOCK_FILE
        if not file.is_file():
            return None
        found = SqliteLockStore(file).get(origin(name, self.base))
        return None if found is None else Signed(*found)

    def _checkpoints(
        self, name: str, kept: list[tuple[Any, ...]], signed: Signed
    ) -> Iterator[Problem]:
        """Check that each checkpoint in the database is ours and a beginning of the signed tree."""
        reader = TileReader(StreamStore(self.home, name).read)
        for size, root, note in kept:
            what = f"{name}/{size}"
            if self._open(name, note) != Signed(size, bytes(root)):
                yield problem("checkpoint", what, "bản lưu bị sửa", "the kept copy was altered")
                continue
            try:
                fits = size <= signed.size and reader.root(size) == bytes(root)
            except (Error, FileNotFoundError):
                fits = False
            if not fits:
                yield problem(
                    "checkpoint",
                    what,
                    "không phải phần đầu của nhật ký hiện có",
                    "it is not a beginning of the present log",
                )
        if signed.size and not any(size == signed.size for size, _, _ in kept):
            yield problem(
                "checkpoint",
                f"{name}/{signed.size}",
                "không có trong cơ sở dữ liệu",
                "it is not in the database",
            )

    def _entries(
        self, store: StreamStore, name: str, signed: Signed, rows: Iterator[tuple[Any, ...]]
    ) -> Iterator[Problem]:
        builder = TileBuilder()
        while builder.size < signed.size:
            start = builder.size
            width = min(WIDTH, signed.size - start)
            try:
                entries = read_bundle(store.read, start // WIDTH, width)
            except (Error, FileNotFoundError):
                yield problem(
                    "entry",
                    f"{name}/{start}–{start + width - 1}",
                    "gói mục bị mất hoặc hỏng",
                    "the entry bundle is gone or damaged",
                )
                return
            yield from self._compare(store, name, start, signed.size, entries, rows)
            builder.extend(entries)
            self.entries += width
            if not (start // WIDTH + 1) % _BUNDLES or builder.size == signed.size:
                yield from _tiles(store, builder, is_last=builder.size == signed.size)
        if builder.root() != signed.root:
            yield problem(
                "stream",
                name,
                "các mục trên đĩa không cho ra gốc đã ký",
                "the entries on disk do not give the signed root",
            )
        yield from self._waiting(name, signed.size, rows)

    def _compare(
        self,
        store: StreamStore,
        name: str,
        start: int,
        size: int,
        entries: list[bytes],
        rows: Iterator[tuple[Any, ...]],
    ) -> Iterator[Problem]:
        """Compare a bundle with what the database has at its positions."""
        stored = list(islice(rows, len(entries)))
        expected = range(start, start + len(entries))
        by_index = {row[0]: row for row in stored}
        if len(stored) == len(entries) and [row[0] for row in stored] == list(expected):
            same = all(row[3] == entry for row, entry in zip(stored, entries, strict=True))
            if same and all(row[2] == name and row[4] == leaf_hash(row[3]) for row in stored):
                return
        for index, entry in zip(expected, entries, strict=True):
            row = by_index.get(index)
            if row is None or row[3] is None:
                vi, en = "đã bị xóa khỏi cơ sở dữ liệu", "was deleted from the database"
            elif row[3] != entry:
                vi, en = _which(store, index, size, entry)
            elif row[2] != name or row[4] != leaf_hash(entry):
                vi, en = "luồng hoặc mã băm của lá bị sửa", "its leaf's stream or hash was altered"
            else:
                continue
            yield problem("entry", f"{name}/{index}", vi, f"{en}: {self._named(entry)}")

    def _waiting(self, name: str, size: int, rows: Iterator[tuple[Any, ...]]) -> Iterator[Problem]:
        """Check positions beyond the checkpoint: they follow on, and their leaves are there."""
        expected = size
        for index, _, stream, leaf, hashed in rows:
            if index != expected:
                yield problem(
                    "entry",
                    f"{name}/{expected}",
                    "vị trí bị xóa hoặc bị sửa",
                    "its position was deleted or altered",
                )
            elif leaf is None or stream != name or leaf_hash(leaf) != hashed:
                yield problem(
                    "entry",
                    f"{name}/{index}",
                    "lá chờ công bố bị sửa hoặc xóa",
                    "its leaf, still waiting, was altered or deleted",
                )
            expected = index + 1

    def _named(self, entry: bytes) -> str:
        """Return what an entry is about: its row if there is one, or what the leaf shows."""
        with self.connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(_ROW_OF, {"hash": leaf_hash(entry)})
            row = cursor.fetchone()
        return f"{row[0]} {row[1]}" if row else described(entry)

    def _rows(self, query: str, *parameters: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()


def _as_parts(error: Error) -> tuple[str, str]:
    """Return a message as the part of a sentence."""
    vi, en = error.message.vi, error.message.en
    return f"{FILE}: {vi.rstrip('.')}", f"{FILE}: {en.rstrip('.')}"


def _keys_beside(store: StreamStore) -> tuple[LogKey, ...]:
    """Return the published keys, for a home whose signer is gone."""
    try:
        texts = [store.read(name).decode("ascii").strip() for name in KEY_FILES if store.has(name)]
        return tuple(map(parse_log_key, texts))
    except (Error, UnicodeDecodeError):
        return ()


def _which(store: StreamStore, index: int, size: int, entry: bytes) -> tuple[str, str]:
    """Say whether the bundle or the database was altered, by the hash in the tile."""
    bundle, offset = divmod(index, WIDTH)
    width = min(WIDTH, size - bundle * WIDTH)
    try:
        hashes = store.read(tile_path(0, bundle, width))
    except FileNotFoundError:
        hashes = b""
    if hashes[32 * offset : 32 * offset + 32] == leaf_hash(entry):
        return "lá trong cơ sở dữ liệu đã bị sửa", "its leaf in the database was altered"
    return "gói mục trên đĩa đã bị sửa", "its bundle on disk was altered"


def _tiles(store: StreamStore, builder: TileBuilder, *, is_last: bool) -> Iterator[Problem]:
    """Compare the tiles that the entries give with those on disk."""
    for path, data in builder.take_files():
        if not is_last and ".p/" in path:
            continue
        try:
            fits = store.read(path) == data
        except FileNotFoundError:
            # a log may drop a partial file once the full one is there; never a full one
            fits = ".p/" in path and store.has(path.partition(".p/")[0])
        if not fits:
            yield problem(
                "tile",
                f"{store.stream}/{path}",
                "bị sửa hoặc bị mất",
                "was altered or is gone",
            )
