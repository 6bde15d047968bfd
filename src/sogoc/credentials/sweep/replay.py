"""The same lines under two versions of the law: which checks would judge how many differently."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sogoc.credentials.sweep.judging import Judge, LineFinding
from sogoc.credentials.sweep.lines import START, Part, Scope, issuers_with_lines, page, position
from sogoc.credentials.sweep.sweeping import CHUNK, scope_of
from sogoc.people.api import Actor, acting
from sogoc.policy.api import Law

_Levels = dict[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class CheckChange:
    """How many lines a check judges differently: finds now, finds no more, or at another level."""

    check: str
    found_now: int
    no_longer: int
    other_level: int


@dataclass(frozen=True, slots=True)
class LawComparison:
    """``lines`` were judged under both laws, ``different`` of them with another result."""

    lines: int
    different: int
    by_check: tuple[CheckChange, ...]


def compare_laws(
    *,
    by: Actor,
    as_of: date,
    old: Law,
    new: Law,
    issuer: str | None = None,
    chunk: int = CHUNK,
) -> LawComparison:
    """Judge every standing original under both laws, each line at its own date, and compare.

    The values of the two laws differ, the checks are those of the running program. Memory does not
    grow with the register but for findings across lines. Writes nothing. Needs ``sweep.run``.
    Raises ``NotPermitted``, ``PolicyCrash``.
    """
    with acting(by):
        scope = scope_of(by, as_of, issuer)
        judges = Judge(as_of), Judge(as_of)
        judges[0].law, judges[1].law = old, new
        count = _Count()
        judged, after = 0, START
        parts = [Part(issuer_id) for issuer_id in issuers_with_lines(scope.issuers)]
        while lines := page(scope, parts, after, chunk):
            judged, after = judged + len(lines), position(lines[-1])
            count.add(*(_levels(judge.lines(lines)) for judge in judges))
        for check_id in judges[0].across:
            count.add(*(_levels(_alike(judge, check_id, scope, chunk)) for judge in judges))
        return LawComparison(judged, len(count.lines), count.by_check())


class _Count:
    """Differences, added up over chunks of lines."""

    def __init__(self) -> None:
        self.lines: set[int] = set()
        self._sorts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, before: _Levels, after: _Levels) -> None:
        for key in before.keys() | after.keys():
            was, is_ = before.get(key), after.get(key)
            if was == is_:
                continue
            line, check = key
            self.lines.add(line)
            sort = "found_now" if was is None else "no_longer" if is_ is None else "other_level"
            self._sorts[check][sort] += 1

    def by_check(self) -> tuple[CheckChange, ...]:
        return tuple(
            CheckChange(name, sorts["found_now"], sorts["no_longer"], sorts["other_level"])
            for name, sorts in sorted(self._sorts.items())
        )


def _alike(judge: Judge, check_id: str, scope: Scope, chunk: int) -> Iterator[LineFinding]:
    for some in judge.alike(check_id, scope, chunk):
        yield from some


def _levels(found: Iterable[LineFinding]) -> _Levels:
    """The level of each check on each line."""
    return {(each.line_id, each.finding.check): str(each.finding.level) for each in found}
