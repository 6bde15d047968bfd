"""Names of provinces that are no more, and when they meant what."""

from __future__ import annotations

from datetime import date

import pytest

from sogoc.people.old_provinces import load_old_provinces, province_named
from sogoc.people.provinces import provinces_on

OLD = (
    "Hà Sơn Bình", "Sông Bé", "Nghệ Tĩnh", "Hà Nam Ninh", "Bình Trị Thiên", "Minh Hải",
    "Cửu Long", "Thuận Hải", "Phú Khánh", "Nghĩa Bình", "Gia Lai - Kon Tum", "Hoàng Liên Sơn",
    "Cao Lạng", "Bắc Thái", "Hà Bắc", "Hải Hưng", "Vĩnh Phú", "Hà Tuyên", "Quảng Nam - Đà Nẵng",
    "Hà Tây", "Nam Hà",
)  # fmt: skip


@pytest.mark.parametrize("name", OLD)
def test_old_names_are_known_with_their_end(name: str) -> None:
    found = province_named(name, date(2026, 1, 1))
    assert found is not None
    assert (found.name, found.is_old) == (name, True)
    assert found.valid_until is not None


def test_what_they_became_are_units_of_the_63() -> None:
    assert {province.name for province in load_old_provinces()} >= set(OLD)
    codes = {unit.code for unit in provinces_on(date(2020, 1, 1))}
    for province in load_old_provinces():
        assert codes.issuperset(province.became)
        assert province.valid_until is not None
        assert province.valid_from < province.valid_until


def test_every_period_names_what_began_and_ended_it_and_says_where_that_is_unsure() -> None:
    for province in load_old_provinces():
        began, ended = province.source.split("; ")
        assert all(any(sign.isdigit() for sign in source) for source in (began, ended))
        assert province.uncertain <= {"from", "until"}
        if "Nghị định tháng" in began or "mới giao" in began:  # no day, or no decision yet
            assert "from" in province.uncertain
    sure = {one.name for one in load_old_provinces() if not one.uncertain}
    assert {"Hà Sơn Bình", "Nghệ Tĩnh", "Bắc Thái", "Vĩnh Phú", "Cần Thơ"} <= sure


@pytest.mark.parametrize(
    ("text", "on", "became", "is_old"),
    [
        ("Hậu Giang", date(1991, 12, 25), ("92", "93", "94"), True),
        ("Hậu Giang", date(2010, 1, 1), ("93",), False),
        ("Hậu Giang (cũ)", date(2010, 1, 1), ("92", "93", "94"), True),
        ("Cần Thơ", date(2003, 12, 31), ("92", "93"), True),
        ("Cần Thơ", date(2009, 1, 1), ("92",), False),
        ("Nam Hà", date(1970, 1, 1), ("35", "36"), True),
        ("Hà Tây", date(1970, 1, 1), ("01",), True),
    ],
)
def test_one_name_on_different_days(
    text: str, on: date, became: tuple[str, ...], is_old: bool
) -> None:
    found = province_named(text, on)
    assert found is not None
    assert (found.became, found.is_old) == (became, is_old)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Xã Cổ Đô, huyện Ba Vì, tỉnh Hà Sơn Bình", "Hà Sơn Bình"),
        ("TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("TPHCM", "Hồ Chí Minh"),
        ("T. Sông Bé", "Sông Bé"),
        ("Gia Lai-Kon Tum", "Gia Lai - Kon Tum"),
        ("Krông Nô - Đắk Nông", "Đắk Nông"),
        ("Đăk Nông", "Đắk Nông"),
        ("Quảng Nam-Đà Nẵng", "Quảng Nam - Đà Nẵng"),
    ],
)
def test_ways_to_write_them(text: str, name: str) -> None:
    found = province_named(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("text", ["", "Viêng Chăn", "Lào", "xã Cổ Đô", "cũ", "Moskva"])
def test_other_places_are_unknown(text: str) -> None:
    assert province_named(text) is None
