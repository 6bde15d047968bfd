"""Search over kinds, instruments, articles, checks and everything the law says, without accents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.api import Law, checks
from sogoc.web.law.rules import rule_of
from sogoc.web.law.statements import statements
from sogoc.web.law.telling import cite_link
from sogoc.web.law.words import period_words
from sogoc.web.templatetags.sogoc_web import in_words

SHOWN: Final = 20

SORTS: Final[dict[str, str | Promise]] = {
    "kind": gettext_lazy("Loại văn bằng, chứng chỉ"),
    "instrument": gettext_lazy("Văn bản"),
    "check": gettext_lazy("Quy tắc"),
    "statement": gettext_lazy("Điều luật và nội dung"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found. `name_key` and `text_key` are folded for comparison."""

    sort: str
    target: str
    place: int
    name_key: str
    text_key: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    name: str
    href: str
    detail: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one sort found; `more` counts those not shown."""

    name: str
    hits: list[Hit]
    more: int


def search(law: Law, words: str) -> list[Group]:
    """Find what holds every word, the sort with the best hit first; nothing for no words."""
    wanted = _key(words).split()
    if not wanted:
        return []
    found: dict[str, list[tuple[int, Entry]]] = {}
    for entry in _entries(law):
        if all(word in entry.text_key for word in wanted):
            found.setdefault(entry.sort, []).append((_rank(entry, wanted), entry))
    for ranked in found.values():
        ranked.sort(key=lambda pair: pair[0])
    best = sorted((s for s in SORTS if s in found), key=lambda s: found[s][0][0])
    return [
        Group(
            str(SORTS[sort]),
            [_hit(law, entry) for _, entry in found[sort][:SHOWN]],
            max(0, len(found[sort]) - SHOWN),
        )
        for sort in best
    ]


def _rank(entry: Entry, wanted: list[str]) -> int:
    """0: the name holds the words as one phrase; 1: all of them; 2, 3: the text does."""
    phrase, name = f" {' '.join(wanted)} ", f" {entry.name_key} "
    if phrase in name:
        return 0
    if all(f" {word} " in name for word in wanted):
        return 1
    return 2 if phrase in f" {entry.text_key} " else 3


def _key(text: str) -> str:
    return " ".join(fold(text).replace("/", " ").replace("-", " ").replace("_", " ").split())


def _both(text: Text | None) -> str:
    return f"{text.vi} {text.en}" if text is not None else ""


@lru_cache(maxsize=2)
def _entries(law: Law) -> tuple[Entry, ...]:
    return tuple(_all(law))


def _all(law: Law) -> Iterator[Entry]:
    for kind in law.kinds.values():
        names = " | ".join([_both(kind.name), *kind.synonyms, kind.id])
        yield Entry("kind", kind.id, 0, _key(_both(kind.name)), _key(names))
    for one in law.instruments.values():
        names = f"{one.short} {one.title} {one.number} {' '.join(one.other_numbers)} {one.id}"
        yield Entry("instrument", one.id, 0, _key(one.short), _key(names))
    for check in checks():
        text = f"{check.id} {check.violation} {_both(check.message)} {_both(check.remedy)}"
        places = " ".join(law.cite((place,)) for place in check.citations)
        yield Entry("check", check.id, 0, _key(check.id), _key(f"{text} {places}"))
    for place, said in enumerate(statements(law)):
        cited = law.cite(said.basis)
        kinds = " ".join(_both(law.kinds[kind].name) for kind in said.kinds)
        lines = " ".join(_both(line) for line in said.details)
        text = f"{said.id} {_both(said.topic_name)} {_both(said.what)} {lines} {kinds}"
        yield Entry("statement", "", place, _key(cited), _key(f"{cited} {text} {_both(said.note)}"))


def _hit(law: Law, entry: Entry) -> Hit:
    if entry.sort == "kind":
        kind = law.kinds[entry.target]
        others = ", ".join(name for name in kind.synonyms if "_" not in name)
        return Hit(in_words(kind.name), reverse("law:kind", args=[kind.id]), others)
    if entry.sort == "instrument":
        one = law.instruments[entry.target]
        href = reverse("law:instrument", args=[one.id])
        return Hit(one.short, href, f"{one.title} ({period_words(one.period)})")
    if entry.sort == "check":
        check = next(c for c in checks() if c.id == entry.target)
        return Hit(check.id, reverse("law:rule", args=[check.id]), rule_of(check))
    said = statements(law)[entry.place]
    link = cite_link(law, said.basis[0]) if said.basis else None
    name = link.name if link else said.id
    detail = f"{in_words(said.topic_name)}: {in_words(said.what)} ({period_words(said.period)})"
    return Hit(name, link.href if link else "", detail)
