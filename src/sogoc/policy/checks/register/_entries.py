"""How the checks of the register read entry numbers typed in lists."""

from __future__ import annotations

import re
from functools import lru_cache

from sogoc.kernel.identifiers import parse_entry
from sogoc.policy.facts import ListFacts
from sogoc.policy.statute import Law

_YEAR = re.compile(r"(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)")
_SEQUENCE = re.compile(r"[^0-9]*([0-9]{1,9})(?:[^0-9]|$)")


def pattern_of(facts: ListFacts, law: Law) -> str | None:
    """The book's pattern, else the kind's usual one."""
    if facts.book is not None and facts.book.pattern:
        return facts.book.pattern
    return usual_pattern(facts.act.kind, law)


@lru_cache(maxsize=256)
def usual_pattern(kind: str, law: Law) -> str | None:
    """The usual pattern of a kind, ``None`` where none is known."""
    found = law.find_kind(kind)
    return found.entry if found is not None else None


def year_of(text: str, pattern: str | None) -> int | None:
    """The year in an entry number: by the pattern, else four digits that stand alone."""
    if pattern is not None and (read := parse_entry(pattern, text)) is not None:
        return read[1]
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def key_of(text: str, pattern: str | None) -> tuple[int, int | None] | str:
    """What makes two entry numbers the same: number and year, else the text without spaces."""
    read = parse_entry(pattern, text) if pattern is not None and "{unit}" not in pattern else None
    return read if read is not None else "".join(text.split()).upper()


def sequence_of(text: str, pattern: str | None) -> int | None:
    """The running number: by the pattern, else the first digits."""
    if pattern is not None and (read := parse_entry(pattern, text)) is not None:
        return read[0]
    found = _SEQUENCE.match(text)
    return int(found[1]) if found else None
