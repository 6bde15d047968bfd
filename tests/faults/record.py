"""`python -m tests.faults.record build/faults.xml`: the result of `make faults` into its page.

Several reports are one result: a run may be done in parts.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.record import run_on

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "faults.md"
BEGIN = "<!-- results: written by `python -m tests.faults.record` -->"
END = "<!-- end of results -->"


def main(*reports: Path, page: Path = PAGE) -> None:
    """Put a table of the reports' tests between the marks of the page."""
    text = page.read_text("utf-8")
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"{page} has no place for results")
    page.write_text(f"{before}{BEGIN}\n{_table(reports)}{END}{after}", "utf-8")


def _table(reports: Sequence[Path]) -> str:
    runs: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    cases = (case for report in reports for case in ET.parse(report).iter("testcase"))
    for case in cases:
        name = re.sub(r"seed-\d+-?|(?<=\[)\d+(?=\])", "", case.get("name", "")).replace("[]", "")
        runs[name] += 1
        seconds[name] += round(1000 * float(case.get("time", "0")))
        failures[name] += any(child.tag in {"failure", "error"} for child in case)
    lines = [
        "",
        run_on(),
        "",
        "| test | runs | failed | s a run |",
        "|---|---|---|---|",
    ]
    for name in sorted(runs):
        each = seconds[name] / runs[name] / 1000
        lines.append(f"| `{name}` | {runs[name]} | {failures[name]} | {each:.1f} |")
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
