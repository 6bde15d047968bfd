"""What the files must not do together: overlap, name what is unknown, keep what nothing cites.

``gaps`` lists what is no error but has to be known: days of a known period no value speaks of.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from sogoc.kernel.periods import Period
from sogoc.policy.errors import LawDataError
from sogoc.policy.spans import outside
from sogoc.policy.statute import Cite, Kind, Law
from sogoc.policy.values import Topic, Value


class _Dated(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def period(self) -> Period: ...


T = TypeVar("T", bound=_Dated)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of a topic's known period on which nothing is known; no kinds: whatever the kind."""

    topic: str
    about: str
    kinds: tuple[str, ...]
    period: Period


def require_coherent(law: Law) -> None:
    """Refuse overlaps and orphans. Raises ``LawDataError``."""
    by_topic: dict[tuple[str, str], list[Value]] = {}
    for value in law.values:
        topic = law.topics[value.topic]
        if topic.series != "free" or topic.abouts:
            by_topic.setdefault((value.topic, value.about), []).append(value)
    for values in by_topic.values():
        _refuse_overlaps("values", values, _same_subject)
    _refuse_overlaps(
        "deadlines",
        law.deadlines,
        lambda a, b: (a.act, a.medium) == (b.act, b.medium) and _meet(a.kinds, b.kinds),
    )
    _refuse_overlaps("custody", law.act_rules, lambda a, b: bool({*a.acts} & {*b.acts}))
    _refuse_overlaps(
        "custody",
        law.custodians,
        lambda a, b: bool({*a.kinds} & {*b.kinds} and {*a.issuer_kinds} & {*b.issuer_kinds}),
    )
    _refuse_overlaps(
        "pass_marks",
        law.pass_marks,
        lambda a, b: bool(
            {*a.kinds} & {*b.kinds} and {*a.fields, *a.modules} & {*b.fields, *b.modules}
        ),
    )
    _refuse_orphans(law)


def _same_subject(one: Value, other: Value) -> bool:
    return _meet(one.kinds, other.kinds) and _meet(one.issuer_kinds, other.issuer_kinds)


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists speak of the same: both of all, or of one thing both name.

    One that names things goes before one for all, so these two do not meet.
    """
    return (not one and not other) or bool({*one} & {*other})


def _refuse_overlaps(file: str, entries: Sequence[T], same: Callable[[T, T], bool]) -> None:
    for one, other in itertools.combinations(entries, 2):
        if one.period.overlaps(other.period) and same(one, other):
            raise LawDataError(f"{file}.yaml", f"{one.id} and {other.id} overlap")


def all_cites(law: Law) -> Iterator[Cite]:
    """Every citation any value makes."""
    for row in law.matrix:
        yield from row.basis
        if row.levels is not None:
            yield from row.levels.basis
    dated: Iterable[tuple[Cite, ...]] = (
        entry.basis
        for entries in (
            law.act_rules, law.custodians, law.endings, law.scales, law.pass_marks,
            law.deadlines, law.values,
        )
        for entry in entries
    )  # fmt: skip
    for basis in dated:
        yield from basis
    yield from law.titles.form_basis
    for basis in law.no_credential_basis.values():
        yield from basis


def _refuse_orphans(law: Law) -> None:
    cited = {cite.instrument for cite in all_cites(law)}
    if unused := [name for name in law.instruments if name not in cited]:
        raise LawDataError("instruments.yaml", f"cited by nothing: {', '.join(unused)}")
    spoken_of = {value.topic for value in law.values}
    for topic in law.topics.values():
        if topic.shape != "builtin" and topic.id not in spoken_of:
            raise LawDataError("topics.yaml", f"no value for the topic {topic.id}")
        for about in topic.abouts:
            if topic.shape != "builtin" and not any(
                v.topic == topic.id and v.about == about for v in law.values
            ):
                raise LawDataError("topics.yaml", f"{topic.id}: no value about {about}")


# --- gaps ------------------------------------------------------------------------------------


def gaps(law: Law) -> list[Gap]:
    """Days since each topic's ``known_from`` that no value covers; kinds alike together."""
    found: dict[tuple[str, str, Period], list[str]] = {}
    for topic, about, kind, spans in _series(law):
        if topic.known_from is None:
            continue
        known = Period(topic.known_from, None)
        if kind is not None:
            life = _life(law, kind)
            if not known.overlaps(life):
                continue
            starts = [d for d in (known.start, life.start) if d is not None]
            known = Period(max(starts), life.until)
        for period in outside(known, spans):
            found.setdefault((topic.id, about, period), []).extend([kind.id] if kind else [])
    order = list(law.topics)
    gaps_ = [Gap(topic, about, tuple(kinds), p) for (topic, about, p), kinds in found.items()]
    return sorted(gaps_, key=lambda g: (order.index(g.topic), g.about, g.period.start or date.min))


def _series(law: Law) -> Iterator[tuple[Topic, str, Kind | None, list[Period]]]:
    """Every series that should be without gap, with the periods its values cover."""
    for topic in law.topics.values():
        values = [v for v in law.values if v.topic == topic.id]
        if topic.series == "one":
            yield topic, "", None, [v.period for v in values]
        elif topic.series == "about" and topic.shape != "builtin":
            for about in topic.abouts:
                yield topic, about, None, [v.period for v in values if v.about == about]
        elif topic.id == "deadline":
            yield from _deadline_series(law, topic)
        elif topic.id == "later_act":
            for act in topic.abouts:
                yield topic, act, None, [r.period for r in law.act_rules if act in r.acts]
        elif topic.series == "kind":
            for name in topic.kinds:
                if topic.id == "authority":
                    spans = [r.period for r in law.rows_by_kind.get(name, ())]
                else:
                    spans = [v.period for v in values if not v.kinds or name in v.kinds]
                yield topic, "", law.kinds[name], spans


def _deadline_series(
    law: Law, topic: Topic
) -> Iterator[tuple[Topic, str, Kind | None, list[Period]]]:
    paper = [d for d in law.deadlines if d.medium == "paper"]
    for kind in law.kinds.values():
        if kind.standing == "current":
            mine = (d for d in paper if d.act == "issue" and (not d.kinds or kind.id in d.kinds))
            yield topic, "issue", kind, [d.period for d in mine]
    for act in topic.abouts:
        if act != "issue":
            yield topic, act, None, [d.period for d in paper if d.act == act]


def _life(law: Law, kind: Kind) -> Period:
    """From the day the kind exists to the day it was abolished."""
    end = next((e.start for e in law.endings if kind.id in e.kinds and not e.issuer_kinds), None)
    return Period(kind.since, end)
