"""Instruments: on a timeline, and each with what it says on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.utils.translation import gettext

from sogoc.policy.api import Cite, Instrument, Law
from sogoc.web.law import timeline
from sogoc.web.law.statements import Statement, citing
from sogoc.web.law.telling import Link, Told, anchor, cite_link, tell
from sogoc.web.law.words import CONFIDENCES, Confidence, period_short, period_words
from sogoc.web.showing import show_date
from sogoc.web.templatetags.sogoc_web import in_words

OWN: Final = "SO-GOC"
"""The software's own rules: cited like an instrument, yet none, and never drawn among them."""


@dataclass(frozen=True, slots=True)
class Line:
    """An instrument in the index."""

    id: str
    short: str
    title: str
    first: str
    last: str
    replaced_by: tuple[Link, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Page:
    """One instrument, on a day or over all its time."""

    id: str
    short: str
    title: str
    number: str
    other_numbers: str
    issuer: str
    signed: str
    period: str
    replaced_by: tuple[Link, ...]
    replaces: tuple[Link, ...]
    amends: tuple[Link, ...]
    amended_by: tuple[Link, ...]
    confidence: Confidence
    note: str
    rows: list[Told]
    total: int
    is_in_force: bool
    is_own: bool


def index(law: Law) -> list[Line]:
    """Instruments by the day they came into force, undated ones last."""
    return [
        Line(
            one.id,
            one.short,
            one.title,
            show_date(one.period.start),
            show_date(one.period.last_day),
            _links(law, one.replaced_by),
            CONFIDENCES[one.confidence],
        )
        for one in _in_order(law)
    ]


def drawing(law: Law) -> timeline.Drawing:
    """Every instrument as a bar."""
    items = [
        timeline.Item(one.short, one.period, one.confidence, period_short(one.period), one.signed)
        for one in _in_order(law)
    ]
    return timeline.draw(
        items,
        title=gettext("Các văn bản và thời gian có hiệu lực"),
        says=gettext("Mỗi thanh là một văn bản. Số liệu như bảng bên dưới."),
    )


def page(law: Law, one: Instrument, on: date | None) -> Page:
    """One instrument; with a day, only what stands on it."""
    found = list(citing(law, one.id))
    said = [(at, s) for at, s in found if on is None or s.period.contains(on)]
    others = law.instruments.values()
    return Page(
        id=one.id,
        short=one.short,
        title=one.title,
        number=one.number,
        other_numbers=", ".join(one.other_numbers),
        issuer=in_words(one.issuer),
        signed=show_date(one.signed),
        period=period_words(one.period),
        replaced_by=_links(law, one.replaced_by),
        replaces=_links(law, [o.id for o in others if one.id in o.replaced_by]),
        amends=_links(law, one.amends),
        amended_by=_links(law, [o.id for o in others if one.id in o.amends]),
        confidence=CONFIDENCES[one.confidence],
        note=in_words(one.note),
        rows=_by_article(law, said),
        total=len(found),
        is_in_force=on is None or one.period.contains(on),
        is_own=one.id == OWN,
    )


def _by_article(law: Law, said: list[tuple[str, Statement]]) -> list[Told]:
    """Statements in the order of articles; the first of each article bears its anchor."""
    rows: list[Told] = []
    seen: set[str] = set()
    for at, statement in sorted(said, key=lambda pair: _place(pair[0])):
        first = "" if at in seen else anchor(at)
        seen.add(at)
        rows.append(replace(tell(law, statement), at=at, anchor=first))
    return rows


def _place(at: str) -> tuple[int, int, str]:
    """Where an article stands: by article, clause, point; unnamed ones last."""
    article = re.search(r"Điều (\d+)", at)
    clause = re.search(r"khoản (\d+)", at)
    return (
        int(article[1]) if article else 10_000,
        int(clause[1]) if clause else 0,
        at,
    )


def _in_order(law: Law) -> list[Instrument]:
    """By the first day in force, or the day signed; those without either come last."""
    drawn = [one for one in law.instruments.values() if one.id != OWN]
    return sorted(drawn, key=lambda one: (one.period.start or one.signed or date.max, one.short))


def _links(law: Law, names: tuple[str, ...] | list[str]) -> tuple[Link, ...]:
    return tuple(cite_link(law, Cite(name)) for name in names if name in law.instruments)
