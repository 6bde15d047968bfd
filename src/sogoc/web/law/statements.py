"""Everything the law says, worded for a page: what, for which kinds, when, by which article.

The rule set's provisions become `Statement`s, so that a page about a kind, an instrument or a
doubt is a choice among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from sogoc.intake.api import FIELDS, label
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.api import ACT_WORDS, Cite, Law, Provision, provisions
from sogoc.web.law.words import joined, shape_text

AUTHORITY: Final = "authority"
LATER: Final = "later_act"
DEADLINE: Final = "deadline"

_MODULES: Final = {
    "each_advanced_module": Text("từng mô đun nâng cao", "each advanced module"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One dated thing the law says. No `kinds`: it speaks of all of them.

    `about` is the act or paper concerned; `signers` are titles without the body's name; `details`
    the lines of a list or the columns of a form.
    """

    topic: str
    topic_name: Text
    id: str
    about: str
    kinds: tuple[str, ...]
    period: Period
    what: Text
    details: tuple[Text, ...]
    signers: tuple[str, ...]
    basis: tuple[Cite, ...]
    confidence: str
    note: Text | None
    review_by: date

    def speaks_of(self, kind: str) -> bool:
        """Whether the kind is named, or all are meant."""
        return not self.kinds or kind in self.kinds


@lru_cache(maxsize=2)
def statements(law: Law) -> tuple[Statement, ...]:
    """Every statement of a rule set, topics together."""
    return tuple(_statement(law, provision) for provision in provisions(law))


def of_topic(law: Law, topic: str) -> tuple[Statement, ...]:
    """The statements of one topic."""
    return tuple(s for s in statements(law) if s.topic == topic)


def by_id(law: Law, topic: str, name: str) -> Statement | None:
    """One statement; None when there is none of that id."""
    return next((s for s in of_topic(law, topic) if s.id == name), None)


def citing(law: Law, instrument: str) -> Iterator[tuple[str, Statement]]:
    """Statements that rest on an instrument, each with the article it names (or nothing)."""
    for statement in statements(law):
        for place in statement.basis:
            if place.instrument == instrument:
                yield place.at, statement


def _statement(law: Law, provision: Provision) -> Statement:
    return Statement(
        topic=provision.topic,
        topic_name=law.topics[provision.topic].name,
        id=provision.id,
        about=provision.about,
        kinds=provision.kinds,
        period=provision.period,
        what=_what(provision),
        details=_details(provision),
        signers=tuple(provision.detail.get("signers", ())),
        basis=provision.basis,
        confidence=provision.confidence,
        note=provision.note,
        review_by=provision.checked.review_by,
    )


def _what(provision: Provision) -> Text:
    detail, text = provision.detail, provision.short
    if provision.topic in (DEADLINE, LATER) and provision.about in ACT_WORDS:
        act = ACT_WORDS[provision.about]
        return Text(f"{act.vi}: {text.vi}", f"{act.en}: {text.en}")
    if provision.topic == "pass_mark":
        parts = joined([_field(name) for name in (*detail["fields"], *detail["modules"])])
        share = f"{detail['percent']:g}%"
        return Text(f"{parts.vi}: từ {share} thang điểm", f"{parts.en}: from {share} of the scale")
    if provision.topic == "scale":
        parts = joined([_field(name) for name in detail["fields"]])
        ends = f"{detail['low']:g}–{detail['high']:g}"
        return Text(f"{parts.vi}: {ends}", f"{parts.en}: {ends}")
    if detail.get("regex") and (shape := shape_text(detail["regex"])).vi:
        seen = f" ({', '.join(detail['examples'])})" if detail["examples"] else ""
        vi, en = text.vi.rpartition(": dạng ")[0], text.en.rpartition(": shape ")[0]
        return Text(f"{vi}: {shape.vi}{seen}", f"{en}: {shape.en}{seen}")
    return text


def _details(provision: Provision) -> tuple[Text, ...]:
    """What a provision carries, line by line: the items of a list, the columns of a form."""
    detail = provision.detail
    if "items" in detail:
        return tuple(_with_point(item["text"], item["at"]) for item in detail["items"])
    return tuple(column["heading"] for column in detail.get("columns", ()))


def _with_point(text: Text, at: str) -> Text:
    return Text(f"{text.vi} ({at})", f"{text.en} ({at})") if at else text


def _field(name: str) -> Text:
    if name in FIELDS:
        return label(name)
    return _MODULES.get(name, Text(name.replace("_", " "), name.replace("_", " ")))
