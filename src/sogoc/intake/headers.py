"""From what stands above the columns to fields: matched exactly, or asked about, never guessed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from sogoc.intake.born_where import FIELD as BORN_WHERE
from sogoc.intake.by_sex import BORN, MARKS, ONLY_WOMEN, incomplete_pairs
from sogoc.intake.fields import FIELDS, IGNORE, label
from sogoc.intake.model import Column, Question
from sogoc.intake.ooxml import column_letters
from sogoc.intake.synonyms import ACCENTS_NEEDED, NEUTRAL_GROUPS, PART_GROUPS, PARTS, SYNONYMS
from sogoc.kernel.names import clean, fold, name_key
from sogoc.kernel.text import Text

SEPARATOR: Final = " / "
_MAX_SUGGESTIONS: Final = 3
_ENOUGH_ALIKE: Final = 0.62
_OF_MEN_OR_WOMEN: Final = (*MARKS, *BORN)
_TWO_IN_ONE: Final = {
    BORN_WHERE: ("birth_date", "birth_place"),
    ONLY_WOMEN: ("sex", *MARKS, *BORN),
}
_OF_WOMEN: Final = (ONLY_WOMEN, IGNORE)
_BIRTH_PARTS: Final = ("birth_day", "birth_month", "birth_year")
_OF_A_LONE_SPECIALTY: Final = ("major", "specialty", IGNORE)

# How a cell is to be filled in, said in brackets after the header; it does not change the meaning.
_HINT: Final = re.compile(
    r"\((?:[^()]*(?:dd\s*/\s*mm|ngày\s*/\s*tháng|thang điểm|chữ in|in hoa|viết hoa|có dấu|ghi rõ"
    r"|nếu có|bắt buộc|theo giấy khai sinh|như trong giấy)[^()]*|\*|\d{1,2})\)",
    re.IGNORECASE,
)
_NOT_WORD: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """Return the form in which headers are compared: no case, punctuation, hints, line breaks."""
    plain = _HINT.sub(" ", clean(text.replace("\n", " ")))
    return name_key(_NOT_WORD.sub(" ", plain).strip())


def _index() -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, str] = {}
    for field, texts in SYNONYMS.items():
        for text in texts:
            exact[header_key(text)] = field
    plain: dict[str, set[str]] = defaultdict(set)
    for key, field in exact.items():
        if key not in {header_key(text) for text in ACCENTS_NEEDED}:
            plain[fold(key)].add(field)
    # Typed without accents a header is taken only if every reading of it means the same.
    return exact, {key: fields.pop() for key, fields in plain.items() if len(fields) == 1}


_EXACT, _PLAIN = _index()
_GROUPS: Final = frozenset(header_key(text) for text in NEUTRAL_GROUPS)
_PART_GROUPS: Final = {header_key(text): group for text, group in PART_GROUPS.items()}
_PARTS: Final = {
    group: {header_key(text): field for text, field in parts.items()}
    for group, parts in PARTS.items()
}


def field_of(text: str) -> str | None:
    """Return the field a single header text means, None if it is not known."""
    key = header_key(text)
    if key in _EXACT:
        return _EXACT[key]
    return _PLAIN.get(key) if key.isascii() else None


def is_known(text: str) -> bool:
    """Tell whether a text can stand in a header row: a field, a part of one, or a group."""
    key = header_key(text)
    if field_of(text) or key in _GROUPS or key in _PART_GROUPS:
        return True
    return any(key in parts for parts in _PARTS.values())


def field_of_path(path: Sequence[str]) -> str | None:
    """Return the field of a column under stacked headers (top first), None if not known."""
    if not path:
        return None
    whole = field_of(" ".join(path))
    if len(path) == 1:
        return whole
    *uppers, leaf = path
    part = _part_of(uppers, leaf)
    # "Sinh" over "Ngày" is a part of the date, though "Sinh ngày" in one cell is all of it.
    found = part or whole if header_key(uppers[-1]) in _PART_GROUPS else whole or part
    if found is None and all(header_key(upper) in _GROUPS | {""} for upper in uppers):
        return field_of(leaf)
    return found


def _part_of(uppers: Sequence[str], leaf: str) -> str | None:
    leaf_key = header_key(leaf)
    for upper in reversed(uppers):
        group = _PART_GROUPS.get(header_key(upper)) or field_of(upper)
        if group in _PARTS and leaf_key in _PARTS[group]:
            return _PARTS[group][leaf_key]
    return None


@dataclass(slots=True)
class Heading:
    """What stands above one column (1-based): texts from top to bottom, and whether it has data.

    `span` is the width of the merged cell the lowest text stands in, `offset` the place in it.
    """

    column: int
    path: tuple[str, ...]
    has_data: bool
    span: int = 1
    offset: int = 0

    @property
    def text(self) -> str:
        """The header as one text."""
        return SEPARATOR.join(self.path)


def assign(
    headings: Sequence[Heading], answers: Mapping[str, str]
) -> tuple[tuple[Column, ...], tuple[Question, ...]]:
    """Map headings to fields; what stays open comes back as questions.

    `answers` maps the key of a heading to a field or `ignore`; they go before everything else.
    """
    keys = _keys(headings)
    said = {clean(key).casefold(): answer for key, answer in answers.items()}
    fields: dict[int, str | None] = {}
    answered: set[int] = set()
    for heading in headings:
        answer = said.get(keys[heading.column].casefold(), said.get(heading.text.casefold()))
        if answer is not None:
            answered.add(heading.column)
            fields[heading.column] = answer
        else:
            fields[heading.column] = _own_field(heading)
    _name_over_two_columns(headings, fields, answered)
    for part in ("birth_day", "birth_year"):  # one column under "Năm sinh", or "Sinh" and "Ngày"
        if _only(fields, part, _BIRTH_PARTS):
            fields = {c: "birth_date" if f == part else f for c, f in fields.items()}
    _men_and_women(headings, fields, answered)
    asked: dict[int, tuple[str, ...]]
    asked = dict.fromkeys(incomplete_pairs(fields), (*_OF_MEN_OR_WOMEN, IGNORE))
    lone = _lone_specialty(fields, answered)
    if lone is not None:
        asked[lone] = _OF_A_LONE_SPECIALTY
    asked = {column: choices for column, choices in asked.items() if column not in answered}
    clashing = _clashes(fields, answered)
    questions = []
    for heading in headings:
        column = heading.column
        if column in clashing:
            questions.append(_ask("same_field", heading, keys[column], clashing[column]))
        elif fields[column] is None or column in asked:
            suggested = asked.get(column) or _suggested(heading.path)
            questions.append(_ask("unknown_header", heading, keys[column], suggested))
    columns = tuple(
        Column(
            h.column,
            h.text,
            None if h.column in clashing or h.column in asked else _kept(fields[h.column]),
        )
        for h in headings
    )
    return columns, tuple(questions)


def _kept(field: str | None) -> str | None:
    return None if field == IGNORE else field


def _keys(headings: Sequence[Heading]) -> dict[int, str]:
    """Key of each column: its header, with the letter when it is empty or another reads alike."""
    counts: dict[str, int] = defaultdict(int)
    for heading in headings:
        counts[heading.text.casefold()] += 1
    return {
        h.column: h.text
        if h.text and counts[h.text.casefold()] == 1
        else f"{h.text} [{column_letters(h.column)}]".strip()
        for h in headings
    }


def _own_field(heading: Heading) -> str | None:
    return field_of_path(heading.path)


def _name_over_two_columns(
    headings: Sequence[Heading], fields: dict[int, str | None], answered: set[int]
) -> None:
    """One merged "Họ và tên" over two columns is the usual way to write a split name."""
    for heading in headings:
        if heading.column in answered or heading.span != 2:
            continue
        if fields[heading.column] == "full_name":
            fields[heading.column] = ("family_middle", "given_name")[heading.offset]


def _only(fields: Mapping[int, str | None], field: str, others: Sequence[str]) -> bool:
    mapped = list(fields.values())
    return (
        field in mapped
        and "birth_date" not in mapped
        and not any(other in mapped for other in others if other != field)
    )


def _men_and_women(
    headings: Sequence[Heading], fields: dict[int, str | None], answered: set[int]
) -> None:
    """Two headers "Nam" and "Nữ" with nothing above them are the two columns of the sex."""
    alone = {header_key(h.text): h.column for h in headings if len(h.path) == 1}
    columns = [alone.get(header_key(word)) for word in ("Nam", "Nữ")]
    if all(column is not None and column not in answered for column in columns):
        fields.update(zip(columns, MARKS, strict=True))  # type: ignore[arg-type]  # none is None


def _lone_specialty(fields: Mapping[int, str | None], answered: set[int]) -> int | None:
    """A list with "Chuyên ngành" and no major may mean the major by it: that is asked."""
    found = list(fields.values())
    if found.count("specialty") != 1 or "major" in found:
        return None
    column = next(place for place, field in fields.items() if field == "specialty")
    return None if column in answered else column


def _clashes(fields: Mapping[int, str | None], answered: set[int]) -> dict[int, tuple[str, ...]]:
    """Columns that cannot all be what they say, each with the fields to choose from."""
    by_field: dict[str, list[int]] = defaultdict(list)
    for column, field in fields.items():
        if field and field != IGNORE:
            by_field[field].append(column)
    clashing: dict[int, tuple[str, ...]] = {}

    def ask(columns: list[int], choices: tuple[str, ...]) -> None:
        open_ones = [column for column in columns if column not in answered] or columns
        for column in open_ones:
            clashing.setdefault(column, choices)

    for field, columns in by_field.items():
        if len(columns) > 1:
            ask(columns, (field, IGNORE))
    name_parts = by_field["family_middle"] + by_field["given_name"]
    if by_field["full_name"] and name_parts:
        choices = ("full_name", "family_middle", "given_name", IGNORE)
        ask(by_field["full_name"] + name_parts, choices)
    elif not by_field["family_middle"] and not answered.issuperset(by_field["given_name"]):
        # A lone "Tên" may be the whole name or the last word of it.
        ask(by_field["given_name"], ("full_name", "given_name", IGNORE))
    birth_parts = by_field["birth_day"] + by_field["birth_month"] + by_field["birth_year"]
    if by_field["birth_date"] and birth_parts:
        ask(by_field["birth_date"] + birth_parts, ("birth_date", "birth_year", IGNORE))
    for whole, parts in _TWO_IN_ONE.items():
        others = [column for part in parts for column in by_field[part]]
        if by_field[whole] and others:
            ask(by_field[whole], (whole, IGNORE))
            ask(others, (*parts, IGNORE))
    return clashing


def _suggested(path: Sequence[str]) -> tuple[str, ...]:
    if [header_key(text) for text in path] == [header_key("Nữ")]:
        return _OF_WOMEN
    return suggest(path)


def suggest(path: Sequence[str]) -> tuple[str, ...]:
    """Return up to three fields whose known headers look most like this one."""
    if not path:
        return (IGNORE,)
    texts = {fold(header_key(text)) for text in (*path, " ".join(path))} - {""}
    scores: dict[str, float] = {}
    for key, field in _EXACT.items():
        known = fold(key)
        for text in texts:
            score = _alike(text, known)
            if score > scores.get(field, _ENOUGH_ALIKE):
                scores[field] = score
    best = sorted(scores, key=lambda field: (-scores[field], FIELDS.index(field)))
    return (*best[:_MAX_SUGGESTIONS], IGNORE)


@lru_cache(maxsize=65536)
def _alike(text: str, known: str) -> float:
    words, known_words = set(text.split()), set(known.split())
    shared = len(words & known_words)
    overlap = shared / max(len(known_words), 1) if shared > 1 else 0.0
    return max(overlap * 0.95, SequenceMatcher(None, text, known).ratio())


def _ask(code: str, heading: Heading, key: str, suggestions: tuple[str, ...]) -> Question:
    letter = column_letters(heading.column)
    vi, en = (heading.text, heading.text) if heading.text else ("(trống)", "(blank)")
    if code == "same_field":
        fields = [label(field) for field in suggestions if field != IGNORE]
        choice_vi = ", ".join(f"«{field.vi}»" for field in fields)
        choice_en = ", ".join(f"“{field.en}”" for field in fields)
        text = Text(
            f"Cột {letter} «{vi}» trùng nghĩa với cột khác ({choice_vi}). Cột này là gì?",
            f"Column {letter} “{en}” means the same as another ({choice_en}). What is it?",
        )
    else:
        text = Text(
            f"Cột {letter} «{vi}» là gì?",
            f"What does column {letter} “{en}” hold?",
        )
    return Question(code, key, heading.text, heading.column, suggestions, text)


def ask_for_name(headings: Sequence[Heading], columns: Sequence[Column]) -> Question:
    """Ask which column holds the names, of those that are nothing else yet."""
    keys = _keys(headings)
    open_columns = [column.index for column in columns if column.field is None]
    suggestions = tuple(keys[index] for index in open_columns)
    text = Text(
        "Không tìm thấy cột họ và tên trong trang này. Cột nào là họ và tên?",
        "No column of names was found on this sheet. Which column holds the names?",
    )
    return Question("no_name_column", "full_name", "", None, suggestions, text)
