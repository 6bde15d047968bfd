from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel.checkpoint import Checkpoint, CheckpointError
from sogoc.kernel.cosignature import (
    MAX_TIME,
    Algorithm,
    CosignatureError,
    CosignerKey,
    CosignerSecret,
    NotCosignedError,
    open_checkpoint,
    parse_log_key,
    verify_cosignature,
)
from sogoc.kernel.notes import (
    Note,
    NoteError,
    Signature,
    SignerKey,
    VerifierKey,
    add_signatures,
    open_note,
    parse_note,
    sign_note,
)

LOG = SignerKey("log.example/2026", bytes(range(32)))
LOG_ML = CosignerSecret(LOG.name, Algorithm.ML_DSA_44, bytes(range(32)))
WITNESS = CosignerSecret("witness.example/w1", Algorithm.ED25519, bytes(32))
WITNESS_ML = CosignerSecret("witness.example/w1", Algorithm.ML_DSA_44, bytes(32))
BOTH = [WITNESS, WITNESS_ML]
BODY = Checkpoint(LOG.name, 7, hashlib.sha256(b"root").digest()).body()
NOTE = sign_note(BODY, LOG.name, LOG.private_key)
KEYS = [secret.verifier for secret in BOTH]


def test_a_real_checkpoint_opens_with_its_log_and_its_witness(cosignatures: Any) -> None:
    real = cosignatures["ed25519"]
    opened = open_checkpoint(
        real["note"],
        [parse_log_key(real["log_vkey"])],
        [CosignerKey.parse(real["witness_vkey"])],
    )
    assert opened.checkpoint.size == 1432088532
    assert [each.timestamp for each in opened.cosignatures] == [real["timestamp"]]
    assert len(opened.log_signatures) == 1
    altered = real["note"].replace("1432088532", "1432088533", 1)
    with pytest.raises(NotCosignedError):
        open_checkpoint(altered, [parse_log_key(real["log_vkey"])])


def test_a_published_ml_dsa_44_checkpoint_opens(cosignatures: Any) -> None:
    published = cosignatures["ml_dsa_44"]
    key = parse_log_key(published["vkey"])
    assert isinstance(key, CosignerKey)
    assert str(key) == published["vkey"]
    opened = open_checkpoint(published["note"], [key])
    assert opened.checkpoint.size == 1
    altered = published["note"].replace("mldsa-log\n1\n", "mldsa-log\n2\n", 1)
    with pytest.raises(NotCosignedError):
        open_checkpoint(altered, [key])


def test_the_example_of_the_specification_holds_its_time(cosignatures: Any) -> None:
    example = cosignatures["example"]
    line = parse_note(example["note"]).signatures[-1]
    assert len(line.signature) == 8 + 64
    assert int.from_bytes(line.signature[:8], "big") == example["timestamp"]
    published = base64.b64decode(cosignatures["timestamp"]["signature"])
    assert int.from_bytes(published[4:12], "big") == cosignatures["timestamp"]["time"]


def test_ed25519_message_is_header_time_and_whole_body() -> None:
    body = BODY + "an extension\n"
    line = WITNESS.cosign(body, 1679315147)
    message = b"cosignature/v1\ntime 1679315147\n" + body.encode()
    assert line.signature[:8] == (1679315147).to_bytes(8, "big")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(WITNESS.verifier.public_key)
    public.verify(line.signature[8:], message)


@pytest.mark.parametrize("secret", BOTH, ids=["ed25519", "ml-dsa-44"])
def test_key_id_follows_the_specification(secret: CosignerSecret) -> None:
    key = secret.verifier
    kind = {Algorithm.ED25519: b"\x04", Algorithm.ML_DSA_44: b"\x06"}[secret.algorithm]
    digest = hashlib.sha256(b"witness.example/w1\n" + kind + key.public_key).digest()
    assert key.id == digest[:4]


@pytest.mark.parametrize("secret", BOTH, ids=["ed25519", "ml-dsa-44"])
@pytest.mark.parametrize("at", [1, 1679315147, MAX_TIME])
def test_cosigning_and_verifying(secret: CosignerSecret, at: int) -> None:
    line = secret.cosign(BODY, at)
    assert verify_cosignature(BODY, line, secret.verifier) == at
    assert len(Note(BODY, (line,)).signatures) == 1


