"""`python -m bench [NAME] [--rows N] [--record]`.

Each benchmark runs in a process of its own, one after another. `--rows` makes a smaller trial,
which is never recorded; `--record` writes machine, day and results into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.record import missing, record
from bench.result import Result

NAMES = (
    "check",
    "credentials",
    "intake",
    "issue",
    "log",
    "lookup",
    "pdf",
    "publish",
    "scaling",
    "status",
    "sweep",
)


def main() -> int:
    """Run what was asked for; return 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--rows", type=int, help="a smaller trial with so many rows")
    parser.add_argument("--record", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if asked.record and asked.rows:
        parser.error("a smaller trial is not recorded")
    if asked.record and (places := missing(asked.names or NAMES)):
        parser.error(f"docs/benchmarks.md has no place for: {', '.join(places)}")
    if asked.result:
        result = _run(asked.names[0], asked.rows)
        asked.result.write_text(json.dumps(result.as_json()), "utf-8")
        return 0
    results = []
    for name in asked.names or NAMES:
        results.append(_apart(name, asked.rows))
        if asked.record:  # at once: a later one may be cut off
            record(results[-1:])
    return 0 if all(result.is_met for result in results) else 1


def _run(name: str, rows: int | None) -> Result:
    module = importlib.import_module(f"bench.{name}")
    result: Result = module.run(rows or module.FULL)
    return result


def _apart(name: str, rows: int | None) -> Result:
    """Run one benchmark in a fresh process and show its result."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        command = [sys.executable, "-m", "bench", name, "--result", str(file)]
        if rows:
            command += ["--rows", str(rows)]
        subprocess.run(command, check=True)
        result = Result.from_json(json.loads(file.read_text("utf-8")))
    print("\n".join(result.lines()), flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
