"""The log as static files: paths, tiles and entry bundles of C2SP tlog-tiles (tile height 8).

A tile holds up to 256 hashes of one level, side by side; each hash of level L+1 is the root of a
full tile of level L. Files are immutable: a partial tile has its width in its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Final

from sogoc.kernel import merkle
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
MAX_ENTRY: Final = 0xFFFF
"""Longest entry in bytes: its length is written in two."""

_MAX_LEVEL: Final = 63
_INDEX: Final = r"(?:x[0-9]{3}/)*[0-9]{3}"
_LEVEL: Final = "entries|[0-9]|[1-5][0-9]|6[0-3]"
_PATH: Final = re.compile(
    rf"tile/(?P<kind>{_LEVEL})/(?P<index>{_INDEX})(?:\.p/(?P<width>[1-9][0-9]{{0,2}}))?"
)

_LONGEST_PATH: Final = 80
"""Characters of a path: enough for more than 2 to the power of 63 entries."""

Read = Callable[[str], bytes]
"""Returns a stored file by its path; raises `FileNotFoundError` or `KeyError` if there is none."""


class TileError(Error):
    """A tile, bundle or path that does not fit the log."""


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile, e.g. `tile/0/x001/x234/067` or `tile/1/000.p/17`."""
    if not 0 <= level <= _MAX_LEVEL:
        raise _error("tile_path", level=level)
    return f"tile/{level}/{_index_path(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Return the path of an entry bundle, e.g. `tile/entries/x001/x234/067.p/5`."""
    return f"tile/entries/{_index_path(index, width)}"


