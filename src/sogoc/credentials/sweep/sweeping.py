"""Rà soát: every check over the lines of registers, each under the law of its own date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from sogoc.credentials.sweep.lines import (
    Facts,
    Found,
    alike_lines,
    count_revoked,
    standing_lines,
)
from sogoc.people.api import Actor, acting, get_organisation, organisations, require
from sogoc.policy.api import Check, Finding, checks, load_law, run_lines

CHUNK: Final = 5_000
_TWICE: Final[Mapping[str, str]] = {"V12": "serial", "V16": "entry_number"}
"""Violations looked for among all lines of an issuer, and the column they are about."""


@dataclass(frozen=True, slots=True)
class LineFinding:
    """A finding on one register line: ``code`` is its look-up code."""

    code: str
    issuer: str
    kind: str
    issued_on: date
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found. ``lines`` stood on the day and were judged; ``revoked`` were not.

    ``by_check`` counts findings. ``findings`` is empty when they went to a ``sink``.
    """

    as_of: date
    rule_set: str
    lines: int
    revoked: int
    findings: tuple[LineFinding, ...]
    by_check: Mapping[str, int] = field(default_factory=dict)


def sweep(
    by: Actor,
    as_of: date,
    *,
    issuer: str | None = None,
    sink: Callable[[LineFinding], None] | None = None,
    chunk: int = CHUNK,
) -> SweepReport:
    """Judge every original issued up to ``as_of`` and still standing then, as far as ``by`` sees.

    Lines are read as a stream and judged ``chunk`` at a time, so memory does not grow with the
    register; give a ``sink`` where the findings themselves may be many. Needs ``sweep.run``, for
    ``issuer`` or for some body. Raises ``NotPermitted``, ``PolicyCrash``.
    """
    with acting(by):
        bodies = [get_organisation(issuer)] if issuer else organisations()
        require(by, "sweep.run", organisation_id=bodies[0].pk if issuer else None)
        ids = [body.pk for body in bodies]
        kept: list[LineFinding] = []
        emit = kept.append if sink is None else sink
        counts: Counter[str] = Counter()
        judged = 0
        facts = Facts()
        one_by_one = [check for check in checks() if not _is_about_twice(check)]
        for lines in _chunks(standing_lines(as_of, ids), chunk):
            judged += len(lines)
            _judge(lines, facts, one_by_one, counts, emit)
        for check in checks():
            if _is_about_twice(check):
                alike = alike_lines(as_of, ids, _TWICE[check.violation or ""])
                _judge(alike, facts, [check], counts, emit)
        return SweepReport(
            as_of=as_of,
            rule_set=load_law().rule_set_id,
            lines=judged,
            revoked=count_revoked(as_of, ids),
            findings=tuple(kept),
            by_check=dict(sorted(counts.items())),
        )


def _is_about_twice(check: Check) -> bool:
    return check.whole_register and check.violation in _TWICE


def _judge(
    lines: list[Found],
    facts: Facts,
    only: list[Check],
    counts: Counter[str],
    emit: Callable[[LineFinding], None],
) -> None:
    about = {line["code"]: line for line in lines}
    for code, finding in run_lines(facts.of(lines), load_law(), only=only):
        line = about[code]
        counts[finding.check] += 1
        emit(LineFinding(code, line["issuer"], line["kind"], line["issued_on"], finding))


def _chunks(lines: Iterable[Found], size: int) -> Iterator[list[Found]]:
    stream = iter(lines)
    while chunk := list(islice(stream, size)):
        yield chunk
