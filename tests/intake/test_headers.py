"""Headers are matched exactly, in many spellings, or asked about; never guessed."""

from __future__ import annotations

import pytest

from sogoc.intake.api import FIELDS, IGNORE, label
from sogoc.intake.headers import field_of, field_of_path, header_key, suggest
from sogoc.intake.synonyms import ACCENTS_NEEDED, NEUTRAL_GROUPS, PARTS, SYNONYMS
from tests.intake.making import HEADER, line, one, whole


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Họ và tên", "full_name"),
        ("HỌ VÀ TÊN", "full_name"),
        ("Họ và\ntên", "full_name"),
        ("  họ   và tên :", "full_name"),
        ("Họ và tên (chữ in hoa)", "full_name"),
        ("Họ và tên (*)", "full_name"),
        ("Ho va ten", "full_name"),
        ("Họ, chữ đệm và tên", "full_name"),
        ("Họ và tên người được cấp văn bằng, chứng chỉ", "full_name"),
        ("Họ và tên đệm", "family_middle"),
        ("Tên", "given_name"),
        ("Ngày, tháng, năm sinh", "birth_date"),
        ("NGÀY SINH\n(ngày/tháng/năm)", "birth_date"),
        ("Giới tính (Nam/Nữ)", None),
        ("Nam/Nữ", "sex"),
        ("Số CCCD/CMND", "personal_id"),
        ("Số hiệu văn bằng, chứng chỉ", "serial"),
        ("Số vào sổ gốc cấp văn bằng", "entry_number"),
        ("Số vào sổ cấp chứng chỉ", "entry_number"),
        ("Khoá thi", "exam_session"),
        ("Điểm lí thuyết", "score_theory"),
        ("Điểm thi\nTrắc nghiệm", "score_theory"),
        ("Điểm thực hành (thang điểm 10)", "score_practice"),
        ("Ngày cấp chứng chỉ", "issued_on"),
        ("Date of birth", "birth_date"),
        ("Ghi chú", "note"),
        ("Ký nhận", "receiver_signature"),
        ("HỌ VÀ TÊN HV", "full_name"),
        ("Nơi sinh (huyện, tỉnh)", "birth_place"),
        ("Số thẻ CCCD", "personal_id"),
        ("Mã số SV", "student_code"),
        ("Điểm trắc nghiệm (lý thuyết)", "score_theory"),
        ("Kết quả (Đạt/Không đạt)", "result"),
        ("KQ", "result"),
        ("Xếp loại chứng chỉ", "grade"),
        ("Số hiệu VB, CC", "serial"),
        ("Số sê-ri", "serial"),
        ("Số vào sổ cấp", "entry_number"),
        ("Vào sổ cấp chứng chỉ số", "entry_number"),
        ("Bậc năng lực", "level"),
        ("Ký, ghi rõ họ tên", "receiver_signature"),
    ],
)
def test_usual_spellings(header: str, field: str | None) -> None:
    expected = "sex" if header.startswith("Giới") else field
    assert field_of(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        "Quê quán",
        "Điểm",
        "Khoa",
        "Ho",
        "Lớp",
        "LT",
        "Số bằng",
        "Điểm TN",
        "Đơn vị",
        "Ngày cấp CCCD",
        "Điểm (lần 2)",
        "Ngày",
        "Số",
        "",
        "?",
    ],
)
def test_doubtful_headers_are_not_guessed(header: str) -> None:
    assert field_of(header) is None


def test_combining_accents_and_tone_placement_do_not_matter() -> None:
    import unicodedata

    for text in ("Họ và tên", "Khóa thi", "Xếp loại"):
        assert field_of(unicodedata.normalize("NFD", text)) == field_of(text) is not None


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("Họ và tên", "Tên"), "given_name"),
        (("Họ tên học sinh", "Họ và chữ đệm"), "family_middle"),
        (("Ngày sinh", "Ngày"), "birth_day"),
        (("Ngày, tháng, năm sinh", "Năm"), "birth_year"),
        (("Thông tin học viên", "Ngày sinh", "Tháng"), "birth_month"),
        (("Kết quả thi", "Điểm thi", "Thực hành"), "score_practice"),
        (("Quyết định công nhận tốt nghiệp", "Số"), "decision_number"),
        (("Quyết định", "Ngày"), "decision_date"),
        (("Văn bằng", "Ngày cấp"), "issued_on"),
        (("CCCD", "Số"), "personal_id"),
        (("CCCD", "Ngày cấp"), None),
        (("Nơi ở", "Tỉnh"), None),
        (("Bố", "Họ và tên"), None),
        (("Giới tính", "Nữ"), "female_mark"),
        (("Năm sinh", "Nam"), "male_born"),
        (("Giới tính", "Khác"), None),
        (("Sinh", "Ngày"), "birth_day"),
        (("Ngày", "sinh"), "birth_date"),
        (("Ngày sinh, nơi sinh",), "birth_date_place"),
    ],
)
def test_stacked_headers(path: tuple[str, ...], field: str | None) -> None:
    assert field_of_path(path) == field


