"""The owner of the log, with its key and all its storage, against witnesses. Each is caught."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel.cosignature import NotCosignedError, open_checkpoint
from sogoc.kernel.log_policy import Policy, QuorumError
from sogoc.kernel.notes import VerifierKey, add_signatures, parse_note
from sogoc.witness.api import AddCheckpoint, StoreError, Witness, WitnessStore, new_secrets
from tests.witness.conftest import ORIGIN, Clock, Log

Maker = Callable[..., Witness]


def cosign(witness: Witness, log: Log, old: int, new: int) -> int:
    return witness.add_checkpoint(log.request(old, new)).status


def test_an_entry_changed_after_the_fact_is_refused_and_kept(
    witness: Witness, log: Log, clock: Clock
) -> None:
    cosign(witness, log, 0, 1000)
    held = witness.store.head(ORIGIN)
    liar = Log(forged={500: b"another grade"})
    clock.now += 5
    request = liar.request(1000, 1001)
    assert witness.add_checkpoint(request).status == 422
    (kept,) = witness.evidence()
    assert (kept.kind, kept.size, kept.root) == ("inconsistent", 1001, liar.root(1001))
    assert kept.request == request
    assert kept.note == liar.note(1001)
    assert (kept.origin, kept.seen_at, kept.settled_at) == (ORIGIN, clock.now, None)
    assert held is not None
    assert kept.own_note == held.note
    assert witness.store.head(ORIGIN) == held
    # Both halves are signed by the log: it cannot deny either.
    for note in (kept.note, kept.own_note):
        open_checkpoint(note, [log.key.verifier])


def test_two_roots_for_one_size_prove_a_fork_whatever_size_was_claimed(
    witness: Witness, log: Log
) -> None:
    cosign(witness, log, 0, 100)
    liar = Log(forged={99: b"forged"})
    assert witness.add_checkpoint(AddCheckpoint(100, (), liar.note(100)).body()).status == 422
    (kept,) = witness.evidence()
    assert kept.kind == "fork"
    other = Log(forged={98: b"forged"})
    assert cosign(witness, other, 0, 100) == 409
    assert [each.root for each in witness.evidence()] == [liar.root(100), other.root(100)]


def test_a_fork_is_kept_once_and_never_settled(witness: Witness, log: Log) -> None:
    cosign(witness, log, 0, 100)
    liar = Log(forged={99: b"forged"})
    for _ in range(3):
        witness.add_checkpoint(AddCheckpoint(100, (), liar.note(100)).body())
    cosign(witness, log, 100, 200)
    assert [each.kind for each in witness.evidence()] == ["fork"]


def test_a_log_rolled_back_is_refused_with_the_size_it_had(witness: Witness, log: Log) -> None:
    cosign(witness, log, 0, 100)
    for old, new in ((0, 60), (60, 61), (0, 1), (50, 99)):
        response = witness.add_checkpoint(log.request(old, new))
        assert (response.status, response.body) == (409, b"100\n")
    rebuilt = Log(forged={60: b"another history"})
    assert cosign(witness, rebuilt, 60, 90) == 409
    assert cosign(witness, rebuilt, 100, 120) == 422
    assert [each.size for each in witness.evidence()] == [120]


def test_an_old_checkpoint_replayed_changes_nothing(witness: Witness, log: Log) -> None:
    first = log.request(0, 50)
    assert witness.add_checkpoint(first).status == 200
    cosign(witness, log, 50, 100)
    response = witness.add_checkpoint(first)
    assert (response.status, response.body) == (409, b"100\n")
    head = witness.store.head(ORIGIN)
    assert head is not None
    assert head.size == 100
    assert witness.evidence() == ()


def test_nobody_can_make_a_log_look_guilty_for_long(witness: Witness, log: Log) -> None:
    """Anyone may send the log's own checkpoint with a proof of nothing."""
    cosign(witness, log, 0, 50)
    spite = AddCheckpoint(50, (bytes(32),), log.note(60)).body()
    assert witness.add_checkpoint(spite).status == 422
    assert len(witness.evidence()) == 1
    assert cosign(witness, log, 50, 60) == 200
    assert witness.evidence() == ()
    (settled,) = witness.store.evidence(settled=True)
    assert settled.settled_at is not None
    assert settled.request == spite


