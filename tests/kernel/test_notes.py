from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import notes
from sogoc.kernel.notes import (
    NoteError,
    NoteNotVerifiedError,
    SignerKey,
    VerifierKey,
    add_signatures,
    open_note,
    parse_note,
    sign_note,
    sign_text,
)

SIGNER = SignerKey("log.example/2026", bytes(range(32)))
OTHER = SignerKey("witness.example/w1", bytes(32))
texts = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=0x20)).map(
    lambda text: text + "\n"
)


def test_signing_gives_the_published_note(signed_note: Any) -> None:
    key = SignerKey.parse(signed_note["signer_key"])
    note = sign_note(signed_note["text"], key.name, key.private_key)
    assert note == signed_note["text"] + "\n" + signed_note["signature"]


def test_published_keys_round_trip(signed_note: Any) -> None:
    signer = SignerKey.parse(signed_note["signer_key"])
    assert signer.encode() == signed_note["signer_key"]
    assert str(signer.verifier) == signed_note["verifier_key"]
    assert VerifierKey.parse(signed_note["verifier_key"]) == signer.verifier


def test_published_note_opens_with_one_or_both_keys(signed_note: Any) -> None:
    note = signed_note["text"] + "\n" + signed_note["signature"] + signed_note["second_signature"]
    opened = open_note(note, [signed_note["verifier_key"]])
    assert opened.text == signed_note["text"]
    assert [each.name for each in opened.verified] == ["PeterNeumann"]
    assert [each.name for each in opened.unverified] == ["EnochRoot"]
    opened = open_note(
        note.encode(), [signed_note["verifier_key"], signed_note["second_verifier_key"]]
    )
    assert [each.name for each in opened.verified] == ["PeterNeumann", "EnochRoot"]
    assert opened.unverified == ()


def test_example_of_the_specification_parses(signed_note: Any) -> None:
    note = parse_note(signed_note["spec_note"])
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    (signature,) = note.signatures
    assert signature.name == "quasimodo.example/salvatore"
    assert (signature.key_id.hex(), len(signature.signature)) == ("367ba04b", 64)
    assert str(note) == signed_note["spec_note"]
    with pytest.raises(NoteNotVerifiedError):
        open_note(signed_note["spec_note"], [SIGNER.verifier])


