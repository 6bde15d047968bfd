"""What a second sheet adds to the rows is shown, stored with them, and entered in the register."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.register import api as register
from tests.credentials.world import (
    AT,
    HEADERS,
    bring_to_signed,
    issue,
    person,
    prepare,
    proposal,
    who,
)
from tests.intake.making import xlsx

pytestmark = pytest.mark.usefixtures("settled")

SHEET = "Phụ lục chứng chỉ"
HEADING = ["Mã HV", "Hình thức đào tạo", "Tên khóa học", "Giờ thực hành"]


def workbook(*supplement: list[Any]) -> issuing.ListFile:
    people = [[*HEADERS, "Mã học viên"], *([*person(n), f"HV{n:02}"] for n in (1, 2, 3))]
    data = xlsx({"Danh sách": people, SHEET: [HEADING, *supplement]})
    return issuing.ListFile(data=data, name="ds.xlsx")


def added(number: int, course: str = "Tin học") -> list[Any]:
    return [f"HV{number:02}", "Từ xa", course, 40 + number]


def check(file: issuing.ListFile) -> issuing.CheckReport:
    return issuing.check_list(file=file, proposal=proposal(), by=who("batch.check"), at=AT)


def test_joined_fields_are_shown_stored_bound_and_registered() -> None:
    file = workbook(added(3), added(1), added(2))
    report = check(file)
    assert (report.rows_read, report.rows_ok, report.may_prepare) == (3, 3, True)
    assert [row.values["training_mode"] for row in report.rows] == ["Từ xa"] * 3
    assert report.rows[0].values["supplement"] == {
        "Tên khóa học": "Tin học",
        "Giờ thực hành": "41",
    }

    token = prepare(file).token
    rows = issuing.batch_rows(token=token, by=who("batch.prepare"))
    assert [json.loads(row.data["supplement"])["Giờ thực hành"] for row in rows] == [
        "41",
        "42",
        "43",
    ]
    bring_to_signed(token)
    issued = issue(token)  # the binding is computed anew from what is stored
    line = register.show_line(issued.codes[2], by=who("register.view"))
    assert line.details["training_mode"] == "Từ xa"
    assert json.loads(line.details["supplement"])["Giờ thực hành"] == "43"


def test_what_does_not_fit_is_a_finding_on_its_sheet_row_and_column() -> None:
    report = check(workbook(added(1), added(2), added(2, "Ngoại ngữ"), added(9)))
    found = {
        (f.check, f.level.value, f.sheet, f.row, f.column)
        for f in report.findings
        if "SUPPLEMENT" in f.check
    }
    assert found == {
        ("E-SUPPLEMENT-CODE-TWICE", "error", SHEET, 4, 1),
        ("E-SUPPLEMENT-CODE-TWICE", "error", "Danh sách", 3, 10),
        ("W-SUPPLEMENT-NOT-IN-LIST", "warning", SHEET, 5, 1),
        ("W-ROW-WITHOUT-SUPPLEMENT", "warning", "Danh sách", 4, 10),
    }
    assert [row.is_ok for row in report.rows] == [True, False, True]
    assert report.headers[SHEET, 1] == "Mã HV"


def test_a_cell_of_the_supplement_that_cannot_be_read_is_named() -> None:
    heading = ["Mã HV", "Điểm trung bình"]
    people = [[*HEADERS, "Mã học viên"], [*person(1), "HV01"]]
    data = xlsx({"Danh sách": people, SHEET: [heading, ["HV01", "tám"]]})
    report = check(issuing.ListFile(data=data, name="ds.xlsx"))
    (found,) = (f for f in report.findings if f.check == "W-CELL-UNREADABLE")
    assert (found.sheet, found.row, found.column) == (SHEET, 2, 2)


def test_a_doubtful_sheet_stops_the_batch_until_somebody_says_what_it_is() -> None:
    people = [[*HEADERS, "Mã học viên"], [*person(1), "HV01"]]
    data = xlsx({"Danh sách": people, "Trang 2": [HEADING, added(1)]})
    file = issuing.ListFile(data=data, name="ds.xlsx")
    with pytest.raises(issuing.ListUnreadable):
        prepare(file)
    answered = issuing.ListFile(data=data, name="ds.xlsx", answers={"sheet:Trang 2": "supplement"})
    assert prepare(answered).row_count == 1


@pytest.mark.parametrize(
    ("result", "expected"), [("Không đạt", "E-NOT-PASSED"), ("Đạt", "E-BELOW-PASS-MARK")]
)
def test_a_column_of_modules_hides_no_result_from_the_checks(result: str, expected: str) -> None:
    """One row each: what it says of a module is the person's own result."""
    people = [[*HEADERS[:6], "Mã học viên"], *([*person(n)[:6], f"HV{n:02}"] for n in (1, 2))]
    heading = ["Mã HV", "Mô đun", "Điểm lý thuyết", "Điểm thực hành", "Kết quả"]
    rows = [["HV01", "Cơ bản", "3", "7", result], ["HV02", "Cơ bản", "8", "7", "Đạt"]]
    data = xlsx({"Danh sách": people, SHEET: [heading, *rows]})
    report = check(issuing.ListFile(data=data, name="ds.xlsx"))
    assert {f.check for f in report.findings if f.level == "error"} == {expected}
    assert [row.is_ok for row in report.rows] == [False, True]
