"""Supplement data on a sheet of its own, joined to the rows of the list by student code.

A sheet is a supplement when it calls itself the supplement of a diploma (its name or the lines
above the header) and has a column of student codes or candidate numbers. One that only looks like
it is asked about (`sheet:NAME`). What the list has is never replaced.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sogoc.intake.cells import is_empty, show, text_of
from sogoc.intake.fields import A_LIST, IGNORE, SUPPLEMENT, label
from sogoc.intake.grid import Grid
from sogoc.intake.headers import field_of, header_key
from sogoc.intake.layout import Header, title_lines
from sogoc.intake.model import Question
from sogoc.kernel.names import fold
from sogoc.kernel.text import Text

KEYS: Final = ("student_code", "candidate_number")
"""What a supplement is joined by, the better one first."""
COURSES: Final = frozenset(
    header_key(text)
    for text in (
        "học phần", "tên học phần", "môn học", "tên môn học", "môn", "tên môn", "mô đun",
        "tên mô đun", "môn học học phần", "tên học phần môn học", "course", "course title",
        "subject", "module",
    )
)  # fmt: skip
"""Headers of a supplement that has a row for each course of a person."""
NO_KEY: Final = "no_key"

_NAMES: Final = frozenset({"full_name", "family_middle", "given_name"})
_SAYS: Final = re.compile(
    r"\bphu luc (?:(?:cua|kem theo) )?(?:van bang|bang|chung chi)\b|\bplvb\b"
    r"|\b(?:diploma|certificate) supplement\b"
)
_SEARCHED_ROWS: Final = 150
_HALF: Final = 0.5


def question_key(sheet: str) -> str:
    """Return the key under which it is answered what a sheet is."""
    return f"sheet:{sheet}"


def code_key(value: object) -> str:
    """Return how codes are compared: without spaces and case; leading zeros count."""
    return re.sub(r"\s+", "", show(value)).casefold()


def key_header(grid: Grid) -> Header | None:
    """Return the header row of a sheet of which only the column of codes is known, else None."""
    for place, row in enumerate(grid.rows[:_SEARCHED_ROWS]):
        filled = [cell for cell in row if not is_empty(cell)]
        known = {field_of(cell) for cell in filled if isinstance(cell, str)}
        if len(filled) > 1 and known & set(KEYS) and all(isinstance(c, str) for c in filled):
            return Header(place, place, 1)
    return None


def roles(
    grids: Sequence[Grid], headers: Mapping[int, Header], answers: Mapping[str, str]
) -> dict[int, str | Question]:
    """Return what each sheet is that is not simply a list, by its place among the grids.

    `supplement`, `ignore`, `no_key` (it calls itself a supplement but has no codes), or the
    question what it is. Sheets that are lists have no entry.
    """
    known = {key.removeprefix("sheet:"): said for key, said in answers.items() if ":" in key}
    said = {place: known.get(grids[place].name) for place in headers}
    fields = {place: _fields(grids[place], one, answers) for place, one in headers.items()}
    claims = {place for place, header in headers.items() if _claims(grids[place], header)}
    lists = [
        place
        for place in headers
        if said[place] == A_LIST or (fields[place].keys() & _NAMES and place not in claims)
    ]
    found: dict[int, str | Question] = {}
    for place in headers:
        others = [one for one in lists if one != place]
        if said[place] in (SUPPLEMENT, IGNORE):
            found[place] = str(said[place])
        elif others and said[place] is None:
            role = _role(grids, headers, fields, place, others, is_claimed=place in claims)
            if role is not None:
                found[place] = role
    return found


def _role(
    grids: Sequence[Grid],
    headers: Mapping[int, Header],
    fields: Mapping[int, Mapping[str, int]],
    place: int,
    lists: Sequence[int],
    *,
    is_claimed: bool,
) -> str | Question | None:
    keys = [key for key in KEYS if key in fields[place]]
    if is_claimed:
        return SUPPLEMENT if keys else NO_KEY
    shared = [(one, key) for one in lists for key in keys if key in fields[one]]
    if not shared:
        return None
    if not fields[place].keys() & _NAMES:
        return _ask(grids[place].name, grids[shared[0][0]].name, shared[0][1])
    for one, key in shared:
        # Of two lists the later one is asked about; exams number people anew in each room.
        if one > place or key != "student_code":
            continue
        mine = _codes(grids[place], headers[place], fields[place][key])
        theirs = _codes(grids[one], headers[one], fields[one][key])
        if mine and len(mine & theirs) >= _HALF * len(mine):
            return _ask(grids[place].name, grids[one].name, key)
    return None


def _fields(grid: Grid, header: Header, answers: Mapping[str, str]) -> dict[str, int]:
    """Fields a header names, with the 0-based column of each."""
    told = {header_key(key): field for key, field in answers.items()}
    found: dict[str, int] = {}
    for row in grid.rows[header.top : header.bottom + 1]:
        for column, cell in enumerate(row):
            text = text_of(cell)
            field = told.get(header_key(text)) or field_of(text) if text else None
            if field:
                found.setdefault(field, column)
    return found


def claims_by_name(name: str) -> bool:
    """Tell whether a sheet's name alone says that it is the supplement of a diploma."""
    return bool(_SAYS.search(_plain(name)))


def _claims(grid: Grid, header: Header) -> bool:
    texts = (grid.name, *title_lines(grid, header))
    return any(_SAYS.search(_plain(text)) for text in texts)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())


def _codes(grid: Grid, header: Header, column: int) -> set[str]:
    cells = (row[column] for row in grid.rows[header.bottom + 1 :] if column < len(row))
    return {code_key(cell) for cell in cells if not is_empty(cell)}


def _ask(name: str, of: str, key: str) -> Question:
    by = label(key)
    text = Text(
        f"Trang «{name}» có {by.vi.lower()} như trang «{of}». Trang này là phụ lục văn bằng của "
        "danh sách, là một danh sách khác, hay không dùng?",
        f"The sheet “{name}” has the {by.en.lower()} as the sheet “{of}” has. Is it the diploma "
        "supplement of that list, another list, or not to be used?",
    )
    answers = (SUPPLEMENT, A_LIST, IGNORE)
    return Question("supplement_sheet", question_key(name), name, None, answers, text)


def other_codes(grids: Iterable[Grid], names: Iterable[str]) -> frozenset[str]:
    """Return every text of these sheets as codes: lists that were not asked for may hold them."""
    wanted = set(names)
    codes: defaultdict[str, int] = defaultdict(int)
    for grid in grids:
        if grid.name in wanted:
            for row in grid.rows:
                for cell in row:
                    if not is_empty(cell):
                        codes[code_key(cell)] += 1
    return frozenset(codes)