def test_every_mangled_key_is_refused(signed_note: Any) -> None:
    for parse, key in (
        (VerifierKey.parse, signed_note["verifier_key"]),
        (SignerKey.parse, signed_note["signer_key"]),
    ):
        mangled = {key[start:stop] for start in range(len(key)) for stop in range(start, len(key))}
        mangled |= {key[:at] + chr(ord(key[at]) + 1) + key[at + 1 :] for at in range(len(key))}
        for each in mangled - {key}:
            with pytest.raises(NoteError):
                parse(each)


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_keys_of_another_length_type_or_spelling_are_refused(key: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(key)


def test_key_id_follows_the_specification() -> None:
    public = SIGNER.verifier.public_key
    digest = hashlib.sha256(b"log.example/2026\n\x01" + public).digest()
    assert SIGNER.verifier.id == digest[:4]


def test_seed_is_not_shown() -> None:
    assert SIGNER.seed.hex() not in repr(SIGNER)
    assert repr(SIGNER.seed) not in repr(SIGNER)


@given(texts)
def test_any_text_signs_and_opens(text: str) -> None:
    note = sign_note(text, SIGNER.name, SIGNER.private_key)
    assert open_note(note, [SIGNER.verifier]).text == text


@pytest.mark.parametrize("text", ["a\n\nb\n", "\n", "a\n\n", "\n\n", "— not a signature\n"])
def test_texts_with_empty_lines(text: str) -> None:
    note = sign_note(text, SIGNER.name, SIGNER.private_key)
    assert open_note(note, [SIGNER.verifier]).text == text


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\x00\n", "\r\n", "\ud800\n"])
def test_texts_that_cannot_be_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, SIGNER.name, SIGNER.private_key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", " a", "a\n", "\x01"])
def test_names_that_cannot_sign(name: str) -> None:
    with pytest.raises(NoteError):
        sign_note("text\n", name, SIGNER.private_key)
    with pytest.raises(NoteError):
        VerifierKey(name, bytes(32))


def test_signatures_can_be_added_and_are_each_verified() -> None:
    note = sign_note("text\n", SIGNER.name, SIGNER.private_key)
    note = add_signatures(note, [sign_text("text\n", OTHER.name, OTHER.private_key)])
    opened = open_note(note, [SIGNER.verifier, OTHER.verifier])
    assert [each.name for each in opened.verified] == [SIGNER.name, OTHER.name]


def test_one_false_signature_of_a_known_key_spoils_the_note() -> None:
    note = sign_note("text\n", SIGNER.name, SIGNER.private_key)
    false = sign_text("another text\n", OTHER.name, OTHER.private_key)
    note = add_signatures(note, [false])
    assert open_note(note, [SIGNER.verifier]).text == "text\n"
    with pytest.raises(NoteNotVerifiedError) as caught:
        open_note(note, [SIGNER.verifier, OTHER.verifier])
    assert caught.value.code == "note_signature_false"


@pytest.mark.parametrize("at", [0, 5, 40, 75])
def test_altered_notes_do_not_open(at: int) -> None:
    note = bytearray(sign_note("a text of some length\n", SIGNER.name, SIGNER.private_key).encode())
    note[at] ^= 1
    with pytest.raises(NoteError):
        open_note(bytes(note), [SIGNER.verifier])


def test_no_keys_verify_nothing() -> None:
    note = sign_note("text\n", SIGNER.name, SIGNER.private_key)
    with pytest.raises(NoteNotVerifiedError) as caught:
        open_note(note, [])
    assert caught.value.code == "note_no_known_signature"


def test_same_name_with_another_key_is_unknown() -> None:
    note = sign_note("text\n", SIGNER.name, SIGNER.private_key)
    with pytest.raises(NoteNotVerifiedError):
        open_note(note, [VerifierKey(SIGNER.name, OTHER.verifier.public_key)])


def test_repeated_signatures_and_keys_count_once() -> None:
    note = sign_note("text\n", SIGNER.name, SIGNER.private_key)
    note = add_signatures(note, parse_note(note).signatures * 15)
    assert len(open_note(note, [SIGNER.verifier, str(SIGNER.verifier)]).verified) == 1


def test_two_keys_with_one_name_and_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    note = sign_note("text\n", SIGNER.name, SIGNER.private_key)
    monkeypatch.setattr(notes, "key_id", lambda name, public_key: b"same")
    twin = VerifierKey(SIGNER.name, OTHER.verifier.public_key)
    with pytest.raises(NoteError):
        open_note(note, [SIGNER.verifier, twin])


def test_a_signature_of_another_length_is_false() -> None:
    line = notes.Signature(SIGNER.name, SIGNER.verifier.id, bytes(63))
    with pytest.raises(NoteNotVerifiedError):
        open_note("text\n\n" + line.line(), [SIGNER.verifier])


def test_malformed_notes_are_refused(signed_note: Any) -> None:
    text, signature = signed_note["text"], signed_note["signature"]
    encoded = signature.split()[-1]
    stray = encoded[:-2] + chr(ord(encoded[-2]) + 1) + "="  # same bytes, other spelling
    assert base64.b64decode(stray) == base64.b64decode(encoded)
    bad: list[str | bytes] = [
        "",
        text,
        text + "\n",
        text + signature,
        text + "\n" + signature[:-1],
        "\x01" + text + "\n" + signature,
        b"\xff" + (text + "\n" + signature).encode(),
        text + "\n" + signature + "Unexpected line.\n",
        text + "\n" + signature + "\n",
        text + "\n" + signature * 101,
        text + "\n" + signature.replace("Neumann", " Neumann"),
        text + "\n" + signature.replace("—", "-"),
        text + "\n" + signature.replace(encoded, stray),
        text + "\n" + signature.replace(encoded, "x08g"),
        text + "\n" + signature.replace(encoded, "x08gow=="),
        text + "\n— PeterNeumann\n",
        "x" * notes.MAX_NOTE + "\n\n" + signature,
    ]
    for note in bad:
        with pytest.raises(NoteError):
            open_note(note, [signed_note["verifier_key"]])
