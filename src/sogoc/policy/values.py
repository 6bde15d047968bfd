"""Values of the law that are neither authority nor deadline: one dated statement each, by topic.

A ``Value`` says what holds for some kinds in a period, by which article, how sure we are and until
when somebody has to look again. What a topic's values carry has one shape (``Topic.shape``): a
list, a form, a pattern, a term. ``uncertain`` values never decide: ``verdict`` is ``review`` and
``settled`` is ``None``, so that nobody takes a guess for a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.policy.statute import Cite, Provenance

SHAPES = (
    "statement", "items", "form", "pattern", "term", "yearly", "keeping", "milestone", "fine",
    "builtin",
)  # fmt: skip
SERIES = ("one", "about", "kind", "free")


@dataclass(frozen=True, slots=True)
class Topic:
    """What values are about.

    ``series`` says what must be spoken of on every day since ``known_from``: the topic as a whole
    (``one``), each of ``abouts`` (``about``), each kind it concerns (``kind``), nothing (``free``).
    ``builtin`` topics have a file and a reader of their own (authority, custody, deadlines …).
    """

    id: str
    name: Text
    shape: str
    series: str
    known_from: date | None
    abouts: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: a case, a ground, a paper of a dossier, a field; ``at`` its point."""

    id: str
    text: Text
    at: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list in the order of the article."""

    items: tuple[Item, ...]

    def plain(self) -> dict[str, Any]:
        """Plain values, texts kept."""
        return {"items": [{"id": i.id, "text": i.text, "at": i.at} for i in self.items]}

    def words(self) -> Text:
        """One line."""
        return Text(
            "; ".join(i.text.vi for i in self.items), "; ".join(i.text.en for i in self.items)
        )


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a register form: printed heading, the field that fills it, may it be empty."""

    heading: Text
    field: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form (mẫu): its letter here, what stands above and below, and its columns in order."""

    letter: str
    columns: tuple[FormColumn, ...]
    above: tuple[Text, ...] = ()
    below: tuple[Text, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Plain values, texts kept."""
        return {
            "form": self.letter,
            "above": list(self.above),
            "columns": [
                {"number": n, "heading": c.heading, "field": c.field, "optional": c.is_optional}
                for n, c in enumerate(self.columns, 1)
            ],
            "below": list(self.below),
        }

    def words(self) -> Text:
        """One line."""
        return Text(
            f"Mẫu {self.letter}: " + " · ".join(c.heading.vi for c in self.columns),
            f"Form {self.letter}: " + " · ".join(c.heading.en for c in self.columns),
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """How numbers look: a regular expression (serials) or a template (entry numbers)."""

    regex: str | None
    template: str | None
    printer: str
    examples: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "regex": self.regex,
            "template": self.template,
            "printer": self.printer,
            "examples": list(self.examples),
        }

    def words(self) -> Text:
        """One line."""
        shape = self.template or self.regex or ""
        seen = f" ({', '.join(self.examples)})" if self.examples else ""
        return Text(f"dạng {shape}{seen}", f"shape {shape}{seen}")


@dataclass(frozen=True, slots=True)
class Term:
    """A time limit, or with ``is_least`` a least wait; ``immediately`` has no amount."""

    amount: int
    unit: str
    starts: str
    is_least: bool

    def plain(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "amount": self.amount,
            "unit": self.unit,
            "starts": self.starts,
            "least": self.is_least,
        }

    def words(self) -> Text:
        """One line."""
        if self.unit == "immediately":
            return Text("ngay", "immediately")
        amount = amount_words(self.amount, self.unit)
        if self.is_least:
            return Text(f"ít nhất {amount.vi}", f"at least {amount.en}")
        return amount


@dataclass(frozen=True, slots=True)
class Yearly:
    """Something due on days of every year: ``(month, day)``, from whom, to whom."""

    days: tuple[tuple[int, int], ...]
    sender: Text
    addressee: Text

    def plain(self) -> dict[str, Any]:
        """Plain values, texts kept."""
        return {
            "days": [f"{m:02}-{d:02}" for m, d in self.days],
            "sender": self.sender,
            "addressee": self.addressee,
        }

    def words(self) -> Text:
        """One line."""
        vi = ", ".join(f"{d:02}/{m:02}" for m, d in self.days)
        en = ", ".join(f"{m:02}-{d:02}" for m, d in self.days)
        return Text(
            f"{self.sender.vi} → {self.addressee.vi}, hạn {vi}",
            f"{self.sender.en} → {self.addressee.en}, by {en}",
        )


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long something is kept: at least ``months``, or for ever (``None``)."""

    months: int | None

    def plain(self) -> dict[str, Any]:
        """Plain values."""
        return {"months": self.months, "permanent": self.months is None}

    def words(self) -> Text:
        """One line."""
        if self.months is None:
            return Text("lưu vĩnh viễn", "kept for ever")
        if self.months % 12 == 0:
            years = self.months // 12
            return Text(f"lưu ít nhất {years} năm", f"kept at least {years} years")
        return Text(f"lưu ít nhất {self.months} tháng", f"kept at least {self.months} months")


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happens, or is due, once."""

    on: date

    def plain(self) -> dict[str, Any]:
        """Plain values."""
        return {"on": self.on}

    def words(self) -> Text:
        """One line."""
        return Text(f"{self.on:%d/%m/%Y}", self.on.isoformat())


@dataclass(frozen=True, slots=True)
class Fine:
    """A fine in million đồng for organisations (half for persons); ends unknown: ``None``."""

    low: int | None
    high: int | None

    def plain(self) -> dict[str, Any]:
        """Plain values."""
        return {"low_million_vnd": self.low, "high_million_vnd": self.high}

    def words(self) -> Text:
        """One line."""
        if self.low is None or self.high is None:
            return Text("mức phạt chưa xác nhận", "amount not confirmed")
        return Text(f"{self.low}–{self.high} triệu đồng", f"{self.low}–{self.high} million VND")


Body = Items | Form | Pattern | Term | Yearly | Keeping | Milestone | Fine


@dataclass(frozen=True, slots=True)
class Value:
    """One dated statement. ``kinds`` empty: all kinds; a value that names kinds goes first.

    ``about`` tells values of one topic apart that hold side by side (a paper, a form, a printer).
    """

    id: str
    topic: str
    about: str
    kinds: tuple[str, ...]
    issuer_kinds: tuple[str, ...]
    period: Period
    what: Text
    body: Body | None
    basis: tuple[Cite, ...]
    confidence: str
    note: Text | None
    checked: Provenance

    @property
    def verdict(self) -> str:
        """``decides``, or ``review`` for what is uncertain."""
        return "review" if self.confidence == "uncertain" else "decides"

    @property
    def settled(self) -> Body | None:
        """What it carries when it decides; ``None`` when it is uncertain, or only a statement."""
        return None if self.confidence == "uncertain" else self.body


def amount_words(amount: int, unit: str) -> Text:
    """``30 days``, ``5 working days`` in both languages."""
    vi = {"days": "ngày", "working_days": "ngày làm việc", "months": "tháng"}[unit]
    en = unit.replace("_", " ")
    return Text(f"{amount} {vi}", f"{amount} {en[:-1] if amount == 1 else en}")
