"""One reader per shape of law entry: checks its fields and that the names it uses are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sogoc.kernel.errors import Error
from sogoc.kernel.identifiers import parse_entry
from sogoc.kernel.names import fold
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.facts import ACTS
from sogoc.policy.reading import Entry
from sogoc.policy.spans import outside
from sogoc.policy.statute import (
    ActRule,
    AuthorityRow,
    Capacity,
    Cite,
    Custodian,
    Deadline,
    Ending,
    Instrument,
    Kind,
    LevelLimits,
    PassMark,
    Provenance,
    ResultWords,
    Scale,
    SignatureForm,
    Titles,
)

T = TypeVar("T")

CONFIDENCE = ("found", "recalled", "uncertain")
_MEDIA = ("paper", "digital")
_DISTINCTIONS = frozenset({"major", "level"})


class Reader:
    """Reads entries one file after the other; later files may name what earlier ones defined."""

    def __init__(self) -> None:
        self.instruments: dict[str, Instrument] = {}
        self.capacities: dict[str, Capacity] = {}
        self.kinds: dict[str, Kind] = {}
        self.issuers: dict[str, Text] = {}

    def by_id(self, file: Entry, key: str, read: Callable[[str, Entry], T]) -> dict[str, T]:
        """A list of entries by their ``id``, each id once, each entry read to its last key."""
        found: dict[str, T] = {}
        for entry in file.entries(key):
            name = entry.string("id")
            if name in found:
                raise entry.error("id twice")
            found[name] = read(name, entry)
            entry.close()
        return found

    # --- parts ----------------------------------------------------------------------------------

    def cites(self, entry: Entry, key: str = "basis") -> tuple[Cite, ...]:
        """A list of citations, each of a known instrument."""
        cites = []
        for part in entry.entries(key):
            name = part.string("instrument")
            if name not in self.instruments:
                raise part.error(f"unknown instrument {name}")
            cites.append(Cite(name, part.optional_string("at") or ""))
            part.close()
        return tuple(cites)

    def cites_in(self, entry: Entry, period: Period) -> tuple[Cite, ...]:
        """Citations of instruments that were in force some day of the period."""
        cites = self.cites(entry)
        for cited in cites:
            if not self.instruments[cited.instrument].period.overlaps(period):
                raise entry.error(f"{cited.instrument} was never in force in its period")
        return cites

    def cites_through(self, entry: Entry, period: Period) -> tuple[Cite, ...]:
        """Citations whose instruments together were in force on every day of the period."""
        cites = self.cites_in(entry, period)
        left = outside(period, [self.instruments[c.instrument].period for c in cites])
        if left:
            raise entry.error(f"outside the period of its instruments: {_span(left[0])}")
        return cites

    def provenance(self, entry: Entry, defaults: Provenance | None = None) -> Provenance:
        """``reviewed`` and ``review_by``; what is absent comes from the file's head."""
        if defaults is None:
            found = Provenance(entry.day("reviewed"), entry.day("review_by"))
        else:
            found = Provenance(
                entry.optional_day("reviewed") or defaults.reviewed,
                entry.optional_day("review_by") or defaults.review_by,
            )
        if found.review_by <= found.reviewed:
            raise entry.error("review_by must be after reviewed")
        return found

    def known_kinds(self, entry: Entry, *, empty: bool = False) -> tuple[str, ...]:
        """A list of kinds of kinds.yaml."""
        kinds = entry.strings("kinds", empty=empty)
        for kind in kinds:
            if kind not in self.kinds:
                raise entry.error(f"unknown kind {kind}")
        return kinds

    def known_capacities(self, entry: Entry, *, empty: bool = False) -> tuple[str, ...]:
        """A list of capacities of capacities.yaml."""
        found = entry.strings("issuer_kinds", empty=empty)
        self.require_capacities(entry, found)
        return found

    def require_capacities(self, entry: Entry, names: tuple[str, ...]) -> None:
        """Refuse a capacity nobody defined."""
        for name in names:
            if name not in self.capacities:
                raise entry.error(f"unknown capacity {name}")

    # --- entries --------------------------------------------------------------------------------

    def instrument(self, name: str, entry: Entry, defaults: Provenance) -> Instrument:
        """An instrument."""
        found = Instrument(
            name,
            entry.string("short"),
            entry.string("title"),
            entry.period(),
            entry.string("confidence", one_of=CONFIDENCE),
            entry.optional_string("number") or "",
            self.issuer(entry),
            entry.optional_day("signed"),
            entry.optional_strings("replaced_by"),
            entry.optional_strings("amends"),
            entry.optional_strings("other_numbers"),
            entry.optional_text("note"),
            self.provenance(entry, defaults),
        )
        if found.signed and found.period.start and found.signed > found.period.start:
            raise entry.error("signed after it came into force")
        if found.replaced_by and found.period.until is None:
            raise entry.error("replaced, and yet without an end")
        return found

    def issuer(self, entry: Entry) -> Text:
        """Who issued an instrument, by its short name in ``issuers``."""
        name = entry.string("issuer")
        if name not in self.issuers:
            raise entry.error(f"unknown issuer {name}")
        return self.issuers[name]

    def issuer_names(self, file: Entry) -> dict[str, Text]:
        """Short names of issuers to their names."""
        part = file.entry("issuers")
        return {name: part.text(name) for name in part.names()}

    def related(self, file: Entry) -> None:
        """Refuse instruments that are replaced by, or amend, one nobody knows."""
        for found in self.instruments.values():
            for other in (*found.replaced_by, *found.amends):
                if other not in self.instruments:
                    raise file.error(f"{found.id}: unknown instrument {other}")
            for other in found.replaced_by:
                start = self.instruments[other].period.start
                if start is None or found.period.until is None or start > found.period.until:
                    raise file.error(f"{found.id} ended before {other} that replaced it began")

    def capacity(self, name: str, entry: Entry) -> Capacity:
        """A capacity."""
        title = Text(entry.string("vi"), entry.string("en"))
        return Capacity(name, title, entry.strings("aliases", empty=True))

    def kind(self, name: str, entry: Entry) -> Kind:
        """A kind; its patterns must be usable."""
        kind = Kind(
            id=name,
            name=Text(entry.string("vi"), entry.string("en")),
            category=entry.string("category", one_of=("diploma", "certificate", "paper")),
            standing=entry.string("standing", one_of=("current", "legacy", "open", "none")),
            synonyms=entry.strings("synonyms", empty=True),
            told_apart_by=entry.optional_strings("told_apart_by"),
            serial=entry.optional_string("serial"),
            entry=entry.optional_string("entry"),
            levels=entry.levels("levels") if entry.has("levels") else None,
            since=entry.optional_day("since"),
        )
        if (kind.category == "paper") != (kind.standing == "none"):
            raise entry.error("a paper has standing none, and nothing else has")
        if unknown := set(kind.told_apart_by) - _DISTINCTIONS:
            raise entry.error(f"told_apart_by: unknown {', '.join(unknown)}")
        try:
            re.compile(kind.serial or "")
            parse_entry(kind.entry or "{seq}", "1")
        except (re.error, Error) as problem:
            raise entry.error(f"pattern: {problem}") from problem
        return kind

    def no_credential(self, file: Entry) -> dict[str, tuple[Cite, ...]]:
        """Why a paper is no credential: citations by kind, under "" for all others."""
        entry = file.entry("not_a_credential")
        found = {"": self.cites(entry)}
        foreign = entry.entry("foreign")
        basis = self.cites(foreign)
        found |= dict.fromkeys(self.known_kinds(foreign), basis)
        foreign.close()
        entry.close()
        return found

    def row(self, name: str, entry: Entry) -> AuthorityRow:
        """A row of the authority matrix."""
        period = entry.period()
        row = AuthorityRow(
            id=name,
            kinds=self.known_kinds(entry),
            period=period,
            issuer_kinds=self.known_capacities(entry),
            signers=entry.optional_strings("signers"),
            who=entry.text("who"),
            special=entry.string("rank", one_of=("special", "general")) == "special",
            basis=self.cites_through(entry, period),
            confidence=entry.string("confidence", one_of=CONFIDENCE),
            note=entry.optional_text("note"),
            levels=self.level_limits(entry.entry("levels")) if entry.has("levels") else None,
            reviewed=entry.day("reviewed"),
        )
        if row.confidence != "found" and row.note is None:
            raise entry.error(f"{row.confidence} needs a note")
        return row

    def level_limits(self, entry: Entry) -> LevelLimits:
        """Levels a row allows to bodies by what else they hold."""
        holding = entry.entry("also_holding")
        names = holding.names()
        self.require_capacities(entry, names)
        limits = LevelLimits(
            entry.levels("everyone"), {n: holding.levels(n) for n in names}, self.cites(entry)
        )
        entry.close()
        return limits

    def act_rule(self, name: str, entry: Entry) -> ActRule:
        """What a regulation says of an act other than issue."""
        period = entry.period()
        acts = entry.strings("acts")
        if unknown := set(acts) - set(ACTS[1:]):
            raise entry.error(f"unknown acts {', '.join(unknown)}")
        return ActRule(
            name,
            acts,
            period,
            entry.string("verdict", one_of=("allowed", "review", "refused")),
            self.cites_in(entry, period),
            entry.string("confidence", one_of=CONFIDENCE),
            entry.text("why"),
        )

    def custodian(self, name: str, entry: Entry) -> Custodian:
        """Who keeps the registers of some kinds in a time."""
        period = entry.period()
        return Custodian(
            name,
            self.known_kinds(entry),
            period,
            self.known_capacities(entry),
            self.cites(entry),
            entry.string("confidence", one_of=CONFIDENCE),
            entry.text("who"),
        )

    def ending(self, name: str, entry: Entry) -> Ending:
        """A kind or a body that ended."""
        kinds = self.known_kinds(entry, empty=True)
        bodies = self.known_capacities(entry, empty=True)
        if not kinds and not bodies:
            raise entry.error("names neither kinds nor issuer_kinds")
        start = entry.day("from")
        return Ending(
            name,
            kinds,
            bodies,
            start,
            self.cites_in(entry, Period(start, None)),
            entry.string("confidence", one_of=CONFIDENCE),
            entry.text("what"),
        )

    def scale(self, entry: Entry) -> Scale:
        """A score scale."""
        ends = entry.levels("scale")
        scale = Scale(
            self.known_kinds(entry, empty=True),
            entry.strings("fields"),
            ends[0],
            ends[-1],
            self.cites(entry),
        )
        entry.close()
        return scale

    def mark(self, name: str, entry: Entry) -> PassMark:
        """A pass mark."""
        period = entry.period()
        mark = PassMark(
            name,
            self.known_kinds(entry),
            period,
            entry.optional_strings("fields"),
            entry.optional_strings("modules"),
            entry.number("percent"),
            self.cites_through(entry, period),
            entry.string("confidence", one_of=CONFIDENCE),
        )
        if bool(mark.fields) == bool(mark.modules):
            raise entry.error("names either fields or modules")
        if not 0 < mark.percent <= 100:
            raise entry.error("percent must be above 0 and at most 100")
        return mark

    def deadline(self, name: str, entry: Entry) -> Deadline:
        """A deadline."""
        period = entry.period()
        return Deadline(
            name,
            entry.string("act", one_of=ACTS),
            self.known_kinds(entry, empty=True),
            period,
            int(entry.number("days")),
            entry.string("unit", one_of=("days", "working_days")),
            entry.string("starts"),
            self.cites_through(entry, period),
            entry.string("confidence", one_of=CONFIDENCE),
            entry.string("medium", one_of=_MEDIA) if entry.has("medium") else _MEDIA[0],
        )

    # --- words ----------------------------------------------------------------------------------

    def titles(self, file: Entry) -> Titles:
        """Titles and forms of signature."""
        heads = file.entry("heads")
        names = heads.names()
        self.require_capacities(heads, names)
        if missing := set(self.capacities) - set(names):
            raise heads.error(f"no head title for {', '.join(sorted(missing))}")
        committee = file.entry("for_the_committee")
        words = file.entry("body_words")
        abbreviations = file.entry("abbreviations")
        basis = file.entry("basis")
        titles = Titles(
            heads={n: heads.strings(n) for n in names},
            generic_head=fold(file.string("generic_head")),
            deputy=fold(file.string("deputy")),
            not_for=tuple(self._not_for(e) for e in file.entries("not_for")),
            abbreviations={k: abbreviations.string(k) for k in abbreviations.names()},
            for_the_head=file.strings("for_the_head"),
            committee_words=committee.strings("words"),
            committee_capacities=committee.strings("capacities"),
            body_words={w: self._body_word(words, w) for w in words.names()},
            forms=tuple(self.by_id(file, "forms", self._form).values()),
            form_basis=self.cites(basis, "form"),
        )
        for part in (heads, committee, words, abbreviations, basis):
            part.close()
        return titles

    def _not_for(self, entry: Entry) -> tuple[str, str]:
        pair = fold(entry.string("title")), entry.string("capacity")
        self.require_capacities(entry, pair[1:])
        entry.close()
        return pair

    def _body_word(self, entry: Entry, word: str) -> frozenset[str]:
        names = entry.strings(word, empty=True)
        self.require_capacities(entry, names)
        return frozenset(names)

    def _form(self, name: str, entry: Entry) -> SignatureForm:
        dates: list[date | None] = [
            entry.optional_day("review_from"),
            entry.optional_day("deputy_review_from"),
        ]
        title = Text(entry.string("vi"), entry.string("en"))
        return SignatureForm(name, entry.strings("words"), title, dates[0], dates[1])

    def result_words(self, file: Entry) -> ResultWords:
        """Words of the result column; none may mean both."""
        passed = frozenset(file.strings("passed")) | frozenset(file.strings("grades"))
        failed = frozenset(file.strings("failed"))
        if both := passed & failed:
            raise file.error(f"means both: {', '.join(both)}")
        return ResultWords(
            passed, failed, file.strings("passed_prefixes"), file.strings("failed_prefixes")
        )


def _span(period: Period) -> str:
    return f"{period.start or '…'} – {period.last_day or '…'}"