def test_two_faces_never_both_reach_a_quorum(make_witness: Maker, log: Log) -> None:
    witnesses = {name: make_witness(name) for name in ("w1", "w2", "w3")}
    policy = Policy.parse(
        f"log {log.key.verifier}\n"
        + "".join(f"witness {n} {w.store.keys[0]}\n" for n, w in witnesses.items())
        + "group all-three 2 w1 w2 w3\nquorum all-three\n"
    )
    for each in witnesses.values():
        cosign(each, log, 0, 100)
    faces = {log_face: Log(forged=forged) for log_face, forged in (("a", {}), ("b", {100: b"b"}))}
    reached = []
    for face, shown in faces.items():
        note = shown.note(101)
        for each in witnesses.values():
            answer = each.add_checkpoint(shown.request(100, 101))
            if answer.status == 200:
                note += answer.body.decode()
        if policy.judge(note).is_met:
            reached.append(face)
    assert reached == ["a"]
    assert all(len(each.evidence()) == 1 for each in witnesses.values())


FACES = [Log(), Log(forged={2: b"x"}), Log(forged={7: b"y"}), Log(forged={2: b"x", 9: b"z"})]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(FACES), st.integers(0, 12), st.integers(0, 12)), min_size=1)
)
def test_whatever_is_asked_all_that_is_cosigned_is_one_history(
    asked: list[tuple[Log, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = WitnessStore.create(Path(directory) / "w", new_secrets("w.example"))
        with closing(store):
            store.add_log(FACES[0].key.verifier)
            witness = Witness(store, Clock())
            history: list[bytes] = []
            for face, one, other in asked:
                # Half of the requests go on from where the witness is.
                old = len(history) if one % 2 and len(history) <= other else min(one, other)
                if witness.add_checkpoint(face.request(old, max(old, other))).status == 200:
                    leaves = face.leaves(max(old, other))
                    assert leaves[: len(history)] == history
                    history = leaves
                head = store.head(ORIGIN)
                assert (head.size if head else 0) == len(history)


def test_a_quorum_faked_with_one_witness(make_witness: Maker, log: Log, clock: Clock) -> None:
    mine, others = make_witness("mine"), [make_witness("w2"), make_witness("w3")]
    policy = Policy.parse(
        f"log {log.key.verifier}\nwitness mine {mine.store.keys[0]}\n"
        + "".join(f"witness o{i} {w.store.keys[0]}\n" for i, w in enumerate(others))
        + "group two 2 mine o0 o1\nquorum two\n"
    )
    note, text = log.note(5), parse_note(log.note(5)).text
    secret = mine.store.secrets[0]
    many = add_signatures(note, [secret.cosign(text, clock.now + i) for i in range(20)])
    with pytest.raises(QuorumError):
        policy.verify(many)
    # Lines under the others' names, made with the one key there is.
    for other in others:
        key = other.store.keys[0]
        line = secret.cosign(text, clock.now)
        with pytest.raises(NotCosignedError):
            policy.verify(
                add_signatures(many, [type(line)(key.name, key.id, line.signature)]),
            )
    # Cosignatures of the others over another tree.
    assert cosign(others[0], log, 0, 4) == 200
    old = others[0].store.head(ORIGIN)
    assert old is not None
    lines = parse_note(old.note).signatures[1:]
    with pytest.raises(NotCosignedError):
        policy.verify(add_signatures(many, lines))


def test_the_witness_itself_is_no_log(witness: Witness, log: Log) -> None:
    own = VerifierKey("own.example", witness.store.keys[0].public_key)
    with pytest.raises(StoreError) as caught:
        witness.store.add_log(own)
    assert caught.value.code == "witness_own_key"


@pytest.mark.parametrize(
    "statement",
    [
        "update head set size = 50, root = zeroblob(32)",
        "update head set root = zeroblob(32)",
        "update head set origin = 'another'",
        "delete from head",
        "delete from evidence",
        "update evidence set note = 'nothing'",
        "update evidence set request = x''",
        "update evidence set root = zeroblob(32)",
        "update identity set last_signed_at = 1",
        "update identity set vkeys = 'another'",
    ],
)
def test_the_memory_refuses_to_forget(witness: Witness, log: Log, statement: str) -> None:
    cosign(witness, log, 0, 100)
    witness.add_checkpoint(Log(forged={9: b"x"}).request(100, 101))
    with (
        sqlite3.connect(witness.store.directory / "witness.sqlite") as connection,
        pytest.raises(sqlite3.IntegrityError),
    ):
        connection.execute(statement)
    connection.close()
    assert len(witness.evidence()) == 1
