"""The tree as the monitor has seen it: the log's files are checked against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sogoc.kernel import merkle
from sogoc.kernel.errors import Error
from sogoc.kernel.tiles import HEIGHT, WIDTH, Read, read_bundle, tile_path
from sogoc.monitor.state import MonitorState

_HASH: Final = merkle.HASH_SIZE


class Unprovable(Exception):
    """The log's files do not give the hashes that were seen, so a question stays open."""


class OwnTree:
    """Roots of the subtrees of a log up to the last verified size.

    Full bundles are remembered by their root; hashes inside one come from the log's tile, which
    must give that root.
    """

    def __init__(self, state: MonitorState, origin: str, size: int, read: Read) -> None:
        self._state = state
        self._origin = origin
        self._read = read
        self._edge = state.edge(origin)
        self.size = size

    def bundle_root(self, number: int) -> bytes:
        """Return the root over a full bundle."""
        found = self._state.rows(
            "select root from bundle where origin = ? and number = ?", self._origin, number
        )
        if not found:
            raise Unprovable
        root: bytes = found[0][0]
        return root

    def hashes(self, number: int) -> list[bytes]:
        """Return the leaf hashes of a bundle. Raises `Unprovable`."""
        width = min(WIDTH, self.size - number * WIDTH)
        if width < WIDTH:
            data = self._edge[tile_path(0, number, width)]
        else:
            try:
                data = self._read(tile_path(0, number))
            except (OSError, Error):
                raise Unprovable from None
        hashes = split(data)
        if width == WIDTH and (
            len(data) != WIDTH * _HASH or merkle.root_hash(hashes) != self.bundle_root(number)
        ):
            raise Unprovable
        return hashes

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile of level 1 or above as it must be at the verified size."""
        width = min(WIDTH, (self.size >> HEIGHT * level) - number * WIDTH)
        first = number * WIDTH
        return b"".join(self._node(HEIGHT * level, first + at) for at in range(width))

    def root(self, size: int) -> bytes:
        """Return the root of the tree of an earlier size. Raises `Unprovable`."""
        if size == 0:
            return merkle.EMPTY_ROOT
        return merkle.range_root((0, size), self._node)

    def _node(self, level: int, index: int) -> bytes:
        """Root of the complete subtree over leaves `[index << level, (index + 1) << level)`."""
        if level >= HEIGHT:
            low, count = index << level - HEIGHT, 1 << level - HEIGHT
            roots = [
                row[0]
                for row in self._state.stream(
                    "select root from bundle where origin = ? and number >= ? and number < ?"
                    " order by number",
                    self._origin, low, low + count,
                )
            ]  # fmt: skip
            if len(roots) != count:
                raise Unprovable
            return merkle.root_hash(roots)
        first = index << level
        hashes = self.hashes(first // WIDTH)[first % WIDTH :][: 1 << level]
        return merkle.root_hash(hashes)


def split(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[at : at + _HASH] for at in range(0, len(data), _HASH)]


def looked_again(
    tree: OwnTree, read: Read, number: int, named: Callable[[str, int | None], None]
) -> None:
    """Read bundle `number` and its tile again; `named(kind, index)` is told what is not as seen.

    Kinds: `entry_changed` with the entry's index, `entries_gone`, `entries_damaged`,
    `tile_changed`, `tile_gone`. Raises `SourceError` when nobody answers.
    """
    width = min(WIDTH, tree.size - number * WIDTH)
    expected: list[bytes] | None
    try:
        expected = tree.hashes(number)
    except Unprovable:
        expected = None
        _tile_fault(read, number, named)
    try:
        entries = read_bundle(read, number, width)
    except FileNotFoundError:
        named("entries_gone", None)
        return
    except Error as error:
        if error.code.startswith("log_source"):
            raise
        named("entries_damaged", None)
        return
    found = [merkle.leaf_hash(entry) for entry in entries]
    if expected is None:
        if merkle.root_hash(found) != tree.bundle_root(number):
            named("entries_damaged", None)
        return
    for at, (one, other) in enumerate(zip(expected, found, strict=True)):
        if one != other:
            named("entry_changed", number * WIDTH + at)
    if width < WIDTH:
        _edge_fault(read, number, width, expected, named)


def _tile_fault(read: Read, number: int, named: Callable[[str, int | None], None]) -> None:
    try:
        read(tile_path(0, number))
    except FileNotFoundError:
        named("tile_gone", None)
        return
    named("tile_changed", None)


def _edge_fault(
    read: Read,
    number: int,
    width: int,
    expected: list[bytes],
    named: Callable[[str, int | None], None],
) -> None:
    data = partial(read, tile_path(0, number, width), width)
    if data is None:
        named("tile_gone", None)
    elif data != b"".join(expected):
        named("tile_changed", None)


def partial(read: Read, path: str, width: int) -> bytes | None:
    """Return a partial tile, from the full one where it was dropped; None when neither is there."""
    try:
        return read(path)  # whole: bytes that follow the hashes are none of the log's
    except FileNotFoundError:
        pass
    try:
        return read(path.partition(".p/")[0])[: width * _HASH]
    except FileNotFoundError:
        return None
