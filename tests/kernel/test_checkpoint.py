from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel.checkpoint import Checkpoint, CheckpointError
from sogoc.kernel.merkle import EMPTY_ROOT
from sogoc.kernel.notes import SignerKey, open_note, parse_note, sign_note

ROOT = bytes(range(32))
ROOT_TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_example_of_the_specification(signed_note: Any) -> None:
    note = parse_note(signed_note["spec_checkpoint"])
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac518")
    assert checkpoint.body() == note.text


def test_body() -> None:
    assert Checkpoint("log.example/1", 5, ROOT).body() == f"log.example/1\n5\n{ROOT_TEXT}\n"


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_round_trip_through_a_signed_note(size: int, root: bytes) -> None:
    key = SignerKey("log.example/1", bytes(32))
    checkpoint = Checkpoint("log.example/1", size, root)
    note = sign_note(checkpoint.body(), key.name, key.private_key)
    assert Checkpoint.parse(open_note(note, [key.verifier]).text) == checkpoint


def test_empty_log_and_extensions() -> None:
    assert Checkpoint.parse(Checkpoint("o", 0, EMPTY_ROOT).body()).size == 0
    extended = Checkpoint.parse(f"o\n1\n{ROOT_TEXT}\nmore\n")
    assert extended.extensions == ("more",)
    assert extended.body() == f"o\n1\n{ROOT_TEXT}\nmore\n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "o\n",
        "o\n1\n",
        f"o\n1\n{ROOT_TEXT}",
        f"\n1\n{ROOT_TEXT}\n",
        f"o\n01\n{ROOT_TEXT}\n",
        f"o\n-1\n{ROOT_TEXT}\n",
        f"o\n+1\n{ROOT_TEXT}\n",
        f"o\n 1\n{ROOT_TEXT}\n",
        f"o\n١\n{ROOT_TEXT}\n",
        f"o\n{2**63}\n{ROOT_TEXT}\n",
        f"o\n0\n{ROOT_TEXT}\n",
        f"o\n1\n{ROOT_TEXT[:-1]}\n",
        f"o\n1\n{ROOT_TEXT[:-2]}9=\n",
        "o\n1\nAAAA\n",
        "o\n1\n\n",
        "o\n1\nkhông\n",
        f"o\n1\n{ROOT_TEXT}\n\n",
        f"o\n1\n{ROOT_TEXT}\n\nmore\n",
        f"o\t\n1\n{ROOT_TEXT}\n",
    ],
)
def test_malformed_bodies_are_refused(body: str) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint.parse(body)


@pytest.mark.parametrize("root", [b"", bytes(31), bytes(33)])
def test_roots_of_another_length_are_refused(root: bytes) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint("o", 1, root)
