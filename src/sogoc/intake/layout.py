"""Where a list begins on its sheet: the header block under the title, and what is above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sogoc.intake.cells import is_empty, text_of
from sogoc.intake.grid import Grid
from sogoc.intake.headers import Heading, field_of, header_key, is_known

_SEARCHED_ROWS: Final = 150
_MAX_HEADER_ROWS: Final = 3
_ENOUGH_KNOWN: Final = 2
_SURELY_HEADER: Final = 3
_NAME_FIELDS: Final = frozenset({"full_name", "family_middle", "given_name"})
_TABLE_ROWS: Final = 3
_TABLE_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The header block: 0-based rows `top`..`bottom`; `known` counts the fields it names."""

    top: int
    bottom: int
    known: int


def find_header(grid: Grid, extra_known: Callable[[str], bool]) -> Header | None:
    """Find the header block: the first row that names fields, and the rows that go with it.

    `extra_known` tells texts the user has said the meaning of. None when no row names two fields.
    """
    scores = [_known_fields(row, extra_known) for row in grid.rows[:_SEARCHED_ROWS]]
    if max(map(len, scores), default=0) < _ENOUGH_KNOWN:
        return None
    # The first row that is surely a header: a fuller one further down would be a second list.
    sure = (place for place, known in enumerate(scores) if _is_sure(grid.rows[place], known))
    best = next(sure, scores.index(max(scores, key=len)))
    top = bottom = best
    while bottom - top + 1 < _MAX_HEADER_ROWS and _belongs_below(grid, top, bottom):
        bottom += 1
    while bottom - top + 1 < _MAX_HEADER_ROWS and _belongs_above(grid, top):
        top -= 1
    return Header(top, bottom, len(scores[best]))


def guess_header(grid: Grid) -> Header | None:
    """First full row of texts of a sheet that is a table but names no known field, else None."""
    full = [
        place
        for place, row in enumerate(grid.rows[:_SEARCHED_ROWS])
        if sum(not is_empty(cell) for cell in row) >= _TABLE_COLUMNS
    ]
    if len(full) < _TABLE_ROWS:
        return None
    first = grid.rows[full[0]]
    if all(isinstance(cell, str) for cell in first):
        return Header(full[0], full[0], 0)
    return None


def _known_fields(row: Sequence[object], extra_known: Callable[[str], bool]) -> set[str]:
    found: set[str] = set()
    for cell in row:
        if isinstance(cell, str) and cell:
            field = field_of(cell)
            if field:
                found.add(field)
            elif extra_known(cell):
                found.add(header_key(cell))
    return found


def _is_sure(row: Sequence[object], known: set[str]) -> bool:
    """Tell a header from a line of the title such as "Ngành: | Kế toán | Hệ: | Chính quy"."""
    if _NAME_FIELDS & known:
        return len(known) >= _ENOUGH_KNOWN
    return len(known) >= _SURELY_HEADER and 2 * len(known) > len(_filled(row))


def _filled(row: Sequence[object]) -> list[int]:
    return [place for place, cell in enumerate(row) if not is_empty(cell)]


def _belongs_below(grid: Grid, top: int, bottom: int) -> bool:
    """Tell whether the row under the block is a lower header row."""
    below = bottom + 1
    if below >= len(grid.rows):
        return False
    places = _filled(grid.rows[below])
    spans_down = any(m[0] <= bottom and m[2] >= below and m[0] >= top for m in grid.merged)
    if not places:
        return spans_down and any(
            m[0] <= bottom and m[2] > below and m[0] >= top for m in grid.merged
        )
    row = grid.rows[below]
    if not all(isinstance(row[place], str) for place in places):
        return False
    if spans_down:
        return all(_under_wide(grid, bottom, place) for place in places)
    above = grid.rows[bottom]
    new = [place for place in places if place >= len(above) or is_empty(above[place])]
    known = [place for place in places if is_known(str(row[place]))]
    return len(known) == len(places) and (bool(new) or _all_under_wide(grid, bottom, places))


def _all_under_wide(grid: Grid, row: int, places: Sequence[int]) -> bool:
    return all(_under_wide(grid, row, place) for place in places)


def _under_wide(grid: Grid, row: int, place: int) -> bool:
    return any(m[0] <= row <= m[2] and m[1] <= place <= m[3] and m[3] > m[1] for m in grid.merged)


def _belongs_above(grid: Grid, top: int) -> bool:
    """Tell whether the row over the block is an upper header row, not the title."""
    if top == 0:
        return False
    row = grid.rows[top - 1]
    places = _filled(row)
    if not places or not all(isinstance(row[place], str) for place in places):
        return False
    if any(m[0] < top <= m[2] and m[0] >= top - 2 for m in grid.merged):
        return True
    below = grid.rows[top]
    if len(places) < 2 and not is_known(str(row[places[0]])):
        return False
    if sum(is_known(str(row[place])) for place in places) < max(1, len(places) // 2):
        return False
    # A stacked header leaves no column with two meanings unless the upper one is wide.
    return any(place >= len(below) or is_empty(below[place]) for place in places) or any(
        m[0] == top - 1 and m[3] > m[1] for m in grid.merged
    )


def headings(grid: Grid, header: Header, body: Sequence[int]) -> list[Heading]:
    """Build what stands above each column; `body` are the 0-based rows below that may hold data."""
    block = [list(grid.rows[row]) for row in range(header.top, header.bottom + 1)]
    width = max((len(row) for row in grid.rows), default=0)
    texts = [[text_of(row[c]) if c < len(row) else "" for c in range(width)] for row in block]
    spans: dict[int, tuple[int, int]] = {}
    for top, left, bottom, right in grid.merged:
        if top < header.top or top > header.bottom:
            continue
        text = texts[top - header.top][left] if left < width else ""
        for row in range(top, min(bottom, header.bottom) + 1):
            for column in range(left, min(right, width - 1) + 1):
                texts[row - header.top][column] = text
        if bottom >= header.bottom:
            for column in range(left, right + 1):
                spans[column] = (right - left + 1, column - left)
    _inherit(texts)
    used = _used_columns(grid, body, width)
    found = []
    for column in range(width):
        path = _path([row[column] for row in texts])
        if path or column in used:
            span, offset = spans.get(column, (1, 0))
            found.append(Heading(column + 1, path, column in used, span, offset))
    return found


def _inherit(texts: list[list[str]]) -> None:
    """Without merged cells (csv) an upper header stands over its first column only: spread it."""
    for upper, lower in pairwise(texts):
        for column in range(1, len(upper)):
            left = upper[column - 1]
            if not upper[column] and lower[column] and left and lower[column - 1] not in ("", left):
                upper[column] = left


def _path(texts: Sequence[str]) -> tuple[str, ...]:
    path: list[str] = []
    for text in texts:
        if text and (not path or header_key(text) != header_key(path[-1])):
            path.append(text)
    return tuple(path)


def _used_columns(grid: Grid, body: Sequence[int], width: int) -> set[int]:
    rows = [grid.rows[place] for place in body]
    inside = set(body)
    used = {column for place, column in grid.faults if place in inside}
    for column in set(range(width)) - used:
        if any(row[column] != "" and not is_empty(row[column]) for row in rows):
            used.add(column)
    return used


def title_lines(grid: Grid, header: Header) -> tuple[str, ...]:
    """Return the texts above the header, one per cell, in reading order."""
    cells = (cell for row in grid.rows[: header.top] for cell in row)
    return tuple(text for text in map(text_of, cells) if text)
