"""``sogoc batch check`` on lists as units send them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from tests.cli.conftest import CENTRE, DECISION, SAMPLES, SO, SUSPENDED, Sogoc, act_of

PLANTED = SAMPLES / "planted-faults-a.xlsx"


@pytest.fixture(scope="module")
def planted(demo: Sogoc) -> dict[str, list[dict[str, object]]]:
    answer = demo.run("batch", "check", str(PLANTED), *act_of(CENTRE, "Giám đốc"), "--rows")
    assert answer.code == 1
    data: dict[str, list[dict[str, object]]] = answer.data
    return data


def test_every_planted_fault_is_an_error_on_its_row_and_nowhere_else(
    planted: dict[str, list[dict[str, object]]],
) -> None:
    expected = json.loads((SAMPLES / "planted-faults-a.expected.json").read_text("utf-8"))
    errors = {
        (f["row"], f["column"]) for f in planted["findings"] if f["level"] == "error" and f["row"]
    }
    assert errors == {(fault["row"], fault["column"]) for fault in expected["faults"]}
    assert planted["rows_read"] == expected["rows"]
    assert planted["rows_ok"] == expected["good_rows"]


def test_tolerated_spelling_is_read_without_altering_the_name(
    planted: dict[str, list[dict[str, object]]],
) -> None:
    names = {row["row"]: str(row["full_name"]) for row in planted["rows"]}
    for row in (37, 81):
        assert names[row] == " ".join(names[row].split())
    assert {row["sex"] for row in planted["rows"]} == {"male", "female", None}


def test_what_concerns_the_whole_list_is_one_finding(
    planted: dict[str, list[dict[str, object]]],
) -> None:
    whole = [f["check"] for f in planted["findings"] if f["row"] is None]
    assert len(whole) == len(set(whole))
    assert "E-NO-DECISION" in whole


def test_findings_name_the_column_as_it_is_headed(
    planted: dict[str, list[dict[str, object]]],
) -> None:
    by_row = {f["row"]: f for f in planted["findings"] if f["level"] == "error"}
    assert by_row[42]["column_name"] == "Số vào sổ cấp chứng chỉ"
    assert by_row[42]["field"] == "entry_number"


def test_every_finding_cites_explains_and_helps(
    planted: dict[str, list[dict[str, object]]],
) -> None:
    for found in planted["findings"]:
        assert found["citation"]
        assert found["message"]
        assert found["remedy"]


def test_one_issuer_per_sheet(demo: Sogoc) -> None:
    answer = demo.run(
        "batch",
        "check",
        str(SAMPLES / "thpt-2026-ba-truong.xlsx"),
        "--kind",
        "bang_thpt",
        "--issuer",
        "THPT Gia Nghĩa=thpt-gia-nghia",
        "--signatory",
        "Hiệu trưởng",
        "--date",
        "2026-07-20",
        "--decision-no",
        "1/QĐ",
        "--decision-date",
        "2026-07-10",
        "--learners-confirmed-on",
        "2026-07-15",
    )
    assert (answer.code, answer.data["rows_read"], answer.data["rows_ok"]) == (0, 214, 214)


@pytest.mark.parametrize(
    ("issuer", "signatory", "check"),
    [
        (SO, "KT. Giám đốc", "E-BODY-WITHOUT-AUTHORITY"),
        (SUSPENDED, "Giám đốc", "E-CAPACITY-SUSPENDED"),
    ],
)
def test_a_body_without_authority_is_refused_and_nothing_written(
    demo: Sogoc, issuer: str, signatory: str, check: str
) -> None:
    before = demo.run("batch", "list").data
    answer = demo.run(
        "batch",
        "prepare",
        str(SAMPLES / "dak-nong-cap-moi-khong-so.xlsx"),
        *act_of(issuer, signatory),
        *DECISION,
    )
    assert answer.code == 1
    assert check in {f["check"] for f in answer.data["findings"] if f["row"] is None}
    assert demo.run("batch", "list").data == before
    assert demo.run("log", "audit").code == 0


def test_a_header_nobody_can_map_is_asked_about(demo: Sogoc, tmp_path: Path) -> None:
    file = tmp_path / "hoi.csv"
    file.write_text(
        "Họ và tên;Ngày sinh;Nơi sinh;Giới tính;Mã bí ẩn;Kết quả\nLê A;01/02/2000;Huế;Nam;7;Đạt\n",
        encoding="utf-8",
    )
    asked = demo.run("batch", "check", str(file), *act_of(CENTRE, "Giám đốc"), *DECISION)
    assert asked.code == 1
    assert [q["header"] for q in asked.data["questions"]] == ["Mã bí ẩn"]
    answered = demo.run(
        "batch",
        "check",
        str(file),
        *act_of(CENTRE, "Giám đốc"),
        *DECISION,
        "--map",
        "Mã bí ẩn=candidate_number",
    )
    assert answered.data["questions"] == []


def test_a_file_that_is_no_list_says_so(demo: Sogoc, tmp_path: Path) -> None:
    file = tmp_path / "anh.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    answer = demo.run("batch", "check", str(file), *act_of(CENTRE, "Giám đốc"))
    assert answer.code == 2
    assert "anh.xlsx" in answer.data["error"]["message"]


def test_a_hidden_sheet_of_people_is_not_passed_over_in_silence(
    demo: Sogoc, tmp_path: Path
) -> None:
    file = tmp_path / "an.xlsx"
    book = xlsxwriter.Workbook(file)
    for name in ("Danh sách", "Bổ sung"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính", "Kết quả"])
        sheet.write_row(1, 0, [f"Lê Thị {name}", "01/02/1990", "Huế", "Nữ", "Đạt"])
    sheet.hide()
    book.close()
    answer = demo.run("batch", "check", str(file), *act_of(CENTRE, "Giám đốc"), *DECISION)
    (said,) = (f for f in answer.data["findings"] if f["check"] == "W-SHEET-NOT-READ")
    assert (said["sheet"], said["row"], said["level"]) == ("Bổ sung", None, "warning")
    assert answer.data["rows_read"] == 1


@pytest.mark.parametrize(
    ("counted", "levels"),
    [
        ("1212", {}),
        ("1211", {"E-MORE-ROWS-THAN-DECISION": "error", "W-HEADING-OTHER-DECISION": "warning"}),
        ("1213", {"E-MORE-ROWS-THAN-DECISION": "warning", "W-HEADING-OTHER-DECISION": "warning"}),
    ],
)
def test_list_and_heading_are_compared_with_the_number_the_decision_recognises(
    demo: Sogoc, counted: str, levels: dict[str, str]
) -> None:
    words = [str(SAMPLES / "dak-nong-cap-moi-khong-so.xlsx"), *act_of(CENTRE, "Giám đốc")]
    before = demo.run("batch", "list").data
    answer = demo.run("batch", "check", *words, *DECISION, "--decision-rows", counted)
    about = {"E-MORE-ROWS-THAN-DECISION", "W-HEADING-OTHER-DECISION"}
    said = {f["check"]: f["level"] for f in answer.data["findings"] if f["check"] in about}
    assert said == levels
    if levels:
        refused = demo.run("batch", "prepare", *words, *DECISION, "--decision-rows", counted)
        assert refused.code != 0
        assert demo.run("batch", "list").data == before


def test_a_count_without_a_decision_is_no_use(demo: Sogoc) -> None:
    words = [str(PLANTED), *act_of(CENTRE, "Giám đốc")]
    assert demo.run("batch", "check", *words, "--decision-rows", "5").code == 2
