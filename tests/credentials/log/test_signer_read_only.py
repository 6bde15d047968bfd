"""What the signer's witnesses decide at the start: it signs, it only reads, or it stops."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.log import api as log
from sogoc.credentials.log.locking import LOCK_FILE, Locked, SqliteLockStore
from sogoc.kernel.cosignature import open_checkpoint
from sogoc.kernel.log_policy import Policy
from sogoc.signer.api import DATABASE, stop
from tests.credentials.log.witnessing import BASE, ORIGIN, Running, add, keys_of, published

pytestmark = pytest.mark.django_db(transaction=True)


def restart(home: Path) -> None:
    """The next one who needs the signer starts it anew."""
    stop(home / "signer")


def forget(home: Path, *, lock: bool) -> None:
    stop(home / "signer")
    for file in (home / "signer").glob(f"{DATABASE}*"):
        file.unlink()
    if lock:
        shutil.rmtree(home / "lock")


def refused(sequence: Callable[..., Any]) -> str:
    with pytest.raises(log.LogError) as error:
        sequence()
    return error.value.code


def states(home: Path) -> dict[str, str]:
    return {each.stream: each.state for each in log.log_status(home, base=BASE)}


def test_started_without_quorum_it_serves_and_audits_and_signs_nothing(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    for each in witnesses[:2]:
        each.stop()
    restart(tmp_path)
    add(10, "acts go on")
    before = (tmp_path / "log" / "2025" / "checkpoint").read_bytes()
    for _ in range(2):
        report = sequence()
        assert report.waiting == ("2025",)
        assert "chỉ đọc" in report.read_only["2025"].vi
        assert report.sizes == {"2025": 10, "so-hoa": 1}
    assert (tmp_path / "log" / "2025" / "checkpoint").read_bytes() == before
    assert states(tmp_path)["2025"] == "read_only"
    audited = log.audit(tmp_path, base=BASE)
    assert (audited.problems, audited.waiting) == ((), 10)
    file = log.public_file(tmp_path, base=BASE, path=f"{ORIGIN}/checkpoint")
    assert file is not None
    witnesses[0].start()
    assert sequence().waiting == ()
    assert published(tmp_path)[0] == 20
    assert states(tmp_path)["2025"] == "current"


def test_status_names_silent_witnesses_and_what_others_hold(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    witnesses[2].stop()
    add(5, "more")
    sequence()
    found = {each.stream: each for each in log.log_status(tmp_path, base=BASE)}["2025"]
    assert (found.placed, found.locked, found.signed, found.published) == (15, 15, 15, 15)
    assert {each.name: each.size for each in found.witnesses} == {
        "inspectorate": 15, "archive": 15, "university": None
    }  # fmt: skip
    assert (found.state, found.why) == ("current", None)


def test_signer_restored_from_a_copy_is_stopped_by_a_witness(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    restart(tmp_path)
    shutil.copy(tmp_path / "signer" / DATABASE, tmp_path / "copy")
    add(10, "today")
    sequence()
    restart(tmp_path)
    shutil.copy(tmp_path / "copy", tmp_path / "signer" / DATABASE)
    add(10, "more")
    assert refused(sequence) == "signer_behind_witness"
    assert states(tmp_path)["2025"] == "refused"
    forget(tmp_path, lock=False)  # what the message says to do
    assert sequence().sizes["2025"] == 30
    assert published(tmp_path)[0] == 30


def test_lost_memory_is_made_anew_once_witnesses_confirm_it(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Of three witnesses one missed the last checkpoint: what it holds must be a beginning."""
    add(300)
    sequence()
    witnesses[2].stop()
    add(10, "one is out")
    sequence()
    for each in witnesses[:2]:
        each.stop()
    forget(tmp_path, lock=False)
    add(5, "all are out")
    assert list(sequence().read_only) == ["2025", "so-hoa"]
    for each in witnesses:
        each.start()
    assert sequence().sizes["2025"] == 315
    assert published(tmp_path)[0] == 315


