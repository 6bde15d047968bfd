"""From the cells of the list to `Row` objects, column by column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sogoc.intake import born_where, by_sex
from sogoc.intake.cells import is_empty, show
from sogoc.intake.convert import Problems, convert
from sogoc.intake.dates import from_parts, precision, read_date
from sogoc.intake.extras import ERROR_LITERALS
from sogoc.intake.grid import Grid
from sogoc.intake.model import CellProblem, Column, Remark, Row
from sogoc.kernel.text import Text

_BIRTH_PARTS: Final = ("birth_day", "birth_month", "birth_year")
_NAME_PARTS: Final = ("family_middle", "given_name")

# A value written once for several rows (merged downwards) holds for each of them; what belongs to
# one person never does.
_SHARED: Final = frozenset(
    {
        "school",
        "major",
        "major_code",
        "specialty",
        "graduation_year",
        "defended_on",
        "training_mode",
        "level",
        "exam_date",
        "exam_session",
        "issued_on",
        "decision_number",
        "decision_date",
        "birth_place",
        "ethnicity",
        "nationality",
        "note",
    }
)
_ENOUGH_DATES: Final = 3


def build_rows(
    grid: Grid, places: Sequence[int], columns: Sequence[Column], *, partial_dates: bool = False
) -> tuple[list[Row], tuple[Column, ...], tuple[Remark, ...]]:
    """Build the rows of a list from the 0-based `places` of the grid.

    Returns the rows, the columns as finally understood (a session column that holds dates is an
    exam date) and remarks on whole columns. With `partial_dates` a birth date without day or month
    is no problem: `birth_date` is None, `birth_date_raw` what was found, and
    `birth_date_precision` `year` or `month`.
    """
    lines = [grid.rows[place] for place in places]
    turned = list(zip(*lines, strict=True)) if lines else []
    by_column = {c.index: turned[c.index - 1] if turned else () for c in columns}
    columns = tuple(_understand(column, by_column[column.index], columns) for column in columns)
    mapped = [column for column in columns if column.field]
    builder = _Builder(grid, places)
    for column in mapped:
        builder.add(column, by_column[column.index])
    builder.compose_names()
    builder.compose_by_sex(mapped)
    builder.compose_birth_dates(mapped, by_column)
    builder.split_births(mapped, by_column)
    if partial_dates:
        builder.accept_partial_dates()
    remarks = [_swapped(c, by_column[c.index]) for c in mapped if c.field and "date" in c.field]
    return builder.rows(), columns, tuple(remark for remark in remarks if remark)


def _understand(column: Column, cells: Sequence[object], columns: Sequence[Column]) -> Column:
    """A column of exam sessions that are days ("Khóa thi": 07/7/2019) is the exam date."""
    if column.field != "exam_session" or any(one.field == "exam_date" for one in columns):
        return column
    filled = [cell for cell in cells if not is_empty(cell)]
    days = sum(read_date(cell)[0] is not None for cell in filled)
    return replace(column, field="exam_date") if days * 2 > len(filled) else column


class _Builder:
    def __init__(self, grid: Grid, places: Sequence[int]) -> None:
        self._grid = grid
        self._places = places
        self._at = {place: number for number, place in enumerate(places)}
        self._values: dict[str, list[object]] = {}
        self._problems: dict[int, list[CellProblem]] = {}
        self._raw: dict[int, dict[str, object]] = {}
        self._old_text: dict[int, dict[int, str]] = {}
        for (row, column), found in grid.as_found.items():
            if row in self._at:
                self._old_text.setdefault(column, {})[self._at[row]] = found

    def add(self, column: Column, cells: Sequence[object]) -> None:
        """Convert one column and note its problems."""
        field = column.field or ""
        cells, own = self._mend(column, cells)
        values, problems = convert(field, cells)
        self._values[field] = values
        for number, found in self._old_text.get(column.index - 1, {}).items():
            self._raw.setdefault(number, {})[f"{field}_as_found"] = found
        for number, (code, raw) in {**problems, **own}.items():
            self._note(number, column.index, field, code, raw)
            if values[number] is None:
                self._raw.setdefault(number, {})[f"{field}_raw"] = raw

    def _mend(self, column: Column, cells: Sequence[object]) -> tuple[Sequence[object], Problems]:
        """Put in merged values, take out error values; say what was wrong."""
        changed: dict[int, object] = {}
        problems: Problems = {}
        self._mend_merged(column, changed, problems)
        for (row, at), (code, raw) in self._grid.faults.items():
            number = self._at.get(row)
            if at == column.index - 1 and number is not None:
                changed[number], problems[number] = "", (code, raw)
        for literal in ERROR_LITERALS.intersection(cells):
            for number, cell in enumerate(cells):
                if cell == literal:
                    changed[number], problems[number] = "", ("formula_error", literal)
        if not changed:
            return cells, problems
        mended = list(cells)
        for number, value in changed.items():
            mended[number] = value
        return mended, problems

    def _mend_merged(self, column: Column, changed: dict[int, object], problems: Problems) -> None:
        for top, left, bottom, _ in self._grid.merged:
            if left != column.index - 1 or bottom == top:
                continue
            value = self._grid.rows[top][left] if top < len(self._grid.rows) else ""
            for place in range(top + 1, min(bottom + 1, len(self._grid.rows))):
                number = self._at.get(place)
                if number is None:
                    continue
                if column.field in _SHARED:
                    changed[number] = value
                elif top in self._at:
                    problems[number] = ("merged_cell", show(value))

    def _note(self, number: int, column: int, field: str, code: str, raw: str) -> None:
        self._problems.setdefault(number, []).append(CellProblem(column, field, code, raw))

    def compose_names(self) -> None:
        """Join a split name; the parts are not kept."""
        present = [part for part in _NAME_PARTS if part in self._values]
        parts = [self._values.pop(part) for part in present]
        if parts and "full_name" not in self._values:
            self._values["full_name"] = [
                " ".join(str(part) for part in both if part) or None
                for both in zip(*parts, strict=True)
            ]
            self._join_names_as_found(dict(zip(present, parts, strict=True)))

    def _join_names_as_found(self, parts: Mapping[str, Sequence[object]]) -> None:
        for number, raw in self._raw.items():
            if any(f"{part}_as_found" in raw for part in parts):
                both = (raw.pop(f"{p}_as_found", parts[p][number]) for p in parts)
                raw["full_name_as_found"] = " ".join(str(part) for part in both if part)

    def compose_by_sex(self, columns: Sequence[Column]) -> None:
        """Make sex, and maybe birth date, of a column of men and one of women."""
        if by_sex.ONLY_WOMEN in self._values:
            self._women_marked(next(c.index for c in columns if c.field == by_sex.ONLY_WOMEN))
        pair = by_sex.pair_in(tuple(self._values))
        if pair is None:
            return
        places = [next(c.index for c in columns if c.field == name) for name in pair]
        cells = zip(*(self._values.pop(name) for name in pair), strict=True)
        read = by_sex.from_marks if pair == by_sex.MARKS else by_sex.from_births
        found = [read(male, female) for male, female in cells]
        self._values["sex"] = [one.sex for one in found]
        if pair == by_sex.BORN:
            self._values["birth_date"] = [one.birth_date for one in found]
        for number, one in enumerate(found):
            if one.problem is not None:
                which, code, raw = one.problem
                self._note(number, places[which], one.problem_field, code, raw)
                self._raw.setdefault(number, {})[f"{one.problem_field}_raw"] = raw

    def _women_marked(self, column: int) -> None:
        cells = self._values.pop(by_sex.ONLY_WOMEN)
        found = [by_sex.from_one_mark(cell) for cell in cells]
        self._values["sex"] = [one.sex for one in found]
        for number, one in enumerate(found):
            if one.problem is not None:
                self._note(number, column, "sex", *one.problem[1:])
                self._raw.setdefault(number, {})["sex_raw"] = one.problem[2]

    def split_births(
        self, columns: Sequence[Column], cells: Mapping[int, Sequence[object]]
    ) -> None:
        """Take date and place of birth out of the one column that holds both."""
        if self._values.pop(born_where.FIELD, None) is None:
            return
        column = next(c.index for c in columns if c.field == born_where.FIELD)
        found = [born_where.born_where(cell) for cell in cells[column]]
        self._values["birth_date"] = [one.date for one in found]
        self._values["birth_place"] = [one.place for one in found]
        for number, one in enumerate(found):
            if one.problem is not None:
                self._note(number, column, "birth_date", *one.problem)
                self._raw.setdefault(number, {})["birth_date_raw"] = one.problem[1]

    def compose_birth_dates(
        self, columns: Sequence[Column], cells: Mapping[int, Sequence[object]]
    ) -> None:
        """Compose the birth date of its three columns; the parts are not kept."""
        places = {column.field: column.index for column in columns}
        if "birth_date" in self._values or not any(part in places for part in _BIRTH_PARTS):
            return
        for part in _BIRTH_PARTS:
            self._values.pop(part, None)
        count = len(self._places)
        parts = [cells[places[p]] if p in places else ("",) * count for p in _BIRTH_PARTS]
        first = next(places[part] for part in _BIRTH_PARTS if part in places)
        dates: list[object] = []
        for number, (day, month, year) in enumerate(zip(*parts, strict=True)):
            found, code, raw = from_parts(day, month, year)
            dates.append(found)
            if code:
                self._note(number, first, "birth_date", code, raw)
                self._raw.setdefault(number, {})["birth_date_raw"] = raw
        self._values["birth_date"] = dates

    def accept_partial_dates(self) -> None:
        """Take the problem off birth dates of which a part is known, and say which."""
        for number, problems in list(self._problems.items()):
            for problem in problems:
                known = precision(problem.raw) if _is_partial(problem) else None
                if known is not None:
                    self._problems[number] = [one for one in problems if one is not problem]
                    self._raw.setdefault(number, {})["birth_date_precision"] = known

    def rows(self) -> list[Row]:
        """Return the finished rows."""
        sheet, names = self._grid.name, tuple(self._values)
        if not names:
            return [Row(sheet, place + 1, {}) for place in self._places]
        rows = [
            Row(sheet, place + 1, dict(zip(names, line, strict=True)))
            for place, line in zip(
                self._places, zip(*self._values.values(), strict=True), strict=True
            )
        ]
        for number, raw in self._raw.items():
            rows[number].values.update(raw)
        for number, problems in self._problems.items():
            rows[number].problems = tuple(problems)
        return rows


def _is_partial(problem: CellProblem) -> bool:
    return problem.field == "birth_date" and problem.code == "incomplete_date"


def _swapped(column: Column, cells: Sequence[object]) -> Remark | None:
    """Excel set to another country turns 05/03 into 3 May and leaves 25/03 as text: the sign of it.

    Then every date cell has a day up to 12 and every text a day above 12.
    """
    days = [cell.day for cell in cells if isinstance(cell, dt.date)]
    if len(days) < _ENOUGH_DATES or max(days) > 12:
        return None
    texts = [found.day for cell in cells if isinstance(cell, str) and (found := read_date(cell)[0])]
    if len(texts) < _ENOUGH_DATES or min(texts) <= 12:
        return None
    text = Text(
        f"Cột «{column.header}»: ngày và tháng có thể đã bị đảo khi mở tệp bằng máy đặt kiểu "
        f"tháng/ngày ({len(days)} ô kiểu ngày đều có ngày ≤ 12). Hãy đối chiếu với hồ sơ gốc.",
        f"Column “{column.header}”: day and month may have been swapped by a computer set to "
        f"month/day ({len(days)} date cells all have a day ≤ 12). Compare with the records.",
    )
    return Remark("maybe_swapped_dates", None, column.index, text)
