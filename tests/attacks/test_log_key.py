"""Whoever holds the log's key and all its storage: each attack is caught by people outside.

The first sentence of a docstring is the attack; "Caught by:" names who catches it, and the test
shows each of them doing so.
"""

from __future__ import annotations

import shutil

import pytest

from sogoc.kernel.cosignature import Algorithm, CosignerSecret, NotCosignedError
from sogoc.kernel.log_policy import Policy, QuorumError
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import ProofError, inclusion_proof, leaf_hash
from sogoc.kernel.notes import NoteError, Signature, SignerKey, add_signatures, parse_note
from sogoc.kernel.tiles import TileReader, entries_path, tile_path
from sogoc.monitor.api import FolderSource, audit_log
from tests.attacks.conftest import LAST_WEEK, MINE, TODAY, WEEK, Town, put, signed
from tests.monitor.building import ORIGIN, held_by, leaf


def forged(town: Town, index: int = MINE) -> list[bytes]:
    """The history with one entry of 70,000 changed."""
    leaves = list(town.log.leaves)
    leaves[index] = leaf(index + 1, content="forged")
    return leaves


def test_before_any_attack_all_is_well(town: Town) -> None:
    """Nothing is attacked. Caught by: nobody."""
    assert town.watcher.look().is_clean
    assert town.policy.verify(town.shown).is_met
    town.proof.verify(leaf_hash(town.log.leaves[MINE]), town.policy)
    assert town.evidence() == []


def test_rolled_back_to_last_week(town: Town) -> None:
    """The log is rolled back to last week's state, files and checkpoint alike.

    Caught by: monitor, witness, holder's proof.
    """
    shutil.rmtree(town.log.folder / "tile")
    town.log.publish(town.log.leaves[:LAST_WEEK], by=[])
    put(town.log.folder / "checkpoint", (town.folder / f"checkpoint-{LAST_WEEK}").read_text())
    assert {"log_rolled_back", "log_behind_proof"} <= town.watcher.kinds()
    # a monitor without memory sees its age, and what the witnesses hold
    newcomer = town.newcomer()
    newcomer.log.urls = {"archive": "http://archive.example"}
    (newcomer.folder / "policy").write_text(town.log.policy())
    head = town.witnesses["archive"].store.head(ORIGIN)
    assert head is not None
    newcomer.served = {
        "http://archive.example": held_by(town.folder / "answers", ORIGIN, head.note)
    }
    newcomer.now += 3600
    assert {"checkpoint_old", "log_behind_witness"} <= newcomer.kinds()
    # and nobody cosigns the way on from there
    other_way = [*town.log.leaves[:LAST_WEEK], *(leaf(number) for number in range(80_001, 95_000))]
    assert town.statuses(other_way) == [422, 422, 422]


def test_forked(town: Town) -> None:
    """The log is forked: it goes on for the world, and otherwise for one victim.

    Caught by: witness, relying party, monitor.
    """
    honest = [*town.log.leaves, leaf(TODAY + 1)]
    fork = [*town.log.leaves[:-1], leaf(TODAY, content="forged"), leaf(TODAY + 1)]
    assert town.statuses(honest) == [200, 200, 200]
    assert town.statuses(fork) == [422, 422, 422]  # the same size, another root
    assert town.evidence() == ["fork"] * 3
    with pytest.raises(QuorumError):
        town.policy.verify(signed(town.log, fork))
    town.publish_cosigned(fork, list(town.log.names))
    kinds = town.watcher.kinds()
    assert {"history_rewritten", "quorum_missing", "entries_do_not_fit"} <= kinds
    assert town.watcher.evidence()[0][0] == "fork"


def test_one_entry_of_seventy_thousand_changed(town: Town) -> None:
    """One entry of 70,000 is changed, the whole tree made anew and signed.

    Caught by: monitor, witness, relying party, holder's proof.
    """
    leaves = forged(town)
    assert town.statuses(leaves) == [422, 422, 422]
    assert town.evidence() == ["fork"] * 3
    town.publish_cosigned(leaves, list(town.log.names))
    with pytest.raises(QuorumError):
        town.policy.verify(town.shown)
    kinds = town.watcher.kinds()
    assert {"history_rewritten", "quorum_missing"} <= kinds
    # who holds a proof shows it: the same log signed both
    hashes = [leaf_hash(each) for each in leaves]
    path = tuple(inclusion_proof(MINE, hashes))
    with pytest.raises(QuorumError):
        LogProof(MINE, path, town.shown).verify(leaf_hash(leaves[MINE]), town.policy)
    town.proof.verify(leaf_hash(town.log.leaves[MINE]), town.policy)
    with pytest.raises(ProofError):
        town.proof.verify(leaf_hash(leaves[MINE]), town.policy)


