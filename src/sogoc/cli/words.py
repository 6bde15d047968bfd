"""The user's language on the terminal."""

from __future__ import annotations

import os

from sogoc.kernel.text import Text


def language() -> str:
    """``vi`` unless ``SOGOC_LANG`` (or ``--lang``) says ``en``."""
    return "en" if os.environ.get("SOGOC_LANG", "vi").lower().startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """The sentence in the user's language."""
    return en if language() == "en" else vi


def shown(text: Text | str) -> str:
    """A text of the domain in the user's language."""
    return text.in_language(language()) if isinstance(text, Text) else text
