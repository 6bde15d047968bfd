"""Every violation and every article, covered or not, as a page tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from sogoc.kernel.text import Text
from sogoc.policy.api import COVERAGE_PLACES, COVERAGE_WORDS, Cite, Law, coverage
from sogoc.web.law.telling import Link, cite_link
from sogoc.web.showing import Word
from sogoc.web.templatetags.sogoc_web import in_words

_TONES: Final = {"covered": "ok", "partly": "warn", "waits": "bad", "nothing": ""}


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation: how far it is judged, where, by what, and what is waited for."""

    id: str
    name: str
    state: Word
    where: str
    checks: tuple[Link, ...]
    guards: tuple[str, ...]
    waits: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `last` says what is waited for, or why there is nothing to judge."""

    place: Link
    name: str
    state: Word
    violations: tuple[Link, ...]
    checks: tuple[Link, ...]
    last: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """The articles of one instrument."""

    name: Link
    articles: tuple[Article, ...]
    counts: tuple[tuple[Word, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole picture; counts are in the order of the states."""

    violations: tuple[Violation, ...]
    violation_counts: tuple[tuple[Word, int], ...]
    instruments: tuple[Instrument, ...]
    article_counts: tuple[tuple[Word, int], ...]
    article_total: int


def page(law: Law) -> Page:
    """Put the coverage of the rule set in words."""
    found = coverage()
    groups: dict[str, list[Article]] = {}
    tallies: dict[str, dict[str, int]] = {}
    for one in found.articles:
        tally = tallies.setdefault(one.instrument, {})
        tally[one.state] = tally.get(one.state, 0) + 1
        groups.setdefault(one.instrument, []).append(
            Article(
                place=Link(one.at or "–", cite_link(law, Cite(one.instrument, one.at)).href),
                name=one.name,
                state=_word(one.state),
                violations=tuple(Link(name, f"#{name}") for name in one.violations),
                checks=_rules(one.checks),
                last=_text(one.nothing or one.waits),
            )
        )
    return Page(
        violations=tuple(
            Violation(
                id=one.id,
                name=in_words(one.name),
                state=_word(one.state),
                where=", ".join(in_words(COVERAGE_PLACES[place]) for place in one.where),
                checks=_rules(one.checks),
                guards=one.guards,
                waits=_text(one.waits),
            )
            for one in found.violations
        ),
        violation_counts=_counts(found.count("violations")),
        instruments=tuple(
            Instrument(cite_link(law, Cite(name, "")), tuple(articles), _counts(tallies[name]))
            for name, articles in groups.items()
        ),
        article_counts=_counts(found.count("articles")),
        article_total=len(found.articles),
    )


def _counts(counts: Mapping[str, int]) -> tuple[tuple[Word, int], ...]:
    return tuple((_word(state), counts[state]) for state in COVERAGE_WORDS if counts.get(state))


def _word(state: str) -> Word:
    name = in_words(COVERAGE_WORDS[state])
    return Word(name[:1].upper() + name[1:], _TONES[state])


def _rules(names: tuple[str, ...]) -> tuple[Link, ...]:
    return tuple(Link(name, reverse("law:rule", args=[name])) for name in names)


def _text(text: Text | None) -> str:
    return in_words(text)
