"""What changed for whom between two days, as a page tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from sogoc.policy.api import (
    CHANGE_WORDS,
    CHANGES_NO_LINE,
    Change,
    Cite,
    Law,
    between_days,
    days_of_change,
)
from sogoc.web.law.forms import ADDRESS
from sogoc.web.law.statements import by_id
from sogoc.web.law.telling import Link, cite_link, kind_link
from sogoc.web.showing import show_date
from sogoc.web.templatetags.sogoc_web import in_words

NEWEST: Final = "TT-10-2026"
"""The regulation whose first day is shown to who names no days."""

_SHOWN_DAYS: Final = 60
_SHOWN_KINDS: Final = 5
"""More than these stand in the sentence already, and a row of links would only repeat it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change: the sentence, the kinds it is about and the articles before and after it."""

    sentence: str
    kinds: tuple[Link, ...]
    before: tuple[Link, ...]
    after: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All changes of one sort; `topics` names those of rules that ended with nothing after them."""

    sort: str
    name: str
    changes: tuple[Told, ...]
    topics: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What differs between two days; `days` are those between them on which the law changed."""

    old: date
    new: date
    groups: tuple[Group, ...]
    days: tuple[Link, ...]
    more_days: int
    registered: str


def default_days(law: Law) -> tuple[date, date]:
    """The day before the newest regulation, and its first day."""
    first = law.instruments[NEWEST].period.start
    assert first is not None  # noqa: S101 - it is dated
    return first - timedelta(days=1), first


def page(law: Law, old: date, new: date) -> Page:
    """Compare the law of two days."""
    found = between_days(law, old, new)
    days = days_of_change(law, min(old, new), max(old, new))
    return Page(
        old=old,
        new=new,
        groups=tuple(
            Group(
                sort,
                in_words(name),
                tuple(_tell(law, change) for change in mine),
                _topics(law, mine) if sort == "unknown" else "",
            )
            for sort, name in CHANGE_WORDS.items()
            if (mine := [change for change in found if change.sort == sort])
        ),
        days=tuple(_day_link(day) for day in days[-_SHOWN_DAYS:]),
        more_days=max(0, len(days) - _SHOWN_DAYS),
        registered=in_words(CHANGES_NO_LINE),
    )


def _topics(law: Law, changes: Iterable[Change]) -> str:
    names = dict.fromkeys(in_words(law.topics[change.topic].name) for change in changes)
    return ", ".join(names)


def _tell(law: Law, change: Change) -> Told:
    return Told(
        sentence=in_words(change.sentence),
        kinds=tuple(kind_link(law, name) for name in change.kinds)
        if len(change.kinds) <= _SHOWN_KINDS
        else (),
        before=_places(law, change, change.before),
        after=_places(law, change, change.after),
    )


def _places(law: Law, change: Change, names: Iterable[str]) -> tuple[Link, ...]:
    """The articles that instruments or statements of these ids stand for."""
    cites: list[Cite] = []
    for name in names:
        if change.sort == "instrument":
            cites.append(Cite(name, ""))
        elif (statement := by_id(law, change.topic, name)) is not None:
            cites += statement.basis
    return tuple(cite_link(law, place) for place in dict.fromkeys(cites))


def _day_link(day: date) -> Link:
    eve = day - timedelta(days=1)
    asked = urlencode({ADDRESS["old"]: eve.isoformat(), ADDRESS["new"]: day.isoformat()})
    return Link(show_date(day), f"{reverse('law:changes')}?{asked}")
