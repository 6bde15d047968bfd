"""Quiet hours: the same checkpoint, cosigned anew, shows that nothing is withheld."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.log import api as log
from sogoc.kernel.log_policy import Policy
from tests.credentials.log.witnessing import BASE, NOW, ORIGIN, Running, add

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = ("2025", "so-hoa")
THEN = datetime.fromtimestamp(NOW, UTC)


def later(witnesses: list[Running], seconds: int) -> None:
    """Let the witnesses' clocks go on."""
    for each in witnesses:
        each.stop()
        each.back = -seconds
        each.start()


def witnessed(home: Path) -> dict[str, int]:
    """Who cosigned the published checkpoint, and when, in seconds after the first time."""
    policy = log.public_file(home, base=BASE, path=f"{ORIGIN}/policy")
    note = log.public_file(home, base=BASE, path=f"{ORIGIN}/checkpoint")
    assert policy is not None
    assert note is not None
    read = Policy.parse(policy.data)
    names = {each.key: each.name for each in read.witnesses}
    opened = read.verify(note.data).opened
    return {names[each.key]: each.timestamp - NOW for each in opened.cosignatures}


def test_old_checkpoint_is_cosigned_anew(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(5)
    sequence()
    before = witnessed(tmp_path)
    assert before == dict.fromkeys(("inspectorate", "archive", "university"), 0)
    size = log.freshness(tmp_path, base=BASE)[0].size
    assert log.renew_cosignatures(tmp_path, base=BASE, now=THEN + timedelta(minutes=20)) == ()
    later(witnesses, 1260)
    now = THEN + timedelta(minutes=21)
    assert log.renew_cosignatures(tmp_path, base=BASE, now=now) == BOTH
    assert set(witnessed(tmp_path).values()) == {1260}
    (found,) = [each for each in log.freshness(tmp_path, base=BASE) if each.stream == "2025"]
    assert (found.size, found.problems(now + timedelta(minutes=59))) == (size, [])
    add(1, "goes on as before")
    assert sequence().sizes["2025"] == size + 1


def test_a_served_policy_keeps_its_logs(
    witnesses: list[Running],
    sequence: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a web server gives names the log's keys after a quiet hour as well."""
    served = tmp_path / "public" / BASE
    shutil.copytree(tmp_path / "log", served)
    monkeypatch.setenv("SOGOC_LOG_STORE", str(served))
    add(5)
    sequence()
    before = (served / "2025" / "policy").read_bytes()
    assert len(Policy.parse(before).logs) == 2
    later(witnesses, 1260)
    now = THEN + timedelta(minutes=21)
    assert log.renew_cosignatures(tmp_path, base=BASE, now=now) == BOTH
    assert (served / "2025" / "policy").read_bytes() == before
    note = (served / "2025" / "checkpoint").read_bytes()
    assert Policy.parse(before).judge(note).is_met


def test_without_a_quorum_the_note_stays(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(5)
    sequence()
    before = witnessed(tmp_path)
    later(witnesses, 4000)
    now = THEN + timedelta(seconds=4000)
    witnesses[0].stop()
    witnesses[1].stop()
    assert log.renew_cosignatures(tmp_path, base=BASE, now=now) == ()
    assert witnessed(tmp_path) == before
    late = log.age_problems(log.freshness(tmp_path, base=BASE), now=now)
    assert [each.what for each in late] == list(BOTH)
    witnesses[1].start()
    assert log.renew_cosignatures(tmp_path, base=BASE, now=now) == BOTH
    assert set(witnessed(tmp_path)) == {"archive", "university"}


def test_a_year_that_has_ended_and_a_log_without_witnesses_are_left_alone(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    add(5)
    sequence()
    later(witnesses, 365 * 86_400)
    ended = THEN + timedelta(days=365)
    assert log.renew_cosignatures(tmp_path, base=BASE, now=ended) == ("so-hoa",)
    (tmp_path / "log-witnesses").unlink()
    assert log.renew_cosignatures(tmp_path, base=BASE, now=THEN + timedelta(days=1)) == ()
