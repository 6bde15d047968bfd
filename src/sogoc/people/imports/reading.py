"""A table in CSV, .xlsx or .xls → rows of text with their place; every mistake is collected.

The first row is the header: English column names, or the Vietnamese ones given with each column;
order, case and accents do not matter. Empty rows are passed over. Of a workbook the first sheet
shown is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sogoc.intake.api import IntakeError, read_table
from sogoc.kernel.errors import Error
from sogoc.kernel.names import clean, fold
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_VIETNAMESE: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SHOWN: Final = 100
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One mistake: where it is, what is wrong, what to do. `row` counts from 1, header included."""

    file: str
    row: int | None
    column: str | None
    message: Text
    remedy: Text

    @property
    def sentence(self) -> Text:
        """Return place, mistake and remedy in one sentence."""
        row, column = self.row or 1, self.column
        return Text(
            f"{self.file}, dòng {row}{f', cột {column}' if column else ''}: "
            f"{self.message.vi} → {self.remedy.vi}",
            f"{self.file}, row {row}{f', column {column}' if column else ''}: "
            f"{self.message.en} → {self.remedy.en}",
        )


class ImportRefused(Error):
    """A file has mistakes and nothing of it was written.

    `problems` lists every one; the message says the first hundred; `context["problems"]` holds
    them as plain values.
    """

    @property
    def problems(self) -> tuple[ImportProblem, ...]:
        """Return the mistakes in the order of the file."""
        found: list[dict[str, Any]] = self.context["problems"]  # type: ignore[assignment]  # ours
        return tuple(ImportProblem(**problem) for problem in found)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its English name and other headers that mean it."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = False


