"""Readers of topics and values: every value fits its topic's shape and its instruments' periods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from sogoc.kernel.errors import Error
from sogoc.kernel.identifiers import parse_entry
from sogoc.kernel.text import Text
from sogoc.policy.readers import CONFIDENCE, Reader
from sogoc.policy.reading import Entry
from sogoc.policy.statute import Kind, Provenance
from sogoc.policy.values import (
    SERIES,
    SHAPES,
    Body,
    Fine,
    Form,
    FormColumn,
    Item,
    Items,
    Keeping,
    Milestone,
    Pattern,
    Term,
    Topic,
    Value,
    Yearly,
)

UNITS = ("days", "working_days", "immediately")
_SELECTORS = ("all", "diploma", "certificate")
_ID = re.compile(r"[a-z][a-z0-9_]*")


class ValueReader:
    """Reads topics, then values; knows instruments, capacities and kinds from ``reader``."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.topics: dict[str, Topic] = {}

    def topic(self, name: str, entry: Entry) -> Topic:
        """A topic."""
        shape = entry.string("shape", one_of=SHAPES)
        series = entry.string("series", one_of=SERIES)
        topic = Topic(
            name,
            Text(entry.string("vi"), entry.string("en")),
            shape,
            series,
            entry.optional_day("known_from"),
            entry.optional_strings("abouts"),
            self._concerned(entry),
        )
        if (series == "free") != (topic.known_from is None):
            raise entry.error("known_from goes with every series but free")
        if series == "about" and not topic.abouts:
            raise entry.error("series about needs abouts")
        return topic

    def _concerned(self, entry: Entry) -> tuple[str, ...]:
        """Kinds a topic concerns: ``all``, ``diploma``, ``certificate``, or a list of kinds."""
        if not entry.has("concerns"):
            return ()
        names = entry.strings("concerns")
        kinds = self.reader.kinds
        if len(names) == 1 and names[0] in _SELECTORS:
            return tuple(k for k, kind in kinds.items() if _selected(kind, names[0]))
        if unknown := [n for n in names if n not in kinds]:
            raise entry.error(f"unknown kind {', '.join(unknown)}")
        return names

    def value(self, name: str, entry: Entry, defaults: Provenance) -> Value:
        """A value of a known topic."""
        topic = self._topic_of(entry)
        about = entry.optional_string("about") or ""
        if topic.abouts and about not in topic.abouts:
            raise entry.error(f"about must be one of {', '.join(topic.abouts)}, is {about!r}")
        if about and not topic.abouts:
            raise entry.error(f"topic {topic.id} knows no about")
        period = entry.period()
        value = Value(
            name,
            topic.id,
            about,
            self.reader.known_kinds(entry) if entry.has("kinds") else (),
            self.reader.known_capacities(entry) if entry.has("issuer_kinds") else (),
            period,
            entry.text("what"),
            self._body(topic, entry),
            self.reader.cites_through(entry, period),
            entry.string("confidence", one_of=CONFIDENCE),
            entry.optional_text("note"),
            self.reader.provenance(entry, defaults),
        )
        if topic.kinds and set(value.kinds) - set(topic.kinds):
            raise entry.error(f"topic {topic.id} does not concern all of its kinds")
        if value.confidence != "found" and value.note is None:
            raise entry.error(f"{value.confidence} needs a note")
        return value

    def _topic_of(self, entry: Entry) -> Topic:
        name = entry.string("topic")
        topic = self.topics.get(name)
        if topic is None:
            raise entry.error(f"unknown topic {name}")
        if topic.shape == "builtin":
            raise entry.error(f"topic {name} has a file of its own")
        return topic

    def _body(self, topic: Topic, entry: Entry) -> Body | None:
        if topic.shape == "statement":
            return None
        part = entry if topic.shape == "items" else entry.entry(topic.shape)
        body = _BODIES[topic.shape](part)
        if part is not entry:
            part.close()
        return body


def _selected(kind: Kind, selector: str) -> bool:
    return kind.standing == "current" and selector in ("all", kind.category)


