"""What the law said of one thing, day after day: spans in order, the silent ones included."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sogoc.kernel.periods import Period
from sogoc.policy.api import Law
from sogoc.web.law.statements import AUTHORITY, LATER, Statement, of_topic


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which the same statements speak. Without statements the rule set is silent."""

    period: Period
    rules: tuple[Statement, ...]

    @property
    def is_silent(self) -> bool:
        """Whether the rule set says nothing for these days."""
        return not self.rules


@dataclass(frozen=True, slots=True)
class Around:
    """The span of a day, with the one before and the one after where there are any."""

    before: Span | None
    now: Span | None
    after: Span | None


def authority_spans(law: Law, kind: str) -> tuple[Span, ...]:
    """Who issues a kind, span by span; a special rule silences the general ones beside it."""
    rules = {s.id: s for s in of_topic(law, AUTHORITY) if kind in s.kinds}
    return _spans(rules.values(), lambda on: tuple(rules[row.id] for row in law.rows(kind, on)))


def act_spans(law: Law, act: str) -> tuple[Span, ...]:
    """What the regulations said of a later act, span by span."""
    rules = [s for s in of_topic(law, LATER) if act in s.acts]
    return _spans(rules, lambda on: tuple(s for s in rules if s.period.contains(on)))


def around(spans: Sequence[Span], on: date) -> Around:
    """Return the span that holds the day, and its neighbours."""
    for place, span in enumerate(spans):
        if span.period.contains(on):
            return Around(
                spans[place - 1] if place else None,
                span,
                spans[place + 1] if place + 1 < len(spans) else None,
            )
    earlier = [s for s in spans if s.period.until is not None and s.period.until <= on]
    later = [s for s in spans if s.period.start is not None and s.period.start > on]
    return Around(earlier[-1] if earlier else None, None, later[0] if later else None)


def _spans(
    rules: Iterable[Statement], speaking: Callable[[date], tuple[Statement, ...]]
) -> tuple[Span, ...]:
    periods = [rule.period for rule in rules]
    bounds = sorted({b for p in periods for b in (p.start, p.until) if b is not None})
    opens = any(p.start is None for p in periods)
    ends_open = any(p.until is None for p in periods)
    edges: list[date | None] = [*([None] if opens else []), *bounds, *([None] if ends_open else [])]
    found: list[Span] = []
    for start, until in itertools.pairwise(edges):
        first = start or (until - timedelta(days=1) if until else date.min)
        said = speaking(first)
        if found and found[-1].rules == said:
            found[-1] = Span(Period(found[-1].period.start, until), said)
        else:
            found.append(Span(Period(start, until), said))
    return tuple(found)
