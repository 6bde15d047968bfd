"""From what intake read to the facts the law is asked about, and to the rows a batch stores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sogoc.credentials.register.api import TEXT_LIMITS
from sogoc.intake.api import CellProblem, Reading, Row
from sogoc.kernel.names import name_key
from sogoc.kernel.text import Text
from sogoc.policy.api import Finding, Level, PriorOriginal, RowFacts, Status

SCORES: Final = ("score_theory", "score_practice", "score_total", "gpa")

# Order is part of the binding (see ``binding.py``): never reordered, new fields only at the end.
ROW_FIELDS: Final = (
    "full_name", "birth_date", "birth_place", "sex", "ethnicity", "nationality", "personal_id",
    "student_code", "candidate_number", "exam_date", "exam_session", "score_theory",
    "score_practice", "score_total", "gpa", "result", "grade", "major", "major_code",
    "training_mode", "level", "school", "serial", "entry_number", "note",
    "passport",
)  # fmt: skip
# Stored and bound only in rows that have one: an array without it stays as it always was.
SUPPLEMENT: Final = "supplement"
LATER_FIELDS: Final = ("defended_on", "graduation_year", "specialty")
"""Likewise, as one object; in the order of the alphabet, as canonical JSON has it."""

_LEVEL: Final = re.compile(r"(?<!\d)([1-9])(?!\d)")
# Policy judges these cells itself, from the raw text.
_JUDGED_BY_POLICY: Final = frozenset({"birth_date", "sex", *SCORES})
# The register would refuse the whole batch otherwise; entry numbers it gives itself.
_LIMITS: Final = tuple(each for each in TEXT_LIMITS.items() if each[0] != "entry_number")
_IDENTITY: Final = frozenset({"full_name", "serial", "entry_number", "personal_id"})


def row_facts(
    reading: Reading,
    prior: Mapping[int, tuple[PriorOriginal, ...]],
    *,
    level: int | None,
    held: Mapping[int, frozenset[str]] | None = None,
) -> list[RowFacts]:
    """Return the facts of every row; ``prior`` maps the row's index in the reading to originals.

    ``held`` likewise maps it to the kinds the person held before, where that was asked.
    """
    facts: list[RowFacts] = []
    append = facts.append
    no_prior: tuple[PriorOriginal, ...] = ()
    for sheet in reading.sheets:
        columns = sheet.columns_by_field
        has_scores = [name for name in SCORES if name in columns or name in sheet.joined]
        for row in sheet.rows:
            index = len(facts)
            kinds = held.get(index) if held is not None else None
            append(_row(row, columns, has_scores, prior.get(index, no_prior), level, kinds))
    return facts


def _row(
    row: Row,
    columns: Mapping[str, int],
    has_scores: Sequence[str],
    prior: tuple[PriorOriginal, ...],
    level: int | None,
    held: frozenset[str] | None,
) -> RowFacts:
    values: Mapping[str, Any] = row.values
    get = values.get
    full_name = get("full_name")
    raws: Mapping[str, str] = {}
    if row.problems:
        raws = {name: get(f"{name}_raw") or "" for name in has_scores if f"{name}_raw" in values}
    return RowFacts(
        row.sheet,
        row.row,
        full_name,
        name_key(full_name) if full_name else None,
        get("birth_date"),
        get("birth_date_raw"),
        get("birth_place"),
        get("sex"),
        get("sex_raw"),
        get("personal_id"),
        {name: get(name) for name in has_scores},
        raws,
        get("result"),
        get("grade"),
        _level_of(get("level")) or level,
        get("major"),
        get("exam_date"),
        get("serial"),
        get("entry_number"),
        get("issued_on"),
        columns,
        prior,
        get("ethnicity"),
        get("nationality"),
        get("major_code"),
        get("training_mode"),
        get("school"),
        get("note"),
        get("receiver_signature"),
        held,
        candidate_number=get("candidate_number"),
        student_code=get("student_code"),
    )


def _level_of(text: object) -> int | None:
    """Read "Bậc 3", "3", "B1 (bậc 3)" as 3; anything without one single digit is unknown."""
    found = _LEVEL.findall(str(text)) if text is not None else []
    return int(found[-1]) if found else None


def rows_of(reading: Reading) -> Iterator[Row]:
    """Yield the rows of every list in the file, in order."""
    for sheet in reading.sheets:
        yield from sheet.rows


def people_of(reading: Reading) -> list[tuple[str, date | None, str | None]]:
    """Return (name key, birth date, personal ID) of each row, to ask for earlier originals."""
    people = []
    for row in rows_of(reading):
        get: Any = row.values.get
        people.append((name_key(get("full_name") or ""), get("birth_date"), get("personal_id")))
    return people


def birth_places(reading: Reading) -> list[str | None]:
    """Return the birth place of each row, to tell people of one name and birth date apart."""
    places = (row.values.get("birth_place") for row in rows_of(reading))
    return [place if isinstance(place, str) else None for place in places]


def stored_row(row: Row, level: int | None) -> dict[str, str | int | None]:
    """Return the fields of a row a batch keeps: text and whole numbers, without empty ones."""
    values: Mapping[str, Any] = row.values
    stored: dict[str, str | int | None] = {}
    for name in (*ROW_FIELDS, SUPPLEMENT, *LATER_FIELDS):
        value = values.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, float):
            value = f"{value:.10g}"
        stored[name] = value
    found = _level_of(values.get("level")) or level
    if found is not None:
        stored["level"] = found
    return stored


def has_values(reading: Reading, field: str) -> bool:
    """Whether the column exists and is not wholly empty; otherwise the field is to be allocated."""
    return any(
        field in sheet.columns_by_field and any(row.values.get(field) for row in sheet.rows)
        for sheet in reading.sheets
    )


def stated_count(reading: Reading) -> int | None:
    """Return the number of people the file itself states, summed where every sheet states one."""
    counts = [sheet.stated_count for sheet in reading.sheets]
    stated = [count for count in counts if count is not None]
    return sum(stated) if stated and len(stated) == len(counts) else None


_CELLS: Final[Mapping[str, Text]] = {
    "no_such_date": Text("không có ngày này", "there is no such day"),
    "two_digit_year": Text("năm chỉ có hai chữ số", "the year has two digits only"),
    "incomplete_date": Text("ngày thiếu phần", "the date is incomplete"),
    "not_a_date": Text("không phải ngày", "this is not a date"),
    "not_a_number": Text("không phải số", "this is not a number"),
    "not_text": Text("không phải chữ", "this is not text"),
    "unknown_sex": Text("không phải Nam hay Nữ", "this is neither Nam nor Nữ"),
    "formula_error": Text("công thức báo lỗi", "its formula reports an error"),
    "formula_without_value": Text("công thức chưa có giá trị", "its formula has no value yet"),
    "merged_cell": Text("ô gộp che mất giá trị", "a merged cell hides its value"),
    "too_long": Text(
        "dài hơn chỗ của cột này trong sổ gốc", "it is too long for its column of the register"
    ),
    "zero_lost": Text(
        "thiếu một chữ số, có lẽ số 0 ở đầu đã mất",
        "it is one digit short; perhaps the leading zero is lost",
    ),
    "sex_marked_twice": Text(
        "cả hai cột Nam và Nữ đều đánh dấu", "both the column of men and that of women are marked"
    ),
    "digits_lost": Text(
        "bảng tính đã làm mất chữ số của số dài", "the spreadsheet has lost digits of a long number"
    ),
}  # fmt: skip


def cell_findings(reading: Reading) -> Iterable[Finding]:
    """Yield a finding for each cell the register cannot take and that no legal check looks at.

    Of a supplement every unreadable cell is named: the checks see the rows of the list only.
    """
    for sheet in reading.sheets:
        for row in sheet.rows:
            for name, limit in _LIMITS:
                value = row.values.get(name)
                if type(value) is str and len(value) > limit:
                    column = sheet.columns_by_field.get(name, 0)
                    problem = CellProblem(column, name, "too_long", value[:40])
                    yield _cell_finding(row, problem, is_error=True)
    for row in rows_of(reading):
        for problem in row.problems:
            if problem.field not in _JUDGED_BY_POLICY:
                yield _cell_finding(row, problem, is_error=problem.field in _IDENTITY)
    for sheet in reading.supplements:
        for row in sheet.rows:
            for problem in row.problems:
                yield _cell_finding(row, problem, is_error=False)


def _cell_finding(row: Row, problem: CellProblem, *, is_error: bool) -> Finding:
    what = _CELLS.get(problem.code, Text(problem.code, problem.code))
    shown = problem.raw
    if problem.field == "personal_id":  # a personal ID is not for screens, logs and screenshots
        shown = f"…{shown[-3:]}"
    return Finding(
        check="E-CELL-UNREADABLE" if is_error else "W-CELL-UNREADABLE",
        violation=None,
        level=Level.ERROR if is_error else Level.WARNING,
        result=Status.FAIL if is_error else Status.WARN,
        sheet=row.sheet,
        row=row.row,
        column=problem.column,
        column_name=problem.field,
        citation="",
        message=Text(
            f"Không đọc được ô «{shown}»: {what.vi}.",
            f"The cell “{shown}” cannot be read: {what.en}.",
        ),
        remedy=Text(
            "Sửa ô này trong tệp rồi gửi lại.", "Correct the cell and send the file again."
        ),
    )
