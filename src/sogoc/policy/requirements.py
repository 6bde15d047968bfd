"""What an issue owes beside authority: dated values of ``law/requirements.yaml``, read strictly."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Final, Protocol, TypeVar

from sogoc.kernel.periods import Period
from sogoc.policy.errors import LawDataError
from sogoc.policy.reading import Entry, parse
from sogoc.policy.statute import Cite

FILE: Final = "requirements.yaml"
CONTENT: Final = "96e2fda14390d7c8cd95b28cc3930eb18ae2a6204939927db112ad6106392dea"
"""SHA-256 of the file. The rule-set id counts this module, and so the values it reads."""

_CONFIDENCE: Final = ("found", "recalled", "uncertain")


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A credential of ``kinds`` supposes that the person holds one of ``needs``."""

    id: str
    kinds: tuple[str, ...]
    period: Period
    basis: tuple[Cite, ...]
    confidence: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about kinds of credentials in a time that holds no further value."""

    id: str
    kinds: tuple[str, ...]
    period: Period
    basis: tuple[Cite, ...]
    confidence: str


class _Dated(Protocol):
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def period(self) -> Period: ...


D = TypeVar("D", bound=_Dated)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything the file holds."""

    reviewed: date
    prerequisites: tuple[Prerequisite, ...]
    programmes: tuple[Rule, ...]
    printing: tuple[Rule, ...]
    specimens: tuple[Rule, ...]


def in_force(rules: tuple[D, ...], kind: str, on: date) -> D | None:
    """The rule of a kind on a day, if there is one."""
    return next((rule for rule in rules if kind in rule.kinds and rule.period.contains(on)), None)


def needed_kinds(kind: str, on: date) -> tuple[str, ...]:
    """Kinds of which a person holds one before a credential of ``kind`` is issued; may be none."""
    rule = in_force(requirements().prerequisites, kind, on)
    return rule.needs if rule is not None else ()


@lru_cache(maxsize=1)
def requirements() -> Requirements:
    """The values shipped, read once. Raises ``LawDataError``."""
    text = (resources.files("sogoc.policy") / "law" / FILE).read_text("utf-8")
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    if digest != CONTENT:
        raise LawDataError(FILE, f"changed: pin its digest {digest} in requirements.py")
    return read(text)


def read(text: str) -> Requirements:
    """The values of a text. Raises ``LawDataError`` for whatever is not of the schema."""
    file = Entry(FILE, "requirements", parse(text, FILE))
    found = Requirements(
        reviewed=file.day("reviewed"),
        prerequisites=_all(file, "prerequisites", _prerequisite),
        programmes=_all(file, "programmes", _rule),
        printing=_all(file, "printing", _rule),
        specimens=_all(file, "specimens", _rule),
    )
    file.close()
    return found


def _all(file: Entry, key: str, make: Callable[[Entry], T]) -> tuple[T, ...]:
    made = []
    for entry in file.entries(key):
        made.append(make(entry))
        entry.close()
    return tuple(made)


def _prerequisite(entry: Entry) -> Prerequisite:
    return Prerequisite(*_head(entry), entry.strings("needs"))


def _rule(entry: Entry) -> Rule:
    return Rule(*_head(entry))


def _head(entry: Entry) -> tuple[str, tuple[str, ...], Period, tuple[Cite, ...], str]:
    return (
        entry.string("id"),
        entry.strings("kinds"),
        entry.period(),
        _basis(entry),
        entry.string("confidence", one_of=_CONFIDENCE),
    )


def _basis(entry: Entry) -> tuple[Cite, ...]:
    cites = []
    for one in entry.entries("basis"):
        cites.append(Cite(one.string("instrument"), one.optional_string("at") or ""))
        one.close()
    return tuple(cites)
