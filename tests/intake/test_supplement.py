"""Supplement data on a second sheet: recognised or asked about, joined by code, misfits named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.intake.api import A_LIST, IGNORE, SUPPLEMENT, IntakeError, Reading, read_file
from tests.intake.making import HEADER, line, xlsx

LIST_HEADER = [*HEADER, "Mã SV"]
HEADING = ["STT", "Mã SV/Mã học viên", "Hình thức đào tạo", "Tên luận văn"]
SHEET = "Phụ lục văn bằng"


def listed(*codes: Any, names: Sequence[str] = ()) -> list[list[Any]]:
    named = [*names, *(f"Lê Thị {chr(65 + n)}" for n in range(len(names), len(codes)))]
    rows = (line(n, name) for n, name in enumerate(named, 1))
    return [[*LIST_HEADER], *([*row, code] for row, code in zip(rows, codes, strict=True))]


def added(*codes: Any) -> list[list[Any]]:
    return [[*HEADING], *([n, code, "Chính quy", f"Đề tài {n}"] for n, code in enumerate(codes, 1))]


def read(
    people: Sequence[Any], supplement: Sequence[Any], name: str = SHEET, **options: Any
) -> Reading:
    return read_file(xlsx({"Danh sách": people, name: supplement}), "ds.xlsx", **options)


def misfits(reading: Reading) -> list[tuple[str, str, int | None, int | None, bool]]:
    return [(p.code, p.sheet, p.row, p.column, p.is_error) for p in reading.join_problems]


def test_a_supplement_is_joined_by_student_code_in_any_order() -> None:
    reading = read(listed("SV01", "SV02"), added("sv02", "SV 01"))

    assert [sheet.name for sheet in reading.sheets] == ["Danh sách"]
    assert [sheet.name for sheet in reading.supplements] == [SHEET]
    assert (reading.questions, reading.join_problems, reading.skipped) == ((), (), ())
    first, second = reading.rows()
    assert (first.get("training_mode"), second.get("training_mode")) == ("Chính quy", "Chính quy")
    assert json.loads(str(first.get("supplement"))) == {"Tên luận văn": "Đề tài 2"}
    assert json.loads(str(second.get("supplement"))) == {"Tên luận văn": "Đề tài 1"}


def test_the_title_above_the_header_may_say_what_the_sheet_is() -> None:
    titled = [["PHỤ LỤC VĂN BẰNG"], [], *added("SV01")]
    reading = read(listed("SV01"), titled, "Sheet2")
    assert [row.get("training_mode") for row in reading.rows()] == ["Chính quy"]
    assert reading.questions == ()


def test_candidate_numbers_are_the_key_where_they_are_all_there_is() -> None:
    people = listed("0012")
    people[0][-1] = "SBD"
    extra = [["SBD", "Hình thức đào tạo", "Ghi chú"], ["0012", "Từ xa", "K12"], ["12", "Từ xa", ""]]
    reading = read(people, extra)
    (row,) = reading.rows()
    assert row.get("training_mode") == "Từ xa"
    assert row.get("note") is None
    assert json.loads(str(row.get("supplement"))) == {"Ghi chú": "K12"}
    # a leading zero counts: 12 is somebody else
    assert misfits(reading) == [("not_in_list", SHEET, 3, 1, False)]


@pytest.mark.parametrize(
    ("codes", "supplement", "expected"),
    [
        (("A1",), ("A1", "A2"), [("not_in_list", SHEET, 3, 2, False)]),
        (("A1", "A2"), ("A1",), [("no_supplement", "Danh sách", 3, 6, False)]),
        (("A1", ""), ("A1",), [("no_supplement", "Danh sách", 3, 6, False)]),
        (("A1",), ("A1", ""), [("no_code", SHEET, 3, 2, False)]),
        (
            ("A1",),
            ("A1", "A1"),
            [("twice", SHEET, 3, 2, True), ("twice", "Danh sách", 2, 6, True)],
        ),
    ],
)
def test_what_does_not_fit_is_named_by_sheet_row_and_column(
    codes: tuple[str, ...], supplement: tuple[str, ...], expected: list[Any]
) -> None:
    assert misfits(read(listed(*codes), added(*supplement))) == expected


def test_a_code_twice_saying_the_same_is_joined_and_said() -> None:
    same = [*added("A1"), [2, "A1", "Chính quy", "Đề tài 1"]]
    reading = read(listed("A1"), same)
    assert misfits(reading) == [("same_twice", SHEET, 3, 2, False)]
    assert next(reading.rows()).get("training_mode") == "Chính quy"


def test_a_code_twice_saying_different_things_joins_nothing() -> None:
    reading = read(listed("A1"), added("A1", "A1"))
    assert next(reading.rows()).get("supplement") is None


def test_a_code_of_two_people_joins_nothing() -> None:
    reading = read(listed("A1", "A1"), added("A1"))
    assert [(p.code, p.row) for p in reading.join_problems] == [
        ("shared_code", 2),
        ("shared_code", 3),
    ]
    assert all(row.get("training_mode") is None for row in reading.rows())


def test_a_supplement_of_another_person_is_not_joined() -> None:
    extra = [["Mã SV", "Họ và tên", "Hình thức đào tạo"], ["A1", "Trần Văn B", "Từ xa"]]
    reading = read(listed("A1", names=["Lê Thị Hoa"]), extra)
    assert misfits(reading) == [("other_person", "Danh sách", 2, 2, True)]
    assert next(reading.rows()).get("training_mode") is None


def test_what_the_list_has_is_never_replaced() -> None:
    people = listed("A1", "A2")
    people[0].append("Hình thức đào tạo")
    people[1].append("Chính quy")
    people[2].append("")
    extra = [["Mã SV", "Hình thức đào tạo"], ["A1", "Từ xa"], ["A2", "Từ xa"]]
    reading = read(people, extra)
    assert [row.get("training_mode") for row in reading.rows()] == ["Chính quy", "Từ xa"]
    assert misfits(reading) == [("differs", "Danh sách", 2, 7, False)]


def test_numbers_the_list_alone_may_give_stay_words_of_the_supplement() -> None:
    extra = [["Mã SV", "Số hiệu", "Số vào sổ"], ["A1", "B0001", "12"]]
    (row,) = read(listed("A1"), extra).rows()
    assert (row.get("serial"), row.get("entry_number")) == (None, None)
    assert json.loads(str(row.get("supplement"))) == {"Số hiệu": "B0001", "Số vào sổ": "12"}


def test_a_sheet_that_only_looks_like_a_supplement_is_asked_about() -> None:
    people, extra = listed("A1"), added("A1")
    reading = read(people, extra, "Bổ sung")

    ((sheet, asked),) = reading.questions
    assert (sheet, asked.code, asked.key) == ("Bổ sung", "supplement_sheet", "sheet:Bổ sung")
    assert asked.suggestions == (SUPPLEMENT, A_LIST, IGNORE)
    assert next(reading.rows()).get("training_mode") is None

    joined = read(people, extra, "Bổ sung", answers={"sheet:Bổ sung": SUPPLEMENT})
    assert joined.questions == ()
    assert next(joined.rows()).get("training_mode") == "Chính quy"
    left = read(people, extra, "Bổ sung", answers={"sheet:Bổ sung": IGNORE})
    assert (left.questions, [one.code for one in left.skipped]) == ((), ["ignored"])
    as_list = read(people, extra, "Bổ sung", answers={"sheet:Bổ sung": A_LIST})
    assert [one.name for one in as_list.sheets] == ["Danh sách", "Bổ sung"]


def test_the_same_people_named_again_are_asked_about_and_other_people_are_a_list() -> None:
    again = read(listed("A1", "A2"), listed("A2", "A1"), "Sheet2")
    assert [asked.code for _, asked in again.questions] == ["supplement_sheet"]
    others = read(listed("A1", "A2"), listed("A3", "A4"), "Sheet2")
    assert (others.questions, len(others.sheets)) == ((), 2)


def test_two_sheets_of_supplements_alone_are_lists() -> None:
    reading = read_file(xlsx({"PLVB A": listed("A1"), "PLVB B": listed("A2")}), "ds.xlsx")
    assert len(reading.sheets) == 2


def test_a_supplement_without_codes_is_not_passed_over_in_silence() -> None:
    extra = [["Họ và tên", "Ngày sinh", "Tên luận văn"], ["Lê Thị A", "01/02/1990", "x"]]
    reading = read(listed("A1"), extra)
    assert [(one.name, one.code) for one in reading.skipped] == [(SHEET, "no_key")]
    nothing = [["Lớp", "Tên luận văn", "Điểm bảo vệ"], ["K1", "x", "9"], ["K2", "y", "8"]]
    assert [one.code for one in read(listed("A1"), nothing).skipped] == ["no_key"]


def test_a_list_without_codes_cannot_be_joined() -> None:
    reading = read([HEADER, line(1)], added("A1"))
    assert misfits(reading) == [("no_common_column", SHEET, None, None, False)]


def test_one_sheet_asked_for_still_gets_its_supplement() -> None:
    data = xlsx({"Lớp A": listed("A1"), "Lớp B": listed("B1"), SHEET: added("A1", "B1", "C1")})
    reading = read_file(data, "ds.xlsx", sheet="Lớp A")
    assert [row.get("training_mode") for row in reading.rows()] == ["Chính quy"]
    # B1 is of the other list; C1 of none
    assert misfits(reading) == [("not_in_list", SHEET, 4, 2, False)]


def test_a_thesis_about_directors_is_no_signature() -> None:
    extra = [["Mã SV", "Tên luận văn"], ["A1", "x"], ["A2", "Giám đốc điều hành"], ["", "Giám đốc"]]
    reading = read(listed("A1", "A2"), extra)
    assert [p.code for p in reading.join_problems] == []
    assert reading.supplements[0].signature_lines == ("Giám đốc",)


def test_an_answer_about_a_sheet_is_none_about_a_column() -> None:
    for key, answer in (("Mã SV", SUPPLEMENT), ("sheet:Bổ sung", "full_name")):
        with pytest.raises(IntakeError):
            read(listed("A1"), added("A1"), answers={key: answer})


CODES = st.lists(st.integers(1, 99).map(lambda n: f"SV{n:03}"), max_size=12)


@given(people=st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=12), extra=CODES)
def test_every_code_is_joined_or_named_once(people: list[int], extra: list[str]) -> None:
    codes = [f"SV{n:03}" for n in people]
    reading = read(listed(*codes), [*added(*extra), ["", "", "", ""]])
    if not extra:  # an empty sheet under a header is still a supplement without anybody
        assert [p.code for p in reading.join_problems] == ["no_supplement"] * len(codes)
        return
    joined = {row.get("student_code") for row in reading.rows() if row.get("supplement")}
    assert joined == {code for code in codes if extra.count(code) == 1}
    said: dict[str, int] = {}
    for problem in reading.join_problems:
        said[problem.code] = said.get(problem.code, 0) + 1
    assert said.get("no_supplement", 0) == len(set(codes) - set(extra))
    assert said.get("not_in_list", 0) == len(set(extra) - set(codes))
    again = len(extra) - len(set(extra))
    both = sum(extra.count(code) > 1 for code in codes)
    assert said.get("twice", 0) == again + both


COURSES = ["Mã SV", "Tên học phần", "Số tín chỉ", "Điểm", "Xếp loại"]


def test_a_row_for_each_course_becomes_the_courses_of_the_person() -> None:
    supplement = [
        COURSES, ["SV01", "Toán", 3, "8,5", "A"], ["SV02", "Toán", 3, "7", "B"],
        ["SV01", "Kinh tế", 2, "7", "B"],
    ]  # fmt: skip
    reading = read(listed("SV01", "SV02"), supplement)

    assert (reading.questions, reading.join_problems) == ((), ())
    first, second = reading.rows()
    assert json.loads(str(first.get("supplement"))) == {
        "Toán": "Số tín chỉ: 3; Điểm: 8,5; Xếp loại: A",
        "Kinh tế": "Số tín chỉ: 2; Điểm: 7; Xếp loại: B",
    }
    assert json.loads(str(second.get("supplement"))) == {
        "Toán": "Số tín chỉ: 3; Điểm: 7; Xếp loại: B"
    }
    assert first.get("grade") is None


def test_one_column_beside_the_course_is_its_mark() -> None:
    rows = [["Mã SV", "Môn học", "Điểm"], ["SV01", "Toán", "8,5"], ["SV01", "Văn", "7"]]
    (first,) = read(listed("SV01"), rows).rows()
    assert json.loads(str(first.get("supplement"))) == {"Toán": "8,5", "Văn": "7"}
    assert first.get("score_total") is None


@pytest.mark.parametrize("header", ["Mô đun", "Môn", "Module", "Subject"])
def test_one_row_each_says_the_person_s_own_result(header: str) -> None:
    """A column of modules alone hides no result from the checks."""
    heading = ["Mã SV", header, "Điểm lý thuyết", "Kết quả"]
    rows = [heading, ["SV01", "Cơ bản", "3", "Không đạt"], ["SV02", "Cơ bản", "8", "Đạt"]]
    reading = read(listed("SV01", "SV02"), rows)
    assert reading.join_problems == ()
    assert [(row.get("score_theory"), row.get("result")) for row in reading.rows()] == [
        (Decimal(3), "Không đạt"), (Decimal(8), "Đạt"),
    ]  # fmt: skip
    assert {"score_theory", "result"} <= reading.sheets[0].joined
    assert [json.loads(str(row.get("supplement"))) for row in reading.rows()] == [
        {header: "Cơ bản"}, {header: "Cơ bản"},
    ]  # fmt: skip


def test_a_course_without_a_name_makes_no_course_of_its_row() -> None:
    rows = [["Mã SV", "Môn học", "Kết quả"], ["SV01", "Toán", "Đạt"], ["SV01", "", "Không đạt"]]
    reading = read(listed("SV01"), rows)
    assert {problem.code for problem in reading.join_problems} == {"twice"}


@pytest.mark.parametrize(("one", "other"), [("Hóa", "Họa"), ("Lý", "Ly"), ("Địa", "Dịa")])
def test_courses_that_differ_by_accents_are_two(one: str, other: str) -> None:
    rows = [["Mã SV", "Môn học", "Điểm"], ["SV01", one, "8,5"], ["SV01", other, "7"]]
    reading = read(listed("SV01"), rows)
    assert reading.join_problems == ()
    (first,) = reading.rows()
    assert json.loads(str(first.get("supplement"))) == {one: "8,5", other: "7"}


@pytest.mark.parametrize("again", ["HÓA", "Hoá", " hóa\u200b  "])
def test_a_course_written_another_way_is_the_same(again: str) -> None:
    rows = [["Mã SV", "Môn", "Điểm"], ["SV01", "Hóa", "8"], ["SV01", again, "7"]]
    reading = read(listed("SV01"), [*rows, ["SV01", "Toán", "9"]])
    assert "twice" in {problem.code for problem in reading.join_problems}
    assert [row.get("supplement") for row in reading.rows()] == [None]


@pytest.mark.parametrize(("mark", "code", "joined"), [("8,5", "same_twice", 1), ("7", "twice", 0)])
def test_a_course_twice(mark: str, code: str, joined: int) -> None:
    """Saying the same it is joined and said; saying different things nothing is joined."""
    rows = [["Mã SV", "Môn học", "Điểm"], ["SV01", "Toán", "8,5"], ["SV01", "Toán", mark]]
    reading = read(listed("SV01"), rows)
    assert code in {problem.code for problem in reading.join_problems}
    assert sum(row.get("supplement") is not None for row in reading.rows()) == joined


def test_courses_of_two_people_under_one_code_join_nothing() -> None:
    rows = [
        ["Mã SV", "Họ và tên", "Môn học", "Điểm"],
        ["SV01", "Lê Thị A", "Toán", "8,5"], ["SV01", "Lê Thị B", "Văn", "7"],
    ]  # fmt: skip
    reading = read(listed("SV01"), rows)
    assert [row.get("supplement") for row in reading.rows()] == [None]
    assert any(problem.is_error for problem in reading.join_problems)