def test_synonyms_are_of_known_fields_and_each_means_one_thing() -> None:
    assert set(SYNONYMS) == set(FIELDS)
    meanings: dict[str, set[str]] = {}
    for field, texts in SYNONYMS.items():
        for text in texts:
            meanings.setdefault(header_key(text), set()).add(field)
    assert {text: fields for text, fields in meanings.items() if len(fields) > 1} == {}
    assert {field for parts in PARTS.values() for field in parts.values()} <= set(FIELDS)
    assert all(text == text.lower() for text in ACCENTS_NEEDED | NEUTRAL_GROUPS)


def test_every_field_has_a_label_in_both_languages() -> None:
    for field in (*FIELDS, IGNORE):
        assert label(field).vi
        assert label(field).en


def test_an_unknown_header_is_asked_about_with_suggestions() -> None:
    sheet = one([[*HEADER, "Ngày tháng năm sinh của HV", "Lớp"], [*line(1), "x", "K1"]])

    asked = {question.key: question for question in sheet.questions}
    assert set(asked) == {"Ngày tháng năm sinh của HV", "Lớp"}
    assert asked["Ngày tháng năm sinh của HV"].suggestions[0] == "birth_date"
    assert asked["Lớp"].suggestions[-1] == IGNORE
    assert asked["Lớp"].column == 7
    assert asked["Lớp"].text.vi != asked["Lớp"].text.en
    assert [column.field for column in sheet.columns[5:]] == [None, None]


def test_suggestions_are_few_and_always_end_with_ignore() -> None:
    assert suggest(("Điểm thực hành lần 1",))[0] == "score_practice"
    assert suggest(("zzzz",)) == (IGNORE,)
    assert suggest(()) == (IGNORE,)
    assert len(suggest(("Ngày",))) <= 4


def test_answers_settle_questions() -> None:
    rows = [[*HEADER, "Quê quán", "Lớp"], [*line(1), "Nghệ An", "K1"]]
    sheet = one(rows, answers={"quê quán": "birth_place", "Nơi sinh": "ignore", "Lớp": "ignore"})

    assert sheet.questions == ()
    assert sheet.rows[0].get("birth_place") == "Nghệ An"
    assert [column.field for column in sheet.columns if column.header == "Nơi sinh"] == [None]


def test_an_answer_beats_what_a_header_says() -> None:
    rows = [["STT", "Họ và tên", "Ghi chú"], [1, "Lê Na", "A1"]]
    sheet = one(rows, answers={"Ghi chú": "serial"})

    assert sheet.questions == ()
    assert sheet.rows[0].values == {"ordinal": 1, "full_name": "Lê Na", "serial": "A1"}


def test_two_headers_for_one_field_are_asked_about() -> None:
    rows = [["STT", "Họ và tên", "Ngày sinh", "Nơi sinh", "Tỉnh nơi sinh"], line(1)]
    sheet = one(rows)

    assert [(q.code, q.key) for q in sheet.questions] == [
        ("same_field", "Nơi sinh"),
        ("same_field", "Tỉnh nơi sinh"),
    ]
    assert "birth_place" not in sheet.rows[0].values

    settled = one(rows, answers={"Nơi sinh": "birth_place"})
    assert [q.key for q in settled.questions] == ["Tỉnh nơi sinh"]
    assert settled.rows[0].get("birth_place") == "Đắk Nông"


def test_two_headers_that_read_alike_are_told_apart_by_letter() -> None:
    rows = [["STT", "Họ và tên", "Ghi chú", "Ghi chú"], [1, "Lê Na", "a", "b"]]
    keys = [question.key for question in one(rows).questions]
    assert keys == ["Ghi chú [C]", "Ghi chú [D]"]

    sheet = one(rows, answers={keys[0]: "note", keys[1]: "ignore"})
    assert sheet.questions == ()
    assert sheet.rows[0].get("note") == "a"


def test_two_answers_for_one_field_are_asked_again() -> None:
    rows = [["STT", "Họ và tên", "A1", "B1"], [1, "Lê Na", "a", "b"]]
    sheet = one(rows, answers={"A1": "note", "B1": "note"})
    assert [question.code for question in sheet.questions] == ["same_field", "same_field"]


