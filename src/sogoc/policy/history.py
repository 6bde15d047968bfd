"""Looking things up in the law: an instrument by any of its names, a kind through time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sogoc.kernel.errors import Error
from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.provisions import Provision, provisions
from sogoc.policy.statute import Instrument, Kind, Law


class UnknownInstrument(Error):
    """No instrument, or more than one, has the name."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A provision of an instrument and the place where it stands there."""

    at: str
    provision: Provision


@dataclass(frozen=True, slots=True)
class Section:
    """A topic of a timeline: its provisions, oldest first."""

    topic: str
    name: Text
    spans: tuple[Provision, ...]


_LONG_FORMS = (
    ("thong tu lien tich", "ttlt"), ("thong tu", "tt"), ("nghi dinh", "nd"), ("quyet dinh", "qd"),
    ("cong van", "cv"), ("chi thi", "ct"), ("nghi quyet", "nq"),
)  # fmt: skip
_TIMELINE = (
    "authority", "ending", "custody", "deadline", "later_act", "condition", "prerequisite",
    "equivalence", "special_regulation", "register_form", "printer", "serial", "entry_number",
    "content", "supplement", "pass_mark",
)  # fmt: skip


def find_instrument(law: Law, word: str) -> Instrument:
    """The instrument of an id, a number, an old number or a loose spelling of them.

    ``tt21/2019``, ``Thông tư 21/2019/TT-BGDĐT``, ``TT-21-2019`` and ``21/2019`` are one. Raises
    ``UnknownInstrument``, which names those that come near.
    """
    wanted = _tokens(word)
    if not wanted:
        raise _unknown(word, [])
    found = law.instruments.get(word.strip().upper())
    if found is not None:
        return found
    near: list[list[Instrument]] = [[], [], []]
    for instrument in law.instruments.values():
        numbers = (instrument.id, instrument.number, *instrument.other_numbers)
        if any(_tokens(name) == wanted for name in (*numbers, instrument.short) if name):
            return instrument
        for tier, names in zip(
            near, (numbers, (instrument.short,), (instrument.title,)), strict=True
        ):
            if set(wanted) <= {token for name in names for token in _tokens(name)}:
                tier.append(instrument)
    closest = next((tier for tier in near if tier), [])
    if len(closest) == 1:
        return closest[0]
    raise _unknown(word, closest)


def _tokens(text: str) -> list[str]:
    """Words of a number: long forms shortened, letters and digits apart, no leading zeros."""
    folded = re.sub(r"\bso (?=\d)", "", fold(text))
    for long, short in _LONG_FORMS:
        folded = folded.replace(long, short)
    return [token.lstrip("0") or "0" for token in re.findall(r"[a-z]+|\d+", folded)]


def _unknown(word: str, near: list[Instrument]) -> UnknownInstrument:
    names = ", ".join(i.short for i in near[:8])
    vi = f"Không rõ văn bản “{word}”." + (f" Có phải: {names}?" if names else "")
    en = f"No instrument is called “{word}”." + (f" Perhaps: {names}?" if names else "")
    if not names:
        vi += " Xem “sogoc law instruments”."
        en += " See “sogoc law instruments”."
    return UnknownInstrument(
        "unknown_instrument", Text(vi, en), word=word, near=[i.id for i in near or []]
    )


def sayings(law: Law, instrument: str, on: date | None = None) -> list[Saying]:
    """Everything an instrument says that is in force on the day, in the order of its articles."""
    found = [
        Saying(cite.at, provision)
        for provision in provisions(law)
        if on is None or provision.period.contains(on)
        for cite in provision.basis
        if cite.instrument == instrument
    ]
    return sorted(found, key=lambda s: (_article(s.at), s.provision.id))


def _article(at: str) -> tuple[int, int, str]:
    """Order of places: article, clause, point; places without an article come last."""
    article = re.search(r"Điều (\d+)", at)
    clause = re.search(r"khoản (\d+)", at)
    return (int(article[1]) if article else 10_000, int(clause[1]) if clause else 0, at)


def timeline(law: Law, kind: Kind) -> list[Section]:
    """What held for a kind through time: who issues and signs, deadlines, forms, in order."""
    sections = []
    for topic in _TIMELINE:
        spans = [
            p
            for p in provisions(law)
            if p.topic == topic
            and (kind.id in p.kinds or (not p.kinds and topic not in _NAMED_ONLY))
            and _concerns(p, kind)
        ]
        spans.sort(key=lambda p: (p.about, p.period.start or date.min, p.id))
        if spans:
            sections.append(Section(topic, law.topics[topic].name, tuple(spans)))
    return sections


_NAMED_ONLY = frozenset({"ending", "special_regulation", "prerequisite", "equivalence"})


def _concerns(provision: Provision, kind: Kind) -> bool:
    """Conditions name a category; other provisions for all kinds concern every kind."""
    if provision.topic == "condition":
        return provision.about == kind.category
    return True


def days_of_change(law: Law, after: date, until: date) -> list[date]:
    """Days in ``(after, until]`` on which something begins or ends."""
    days = {
        bound
        for provision in provisions(law)
        for bound in (provision.period.start, provision.period.until)
        if bound is not None and after < bound <= until
    }
    return sorted(days)
