"""The law as values: what the YAML files become once they passed the loader. All immutable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sogoc.kernel.names import fold
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.policy.values import Topic, Value

EMPTY = Text("", "")


@dataclass(frozen=True, slots=True)
class Provenance:
    """When somebody last compared a value with its source, and by when to do it again."""

    reviewed: date
    review_by: date

    def is_overdue(self, on: date) -> bool:
        """Whether the day to look again has passed."""
        return on > self.review_by


NEVER_CHECKED = Provenance(date.min, date.min)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal instrument; ``short`` is the form citations print."""

    id: str
    short: str
    title: str
    period: Period
    confidence: str
    number: str = ""
    issuer: Text = EMPTY
    signed: date | None = None
    replaced_by: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    other_numbers: tuple[str, ...] = ()
    note: Text | None = None
    checked: Provenance = field(default_factory=lambda: NEVER_CHECKED)


@dataclass(frozen=True, slots=True)
class Cite:
    """A place in an instrument: ``Cite("TTLT-17-2016", "khoản 2 Điều 17")``."""

    instrument: str
    at: str = ""


_GENERAL_RULES = tuple(
    Cite(name)
    for name in ("TT-10-2026", "TT-21-2019", "TT-19-2015", "QD-33-2007", "QD-52-2002", "TRUOC-2006")
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of credential, or a paper that is none (``standing == "none"``).

    ``standing``: ``current`` (the matrix decides), ``legacy`` and ``open`` (always reviewed).
    """

    id: str
    name: Text
    category: str
    standing: str
    synonyms: tuple[str, ...] = ()
    told_apart_by: tuple[str, ...] = ()
    serial: str | None = None
    entry: str | None = None
    levels: range | None = None
    since: date | None = None

    @property
    def this(self) -> Text:
        """How a sentence points at one: this certificate, this diploma, this paper."""
        return _THIS[self.category]


_THIS: Mapping[str, Text] = {
    "diploma": Text("văn bằng này", "this diploma"),
    "certificate": Text("chứng chỉ này", "this certificate"),
    "paper": Text("giấy tờ này", "this paper"),
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """A capacity (tư cách), the issuer kinds of the matrix."""

    id: str
    name: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelLimits:
    """Which levels a body may certify when its own decision does not say."""

    everyone: range
    also_holding: Mapping[str, range]
    basis: tuple[Cite, ...]

    def __hash__(self) -> int:
        return hash((self.everyone, tuple(sorted(self.also_holding))))


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """One row of the authority matrix."""

    id: str
    kinds: tuple[str, ...]
    period: Period
    issuer_kinds: tuple[str, ...]
    signers: tuple[str, ...]
    who: Text
    special: bool
    basis: tuple[Cite, ...]
    confidence: str
    note: Text | None
    levels: LevelLimits | None
    reviewed: date

    @property
    def uncertain(self) -> bool:
        """Whether the row only sends to review."""
        return self.confidence == "uncertain"


@dataclass(frozen=True, slots=True)
class ActRule:
    """What the regulation of a time says of re-issue, correction, copy or revocation."""

    id: str
    acts: tuple[str, ...]
    period: Period
    verdict: str
    basis: tuple[Cite, ...]
    confidence: str
    why: Text


@dataclass(frozen=True, slots=True)
class Custodian:
    """Who keeps the registers of a kind in a time, where they moved."""

    id: str
    kinds: tuple[str, ...]
    period: Period
    issuer_kinds: tuple[str, ...]
    basis: tuple[Cite, ...]
    confidence: str
    who: Text


@dataclass(frozen=True, slots=True)
class Ending:
    """A kind or a body that ended: empty tuples mean all."""

    id: str
    kinds: tuple[str, ...]
    issuer_kinds: tuple[str, ...]
    start: date
    basis: tuple[Cite, ...]
    confidence: str
    what: Text


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends of a score scale for fields of a list; no kinds: every kind."""

    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    low: float
    high: float
    basis: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class PassMark:
    """The least share (percent) of the scale for each of ``fields`` (``modules``: not in lists)."""

    id: str
    kinds: tuple[str, ...]
    period: Period
    fields: tuple[str, ...]
    modules: tuple[str, ...]
    percent: float
    basis: tuple[Cite, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """Days an act may take, counted from ``starts``; unit ``days`` or ``working_days``."""

    id: str
    act: str
    kinds: tuple[str, ...]
    period: Period
    days: int
    unit: str
    starts: str
    basis: tuple[Cite, ...]
    confidence: str
    medium: str = "paper"

    @property
    def verdict(self) -> str:
        """``decides``, or ``review``: an uncertain deadline is shown, never counted with."""
        return "review" if self.confidence == "uncertain" else "decides"


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """A way of signing that is refused, or reviewed from a day on."""

    id: str
    words: tuple[str, ...]
    name: Text
    review_from: date | None
    deputy_review_from: date | None


@dataclass(frozen=True, slots=True)
class Titles:
    """Who is a head, who a deputy, and which forms of signature a credential may bear.

    Every word is folded (no accents, lower case) except in ``heads``.
    """

    heads: Mapping[str, tuple[str, ...]]
    generic_head: str
    deputy: str
    not_for: tuple[tuple[str, str], ...]
    abbreviations: Mapping[str, str]
    for_the_head: tuple[str, ...]
    committee_words: tuple[str, ...]
    committee_capacities: tuple[str, ...]
    body_words: Mapping[str, frozenset[str]]
    forms: tuple[SignatureForm, ...]
    form_basis: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class ResultWords:
    """What lists write for passed and not passed, folded."""

    passed: frozenset[str]
    failed: frozenset[str]
    passed_prefixes: tuple[str, ...]
    failed_prefixes: tuple[str, ...]

    def says(self, text: str) -> bool | None:
        """``True`` passed, ``False`` not passed, ``None`` the words are not known."""
        word = " ".join(_WORDS.findall(fold(text)))
        if word in self.failed or (word + " ").startswith(self.failed_prefixes):
            return False
        if word in self.passed or (word + " ").startswith(self.passed_prefixes):
            return True
        return None


_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The whole rule set. ``rule_set_id`` names its content; equal id, equal judgements."""

    rule_set_id: str
    instruments: Mapping[str, Instrument]
    kinds: Mapping[str, Kind]
    capacities: Mapping[str, Capacity]
    matrix: tuple[AuthorityRow, ...]
    act_rules: tuple[ActRule, ...]
    custodians: tuple[Custodian, ...]
    endings: tuple[Ending, ...]
    scales: tuple[Scale, ...]
    pass_marks: tuple[PassMark, ...]
    deadlines: tuple[Deadline, ...]
    titles: Titles
    results: ResultWords
    no_credential_basis: Mapping[str, tuple[Cite, ...]]
    reviewed: date
    kind_words: Mapping[str, str] = field(default_factory=dict)
    capacity_words: Mapping[str, str] = field(default_factory=dict)
    rows_by_kind: Mapping[str, tuple[AuthorityRow, ...]] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    content_digest: str = ""

    def find_kind(self, word: str) -> Kind | None:
        """The kind of an id, an old name or a synonym; ``None`` when nobody knows the word."""
        known = self.kinds.get(word)
        return known or self.kinds.get(self.kind_words.get(key_of(word), ""))

    def find_capacity(self, word: str) -> str | None:
        """The capacity of an id or alias, ``None`` when unknown."""
        return word if word in self.capacities else self.capacity_words.get(key_of(word))

    def rows(self, kind: str, on: date) -> tuple[AuthorityRow, ...]:
        """Matrix rows of a kind on a day, general ones left out where a special one speaks."""
        rows = tuple(r for r in self.rows_by_kind.get(kind, ()) if r.period.contains(on))
        special = tuple(r for r in rows if r.special)
        return special or rows

    def cite(self, cites: tuple[Cite, ...]) -> str:
        """Citations in the legal form: ``khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT``."""
        return "; ".join(f"{c.at} {self.instruments[c.instrument].short}".strip() for c in cites)

    def cite_in_force(self, cites: tuple[Cite, ...], on: date) -> str:
        """Those citations whose instrument is in force on the day; as ``cite_on`` when none is."""
        standing = tuple(c for c in cites if self.instruments[c.instrument].period.contains(on))
        return self.cite(standing) if standing else self.cite_on(cites, on)

    def cite_on(self, cites: tuple[Cite, ...], on: date) -> str:
        """The first citation whose instrument is in force on the day.

        Acts that none of them covers cite the general rules of their own day.
        """
        for cited in (*cites, *_GENERAL_RULES):
            found = self.instruments.get(cited.instrument)
            if found is not None and found.period.contains(on):
                return self.cite((cited,))
        return self.cite(cites[:1])

    def scale(self, kind: str, score: str) -> Scale | None:
        """The scale of a score field for a kind."""
        for scale in self.scales:
            if score in scale.fields and (not scale.kinds or kind in scale.kinds):
                return scale
        return None

    def marks(self, kind: str, on: date) -> tuple[PassMark, ...]:
        """Pass marks in force for a kind on a day."""
        return tuple(m for m in self.pass_marks if kind in m.kinds and m.period.contains(on))

    def values_on(self, topic: str, on: date, *, kind: str = "", about: str = "") -> list[Value]:
        """Values of a topic on a day; one that names the kind goes before one for all kinds."""
        found = [
            v
            for v in self.values
            if v.topic == topic
            and v.period.contains(on)
            and (not about or v.about == about)
            and (not kind or not v.kinds or kind in v.kinds)
        ]
        if not kind:
            return found
        special = {v.about for v in found if v.kinds}
        return [v for v in found if v.kinds or v.about not in special]

    def deadlines_of(
        self, act: str, kind: str, start: date, end: date, *, medium: str = "paper"
    ) -> tuple[Deadline, ...]:
        """The deadline that started on ``start``, and those in force up to ``end``.

        More than one means the rule changed in between: show both and ask for a ruling.
        """
        span = Period(start, max(end, start) + timedelta(days=1))
        return tuple(
            d
            for d in self.deadlines
            if d.act == act
            and d.medium == medium
            and (not d.kinds or kind in d.kinds)
            and d.period.overlaps(span)
        )


def key_of(word: str) -> str:
    """How words for kinds and capacities are compared: no accents, case or separators."""
    return " ".join(_WORDS.findall(fold(word).replace("_", " ")))