def test_a_whole_name_beside_a_part_is_asked_about() -> None:
    rows = [["STT", "Họ và tên", "Tên", "Ngày sinh"], [1, "Lê Thị Na", "Na", "1/1/1990"]]
    sheet = one(rows)
    assert [(q.code, q.key) for q in sheet.questions] == [
        ("same_field", "Họ và tên"),
        ("same_field", "Tên"),
    ]

    whole_name = one(rows, answers={"Tên": "ignore"})
    assert (whole_name.questions, whole_name.rows[0].get("full_name")) == ((), "Lê Thị Na")
    rows[1] = [1, "Lê Thị", "Na", "1/1/1990"]
    joined = one(rows, answers={"Họ và tên": "family_middle", "Tên": "given_name"})
    assert (joined.questions, joined.rows[0].get("full_name")) == ((), "Lê Thị Na")


def test_a_lone_given_name_is_asked_about() -> None:
    rows = [["STT", "Tên", "Ngày sinh"], [1, "Na", "1/1/1990"]]
    assert [q.suggestions for q in one(rows).questions] == [("full_name", "given_name", "ignore")]
    assert one(rows, answers={"Tên": "full_name"}).rows[0].get("full_name") == "Na"
    assert one(rows, answers={"Tên": "given_name"}).questions == ()


def test_a_header_merged_over_two_columns_is_a_split_name() -> None:
    rows = [
        ["STT", "Họ và tên", "", "Ngày sinh"],
        [1, "Lê Thị", "Na", "1/1/1990"],
        [2, "", "K'Brẻ"],
    ]
    sheet = one(rows, [(0, 1, 0, 2)])

    assert sheet.questions == ()
    assert [row.get("full_name") for row in sheet.rows] == ["Lê Thị Na", "K'Brẻ"]


def test_a_blank_header_over_data_is_asked_about_and_over_nothing_is_not() -> None:
    rows = [[*HEADER, "", ""], [*line(1), "", "x"]]
    sheet = one(rows)
    assert [(q.key, q.column) for q in sheet.questions] == [("[G]", 7)]
    assert one(rows, answers={"[G]": "note"}).rows[0].get("note") == "x"


def test_a_sheet_without_a_name_column_is_asked_about() -> None:
    rows = [["STT", "Thí sinh dự thi", "Ngày sinh"], [1, "Lê Na", "1/1/1990"]]
    sheet = one(rows)

    asked = {question.code: question for question in sheet.questions}
    assert set(asked) == {"unknown_header", "no_name_column"}
    assert asked["no_name_column"].suggestions == ("Thí sinh dự thi",)
    assert len(sheet.rows) == 1
    assert one(rows, answers={"Thí sinh dự thi": "full_name"}).questions == ()


def test_a_table_with_only_strange_headers_is_asked_about() -> None:
    rows = [["Nr", "Fornavn", "Født"], *([n, f"Kari {n}", "1/1/1990"] for n in range(1, 5))]
    reading = whole(rows)

    assert {q.code for _, q in reading.questions} == {"unknown_header", "no_name_column"}
    answers = {"Nr": "ordinal", "Fornavn": "full_name", "Født": "birth_date"}
    settled = whole(rows, answers=answers)
    assert settled.questions == ()
    assert [row.get("full_name") for row in settled.rows()][:2] == ["Kari 1", "Kari 2"]


def test_marks_of_women_alone_are_never_taken_for_the_sex_unasked() -> None:
    rows = [["STT", "Họ và tên", "Nữ"], [1, "Lê Na", "x"], [2, "Lê Nam", None]]
    sheet = one(rows)
    asked = [(q.key, q.suggestions) for q in sheet.questions]
    assert asked == [("Nữ", ("female_only", "ignore"))]
    assert "sex" not in sheet.rows[0].values

    sheet = one(rows, answers={"Nữ": "female_only"})
    assert sheet.questions == ()
    assert [row.get("sex") for row in sheet.rows] == ["female", "male"]


def test_two_fields_in_one_column_and_one_of_them_beside_it_are_asked_about() -> None:
    rows = [["STT", "Họ và tên", "Ngày sinh, nơi sinh", "Nơi sinh"], [1, "Lê Na", "1/2/1990", "H"]]
    sheet = one(rows)
    assert [q.key for q in sheet.questions] == ["Ngày sinh, nơi sinh", "Nơi sinh"]
    assert set(sheet.rows[0].values) == {"ordinal", "full_name"}
