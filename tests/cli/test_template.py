"""``sogoc batch template``: filled in, it is a list that nobody has to be asked about."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sogoc.cli.template import columns_of, guide_of
from sogoc.intake.api import Reading, make_template, read_file
from sogoc.policy.api import Kind, list_form, load_law
from tests.cli.conftest import CENTRE, Sogoc, act_of

LAW = load_law()
KINDS = [kind for kind in LAW.kinds.values() if kind.standing != "none"]
DAYS = [date(2008, 1, 2), date(2017, 6, 1), date(2021, 3, 4), date(2025, 8, 1), date(2026, 6, 1)]
VALUES = {
    "ordinal": 1, "full_name": "Lê Thị An", "birth_date": date(2003, 5, 3), "sex": "Nữ",
    "birth_place": "Đắk Nông", "personal_id": "067303000123", "candidate_number": "017",
    "score_theory": 8.5, "score_practice": 7, "score_total": 40.25, "graduation_year": 2021,
    "defended_on": date(2021, 2, 1), "serial": None, "entry_number": None,
    "receiver_signature": None, "passport": None, "nationality": None,
}  # fmt: skip


def fill(sheet: Worksheet, lists: Worksheet, fields: list[str]) -> dict[str, Any]:
    """One line: values that can only be typed, else the first choice of the column's list."""
    choices = {}
    for rule in sheet.data_validations.dataValidation:
        (cells,) = rule.sqref.ranges
        place = cells.min_col
        if rule.type == "list" and "!" in rule.formula1:
            choices[fields[place - 1]] = lists.cell(2, place).value
    line = {name: VALUES.get(name, choices.get(name, "Toán")) for name in fields}
    sheet.append([line[name] for name in fields])
    return line


def read_back(kind: Kind, on: date) -> tuple[Reading, list[str], dict[str, Any]]:
    form = list_form(kind, on, LAW)
    columns = columns_of(form, LAW)
    book = openpyxl.load_workbook(
        io.BytesIO(make_template(("TRUNG TÂM X", kind.name.vi), columns, guide_of(form, kind)))
    )
    fields = [column.field for column in columns]
    line = fill(book["Danh sách"], book["Danh mục"], fields)
    filled = io.BytesIO()
    book.save(filled)
    return read_file(filled.getvalue(), "mau.xlsx"), fields, line


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_filled_template_of_every_kind_is_read_without_a_question(kind: Kind, on: date) -> None:
    reading, fields, line = read_back(kind, on)
    assert reading.questions == ()
    (sheet,) = reading.sheets
    assert [column.field for column in sheet.columns] == fields
    assert sheet.remarks == ()
    ((row,), sexes) = sheet.rows, {"Nam": "male", "Nữ": "female"}
    assert row.problems == ()
    assert {name: row.get(name) for name in fields} == {
        name: sexes.get(str(value), value) if name == "sex" else value
        for name, value in line.items()
    }
    assert {one.code for one in reading.skipped} == {"guide"}


def test_unit_and_kind_are_filled_in_and_the_list_is_fit_to_issue(
    demo: Sogoc, tmp_path: Path
) -> None:
    target = tmp_path / "mau.xlsx"
    answer = demo.run(
        "batch", "template", "--kind", "cc_cntt_co_ban", "--issuer", CENTRE, "--date", "2025-04-10",
        "-o", str(target),
    )  # fmt: skip
    assert (answer.code, answer.data["form"], answer.data["prescribed"]) == (0, "SG-D-R3", True)
    book = openpyxl.load_workbook(target)
    sheet = book["Danh sách"]
    assert "TRUNG TÂM" in sheet["A1"].value
    assert sheet["A2"].value == "DANH SÁCH CẤP CHỨNG CHỈ ỨNG DỤNG CNTT CƠ BẢN"
    fill(sheet, book["Danh mục"], answer.data["fields"])
    book.save(target)
    checked = demo.run("batch", "check", str(target), *act_of(CENTRE, "Giám đốc"))
    assert checked.data["questions"] == []
    of_the_file = ("HEADING", "SHEET", "READ")
    assert [
        f
        for f in checked.data["findings"]
        if f["row"] or any(word in f["check"] for word in of_the_file)
    ] == []


def test_a_paper_that_is_no_credential_has_no_template(demo: Sogoc, tmp_path: Path) -> None:
    answer = demo.run("batch", "template", "--kind", "ielts", "-o", str(tmp_path / "x.xlsx"))
    assert answer.code == 2
    assert not (tmp_path / "x.xlsx").exists()
