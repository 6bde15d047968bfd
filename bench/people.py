"""A made-up population: person number N is always the same, and no two share name and birthday."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

_FAMILIES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương", "Lý", "H'Len", "K'Brẻ", "Y", "Đinh", "Trương", "Cao",
)  # fmt: skip
_MIDDLES = (
    "Văn", "Thị", "Ngọc", "Hữu", "Minh", "Thanh", "Đức", "Kim", "Quang", "Thu", "Bảo", "Gia",
    "Thuỳ", "Xuân", "Hoài",
)  # fmt: skip
_GIVENS = (
    "An", "Ánh", "Bình", "Châu", "Dũng", "Đạt", "Giang", "Hạnh", "Huyền", "Khánh", "Lan", "Linh",
    "Minh", "Mỹ", "Ngọc", "Phượng", "Quỳnh", "Sơn", "Thảo", "Thủy", "Trâm", "Uyên", "Vy", "Yến",
)  # fmt: skip
_PLACES = (
    "Đắk Nông", "Lâm Đồng", "Hà Nội", "Thừa Thiên Huế", "TP. Hồ Chí Minh", "Bắc Kạn", "Cần Thơ",
)  # fmt: skip
_ETHNIC = ("Kinh", "Mnông", "Ê Đê", "Tày", "Nùng", "Mạ")
_FIRST_BIRTHDAY = date(1975, 1, 1)
_BIRTHDAYS = 12_000  # until late 2007: everybody is of age to sit the exam of 2025


class Person(NamedTuple):
    """What a list says of one person, as text except the birthday."""

    number: int
    name: str
    born: date
    born_in: str
    is_woman: bool
    ethnicity: str
    personal_id: str
    theory: str
    practice: str


def person(number: int) -> Person:
    """Person `number`, for any number up to 30 million."""
    names, birthday = divmod(number, _BIRTHDAYS)
    mixed = names + birthday * 37  # another name each day, and each day's names all different
    family = _FAMILIES[mixed % len(_FAMILIES)]
    middle = _MIDDLES[mixed // len(_FAMILIES) % len(_MIDDLES)]
    given = _GIVENS[mixed // (len(_FAMILIES) * len(_MIDDLES)) % len(_GIVENS)]
    born = _FIRST_BIRTHDAY + timedelta(days=birthday)
    is_woman = number % 2 == 1
    century = (2 if born.year >= 2000 else 0) + is_woman
    return Person(
        number=number,
        name=f"{family} {middle} {given}",
        born=born,
        born_in=_PLACES[number % len(_PLACES)],
        is_woman=is_woman,
        ethnicity=_ETHNIC[number % len(_ETHNIC)],
        personal_id=f"067{century}{born.year % 100:02}{names * 366 + born.timetuple().tm_yday:06}",
        theory=f"{5 + number % 11 * 0.5:.1f}",
        practice=f"{5 + number % 9 * 0.5:.1f}",
    )


HEADERS = (
    "STT", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính", "Dân tộc", "Quốc tịch",
    "Số định danh cá nhân", "Mã học viên", "Số báo danh", "Ngày thi", "Khóa thi",
    "Điểm trắc nghiệm", "Điểm thực hành", "Kết quả", "Xếp loại", "Trường",
    "Số hiệu chứng chỉ", "Số vào sổ cấp chứng chỉ", "Ghi chú",
)  # fmt: skip
"""Twenty columns, as a unit would head them."""


def listed(people: Iterable[Person], serials: Sequence[str] = ()) -> Iterator[list[str | int]]:
    """Rows under `HEADERS`; serial and entry number stay empty unless `serials` has them."""
    for position, who in enumerate(people):
        yield [
            position + 1,
            who.name,
            f"{who.born:%d/%m/%Y}",
            who.born_in,
            "Nữ" if who.is_woman else "Nam",
            who.ethnicity,
            "Việt Nam",
            who.personal_id,
            f"HV{who.number:07}",
            f"{position + 1:06}",
            "15/03/2025",
            "K03/2025",
            who.theory,
            who.practice,
            "Đạt",
            "Khá",
            "THPT Gia Nghĩa",
            serials[position] if serials else "",
            "",
            "",
        ]
