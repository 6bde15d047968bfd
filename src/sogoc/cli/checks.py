"""``sogoc law coverage``: what of the law is judged, by name. The group ``law`` with it added."""

from __future__ import annotations

from typing import Any

from sogoc.cli.law import law
from sogoc.cli.output import FINE, Output, command, table
from sogoc.cli.words import say, shown
from sogoc.policy.api import COVERAGE_WORDS
from sogoc.policy.api import coverage as judged

__all__ = ["law"]


@law.command()
@command
def coverage(*, output: Output) -> None:
    """Vi phạm, điều khoản nào được kiểm, còn chờ gì. / What is judged, and what still waits."""
    found = judged()
    data = found.plain()
    output.result(
        data,
        lines=[
            _counted(say("Vi phạm", "Violations"), data["counts"]["violations"]),
            _counted(say("Điều, khoản", "Articles"), data["counts"]["articles"]),
            "",
            *table(
                [say("Vi phạm", "Violation"), say("Trạng thái", "State"), say("Bằng", "By")],
                [(v.id, shown(COVERAGE_WORDS[v.state]), _by(v)) for v in found.violations],
            ),
        ],
        code=FINE,
    )


def _counted(title: str, counts: dict[str, int]) -> str:
    each = (f"{shown(COVERAGE_WORDS[state])} {number}" for state, number in counts.items())
    return f"{title}: {', '.join(each)}"


def _by(violation: Any) -> str:
    """What judges a violation, or what it waits for."""
    parts = [*violation.checks, *violation.guards]
    if violation.waits is not None:
        parts.append(f"{say('chờ', 'waits for')}: {shown(violation.waits)}")
    return ", ".join(parts)