class Table:
    """The rows of one file, and the problems found in it so far."""

    def __init__(self, data: bytes, file_name: str, columns: Sequence[Column]) -> None:
        self.file = file_name
        self.problems: list[ImportProblem] = []
        self._columns = columns
        self._cells: list[list[str]] = []
        self._at: dict[str, int] = {}
        try:
            self._cells = _cells(data, file_name)
        except IntakeError as error:
            self.add(
                None,
                None,
                error.message,
                Text(
                    "Lưu lại thành .xlsx hoặc CSV mã UTF-8.",
                    "Save it as .xlsx or as CSV in UTF-8.",
                ),
            )
            return
        self._read_header()

    def add(self, row: int | None, column: str | None, message: Text, remedy: Text) -> None:
        """Note a mistake."""
        self.problems.append(ImportProblem(self.file, row, column, message, remedy))

    def has(self, column: str) -> bool:
        """Say whether the file has the column."""
        return column in self._at

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header that hold anything."""
        for number, cells in enumerate(self._cells[1:], start=2):
            if any(cells):
                yield Row(
                    self,
                    number,
                    {n: cells[i] if i < len(cells) else "" for n, i in self._at.items()},
                )

    def refuse_if_wrong(self) -> None:
        """Raise `ImportRefused` when there is any problem."""
        if not self.problems:
            return
        ordered = sorted(self.problems, key=lambda p: (p.row or 0, p.column or ""))
        shown = [problem.sentence for problem in ordered[:_SHOWN]]
        left = len(ordered) - len(shown)
        raise ImportRefused(
            "import_refused",
            Text(
                f"Tệp {self.file} có {len(ordered)} lỗi, chưa ghi gì.\n"
                + "\n".join(text.vi for text in shown)
                + (f"\n… và {left} lỗi nữa." if left else ""),
                f"{self.file} has {len(ordered)} mistakes, nothing was written.\n"
                + "\n".join(text.en for text in shown)
                + (f"\n… and {left} more." if left else ""),
            ),
            problems=[
                {f.name: getattr(problem, f.name) for f in fields(problem)} for problem in ordered
            ],
        )

    def _read_header(self) -> None:
        headers = self._cells[0] if self._cells else []
        known = {fold(h): c.name for c in self._columns for h in (c.name, *c.also)}
        for index, header in enumerate(headers):
            if not header:
                continue
            name = known.get(fold(header))
            if name is None or name in self._at:
                self.add(
                    1,
                    header,
                    Text(
                        f"Cột “{header}” lạ hoặc trùng.", f"Unknown or repeated column {header!r}."
                    ),
                    Text(
                        "Các cột được dùng: " + ", ".join(c.name for c in self._columns),
                        "Columns in use: " + ", ".join(c.name for c in self._columns),
                    ),
                )
            else:
                self._at[name] = index
        for column in self._columns:
            if column.required and column.name not in self._at:
                self.add(
                    1,
                    column.name,
                    Text(f"Thiếu cột “{column.name}”.", f"The column {column.name!r} is missing."),
                    Text("Thêm cột này vào dòng tiêu đề.", "Add it to the header row."),
                )


@dataclass(frozen=True, slots=True)
class Row:
    """One row; its readers return `None` or "" for an empty cell and note what is wrong."""

    table: Table
    number: int
    values: dict[str, str]

    def wrong(self, column: str | None, message: Text, remedy: Text) -> None:
        """Note a mistake in this row."""
        self.table.add(self.number, column, message, remedy)

    def text(self, column: str, *, required: bool = False, longest: int = 300) -> str:
        """Return cleaned text."""
        value = clean(self.values.get(column, ""))
        if required and not value:
            self.wrong(
                column,
                Text("Ô này không được trống.", "This cell may not be empty."),
                Text("Điền giá trị.", "Fill it in."),
            )
        if len(value) > longest:
            self.wrong(
                column,
                Text(f"Dài quá {longest} ký tự.", f"Longer than {longest} characters."),
                Text("Viết ngắn lại.", "Shorten it."),
            )
        return value

    def code(self, column: str, *, required: bool = False) -> str:
        """Return the code of an organisation: lower-case letters, digits, hyphens."""
        value = self.text(column, required=required, longest=80)
        if value and not _CODE.fullmatch(value):
            self.wrong(
                column,
                Text(f"Mã “{value}” sai dạng.", f"The code {value!r} has a wrong form."),
                Text(
                    "Mã chỉ gồm chữ thường không dấu, chữ số và dấu nối, ví dụ so-gddt-dak-nong.",
                    "Codes hold a-z, digits and hyphens, e.g. so-gddt-dak-nong.",
                ),
            )
        return value

    def day(self, column: str, *, required: bool = False) -> date | None:
        """Return a day: 2025-07-01 or 01/07/2025."""
        value = self.text(column, required=required)
        if not value:
            return None
        iso, own = _ISO.fullmatch(value), _VIETNAMESE.fullmatch(value)
        try:
            if iso:
                return date(int(iso[1]), int(iso[2]), int(iso[3]))
            if own:
                return date(int(own[3]), int(own[2]), int(own[1]))
        except ValueError:
            pass
        self.wrong(
            column,
            Text(f"“{value}” không phải ngày có thật.", f"{value!r} is not a day that exists."),
            Text("Ghi như 01/07/2025 hoặc 2025-07-01.", "Write 01/07/2025 or 2025-07-01."),
        )
        return None

    def whole(self, column: str) -> int | None:
        """Return a whole number from 0 to 99."""
        value = self.text(column)
        if not value:
            return None
        if value.isascii() and value.isdigit() and len(value) <= 2:
            return int(value)
        self.wrong(
            column,
            Text(f"“{value}” không phải số nguyên.", f"{value!r} is not a whole number."),
            Text("Ghi một số từ 0 đến 99.", "Write a number from 0 to 99."),
        )
        return None

    def words(self, column: str) -> list[str]:
        """Return a list written with ; or ,"""
        return [w for w in map(clean, re.split(r"[;,]", self.text(column))) if w]

    def period(self) -> Period | None:
        """Return the half-open period of `valid_from` and `valid_until`."""
        start, until = self.day("valid_from", required=True), self.day("valid_until")
        if start is None:
            return None
        if until is not None and until <= start:
            self.wrong(
                "valid_until",
                Text("Ngày hết phải sau ngày bắt đầu.", "The end must lie after the start."),
                Text(
                    "valid_until là ngày đầu tiên không còn hiệu lực.",
                    "valid_until is the first day that no longer counts.",
                ),
            )
            return None
        return Period(start, until)


def _cells(data: bytes, file_name: str) -> list[list[str]]:
    return [[_cell(value) for value in row] for row in read_table(data, file_name)]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))
