"""`read_file`: bytes of a spreadsheet to lists of rows, with everything found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final

from sogoc.intake import grid as grids
from sogoc.intake import supplement as supplements
from sogoc.intake.body import Body, split_body, stated_counts
from sogoc.intake.cells import text_of
from sogoc.intake.errors import refuse
from sogoc.intake.fields import FIELDS, IGNORE, SHEET_ANSWERS, SUPPLEMENT, TEXT_ANSWERS
from sogoc.intake.grid import Grid
from sogoc.intake.headers import Heading, ask_for_name, assign, field_of, header_key
from sogoc.intake.joining import join
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
from sogoc.intake.ooxml import column_letters
from sogoc.intake.own import is_guide, is_summary, take_out_results
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
_SHOWN: Final = 10

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
    "no_key": Text(
        "Trang là phụ lục văn bằng nhưng không có cột mã người học hay số báo danh để nối.",
        "The sheet is a diploma supplement without student codes or candidate numbers to join by.",
    ),
    "ignored": Text("Trang được trả lời là không dùng.", "The answer was not to use the sheet."),
    "summary": Text("Trang tổng hợp của lần kiểm tra trước.", "The summary of an earlier check."),
    "guide": Text("Trang hướng dẫn của tệp mẫu.", "The instructions of a template."),
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
    `Question.key` (or a header's text) to a field or `ignore`. A diploma supplement on a sheet of
    its own is joined to the lists, also with `sheet` when its name or an answer says so. With
    `partial_dates`, for old registers, birth dates such as 1965 or 05/1965 are no problem
    (`birth_date_precision` says what is known). Raises `IntakeError` when the file cannot be read
    at all; everything smaller is a question, a remark or a cell's problem.
    """
    answers = dict(answers or {})
    name = PurePath(file_name.replace("\\", "/")).name
    for header, answer in answers.items():
        if answer not in _allowed(header):
            raise refuse("unknown_answer", name, header=header, answer=answer)
    source = grids.load(data, name, limits, sheet)
    names = [grid.name for grid in source.grids]
    beside = [one for one in names if one != sheet and _is_said_supplement(one, answers)]
    if sheet in names and beside:
        source = grids.load(data, name, limits)
    if sheet is not None and sheet not in names:
        shown = ", ".join(f"«{one}»" for one in names)
        raise refuse("no_such_sheet", name, sheet=sheet, sheets=shown)
    asked = _Asked(name, answers, OldText(answers), partial_dates)
    in_unicode = [asked.texts.show(source, grid) for grid in source.grids]
    found = _read_grids(in_unicode, sheet, asked, beside)
    if not found.lists:
        raise _no_list(name, found.skipped)
    elsewhere = supplements.other_codes(
        in_unicode if found.supplements else (),
        [one.name for one in found.skipped if one.code == "not_asked"],
    )
    lists, problems = join(found.lists, found.supplements, elsewhere)
    return Reading(
        file_name=name,
        kind=source.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        sheets=tuple(lists),
        skipped=tuple(found.skipped),
        encoding=source.encoding,
        supplements=tuple(one for one, _ in found.supplements),
        join_problems=tuple(problems),
        sheet_questions=tuple(found.questions),
    )


def _allowed(key: str) -> tuple[str, ...]:
    if key.startswith(supplements.question_key("")):
        return SHEET_ANSWERS
    return (IGNORE, *FIELDS, *TEXT_ANSWERS)


def _is_said_supplement(name: str, answers: Mapping[str, str]) -> bool:
    said = answers.get(supplements.question_key(name))
    return said == SUPPLEMENT or (said is None and supplements.claims_by_name(name))


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


@dataclass(slots=True)
class _Found:
    """What the sheets of a file are."""

    lists: list[SheetReading]
    skipped: list[SkippedSheet]
    supplements: list[tuple[SheetReading, Grid]] = field(default_factory=list)
    questions: list[tuple[str, Question]] = field(default_factory=list)


