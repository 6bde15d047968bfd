from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel.identifiers import (
    EntryPatternError,
    LookupCodeError,
    PersonalIdIssue,
    Serial,
    SerialError,
    check_personal_id,
    format_entry,
    new_lookup_code,
    new_lookup_codes,
    parse_entry,
    parse_lookup_code,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
codes = st.binary(min_size=10, max_size=10).map(new_lookup_code)


def test_lookup_code_form() -> None:
    assert new_lookup_code(bytes(10)) == "SG-0000-0000-0000-0000-00"
    assert new_lookup_code(b"\xff" * 12)[:22] == "SG-ZZZZ-ZZZZ-ZZZZ-ZZZZ"


@given(st.binary(min_size=10, max_size=10))
def test_lookup_code_holds_all_eighty_bits(random_bytes: bytes) -> None:
    body = new_lookup_code(random_bytes)[3:22].replace("-", "")
    number = 0
    for symbol in body:
        number = number * 32 + ALPHABET.index(symbol)
    assert number.to_bytes(10, "big") == random_bytes


def test_many_codes_are_the_single_ones() -> None:
    random_bytes = bytes(range(250)) * 4
    singles = [new_lookup_code(random_bytes[at : at + 10]) for at in range(0, 1000, 10)]
    assert new_lookup_codes(100, random_bytes) == singles
    assert new_lookup_codes(0, b"") == []


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        new_lookup_code(b"123456789")
    with pytest.raises(ValueError, match="random bytes"):
        new_lookup_codes(2, bytes(19))


@given(codes)
def test_parse_is_forgiving(code: str) -> None:
    assert parse_lookup_code(code) == code
    assert parse_lookup_code(code[3:]) == code
    assert parse_lookup_code(code.lower().replace("-", " ")) == code
    assert parse_lookup_code(f" {code.replace('-', '–')} ") == code
    typed = code[3:].replace("0", "o").replace("1", "L")
    assert parse_lookup_code("sg" + typed) == code
    assert parse_lookup_code("SG" + code[3:].replace("1", "i")) == code


@given(codes)
def test_every_single_substitution_is_found(code: str) -> None:
    for at, right in enumerate(code):
        for wrong in ALPHABET:
            if right not in ("-", wrong):
                with pytest.raises(LookupCodeError):
                    parse_lookup_code(code[:at] + wrong + code[at + 1 :])


@given(codes)
def test_every_swap_of_neighbours_is_found(code: str) -> None:
    plain = code.replace("-", "")
    for typed in (plain, plain[2:]):
        for at in range(len(typed) - 1):
            if typed[at] != typed[at + 1]:
                swapped = typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
                with pytest.raises(LookupCodeError):
                    parse_lookup_code(swapped)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "lookup_code_length"),
        ("SG-0000", "lookup_code_length"),
        ("SG-0000-0000-0000-0000-000", "lookup_code_length"),
        ("SG-0000-0000-0000-000U-00", "lookup_code_symbol"),
        ("SG-0000-0000-0000-000Đ-00", "lookup_code_symbol"),
        ("SG-0000-0000-0000-0000-01", "lookup_code_check"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(typed: str, code: str) -> None:
    with pytest.raises(LookupCodeError) as caught:
        parse_lookup_code(typed)
    assert caught.value.code == code
    assert typed not in str(caught.value) or not typed


@pytest.mark.parametrize("text", ["CN 0012345", "A123", "0007", "B-2025/000001", "Đ 01"])
def test_serial_round_trip(text: str) -> None:
    assert str(Serial.parse(text)) == text


def test_serial_parts_and_series() -> None:
    serial = Serial.parse(" CN 0012345 ")
    assert serial == Serial("CN ", 12345, 7)
    assert str(serial.at(12346)) == "CN 0012346"
    assert serial < serial.at(12346)
    with pytest.raises(SerialError):
        serial.at(10_000_000)
    with pytest.raises(SerialError):
        serial.at(-1)


@pytest.mark.parametrize("text", ["", "CN", "123/CN", "1" * 19, "A 12٣"])
def test_what_is_no_serial_is_refused(text: str) -> None:
    with pytest.raises(SerialError):
        Serial.parse(text)


@given(st.text(alphabet="ABC -/", max_size=6), st.integers(0, 10**9), st.integers(0, 5))
def test_serial_round_trip_any(prefix: str, number: int, zeros: int) -> None:
    text = (prefix + "0" * zeros + str(number)).strip()
    assert str(Serial.parse(text)) == text


@pytest.mark.parametrize(
    ("pattern", "unit", "written"),
    [
        ("{seq:04}/{year}/CNTTCB", "", "0012/2025/CNTTCB"),
        ("B{yy}/{unit}/{seq:06}", "ĐN-01", "B25/ĐN-01/000012"),
        ("{seq}", "", "12"),
        ("{year}.{seq:4}", "", "2025.0012"),
    ],
)
def test_entry_numbers(pattern: str, unit: str, written: str) -> None:
    assert format_entry(pattern, seq=12, year=2025, unit=unit) == written
    year = 2025 if "{y" in pattern else None
    assert parse_entry(pattern, written) == (12, year)
    assert parse_entry(pattern, f" {written.lower()} ") == (12, year)


def test_entry_number_reading_forgives_zeros_and_spaces() -> None:
    assert parse_entry("{seq:04}/{year}/CNTTCB", "12 / 2025 / cnttcb") == (12, 2025)
    assert parse_entry("{seq:04}/{year}/CNTTCB", "12345/2025/CNTTCB") == (12345, 2025)


@pytest.mark.parametrize("text", ["", "0012/2025", "0012/25/CNTTCB", "x/2025/CNTTCB", "1/2025/X"])
def test_entry_number_of_another_pattern(text: str) -> None:
    assert parse_entry("{seq:04}/{year}/CNTTCB", text) is None


def test_entry_number_of_another_unit_and_two_digit_years() -> None:
    pattern = "B{yy}/{unit}/{seq:06}"
    assert parse_entry(pattern, "B25/DN/000012", unit="DN") == (12, 2025)
    assert parse_entry(pattern, "B25/DN/000012", unit="LD") is None
    assert parse_entry(pattern, "B98/DN/000012") == (12, 1998)
    assert parse_entry("{seq}/{yy}/{year}", "1/24/2025") is None


@pytest.mark.parametrize(
    "pattern", ["", "{year}", "{seq}{seq}", "{seq}/{name}", "{seq", "{seq}}", "{seq}/{year:03}"]
)
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(EntryPatternError):
        format_entry(pattern, seq=1, year=2025)


@given(st.integers(1, 10**6), st.integers(1950, 2049))
def test_entry_round_trip(seq: int, year: int) -> None:
    for pattern in ("{seq:04}/{year}/CNTTCB", "B{yy}/X/{seq:06}"):
        assert parse_entry(pattern, format_entry(pattern, seq=seq, year=year)) == (seq, year)


@pytest.mark.parametrize(
    ("text", "sex", "year", "issues"),
    [
        ("067201001234", "male", 2001, ()),
        ("067301001234", "female", 2001, ()),
        ("067099001234", "male", 1999, ()),
        ("067199001234", "female", 1999, ()),
        ("067199001234", None, None, ()),
        (" 067199001234 ", "female", None, ()),
        ("067199001234", "male", 1999, (PersonalIdIssue.SEX_MISMATCH,)),
        ("067199001234", "female", 2099, (PersonalIdIssue.BIRTH_YEAR_MISMATCH,)),
        (
            "067199001234",
            "male",
            2001,
            (PersonalIdIssue.SEX_MISMATCH, PersonalIdIssue.BIRTH_YEAR_MISMATCH),
        ),
        ("67199001234", "female", 1999, (PersonalIdIssue.MALFORMED,)),
        ("067 199 001 234", None, None, (PersonalIdIssue.MALFORMED,)),
        ("245123456", None, None, (PersonalIdIssue.MALFORMED,)),
        ("٠67199001234", None, None, (PersonalIdIssue.MALFORMED,)),
        ("", None, None, (PersonalIdIssue.MALFORMED,)),
    ],
)
def test_personal_id(
    text: str, sex: str | None, year: int | None, issues: tuple[PersonalIdIssue, ...]
) -> None:
    assert check_personal_id(text, sex=sex, birth_year=year) == issues
