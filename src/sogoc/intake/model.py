"""What reading a file gives: sheets, columns, rows, and everything that was found on the way.

Rows and columns are counted from 1, as the spreadsheet program shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from sogoc.kernel.text import Text

_BORN_IN: Final = (
    "birth_day",
    "birth_month",
    "birth_year",
    "male_born",
    "female_born",
    "birth_date_place",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Above these a file is refused before it is parsed.

    `max_bytes` is the file as sent, `max_unpacked_bytes` all its parts unpacked, both in bytes;
    `max_ratio` is how many times larger a part of an archive may be than packed (real sheets come
    to 10–30), `max_cell` the characters of one cell (as spreadsheet programs have it);
    `max_rows` and `max_columns` hold for each sheet.
    """

    max_bytes: int = 64 * 1024 * 1024
    max_unpacked_bytes: int = 512 * 1024 * 1024
    max_ratio: int = 200
    max_cell: int = 32_767
    max_rows: int = 250_000
    max_columns: int = 256
    max_sheets: int = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list; `field` is None while nobody said what it holds, or it is ignored."""

    index: int
    header: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the user can say; answered by `answers={question.key: field or "ignore"}`.

    Codes: `unknown_header`, `same_field` (two headers for one thing), `no_name_column`
    (`column` is None; answer the header that holds the name), `old_text` (text of an old
    encoding was converted; answer `convert` or `as_is`) and `supplement_sheet` (what a sheet is;
    `key` is `sheet:NAME`; answer `supplement`, `list` or `ignore`). `key` is the header text, with
    the column letter where two headers read the same. `suggestions` are fields, the likeliest
    first; for `no_name_column` they are keys of columns.
    """

    code: str
    key: str
    header: str
    column: int | None
    suggestions: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that could not be taken as it stands; `raw` is what it shows.

    Codes: `no_such_date`, `two_digit_year`, `incomplete_date`, `not_a_date`, `not_a_number`,
    `not_text`, `unknown_sex`, `formula_error`, `formula_without_value`, `merged_cell`,
    `digits_lost`, `zero_lost` (a personal ID one digit short), `sex_marked_twice`.
    """

    column: int
    field: str
    code: str
    raw: str


class Row:
    """One line of a list: `values` by field name, and the problems of its cells.

    An empty cell is None or absent. A field that could not be read is None and its text is under
    `<field>_raw`; one converted from an old encoding has what was found under
    `<field>_as_found`. `sheet` and `row` say where it stands in the file.
    """

    __slots__ = ("problems", "row", "sheet", "values")

    def __init__(
        self,
        sheet: str,
        row: int,
        values: dict[str, object],
        problems: tuple[CellProblem, ...] = (),
    ) -> None:
        self.sheet = sheet
        self.row = row
        self.values = values
        self.problems = problems

    def get(self, field: str) -> object:
        """Return the value of a field, None when empty, unread or not in this list."""
        return self.values.get(field)

    def __repr__(self) -> str:
        return f"Row({self.sheet!r}, {self.row}, {self.values!r}, {self.problems!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.sheet, self.row, self.values, self.problems) == (
            other.sheet,
            other.row,
            other.values,
            other.problems,
        )

    __hash__ = None  # type: ignore[assignment]  # values are a dict


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a sheet that is no cell's fault, e.g. a heading row between the lines.

    Codes: `section_row`, `repeated_header`, `numbered_blank_rows`, `stated_counts_differ`,
    `maybe_swapped_dates`, `old_text`, `hidden_rows`, `hidden_columns` (both are read).
    """

    code: str
    row: int | None
    column: int | None
    text: Text


@dataclass(frozen=True, slots=True)
class SkippedSheet:
    """A sheet that was not read.

    Codes: `empty`, `hidden`, `no_list`, `not_a_worksheet`, `not_asked`, `ignored` (by answer),
    `no_key` (a supplement without student codes), `summary` (ours, from an earlier check) and
    `guide` (ours, of a template).
    """

    name: str
    code: str
    reason: Text


@dataclass(frozen=True, slots=True)
class JoinProblem:
    """Something that did not fit when a supplement was joined to the list.

    Codes: `no_common_column`, `no_code`, `not_in_list`, `twice`, `same_twice`, `no_supplement`,
    `shared_code`, `other_person`, `differs`. With `is_error` the row was not joined.
    """

    code: str
    sheet: str
    row: int | None
    column: int | None
    field: str | None
    text: Text
    is_error: bool = False


@dataclass(frozen=True)
class SheetReading:
    """One list: what stands above and below it, its columns and rows.

    `stated_count` is the number of people the sheet itself says it has; `joined` the fields its
    rows may have from a supplement.
    """

    name: str
    title_lines: tuple[str, ...]
    signature_lines: tuple[str, ...]
    stated_count: int | None
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...]
    rows: list[Row]
    joined: frozenset[str] = frozenset()

    @cached_property
    def columns_by_field(self) -> Mapping[str, int]:
        """Column of each field; a composed field (name, birth date) gives its first part's."""
        found = {column.field: column.index for column in self.columns if column.field}
        for whole, parts in (
            ("full_name", ("family_middle", "given_name")),
            ("birth_date", _BORN_IN),
            ("birth_place", ("birth_date_place",)),
            ("sex", ("male_mark", "female_mark", "male_born", "female_born", "female_only")),
        ):
            places = [found[part] for part in parts if part in found]
            if whole not in found and places:
                found[whole] = places[0]
        return MappingProxyType(found)

    def header_of(self, index: int) -> str | None:
        """Return the header of a column by its number, None if the list has no such column."""
        return next((column.header for column in self.columns if column.index == index), None)


@dataclass(frozen=True)
class Reading:
    """A whole file: `kind` is what its content is (`xlsx`, `ods`, `xls`, `csv`), not its name.

    `sha256` is the hex digest of the bytes; `encoding` is set for csv only. `supplements` were
    joined to the rows of the lists, with `join_problems`; `sheet_questions` ask what a sheet is.
    """

    file_name: str
    kind: str
    sha256: str
    sheets: tuple[SheetReading, ...]
    skipped: tuple[SkippedSheet, ...] = ()
    encoding: str | None = None
    supplements: tuple[SheetReading, ...] = ()
    join_problems: tuple[JoinProblem, ...] = ()
    sheet_questions: tuple[tuple[str, Question], ...] = ()

    @property
    def questions(self) -> tuple[tuple[str, Question], ...]:
        """Every open question with the name of its sheet."""
        sheets = (*self.sheets, *self.supplements)
        of_columns = ((sheet.name, asked) for sheet in sheets for asked in sheet.questions)
        return (*self.sheet_questions, *of_columns)

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all sheets in order."""
        for sheet in self.sheets:
            yield from sheet.rows
