from __future__ import annotations

import hashlib
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import merkle
from sogoc.kernel.merkle import (
    EMPTY_ROOT,
    Frontier,
    MerkleError,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

OTHER = hashlib.sha256(b"other").digest()
LEAVES = [leaf_hash(b"%d" % number) for number in range(70)]
ROOTS = [root_hash(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
sizes = st.integers(1, len(LEAVES))


def unhex(hashes: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in hashes]


def definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    left, right = definition(leaves[:k]), definition(leaves[k:])
    return hashlib.sha256(b"\x01" + left + right).digest()


# --- published vectors ------------------------------------------------------------------------


def test_published_roots(rfc6962: Any) -> None:
    leaves = [leaf_hash(each) for each in unhex(rfc6962["leaves"])]
    frontier = Frontier()
    assert frontier.root().hex() == root_hash([]).hex() == rfc6962["empty_root"]
    for size, root in enumerate(rfc6962["roots"], start=1):
        frontier.append(leaves[size - 1])
        assert root_hash(leaves[:size]).hex() == frontier.root().hex() == root


def test_published_inclusion_proofs(rfc6962: Any) -> None:
    leaves = [leaf_hash(each) for each in unhex(rfc6962["leaves"])]
    roots = unhex(rfc6962["roots"])
    for vector in rfc6962["inclusion"]:
        index, size, proof = vector["index"], vector["size"], unhex(vector["proof"])
        assert inclusion_proof(index, leaves[:size]) == proof
        verify_inclusion(index, size, leaves[index], proof, roots[size - 1])
        for bad in corrupt_inclusion(index, size, leaves[index], proof, roots[size - 1]):
            with pytest.raises(ProofError):
                verify_inclusion(*bad)


def test_published_consistency_proofs(rfc6962: Any) -> None:
    leaves = [leaf_hash(each) for each in unhex(rfc6962["leaves"])]
    roots = unhex(rfc6962["roots"])
    for vector in rfc6962["consistency"]:
        old, new, proof = vector["old"], vector["new"], unhex(vector["proof"])
        assert consistency_proof(old, leaves[:new]) == proof
        verify_consistency(old, new, roots[old - 1], roots[new - 1], proof)
        if proof:
            for bad in corrupt_consistency(old, new, roots[old - 1], roots[new - 1], proof):
                with pytest.raises(ProofError):
                    verify_consistency(*bad)


Inclusion = tuple[int, int, bytes, list[bytes], bytes]
Consistency = tuple[int, int, bytes, bytes, list[bytes]]


def corrupt_inclusion(
    index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes
) -> list[Inclusion]:
    """The published ways to spoil an inclusion proof, none of which may pass."""
    spoiled = [[*proof, b""], [*proof, root], [b"", *proof], [root, *proof]]
    spoiled += [flip(proof, at, 8) for at in range(len(proof))]
    if proof:
        spoiled.append(proof[:-1])
    if len(proof) > 1:
        spoiled.append([proof[0], OTHER, *proof[1:]])
    return [
        (index - 1, size, leaf, proof, root),
        (index + 1, size, leaf, proof, root),
        (index ^ 2, size, leaf, proof, root),
        (index, size * 2, leaf, proof, root),
        (index, size // 2, leaf, proof, root),
        (index, size, b"WrongLeaf", proof, root),
        (index, size, leaf, proof, EMPTY_ROOT),
        (index, size, leaf, proof, OTHER),
        (index, size, leaf, proof, b""),
        *((index, size, leaf, each, root) for each in spoiled),
    ]


def corrupt_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]
) -> list[Consistency]:
    """The published ways to spoil a consistency proof, none of which may pass."""
    spoiled = [[], proof[:-1], [*proof, b""], [*proof, old_root], [*proof, new_root]]
    spoiled += [[b"", *proof], [old_root, *proof], [new_root, *proof], [proof[0], *proof]]
    spoiled += [flip(proof, at, 16) for at in range(len(proof))]
    return [
        (old - 1, new, old_root, new_root, proof),
        (old + 1, new, old_root, new_root, proof),
        (old ^ 2, new, old_root, new_root, proof),
        (old, new * 2, old_root, new_root, proof),
        (old, new // 2, old_root, new_root, proof),
        (old, new, b"WrongRoot", new_root, proof),
        (old, new, old_root, b"WrongRoot", proof),
        (old, new, new_root, old_root, proof),
        *((old, new, old_root, new_root, each) for each in spoiled),
    ]


def flip(proof: list[bytes], at: int, bit: int) -> list[bytes]:
    changed = bytes([proof[at][0] ^ bit]) + proof[at][1:]
    return [*proof[:at], changed, *proof[at + 1 :]]


# --- roots ------------------------------------------------------------------------------------


def test_every_root_is_the_definition() -> None:
    for size in range(len(LEAVES) + 1):
        assert ROOTS[size] == definition(LEAVES[:size])


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40))
def test_roots_agree_with_pymerkle(entries: list[bytes]) -> None:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    assert root_hash([leaf_hash(entry) for entry in entries]) == tree.get_root()


def test_leaf_and_node_domains_differ() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33)])
def test_hashes_of_another_length_are_refused(wrong: bytes) -> None:
    for call in (
        lambda: node_hash(wrong, OTHER),
        lambda: node_hash(OTHER, wrong),
        lambda: root_hash([wrong]),
        lambda: root_hash([OTHER, wrong]),
        lambda: Frontier().append(wrong),
        lambda: Frontier(1, [wrong]),
    ):
        with pytest.raises(MerkleError):
            call()


