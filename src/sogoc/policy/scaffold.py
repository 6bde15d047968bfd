"""``make new-check``: the two files of a new check, with marks a test refuses until they are gone.

``python -m sogoc.policy.scaffold DAY ID VIOLATION SCOPE [AREA]`` writes
``checks/<area>/<id>.py`` and its cases. A file that exists is never written over.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

MARK: Final = "FILL" + "-IN"
"""What the scaffold leaves where an author has to write; ``FILL`` and ``-IN`` apart, so that this
file bears no mark itself."""

FOLDER: Final = Path(__file__).parent / "checks"
SCOPES: Final = ("act", "row", "list")
_ID: Final = re.compile(r"[EW](-[A-Z]+)+")
_VIOLATION: Final = re.compile(r"V(?:0[1-9]|[1-3]\d|4[0-7])|-")


class ScaffoldError(Error):
    """The name, violation or scope is not of the conventions, or the check exists."""


_RUNS: Final = {
    "act": (
        "ActFacts",
        "Result",
        (
            "def run(act: ActFacts, law: Law) -> Result:\n"
            '    """{mark}: what it looks at."""\n'
            "    return failed() if {mark_name}(act, law) else PASSED\n"
        ),
        "PASSED, Result, failed",
    ),
    "row": (
        "ActFacts, RowFacts",
        "Result",
        (
            "def run(row: RowFacts, act: ActFacts, law: Law) -> Result:\n"
            '    """{mark}: what it looks at."""\n'
            '    return failed(column="full_name") if {mark_name}(row, act, law) else PASSED\n'
        ),
        "PASSED, Result, failed",
    ),
    "list": (
        "ListFacts",
        "Iterator",
        (
            "def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:\n"
            '    """{mark}: what it looks at."""\n'
            "    if {mark_name}(facts, law):\n"
            "        yield None, failed()\n"
        ),
        "Result, failed",
    ),
}

_MODULE: Final = '''"""{mark}: quy tắc, bằng lời của luật; đây là câu người dùng đọc.

{mark}: the same rule in English.

{mark}: why the rule is there, what it leaves to other checks.
"""

{iterator}from datetime import date

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import {facts}
from sogoc.policy.findings import {results}
from sogoc.policy.statute import Cite, Law

CHECK = Check(
    id="{id}",
    violation={violation},
    scope="{scope}",
    citations=(Cite("TT-21-2019", "{mark}"), Cite("TT-10-2026")),
    remedy=Text("{mark}.", "{mark}."),
    reviewed=date({year}, {month}, {day}),
    applies=live_issue,
)


{run}'''

_CASES: Final = """# {mark}: a pass, a fail, and both sides of every date, in the law's words.
- case: {mark} đúng
  given: {{day: 2025-04-10}}
  expect: pass
- case: {mark} sai
  given: {{day: 2025-04-10}}
  expect: {expected}
  says: "{mark}"
- case: {mark} ngày cuối trước TT 21/2019
  given: {{day: 2020-01-14}}
  expect: pass
- case: {mark} ngày đầu TT 21/2019
  given: {{day: 2020-01-15}}
  expect: {expected}
"""


def scaffold(
    name: str, violation: str, scope: str, area: str, *, on: date, folder: Path = FOLDER
) -> tuple[Path, Path]:
    """Write the files of a new check; return them. Raises ``ScaffoldError``.

    ``violation`` is ``V01`` … or ``-`` for a rule of the house; ``on`` the day of review.
    """
    if _ID.fullmatch(name) is None:
        raise _refused(f"“{name}”: E- (chặn) hoặc W- (lưu ý), chữ in hoa, như E-NO-DECISION")
    if _VIOLATION.fullmatch(violation) is None:
        raise _refused(f"“{violation}”: V01 đến V47, hoặc - (quy tắc nghiệp vụ)")
    if scope not in SCOPES:
        raise _refused(f"“{scope}”: {', '.join(SCOPES)}")
    areas = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("_"))
    if area not in areas:
        raise _refused(f"“{area}”: {', '.join(areas)}")
    stem = name.lower().replace("-", "_")
    if found := list(folder.glob(f"*/{stem}.py")):
        raise _refused(f"đã có {found[0].name}")
    facts, returns, run, results = _RUNS[scope]
    if name.startswith("W-"):
        run, results = run.replace("failed", "warned"), results.replace("failed", "warned")
    module = _MODULE.format(
        mark=MARK,
        iterator="from collections.abc import Iterator\n" if returns == "Iterator" else "",
        facts=facts,
        results=results,
        id=name,
        violation="None" if violation == "-" else f'"{violation}"',
        scope=scope,
        year=on.year,
        month=on.month,
        day=on.day,
        run=run.format(mark=MARK, mark_name="fill_in"),
    )
    cases = _CASES.format(mark=MARK, expected="warn" if name.startswith("W-") else "fail")
    files = folder / area / f"{stem}.py", folder / area / f"{stem}.yaml"
    for file, text in zip(files, (module, cases), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def _refused(why: str) -> ScaffoldError:
    return ScaffoldError(
        "scaffold_refused", Text(f"Không tạo được phép kiểm: {why}.", f"No check was made: {why}.")
    )


def main(arguments: list[str]) -> int:
    """Run from the Makefile, which knows the day; say what was written, or why nothing was."""
    if len(arguments) not in (4, 5):
        sys.stderr.write("make new-check ID=W-… VIOLATION=V… SCOPE=act|row|list [AREA=decision]\n")
        return 2
    on, name, violation, scope, *area = arguments
    try:
        files = scaffold(
            name, violation, scope, (area or ["decision"])[0], on=date.fromisoformat(on)
        )
    except ScaffoldError as error:
        sys.stderr.write(f"{error.message.vi}\n")
        return 2
    for file in files:
        sys.stdout.write(f"{file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main([a for a in sys.argv[1:] if a]))
