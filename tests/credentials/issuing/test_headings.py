"""What a list says of itself beside what the act says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sogoc.credentials.issuing.facts import row_facts
from sogoc.credentials.issuing.headings import (
    alike_findings,
    heading_findings,
    kind_findings,
    place_findings,
)
from sogoc.credentials.issuing.records import Decision
from sogoc.intake.api import Reading
from tests.intake.making import HEADER, line, whole

SO = "Sở Giáo dục và Đào tạo tỉnh Đắk Nông"
DECISION = Decision(number="512/QĐ-ĐH", date=date(2026, 6, 26), decided_by="x", row_count=2)


def said(
    *titles: str, names: tuple[str, ...] = (SO,), decision: Decision | None = None
) -> list[Any]:
    reading = whole([*([title] for title in titles), HEADER, line(1), line(2)])
    return [f.check for f in heading_findings(reading, names=names, decision=decision)]


@pytest.mark.parametrize(
    ("titles", "names", "checks"),
    [
        (("SỞ GD&ĐT ĐẮK NÔNG", "DANH SÁCH"), (SO,), []),
        (("UBND TỈNH ĐẮK NÔNG", "SỞ GIÁO DỤC VÀ ĐÀO TẠO"), (SO,), []),
        (("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "Trường THPT Gia Nghĩa"), (SO,), []),
        (("DANH SÁCH HỌC VIÊN",), (SO,), []),
        (("SỞ GD&ĐT ĐẮK LẮK",), (SO,), ["W-HEADING-OTHER-BODY"]),
        (("Trường THPT Gia Nghĩa",), (SO,), ["W-HEADING-OTHER-BODY"]),
        (("Trường THPT Gia Nghĩa",), (SO, "Trường Trung học phổ thông Gia Nghĩa"), []),
    ],
)
def test_the_body_a_heading_names(
    titles: tuple[str, ...], names: tuple[str, ...], checks: list[str]
) -> None:
    assert said(*titles, names=names) == checks


@pytest.mark.parametrize(
    ("title", "checks"),
    [
        ("Kèm theo Quyết định số 512/QĐ-ĐH ngày 26/6/2026", []),
        ("(Kèm theo Quyết định số 512/QĐ-ĐH ngày 26 tháng 6 năm 2026 của Hiệu trưởng)", []),
        ("Kèm theo Quyết định số 512/QĐ-ĐH", []),
        ("Kèm theo Quyết định số 511/QĐ-ĐH ngày 26/6/2026", ["W-HEADING-OTHER-DECISION"]),
        ("Kèm theo Quyết định số 512/QĐ-ĐH ngày 25/6/2026", ["W-HEADING-OTHER-DECISION"]),
        ("Kèm theo QĐ số 512/QĐ-ĐH ngày 26/6/2026", []),
        ("(Kèm QĐ 513/QĐ-ĐH ngày 26/6/2026)", ["W-HEADING-OTHER-DECISION"]),
        ("Danh sách gồm 2 người", []),
        ("Danh sách gồm 3 người", ["W-HEADING-OTHER-DECISION"]),
    ],
)
def test_the_decision_a_heading_names(title: str, checks: list[str]) -> None:
    assert said(title, decision=DECISION) == checks
    assert said(title) == []


def test_birth_places_of_no_known_province_are_one_note() -> None:
    rows = [line(1), line(2, place="Hà Sơn Bình"), line(3, place="Viêng Chăn"), line(4, place="?")]
    (found,) = place_findings(whole([HEADER, *rows]))
    assert (found.level, found.row) == ("info", None)
    assert "Viêng Chăn" in str(found.message)
    assert "Hà Sơn Bình" not in str(found.message)


def alike(*rows: list[Any]) -> list[Any]:
    reading: Reading = whole([[*HEADER, "Số báo danh", "Ghi chú"], *rows])
    return list(alike_findings(row_facts(reading, {}, level=None)))


def test_people_told_apart_by_candidate_number_are_named_with_the_reason() -> None:
    (found,) = alike(
        [*line(1), "0001", ""],
        [*line(2), "0002", "Hai người, đã đối chiếu khai sinh"],
        [*line(3), "", ""],
    )
    assert found.row == 3
    assert "số báo danh" in str(found.message)
    assert "Hai người, đã đối chiếu khai sinh" in str(found.message)


def test_numbers_without_a_reason_tell_nobody_apart_unless_the_place_does() -> None:
    assert alike([*line(1), "0001", ""], [*line(2), "0002", "Đạt"]) == []
    (found,) = alike([*line(1), "0001", ""], [*line(2, place="Huế"), "0002", ""])
    assert "Lý do" not in str(found.message)


def old_names_said(title: str, on: date, kind: str = "bang_thpt", stated: str = "") -> list[Any]:
    reading = whole([[title], HEADER, line(1)])
    return [f.check for f in kind_findings(reading, kind=kind, stated=stated, on=on)]


@pytest.mark.parametrize(
    ("title", "day", "kind", "checks"),
    [
        ("DANH SÁCH CẤP BẰNG TỐT NGHIỆP PTTH", date(1999, 5, 31), "bang_thpt", ["N"]),
        ("DANH SÁCH CẤP BẰNG TỐT NGHIỆP PTTH", date(1999, 6, 1), "bang_thpt", ["W"]),
        ("Danh sách tốt nghiệp phổ thông trung học", date(1985, 7, 1), "bang_thpt", ["N"]),
        ("Bằng tốt nghiệp PTTH chuyên ban", date(1997, 7, 1), "bang_thpt", ["N"]),
        ("Bằng tốt nghiệp PTTH chuyên ban", date(1993, 8, 31), "bang_thpt", ["W"]),
        ("Bằng tốt nghiệp THCS chuyên ban", date(1997, 7, 1), "bang_thcs", ["N"]),
        ("Bằng tốt nghiệp bổ túc THPT", date(2008, 12, 31), "bang_bo_tuc_thpt", ["N"]),
        ("Bằng tốt nghiệp BTVH", date(2009, 1, 1), "bang_bo_tuc_thpt", ["W"]),
        ("Bằng tốt nghiệp bổ túc THPT", date(2005, 7, 1), "bang_thpt", ["W"]),
        ("Trường PTTH Chu Văn An", date(2025, 7, 1), "bang_thpt", []),
        ("DANH SÁCH CẤP BẰNG TỐT NGHIỆP THPT", date(2025, 7, 1), "bang_thpt", []),
    ],
)
def test_an_old_name_of_a_kind_in_the_title(
    title: str, day: date, kind: str, checks: list[str]
) -> None:
    assert old_names_said(title, day, kind) == [f"{level}-KIND-OLD-NAME" for level in checks]


@pytest.mark.parametrize("word", ["PTTH", "ptth", "Bằng tốt nghiệp PTTH", "Phổ thông trung học"])
def test_an_old_name_given_for_the_kind(word: str) -> None:
    assert old_names_said("DANH SÁCH", date(1990, 1, 1), stated=word) == ["N-KIND-OLD-NAME"]
    assert old_names_said("DANH SÁCH", date(2020, 1, 1), stated=word) == ["W-KIND-OLD-NAME"]
