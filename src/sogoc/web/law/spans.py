"""What the law said of one thing, day after day: spans in order, the silent ones included."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sogoc.kernel.periods import ALWAYS, Period
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
    """The span of a day, with the one before and the one after."""

    before: Span | None
    now: Span
    after: Span | None


def authority_spans(law: Law, kind: str) -> tuple[Span, ...]:
    """Who issues a kind, span by span; a special rule silences the general ones beside it."""
    rules = {s.id: s for s in of_topic(law, AUTHORITY) if kind in s.kinds}
    return _spans(rules.values(), lambda on: tuple(rules[row.id] for row in law.rows(kind, on)))


def act_spans(law: Law, act: str) -> tuple[Span, ...]:
    """What the regulations said of a later act, span by span."""
    rules = [s for s in of_topic(law, LATER) if act == s.about]
    return _spans(rules, lambda on: tuple(s for s in rules if s.period.contains(on)))


def around(spans: Sequence[Span], on: date) -> Around:
    """Return the span that holds the day, and its neighbours; days off both ends are silent."""
    whole = _with_ends(spans)
    place = next(n for n, span in enumerate(whole) if span.period.contains(on))
    return Around(
        whole[place - 1] if place else None,
        whole[place],
        whole[place + 1] if place + 1 < len(whole) else None,
    )


def _with_ends(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans, with the silence before the first and after the last: no day is left out."""
    if not spans:
        return (Span(ALWAYS, ()),)
    first, last = spans[0].period.start, spans[-1].period.until
    before = (Span(Period(None, first), ()),) if first else ()
    after = (Span(Period(last, None), ()),) if last else ()
    return (*before, *spans, *after)


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
