"""A sentence for people, in Vietnamese and English."""

from __future__ import annotations

from dataclasses import dataclass


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
