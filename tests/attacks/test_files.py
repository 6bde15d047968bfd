"""Whoever may write the log's public files, or runs it with a witness's help: all caught outside.

As in `test_log_key`, the first sentence of a docstring is the attack; "Caught by:" names who
catches it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sogoc.kernel.cosignature import Algorithm, CosignerSecret
from sogoc.kernel.log_policy import QuorumError
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import ProofError, inclusion_proof, leaf_hash
from sogoc.kernel.notes import add_signatures, parse_note
from sogoc.kernel.tiles import decode_bundle, encode_bundle, entries_path, tile_path
from sogoc.monitor.api import FolderSource, audit_log
from tests.attacks.conftest import MINE, TODAY, Town, put, signed
from tests.monitor.building import NOW, ORIGIN, leaf

BUNDLE = MINE // 256
EDGE, WIDTH = TODAY // 256, TODAY % 256


def audited(town: Town) -> set[str]:
    """What anybody finds who reads the files with the key he knows."""
    report = audit_log(FolderSource(town.log.folder), vkey=str(town.log.key.verifier))
    return {each.kind for each in report.findings}


def test_entries_in_another_order(town: Town) -> None:
    """Two entries of a bundle change places; tiles and checkpoint stay.

    Caught by: monitor, public audit.
    """
    file = town.log.folder / entries_path(BUNDLE)
    entries = decode_bundle(file.read_bytes(), 256)
    entries[7], entries[8] = entries[8], entries[7]
    put(file, encode_bundle(entries))
    found = [each.alarm for each in town.watcher.look(everything=True).opened]
    start = BUNDLE * 256
    assert {(each.kind, each.what) for each in found} == {
        ("entry_changed", f"{ORIGIN}/{start + 7}"),
        ("entry_changed", f"{ORIGIN}/{start + 8}"),
    }
    assert "root_differs" in audited(town)


@pytest.mark.parametrize(
    "path", [tile_path(0, BUNDLE), tile_path(1, 0), tile_path(0, EDGE, WIDTH), tile_path(2, 0, 1)]
)
@pytest.mark.parametrize(
    "spoil",
    [lambda data: data[:-32], lambda data: data + b"\0" * 32, lambda data: b"\1" + data[1:]],
    ids=["shorter", "longer", "forged"],
)
def test_tile_with_more_or_less_or_other_bytes(
    path: str, spoil: Callable[[bytes], bytes], town: Town
) -> None:
    """A hash tile, whole or partial, is cut, lengthened or forged; entries and checkpoint stay.

    Caught by: monitor, public audit.
    """
    file = town.log.folder / path
    put(file, spoil(file.read_bytes()))
    assert town.watcher.kinds(everything=True) == {"tile_changed"}
    assert "tile_differs" in audited(town)


def test_bundle_with_more_bytes(town: Town) -> None:
    """An entry is put behind the last one of a bundle, where no hash covers it.

    Caught by: monitor, public audit.
    """
    for path in (entries_path(BUNDLE), entries_path(EDGE, WIDTH)):
        file = town.log.folder / path
        put(file, file.read_bytes() + encode_bundle([leaf(99_999)]))
    found = [each.alarm.kind for each in town.watcher.look(everything=True).opened]
    assert found == ["entries_damaged", "entries_damaged"]
    assert audited(town) == {"entries_damaged"}


def test_one_leaf_twice(town: Town) -> None:
    """The same act is logged a second time, with every witness's cosignature.

    Caught by: monitor (rule view).
    """
    twice = [*town.log.leaves, town.log.leaves[MINE]]
    town.publish_cosigned(twice, list(town.log.names))
    found = [each.alarm for each in town.watcher.look().opened]
    assert [(each.kind, each.what) for each in found] == [("number_repeated", f"{ORIGIN}/{TODAY}")]


def test_policy_without_witnesses(town: Town) -> None:
    """The log publishes a policy that asks for no witness, and a checkpoint that has none.

    Caught by: monitor, relying party.
    """
    more = [*town.log.leaves, leaf(TODAY + 1)]
    town.log.publish(more, by=[])
    put(town.log.folder / "policy", f"log {town.log.key.verifier}\nquorum none\n")
    assert "quorum_missing" in town.watcher.kinds()
    assert town.watcher.look().sizes == {ORIGIN: TODAY}
    with pytest.raises(QuorumError):
        town.policy.verify(town.shown)


def test_policy_with_a_witness_of_its_own(town: Town) -> None:
    """A witness's key in the published policy is replaced by one that the log's owner holds.

    Caught by: monitor, relying party.
    """
    own = CosignerSecret("archive.example", Algorithm.ED25519, b"o" * 32)
    archive = str(town.log.witnesses["archive"].verifier)
    put(town.log.folder / "policy", town.log.policy().replace(archive, str(own.verifier)))
    note = signed(town.log, [*town.log.leaves, leaf(TODAY + 1)])
    body = note.partition("\n\n")[0] + "\n"
    helper = town.log.witnesses["university"].cosign(body, NOW)
    town.log.publish([*town.log.leaves, leaf(TODAY + 1)], by=[])
    town.log.show(add_signatures(note, [own.cosign(body, NOW), helper]))
    put(town.log.folder / "policy", town.log.policy().replace(archive, str(own.verifier)))
    assert "quorum_missing" in town.watcher.kinds()
    with pytest.raises(QuorumError):
        town.policy.verify(town.shown)


def test_checkpoint_dated_ahead(town: Town) -> None:
    """One witness helps with a time years ahead, so that a log that is withheld never looks old.

    Caught by: monitor (operator view).
    """
    note = town.shown
    kept = [each for each in parse_note(note).signatures if each.name != "archive.example"]
    body = parse_note(note).text
    ahead = town.log.witnesses["archive"].cosign(body, NOW + 10 * 365 * 86_400)
    bare = signed(town.log, town.log.leaves)
    town.log.show(add_signatures(bare, [*kept[1:], ahead]))
    assert town.watcher.kinds() == {"witness_ahead"}
    town.watcher.now += 3_700
    assert {"checkpoint_old", "witness_ahead"} <= town.watcher.kinds()


def test_proof_from_forged_tiles(town: Town) -> None:
    """A proof is made from forged tiles for somebody who never looks at the log himself.

    Caught by: relying party.
    """
    leaves = [*town.log.leaves[:-1], leaf(TODAY, content="forged")]
    path = tuple(inclusion_proof(TODAY - 1, [leaf_hash(each) for each in leaves]))
    with pytest.raises(ProofError):
        LogProof(TODAY - 1, path, town.shown).verify(leaf_hash(leaves[-1]), town.policy)
