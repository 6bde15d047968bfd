"""Four memories of one log: each alone may be lost, none may come back from a copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.log import api as log
from sogoc.credentials.log.locking import LOCK_FILE, Locked, SqliteLockStore
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import open_note
from sogoc.people.api import Actor, acting
from sogoc.signer.api import DATABASE, KEYS, SignerClient, SignerStore, is_served, stop
from tests.credentials.log.conftest import BASE

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = f"{BASE}/2025"


def add(count: int, prefix: str = "leaf") -> None:
    with acting(Actor.system("test")):
        for number in range(count):
            log.add_leaf("2025", "test", f"{prefix} {number}".encode())


def published(home: Path) -> Checkpoint:
    folder = home / "log" / "2025"
    key = (folder / "key").read_text().strip()
    return Checkpoint.parse(open_note((folder / "checkpoint").read_bytes(), [key]).text)


def forget_signed(home: Path) -> None:
    stop(home / "signer")
    for file in (home / "signer").glob(f"{DATABASE}*"):
        file.unlink()


def refused(sequence: Callable[..., Any]) -> str:
    with pytest.raises(log.LogError) as error:
        sequence()
    return error.value.code


def copied(home: Path, *names: str) -> Callable[[], None]:
    """Copy folders of the home now; the function returned brings the copies back."""
    stop(home / "signer")
    kept = home / "kept"
    for name in names:
        shutil.copytree(home / name, kept / name, ignore=shutil.ignore_patterns("socket"))

    def bring_back() -> None:
        stop(home / "signer")
        for name in names:
            shutil.rmtree(home / name)
            shutil.copytree(kept / name, home / name)

    return bring_back


def test_lost_lock_store_is_made_anew_from_the_signer(
    sequence: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(10)
    sequence()
    before = SqliteLockStore(tmp_path / LOCK_FILE).get(ORIGIN)
    shutil.rmtree(tmp_path / "lock")
    sequence()  # also with nothing new
    assert SqliteLockStore(tmp_path / LOCK_FILE).get(ORIGIN) == before
    assert "made anew from the signer" in caplog.text
    shutil.rmtree(tmp_path / "lock")
    add(10, "more")
    assert sequence().sizes == {"2025": 20}
    assert published(tmp_path).size == 20
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_lock_store_of_an_old_copy_is_brought_up_to_the_signer(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    bring_back = copied(tmp_path, "lock")
    add(10, "more")
    sequence()
    bring_back()
    add(10, "and more")
    assert sequence().sizes == {"2025": 30}


def test_signer_that_lost_its_memory_takes_it_from_the_lock_store(
    sequence: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(300)
    sequence()
    before = published(tmp_path)
    forget_signed(tmp_path)
    add(10, "more")
    assert sequence().sizes == {"2025": 310}
    assert "made anew from the lock store" in caplog.text
    assert published(tmp_path).size == 310
    stop(tmp_path / "signer")
    store = SignerStore(tmp_path / "signer")
    assert (store.is_successor, store.head(ORIGIN).size) == (True, 310)
    store.close()
    assert before.size == 300
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_signer_that_forgot_adopts_logs_without_new_leaves_as_well(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Else losing the lock store later would be losing both for them."""
    with acting(Actor.system("test")):
        log.add_leaf("so-hoa", "test", b"old")
    add(10)
    sequence()
    forget_signed(tmp_path)
    add(10, "more")
    sequence()
    shutil.rmtree(tmp_path / "lock")
    assert sequence().sizes == {"2025": 20, "so-hoa": 1}