@pytest.mark.parametrize("secret", BOTH, ids=["ed25519", "ml-dsa-44"])
def test_every_altered_part_is_refused(secret: CosignerSecret) -> None:
    line = secret.cosign(BODY, 1000)
    key = secret.verifier
    other_root = Checkpoint(LOG.name, 7, bytes(32)).body()
    other_size = BODY.replace("\n7\n", "\n8\n")
    other_origin = BODY.replace("2026", "2027")
    for body in (other_root, other_size, other_origin):
        with pytest.raises(NotCosignedError):
            verify_cosignature(body, line, key)
    raw = line.signature
    for wrong in (
        (1001).to_bytes(8, "big") + raw[8:],
        (2**63).to_bytes(8, "big") + raw[8:],
        bytes(8) + raw[8:],
        raw[:-1],
        raw + b"\0",
        raw[:-1] + bytes([raw[-1] ^ 1]),
        b"",
    ):
        with pytest.raises(NotCosignedError):
            verify_cosignature(BODY, Signature(line.name, line.key_id, wrong), key)
    renamed = CosignerKey("another.example", key.algorithm, key.public_key)
    with pytest.raises(NotCosignedError):
        verify_cosignature(BODY, Signature(renamed.name, renamed.id, raw), WITNESS.verifier)


def test_ml_dsa_44_commits_to_the_name_and_ed25519_does_not() -> None:
    for secret in BOTH:
        key = secret.verifier
        renamed = CosignerKey("another.example", key.algorithm, key.public_key)
        line = Signature(renamed.name, renamed.id, secret.cosign(BODY, 5).signature)
        if secret.algorithm is Algorithm.ED25519:
            assert verify_cosignature(BODY, line, renamed) == 5
        else:
            with pytest.raises(NotCosignedError):
                verify_cosignature(BODY, line, renamed)


def test_ml_dsa_44_refuses_lines_it_would_not_cover() -> None:
    with pytest.raises(CosignatureError):
        WITNESS_ML.cosign(BODY + "extension\n", 5)
    line = WITNESS_ML.cosign(BODY, 5)
    with pytest.raises(NotCosignedError):
        verify_cosignature(BODY + "extension\n", line, WITNESS_ML.verifier)
    assert verify_cosignature(
        BODY + "extension\n", WITNESS.cosign(BODY + "extension\n", 5), WITNESS.verifier
    )


@pytest.mark.parametrize("at", [-1, 0, MAX_TIME + 1])
def test_times_that_cannot_be_signed(at: int) -> None:
    with pytest.raises(CosignatureError):
        WITNESS.cosign(BODY, at)


def test_only_a_log_may_leave_the_time_out() -> None:
    note = add_signatures(NOTE, [LOG_ML.cosign(BODY, 0)])
    opened = open_checkpoint(note, [LOG.verifier, LOG_ML.verifier])
    assert len(opened.log_signatures) == 2
    timeless = add_signatures(NOTE, [WITNESS_ML.cosign(BODY, 0)])
    with pytest.raises(NotCosignedError):
        open_checkpoint(timeless, [LOG.verifier], KEYS)


def test_only_checkpoints_are_cosigned() -> None:
    for body in ("", "text\n", "a\n1\nshort\n", "a\n0\n" + BODY.split("\n")[2] + "\n"):
        with pytest.raises(CheckpointError):
            WITNESS.cosign(body, 5)


def test_a_log_without_its_own_signature_is_not_opened() -> None:
    cosigned = str(Note(BODY, (WITNESS.cosign(BODY, 5),)))
    with pytest.raises(NotCosignedError) as caught:
        open_checkpoint(cosigned, [LOG.verifier], KEYS)
    assert caught.value.code == "checkpoint_not_signed"


def test_a_key_of_another_name_does_not_sign_for_the_log() -> None:
    stranger = SignerKey("stranger.example", LOG.seed)
    note = sign_note(BODY, stranger.name, stranger.private_key)
    with pytest.raises(NotCosignedError):
        open_checkpoint(note, [stranger.verifier])


def test_a_false_line_of_a_known_key_spoils_the_checkpoint() -> None:
    false = WITNESS.cosign(BODY.replace("\n7\n", "\n8\n"), 5)
    note = add_signatures(NOTE, [false])
    assert open_checkpoint(note, [LOG.verifier]).cosignatures == ()
    with pytest.raises(NotCosignedError) as caught:
        open_checkpoint(note, [LOG.verifier], KEYS)
    assert caught.value.code == "cosignature_false"


def test_one_key_counts_once_and_by_its_earliest_time() -> None:
    lines = [WITNESS.cosign(BODY, at) for at in (9, 5, 7)]
    opened = open_checkpoint(add_signatures(NOTE, lines), [LOG.verifier], KEYS)
    assert [(each.key, each.timestamp) for each in opened.cosignatures] == [(WITNESS.verifier, 5)]
    again = open_checkpoint(opened.note(), [LOG.verifier], KEYS)
    assert again == opened


