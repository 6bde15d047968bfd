"""A file from anybody judged in a process of its own: limits hold, and only verdicts come out."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest

from sogoc.verifier import apart
from sogoc.verifier.api import LARGEST, Bundle, NotJudged, Trust, Verdict, judge, judge_apart
from tests.verifier.making import NOW, World

CHILD = """
from sogoc.verifier import apart
from sogoc.verifier.report import Report
{given}
def judge(data, trust, at):
    {does}
    report = Report("vc")
    report.passed("document", "", "")
    return report
apart.judge = judge
raise SystemExit(apart.main())
"""


@pytest.fixture
def bundle() -> Bundle:
    return Bundle(json.dumps(World().bundle()).encode())


def doing(monkeypatch: pytest.MonkeyPatch, does: str, given: str = "") -> None:
    """Let the process do something else than judge."""
    code = CHILD.format(does=does, given=given)
    monkeypatch.setattr(apart, "_COMMAND", (sys.executable, "-c", code))


def test_it_says_what_judging_here_says(bundle: Bundle) -> None:
    world = World()
    true = world.credential()
    trust = Trust.parse(json.dumps(world.bundle()).encode())
    for data in (true, true.replace(b"Y Bh", b"Y Kh"), b"", b"%PDF-1.7", true[:-1]):
        here = judge(data, trust, NOW)
        assert judge_apart(data, bundle, NOW) == here
    assert judge_apart(true, bundle, NOW).verdict is Verdict.VALID


def test_a_file_longer_than_any_of_ours_is_not_read(bundle: Bundle) -> None:
    report = judge_apart(b"{" * (LARGEST + 1), bundle, NOW)
    assert report.verdict is Verdict.INVALID


def test_endless_work_and_hunger_for_memory_make_a_file_invalid(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing(monkeypatch, "while True: pass", "apart.WORK = 1")
    assert judge_apart(b"{}", bundle, NOW).verdict is Verdict.INVALID
    doing(monkeypatch, "bytearray(apart.MEMORY + 2**20)")
    assert judge_apart(b"{}", bundle, NOW).verdict is Verdict.INVALID


def test_a_stumble_of_ours_is_invalid_and_noted_without_a_word_of_the_file(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    doing(monkeypatch, "raise ValueError('bí mật trong tệp')")
    with caplog.at_level(logging.WARNING):
        assert judge_apart(b"{}", bundle, NOW).verdict is Verdict.INVALID
    assert "ValueError" in caplog.text
    assert "bí mật" not in caplog.text


def test_nothing_is_written(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path / "left"
    doing(monkeypatch, f"import pathlib; pathlib.Path({str(target)!r}).write_text('x' * 10)")
    assert judge_apart(b"{}", bundle, NOW).verdict is Verdict.INVALID
    assert target.read_bytes() == b""


def test_want_of_time_or_a_broken_process_gives_no_verdict(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(NotJudged):
        judge_apart(b"{}", bundle, NOW)
    doing(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(apart, "PATIENCE", 3)
    with pytest.raises(NotJudged):
        judge_apart(b"{}", bundle, NOW)
    monkeypatch.setattr(apart, "_COMMAND", ("/nonexistent",))
    with pytest.raises(NotJudged):
        judge_apart(b"{}", bundle, NOW)
