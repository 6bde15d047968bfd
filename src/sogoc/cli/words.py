"""The user's language on the terminal."""

from __future__ import annotations

import os
from typing import Final

from sogoc.kernel.text import Text

_STATES: Final = {
    "prepared": Text("đã lập, chờ người khác duyệt", "prepared, waits for another's approval"),
    "approved": Text("đã duyệt, chờ in", "approved, waits for printing"),
    "printed": Text("đã in, chờ ký và đóng dấu", "printed, waits for signature and seal"),
    "signed": Text("đã ký và đóng dấu, chờ vào sổ", "signed and sealed, waits for the register"),
    "issued": Text("đã vào sổ gốc", "in the register"),
    "cancelled": Text("đã hủy", "cancelled"),
}


def language() -> str:
    """``vi`` unless ``SOGOC_LANG`` (or ``--lang``) says ``en``."""
    return "en" if os.environ.get("SOGOC_LANG", "vi").lower().startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """The sentence in the user's language."""
    return en if language() == "en" else vi


def shown(text: Text | str) -> str:
    """A text of the domain in the user's language."""
    return text.in_language(language()) if isinstance(text, Text) else text


def batch_state(state: str) -> str:
    """Where a batch is on its way, and what it waits for."""
    return shown(_STATES[state])
