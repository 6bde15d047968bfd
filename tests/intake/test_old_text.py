"""Text of the old encodings TCVN3 and VNI: recognised, converted, shown and asked about."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.intake.api import Note, Reading, annotate, read_file
from sogoc.intake.grid import TCVN3, VNI, fonts_of
from sogoc.intake.legacy_text import convert, detect, is_syllable
from tests.intake.making import HEADER, line, xlsx

TCVN3_ROWS = [
    ["STT", "Hä vµ tªn", "Ngµy sinh", "N¬i sinh", "Giíi tÝnh"],
    [1, "NguyÔn V¨n An", "01/02/1980", "Hµ T©y", "Nam"],
    [2, "TrÇn ThÞ H\xadêng", "01/03/1981", "B¾c Th¸i", "N÷"],
    [3, "§ç §øc Th¾ng", "01/04/1982", "Hµ Néi", "Nam"],
]
VNI_ROWS = [
    ["STT", "Hoï vaø teân", "Ngaøy sinh", "Nôi sinh", "Giôùi tính"],
    [1, "Nguyeãn Vaên AÙnh", "01/02/1980", "Soâng Beù", "Nam"],
    [2, "Traàn Thò Höôøng", "01/03/1981", "Caàn Thô", "Nöõ"],
    [3, "Ñoã Ñöùc Thaéng", "01/04/1982", "Quyø Nhôn", "Nam"],
]
TEXTS = [
    ("NguyÔn V¨n §øc", TCVN3, "Nguyễn Văn Đức"),
    ("TR¦¥NG THÞ H¦êNG", TCVN3, "TRƯƠNG THỊ HƯỜNG"),
    ("NguyÔn ThÞ ¸nh TuyÕt", TCVN3, "Nguyễn Thị ánh Tuyết"),
    ("Quúnh Nh\xad", TCVN3, "Quỳnh Như"),
    ("Nguyeãn Thò AÙnh Tuyeát", VNI, "Nguyễn Thị Ánh Tuyết"),
    ("TRÖÔNG VAÊN ÑÖÔÏC", VNI, "TRƯƠNG VĂN ĐƯỢC"),
    ("Buøi Vónh Kyø Myõ", VNI, "Bùi Vĩnh Kỳ Mỹ"),
]


@pytest.mark.parametrize(("typed", "encoding", "meant"), TEXTS)
def test_conversion(typed: str, encoding: str, meant: str) -> None:
    assert convert(typed, encoding) == meant


def read(rows: list[list[object]], **options: object) -> Reading:
    return read_file(xlsx({"DS": rows}), "ds.xlsx", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "encoding", "names"),
    [
        (TCVN3_ROWS, TCVN3, ["Nguyễn Văn An", "Trần Thị Hường", "Đỗ Đức Thắng"]),
        (VNI_ROWS, VNI, ["Nguyễn Văn Ánh", "Trần Thị Hường", "Đỗ Đức Thắng"]),
    ],
)
def test_a_whole_list_is_converted_shown_and_asked_about(
    rows: list[list[object]], encoding: str, names: list[str]
) -> None:
    reading = read(rows)
    (sheet,) = reading.sheets
    assert [row.get("full_name") for row in sheet.rows] == names
    assert sheet.rows[0].get("full_name_as_found") == rows[1][1]
    assert sheet.rows[1].get("sex") == "female"
    (question,) = sheet.questions
    assert question.code == "old_text"
    assert encoding in str(question.text)
    remark = next(r for r in sheet.remarks if r.code == "old_text" and r.column == 2)
    assert "4 ô" in str(remark.text)
    assert str(remark.text).count("→") == 2


def test_the_answer_settles_the_question_either_way() -> None:
    said = read(TCVN3_ROWS, answers={"bảng mã chữ": "convert"})
    assert not said.questions
    assert said.sheets[0].rows[0].get("full_name") == "Nguyễn Văn An"
    rows = [list(HEADER), *TCVN3_ROWS[1:]]
    kept = read(rows, answers={"bảng mã chữ": "as_is"})
    assert not kept.questions
    assert kept.sheets[0].rows[0].get("full_name") == "NguyÔn V¨n An"
    assert kept.sheets[0].rows[0].get("full_name_as_found") is None


def test_a_split_name_keeps_what_was_found_as_one() -> None:
    rows = [["STT", "Họ và tên đệm", "Tên"], [1, "NguyÔn V¨n", "An"], [2, "TrÇn ThÞ", "H\xadêng"]]
    first, second = read(rows).sheets[0].rows
    assert (first.get("full_name"), first.get("full_name_as_found")) == (
        "Nguyễn Văn An",
        "NguyÔn V¨n An",
    )
    assert second.get("full_name_as_found") == "TrÇn ThÞ H\xadêng"


def test_unicode_and_old_text_in_one_column() -> None:
    rows = [
        list(HEADER),
        line(1, "NguyÔn V¨n An"),
        line(2, "TrÇn ThÞ H\xadêng"),
        line(3, "Nguyễn Bé"),
        line(4, "Lê Bé"),
    ]
    names = [row.get("full_name") for row in read(rows).sheets[0].rows]
    assert names == ["Nguyễn Văn An", "Trần Thị Hường", "Nguyễn Bé", "Lê Bé"]


def test_a_text_file_of_the_time() -> None:
    text = "\r\n".join(";".join(map(str, row)) for row in TCVN3_ROWS)
    reading = read_file(text.encode("latin-1"), "ds.csv")
    assert reading.sheets[0].rows[1].get("full_name") == "Trần Thị Hường"
    assert reading.sheets[0].rows[1].get("full_name_as_found") == "TrÇn ThÞ H\xadêng"


def test_one_cell_is_enough_where_the_workbook_names_the_font() -> None:
    assert detect(["NguyÔn V¨n An"]) is None
    assert detect(["NguyÔn V¨n An"], fonts_of(b'<name val=".VnTime"/>')) == TCVN3
    assert fonts_of("VNI-Times".encode("utf-16-le")) == {VNI}


def test_the_marked_up_file_keeps_what_the_user_typed() -> None:
    marked = annotate(xlsx({"DS": TCVN3_ROWS}), "ds.xlsx", [Note("DS", 2, 2, "error", "tên sai")])
    sheet = openpyxl.load_workbook(io.BytesIO(marked))["DS"]
    assert sheet["B2"].value == "NguyÔn V¨n An"
    assert sheet["F1"].value.startswith("Kết quả")


OTHER = [
    "Müller", "François", "Björn Åkesson", "José Muñoz", "Chloé", "Zoë", "Señor Peña", "Noël",
    "H'Ƀlăm Niê", "Y Khuê Êban", "K'Brôi", "Ksor H'Đốp", "Y Jút", "Lò Văn Ó", "Điểu Krứ",
    "São Paulo", "N° 5", "© 2020", "± 0,5", "½", "« Lớp »", "Café", "naïve", "Thái Bé", "Đào Tú",
    "Anaïs", "Maïs", "Raúl", "Saïd", "25°C", "§ 3", "São Tomé", "Lê Hà", "Tô Ý", "Vũ Thị Ái",
    "Hồ Quý Ly", "Nguyễn Thúy", "Trần Quốc Toản", "Phan Rang - Tháp Chàm", "Đắk Lắk", "Kon Tum",
]  # fmt: skip


def test_other_languages_and_unicode_are_not_taken_for_old_text() -> None:
    assert detect(OTHER) is None
    assert not read([list(HEADER), *(line(n, name) for n, name in enumerate(OTHER, 1))]).questions


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(OTHER), max_size=12))
def test_no_selection_of_them_is(texts: list[str]) -> None:
    assert detect(texts) is None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(codec="latin-1"), max_size=20), max_size=8))
def test_any_latin_text_is_taken_quietly(texts: list[str]) -> None:
    detect(texts)


NAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đặng", "Văn", "Thị", "Hường", "Thắng", "Tuấn"]


def test_names_are_syllables() -> None:
    assert all(map(is_syllable, NAMES))
    assert not any(map(is_syllable, ["Müller", "Muđoz", "Hat", "Nguyeãn", "NguyÔn", "Zoở"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4), min_size=1, max_size=9))
def test_unicode_names_are_never_touched(people: list[list[str]]) -> None:
    assert detect([" ".join(words) for words in people]) is None
