"""Lists with one column for men and one for women: a mark in one of them, or the date of birth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sogoc.intake.dates import read_text
from sogoc.kernel.names import fold

MARKS: Final = ("male_mark", "female_mark")
BORN: Final = ("male_born", "female_born")
PAIRS: Final = (MARKS, BORN)
ONLY_WOMEN: Final = "female_only"
"""The only column marks women. Never taken for it unasked: a blank could mean “not known”."""
_SEXES: Final = ("male", "female")
_TICKS: Final = frozenset({"x", "✓", "✔", "☑", "v", "+", "1", "*"})
_OWN_WORDS: Final = ("nam", "nu")


class Found(NamedTuple):
    """What two cells of a row say: values, and the problem `(which of the two, code, shown)`."""

    sex: str | None
    birth_date: object
    problem: tuple[int, str, str] | None
    problem_field: str = "sex"


def incomplete_pairs(fields: Mapping[int, str | None]) -> list[int]:
    """Columns of men or women that cannot be read so: without the other one, or beside another.

    Another column may tell the sex, or the birth date, too.
    """
    present = list(fields.values())
    open_ones = []
    for pair, whole in ((MARKS, ("sex",)), (BORN, ("sex", "birth_date", "birth_year"))):
        counts = [present.count(name) for name in pair]
        if counts != [1, 1] or any(name in present for name in whole):
            open_ones += [column for column, field in fields.items() if field in pair]
    both = all(any(name in present for name in pair) for pair in PAIRS)
    if both:
        open_ones = [c for c, field in fields.items() if field in (*MARKS, *BORN)]
    return open_ones


def from_marks(male: object, female: object) -> Found:
    """Read a row of two columns to be marked; without a mark the sex is not known."""
    cells = [str(cell or "") for cell in (male, female)]
    if all(cells):
        return Found(None, None, (0, "sex_marked_twice", " / ".join(cells)))
    for place, cell in enumerate(cells):
        if cell and fold(cell) not in _TICKS | {_OWN_WORDS[place]}:
            return Found(None, None, (place, "unknown_sex", cell))
    return Found(next((sex for sex, c in zip(_SEXES, cells, strict=True) if c), None), None, None)


def from_one_mark(cell: object) -> Found:
    """Read a row of a list that marks women and leaves the cell of men blank."""
    shown = str(cell or "")
    if shown and fold(shown) not in _TICKS | {_OWN_WORDS[1]}:
        return Found(None, None, (0, "unknown_sex", shown))
    return Found(_SEXES[bool(shown)], None, None)


def from_births(male: object, female: object) -> Found:
    """Read a row whose birth date stands in the column of men or in that of women."""
    cells = [str(cell or "") for cell in (male, female)]
    if all(cells):
        return Found(None, None, (0, "sex_marked_twice", " / ".join(cells)))
    for place, cell in enumerate(cells):
        if cell:
            born, code = read_text(cell)
            problem = (place, code, cell) if code else None
            return Found(_SEXES[place], born, problem, "birth_date")
    return Found(None, None, None)


def pair_in(fields: Sequence[str]) -> tuple[str, str] | None:
    """The pair of columns a list has, None without one."""
    return next((pair for pair in PAIRS if set(pair) <= set(fields)), None)