def test_logs_that_a_broken_off_run_did_not_come_to_are_adopted_by_the_next(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """The next run has nothing to write: neither of the two logs would make it ask the signer."""

    def break_off(step: str) -> None:
        if step == "kept":
            raise KeyboardInterrupt

    with acting(Actor.system("test")):
        log.add_leaf("so-hoa", "test", b"old")
    add(10)
    sequence()
    forget_signed(tmp_path)
    add(10, "more")
    with pytest.raises(KeyboardInterrupt):
        sequence(reached=break_off)
    sequence()
    shutil.rmtree(tmp_path / "lock")
    assert sequence().sizes == {"2025": 20, "so-hoa": 1}


def test_signer_that_forgot_takes_up_a_new_log_as_well(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    forget_signed(tmp_path)
    with acting(Actor.system("test")):
        log.add_leaf("2026", "test", b"of another year")
    assert sequence().sizes == {"2025": 10, "2026": 1}


def test_signer_and_lock_store_lost_together_are_not_guessed(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    forget_signed(tmp_path)
    shutil.rmtree(tmp_path / "lock")
    add(10, "more")
    assert refused(sequence) == "log_memory_lost"
    assert published(tmp_path).size == 10
    assert log.audit(tmp_path, base=BASE).waiting == 10  # it serves and audits all the same


def test_lost_key_is_said_and_never_replaced(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(10)
    sequence()
    stop(tmp_path / "signer")
    key = (tmp_path / "signer" / KEYS).read_bytes()
    shutil.rmtree(tmp_path / "signer")
    add(10, "more")
    assert refused(sequence) == "log_signer_lost"
    assert not (tmp_path / "signer").exists()
    (problem,) = log.audit(tmp_path, base=BASE).problems
    assert (problem.kind, problem.what) == ("stream", "2025")
    assert "khóa đã công bố" in problem.message.vi
    (tmp_path / "signer").mkdir(mode=0o700)
    (tmp_path / "signer" / KEYS).write_bytes(key)  # the sealed copy, without any memory
    assert sequence().sizes == {"2025": 20}
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_everything_of_the_home_rolled_back_is_refused_by_the_database(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    bring_back = copied(tmp_path, "log", "signer", "lock")
    add(10, "more")
    sequence()
    bring_back()
    assert refused(sequence) == "log_rolled_back"
    assert published(tmp_path).size == 10


def test_signer_of_an_old_copy_is_refused(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(10)
    sequence()
    bring_back = copied(tmp_path, "signer")
    add(10, "more")
    sequence()
    bring_back()
    add(10, "and more")
    assert refused(sequence) == "log_rolled_back"
    forget_signed(tmp_path)  # what the message says to do
    assert sequence().sizes == {"2025": 30}


def test_database_rolled_back_is_refused(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(10)
    sequence()
    locks = SqliteLockStore(tmp_path / LOCK_FILE)
    assert locks.swap(ORIGIN, locks.get(ORIGIN), Locked(12, b"x" * 32))
    assert refused(sequence) == "log_rolled_back"
    add(5, "other leaves than the ones locked")
    assert refused(sequence) == "log_forked"
    assert published(tmp_path).size == 10


def test_log_of_another_key_or_name_is_not_taken_over(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    with pytest.raises(log.LogError) as error:
        log.sequence(tmp_path, base="another.test")
    assert error.value.code == "log_checkpoint_foreign"


def test_sequencer_of_another_database_finds_the_tree_taken(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Two databases each believe they are the first one, as after a split of a cluster."""
    locks = SqliteLockStore(tmp_path / LOCK_FILE)
    add(10)
    sequence()
    other = Locked(15, merkle.root_hash([merkle.leaf_hash(b"%d" % each) for each in range(15)]))

    def meanwhile(step: str) -> None:
        if step == "tiles":
            assert locks.swap(ORIGIN, locks.get(ORIGIN), other)

    add(10, "more")
    with pytest.raises(log.LogError) as error:
        sequence(reached=meanwhile)
    assert error.value.code == "log_overtaken"
    assert refused(sequence) == "log_forked"
    assert published(tmp_path).size == 10


def test_swap_lets_one_of_many_go_on(tmp_path: Path) -> None:
    SqliteLockStore(tmp_path / LOCK_FILE)
    won: list[int] = []
    ready = threading.Barrier(8)

    def swap(number: int) -> None:
        ready.wait()
        if SqliteLockStore(tmp_path / LOCK_FILE).swap(
            ORIGIN, None, Locked(1, bytes([number] * 32))
        ):
            won.append(number)

    threads = [threading.Thread(target=swap, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    locks = SqliteLockStore(tmp_path / LOCK_FILE)
    assert len(won) == 1
    assert locks.get(ORIGIN) == Locked(1, bytes(won * 32))
    assert not locks.swap(ORIGIN, Locked(1, b"y" * 32), Locked(2, b"z" * 32))
    assert locks.swap(ORIGIN, locks.get(ORIGIN), Locked(2, b"z" * 32))
    assert not locks.swap(ORIGIN, locks.get(ORIGIN), Locked(1, b"z" * 32))
    connection = sqlite3.connect(tmp_path / LOCK_FILE)
    for statement in ("update head set size = 1", "delete from head"):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    connection.close()


def test_damaged_lock_store_says_what_to_do(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(3)
    sequence()
    (tmp_path / LOCK_FILE).write_bytes(b"damaged" * 1000)
    add(3, "more")
    assert refused(sequence) == "log_lock_unreadable"
    (tmp_path / LOCK_FILE).unlink()
    assert sequence().sizes == {"2025": 6}


def test_home_of_an_earlier_version_moves_by_itself(
    sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Its key lay in `keys`, its memory beside it, and there was no lock store."""
    import json

    from sogoc.kernel.notes import SignerKey, VerifierKey
    from sogoc.signer.keys import FileKeys

    add(10)
    sequence()
    before = published(tmp_path)
    stop(tmp_path / "signer")
    seed = FileKeys.read(tmp_path / "signer" / KEYS).ed25519
    for name in ("signer", "lock"):
        shutil.rmtree(tmp_path / name)
    (tmp_path / "log" / "2025" / "key-ml-dsa-44").unlink()
    memory = tmp_path / "keys" / "log-signed"
    memory.mkdir(parents=True)
    (memory / "2025").write_text(json.dumps({"size": 10, "root": before.root.hex()}))
    old = tmp_path / "keys" / "log-signing-key"
    old.write_text(SignerKey("development", seed).encode() + "\n")
    add(10, "more")
    assert sequence().sizes == {"2025": 20}
    assert published(tmp_path).size == 20
    key = VerifierKey.parse((tmp_path / "log" / "2025" / "key").read_text().strip())
    assert key == SignerKey(ORIGIN, seed).verifier
    assert (tmp_path / "log" / "2025" / "key-ml-dsa-44").is_file()
    assert not old.exists()
    assert not memory.exists()
    stop(tmp_path / "signer")
    assert not SignerStore(tmp_path / "signer").is_successor
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_nothing_new_starts_no_signer(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(3)
    sequence()
    stop(tmp_path / "signer")
    sequence()
    assert not is_served(tmp_path / "signer")


def test_signer_elsewhere_is_asked_over_its_socket(
    sequence: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    SignerStore.create(theirs).close()
    client = SignerClient(theirs)
    assert client.status()["heads"] == {}
    monkeypatch.setenv("SOGOC_SIGNER", str(theirs / "socket"))
    add(5)
    assert sequence().sizes == {"2025": 5}
    assert client.open(ORIGIN).size == 5
    assert log.audit(tmp_path, base=BASE).problems == ()
    assert not (tmp_path / "signer").exists()
    client.close()
    stop(theirs)
    add(5, "more")
    assert refused(sequence) == "signer_not_running"


def test_false_signature_is_not_published(sequence: Callable[..., Any], tmp_path: Path) -> None:
    """A signer that answers with another log's signature is found out before anybody sees it."""
    from sogoc.signer.api import NOTHING, FileKeys, Head
    from sogoc.signer.store import signed_head

    class Stranger:
        def keys(self, origin: str) -> Any:
            return FileKeys.new().public(origin)

        def open(self, origin: str) -> Head:
            return NOTHING

        def sign(self, checkpoint: Checkpoint, **_: Any) -> Head:
            return signed_head(FileKeys.new(), checkpoint)

        adopt = sign

    add(5)
    with pytest.raises(log.LogError) as error:
        sequence(signer=Stranger())
    assert error.value.code == "log_signature_false"
    assert not (tmp_path / "log" / "2025" / "checkpoint").exists()


def test_secrets_are_the_owners_alone(sequence: Callable[..., Any], tmp_path: Path) -> None:
    add(1)
    sequence()
    for name in ("signer", "lock"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert (tmp_path / "signer" / KEYS).stat().st_mode & 0o777 == 0o600
    assert not os.access(tmp_path / "keys" / "log-signing-key", os.F_OK)
