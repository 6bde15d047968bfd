"""Pages in the form of each regime: its columns, its source, and one sheet of paper each."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sogoc.credentials.documents import sheets
from sogoc.credentials.documents.paper import Body, Signer
from sogoc.credentials.documents.press import Press
from sogoc.credentials.documents.samples import LONGEST_NAME
from sogoc.policy.api import load_law
from tests.papers import SIGNED_AT

FORMS = [
    ("bang_thcs", date(2024, 6, 1), "A"),
    ("bang_thpt", date(2024, 7, 1), "B"),
    ("cu_nhan", date(2024, 7, 1), "C"),
    ("tien_si", date(2024, 7, 1), "C"),
    ("cc_ngoai_ngu_6bac", date(2024, 7, 1), "D"),
    ("bang_cao_dang", date(2024, 7, 1), "F"),
]
DETAILS = {
    "grade": "Giỏi", "score_total": "54.25", "major": "Quản trị dịch vụ du lịch và lữ hành",
    "specialty": "Kinh tế du lịch", "graduation_year": 2024, "defended_on": "2024-05-20",
    "level": "4", "result": "Đạt", "score_theory": "8.5", "school": "Trường N'Trang Lơng",
}  # fmt: skip


def line(kind: str, on: date, number: int, **changes: Any) -> Any:
    """A line as the register would show it."""
    values = {
        "id": number, "code": f"C-{number}", "act": "issue", "is_live": True, "kind": kind,
        "book": SimpleNamespace(id=1, year=on.year), "sequence": number, "issued_on": on,
        "entry_number": f"B24/023/{number:06}", "serial": f"T0480{number:04}",
        "full_name": ("H'Len Mlô", "Y Bhăm Niê Kđăm", LONGEST_NAME)[number % 3],
        "birth_date": date(2006, 2, 1), "birth_text": "", "birth_place": "Đắk Nông",
        "sex": "female", "ethnicity": "Ê Đê", "nationality": "Việt Nam", "personal_id": "",
        "decision_number": "45/QĐ", "decision_date": on, "details": DETAILS, "erased": False,
        "revoked_by": None, "revoked_on": None, "revoked_decision": "",
    }  # fmt: skip
    return SimpleNamespace(**{**values, **changes})


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(lines: list[Any]) -> Any:
        monkeypatch.setattr(sheets, "_column", lambda *_: [0])
        monkeypatch.setattr(sheets, "_lines", lambda *_: lines)
        return sheets.page_of(lines[0])

    return make


def printed(sheet: Any) -> bytes:
    body = Body("Trường Mẫu", "", "Sở Giáo dục và Đào tạo", "Đắk Nông")
    words = sheets.sheet_data(
        sheet, body, Signer("x", "Y Bhăm Niê", "Hiệu trưởng"), base="so.example", sample=False,
        on=date(2026, 6, 1),
    )  # fmt: skip
    return Press().print(sheet.template, words, at=SIGNED_AT)


@pytest.mark.parametrize(("kind", "on", "letter"), FORMS)
def test_columns_are_those_of_the_form(page: Any, kind: str, on: date, letter: str) -> None:
    (form,) = load_law().values_on("register_form", on, kind=kind)
    lines = [line(kind, on, n) for n in range(1, sheets.ROWS + 1)]
    sheet = page(lines)
    assert [each["vi"] for each in sheet.said["columns"]] == [
        column.heading.vi for column in form.body.columns
    ]
    assert sheet.said["form_source"].startswith(f"Mẫu {letter}, ")
    by_field = dict(
        zip([c.field for c in form.body.columns], sheet.said["rows"][1], strict=True)
    )  # fmt: skip
    assert by_field["ordinal"] == "2"
    assert by_field["full_name"] == lines[1].full_name
    assert by_field["birth_date"] == "01/02/2006"
    assert by_field["sex"] == "Nữ"
    assert by_field["serial"] == "T04800002"
    assert by_field["receiver_signature"] == by_field["note"] == ""
    wanted = {
        "score_total": "54,25", "graduation_year": "2024", "defended_on": "20/05/2024",
        "result": "LT 8,5; Tổng 54,25; Đạt", "level": "Giỏi, 4", "major": DETAILS["major"],
    }  # fmt: skip
    assert {name: by_field[name] for name in wanted if name in by_field} == {
        name: said for name, said in wanted.items() if name in by_field
    }
    assert int(re.findall(rb"/Type/Pages/Count (\d+)", printed(sheet))[0]) == 1


def test_since_no_form_is_prescribed_the_page_says_so(page: Any) -> None:
    sheet = page([line("bang_thpt", date(2026, 6, 1), 1)])
    assert sheet.said["form_source"].startswith("Không còn mẫu bắt buộc; cột theo mẫu B")


def test_revoked_and_erased_lines_are_told(page: Any) -> None:
    on = date(2024, 7, 1)
    gone = line("bang_thpt", on, 1, revoked_by="C-9", revoked_on=date(2025, 1, 2),
                revoked_decision="9/QĐ")  # fmt: skip
    erased = line("bang_thpt", on, 2, erased=True, full_name="", details={}, ethnicity="")
    sheet = page([gone, erased])
    assert sheet.said["rows"][0][-1] == "Thu hồi 02/01/2025, QĐ 9/QĐ"
    assert sheet.said["rows"][1][-1] == "Dữ liệu cá nhân đã xóa theo quy định"
    assert sheet.said["rows"][1][1] == ""


def test_what_it_says_is_what_tells_sheets_apart(page: Any) -> None:
    on = date(2024, 7, 1)
    one = [line("bang_thpt", on, n) for n in (1, 2)]
    first = page(one).content
    assert page([line("bang_thpt", on, n) for n in (1, 2)]).content == first
    assert page([*one, line("bang_thpt", on, 3)]).content != first
    changed = [one[0], line("bang_thpt", on, 2, serial="T04800009")]
    assert page(changed).content != first