def _read_grids(
    found: list[Grid], only: str | None, asked: _Asked, beside: Sequence[str]
) -> _Found:
    keys = {header_key(answered) for answered in asked.answers}
    headers: dict[int, Header] = {}
    reasons: dict[int, str] = {}
    for place, grid in enumerate(found):
        code = _why_not(grid, None if grid.name in beside else only)
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
    roles = _roles(found, headers, reasons, asked)
    reasons |= {p: _WHY_SKIPPED[role] for p, role in roles.items() if role in _WHY_SKIPPED}
    return _Found(
        [_read_grid(found[p], header, asked) for p, header in headers.items() if p not in roles],
        [
            SkippedSheet(found[place].name, code, _REASONS[code])
            for place, code in sorted(reasons.items())
            if place not in headers or roles.get(place) in _WHY_SKIPPED
        ],
        [
            (_read_supplement(found[place], headers[place], asked), found[place])
            for place in sorted(headers)
            if roles.get(place) == SUPPLEMENT
        ],
        [(found[p].name, role) for p, role in sorted(roles.items()) if isinstance(role, Question)],
    )


_WHY_SKIPPED: Final[dict[str | Question, str]] = {
    IGNORE: "ignored",
    supplements.NO_KEY: supplements.NO_KEY,
}


def _roles(
    found: list[Grid], headers: dict[int, Header], reasons: dict[int, str], asked: _Asked
) -> dict[int, str | Question]:
    """What sheets are that are no lists; `headers` gains those of which only the codes are known.

    A file of one sheet has no supplement, and nothing is looked at.
    """
    if len(found) < 2:
        return {}
    of_codes = {
        place: header
        for place, code in reasons.items()
        if code in ("no_list", "no_people")
        and place not in headers
        and (header := supplements.key_header(found[place]) or _titled(found[place])) is not None
    }
    roles = supplements.roles(found, headers | of_codes, asked.answers)
    headers |= {place: header for place, header in of_codes.items() if place in roles}
    return roles


def _titled(grid: Grid) -> Header | None:
    """A table that calls itself a supplement in its name, whatever its columns."""
    return guess_header(grid) if supplements.claims_by_name(grid.name) else None


def _read_supplement(grid: Grid, header: Header, asked: _Asked) -> SheetReading:
    """Read a sheet of which columns without a meaning for us are kept as they are headed."""
    sheet = _read_grid(grid, header, asked)
    doubts = (q for q in sheet.questions if q.code not in ("unknown_header", "no_name_column"))
    return replace(sheet, questions=tuple(doubts))


def _is_about_people(grid: Grid, header: Header, answered: set[str]) -> bool:
    """Tell a list from statistics, which may share a header such as STT or Trường with it."""
    texts = [text_of(cell) for row in grid.rows[header.top : header.bottom + 1] for cell in row]
    return any(field_of(text) in _ABOUT_PEOPLE or header_key(text) in answered for text in texts)


def _why_not(grid: Grid, only: str | None) -> str | None:
    if only is not None and grid.name != only:
        return "not_asked"
    if not grid.worksheet:
        return "not_a_worksheet"
    if is_guide(grid):
        return "guide"
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
    remarks = (*remarks, *_hidden(grid, body, columns))
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


def _hidden(grid: Grid, body: Body, columns: tuple[Column, ...]) -> list[Remark]:
    """Lines and columns nobody sees on the screen are read all the same: say so."""
    found = []
    rows = [place + 1 for place in body.data if place in grid.hidden_rows]
    if rows:
        shown = ", ".join(map(str, rows[:_SHOWN])) + (", …" if len(rows) > _SHOWN else "")
        text = Text(
            f"{len(rows)} dòng của danh sách đang bị ẩn hoặc bị lọc (dòng {shown}); vẫn được đọc.",
            f"{len(rows)} rows of the list are hidden or filtered out (rows {shown}); they are "
            "read all the same.",
        )
        found.append(Remark("hidden_rows", rows[0], None, text))
    hidden = [column for column in columns if column.index - 1 in grid.hidden_columns]
    if hidden:
        letters = ", ".join(f"{column_letters(one.index)} «{one.header}»" for one in hidden)
        text = Text(
            f"Cột bị ẩn: {letters}; vẫn được đọc.",
            f"Hidden columns: {letters}; they are read all the same.",
        )
        found.append(Remark("hidden_columns", None, hidden[0].index, text))
    return found


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