# --- proofs -----------------------------------------------------------------------------------


def test_every_inclusion_proof_up_to_40_verifies() -> None:
    for size in range(1, 41):
        for index in range(size):
            proof = inclusion_proof(index, LEAVES[:size])
            verify_inclusion(index, size, LEAVES[index], proof, ROOTS[size])


def test_every_consistency_proof_up_to_40_verifies() -> None:
    for new in range(1, 41):
        for old in range(new + 1):
            proof = consistency_proof(old, LEAVES[:new])
            verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


@given(sizes, st.data())
def test_spoiled_inclusion_proofs_fail(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, LEAVES[:size])
    for bad in corrupt_inclusion(index, size, LEAVES[index], proof, ROOTS[size]):
        with pytest.raises(ProofError):
            verify_inclusion(*bad)


@given(sizes, st.data())
def test_another_leaf_or_place_is_not_proven(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index) | st.none())
    proof = inclusion_proof(index, LEAVES[:size])
    with pytest.raises(ProofError):
        verify_inclusion(index, size, OTHER, proof, ROOTS[size])
    if other is not None:
        with pytest.raises(ProofError):
            verify_inclusion(other, size, LEAVES[index], proof, ROOTS[size])


@given(sizes, st.data())
def test_spoiled_consistency_proofs_fail(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, LEAVES[:new])
    if proof:
        for bad in corrupt_consistency(old, new, ROOTS[old], ROOTS[new], proof):
            with pytest.raises(ProofError):
                verify_consistency(*bad)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 0), (1, 1), (2, 1), (-1, 1)])
def test_places_outside_the_tree_are_refused(index: int, size: int) -> None:
    for root in (EMPTY_ROOT, OTHER):
        with pytest.raises(ProofError):
            verify_inclusion(index, size, OTHER, [], root)
    with pytest.raises(MerkleError):
        inclusion_proof(index, LEAVES[:size])


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root", "proof"),
    [
        (0, 0, OTHER, OTHER, []),
        (0, 0, EMPTY_ROOT, OTHER, []),
        (0, 1, OTHER, OTHER, []),
        (0, 1, EMPTY_ROOT, OTHER, [OTHER]),
        (0, 1, b"", OTHER, []),
        (0, 0, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT]),
        (1, 1, OTHER, EMPTY_ROOT, []),
        (1, 1, OTHER, OTHER, [OTHER]),
        (1, 0, OTHER, EMPTY_ROOT, []),
        (2, 1, OTHER, OTHER, []),
        (1, 2, OTHER, OTHER, []),
        (-1, 1, OTHER, OTHER, []),
    ],
)
def test_consistency_of_odd_sizes_is_refused(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]
) -> None:
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, new_root, proof)


def test_trivial_consistency_is_accepted() -> None:
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [])
    verify_consistency(5, 5, ROOTS[5], ROOTS[5], [])


def test_a_forked_tree_is_not_consistent() -> None:
    forked = [*LEAVES[:3], OTHER, *LEAVES[4:20]]
    with pytest.raises(ProofError):
        verify_consistency(10, 20, ROOTS[10], root_hash(forked), consistency_proof(10, forked))


def test_consistency_proof_of_a_shrinking_tree_is_refused() -> None:
    with pytest.raises(MerkleError):
        consistency_proof(5, LEAVES[:4])


# --- frontier ---------------------------------------------------------------------------------


@given(st.integers(0, 70), st.integers(0, 70))
def test_frontier_can_be_stored_and_taken_up(stop: int, size: int) -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[: min(stop, size)])
    frontier = Frontier(frontier.size, frontier.hashes)
    frontier.extend(LEAVES[min(stop, size) : size])
    assert (frontier.size, frontier.root()) == (size, ROOTS[size])
    assert len(frontier.hashes) == size.bit_count()


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 0), (3, 1), (4, 2), (-1, 1)])
def test_frontier_of_another_size_is_refused(size: int, count: int) -> None:
    with pytest.raises(MerkleError):
        Frontier(size, [OTHER] * count)


def test_range_root_joins_complete_nodes() -> None:
    def node(level: int, index: int) -> bytes:
        return definition(LEAVES[index << level : (index + 1) << level])

    assert merkle.range_root((0, 61), node) == ROOTS[61]
    assert merkle.range_root((32, 61), node) == definition(LEAVES[32:61])
