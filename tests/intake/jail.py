"""Reading a file in a child process that may have only so much memory and processor time."""

from __future__ import annotations

import json
import os
import resource
import signal
from pathlib import Path
from typing import Any, Final

from sogoc.intake.api import IntakeError, read_file

MEMORY: Final = 768 << 20
"""Bytes a reading may take beyond what the process has already."""
SECONDS: Final = 20


def read_in_jail(
    data: bytes, name: str, memory: int = MEMORY, seconds: int = SECONDS
) -> dict[str, Any]:
    """What became of reading: `rows`, `refused` (a code), `failed` (an exception) or `killed`."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            with os.fdopen(theirs, "w", encoding="utf-8") as answer:
                json.dump(_read(data, name, memory, seconds), answer)
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, encoding="utf-8") as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"killed": signal.Signals(os.WTERMSIG(status)).name}
    found: dict[str, Any] = json.loads(said) if said else {"killed": "without a word"}
    return found


def _read(data: bytes, name: str, memory: int, seconds: int) -> dict[str, Any]:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, spent + seconds))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what an abort would print
    try:
        reading = read_file(data, name)
    except IntakeError as refused:
        return {"refused": refused.code, "said": refused.message.vi}
    except BaseException as failed:
        return {"failed": f"{type(failed).__name__}: {failed}"}
    shown = str([row.values for row in reading.rows()][:50])
    return {"rows": sum(len(sheet.rows) for sheet in reading.sheets), "shown": shown}
