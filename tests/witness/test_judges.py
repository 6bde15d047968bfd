"""Programs that are not ours judge what log and witnesses sign: in Rust and in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import metamorphic_log
import pytest
import tlog_scales.signing
import tlog_scales.tlog

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm, CosignerSecret, open_checkpoint
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.notes import add_signatures, parse_note
from sogoc.witness.api import AddCheckpoint, Witness, origin_hash
from tests.witness.conftest import ORIGIN, Log

SIZE = 300


@pytest.fixture
def cosigned(make_witness: Callable[..., Witness], log: Log) -> tuple[str, list[str]]:
    """The note of a log of 300 entries, signed by two keys of the log and three of witnesses."""
    own = CosignerSecret(ORIGIN, Algorithm.ML_DSA_44, bytes(32))
    note = add_signatures(log.note(SIZE), [own.cosign(parse_note(log.note(SIZE)).text, 0)])
    vkeys = [str(log.key.verifier), str(own.verifier)]
    for witness in (make_witness("w1"), make_witness("w2", ml_dsa=True)):
        witness.store.add_log(own.verifier)
        response = witness.add_checkpoint(AddCheckpoint(0, (), note).body())
        assert response.status == 200
        held = witness.checkpoint_note(origin_hash(ORIGIN))
        assert held is not None
        vkeys += [str(key) for key in witness.store.keys]
        note += response.body.decode()
    return note, vkeys


def test_tlog_scales_verifies_every_signature(cosigned: Any) -> None:
    note, vkeys = cosigned
    checkpoint = tlog_scales.tlog.Checkpoint.from_text(note)
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, SIZE)
    assert checkpoint.serialize() == note
    keys = [tlog_scales.signing.Vkey.from_string(text) for text in vkeys]
    assert [key.serialize() for key in keys] == vkeys
    assert {key.sig_type for key in keys} == {1, 4, 6}
    valid = tlog_scales.signing.VkeySet(*keys).verify(checkpoint.signatures, checkpoint)
    assert len(valid) == len(keys) == 5


def test_tlog_scales_refuses_an_altered_checkpoint(cosigned: Any) -> None:
    note, vkeys = cosigned
    altered = tlog_scales.tlog.Checkpoint.from_text(note.replace(f"\n{SIZE}\n", "\n301\n", 1))
    keys = [tlog_scales.signing.Vkey.from_string(text) for text in vkeys]
    assert not tlog_scales.signing.VkeySet(*keys).verify(altered.signatures, altered)


def test_what_tlog_scales_signs_is_opened_here(log: Log) -> None:
    scales = tlog_scales.signing
    signers = [
        scales.PlainEd25519Signer(ORIGIN, log.key.seed),
        scales.MLDSA44CosignatureSigner("w.example", bytes(32)),
    ]
    made = tlog_scales.tlog.Checkpoint.make_signed(ORIGIN, SIZE, log.root(SIZE), signers)
    witness = CosignerSecret("w.example", Algorithm.ML_DSA_44, bytes(32)).verifier
    assert str(witness) == signers[1].vkey.serialize()
    opened = open_checkpoint(made.serialize(), [log.key.verifier], [witness])
    assert opened.checkpoint == Checkpoint(ORIGIN, SIZE, log.root(SIZE))
    assert len(opened.cosignatures) == 1


def test_metamorphic_log_verifies_checkpoint_and_proofs(cosigned: Any, log: Log) -> None:
    note, (vkey, *_) = cosigned
    head = metamorphic_log.checkpoint_verify(note, [vkey])
    assert (head.origin, head.size, head.root) == (ORIGIN, SIZE, log.root(SIZE))
    leaves = log.leaves(SIZE)
    for index in (0, 1, 255, 256, SIZE - 1):
        proof = LogProof(index, tuple(merkle.inclusion_proof(index, leaves)), note)
        read = LogProof.parse(str(proof))
        metamorphic_log.checkpoint_verify_inclusion(
            read.note, [vkey], read.index, leaves[index], list(read.hashes)
        )
        with pytest.raises(metamorphic_log.VerifyError):
            metamorphic_log.checkpoint_verify_inclusion(
                read.note, [vkey], read.index, merkle.leaf_hash(b"altered"), list(read.hashes)
            )
    metamorphic_log.checkpoint_verify_consistency(
        log.note(100), note, [vkey], list(log.proof(100, SIZE))
    )


def test_metamorphic_log_refuses_what_a_witness_refuses(
    make_witness: Callable[..., Witness], log: Log
) -> None:
    witness, vkey = make_witness(), str(log.key.verifier)
    witness.add_checkpoint(log.request(0, 100))
    liar = Log(forged={50: b"another grade"})
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.checkpoint_verify_consistency(
            log.note(100), liar.note(SIZE), [vkey], list(liar.proof(100, SIZE))
        )
    assert witness.add_checkpoint(liar.request(100, SIZE)).status == 422
    (kept,) = witness.evidence()
    assert metamorphic_log.checkpoint_verify(kept.note, [vkey]).size == SIZE
    assert metamorphic_log.checkpoint_verify(kept.own_note, [vkey]).size == 100
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.checkpoint_verify(log.note(9).replace("\n9\n", "\n8\n"), [vkey])


def test_tlog_scales_verifies_paths_and_consistency(log: Log) -> None:
    leaves = log.leaves(SIZE)
    for index in (0, 255, SIZE - 1):
        path = merkle.inclusion_proof(index, leaves)
        judge = tlog_scales.tlog.InclusionProof(index, SIZE, path)
        judge.check(leaves[index], log.root(SIZE))
        with pytest.raises(tlog_scales.tlog.InclusionProofInvalid):
            judge.check(merkle.leaf_hash(b"altered"), log.root(SIZE))
    steps = list(log.proof(100, SIZE))
    tlog_scales.tlog.ConsistencyProof(100, SIZE, steps).check(log.root(100), log.root(SIZE))
    liar = Log(forged={50: b"x"})
    with pytest.raises(tlog_scales.tlog.ConsistencyProofInvalid):
        tlog_scales.tlog.ConsistencyProof(100, SIZE, list(liar.proof(100, SIZE))).check(
            log.root(100), liar.root(SIZE)
        )


def test_the_policy_and_the_judges_agree(cosigned: Any, log: Log) -> None:
    note, (vkey, _, *witnesses) = cosigned
    lines = "".join(f"witness w{i} {text}\n" for i, text in enumerate(witnesses))
    policy = Policy.parse(f"log {vkey}\n{lines}group all-three all w0 w1 w2\nquorum all-three\n")
    assert policy.verify(note).witnesses == ("w0", "w1", "w2")
