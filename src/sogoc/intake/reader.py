"""`read_file`: bytes of a spreadsheet to lists of rows, with everything found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from sogoc.intake import grid as grids
from sogoc.intake.body import Body, split_body, stated_counts
from sogoc.intake.cells import text_of
from sogoc.intake.errors import refuse
from sogoc.intake.fields import FIELDS, IGNORE, TEXT_ANSWERS
from sogoc.intake.grid import Grid
from sogoc.intake.headers import Heading, ask_for_name, assign, field_of, header_key
from sogoc.intake.layout import Header, find_header, guess_header, headings, title_lines
from sogoc.intake.model import (
    Column,
    Limits,
    Question,
    Reading,
    Remark,
    SheetReading,
    SkippedSheet,
)
from sogoc.intake.old_text import OldText
from sogoc.intake.own import is_summary, take_out_results
from sogoc.intake.rows import build_rows
from sogoc.kernel.text import Text

_NAME_FIELDS: Final = frozenset({"full_name", "family_middle", "given_name"})
_ABOUT_PEOPLE: Final = _NAME_FIELDS | {
    "birth_date",
    "birth_year",
    "sex",
    "personal_id",
    "student_code",
    "candidate_number",
    "serial",
    "entry_number",
}
_DEFAULT_LIMITS: Final = Limits()

_REASONS: Final = {
    "empty": Text("Trang trống.", "The sheet is empty."),
    "hidden": Text(
        "Trang bị ẩn; muốn đọc thì bỏ ẩn hoặc nêu tên trang.",
        "The sheet is hidden; unhide it or name it to have it read.",
    ),
    "not_a_worksheet": Text("Không phải trang tính.", "It is not a worksheet."),
    "no_list": Text(
        "Không thấy dòng tiêu đề của danh sách (Họ và tên, Ngày sinh…).",
        "No header row of a list (name, date of birth…) was seen.",
    ),
    "no_people": Text(
        "Trang không có cột nào về người (họ và tên, ngày sinh…), như bảng thống kê.",
        "No column of the sheet is about people (name, date of birth…), as in statistics.",
    ),
    "summary": Text("Trang tổng hợp của lần kiểm tra trước.", "The summary of an earlier check."),
    "not_asked": Text("Trang khác được chọn.", "Another sheet was chosen."),
}


def read_file(
    data: bytes,
    file_name: str,
    *,
    sheet: str | None = None,
    answers: Mapping[str, str] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    partial_dates: bool = False,
) -> Reading:
    """Read every list of a spreadsheet; `sheet` limits it to one, `answers` settle its questions.

    The type is told from the content (.xlsx, .ods, .xls, .csv), not the name. `answers` maps
    `Question.key` (or a header's text) to a field or `ignore`. With `partial_dates`,
    for old registers, birth dates such as 1965 or 05/1965 are no problem (`birth_date_precision`
    says what is known). Raises `IntakeError` when the file cannot be read at all; everything
    smaller is a question, a remark or a cell's problem.
    """
    answers = dict(answers or {})
    name = PurePath(file_name.replace("\\", "/")).name
    for header, answer in answers.items():
        if answer != IGNORE and answer not in FIELDS and answer not in TEXT_ANSWERS:
            raise refuse("unknown_answer", name, header=header, answer=answer)
    source = grids.load(data, name, limits, sheet)
    names = [grid.name for grid in source.grids]
    if sheet is not None and sheet not in names:
        shown = ", ".join(f"«{one}»" for one in names)
        raise refuse("no_such_sheet", name, sheet=sheet, sheets=shown)
    asked = _Asked(name, answers, OldText(answers), partial_dates)
    in_unicode = [asked.texts.show(source, grid) for grid in source.grids]
    lists, skipped = _read_grids(in_unicode, sheet, asked)
    if not lists:
        raise _no_list(name, skipped)
    digest = hashlib.sha256(data).hexdigest()
    return Reading(name, source.kind, digest, tuple(lists), tuple(skipped), source.encoding)


def read_table(
    data: bytes, file_name: str, *, limits: Limits = _DEFAULT_LIMITS
) -> list[list[object]]:
    """Read the cells of the first sheet shown that is not empty, for tables of a fixed form.

    Cells are `str`, `float`, `int`, `bool` or dates; empty ones are "". Raises `IntakeError`.
    """
    source = grids.load(data, file_name, limits)
    for grid in source.grids:
        if grid.worksheet and not grid.hidden and any(cell != "" for r in grid.rows for cell in r):
            return grid.rows
    raise refuse("empty_file", PurePath(file_name.replace("\\", "/")).name)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller wants of one file."""

    file_name: str
    answers: Mapping[str, str]
    texts: OldText
    partial_dates: bool


def _read_grids(
    found: list[Grid], only: str | None, asked: _Asked
) -> tuple[list[SheetReading], list[SkippedSheet]]:
    keys = {header_key(answered) for answered in asked.answers}
    headers: dict[int, Header] = {}
    reasons: dict[int, str] = {}
    for place, grid in enumerate(found):
        code = _why_not(grid, only)
        header = None if code else find_header(grid, lambda text: header_key(text) in keys)
        if header:
            headers[place] = header
        else:
            reasons[place] = code or "no_list"
    if not headers:
        # Nothing recognised anywhere: a table with strange headers is asked about.
        for place, grid in enumerate(found):
            header = guess_header(grid) if reasons[place] == "no_list" else None
            if header:
                headers[place] = header
    about = {place for place, one in headers.items() if _is_about_people(found[place], one, keys)}
    if about:
        reasons |= dict.fromkeys(headers.keys() - about, "no_people")
        headers = {place: header for place, header in headers.items() if place in about}
    lists = [_read_grid(found[place], headers[place], asked) for place in headers]
    skipped = [
        SkippedSheet(found[place].name, code, _REASONS[code])
        for place, code in sorted(reasons.items())
        if place not in headers
    ]
    return lists, skipped


def _is_about_people(grid: Grid, header: Header, answered: set[str]) -> bool:
    """Tell a list from statistics, which may share a header such as STT or Trường with it."""
    texts = [text_of(cell) for row in grid.rows[header.top : header.bottom + 1] for cell in row]
    return any(field_of(text) in _ABOUT_PEOPLE or header_key(text) in answered for text in texts)


def _why_not(grid: Grid, only: str | None) -> str | None:
    if only is not None and grid.name != only:
        return "not_asked"
    if not grid.worksheet:
        return "not_a_worksheet"
    if grid.hidden and only is None:
        return "hidden"
    if is_summary(grid):
        return "summary"
    return None if any(any(cell != "" for cell in row) for row in grid.rows) else "empty"


def _read_grid(grid: Grid, header: Header, asked: _Asked) -> SheetReading:
    below = range(header.bottom + 1, len(grid.rows))
    take_out_results(grid, header)
    stacked = headings(grid, header, below)
    columns, _ = assign(stacked, asked.answers)
    body = split_body(grid, header, columns)
    if body.second_header is not None:
        row = body.second_header + 1
        raise refuse("second_list", asked.file_name, sheet=grid.name, row=row)
    stacked = headings(grid, header, body.data)
    columns, questions = assign(stacked, asked.answers)
    if not _NAME_FIELDS & {column.field for column in columns}:
        questions = (*questions, *_name_question(stacked, columns, questions))
    titles = title_lines(grid, header)
    rows, columns, remarks = build_rows(grid, body.data, columns, partial_dates=asked.partial_dates)
    counts, count_remarks = _stated(titles, body)
    return SheetReading(
        name=grid.name,
        title_lines=titles,
        signature_lines=tuple(body.signature_lines),
        stated_count=counts,
        header_rows=tuple(row + 1 for row in range(header.top, header.bottom + 1)),
        columns=columns,
        questions=(*asked.texts.questions(grid), *questions),
        remarks=(*asked.texts.remarks(grid, columns), *body.remarks, *count_remarks, *remarks),
        rows=rows,
    )


def _name_question(
    stacked: list[Heading], columns: tuple[Column, ...], questions: tuple[Question, ...]
) -> tuple[Question, ...]:
    asked = {choice for question in questions for choice in question.suggestions}
    about_name = any(q.code == "same_field" and _NAME_FIELDS & asked for q in questions)
    return () if about_name else (ask_for_name(stacked, columns),)


def _stated(titles: tuple[str, ...], body: Body) -> tuple[int | None, list[Remark]]:
    lines = [*body.signature_lines, " ".join(body.signature_lines)]
    counts = stated_counts(lines) or stated_counts(titles)
    if not counts:
        return None, []
    if len(counts) == 1:
        return counts[0], []
    shown = ", ".join(map(str, counts))
    text = Text(
        f"Danh sách nêu nhiều tổng số khác nhau: {shown}.",
        f"The list states different totals: {shown}.",
    )
    return counts[0], [Remark("stated_counts_differ", None, None, text)]


def _no_list(file_name: str, skipped: list[SkippedSheet]) -> Exception:
    vi = " ".join(f"Trang «{one.name}»: {one.reason.vi}" for one in skipped)
    en = " ".join(f"Sheet “{one.name}”: {one.reason.en}" for one in skipped)
    return refuse("no_list", file_name, why=Text(vi, en))
