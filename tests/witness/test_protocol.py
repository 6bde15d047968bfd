"""Every status of the protocol, and that nothing but 200 changes what the witness holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sogoc.kernel import merkle
from sogoc.kernel.cosignature import Algorithm, CosignerSecret, open_checkpoint
from sogoc.kernel.log_policy import Policy
from sogoc.kernel.notes import (
    Note,
    SignerKey,
    add_signatures,
    parse_note,
    sign_note,
    sign_text,
)
from sogoc.witness.api import AddCheckpoint, Response, Witness, origin_hash
from sogoc.witness.protocol import MAX_BODY, RequestError
from tests.witness.conftest import ORIGIN, Clock, Log

VECTORS = Path(__file__).parents[1] / "kernel" / "vectors" / "cosignatures.json"


def ask(witness: Witness, request: bytes | str) -> int:
    return witness.add_checkpoint(request.encode() if isinstance(request, str) else request).status


def opened(witness: Witness, note: str, response: Response) -> list[int]:
    """The times of the cosignatures in a response, verified."""
    assert response.status == 200
    cosigned = open_checkpoint(
        note + response.body.decode(),
        [Log().key.verifier],
        witness.store.keys,
    )
    return [each.timestamp for each in cosigned.cosignatures]


def test_a_log_grows_and_is_cosigned(witness: Witness, log: Log, clock: Clock) -> None:
    sizes = [0, 1, 2, 3, 8, 9, 100, 256, 257, 1000]
    for old, new in zip([0, *sizes], sizes, strict=False):
        clock.now += 1
        response = witness.add_checkpoint(log.request(old, new))
        assert opened(witness, log.note(new), response) == [clock.now]
        assert response.content_type == "text/plain; charset=utf-8"
        assert response.body.decode().startswith("— w1.example ")
    held = witness.checkpoint_note(origin_hash(ORIGIN))
    assert held is not None
    found = open_checkpoint(held, [log.key.verifier], witness.store.keys)
    assert (found.checkpoint.size, len(found.cosignatures)) == (1000, 1)
    assert witness.evidence() == ()


def test_the_same_checkpoint_is_cosigned_again_with_the_new_time(
    witness: Witness, log: Log, clock: Clock
) -> None:
    witness.add_checkpoint(log.request(0, 5))
    clock.now += 60
    response = witness.add_checkpoint(log.request(5, 5))
    assert opened(witness, log.note(5), response) == [clock.now]


def test_both_keys_sign_when_there_are_two(make_witness: Callable[..., Witness], log: Log) -> None:
    witness = make_witness(ml_dsa=True)
    response = witness.add_checkpoint(log.request(0, 5))
    assert len(opened(witness, log.note(5), response)) == 2
    assert len(response.body.splitlines()) == 2


def test_extension_lines_are_covered_by_ed25519_alone(
    make_witness: Callable[..., Witness], log: Log
) -> None:
    witness = make_witness(ml_dsa=True)
    body = log.note(5).partition("\n\n")[0] + "\nan extension\n"
    note = sign_note(body, ORIGIN, log.key.private_key)
    response = witness.add_checkpoint(AddCheckpoint(0, (), note).body())
    assert len(opened(witness, note, response)) == 1


def test_404_unknown_log(witness: Witness, log: Log) -> None:
    stranger = Log(SignerKey("stranger.example", bytes(32)))
    assert ask(witness, stranger.request(0, 5)) == 404
    assert witness.checkpoint_note(origin_hash("stranger.example")) is None
    assert witness.checkpoint_note(origin_hash(ORIGIN)) is None


def test_403_not_signed_by_the_log(witness: Witness, log: Log) -> None:
    thief = SignerKey(ORIGIN, bytes(32))
    text = parse_note(log.note(5)).text
    honest = sign_text(text, ORIGIN, log.key.private_key)
    forged = sign_text(text.replace("5", "6", 1), ORIGIN, log.key.private_key)
    for note in (
        sign_note(text, ORIGIN, thief.private_key),
        str(Note(text, (forged,))),
        str(Note(text, (honest, forged))),  # one false line of a known key spoils the note
        str(Note(text, (witness.store.secrets[0].cosign(text, 5),))),
    ):
        assert ask(witness, AddCheckpoint(0, (), note).body()) == 403
    known_last = add_signatures(sign_note(text, ORIGIN, thief.private_key), [honest])
    assert ask(witness, AddCheckpoint(0, (), known_last).body()) == 200


def test_sixteen_signatures_are_taken(witness: Witness, log: Log) -> None:
    strangers = [
        CosignerSecret(f"s{i}.example", Algorithm.ML_DSA_44, bytes([i] * 32)) for i in range(15)
    ]
    text = parse_note(log.note(5)).text
    note = add_signatures(log.note(5), [each.cosign(text, 5) for each in strangers])
    assert ask(witness, AddCheckpoint(0, (), note).body()) == 200
    held = witness.checkpoint_note(origin_hash(ORIGIN))
    assert held is not None
    assert len(parse_note(held).signatures) == 2  # the log's and the witness's own


def test_409_another_size_is_held(witness: Witness, log: Log) -> None:
    fresh = witness.add_checkpoint(log.request(3, 5))
    assert (fresh.status, fresh.body) == (409, b"0\n")
    witness.add_checkpoint(log.request(0, 5))
    for old, new in ((0, 5), (0, 9), (4, 9), (0, 3), (3, 3), (4, 4), (6, 9), (9, 9)):
        response = witness.add_checkpoint(log.request(old, new))
        assert (response.status, response.body) == (409, b"5\n"), (old, new)
        assert response.content_type == "text/x.tlog.size"


def test_400_old_size_above_the_checkpoints(witness: Witness, log: Log) -> None:
    witness.add_checkpoint(log.request(0, 5))
    assert ask(witness, AddCheckpoint(5, (), log.note(4)).body()) == 400
    assert ask(witness, AddCheckpoint(6, (), log.note(5)).body()) == 400


def test_422_the_proof_does_not_hold(witness: Witness, log: Log) -> None:
    assert ask(witness, AddCheckpoint(0, (bytes(32),), log.note(5)).body()) == 422
    witness.add_checkpoint(log.request(0, 5))
    proof = log.proof(5, 9)
    for wrong in ((), proof[:-1], (*proof, bytes(32)), proof[::-1], (bytes(32),) * len(proof)):
        assert ask(witness, AddCheckpoint(5, wrong, log.note(9)).body()) == 422
    assert ask(witness, AddCheckpoint(5, (bytes(32),), log.note(5)).body()) == 422
    assert ask(witness, log.request(5, 9)) == 200


def test_422_an_empty_log_with_a_root(witness: Witness, log: Log) -> None:
    root = log.note(5).split("\n")[2]
    note = sign_note(f"{ORIGIN}\n0\n{root}\n", ORIGIN, log.key.private_key)
    assert ask(witness, AddCheckpoint(0, (), note).body()) == 422


def malformed() -> list[str]:
    note = Log().note(5)
    root = note.split("\n")[2]
    return [
        "",
        "\n",
        note,
        "old 0\n" + note,
        "old 0\n\n",
        f"old 0\n\n{note}\n",
        f"old 0\n\n{note[:-1]}",
        f"old\n\n{note}",
        f"old 00\n\n{note}",
        f"old -1\n\n{note}",
        f"old +0\n\n{note}",
        f"old 0 \n\n{note}",
        f"OLD 0\n\n{note}",
        f"old ٠\n\n{note}",
        f"old 0x0\n\n{note}",
        f"old 9223372036854775808\n\n{note}",
        f"old 0\r\n\r\n{note}",
        f"old 0\nAAAA\n\n{note}",
        f"old 0\n!\n\n{note}",
        f"old 0\n{root[:-2]}==\n\n{note}",
        f"old 0\n {root}\n\n{note}",
        "old 0\n" + f"{root}\n" * 64 + f"\n{note}",
        f"old 0\n\n{note.replace(root, 'AAAA')}",
        f"old 0\n\n{note.replace(root, root[:-1])}",
        "old 0\n\n" + note.replace("\n5\n", "\n05\n"),
        "old 0\n\n" + note.replace("\n5\n", "\n-5\n"),
        "old 0\n\n" + note.replace("— ", "- "),
        f"old 0\n\n{note}" + "— x AAAAAAAA\n" * 101,
    ]


@pytest.mark.parametrize("request_text", malformed())
def test_400_malformed(witness: Witness, request_text: str) -> None:
    assert ask(witness, request_text) == 400
    assert witness.store.head(ORIGIN) is None


def test_sixty_three_hashes_are_read_and_a_body_has_a_limit(witness: Witness, log: Log) -> None:
    root = log.note(5).split("\n")[2]
    assert ask(witness, "old 0\n" + f"{root}\n" * 63 + f"\n{log.note(5)}") == 422
    assert ask(witness, b"x" * (MAX_BODY + 1)) == 400
    assert ask(witness, b"\xff" + log.request(0, 5)) == 400


def test_the_example_of_the_specification_is_read(witness: Witness) -> None:
    text = json.loads(VECTORS.read_text(encoding="utf-8"))["example"]["request"]
    asked, note = AddCheckpoint.parse(text.encode())
    assert (asked.old_size, len(asked.proof), len(note.signatures)) == (20852014, 4, 2)
    assert asked.body() == text.encode()
    assert ask(witness, text) == 404


def test_a_published_ml_dsa_44_log_is_witnessed(witness: Witness) -> None:
    published = json.loads(VECTORS.read_text(encoding="utf-8"))["ml_dsa_44"]
    (log,) = Policy.parse(f"log {published['vkey']}\nquorum none\n").logs
    witness.store.add_log(log.key)
    response = witness.add_checkpoint(f"old 0\n\n{published['note']}".encode())
    assert response.status == 200
    cosigned = published["note"] + response.body.decode()
    assert len(open_checkpoint(cosigned, [log.key], witness.store.keys).cosignatures) == 1


def test_two_logs_do_not_disturb_each_other(witness: Witness, log: Log) -> None:
    second = Log(SignerKey("second.example", bytes(32)))
    witness.store.add_log(second.key.verifier)
    assert ask(witness, log.request(0, 5)) == 200
    assert ask(witness, second.request(0, 3)) == 200
    assert ask(witness, log.request(5, 9)) == 200
    # The key of one log does not sign for the other.
    body = parse_note(log.note(12)).text
    forged = sign_note(body, second.key.name, second.key.private_key)
    assert ask(witness, AddCheckpoint(9, log.proof(9, 12), forged).body()) == 403


def test_a_log_may_have_several_keys(witness: Witness, log: Log) -> None:
    new = Log(SignerKey(ORIGIN, bytes(32)))
    assert ask(witness, log.request(0, 5)) == 200
    assert ask(witness, new.request(5, 9)) == 403
    assert witness.store.add_log(new.key.verifier)
    assert not witness.store.add_log(new.key.verifier)
    assert ask(witness, new.request(5, 9)) == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))
)
def test_hostile_bodies_change_nothing(witness: Witness, body: bytes) -> None:
    assert ask(witness, body) == 400
    assert ask(witness, b"old 0\n\n" + body) in (400, 404)
    assert witness.store.head(ORIGIN) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_mutated_requests_never_move_the_head(
    witness: Witness, log: Log, data: st.DataObject
) -> None:
    if witness.store.head(ORIGIN) is None:
        witness.add_checkpoint(log.request(0, 5))
    good = log.request(5, 9)
    at = data.draw(st.integers(0, len(good) - 1))
    cut = data.draw(st.integers(0, 3))
    body = good[:at] + data.draw(st.binary(max_size=3)) + good[at + cut :]
    if body == good:
        return
    assert ask(witness, body) in (400, 403, 404, 409, 422)
    head = witness.store.head(ORIGIN)
    assert head is not None
    assert (head.size, head.root) == (5, log.root(5))


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_any_request_round_trips(old: int, proof: list[bytes]) -> None:
    request = AddCheckpoint(old, tuple(proof), Log().note(3))
    assert AddCheckpoint.parse(request.body())[0] == request
    with pytest.raises(RequestError):
        AddCheckpoint.parse(request.body()[:-1])


def test_merkle_roots_of_the_helper_are_those_of_the_kernel(log: Log) -> None:
    assert log.root(0) == merkle.EMPTY_ROOT
    merkle.verify_consistency(3, 9, log.root(3), log.root(9), log.proof(3, 9))
