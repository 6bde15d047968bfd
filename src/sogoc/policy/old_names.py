"""Old names of kinds with the days they were in use: dated values of ``law/old_names.yaml``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from sogoc.kernel.names import fold
from sogoc.kernel.periods import Period
from sogoc.policy.errors import LawDataError
from sogoc.policy.reading import Entry, parse

FILE: Final = "old_names.yaml"
CONTENT: Final = "142122a0a38cc709cfdfedac20fb61ab7014b644fc2ce464d7e1b5efc8359ce6"
"""SHA-256 of the file. The rule-set id counts this module, and so the values it reads."""

_CONFIDENCE: Final = ("found", "recalled", "uncertain")


@dataclass(frozen=True, slots=True)
class OldName:
    """A name a kind once had: ``shown`` in full, ``words`` as compared; ``period`` it was in use.

    A period without beginning reaches back beyond every register. ``basis`` is where the period was
    found; an ``uncertain`` one has none.
    """

    id: str
    kind: str
    shown: str
    words: tuple[str, ...]
    period: Period
    confidence: str
    basis: str = ""


def old_name_in(text: str) -> OldName | None:
    """The old name of a kind a text speaks of, the longest where several do; else ``None``."""
    plain = f" {_plain(text)} "
    found = [
        (len(words), name) for name in old_names() for words in name.words if f" {words} " in plain
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def old_name(word: str) -> OldName | None:
    """The old name a word is as a whole, with or without "Bằng tốt nghiệp" before it."""
    plain = re.sub(r"^bang (?:tot nghiep )?", "", _plain(word))
    return next((name for name in old_names() if plain in name.words), None)


@lru_cache(maxsize=1)
def old_names() -> tuple[OldName, ...]:
    """The names shipped, read once. Raises ``LawDataError``."""
    text = (resources.files("sogoc.policy") / "law" / FILE).read_text("utf-8")
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    if digest != CONTENT:
        raise LawDataError(FILE, f"changed: pin its digest {digest} in old_names.py")
    return read(text)


def read(text: str) -> tuple[OldName, ...]:
    """The names of a text. Raises ``LawDataError`` for whatever is not of the schema."""
    file = Entry(FILE, "old_names", parse(text, FILE))
    file.day("reviewed")
    names = []
    for entry in file.entries("names"):
        confidence = entry.string("confidence", one_of=_CONFIDENCE)
        basis = entry.optional_string("basis") or ""
        if (confidence == "uncertain") == bool(basis):
            raise entry.error("a basis, or uncertain")
        names.append(
            OldName(
                id=entry.string("id"),
                kind=entry.string("kind"),
                shown=entry.string("shown"),
                words=tuple(_plain(word) for word in entry.strings("words")),
                period=entry.period(),
                confidence=confidence,
                basis=basis,
            )
        )
        entry.close()
    file.close()
    return tuple(names)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())
