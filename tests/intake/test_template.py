"""A filled template reads back without questions."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl

from sogoc.intake.api import FIELDS, TemplateColumn, label, make_template, read_file
from sogoc.intake.fields import Kind, kind_of

COLUMNS = [
    TemplateColumn("ordinal", "Số thứ tự", is_optional=False, source="Mẫu D, cột 1"),
    TemplateColumn("full_name", "Họ và tên người học", is_optional=False),
    TemplateColumn("birth_date", "Ngày tháng năm sinh", is_optional=False),
    TemplateColumn("sex", "Giới tính"),
    TemplateColumn("ethnicity", "Dân tộc"),
    TemplateColumn("score_theory", scale=(0, 10)),
    TemplateColumn("grade", "Xếp loại", choices=("Giỏi", "Khá")),
    TemplateColumn("note", "Điểm thi"),
]


def made() -> openpyxl.Workbook:
    return openpyxl.load_workbook(
        io.BytesIO(make_template(("TRUNG TÂM X", "DANH SÁCH"), COLUMNS, ("Dòng đầu.",)))
    )


def test_a_filled_template_reads_back() -> None:
    book = made()
    sheet = book["Danh sách"]
    sheet.append([1, "Lê An", dt.date(2000, 5, 3), "Nam", "Kinh", 7.5, "Khá", "x"])
    filled = io.BytesIO()
    book.save(filled)
    reading = read_file(filled.getvalue(), "mau.xlsx")
    assert not reading.questions
    (read,) = reading.sheets
    assert [column.field for column in read.columns] == [column.field for column in COLUMNS]
    assert read.title_lines == ("TRUNG TÂM X", "DANH SÁCH")
    ((row,), remarks) = read.rows, read.remarks
    assert (row.problems, remarks) == ((), ())
    assert (row.get("birth_date"), row.get("sex"), row.get("score_theory")) == (
        dt.date(2000, 5, 3), "male", 7.5,
    )  # fmt: skip


def test_choices_and_ends_are_in_the_workbook() -> None:
    sheet = made()["Danh sách"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert {place: rule.type for place, rule in rules.items()} == {
        "C5:C5004": "date", "D5:D5004": "list", "E5:E5004": "list", "F5:F5004": "decimal",
        "G5:G5004": "list",
    }  # fmt: skip
    assert rules["D5:D5004"].formula1 == '"Nam,Nữ"'
    assert rules["D5:D5004"].errorStyle != "warning"
    assert rules["G5:G5004"].errorStyle == "warning"
    assert (rules["F5:F5004"].formula1, rules["F5:F5004"].formula2) == ("0", "10")
    choices = made()["Danh mục"]
    assert choices.sheet_state == "hidden"
    assert [choices["G2"].value, choices["G3"].value] == ["Giỏi", "Khá"]
    assert [cell.value for cell in choices["E"]][1:3] == ["Kinh", "Tày"]
    assert rules["G5:G5004"].formula1 == "'Danh mục'!$G$2:$G$3"


def test_a_heading_that_would_not_be_read_gives_way_to_the_name_of_the_field() -> None:
    """ "Điểm thi" may be any score; in a template every header means one thing."""
    headers = [cell.value for cell in made()["Danh sách"][4]]
    assert headers[-1] == label("note").vi == "Ghi chú"
    assert headers[1] == "Họ và tên người học"


def test_the_guide_says_whose_column_it_is_and_how_to_write() -> None:
    rows = list(made()["Hướng dẫn"].iter_rows(values_only=True))
    assert rows[2][0] == "Dòng đầu."
    assert ("Số thứ tự", "Mẫu D, cột 1", "có", None) in rows
    assert any(row[0] == "Ngày tháng năm sinh" and "05/03/2006" in str(row[3]) for row in rows)


def test_the_same_columns_give_the_same_bytes() -> None:
    assert make_template(("A",), COLUMNS) == make_template(("A",), COLUMNS)


def test_every_field_could_be_a_column() -> None:
    """But parts of a name or birth date, and what only a paper book has."""
    left_out = (
        "family_", "given_", "birth_day", "birth_month", "birth_year", "birth_date_place",
        "book_", "male_", "female_",
    )  # fmt: skip
    columns = [TemplateColumn(name) for name in FIELDS if not name.startswith(left_out)]
    book = openpyxl.load_workbook(io.BytesIO(make_template(("A", "B"), columns)))
    values = {Kind.DATE: dt.date(2001, 2, 3), Kind.SEX: "Nữ", Kind.NUMBER: 5, Kind.WHOLE: 2001}
    book["Danh sách"].append([values.get(kind_of(c.field), "A1 x") for c in columns])
    filled = io.BytesIO()
    book.save(filled)
    reading = read_file(filled.getvalue(), "mau.xlsx")
    assert not reading.questions
    assert [column.field for column in reading.sheets[0].columns] == [c.field for c in columns]
    assert not reading.sheets[0].rows[0].problems
