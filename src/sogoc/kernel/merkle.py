"""The Merkle tree of RFC 6962 over SHA-256, verified as RFC 9162 (2.1.3.2, 2.1.4.2) says.

A hash is always exactly 32 bytes, and every function refuses others: a shorter or longer one would
let two different inputs of a node hash look the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of the tree without leaves."""


class MerkleError(Error):
    """A hash, index or size that cannot be, or a question the tree has no answer to."""


class ProofError(MerkleError):
    """A proof that does not prove what it claims."""


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of a leaf's content: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right). Raises `MerkleError`."""
    if len(left) != HASH_SIZE or len(right) != HASH_SIZE:
        raise _bad_hash()
    return sha256(b"\x01" + left + right).digest()


def root_hash(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; `EMPTY_ROOT` for none. Raises `MerkleError`."""
    if not leaf_hashes:
        return EMPTY_ROOT
    _check_hashes(leaf_hashes)
    level = list(leaf_hashes)
    while len(level) > 1:
        # An odd last node moves up unpaired, which is RFC 6962's split at a power of two.
        odd = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level += odd
    return level[0]


# A subtree is named by the half-open range of leaves it spans.
Range = tuple[int, int]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the subtrees whose roots prove leaf `index` in the tree of `size`, lowest first.

    Raises `MerkleError` unless `0 <= index < size`.
    """
    if not 0 <= index < size:
        raise _bad_range(index=index, size=size)
    ranges: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    ranges.reverse()
    return ranges


def consistency_ranges(old_size: int, new_size: int) -> list[Range]:
    """Return the subtrees whose roots prove that the new tree extends the old one, lowest first.

    Empty for equal sizes and for an empty old tree. Raises `MerkleError` unless
    `0 <= old_size <= new_size`.
    """
    if not 0 <= old_size <= new_size:
        raise _bad_range(old_size=old_size, new_size=new_size)
    if old_size in (0, new_size):
        return []
    ranges: list[Range] = []
    low, high = 0, new_size
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:
        # The old tree is not itself a node of the new one: its last subtree opens the proof.
        ranges.append((low, high))
    ranges.reverse()
    return ranges


def range_root(span: Range, node: Callable[[int, int], bytes]) -> bytes:
    """Return the root of a subtree of a proof out of complete nodes.

    `node(level, n)` gives the hash of the complete subtree over leaves
    `[n << level, (n + 1) << level)`.
    """
    low, high = span
    roots: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1
        roots.append(node(level, low >> level))
        low += 1 << level
    root = roots.pop()
    while roots:
        root = node_hash(roots.pop(), root)
    return root


def inclusion_proof(index: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree over all given leaf hashes."""
    return [
        root_hash(leaf_hashes[low:high]) for low, high in inclusion_ranges(index, len(leaf_hashes))
    ]


def consistency_proof(old_size: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """Return the proof that the tree over all given leaf hashes extends its first `old_size`."""
    return [
        root_hash(leaf_hashes[low:high])
        for low, high in consistency_ranges(old_size, len(leaf_hashes))
    ]


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf is at `index` of the tree with this size and root.

    Returns nothing; raises `ProofError` when it is not proven, so a result cannot be overlooked.
    """
    if not 0 <= index < size:
        raise _not_proven("index outside the tree")
    _check_hashes((leaf_hash, root, *proof), ProofError)
    # Below the fork of the paths to this leaf and the last one every level has a sibling; above it,
    # only those on the left do.
    fork = (index ^ (size - 1)).bit_length()
    if len(proof) != fork + (index >> fork).bit_count():
        raise _not_proven("wrong number of hashes")
    position, last, computed = index, size - 1, leaf_hash
    for sibling in proof:
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            computed = node_hash(computed, sibling)
        position >>= 1
        last >>= 1
    if last or computed != root:
        raise _not_proven("another root")


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the new tree extends the old one without changing a leaf of it.

    Equal sizes need equal roots and an empty proof; an empty old tree needs `EMPTY_ROOT` and an
    empty proof; everything else needs a proof. Returns nothing; raises `ProofError`.
    """
    if not 0 <= old_size <= new_size:
        raise _not_proven("the new tree is smaller than the old one")
    _check_hashes((old_root, new_root, *proof), ProofError)
    for size, root in ((old_size, old_root), (new_size, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise _not_proven("an empty tree has another root")
    if len(proof) != len(consistency_ranges(old_size, new_size)):
        raise _not_proven("wrong number of hashes")
    if old_size == new_size and old_root != new_root:
        raise _not_proven("two roots for one size")
    if old_size not in (0, new_size):
        _walk_consistency(old_size, new_size, old_root, new_root, proof)


def _walk_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    # A complete old tree is its own first node and is left out of the proof.
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if position & 1 or position == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        position >>= 1
        last >>= 1
    if last or old != old_root or new != new_root:
        raise _not_proven("another root")


class Frontier:
    """Right edge of a growing tree: the roots of its complete subtrees, largest first.

    Enough to append and to give the root in O(log size) memory; it holds as many hashes as `size`
    has bits set.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Take up a stored frontier. Raises `MerkleError` when size and hashes do not fit."""
        self._hashes = list(hashes)
        self._size = size
        _check_hashes(self._hashes)
        if size < 0 or len(self._hashes) != size.bit_count():
            raise _bad_range(size=size, hashes=len(self._hashes))

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees, largest first; store them with `size`."""
        return tuple(self._hashes)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf by its hash."""
        if len(leaf_hash) != HASH_SIZE:
            raise _bad_hash()
        size, hashes, merged = self._size, self._hashes, leaf_hash
        while size & 1:
            merged = sha256(b"\x01" + hashes.pop() + merged).digest()
            size >>= 1
        hashes.append(merged)
        self._size += 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaves in order."""
        for each in leaf_hashes:
            self.append(each)

    def root(self) -> bytes:
        """Return the root at the present size."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = sha256(b"\x01" + left + root).digest()
        return root


def _split(count: int) -> int:
    """Return the largest power of two below `count` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes], kind: type[MerkleError] = MerkleError) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise _bad_hash(kind)


def _bad_hash(kind: type[MerkleError] = MerkleError) -> MerkleError:
    return kind(
        "merkle_hash_length",
        Text("Giá trị băm phải dài đúng 32 byte.", "A hash must be exactly 32 bytes long."),
    )


def _bad_range(**context: int) -> MerkleError:
    return MerkleError(
        "merkle_range",
        Text(
            "Vị trí hoặc kích thước nằm ngoài cây nhật ký.",
            "The position or size lies outside the log's tree.",
        ),
        **context,
    )


def _not_proven(reason: str) -> ProofError:
    return ProofError(
        "merkle_not_proven",
        Text(
            "Bằng chứng không khớp với nhật ký.",
            "The proof does not match the log.",
        ),
        reason=reason,
    )
