"""Rà soát: every check over the lines of registers, each under the law of its own date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sogoc.credentials.sweep.judging import Judge, LineFinding
from sogoc.credentials.sweep.ledgers import ledger_findings
from sogoc.credentials.sweep.lines import (
    START,
    Part,
    Scope,
    count_revoked,
    issuers_with_lines,
    last_line,
    page,
    position,
)
from sogoc.people.api import Actor, acting, get_organisation, organisations, require

CHUNK: Final = 5_000

Sink = Callable[[LineFinding], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found. ``lines`` stood on the day and were judged; ``revoked`` were not.

    ``by_check`` counts findings. ``findings`` is empty when they went to a ``sink``; of a sweep
    that was resumed it has what was found since.

    Of a stored sweep: ``run`` names it; ``opened`` and ``closed`` count cases; ``since_rules`` says
    that only what rests on changed rules, and new lines, were judged, and counted, again.
    """

    as_of: date
    rule_set: str
    lines: int
    revoked: int
    findings: tuple[LineFinding, ...]
    by_check: Mapping[str, int] = field(default_factory=dict)
    run: str | None = None
    opened: int = 0
    closed: int = 0
    since_rules: str | None = None


def sweep(
    by: Actor,
    as_of: date,
    *,
    issuer: str | None = None,
    sink: Sink | None = None,
    chunk: int = CHUNK,
) -> SweepReport:
    """Judge every original issued up to ``as_of`` and still standing then, as far as ``by`` sees.

    Lines are read and judged ``chunk`` at a time, so memory does not grow with the register; give
    a ``sink`` where the findings themselves may be many. Writes nothing. Needs ``sweep.run``, for
    ``issuer`` or for some body. Raises ``NotPermitted``, ``PolicyCrash``.
    """
    with acting(by):
        scope = scope_of(by, as_of, issuer)
        judge = Judge(as_of)
        kept: list[LineFinding] = []
        emit = kept.append if sink is None else sink
        counts: Counter[str] = Counter()

        def count(found: LineFinding) -> None:
            counts[found.finding.check] += 1
            emit(found)

        judged, after = 0, START
        parts = [Part(issuer_id) for issuer_id in issuers_with_lines(scope.issuers)]
        while lines := page(scope, parts, after, chunk):
            judged, after = judged + len(lines), position(lines[-1])
            for found in judge.lines(lines):
                count(found)
        for check_id in judge.across:
            for some in judge.alike(check_id, scope, chunk):
                for found in some:
                    count(found)
        for found in ledger_findings(by, scope.issuers, as_of):
            count(found)
        return SweepReport(
            as_of=as_of,
            rule_set=judge.law.rule_set_id,
            lines=judged,
            revoked=count_revoked(scope),
            findings=tuple(kept),
            by_check=dict(sorted(counts.items())),
        )


def scope_of(by: Actor, as_of: date, issuer: str | None) -> Scope:
    """Return what is swept, up to the last line there is now. Raises ``NotPermitted``."""
    if issuer is None:
        require(by, "sweep.run")
        bodies = organisations()
    else:
        bodies = [get_organisation(issuer)]
        require(by, "sweep.run", organisation_id=bodies[0].pk)
    issuers = (body.pk for body in bodies if by.sees is None or body.pk in by.sees)
    return Scope(as_of, tuple(sorted(issuers)), last_line())
