"""Statements as pages show them: in words, with links to kinds, instruments and rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext

from sogoc.policy.api import Cite, Law
from sogoc.web.law import timeline
from sogoc.web.law.spans import Span
from sogoc.web.law.statements import Statement
from sogoc.web.law.words import CONFIDENCES, Confidence, period_short, period_words
from sogoc.web.showing import show_date
from sogoc.web.templatetags.sogoc_web import in_words

_SHOWN_KINDS: Final = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A name that leads somewhere."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Told:
    """A statement in words. `kinds` are the first few; `more_kinds` counts the others."""

    id: str
    topic: str
    what: str
    details: tuple[str, ...]
    signers: str
    kinds: tuple[Link, ...]
    more_kinds: int
    first: str
    last: str
    period: str
    basis: tuple[Link, ...]
    confidence: Confidence
    note: str
    is_now: bool = False
    at: str = ""
    anchor: str = ""


def tell(law: Law, statement: Statement, *, is_now: bool = False) -> Told:
    """Put a statement in words; `is_now` marks the one a question was about.

    `at` and `anchor` (of a `Told`) are for the page of an instrument: the article, and its id where
    the article is named first.
    """
    last = statement.period.last_day
    return Told(
        id=statement.id,
        topic=in_words(statement.topic_name),
        what=_capital(in_words(statement.what)),
        details=tuple(in_words(line) for line in statement.details),
        signers=", ".join(statement.signers),
        kinds=tuple(kind_link(law, name) for name in statement.kinds[:_SHOWN_KINDS]),
        more_kinds=max(0, len(statement.kinds) - _SHOWN_KINDS),
        first=show_date(statement.period.start),
        last=show_date(last),
        period=period_words(statement.period),
        basis=tuple(cite_link(law, place) for place in statement.basis),
        confidence=CONFIDENCES[statement.confidence],
        note=in_words(statement.note),
        is_now=is_now,
    )


def tell_all(law: Law, statements: Iterable[Statement]) -> list[Told]:
    """Put statements in words, in their order."""
    return [tell(law, statement) for statement in statements]


def tell_silence(span: Span, *, is_now: bool = False) -> Told:
    """A span of which the rule set says nothing, said as such."""
    return Told(
        id="",
        topic="",
        what=gettext("Bộ quy tắc chưa có gì cho thời gian này: phải xin ý kiến."),
        details=(),
        signers="",
        kinds=(),
        more_kinds=0,
        first=show_date(span.period.start),
        last=show_date(span.period.last_day),
        period=period_words(span.period),
        basis=(),
        confidence=CONFIDENCES["uncertain"],
        note="",
        is_now=is_now,
    )


def tell_spans(law: Law, spans: Sequence[Span], *, now: Span | None = None) -> list[Told]:
    """Put spans in words, each statement cut to its span; the silent ones are said too."""
    told: list[Told] = []
    for span in spans:
        told += [tell_silence(span, is_now=span is now)] if span.is_silent else []
        told += [tell(law, rule, is_now=span is now) for rule in span.rules]
    return [t for n, t in enumerate(told) if t not in told[:n]]


def kind_link(law: Law, name: str) -> Link:
    """A kind by its name, leading to its page."""
    return Link(in_words(law.kinds[name].name), reverse("law:kind", args=[name]))


def cite_link(law: Law, place: Cite) -> Link:
    """A citation in the legal form, leading to the place on the instrument's page."""
    instrument = law.instruments[place.instrument]
    href = reverse("law:instrument", args=[instrument.id])
    text = f"{place.at} {instrument.short}".strip()
    return Link(text, f"{href}#{quote(anchor(place.at))}" if place.at else href)


def anchor(at: str) -> str:
    """The id of an article on the page of its instrument."""
    return "-".join(at.lower().replace(",", " ").split())


def drawing_of(
    statements: Iterable[Statement], *, title: str, says: str, mark: date | None = None
) -> timeline.Drawing:
    """Draw statements as bars, named by what they say."""
    items = [
        timeline.Item(_capital(in_words(s.what)), s.period, s.confidence, period_short(s.period))
        for s in statements
    ]
    return timeline.draw(items, title=title, says=says, mark=mark)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
