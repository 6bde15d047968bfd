"""A filled template reads back without questions."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from sogoc.intake.api import read_file
from sogoc.intake.template import fields_for, make_template


@pytest.mark.parametrize(("category", "major"), [("diploma", True), ("certificate", False)])
def test_a_filled_template_reads_back(category: str, major: bool) -> None:
    fields = fields_for(category, has_major=major)
    book = openpyxl.load_workbook(io.BytesIO(make_template("Bằng cử nhân", fields)))
    sheet = book["Danh sách"]
    assert len(sheet.data_validations.dataValidation) == 3
    values = {"ordinal": 1, "full_name": "Lê An", "birth_date": dt.date(2000, 5, 3), "sex": "Nam"}
    sheet.append([values.get(field, "x") for field in fields])
    filled = io.BytesIO()
    book.save(filled)
    reading = read_file(filled.getvalue(), "mau.xlsx")
    assert not reading.questions
    (read,) = reading.sheets
    assert [column.field for column in read.columns] == list(fields)
    assert [row.get("birth_date") for row in read.rows] == [dt.date(2000, 5, 3)]
