"""A sentence for people, in Vietnamese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_STEERING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str) -> str:
    """Return a text of anybody's that steers no terminal and no page: what would is written out.

    That is control characters but for tab and newline, marks that turn the direction of writing,
    and halves of characters, as `\\u001b`: in JSON it is the same text.
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages; Vietnamese is the authoritative one.

    `str(text)` gives the Vietnamese sentence.
    """

    vi: str
    en: str

    def __str__(self) -> str:
        return self.vi

    def in_language(self, language: str) -> str:
        """Return the sentence for a tag such as `vi`, `en`, `en-GB` (any other: Vietnamese)."""
        return self.en if language.lower().partition("-")[0] == "en" else self.vi

    def format(self, **values: object) -> Text:
        """Fill `{name}` places in both sentences with the same values."""
        return Text(self.vi.format(**values), self.en.format(**values))
