"""A file from anybody judged in a process of its own: limits hold, and only verdicts come out."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest

from sogoc.verifier import apart
from sogoc.verifier.api import (
    LARGEST,
    LARGEST_OF_ONES_OWN,
    Bundle,
    NotJudged,
    Trust,
    TrustError,
    Verdict,
    judge,
    judge_apart,
)
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


def test_at_ones_own_machine_files_may_be_larger(bundle: Bundle) -> None:
    """A decision with its list of thousands; still no file without end, and no work without end."""
    true = World().credential()
    assert judge_apart(true, bundle, NOW, is_ones_own=True).verdict is Verdict.VALID
    large = b"sogoc-receipt/1\n" + b" " * LARGEST
    for is_ones_own, read in ((False, ""), (True, "receipt")):
        report = judge_apart(large, bundle, NOW, is_ones_own=is_ones_own)
        assert (report.verdict, report.kind) == (Verdict.INVALID, read)
    endless = large + b" " * LARGEST_OF_ONES_OWN
    assert judge_apart(endless, bundle, NOW, is_ones_own=True).kind == ""


def test_a_bundle_that_cannot_be_read_says_so() -> None:
    for data in (b"", b"{}", b"[" * 100_000):
        with pytest.raises(TrustError):
            judge_apart(b"{}", Bundle(data), NOW)


def test_nothing_is_run_from_the_folder_of_the_files(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever sends files could send programs under names that ours import."""
    for name in ("json", "pyld", "lxml", "sogoc", "resource"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert judge_apart(World().credential(), bundle, NOW).verdict is Verdict.VALID