def test_sixteen_signatures_are_accepted_with_the_known_one_last() -> None:
    strangers = [
        CosignerSecret(f"w{i}.example", Algorithm.ML_DSA_44, bytes([i] * 32)).cosign(BODY, 5)
        for i in range(1, 16)
    ]
    note = add_signatures(NOTE, [*strangers, WITNESS.cosign(BODY, 6)])
    opened = open_checkpoint(note, [LOG.verifier], KEYS)
    assert [each.timestamp for each in opened.cosignatures] == [6]


def test_one_key_cannot_be_log_and_cosigner() -> None:
    note = add_signatures(NOTE, [LOG_ML.cosign(BODY, 5)])
    with pytest.raises(CosignatureError):
        open_checkpoint(note, [LOG.verifier, LOG_ML.verifier], [LOG_ML.verifier])


def test_a_log_key_is_plain_ed25519_or_ml_dsa_44() -> None:
    assert parse_log_key(str(LOG.verifier)) == LOG.verifier
    assert parse_log_key(str(LOG_ML.verifier)) == LOG_ML.verifier
    for text in (str(WITNESS.verifier), "", "a+b", str(LOG.verifier)[:-2], "x+00000000+Bg=="):
        with pytest.raises((NoteError, CosignatureError)):
            parse_log_key(text)


@pytest.mark.parametrize("secret", BOTH, ids=["ed25519", "ml-dsa-44"])
def test_keys_round_trip_and_mangled_ones_are_refused(secret: CosignerSecret) -> None:
    assert CosignerSecret.parse(secret.encode()) == secret
    text = str(secret.verifier)
    assert CosignerKey.parse(text) == secret.verifier
    for at in range(0, len(text), 1 + len(text) // 60):
        for mangled in (text[:at] + text[at + 1 :], text[:at] + "é" + text[at + 1 :]):
            with pytest.raises(CosignatureError):
                CosignerKey.parse(mangled)
    with pytest.raises(CosignatureError):
        CosignerSecret.parse(text)
    assert secret.seed.hex() not in repr(secret)
    assert repr(secret.seed) not in repr(secret)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "x" * 256, "\udc80", "a\n"])
def test_names_that_cannot_cosign(name: str) -> None:
    with pytest.raises(CosignatureError):
        CosignerSecret(name, Algorithm.ED25519, bytes(32))


def test_keys_under_which_anybody_can_sign_are_refused() -> None:
    prime = 2**255 - 19
    eighth = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
    small = {0, 1, prime - 1, prime, prime + 1, eighth, prime - eighth}
    for raw in (y + sign for y in small for sign in (0, 2**255)):
        public = raw.to_bytes(32, "little")
        with pytest.raises(CosignatureError):
            parse_log_key(str(VerifierKey("log.example", public)))
        with pytest.raises(CosignatureError):
            CosignerKey("w.example", Algorithm.ED25519, public)
    # What such a key would let through: a signature nobody made.
    key = VerifierKey(LOG.name, (1).to_bytes(32, "little"))
    nobody = Signature(LOG.name, key.id, (1).to_bytes(32, "little") + bytes(32))
    assert open_note(str(Note(BODY, (nobody,))), [key]).text == BODY


def test_a_plain_key_is_not_a_cosigners() -> None:
    with pytest.raises(CosignatureError):
        CosignerKey.parse(str(VerifierKey("a", LOG.verifier.public_key)))


@settings(deadline=None)
@given(
    size=st.integers(1, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    at=st.integers(1, MAX_TIME),
    seed=st.binary(min_size=32, max_size=32),
    algorithm=st.sampled_from(Algorithm),
)
def test_any_checkpoint_cosigned_opens(
    size: int, root: bytes, at: int, seed: bytes, algorithm: Algorithm
) -> None:
    body = Checkpoint(LOG.name, size, root).body()
    secret = CosignerSecret("w.example", algorithm, seed)
    note = add_signatures(sign_note(body, LOG.name, LOG.private_key), [secret.cosign(body, at)])
    opened = open_checkpoint(note, [LOG.verifier], [secret.verifier])
    assert opened.note() == note
    assert [each.timestamp for each in opened.cosignatures] == [at]


@settings(deadline=None)
@given(st.text())
def test_no_text_is_a_key_by_chance(text: str) -> None:
    with pytest.raises((NoteError, CosignatureError)):
        parse_log_key(text)
    with pytest.raises(CosignatureError):
        CosignerKey.parse(text)