def test_one_entry_changed_in_the_files_alone(town: Town) -> None:
    """One entry of 70,000 is changed in its bundle; tiles and checkpoint stay.

    Caught by: monitor, public audit.
    """
    file = town.log.folder / entries_path(MINE // 256)
    put(file, file.read_bytes().replace(b'"n":501,', b'"n":502,'))
    found = [each.alarm for each in town.watcher.look(everything=True).opened]
    assert [(each.kind, each.what) for each in found] == [("entry_changed", f"{ORIGIN}/{MINE}")]
    report = audit_log(FolderSource(town.log.folder), vkey=str(town.log.key.verifier))
    assert "root_differs" in {each.kind for each in report.findings}


def test_tiles_swapped(town: Town) -> None:
    """A hash tile is swapped for that of a forged history, so that a forgery could be proven.

    Caught by: monitor, relying party, public audit.
    """
    leaves = forged(town)
    hashes = [leaf_hash(each) for each in leaves]
    bundle = MINE // 256
    put(
        town.log.folder / tile_path(0, bundle),
        b"".join(hashes[bundle * 256 : bundle * 256 + 256]),
    )
    assert town.watcher.kinds(everything=True) == {"tile_changed"}
    source = FolderSource(town.log.folder)
    path = tuple(TileReader(source.read).inclusion_proof(MINE, TODAY))
    with pytest.raises(ProofError):  # it leads to another root than the cosigned one
        LogProof(MINE, path, town.shown).verify(hashes[MINE], town.policy)
    report = audit_log(source, vkey=str(town.log.key.verifier))
    assert "tile_differs" in {each.kind for each in report.findings}


def test_old_checkpoint_replayed(town: Town) -> None:
    """An old checkpoint is served again, to hide what came after it.

    Caught by: monitor, witness, holder's proof.
    """
    old = (town.folder / f"checkpoint-{LAST_WEEK}").read_text()
    put(town.log.folder / "checkpoint", old)
    assert town.policy.verify(old).is_met  # its quorum is real: by itself it proves only its past
    assert town.watcher.kinds() == {"log_rolled_back", "log_behind_proof"}
    answers = [
        town.ask(name, town.log.leaves[:LAST_WEEK], old=LAST_WEEK) for name in town.witnesses
    ]
    assert [(each.status, each.body) for each in answers] == [(409, b"70000\n")] * 3
    newcomer = town.newcomer()
    assert newcomer.kinds() == {"checkpoint_old", "witness_silent"}
    assert max(each.timestamp for each in town.policy.judge(old).opened.cosignatures) == (
        town.watcher.now - WEEK
    )


@pytest.mark.parametrize("how", ["alone", "twice", "under other names", "with a made-up witness"])
def test_quorum_faked_with_one_witness(town: Town, how: str) -> None:
    """A quorum is faked with one witness: alone, twice, under other names, or with a made-up one.

    Caught by: relying party, monitor.
    """
    leaves = [*town.log.leaves, leaf(TODAY + 1)]
    answer = town.ask("archive", leaves)
    assert answer.status == 200
    note = signed(town.log, leaves)
    body = note.partition("\n\n")[0].encode()
    (line,) = parse_note(body + b"\n\n" + answer.body).signatures
    lines = [line]
    if how == "twice":
        lines = [line, line]
    elif how == "under other names":
        keys = {name: secret.verifier for name, secret in town.log.witnesses.items()}
        lines = [
            line,
            *(
                Signature(key.name, key.id, line.signature)
                for key in keys.values()
                if key.name != line.name
            ),
        ]
    elif how == "with a made-up witness":
        fake = CosignerSecret("university.example", Algorithm.ED25519, b"f" * 32)
        lines = [line, fake.cosign(body.decode() + "\n", town.watcher.now)]
    faked = add_signatures(note, lines)
    with pytest.raises((QuorumError, NotCosignedError, NoteError)):
        town.policy.verify(faked)
    town.log.leaves = leaves
    town.log.publish(by=[])
    town.log.show(faked)
    kinds = town.watcher.kinds()
    assert kinds in ({"quorum_missing"}, {"checkpoint_invalid"})
    assert town.watcher.look().sizes == {ORIGIN: TODAY}  # what lacks the quorum is not believed


def test_entry_signed_for_one_reader_only(town: Town) -> None:
    """A proof for an entry that is in no public history is made for one victim.

    Caught by: relying party.
    """
    secret = [*town.log.leaves, leaf(90_000, content="sold")]
    hashes = [leaf_hash(each) for each in secret]
    proof = LogProof(TODAY, tuple(inclusion_proof(TODAY, hashes)), signed(town.log, secret))
    with pytest.raises(QuorumError):
        proof.verify(hashes[-1], town.policy)


def test_log_made_anew_under_another_key(town: Town) -> None:
    """The log is made anew under another key, its own policy with it.

    Caught by: relying party, monitor.
    """
    town.log.key = SignerKey(ORIGIN, b"x" * 32)
    town.log.publish(forged(town))
    policy = (town.watcher.folder / "policy").read_text()
    with pytest.raises(NotCosignedError):
        Policy.parse(policy).verify(town.shown)
    assert "checkpoint_invalid" in town.watcher.kinds()
