"""`python -m tests.faults.zygote`: does pieces of work in forked processes that may be killed.

Django is set up once; each piece then costs a fork. Requests come as lines of JSON:

    {"calls": [{"name": "prepare", "arguments": {…}, "wait": 0.01}, …], "kill_after": 0.2}

All calls of a request start at the same moment, each in a process of its own, after its `wait`
(seconds); `kill_after` kills them. The answer is a line of JSON: for each call `{"value": …}`,
`{"error": code, "text": …}` or `{"signal": 9}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the work prints is not an answer
    from sogoc.config import boot

    boot.setup(start_server=True)
    from tests.faults import work  # noqa: F401 - imported here once, not in each child

    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line), Path(folder))), file=answers, flush=True)


def _answer(request: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    gate, open_gate = os.pipe()
    children = []
    for number, call in enumerate(request["calls"]):
        file = folder / f"{number}.json"
        file.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            os.close(open_gate)
            _work(call, gate, file)
        children.append((child, file))
    os.close(gate)
    os.close(open_gate)  # every child waits for this
    if (seconds := request.get("kill_after")) is not None:
        time.sleep(seconds)
        for child, _ in children:
            os.kill(child, signal.SIGKILL)  # not reaped yet, so the number is still theirs
    return [_outcome(child, file) for child, file in children]


def _work(call: dict[str, Any], gate: int, file: Path) -> None:
    """In the child: do the piece of work, leave its value in `file`, and end."""
    from sogoc.kernel.errors import Error
    from tests.faults import work

    os.read(gate, 1)
    time.sleep(call.get("wait", 0))
    try:
        answer = {"value": getattr(work, call["name"])(**call["arguments"])}
    except Error as error:
        answer = {"error": error.code, "text": str(error.message)}
    except BaseException as error:
        answer = {"error": type(error).__name__, "text": traceback.format_exc()}
    file.write_text(json.dumps(answer), "utf-8")
    os._exit(0)


def _outcome(child: int, file: Path) -> dict[str, Any]:
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    outcome: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return outcome


if __name__ == "__main__":
    main()