def _items(entry: Entry) -> Items:
    items, seen = [], set()
    for part in entry.entries("items"):
        name = part.string("id")
        if not _ID.fullmatch(name) or name in seen:
            raise part.error("the id of an item is a lower-case word, each once")
        seen.add(name)
        text = Text(part.string("vi"), part.string("en"))
        items.append(Item(name, text, part.optional_string("at") or ""))
        part.close()
    return Items(tuple(items))


def _form(entry: Entry) -> Form:
    columns, seen = [], set()
    for part in entry.entries("columns"):
        name = part.string("field")
        if not _ID.fullmatch(name) or name in seen:
            raise part.error("the field of a column is a lower-case word, each once")
        seen.add(name)
        heading = Text(part.string("vi"), part.string("en"))
        columns.append(FormColumn(heading, name, _yes(part, "optional")))
        part.close()
    return Form(
        entry.string("letter"), tuple(columns), _lines(entry, "above"), _lines(entry, "below")
    )


def _lines(entry: Entry, key: str) -> tuple[Text, ...]:
    if not entry.has(key):
        return ()
    texts = []
    for part in entry.entries(key):
        texts.append(Text(part.string("vi"), part.string("en")))
        part.close()
    return tuple(texts)


def _yes(entry: Entry, key: str) -> bool:
    if not entry.has(key):
        return False
    value = entry.raw(key)
    if not isinstance(value, bool):
        raise entry.error(f"{key} must be true or false")
    return value


def _pattern(entry: Entry) -> Pattern:
    pattern = Pattern(
        entry.optional_string("regex"),
        entry.optional_string("template"),
        entry.string("printer"),
        entry.strings("examples", empty=True),
    )
    if (pattern.regex is None) == (pattern.template is None):
        raise entry.error("a pattern is either a regex or a template")
    try:
        for example in pattern.examples:
            if pattern.regex is not None:
                fits = re.fullmatch(pattern.regex, example) is not None
            else:
                fits = parse_entry(pattern.template or "", example) is not None
            if not fits:
                raise entry.error(f"the example {example!r} does not fit its pattern")
        re.compile(pattern.regex or "")
        parse_entry(pattern.template or "{seq}", "1")
    except (re.error, Error) as problem:
        raise entry.error(f"pattern: {problem}") from problem
    return pattern


def _term(entry: Entry) -> Term:
    unit = entry.string("unit", one_of=UNITS)
    amount = 0 if unit == "immediately" else whole(entry, "amount")
    return Term(amount, unit, entry.string("starts"), _yes(entry, "least"))


def _yearly(entry: Entry) -> Yearly:
    days = []
    for text in entry.strings("days"):
        try:
            day = date.fromisoformat(f"2024-{text}")
        except ValueError as problem:
            raise entry.error(f"days are MM-DD, not {text!r}") from problem
        days.append((day.month, day.day))
    return Yearly(tuple(days), entry.text("sender"), entry.text("addressee"))


def _keeping(entry: Entry) -> Keeping:
    if _yes(entry, "permanent"):
        return Keeping(None)
    return Keeping(whole(entry, "months"))


def _milestone(entry: Entry) -> Milestone:
    return Milestone(entry.day("day"))


def _fine(entry: Entry) -> Fine:
    if _yes(entry, "unknown"):
        return Fine(None, None)
    fine = Fine(whole(entry, "low"), whole(entry, "high"))
    if (fine.low or 0) > (fine.high or 0):
        raise entry.error("low is above high")
    return fine


def whole(entry: Entry, key: str) -> int:
    """A whole number of at least one."""
    value = entry.raw(key)
    if type(value) is not int or value < 1:
        raise entry.error(f"{key} must be a whole number of at least 1")
    return value


_BODIES: Mapping[str, Callable[[Entry], Body]] = {
    "items": _items,
    "form": _form,
    "pattern": _pattern,
    "term": _term,
    "yearly": _yearly,
    "keeping": _keeping,
    "milestone": _milestone,
    "fine": _fine,
}
