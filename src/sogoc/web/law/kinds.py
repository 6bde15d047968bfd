"""A kind of credential as one page: names, who issues it, deadlines, numbers, everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from sogoc.kernel.identifiers import format_entry
from sogoc.policy.api import Kind, Law
from sogoc.web.law.spans import authority_spans
from sogoc.web.law.statements import AUTHORITY, DEADLINE, Statement, of_topic, statements
from sogoc.web.law.telling import Told, drawing_of, tell_all, tell_spans
from sogoc.web.law.timeline import Drawing
from sogoc.web.law.words import CATEGORIES, STANDINGS, shape_text
from sogoc.web.showing import Word
from sogoc.web.templatetags.sogoc_web import in_words


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind in the index."""

    id: str
    name: str
    category: str
    standing: Word
    others: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Statements about one thing."""

    name: str
    rows: list[Told]


@dataclass(frozen=True, slots=True)
class KindPage:
    """Everything the law holds about one kind."""

    id: str
    name: str
    category: str
    standing: Word
    others: tuple[str, ...]
    levels: str
    serial: str
    entry: str
    authority: list[Told]
    drawing: Drawing | None
    deadlines: list[Told]
    own: list[Topic]
    common: list[Topic]
    common_count: int


def index(law: Law) -> list[KindLine]:
    """All kinds, in the order of the file."""
    return [
        KindLine(
            kind.id,
            in_words(kind.name),
            str(CATEGORIES[kind.category]),
            STANDINGS[kind.standing],
            ", ".join(_other_names(kind)),
        )
        for kind in law.kinds.values()
    ]


def page(law: Law, kind: Kind) -> KindPage:
    """One kind."""
    name = in_words(kind.name)
    rules = [s for s in of_topic(law, AUTHORITY) if kind.id in s.kinds]
    own = [s for s in statements(law) if kind.id in s.kinds and s.topic not in _ELSEWHERE]
    common = [
        s
        for s in statements(law)
        if not s.kinds and s.topic != DEADLINE and kind.standing != "none"
    ]
    return KindPage(
        id=kind.id,
        name=name,
        category=str(CATEGORIES[kind.category]),
        standing=STANDINGS[kind.standing],
        others=tuple(_other_names(kind)),
        levels=f"{kind.levels[0]}–{kind.levels[-1]}" if kind.levels else "",
        serial=in_words(shape_text(kind.serial or "")),
        entry=_entry_example(kind),
        authority=tell_spans(law, authority_spans(law, kind.id)),
        drawing=drawing_of(
            rules,
            title=gettext("Ai cấp %(kind)s, theo thời gian") % {"kind": name},
            says=gettext("Mỗi thanh là một quy định. Số liệu như bảng bên dưới."),
        )
        if rules
        else None,
        deadlines=tell_all(law, _deadlines(law, kind)),
        own=by_topic(law, own),
        common=by_topic(law, common),
        common_count=len(common),
    )


_ELSEWHERE = (AUTHORITY, DEADLINE)


def by_topic(law: Law, found: Iterable[Statement]) -> list[Topic]:
    """Statements put together by topic, in the order they come."""
    topics: dict[str, tuple[str, list[Statement]]] = {}
    for statement in found:
        name = in_words(statement.topic_name)
        topics.setdefault(statement.topic, (name, []))[1].append(statement)
    return [Topic(name, tell_all(law, rows)) for name, rows in topics.values()]


def _deadlines(law: Law, kind: Kind) -> list[Statement]:
    if kind.standing != "current":
        return []
    return [s for s in of_topic(law, DEADLINE) if s.speaks_of(kind.id)]


def _other_names(kind: Kind) -> list[str]:
    """Old names and synonyms people know; codes of ours are left out."""
    return [name for name in kind.synonyms if "_" not in name]


def _entry_example(kind: Kind) -> str:
    if not kind.entry:
        return ""
    return format_entry(kind.entry, seq=1, year=2026, unit="…")