def test_lost_lock_store_waits_for_witnesses_too(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    restart(tmp_path)
    shutil.rmtree(tmp_path / "lock")
    for each in witnesses:
        each.stop()
    assert "2025" in sequence().read_only
    for each in witnesses:
        each.start()
    add(1, "more")
    assert sequence().sizes["2025"] == 11


def test_both_memories_are_recovered_by_hand_from_all_witnesses(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    for each in witnesses[1:]:
        each.stop()
    add(5, "one witness alone has seen these")
    assert sequence().waiting == ("2025",)
    forget(tmp_path, lock=True)
    for each in witnesses[1:]:
        each.start()
    witnesses[0].stop()
    assert refused(sequence) == "log_memory_lost"
    with pytest.raises(log.LogError) as error:
        log.recover(tmp_path, base=BASE)
    assert error.value.code == "log_recovery_incomplete"
    assert error.value.context["silent"] == ["inspectorate"]
    witnesses[0].start()
    assert log.recover(tmp_path, base=BASE) == {"2025": 15, "so-hoa": 1}
    assert log.recover(tmp_path, base=BASE) == {}
    assert sequence().sizes["2025"] == 15
    assert published(tmp_path)[0] == 15
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_old_copies_of_both_memories_are_recovered_as_the_messages_say(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    restart(tmp_path)
    copies = [
        (file, file.read_bytes())
        for folder in ("signer", "lock")
        for file in (tmp_path / folder).glob("*.sqlite*")
    ]
    assert states(tmp_path)["2025"] == "current"  # the signer runs and has asked the witnesses
    for each in witnesses[1:]:
        each.stop()
    add(5, "one witness alone has seen these")
    assert sequence().waiting == ("2025",)
    for each in witnesses[1:]:
        each.start()
    forget(tmp_path, lock=True)
    (tmp_path / "lock").mkdir()
    for file, content in copies:
        file.write_bytes(content)
    assert refused(sequence) == "signer_behind_witness"
    forget(tmp_path, lock=False)
    assert refused(sequence) == "signer_lock_behind_witness"
    assert log.recover(tmp_path, base=BASE) == {"2025": 15}
    assert sequence().sizes["2025"] == 15
    assert published(tmp_path)[0] == 15
    assert log.audit(tmp_path, base=BASE).problems == ()


@pytest.mark.parametrize("size", [9, 10, 11])
def test_recovery_is_refused_where_the_lock_store_holds_another_history(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path, size: int
) -> None:
    add(10)
    sequence()
    forget(tmp_path, lock=True)
    assert SqliteLockStore(tmp_path / LOCK_FILE).swap(ORIGIN, None, Locked(size, b"x" * 32))
    with pytest.raises(log.LogError) as error:
        log.recover(tmp_path, base=BASE)
    assert error.value.code == "log_recovery_impossible"


def test_recovery_is_refused_while_the_signer_holds_an_old_memory(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """It says what to do first, instead of that there is nothing to recover."""
    add(10)
    sequence()
    restart(tmp_path)
    memory = (tmp_path / "signer" / DATABASE).read_bytes()
    add(5, "later")
    sequence()
    forget(tmp_path, lock=True)
    (tmp_path / "signer" / DATABASE).write_bytes(memory)
    with pytest.raises(log.LogError) as error:
        log.recover(tmp_path, base=BASE)
    assert error.value.code == "signer_behind_witness"


def test_recovery_is_refused_where_the_files_are_not_those_that_were_signed(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    forget(tmp_path, lock=True)
    for tile in (tmp_path / "log" / "2025" / "tile" / "0").rglob("10"):
        tile.write_bytes(b"x" * 320)
    with pytest.raises(log.LogError) as error:
        log.recover(tmp_path, base=BASE)
    assert error.value.code == "log_recovery_impossible"


def test_checkpoint_file_bears_both_signatures_of_the_log_and_the_policy_lists_both_keys(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(10)
    sequence()
    note = (tmp_path / "log" / "2025" / "checkpoint").read_text()
    keys = keys_of(tmp_path)
    assert len(open_checkpoint(note, keys).log_signatures) == 2
    policy = log.public_file(tmp_path, base=BASE, path=f"{ORIGIN}/policy")
    assert policy is not None
    assert {str(each.key) for each in Policy.parse(policy.data).logs} == set(map(str, keys))
    for name, key in zip(("vkey", "vkey-ml-dsa-44"), keys, strict=True):
        file = log.public_file(tmp_path, base=BASE, path=f"{ORIGIN}/{name}")
        assert file is not None
        assert file.data == f"{key}\n".encode()
