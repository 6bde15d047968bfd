"""Judging a file from anybody in a process of its own, under limits of work and memory.

The process has the bytes, a trust bundle and the time, not the environment; it can write no file
and lasts as long as one answer. A file that takes more work than any of ours, or on which our
reading stumbles, is invalid as one that cannot be read. Nothing of it is kept or written anywhere.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.verifier.judging import judge
from sogoc.verifier.report import Check, Report, Result
from sogoc.verifier.trust import Trust, TrustError

LARGEST: Final = 5 * 2**20
"""Longest file judged for anybody, in bytes: ten times the largest paper of ours."""
WORK: Final = 20
"""Seconds of processor for one file; a paper of ours takes a fraction of one."""
MEMORY: Final = 512 * 2**20
"""Bytes beyond what the bundle takes."""
PATIENCE: Final = 90
"""Seconds to wait for an answer on a machine with other work."""
LARGEST_OF_ONES_OWN: Final = 64 * 2**20
"""The same for who asks at their own machine: a decision with its list of ten thousand lines …"""
WORK_OF_ONES_OWN: Final = 240
MEMORY_OF_ONES_OWN: Final = 2 * 2**30
_UNTRUSTED: Final = 3
"""How the process ends when the bundle cannot be read."""

_COMMAND: Final = (sys.executable, "-P", "-m", "sogoc.verifier.apart")
"""`-P`: nothing is imported from the folder it runs in, which may be full of files from anybody."""
_NEEDED: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
_PAGE: Final = os.sysconf("SC_PAGESIZE")
_CHUNK: Final = 1 << 20
_logger = logging.getLogger(__name__)


class NotJudged(Error):
    """There was no answer for want of time or memory here: nothing is said of the file."""


class Bundle:
    """The bytes of a trust bundle in memory that other processes can read; closed when unused."""

    def __init__(self, data: bytes) -> None:
        self.file = os.memfd_create("trust")
        view = memoryview(data)
        while view:
            view = view[os.write(self.file, view) :]

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.close(self.file)


def judge_apart(data: bytes, bundle: Bundle, at: datetime, *, is_ones_own: bool = False) -> Report:
    """Judge a file as of an aware time; `is_ones_own` allows a larger one and more work.

    Raises `NotJudged`, `TrustError` for a bundle that cannot be read; no other error, whatever the
    bytes.
    """
    if len(data) > (LARGEST_OF_ONES_OWN if is_ones_own else LARGEST):
        return _unreadable()
    words = ["own"] if is_ones_own else []
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*_COMMAND, str(bundle.file), at.isoformat(), *words],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(bundle.file,),
            env={**_kept(), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=PATIENCE + (WORK_OF_ONES_OWN if is_ones_own else 0),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _not_judged() from None
    if done.returncode == _UNTRUSTED:
        Trust.parse(_read(bundle.file))  # says what is wrong with it
    if done.returncode == -signal.SIGXCPU:
        _logger.warning("a file took more than %s seconds of work to judge", _work(is_ones_own))
        return _unreadable()
    if done.returncode != 0:
        _logger.error("judging apart ended with %s", done.returncode)
        raise _not_judged()
    found = json.loads(done.stdout)
    if found["stumbled"]:
        _logger.error("judging stumbled: %s", found["stumbled"])
    return _report(found)


def main() -> int:
    """Judge the bytes on standard input by the bundle and time in the arguments; print JSON."""
    bundle, at = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    is_ones_own = sys.argv[3:] == ["own"]
    data = sys.stdin.buffer.read()
    try:
        trust = Trust.parse(_read(bundle))
    except TrustError:
        return _UNTRUSTED
    _limit(_work(is_ones_own), MEMORY_OF_ONES_OWN if is_ones_own else MEMORY)
    stumbled = ""
    try:
        report = judge(data, trust, at)
    except Exception as error:  # whatever it is, the file is none of ours
        report, stumbled = _unreadable(trust.is_development), type(error).__name__
    json.dump(_plain(report, stumbled), sys.stdout)
    return 0


def _kept() -> dict[str, str]:
    """What the interpreter needs of our environment to find itself; no secret of ours."""
    return {name: os.environ[name] for name in _NEEDED if name in os.environ}


def _work(is_ones_own: bool) -> int:
    return WORK_OF_ONES_OWN if is_ones_own else WORK


def _limit(work: int, memory: int) -> None:
    """Allow so much more memory and work, and nothing to be written."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    work += int(used.ru_utime + used.ru_stime)
    memory += int(Path("/proc/self/statm").read_text("ascii").split()[0]) * _PAGE
    for what, most in (
        (resource.RLIMIT_CPU, work),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        # work is told apart from a kill by anybody else: a signal of its own comes first
        hard = most + 2 if what == resource.RLIMIT_CPU else most
        resource.setrlimit(what, (most, hard))


def _read(file: int) -> bytes:
    """Read all of a file that several processes share: its position is not ours to move."""
    parts: list[bytes] = []
    at = 0
    while part := os.pread(file, _CHUNK, at):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def _plain(report: Report, stumbled: str) -> dict[str, Any]:
    return {
        "stumbled": stumbled,
        "kind": report.kind,
        "checks": [[c.name, c.result.value, c.why.vi, c.why.en] for c in report.checks],
        "facts": report.facts,
        "as_of": None if report.as_of is None else report.as_of.isoformat(),
        "is_development": report.is_development,
    }


def _report(found: dict[str, Any]) -> Report:
    return Report(
        kind=found["kind"],
        checks=[
            Check(name, Result(result), Text(vi, en)) for name, result, vi, en in found["checks"]
        ],
        facts=found["facts"],
        as_of=None if found["as_of"] is None else datetime.fromisoformat(found["as_of"]),
        is_development=found["is_development"],
    )


def _unreadable(is_development: bool = False) -> Report:
    report = Report("", is_development=is_development)
    report.failed(
        "document",
        "Tệp không đọc được như tệp của sổ gốc.",
        "The file cannot be read as a file of the register.",
    )
    return report


def _not_judged() -> NotJudged:
    return NotJudged(
        "not_judged",
        Text(
            "Máy đang bận, chưa kiểm được tệp. Hãy thử lại sau ít phút.",
            "The machine is busy and could not judge the file. Please try again in a few minutes.",
        ),
    )


if __name__ == "__main__":
    raise SystemExit(main())
