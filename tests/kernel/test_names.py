from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import names

WORDS = (
    "An Ân Ánh Bảo Bình Châu Chi Cường Dũng Đạt Đặng Giang Hà Hải Hiếu Hoa Hòa Hoà Hùng Hương "
    "Khánh Lan Linh Long Lê Mai Minh Nam Ngọc Nguyễn Nhung Phúc Quân Quý Sơn Tâm Thảo Thủy Thuỷ "
    "Trang Tuấn Uyên Vân Vũ Xuân Yến Y Bhăm Niê H'Len Mlô K'Brẻ Êban Ƀuôn"
)
SYLLABLES = WORDS.split()
vietnamese = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map(" ".join)
KEYS = [names.sort_key, names.fold, names.name_key]


@pytest.mark.parametrize("name", ["H'Len Mlô", "Y Bhăm Niê", "K'Brẻ", "Thuỷ", "NGUYỄN thị Hoà"])
def test_clean_leaves_a_clean_name_untouched(name: str) -> None:
    assert names.clean(name) == name


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  Nguyễn\u00a0 Văn\tAn\n", "Nguyễn Văn An"),
        ("Nguy\u200bễn\ufeff Văn\u2060 An", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thuỷ"), "Nguyễn Thị Thuỷ"),
        ("\u202aLê\u202c \u00adAn", "Lê An"),
        ("An\u3000Bình", "An Bình"),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert names.clean(raw) == cleaned


@given(st.text())
def test_clean_is_idempotent_and_nfc(raw: str) -> None:
    cleaned = names.clean(raw)
    assert names.clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Thị Minh Khai", ("Nguyễn", "Thị Minh", "Khai")),
        ("Lê An", ("Lê", "", "An")),
        ("K'Brẻ", ("", "", "K'Brẻ")),
        ("H'Len Mlô", ("H'Len", "", "Mlô")),
        ("Y Bhăm Niê", ("Y", "Bhăm", "Niê")),
        ("", ("", "", "")),
    ],
)
def test_split(name: str, parts: tuple[str, str, str]) -> None:
    assert names.split(name) == parts


@given(vietnamese)
def test_split_loses_nothing(name: str) -> None:
    assert " ".join(filter(None, names.split(name))) == name


@pytest.mark.parametrize(
    "ordered",
    [
        "a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z",
        "a à ả ã á ạ ă ằ ẳ ẵ ắ ặ â ầ ẩ ẫ ấ ậ b",
        "Ma Mà Mả Mã Má Mạ",
        "Hoa Hòa Hỏa Hõa Hóa Họa Hoan Hoàn",
        "Dung Dũng Đạt Đăng Em",
        "Thơ Thờ Thu Thủy Thư",
        "1 10 2 Ba",
    ],
)
def test_alphabet_then_tones(ordered: str) -> None:
    words = ordered.split()
    backwards = words[::-1]
    assert sorted(backwards, key=names.sort_key) == words


def test_given_name_then_family_then_middle() -> None:
    ordered = [
        "K'Brẻ",
        "Đỗ An",
        "Trần An",
        "Trần Bảo An",
        "Trần Thị An",
        "Trần Thị Bích An",
        "An Bình",
        "Vũ Hoa",
        "An Hòa",
    ]
    ordered.sort(key=names.sort_key)
    assert ordered == [
        "Đỗ An",
        "Trần An",
        "Trần Bảo An",
        "Trần Thị An",
        "Trần Thị Bích An",
        "An Bình",
        "Vũ Hoa",
        "An Hòa",
        "K'Brẻ",
    ]


def test_a_shorter_given_name_comes_first_whatever_the_family() -> None:
    assert names.sort_key("Vũ Hoa") < names.sort_key("An Hoan")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Thuỷ", "Nguyễn Thị Thủy"),
        ("Hoà", "Hòa"),
        ("Quý", "Qúy"),
        ("TRẦN VĂN AN", "Trần Văn An"),
        ("H’Len Mlô", "H'Len Mlô"),
        ("Ðặng An", "Đặng An"),
        (unicodedata.normalize("NFD", "Ngọc Ấn"), "Ngọc Ấn"),
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_spellings_of_one_name_share_every_key(key: object, one: str, other: str) -> None:
    assert callable(key)
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nguyễn Thị THUỶ", "nguyễn thị thủy"),
        ("Hoà", "hòa"),
        ("Khuyên", "khuyên"),
        ("Hoàng Toàn", "hoàng toàn"),
        ("Tòan", "toàn"),
        ("Qúy", "quý"),
        ("Gìau", "giàu"),
        ("Gì", "gì"),
        ("Giếng", "giếng"),
        ("Thuở Khuỷu", "thuở khuỷu"),
        ("H’ Len  Mlô", "h'len mlô"),
        ("A\u0301\u0302n", "ấn"),
        ("Ðức", "đức"),
        ("Êban", "êban"),
        ("Y Bhăm", "y bhăm"),
        ("Kpă Hùynh", "kpă huỳnh"),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert names.name_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hoa", "Hòa"), ("An", "Ân"), ("Dung", "Đung"), ("Lan Anh", "Lananh"), ("Tuấn", "Tuân")],
)
def test_name_key_keeps_different_names_apart(one: str, other: str) -> None:
    assert names.name_key(one) != names.name_key(other)


@given(vietnamese)
def test_keys_are_idempotent(name: str) -> None:
    assert names.name_key(names.name_key(name)) == names.name_key(name)
    assert names.fold(names.fold(name)) == names.fold(name)
    assert names.sort_key(names.name_key(name)) == names.sort_key(name)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng Thị Ngọc Ánh", "dang thi ngoc anh"),
        ("H'Len Mlô", "hlen mlo"),
        ("H’ Len Mlô", "hlen mlo"),
        ("  K`Brẻ ", "kbre"),
        ("Đắk   Nông\n", "dak nong"),
        ("Ƀuôn", "buon"),
        ("ＡＢ１", "ab1"),
        ("'", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert names.fold(text) == folded


@given(vietnamese)
def test_fold_of_vietnamese_is_ascii(name: str) -> None:
    assert names.fold(name).isascii()


@given(st.text())
def test_keys_take_any_text(text: str) -> None:
    assert names.fold(names.fold(text)) == names.fold(text)
    assert isinstance(names.name_key(text), str)
    assert isinstance(names.sort_key(text), bytes)


@given(vietnamese, vietnamese)
def test_order_is_decided_by_the_given_name_first(one: str, other: str) -> None:
    given_one, given_other = (names.sort_key(names.split(name)[2]) for name in (one, other))
    if given_one != given_other:
        assert (given_one < given_other) == (names.sort_key(one) < names.sort_key(other))
