"""Rows of a supplement joined to the rows of the list; everything that does not fit is named."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sogoc.intake.cells import show
from sogoc.intake.fields import FIELDS, label
from sogoc.intake.grid import Grid
from sogoc.intake.headers import header_key
from sogoc.intake.model import Column, JoinProblem, Row, SheetReading
from sogoc.intake.supplement import COURSES, KEYS, code_key
from sogoc.kernel.names import clean, fold, name_key
from sogoc.kernel.text import Text

EXTRAS: Final = "supplement"
"""The value of a row that holds what a supplement says beyond our fields: JSON, by header."""

_OF_A_PERSON: Final = ("full_name", "birth_date", "personal_id")
_LEFT_OUT: Final = frozenset({"ordinal", *_OF_A_PERSON})
_OF_A_COURSE: Final = frozenset(
    {"score_theory", "score_practice", "score_total", "gpa", "result", "grade", "level",
     "exam_date", "exam_session"}
)  # fmt: skip
# What a supplement may not decide for the list: numbers are bound and issued by the list alone.
_KEPT_AS_TEXT: Final = frozenset(
    {"serial", "entry_number", "issued_on", "decision_number", "decision_date", "note",
     "book_page", "book_line", "book_fault", "receiver_signature"}
)  # fmt: skip


def join(
    lists: Sequence[SheetReading],
    supplements: Sequence[tuple[SheetReading, Grid]],
    elsewhere: frozenset[str] = frozenset(),
) -> tuple[list[SheetReading], list[JoinProblem]]:
    """Give the rows of the lists what the supplements say of them.

    A field the list has no value for is filled; other columns are kept by their header under
    `supplement`. `elsewhere` are codes of lists that were not read. Rows are changed in place.
    """
    lists = list(lists)
    problems: list[JoinProblem] = []
    for supplement, grid in supplements:
        joiner = _Joiner(lists, supplement, grid, elsewhere)
        problems += joiner.run()
        if joiner.joined:
            lists = [replace(one, joined=one.joined | joiner.joined) for one in lists]
    return lists, problems


@dataclass(frozen=True, slots=True)
class _Place:
    """A row of a list, and its sheet."""

    sheet: SheetReading
    row: Row


class _Joiner:
    def __init__(
        self,
        lists: Sequence[SheetReading],
        supplement: SheetReading,
        grid: Grid,
        elsewhere: frozenset[str],
    ) -> None:
        self._supplement = supplement
        self._grid = grid
        self._elsewhere = elsewhere
        own = supplement.columns_by_field
        self._key = next(
            (k for k in KEYS if k in own and any(k in one.columns_by_field for one in lists)), None
        )
        self._lists = [one for one in lists if self._key in one.columns_by_field]
        self._course = self._course_column()
        beside = _KEPT_AS_TEXT if self._course is None else _KEPT_AS_TEXT | _OF_A_COURSE
        self._extras = [
            column
            for column in supplement.columns
            if column.header and (column.field is None or column.field in beside)
        ]
        self._fields = [
            field
            for field in own
            if field in FIELDS and field not in _LEFT_OUT | beside | {self._key}
        ]
        self._problems: list[JoinProblem] = []
        self.joined: frozenset[str] = frozenset()

    def _course_column(self) -> Column | None:
        """Return the column of courses of a sheet that has rows for several of one person.

        Where everybody has one row, it says what is the person's own: checks have to judge it.
        """
        columns = self._supplement.columns
        found = [c for c in columns if c.field is None and header_key(c.header) in COURSES]
        if not found or self._key is None:
            return None
        first: dict[str, str] = {}
        for row in self._supplement.rows:
            code, course = code_key(row.get(self._key) or ""), self._course_in(row, found[0])
            if code and course and first.setdefault(code, course) != course:
                return found[0]
        return None

    def run(self) -> list[JoinProblem]:
        name = self._supplement.name
        if self._key is None:
            self._say("no_common_column", name, None, None, None, Text(
                f"Không nối được phụ lục «{name}»: danh sách không có cột mã người học hay số báo "
                "danh như phụ lục.",
                f"The supplement “{name}” cannot be joined: the list has no column of student "
                "codes or candidate numbers as it has.",
            ))  # fmt: skip
            return self._problems
        self.joined = frozenset((*self._fields, *((EXTRAS,) if self._extras else ())))
        by_code = self._list_rows()
        lines = self._supplement_rows(by_code)
        for code, places in by_code.items():
            found = lines.get(code)
            if found is None:
                self._without(places)
            elif self._contradicts(found):
                self._twice(found, places)
            else:
                self._join_all(found, places)
        return self._problems

    def _list_rows(self) -> dict[str, list[_Place]]:
        by_code: defaultdict[str, list[_Place]] = defaultdict(list)
        for sheet in self._lists:
            for row in sheet.rows:
                code = code_key(row.get(self._key or "") or "")
                if code:
                    by_code[code].append(_Place(sheet, row))
                else:
                    self._without([_Place(sheet, row)])
        return by_code

    def _supplement_rows(self, by_code: Mapping[str, Sequence[_Place]]) -> dict[str, list[Row]]:
        lines: defaultdict[str, list[Row]] = defaultdict(list)
        key, name = self._key or "", self._supplement.name
        column = self._supplement.columns_by_field[key]
        by = label(key)
        for row in self._supplement.rows:
            code = code_key(row.get(key) or "")
            shown = row.get(key)
            if not code:
                self._say("no_code", name, row.row, column, key, Text(
                    f"Dòng {row.row} của phụ lục không có {by.vi.lower()}, không nối được.",
                    f"Row {row.row} of the supplement has no {by.en.lower()}; it is not joined.",
                ))  # fmt: skip
                continue
            earlier = [one for one in lines[code] if self._course_of(one) == self._course_of(row)]
            if earlier:
                self._again(row, earlier[0], column)
            elif not lines[code] and code not in by_code and code not in self._elsewhere:
                self._say("not_in_list", name, row.row, column, key, Text(
                    f"{by.vi} {shown} của phụ lục không có trong danh sách.",
                    f"{by.en} {shown} of the supplement is not in the list.",
                ))  # fmt: skip
            lines[code].append(row)
        return lines

    def _course_of(self, row: Row) -> str:
        """The course a row is about, where each has a row of its own; else nothing."""
        if self._course is None:
            return ""
        return self._course_in(row, self._course)

    def _course_in(self, row: Row, column: Column) -> str:
        """Name a cell's course, whatever its case and where its tones stand; «Hóa» is not «Họa»."""
        return name_key(clean(show(self._grid.rows[row.row - 1][column.index - 1])))

    def _contradicts(self, found: Sequence[Row]) -> bool:
        """Whether rows of one code say different things of the person, or of one course."""
        first: dict[str, Row] = {}
        return any(
            self._said(row) != self._said(first.setdefault(self._course_of(row), row))
            or self._of_the_person(row) != self._of_the_person(found[0])
            for row in found
        )

    def _of_the_person(self, row: Row) -> list[object]:
        return [row.values.get(field) for field in (*_OF_A_PERSON, *self._fields)]

    def _again(self, row: Row, first: Row, column: int) -> None:
        key = self._key or ""
        shown, by = row.get(key), label(key)
        is_same = self._said(row) == self._said(first)
        self._say("same_twice" if is_same else "twice", self._supplement.name, row.row, column, key,
            Text(
                f"{by.vi} {shown} đã có ở dòng {first.row} của phụ lục"
                + (" với nội dung như nhau." if is_same else ", nội dung khác nhau."),
                f"{by.en} {shown} is on row {first.row} of the supplement already"
                + (", saying the same." if is_same else ", saying something else."),
            ),
            is_error=not is_same,
        )  # fmt: skip

    def _without(self, places: Sequence[_Place]) -> None:
        key, name = self._key or "", self._supplement.name
        by = label(key)
        for place in places:
            shown = place.row.get(key)
            what = Text(
                f"{by.vi} {shown} không có trong phụ lục «{name}»."
                if shown
                else f"Dòng không có {by.vi.lower()} nên không nối được với phụ lục «{name}».",
                f"{by.en} {shown} is not in the supplement “{name}”."
                if shown
                else f"The row has no {by.en.lower()} to be joined with the supplement “{name}”.",
            )
            self._at(place, "no_supplement", key, what)

    def _twice(self, found: Sequence[Row], places: Sequence[_Place]) -> None:
        key, name = self._key or "", self._supplement.name
        rows = ", ".join(str(row.row) for row in found)
        for place in places:
            self._at(place, "twice", key, Text(
                f"Phụ lục «{name}» có {len(found)} dòng khác nhau cho mã này (dòng {rows}).",
                f"The supplement “{name}” has {len(found)} different rows for this code "
                f"(rows {rows}).",
            ), is_error=True)  # fmt: skip

    def _join_all(self, found: Sequence[Row], places: Sequence[_Place]) -> None:
        key = self._key or ""
        people = {name_key(str(place.row.get("full_name") or "")) for place in places}
        for place in places:
            if len(people) > 1:
                rows = ", ".join(str(one.row.row) for one in places)
                self._at(place, "shared_code", key, Text(
                    f"Mã này có ở nhiều người (dòng {rows}), không rõ phụ lục là của ai.",
                    f"Several people have this code (rows {rows}); whose supplement it is is not "
                    "known.",
                ), is_error=True)  # fmt: skip
            elif self._is_of(found[0], place):
                self._join(found, place)

    def _is_of(self, found: Row, place: _Place) -> bool:
        """Whether the supplement's row speaks of the person of the list's row."""
        for field in _OF_A_PERSON:
            mine, theirs = place.row.get(field), found.get(field)
            if mine is None or theirs is None or _plain(field, mine) == _plain(field, theirs):
                continue
            what = label(field)
            shown = "" if field == "personal_id" else f" «{_shown(theirs)}»"
            self._at(place, "other_person", field, Text(
                f"Phụ lục «{found.sheet}» dòng {found.row} cùng mã nhưng {what.vi.lower()}"
                f"{shown} khác danh sách.",
                f"Row {found.row} of the supplement “{found.sheet}” has the same code but another "
                f"{what.en.lower()}{shown} than the list.",
            ), is_error=True)  # fmt: skip
            return False
        return True

    def _join(self, rows: Sequence[Row], place: _Place) -> None:
        values, found = place.row.values, rows[0]
        for field in self._fields:
            theirs = found.values.get(field)
            if theirs is None:
                if f"{field}_raw" in found.values and values.get(field) is None:
                    values.setdefault(f"{field}_raw", found.values[f"{field}_raw"])
                continue
            mine = values.get(field)
            if mine is None and f"{field}_raw" not in values:
                values[field] = theirs
            elif mine is not None and _plain(field, mine) != _plain(field, theirs):
                what = label(field)
                self._at(place, "differs", field, Text(
                    f"{what.vi}: danh sách ghi «{_shown(mine)}», phụ lục «{found.sheet}» dòng "
                    f"{found.row} ghi «{_shown(theirs)}»; giữ theo danh sách.",
                    f"{what.en}: the list has “{_shown(mine)}”, row {found.row} of the supplement "
                    f"“{found.sheet}” has “{_shown(theirs)}”; the list's is kept.",
                ))  # fmt: skip
        extras = {name: text for row in rows for name, text in self._extras_of(row).items()}
        if extras:
            before = values.get(EXTRAS)
            known = json.loads(before) if isinstance(before, str) else {}
            values[EXTRAS] = json.dumps({**known, **extras}, ensure_ascii=False, sort_keys=True)

    def _extras_of(self, row: Row) -> dict[str, str]:
        cells = self._grid.rows[row.row - 1]
        headers = [" ".join(column.header.split()) for column in self._extras]
        found: dict[str, str] = {}
        for column, header in zip(self._extras, headers, strict=True):
            text = clean(show(cells[column.index - 1]))
            if text:
                name = header if headers.count(header) == 1 else f"{header} ({column.index})"
                found[name] = text
        course = found.pop(" ".join(self._course.header.split()), "") if self._course else ""
        if not course:
            return found
        return {
            course: next(iter(found.values()))
            if len(found) == 1
            else "; ".join(f"{name}: {text}" for name, text in found.items())
        }

    def _said(self, row: Row) -> object:
        """Everything a row says, whatever its ordinal."""
        values = {k: v for k, v in row.values.items() if k != "ordinal" and v is not None}
        return values, self._extras_of(row)

    def _at(
        self, place: _Place, code: str, field: str, text: Text, *, is_error: bool = False
    ) -> None:
        column = place.sheet.columns_by_field.get(field)
        self._say(code, place.sheet.name, place.row.row, column, field, text, is_error=is_error)

    def _say(
        self,
        code: str,
        sheet: str,
        row: int | None,
        column: int | None,
        field: str | None,
        text: Text,
        *,
        is_error: bool = False,
    ) -> None:
        self._problems.append(JoinProblem(code, sheet, row, column, field, text, is_error))


def _plain(field: str, value: object) -> object:
    """How two values of a field are compared."""
    if not isinstance(value, str):
        return value
    if field == "full_name":
        return name_key(value)
    return " ".join(fold(value).split())


def _shown(value: object) -> str:
    return show(value)
