"""What a witness remembers, when it refuses to go on, and that a kill loses nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sogoc.kernel.cosignature import open_checkpoint
from sogoc.witness.api import StoreError, Witness, WitnessStore, new_secrets
from tests.witness.conftest import ORIGIN, Clock, Log

REPOSITORY = Path(__file__).parents[2]
_COSIGNER = """
import sys
from pathlib import Path
from sogoc.witness.api import Witness, WitnessStore
from tests.witness.conftest import Clock, Log

witness = Witness(WitnessStore(Path(sys.argv[1])), Clock())
log = Log(forged={int(sys.argv[2]): b"forged"} if sys.argv[2] != "-" else {})
old = 0
while old < 10_000:
    new = old + 1
    answer = witness.add_checkpoint(log.request(old, new))
    if answer.status == 200:
        sys.stdout.write((log.note(new) + answer.body.decode()).replace("\\n", "|") + "\\n")
        sys.stdout.flush()
        old = new
    elif answer.status == 409:
        old = int(answer.body)
    else:
        break
"""


def start(directory: Path, forged: str = "-") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _COSIGNER, str(directory), forged],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'src'}"},
        cwd=REPOSITORY,
    )


def cosigned_roots(store: WitnessStore, lines: list[str]) -> dict[int, set[bytes]]:
    roots: dict[int, set[bytes]] = {}
    for line in lines:
        if not line.endswith("\n"):
            continue  # the kill cut the line, not the cosignature
        opened = open_checkpoint(
            line.rstrip("\n").replace("|", "\n"), [Log().key.verifier], store.keys
        )
        assert opened.cosignatures
        roots.setdefault(opened.checkpoint.size, set()).add(opened.checkpoint.root)
    return roots


def test_a_witness_opened_again_goes_on_where_it_was(
    witness: Witness, log: Log, clock: Clock
) -> None:
    witness.add_checkpoint(log.request(0, 5))
    with closing(WitnessStore(witness.store.directory)) as store:
        again = Witness(store, clock)
        assert store.keys == witness.store.keys
        assert store.origins() == (ORIGIN,)
        assert again.add_checkpoint(log.request(0, 9)).body == b"5\n"
        assert again.add_checkpoint(log.request(5, 9)).status == 200


def test_the_memory_is_on_disk_before_an_answer(witness: Witness) -> None:
    with closing(sqlite3.connect(witness.store.directory / "witness.sqlite")) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    assert witness.store._connection.execute("pragma synchronous").fetchone() == (2,)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_witness_never_signs_two_trees(witness: Witness, log: Log, seed: int) -> None:
    """Killed while cosigning one history, then shown another."""
    witness.store.close()
    process = start(witness.store.directory)
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(2 + 3 * seed)]
    process.send_signal(signal.SIGKILL)
    seen += process.stdout.readlines()
    process.wait(timeout=10)
    process.stdout.close()
    with closing(WitnessStore(witness.store.directory)) as store:
        honest = cosigned_roots(store, seen)
        head = store.head(ORIGIN)
        assert head is not None
        assert head.size >= max(honest)
        assert head.root == log.root(head.size)
        assert open_checkpoint(head.note, [log.key.verifier], store.keys).cosignatures
        liar = Log(forged={0: b"forged"})
        again = Witness(store, Clock())
        for old, new in ((0, 1), (head.size, head.size), (head.size, head.size + 1)):
            assert again.add_checkpoint(liar.request(old, new)).status in (409, 422)
        assert again.add_checkpoint(log.request(head.size, head.size + 1)).status == 200


def test_two_processes_on_one_memory_cosign_one_tree(witness: Witness) -> None:
    processes = [start(witness.store.directory), start(witness.store.directory, "0")]
    lines: list[str] = []
    for process in processes:
        assert process.stdout is not None
    honest, liar = processes
    # Whoever came first is cosigned; the other stops at its first 422.
    lines += [honest.stdout.readline()] if honest.stdout else []
    lines += [liar.stdout.readline()] if liar.stdout and not lines[0] else []
    for process in processes:
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        lines += process.stdout.readlines()
        process.wait(timeout=10)
        process.stdout.close()
    roots = cosigned_roots(witness.store, [line for line in lines if line])
    assert roots
    for size, found in roots.items():
        assert len(found) == 1, size
    honest_ones = {size for size, (root,) in roots.items() if root == Log().root(size)}
    assert honest_ones in (set(), set(roots))


def test_requests_at_once_cosign_one_tree(witness: Witness, log: Log) -> None:
    witness.add_checkpoint(log.request(0, 10))
    faces = [Log(forged={10: b"face %d" % number}) for number in range(12)]
    gate = threading.Barrier(len(faces))
    requests = [face.request(10, 11) for face in faces]

    def ask(request: bytes) -> int:
        gate.wait()
        return witness.add_checkpoint(request).status

    with ThreadPoolExecutor(len(faces)) as pool:
        statuses = list(pool.map(ask, requests))
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409}
    head = witness.store.head(ORIGIN)
    assert head is not None
    assert head.root == faces[statuses.index(200)].root(11)
    assert {each.kind for each in witness.evidence()} == {"fork"}
    assert len(witness.evidence()) == len(faces) - 1


def test_growth_from_many_threads_never_rolls_back(witness: Witness, log: Log) -> None:
    requests = [log.request(0, size) for size in range(1, 9)] + [
        log.request(old, new) for old in range(1, 9) for new in range(old, 9)
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(witness.add_checkpoint, requests * 2))
    assert 200 in {answer.status for answer in answers}
    assert {answer.status for answer in answers} <= {200, 409}
    head = witness.store.head(ORIGIN)
    assert head is not None
    assert head.root == log.root(head.size)
    assert witness.evidence() == ()


def test_a_clock_set_back_signs_nothing(witness: Witness, log: Log, clock: Clock) -> None:
    assert witness.add_checkpoint(log.request(0, 5)).status == 200
    signed_at = clock.now
    for now in (signed_at - 1, signed_at - 86_400, 1, 0, -1):
        clock.now = now
        response = witness.add_checkpoint(log.request(5, 9))
        assert response.status == 503
        assert b"clock" in response.body
    head = witness.store.head(ORIGIN)
    assert head is not None
    assert (head.size, head.signed_at) == (5, signed_at)
    clock.now = signed_at
    assert witness.add_checkpoint(log.request(5, 9)).status == 200


def test_a_clock_set_back_still_keeps_evidence(witness: Witness, log: Log, clock: Clock) -> None:
    witness.add_checkpoint(log.request(0, 5))
    clock.now -= 3600
    assert witness.add_checkpoint(Log(forged={0: b"x"}).request(5, 6)).status == 422
    assert len(witness.evidence()) == 1


def test_a_disk_that_refuses_gives_no_cosignature(witness: Witness, log: Log) -> None:
    witness.add_checkpoint(log.request(0, 5))
    connection = witness.store._connection
    connection.execute("pragma query_only = 1")
    response = witness.add_checkpoint(log.request(5, 9))
    assert response.status == 503
    assert "—" not in response.body.decode()
    connection.execute("pragma query_only = 0")
    pages = connection.execute("pragma page_count").fetchone()[0]
    connection.execute(f"pragma max_page_count = {pages}")
    filler = [Log(forged={0: b"%d" % number}) for number in range(200)]
    statuses = {witness.add_checkpoint(liar.request(5, 6)).status for liar in filler}
    assert statuses == {422, 503}  # the disk filled up with evidence
    connection.execute("pragma max_page_count = 1000000")
    assert witness.add_checkpoint(log.request(5, 9)).status == 200


def test_a_lost_memory_or_another_key_is_refused(
    make_witness: Callable[..., Witness], tmp_path: Path
) -> None:
    first, second = make_witness("first"), make_witness("second")
    with pytest.raises(StoreError) as caught:
        WitnessStore(tmp_path / "nothing")
    assert caught.value.code == "witness_missing"
    for each in (first, second):
        each.store.close()
    (tmp_path / "first" / "witness.key").write_bytes(
        (tmp_path / "second" / "witness.key").read_bytes()
    )
    with pytest.raises(StoreError) as caught:
        WitnessStore(tmp_path / "first")
    assert caught.value.code == "witness_other_key"
    for path in (tmp_path / "second").glob("witness.sqlite*"):
        path.unlink()
    for again in (
        lambda: WitnessStore(tmp_path / "second"),
        lambda: WitnessStore.create(tmp_path / "second", new_secrets("x.example")),
    ):
        with pytest.raises(StoreError) as caught:
            again()
        assert caught.value.code in ("witness_memory_lost", "witness_exists")
    (tmp_path / "first" / "witness.key").write_text("nonsense\n")
    with pytest.raises(StoreError) as caught:
        WitnessStore(tmp_path / "first")
    assert caught.value.code == "witness_key_unreadable"


def test_a_damaged_memory_or_a_place_one_cannot_write_is_refused(
    make_witness: Callable[..., Witness], tmp_path: Path
) -> None:
    witness = make_witness()
    witness.store.close()
    for path in witness.store.directory.glob("witness.sqlite-*"):
        path.unlink()
    (witness.store.directory / "witness.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError) as caught:
        WitnessStore(witness.store.directory)
    assert caught.value.code == "witness_memory_unreadable"
    (witness.store.directory / "witness.sqlite").write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        WitnessStore(witness.store.directory)
    assert caught.value.code == "witness_memory_unreadable"
    (tmp_path / "a-file").touch()
    with pytest.raises(StoreError) as caught:
        WitnessStore.create(tmp_path / "a-file" / "w", new_secrets("x.example"))
    assert caught.value.code == "witness_not_made"


def test_the_key_file_is_for_its_owner_alone(witness: Witness) -> None:
    assert (witness.store.directory / "witness.key").stat().st_mode & 0o777 == 0o600