def parse_path(path: str) -> tuple[int | None, int, int]:
    """Read a path back as `(level, index, width)`; level `None` is an entry bundle.

    Raises `TileError` for anything but the one canonical spelling.
    """
    found = _PATH.fullmatch(path) if len(path) <= _LONGEST_PATH else None
    if found is None:
        raise _error("tile_path", path=path[:_LONGEST_PATH])
    index = int(found["index"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    level = None if found["kind"] == "entries" else int(found["kind"])
    canonical = entries_path(index, width) if level is None else tile_path(level, index, width)
    if canonical != path:
        raise _error("tile_path", path=path)
    return level, index, width


def _index_path(index: int, width: int) -> str:
    if index < 0 or not 1 <= width <= WIDTH:
        raise _error("tile_path", index=index, width=width)
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
    return path if width == WIDTH else f"{path}.p/{width}"


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return a bundle: each entry after its length in two bytes, big-endian. Raises `TileError`."""
    return b"".join(map(_framed, entries))


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle of exactly `width` entries. Raises `TileError`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise _error("bundle_truncated", width=width)
        entries.append(data[start:at])
    if len(entries) != width:
        raise _error("bundle_width", width=width, found=len(entries))
    return entries


def _framed(entry: bytes) -> bytes:
    if len(entry) > MAX_ENTRY:
        raise _error("entry_too_long", length=len(entry))
    return len(entry).to_bytes(2, "big") + entry


class TileBuilder:
    """Grows a log's tiles and bundles; the caller writes the files it hands out.

    Start with `TileBuilder()`, or `TileBuilder.resume(...)` from the right edge of stored files:
    starting again costs the same at any size.
    """

    def __init__(self) -> None:
        self._size = 0
        self._levels: list[list[bytes]] = [[]]  # the unfinished right tile of each level
        self._bundle: list[bytes] = []  # framed entries of the unfinished bundle
        self._full: list[tuple[str, bytes]] = []

    @classmethod
    def resume(cls, size: int, root: bytes, read: Read) -> TileBuilder:
        """Take up the log at a checkpoint's size and root from stored tiles.

        Raises `TileError` when the files do not give that root, or the unfinished bundle does not
        give the unfinished tile.
        """
        builder = cls()
        builder._size = size
        for level in range(-(-size.bit_length() // HEIGHT)):
            if level:
                builder._levels.append([])
            complete = size >> HEIGHT * level
            if complete % WIDTH:
                data = _read_tile(read, level, complete // WIDTH, complete % WIDTH)
                builder._levels[level] = _hashes_of(data)
        if builder.root() != root:
            raise _error("tiles_other_root", size=size)
        if size % WIDTH:
            entries = read_bundle(read, size // WIDTH, size % WIDTH)
            if [merkle.leaf_hash(entry) for entry in entries] != builder._levels[0]:
                raise _error("bundle_other_tile", size=size)
            builder._bundle = [_framed(entry) for entry in entries]
        return builder

    @property
    def size(self) -> int:
        """Number of entries so far."""
        return self._size

    def append(self, entry: bytes) -> bytes:
        """Add one entry (at most 65,535 bytes) and return its leaf hash. Raises `TileError`."""
        self._bundle.append(_framed(entry))
        hashed = merkle.leaf_hash(entry)
        self._levels[0].append(hashed)
        self._size += 1
        if not self._size % WIDTH:
            self._finish_tiles()
        return hashed

    def extend(self, entries: Iterable[bytes]) -> None:
        """Add entries in order."""
        for entry in entries:
            self.append(entry)

    def _finish_tiles(self) -> None:
        index = self._size // WIDTH - 1
        self._full.append((entries_path(index), b"".join(self._bundle)))
        self._bundle = []
        level = 0
        while len(self._levels[level]) == WIDTH:
            hashes = self._levels[level]
            self._full.append((tile_path(level, index), b"".join(hashes)))
            self._levels[level] = []
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(merkle.root_hash(hashes))
            level += 1
            index //= WIDTH

    def root(self) -> bytes:
        """Return the root at the present size."""
        rest: list[bytes] = []
        for hashes in self._levels:
            # What is not yet a full tile below stands last in the row above it.
            row = hashes + rest
            rest = [merkle.root_hash(row)] if row else []
        return rest[0] if rest else merkle.EMPTY_ROOT

    def take_files(self) -> list[tuple[str, bytes]]:
        """Return `(path, content)` of all files to write before a checkpoint of the present size.

        Full tiles and bundles completed since the last call, then the partial ones of this size.
        """
        files, self._full = self._full, []
        if self._bundle:
            files.append(
                (entries_path(self._size // WIDTH, len(self._bundle)), b"".join(self._bundle))
            )
        for level, hashes in enumerate(self._levels):
            if hashes:
                index = self._size >> HEIGHT * (level + 1)
                files.append((tile_path(level, index, len(hashes)), b"".join(hashes)))
        return files


class TileReader:
    """Reads hashes, entries and proofs of a log of any published size from stored files.

    What it returns is as good as the storage: verify proofs against a signed checkpoint.
    `cached_tiles` tiles are kept with all their inner nodes (about 25 kB each).
    """

    def __init__(self, read: Read, *, cached_tiles: int = 1024) -> None:
        self._read = read
        self._tile = lru_cache(maxsize=cached_tiles)(self._load_tile)

    def leaf_hash(self, index: int, size: int) -> bytes:
        """Return the leaf hash at `index` of the log of `size`."""
        if not 0 <= index < size:
            raise _error("tile_outside_log", index=index, size=size)
        return self._node(0, index, size)

    def entry(self, index: int, size: int) -> bytes:
        """Return the entry at `index` of the log of `size`."""
        if not 0 <= index < size:
            raise _error("tile_outside_log", index=index, size=size)
        bundle = index // WIDTH
        return read_bundle(self._read, bundle, min(WIDTH, size - bundle * WIDTH))[index % WIDTH]

    def root(self, size: int, *, within: int | None = None) -> bytes:
        """Return the root of the log of `size`, as the files of that of `within` entries give it.

        Left out, `within` is `size`. Files of both sizes may lie there and disagree.
        """
        if size == 0:
            return merkle.EMPTY_ROOT
        whole = size if within is None else within
        return merkle.range_root((0, size), lambda level, n: self._node(level, n, whole))

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the audit path of `index` in the log of `size`."""

        def node(level: int, n: int) -> bytes:
            return self._node(level, n, size)

        return [merkle.range_root(span, node) for span in merkle.inclusion_ranges(index, size)]

    def consistency_proof(self, old_size: int, new_size: int) -> list[bytes]:
        """Return the proof that the log of `new_size` extends that of `old_size`."""

        def node(level: int, n: int) -> bytes:
            return self._node(level, n, new_size)

        return [
            merkle.range_root(span, node) for span in merkle.consistency_ranges(old_size, new_size)
        ]

    def _node(self, level: int, index: int, size: int) -> bytes:
        """Hash of the complete subtree over leaves `[index << level, (index + 1) << level)`."""
        tile_level, inner = divmod(level, HEIGHT)
        tile_index, offset = divmod(index, WIDTH >> inner)
        width = min(WIDTH, (size >> HEIGHT * tile_level) - tile_index * WIDTH)
        return self._tile(tile_level, tile_index, width)[inner][offset]

    def _load_tile(self, level: int, index: int, width: int) -> list[list[bytes]]:
        row = _read_tile(self._read, level, index, width)
        rows = [_hashes_of(row)]
        pair = 2 * merkle.HASH_SIZE
        while len(row) >= pair:  # an odd hash at the end has no parent in this tile yet
            above = [
                sha256(b"\x01" + row[at : at + pair]).digest()
                for at in range(0, len(row) - pair + 1, pair)
            ]
            rows.append(above)
            row = b"".join(above)
        return rows


def read_bundle(read: Read, index: int, width: int = WIDTH) -> list[bytes]:
    """Return the first `width` entries of bundle `index`; the full bundle serves for a partial one.

    Raises `TileError` for a damaged bundle, and whatever `read` raises when there is none.
    """
    try:
        return decode_bundle(read(entries_path(index, width)), width)
    except (FileNotFoundError, KeyError):
        if width == WIDTH:
            raise
        return decode_bundle(read(entries_path(index)), WIDTH)[:width]


def _read_tile(read: Read, level: int, index: int, width: int) -> bytes:
    """Return the tile's bytes; a log may drop a partial tile once the full one is there."""
    try:
        data, stored = read(tile_path(level, index, width)), width
    except (FileNotFoundError, KeyError):
        if width == WIDTH:
            raise
        data, stored = read(tile_path(level, index)), WIDTH
    if len(data) != stored * merkle.HASH_SIZE:
        raise _error("tile_length", level=level, index=index, width=stored, length=len(data))
    return data[: width * merkle.HASH_SIZE]


def _hashes_of(data: bytes) -> list[bytes]:
    return [data[at : at + merkle.HASH_SIZE] for at in range(0, len(data), merkle.HASH_SIZE)]


_MESSAGES: Final = {
    "tile_path": Text("Đường dẫn tệp nhật ký không đúng.", "Not a path of a log file."),
    "tile_length": Text("Tệp nhật ký dài không đúng.", "A log tile has the wrong length."),
    "tile_outside_log": Text("Vị trí nằm ngoài nhật ký.", "The position lies outside the log."),
    "tiles_other_root": Text(
        "Các tệp nhật ký không cho ra giá trị gốc của điểm kiểm.",
        "The log's tiles do not give the checkpoint's root.",
    ),
    "bundle_other_tile": Text(
        "Gói mục nhật ký không khớp với giá trị băm.", "An entry bundle does not match its tile."
    ),
    "bundle_truncated": Text("Gói mục nhật ký bị cụt.", "An entry bundle is cut short."),
    "bundle_width": Text(
        "Gói mục nhật ký không đủ số mục.", "An entry bundle has the wrong number of entries."
    ),
    "entry_too_long": Text(
        "Mục nhật ký dài quá 65.535 byte.", "A log entry is longer than 65,535 bytes."
    ),
}


def _error(code: str, **context: object) -> TileError:
    return TileError(code, _MESSAGES[code], **context)
