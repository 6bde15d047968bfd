"""Made-up data for every template: for designers to look at, and for tests. No real person."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sogoc.credentials.documents.press import TEMPLATES, press_of, qr_picture

LONGEST_NAME: Final = "Công Tằng Tôn Nữ Nguyễn Phúc Hoàng Thị Phương Thảo Nguyên"
CODE: Final = "SG-7K2M-Q0XA-9D3T-HV5B-1R"
ADDRESS: Final = f"https://vanbang.example.vn/c/{CODE}"

_CENTRE: Final = "Trung tâm Giáo dục thường xuyên - Ngoại ngữ, Tin học tỉnh Đắk Nông"
_SCHOOL: Final = "Trường Trung học phổ thông Gia Nghĩa"
_PERSON: Final[dict[str, Any]] = {
    "full_name": "H'Nguyệt Bkrông",
    "full_name_en": "H'Nguyet Bkrong",
    "birth": "03/11/2001",
    "birth_en": "03 November 2001",
    "birth_place": "Đắk Nông",
    "sex": "Nữ",
    "ethnicity": "Ê Đê",
}
_CERTIFICATE: Final[dict[str, Any]] = {
    **_PERSON,
    "address": ADDRESS.removeprefix("https://"),
    "code": CODE,
    "sample": True,
    "issuer_name": _CENTRE,
    "parent_name": "Sở Giáo dục và Đào tạo tỉnh Đắk Nông",
    "kind_name": "Chứng chỉ ứng dụng công nghệ thông tin cơ bản",
    "kind_name_en": "Certificate of basic information technology application skills",
    "signatory_office": f"Giám đốc {_CENTRE}",
    "signatory_office_en": (
        "The Director of the Continuing Education, Foreign Language and Informatics Centre of "
        "Đắk Nông"
    ),
    "exam_date": "15/03/2025",
    "results": [
        {"vi": "Điểm trắc nghiệm", "en": "Theory", "value": "8,5"},
        {"vi": "Điểm thực hành", "en": "Practice", "value": "7,0"},
    ],
    "serial": "A02500017",
    "entry_number": "0017/2025/CNTTCB",
    "issued_on": "10/04/2025",
    "place_and_day": "Đắk Nông, ngày 10 tháng 4 năm 2025",
    "place_and_day_en": "Đắk Nông, 10 April 2025",
    "signatory_title": "Giám đốc",
    "signatory_title_en": "DIRECTOR",
    "signatory_name": "Y Bhăm Niê",
    "signed_note": "Người ký đã ký số; con dấu là chữ ký số của cơ quan",
}
_DIPLOMA: Final[dict[str, Any]] = {
    **_CERTIFICATE,
    "full_name": "Y Thuần Niê Kđăm",
    "sex": "Nam",
    "kind_name": "Bằng tốt nghiệp trung học phổ thông",
    "issuer_name": _SCHOOL,
    "signatory_office": f"Hiệu trưởng {_SCHOOL}",
    "signatory_title": "KT. Hiệu trưởng\nPhó Hiệu trưởng",
    "signatory_name": "H'Len Mlô",
    "school": _SCHOOL,
    "graduation_year": "2026",
    "grade": "",
    "results": [],
    "exam_date": "",
    "serial": "T04800123",
    "entry_number": "B26/023/000123",
}
_UNIVERSITY: Final[dict[str, Any]] = {
    **_CERTIFICATE,
    "full_name": "H'Len Mlô Duôn Du",
    "full_name_en": "H'Len Mlo Duon Du",
    "kind_name": "Bằng cử nhân",
    "kind_name_en": "The Degree of Bachelor",
    "issuer_name": "Trường Đại học Mẫu",
    "parent_name": "Bộ Giáo dục và Đào tạo",
    "signatory_office": "Hiệu trưởng Trường Đại học Mẫu",
    "signatory_office_en": "The Rector of Sample University",
    "signatory_title": "Hiệu trưởng",
    "signatory_title_en": "RECTOR",
    "signatory_name": "Bùi Hữu Nghĩa",
    "major": "Công nghệ thông tin",
    "major_en": "Information Technology",
    "grade": "Giỏi",
    "grade_en": "Very good",
    "serial": "DHM000017",
    "entry_number": "00017/2026/CN",
}
_SUPPLEMENT: Final[dict[str, Any]] = {
    **_UNIVERSITY,
    "student_code": "21IT0457",
    "admitted_on": "05/09/2021",
    "training_length": "4 năm / 4 years",
    "training_language": "Tiếng Việt / Vietnamese",
    "qualification_level": "6",
    "training_mode": "Chính quy / Full-time",
    "courses": [
        {"name": name, "credits": str(2 + n % 3), "mark": f"{6 + n % 4},0", "letter": "BAC"[n % 3]}
        for n, name in enumerate(
            ["Triết học Mác - Lênin", "Giải tích 1", "Đại số tuyến tính", "Nhập môn lập trình",
             "Cấu trúc dữ liệu và giải thuật", "Cơ sở dữ liệu", "Mạng máy tính", "Hệ điều hành",
             "Công nghệ phần mềm", "Trí tuệ nhân tạo", "Tiếng Anh chuyên ngành"] * 4
        )
    ],
    "credits": "142",
    "average": "3,42",
    "thesis": "Sổ đăng ký minh bạch cho văn bằng (9,0)",
}  # fmt: skip
_COLUMNS: Final = (
    ("Số thứ tự", 0.5, True), ("Họ và tên người học", 2.2, False),
    ("Ngày tháng năm sinh", 1.2, True), ("Nơi sinh", 1.2, False), ("Giới tính", 0.7, True),
    ("Dân tộc", 0.8, True), ("Xếp loại tốt nghiệp", 0.9, True), ("Số hiệu văn bằng", 1.2, True),
    ("Số vào sổ gốc cấp văn bằng", 1.5, True), ("Chữ ký người nhận", 1.2, False),
    ("Ghi chú", 0.9, False),
)  # fmt: skip
_NAMES: Final = (
    "Y Thuần Niê Kđăm", "H'Nguyệt Bkrông", LONGEST_NAME, "Lương Thị Hoài Ân", "K'Brẻ",
    "Y Wer Ayũn", "Tô Vĩnh Khang",
)  # fmt: skip
_REGISTER: Final[dict[str, Any]] = {
    **_DIPLOMA,
    "form_title": "Sổ gốc cấp bằng tốt nghiệp THPT",
    "form_source": "Mẫu B, TT 21/2019/TT-BGDĐT",
    "page_number": "3",
    "above": [
        "Quyết định công nhận tốt nghiệp số 45/QĐ-THPT ngày 05/06/2026; năm tốt nghiệp 2026",
        "Kỳ thi tốt nghiệp THPT; khóa thi ngày 11/06/2026",
    ],
    "columns": [{"vi": vi, "width": width, "centred": mid} for vi, width, mid in _COLUMNS],
    "rows": [
        [str(n + 1), _NAMES[n % 7], "03/11/2008", "Đắk Nông", "Nữ", "Ê Đê", "",
         f"T0480010{n}", f"B26/023/00010{n}", "", ""]
        for n in range(10)
    ],
    "first_entry": "B26/023/000100",
    "last_entry": "B26/023/000109",
}  # fmt: skip
_DECISION: Final[dict[str, Any]] = {
    **_CERTIFICATE,
    "number": "77/QĐ-TTGDTX",
    "about": "Về việc cấp chứng chỉ ứng dụng công nghệ thông tin cơ bản",
    "grounds": [
        "Căn cứ Thông tư liên tịch số 17/2016/TTLT-BGDĐT-BTTTT ngày 21/6/2016;",
        "Căn cứ Quyết định số 1320/QĐ-SGDĐT ngày 10/8/2016 của Giám đốc Sở Giáo dục và Đào tạo;",
        "Xét đề nghị của Hội đồng thi ngày 15/3/2025.",
    ],
    "articles": [
        "Cấp chứng chỉ ứng dụng CNTT cơ bản cho 212 thí sinh đạt yêu cầu (danh sách kèm theo).",
        "Chứng chỉ được ghi vào sổ gốc từ số 0001/2025/CNTTCB đến số 0212/2025/CNTTCB.",
        "Quyết định này có hiệu lực kể từ ngày ký.",
    ],
    "recipients": ["Như Điều 1", "Sở GDĐT (để báo cáo)", "Lưu: VT, hồ sơ cấp chứng chỉ"],
}
_SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "certificate": _CERTIFICATE,
    "diploma-thpt": _DIPLOMA,
    "diploma-university": _UNIVERSITY,
    "supplement": _SUPPLEMENT,
    "register-copy": {
        **_DIPLOMA,
        "copy_number": "0012/2026/BS",
        "original_signed_by": "H'Len Mlô, Phó Hiệu trưởng",
    },
    "register-page": _REGISTER,
    "decision": _DECISION,
}  # fmt: skip


def sample(name: str) -> dict[str, Any]:
    """Return data that a template can be printed with. Raises `KeyError` for an unknown one."""
    return {**_SAMPLES[name], "qr": qr_picture(ADDRESS)}


def longest(name: str) -> dict[str, Any]:
    """Return the same with the longest name and the longest words around it, all at once."""
    data = {**sample(name), **_LONGEST}
    if name == "certificate":
        data["signatory_office"] = f"Giám đốc {_LONG_BODY}"
        data["kind_name"] = "Chứng chỉ bồi dưỡng nghiệp vụ sư phạm giáo dục nghề nghiệp nâng cao"
    if name == "diploma-university":
        data["kind_name"] = "Văn bằng chương trình đào tạo chuyên sâu đặc thù"
        data["kind_name_en"] = "The Degree of an Intensive Specific Training Programme"
    if name == "register-page":
        data["rows"] = [
            [str(1200 + n), LONGEST_NAME, "03/11/2008", _LONG_PLACE, "Nữ", "Ê Đê (Rhade)",
             "Xuất sắc", f"T0480010{n:02}", f"B26/023-A/{120000 + n}", "",
             "Thu hồi 10/04/2026, QĐ 1109/QĐ-SGDĐT"]
            for n in range(12)
        ]  # fmt: skip
    if name == "diploma-thpt":
        data["signatory_office"] = f"Hiệu trưởng {data['school']}"
    if name == "diploma-university":
        data["signatory_office"] = (
            "Hiệu trưởng Trường Đại học Khoa học Xã hội và Nhân văn, Đại học Quốc gia Thành phố "
            "Hồ Chí Minh"
        )
        data["signatory_office_en"] = (
            "The Rector of the University of Social Sciences and Humanities, Viet Nam National "
            "University Ho Chi Minh City"
        )
    if name == "decision":
        data |= _EXTRACT
    return data


_LONG_BODY: Final = (
    "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên và Ngoại ngữ, Tin học "
    "huyện Cư M'gar, tỉnh Đắk Lắk"
)
_LONG_PLACE: Final = "Thành phố Buôn Ma Thuột, tỉnh Đắk Lắk"
_LONG_ADDRESS: Final = f"tra-cuu-van-bang.sogiaoducdaotao.daklak.gov.vn/c/{CODE}"
_LONGEST: Final[dict[str, Any]] = {
    "full_name": LONGEST_NAME,
    "full_name_en": "Cong Tang Ton Nu Nguyen Phuc Hoang Thi Phuong Thao Nguyen",
    "birth_place": _LONG_PLACE,
    "ethnicity": "Ê Đê (Rhade)",
    "major": "Quản trị dịch vụ du lịch và lữ hành quốc tế chất lượng cao",
    "major_en": "High-Quality Management of International Tourism and Travel Services",
    "grade": "Xuất sắc",
    "grade_en": "Excellent",
    "school": "Trường Phổ thông Dân tộc nội trú Trung học phổ thông N'Trang Lơng",
    "issuer_name": _LONG_BODY,
    "parent_name": "Ủy ban nhân dân tỉnh Đắk Lắk - Sở Giáo dục và Đào tạo",
    "signatory_title": "KT. Giám đốc\nPhó Giám đốc phụ trách đào tạo",
    "signatory_title_en": "FOR THE DIRECTOR, DEPUTY DIRECTOR IN CHARGE OF TRAINING",
    "signatory_name": "Y Thuần Niê Kđăm Bkrông Duôn Du",
    "signed_note": "Bản số do Y Thuần Niê Kđăm Bkrông Duôn Du, Phó Giám đốc, ký số ngày 01/06/2026",
    "address": _LONG_ADDRESS,
    "entry_number": "000123/2026/CNTT-CLC-QT",
    "copy_number": "001234/2026/BS-SGDĐT",
    "original_signed_by": "H'Len Mlô Duôn Du, KT. Giám đốc - Phó Giám đốc phụ trách đào tạo",
    "place_and_day": "Thành phố Buôn Ma Thuột, ngày 28 tháng 11 năm 2026",
    "place_and_day_en": "Buôn Ma Thuột, 28 November 2026",
}
_EXTRACT: Final[dict[str, Any]] = {
    "number": "1109/QĐ-TTGDNN-GDTX",
    "decided_on": "28/11/2026",
    "decided_by": _LONG_BODY,
    "signer": "Y Thuần Niê Kđăm Bkrông Duôn Du",
    "articles": [
        "Quyết định công nhận 1212 người theo danh sách gửi kèm.",
        (
            "Đã ghi vào sổ gốc 40 người, từ số 000100/2026/CNTT-CLC-QT đến số "
            "000139/2026/CNTT-CLC-QT, ngày cấp 28/11/2026 (danh sách kèm theo)."
        ),
    ],
    "rows": [
        [str(n + 1), name, "03/11/2008", f"DHM0000{n:02}", f"0001{n:02}/2026/CNTT-CLC-QT",
         "" if n % 9 else "Thu hồi 28/11/2026, QĐ 1109/QĐ-SGDĐT"]
        for n, name in enumerate(_NAMES * 6)
    ],
}  # fmt: skip


def print_sample(home: Path, name: str, *, is_longest: bool, form: str, at: datetime) -> bytes:
    """Return a template with made-up data, `form` `pdf` or `png`. Raises `DocumentRefused`."""
    press = press_of(home)
    press.source(name)
    return press.print(name, longest(name) if is_longest else sample(name), at=at, form=form)


def copy_templates(folder: Path) -> list[str]:
    """Copy the templates to a folder to be changed there; what is there stays. Return what came."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for file in sorted(TEMPLATES.glob("*.typ")):
        if not (folder / file.name).exists():
            shutil.copyfile(file, folder / file.name)
            made.append(file.name)
    return made
