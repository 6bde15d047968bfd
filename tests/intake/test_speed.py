"""Reading stays within a small multiple of what the fast reader alone needs."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable

import python_calamine

from sogoc.intake.api import read_file
from tests.intake.making import xlsx

HEADERS = (
    "STT,Số định danh cá nhân,SBD,Họ và tên,Ngày sinh,Nơi sinh,Giới tính,Dân tộc,Quốc tịch,Trường,"
    "Ngày thi,Điểm trắc nghiệm,Điểm thực hành,Tổng điểm,Kết quả,Xếp loại,Ngày cấp,Số hiệu,"
    "Số vào sổ,Ghi chú"
)


def least(times: int, work: Callable[[], object]) -> float:
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def test_reading_costs_at_most_four_times_the_fast_reader() -> None:
    first = dt.date(1990, 1, 1)
    rows = [
        [
            *(number, f"{number:012}", f"A{number}", f"Nguyễn Văn {number % 977}"),
            *(first + dt.timedelta(number), "Đắk Nông", "Nam", "Kinh", "Việt Nam", "THPT Một"),
            *(first, 7.5, 8.0, 15.5, "Đạt", "Khá", first),
            *(f"B{number:08}", f"{number}/2020", ""),
        ]
        for number in range(1, 10_001)
    ]
    data = xlsx({"DS": [HEADERS.split(","), *rows]})

    def bare() -> object:
        book = python_calamine.load_workbook(io.BytesIO(data))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)

    alone = least(3, bare)
    whole = least(3, lambda: read_file(data, "x.xlsx"))

    assert len(read_file(data, "x.xlsx").sheets[0].rows) == 10_000
    assert whole <= 4 * alone + 0.05
