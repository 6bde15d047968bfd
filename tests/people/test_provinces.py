from __future__ import annotations

from datetime import date, timedelta

import pytest

from sogoc.people.provinces import load_provinces, province_on, provinces_on, successor_of

MERGER = date(2025, 7, 1)
LAST_DAY = MERGER - timedelta(days=1)
UNCHANGED = {
    *("Hà Nội", "Huế", "Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn", "Quảng Ninh"),
    *("Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Cao Bằng"),
}
BECAME = {
    "Hà Giang": "Tuyên Quang", "Yên Bái": "Lào Cai", "Bắc Kạn": "Thái Nguyên",
    "Vĩnh Phúc": "Phú Thọ", "Hòa Bình": "Phú Thọ", "Bắc Giang": "Bắc Ninh",
    "Thái Bình": "Hưng Yên", "Hải Dương": "Hải Phòng", "Hà Nam": "Ninh Bình",
    "Nam Định": "Ninh Bình", "Quảng Bình": "Quảng Trị", "Quảng Nam": "Đà Nẵng",
    "Kon Tum": "Quảng Ngãi", "Bình Định": "Gia Lai", "Ninh Thuận": "Khánh Hòa",
    "Đắk Nông": "Lâm Đồng", "Bình Thuận": "Lâm Đồng", "Phú Yên": "Đắk Lắk",
    "Bình Dương": "Hồ Chí Minh", "Bà Rịa - Vũng Tàu": "Hồ Chí Minh", "Bình Phước": "Đồng Nai",
    "Long An": "Tây Ninh", "Sóc Trăng": "Cần Thơ", "Hậu Giang": "Cần Thơ",
    "Bến Tre": "Vĩnh Long", "Trà Vinh": "Vĩnh Long", "Tiền Giang": "Đồng Tháp",
    "Bạc Liêu": "Cà Mau", "Kiên Giang": "An Giang",
}  # fmt: skip


@pytest.mark.parametrize(
    ("day", "count", "cities"),
    [
        (date(2024, 12, 31), 63, 5),
        (date(2025, 1, 1), 63, 6),
        (LAST_DAY, 63, 6),
        (MERGER, 34, 6),
    ],
)
def test_number_of_units(day: date, count: int, cities: int) -> None:
    units = provinces_on(day)
    assert len(units) == count
    assert len({unit.code for unit in units}) == count
    assert sum(unit.kind == "city" for unit in units) == cities


def test_every_old_unit_became_exactly_one_new() -> None:
    new = provinces_on(MERGER)
    for old in provinces_on(LAST_DAY):
        holders = [unit for unit in new if old.code in unit.codes]
        assert len(holders) == 1, old.name
        assert holders[0] is successor_of(old.code) is province_on(old.code, MERGER)
        assert old.valid_until in (None, MERGER)
    assert sum(len(unit.codes) for unit in new if unit.valid_from == MERGER) == 52
    assert len([unit for unit in new if unit.valid_from == MERGER]) == 23


def test_the_map_of_the_resolution() -> None:
    names = {old.name: successor_of(old.code).name for old in provinces_on(LAST_DAY)}
    assert {old: new for old, new in names.items() if old != new} == BECAME
    changed = {unit.name for unit in provinces_on(MERGER) if unit.valid_from == MERGER}
    assert {unit.name for unit in provinces_on(MERGER)} - changed == UNCHANGED
    assert {u.source for u in provinces_on(MERGER) if u.valid_from == MERGER} == {
        "Nghị quyết 202/2025/QH15"
    }


def test_a_new_unit_bears_the_code_of_one_of_its_parts() -> None:
    """So a code recorded on either side of the merger leads to the right unit after it."""
    for unit in provinces_on(MERGER):
        assert province_on(unit.code, LAST_DAY) is not None
        assert province_on(unit.code, MERGER) is unit


def test_one_code_two_units_on_two_days() -> None:
    before, after = province_on("52", LAST_DAY), province_on("52", MERGER)
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("Bình Định", "Gia Lai")
    hue = province_on("46", date(2024, 12, 31))
    assert hue is not None
    assert hue.name == "Thừa Thiên Huế"


def test_unknown_codes_and_days() -> None:
    assert province_on("99", MERGER) is None
    assert province_on("01", date(2008, 7, 31)) is None
    with pytest.raises(KeyError):
        successor_of("99")
    assert all(p.valid_from < (p.valid_until or date.max) for p in load_provinces())
