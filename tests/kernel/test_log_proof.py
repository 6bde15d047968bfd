from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm, CosignerSecret, NotCosignedError
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import Policy, QuorumError
from sogoc.kernel.log_proof import LogProof, LogProofError
from sogoc.kernel.merkle import ProofError
from sogoc.kernel.notes import Note, SignerKey, add_signatures, sign_note, sign_text

LOG = SignerKey("log.example/2026", bytes(range(32)))
W1 = CosignerSecret("w1.example", Algorithm.ED25519, b"1" * 32)
W2 = CosignerSecret("w2.example", Algorithm.ML_DSA_44, b"2" * 32)
POLICY = Policy.parse(
    f"log {LOG.verifier}\nwitness w1 {W1.verifier}\nwitness w2 {W2.verifier}\n"
    "group both all w1 w2\nquorum both\n"
)
LEAVES = [merkle.leaf_hash(b"entry %d" % index) for index in range(21)]


def note_of(leaves: list[bytes], *witnesses: CosignerSecret) -> str:
    body = Checkpoint(LOG.name, len(leaves), merkle.root_hash(leaves)).body()
    note = sign_note(body, LOG.name, LOG.private_key)
    return add_signatures(note, [each.cosign(body, 5) for each in witnesses])


NOTE = note_of(LEAVES, W1, W2)


def proof_of(index: int, note: str = NOTE, extra: bytes | None = None) -> LogProof:
    return LogProof(index, tuple(merkle.inclusion_proof(index, LEAVES)), note, extra)


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_a_proof_is_written_read_and_verified(index: int) -> None:
    proof = LogProof.parse(str(proof_of(index)))
    verdict = proof.verify(LEAVES[index], POLICY)
    assert verdict.witnesses == ("w1", "w2")
    assert verdict.checkpoint.size == len(LEAVES)
    for other in {0, 7, 20} - {index}:
        with pytest.raises(ProofError):
            proof.verify(LEAVES[other], POLICY)
        with pytest.raises(ProofError):
            LogProof(other, proof.hashes, proof.note).verify(LEAVES[index], POLICY)


def test_the_file_is_laid_out_as_specified() -> None:
    proof = proof_of(20, extra=b"\x00extra")
    head, _, rest = str(proof).partition("\n\n")
    assert rest == NOTE
    assert head.split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "extra AGV4dHJh",
        "index 20",
        *(base64.b64encode(each).decode() for each in merkle.inclusion_proof(20, LEAVES)),
    ]


def test_a_log_of_one_entry_needs_no_hashes() -> None:
    note = note_of(LEAVES[:1], W1, W2)
    text = str(LogProof(0, (), note))
    assert text == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"
    LogProof.parse(text).verify(LEAVES[0], POLICY)


def test_an_empty_log_proves_nothing() -> None:
    note = note_of([], W1, W2)
    with pytest.raises(ProofError):
        LogProof(0, (), note).verify(merkle.EMPTY_ROOT, POLICY)


def test_the_log_signs_and_the_quorum_is_met_or_nothing_is_proven() -> None:
    with pytest.raises(QuorumError):
        proof_of(3, note_of(LEAVES, W1)).verify(LEAVES[3], POLICY)
    body = Note(NOTE.partition("\n\n")[0] + "\n", ()).text
    unsigned = str(Note(body, (W1.cosign(body, 5), W2.cosign(body, 5))))
    with pytest.raises(NotCosignedError):
        proof_of(3, unsigned).verify(LEAVES[3], POLICY)
    thief = SignerKey(LOG.name, bytes(32))
    stolen = str(Note(body, (sign_text(body, LOG.name, thief.private_key), W1.cosign(body, 5))))
    with pytest.raises(NotCosignedError):
        proof_of(3, stolen).verify(LEAVES[3], POLICY)


def test_hashes_of_another_length_are_refused_everywhere() -> None:
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(LogProofError):
            LogProof(3, (wrong,), NOTE)
        line = base64.b64encode(wrong).decode()
        with pytest.raises(LogProofError):
            LogProof.parse(f"c2sp.org/tlog-proof@v1\nindex 3\n{line}\n\n{NOTE}")
        with pytest.raises(ProofError):
            proof_of(3).verify(wrong, POLICY)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v2\nindex 3",
        " c2sp.org/tlog-proof@v1\nindex 3",
        "c2sp.org/tlog-proof@v1\r\nindex 3",
        "c2sp.org/tlog-proof@v1\nindex",
        "c2sp.org/tlog-proof@v1\nindex ",
        "c2sp.org/tlog-proof@v1\nindex 03",
        "c2sp.org/tlog-proof@v1\nindex -3",
        "c2sp.org/tlog-proof@v1\nindex +3",
        "c2sp.org/tlog-proof@v1\nindex 3 ",
        "c2sp.org/tlog-proof@v1\nindex ٣",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808",
        "c2sp.org/tlog-proof@v1\nindex notanumber",
        "c2sp.org/tlog-proof@v1\nindex 3\nextra AAAA",
        "c2sp.org/tlog-proof@v1\nextra \nindex 3",
        "c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 3",
        "c2sp.org/tlog-proof@v1\nextra AAA=\nextra AAA=\nindex 3",
        "c2sp.org/tlog-proof@v1\nextra AAB=\nindex 3",
        "c2sp.org/tlog-proof@v1\nextra AAAA",
        "c2sp.org/tlog-proof@v1\nindex 3\nnot base64",
        "c2sp.org/tlog-proof@v1\nindex 3" + f"\n{base64.b64encode(bytes(32)).decode()}" * 64,
    ],
)
def test_malformed_files_are_refused(head: str) -> None:
    with pytest.raises(LogProofError):
        LogProof.parse(f"{head}\n\n{NOTE}")


@pytest.mark.parametrize("note", ["", "text\n", NOTE[:-1], NOTE + "\n", "\n" + NOTE[3:]])
def test_a_proof_without_a_whole_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(LogProofError):
        LogProof.parse(f"c2sp.org/tlog-proof@v1\nindex 3\n\n{note}")


@settings(deadline=None)
@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(min_size=1),
)
def test_any_proof_round_trips(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = LogProof(index, tuple(hashes), NOTE, extra)
    assert LogProof.parse(str(proof)) == proof
    assert str(LogProof.parse(str(proof).encode())) == str(proof)


@settings(deadline=None)
@given(st.integers(0, len(str(proof_of(5))) - 1), st.characters(max_codepoint=0x7F))
def test_no_altered_character_goes_unnoticed(at: int, character: str) -> None:
    text = str(proof_of(5))
    altered = text[:at] + character + text[at + 1 :]
    if altered == text:
        return
    with pytest.raises(Error):
        LogProof.parse(altered).verify(LEAVES[5], POLICY)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes | str) -> None:
    with pytest.raises(LogProofError):
        LogProof.parse(raw)
