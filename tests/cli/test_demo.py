"""`make demo` as it runs: two witnesses of their own cosign a checkpoint over the batch."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from sogoc.kernel.log_policy import Policy
from sogoc.kernel.notes import parse_note
from sogoc.witness.api import WitnessStore
from tests.cli.conftest import Answer, Sogoc

NAMES = ("thanh-tra", "luu-tru")


@pytest.fixture(scope="module")
def told(make_home: Callable[[], Sogoc]) -> tuple[Sogoc, Answer]:
    """A home the demonstration made, and what it said."""
    sogoc = make_home()
    answer = sogoc.run("demo")
    assert answer.code == 0, answer.err
    return sogoc, answer


def number_of(sogoc: Sogoc, name: str) -> int:
    return int((sogoc.home / "witnesses" / name / "pid").read_text())


def is_alive(sogoc: Sogoc, name: str) -> bool:
    try:
        directory = sogoc.home / "witnesses" / name
        return Path(f"/proc/{number_of(sogoc, name)}/cwd").readlink() == directory
    except FileNotFoundError:
        return False


def test_the_quorum_cosigned_a_checkpoint_over_the_batch(
    told: tuple[Sogoc, Answer], tmp_path: Path
) -> None:
    sogoc, answer = told
    shown = answer.data["checkpoint"]
    assert answer.data["issued"]["lines"] == 57
    assert shown["last_index"] < shown["size"]
    assert shown["witnesses"] == [f"{name}-1" for name in NAMES]
    for line in shown["note"].splitlines():
        assert line[:80] in answer.err
    assert max(map(len, answer.err.splitlines())) < 300
    assert sogoc.run("log", "export", str(tmp_path)).code == 0
    policy = Policy.parse((tmp_path / shown["origin"] / "policy").read_text())
    assert policy.verify(shown["note"]).groups == (*NAMES, "hai-co-quan")
    alone = [each for each in parse_note(shown["note"]).signatures if "luu-tru" not in each.name]
    lines = "".join(each.line() for each in alone)
    assert not policy.judge(f"{parse_note(shown['note']).text}\n{lines}").is_met


def test_each_witness_has_a_key_and_a_memory_of_its_own(
    told: tuple[Sogoc, Answer],
) -> None:
    sogoc, answer = told
    keys = set()
    for name in NAMES:
        store = WitnessStore(sogoc.home / "witnesses" / name)
        keys.add(str(store.keys[0]))
        store.close()
        assert is_alive(sogoc, name)
    assert len(keys) == len({number_of(sogoc, name) for name in NAMES}) == 2
    assert not any(key in answer.err for key in keys)


def test_the_second_run_changes_nothing(
    told: tuple[Sogoc, Answer],
) -> None:
    sogoc, first = told
    before = (sogoc.home / "log" / "2025" / "checkpoint").read_bytes()
    again = sogoc.run("demo")
    assert again.code == 0
    assert again.data["checkpoint"] == first.data["checkpoint"]
    assert again.data["issued"]["repeated"]
    assert (sogoc.home / "log" / "2025" / "checkpoint").read_bytes() == before


def test_witnesses_are_started_with_the_home_and_stopped_with_it(
    told: tuple[Sogoc, Answer],
) -> None:
    sogoc, _ = told
    policy = (sogoc.home / "log-witnesses").read_text()
    os.kill(number_of(sogoc, "luu-tru"), signal.SIGKILL)
    assert sogoc.run("log", "audit").code == 0
    assert all(is_alive(sogoc, name) for name in NAMES)
    assert (sogoc.home / "log-witnesses").read_text() == policy
    assert sogoc.run("stop").data == {"stopped": True}
    assert not any(is_alive(sogoc, name) for name in NAMES)
    after = sogoc.run("log", "sequence").data
    assert (after["sequenced"], after["waiting"]) == (0, [])
    assert all(is_alive(sogoc, name) for name in NAMES)


def test_a_home_made_by_init_has_no_witnesses(demo: Sogoc) -> None:
    assert not (demo.home / "witnesses").exists()
    assert not (demo.home / "log-witnesses").exists()
