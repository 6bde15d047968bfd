"""What is printed on a paper of a register line: words of the form, filled from the register.

How it is written follows the rules of filling: days and the first two months with a leading zero,
years of four digits, a name exactly as it stands in the register.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sogoc.credentials.documents.press import qr_picture
from sogoc.credentials.register.api import LineView
from sogoc.kernel.periods import local_day
from sogoc.policy.api import load_law

_UNIVERSITY: Final = frozenset({"cu_nhan", "thac_si", "tien_si", "chuyen_sau_dac_thu"})
SEX: Final = {"male": "Nam", "female": "Nữ"}
_GRADES_EN: Final = {
    "xuất sắc": "Excellent", "giỏi": "Very good", "khá": "Good", "trung bình khá": "Fairly good",
    "trung bình": "Ordinary",
}  # fmt: skip
_TITLES_EN: Final = {
    "giám đốc": "DIRECTOR", "phó giám đốc": "DEPUTY DIRECTOR", "hiệu trưởng": "RECTOR",
    "phó hiệu trưởng": "VICE RECTOR", "trưởng phòng": "HEAD", "chủ tịch": "CHAIRPERSON",
    "viện trưởng": "DIRECTOR",
}  # fmt: skip
_FULL_NAMES: Final = {
    "cc_cntt_co_ban": (
        "Chứng chỉ ứng dụng công nghệ thông tin cơ bản",
        "Certificate of basic information technology application skills",
    ),
    "cc_cntt_nang_cao": (
        "Chứng chỉ ứng dụng công nghệ thông tin nâng cao",
        "Certificate of advanced information technology application skills",
    ),
    "cu_nhan": ("Bằng cử nhân", "The Degree of Bachelor"),
    "thac_si": ("Bằng thạc sĩ", "The Degree of Master"),
    "tien_si": ("Bằng tiến sĩ", "The Degree of Doctor"),
}
_RESULTS: Final = {
    "score_theory": ("Điểm trắc nghiệm", "Theory"),
    "score_practice": ("Điểm thực hành", "Practice"),
    "score_total": ("Tổng điểm", "Total"),
    "result": ("Kết quả", "Result"),
}
_RESULTS_EN: Final = {"đạt": "Pass"}
SIGNED: Final = "Người ký đã ký số; con dấu là chữ ký số của cơ quan"


@dataclass(frozen=True, slots=True)
class Body:
    """A body as papers name it; `place` is where it sits, for place and date."""

    name: str
    name_en: str
    parent: str
    place: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose digital signature a paper bears, for which body."""

    organisation: str
    name: str
    title: str


def template_for(kind: str) -> str:
    """Return the template of an original of this kind."""
    if kind in _UNIVERSITY:
        return "diploma-university"
    known = load_law().kinds.get(kind)
    return (
        "certificate" if known is not None and known.category == "certificate" else "diploma-thpt"
    )


def address_of(base: str, code: str) -> str:
    """Return the address anybody looks the line up at; its last two symbols check the code."""
    return f"https://{base}/c/{code}"


def original_data(
    line: LineView, body: Body, signer: Signer, *, base: str, sample: bool, at: datetime
) -> dict[str, Any]:
    """Return what an original's template needs."""
    data = _common(line, body, base=base, sample=sample)
    note = SIGNED
    if signer.name != line.signatory_name:
        note = f"Bản số do {signer.name}, {signer.title}, ký số ngày {day(local_day(at))}"
    title, *deputy = line.signatory_title.split(" - ", 1)
    return {
        **data,
        "place_and_day": place_and_day(body.place, line.issued_on),
        "place_and_day_en": f"{body.place}, {day_en(line.issued_on)}",
        "signatory_title": "\n".join([title, *deputy]),
        "signatory_title_en": _title_en(line.signatory_title),
        "signatory_name": line.signatory_name,
        "signed_note": note,
    }


def copy_data(
    line: LineView,
    body: Body,
    signer: Signer,
    *,
    copy_number: str,
    base: str,
    sample: bool,
    at: datetime,
) -> dict[str, Any]:
    """Return what the register copy's template needs; it is signed today by who keeps the book."""
    data = _common(line, body, base=base, sample=sample)
    return {
        **data,
        "copy_number": copy_number,
        "original_signed_by": ", ".join(
            part for part in (line.signatory_name, line.signatory_title) if part
        ),
        "place_and_day": place_and_day(body.place, local_day(at)),
        "signatory_title": signer.title,
        "signatory_name": signer.name,
        "signed_note": SIGNED,
    }


def _common(line: LineView, body: Body, *, base: str, sample: bool) -> dict[str, Any]:
    known = load_law().kinds.get(line.kind)
    vi, en = _FULL_NAMES.get(
        line.kind, (known.name.vi, known.name.en) if known else (line.kind, line.kind)
    )
    details = {name: str(value) for name, value in line.details.items() if value not in (None, "")}
    address = address_of(base, line.code)
    office = line.signatory_title.partition(" - ")[0].removeprefix("KT.").strip().capitalize()
    results = [
        {"vi": label[0], "en": label[1], "value": decimal(details[name])}
        for name, label in _RESULTS.items()
        if name in details and known is not None and known.category == "certificate"
    ]
    return {
        "qr": qr_picture(address),
        "address": address.removeprefix("https://"),
        "code": line.code,
        "sample": sample,
        "issuer_name": body.name,
        "parent_name": body.parent,
        "kind_name": vi,
        "kind_name_en": en,
        "full_name": line.full_name,
        "full_name_en": without_marks(line.full_name),
        "birth": day(line.birth_date) if line.birth_date else line.birth_text,
        "birth_en": day_en(line.birth_date) if line.birth_date else line.birth_text,
        "birth_place": line.birth_place,
        "sex": SEX.get(line.sex, line.sex),
        "ethnicity": line.ethnicity,
        "school": details.get("school", ""),
        "graduation_year": details.get("graduation_year", ""),
        "exam_date": date_text(details.get("exam_date", "")),
        "major": details.get("major", ""),
        "major_en": "",
        "level": details.get("level", ""),
        "grade": details.get("grade", ""),
        "grade_en": _GRADES_EN.get(details.get("grade", "").lower(), ""),
        "results": results,
        "serial": line.serial,
        "entry_number": line.entry_number,
        "issued_on": day(line.issued_on),
        "signatory_office": f"{office} {body.name}".strip(),
        "signatory_office_en": _office_en(line.signatory_title, body),
    }


def day(value: date) -> str:
    """Return `03/11/2001`."""
    return f"{value:%d/%m/%Y}"


def day_en(value: date) -> str:
    """Return `03 November 2001`, whatever the machine's language."""
    months = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    )  # fmt: skip
    return f"{value.day:02} {months[value.month - 1]} {value.year}"


def place_and_day(place: str, value: date) -> str:
    """Return `Đắk Nông, ngày 05 tháng 02 năm 2026`: zeros before days and the first two months."""
    month = f"{value.month:02}" if value.month < 3 else str(value.month)
    return f"{place}, ngày {value.day:02} tháng {month} năm {value.year}".removeprefix(", ")


def without_marks(name: str) -> str:
    """Return a name in plain Latin letters, for the English side."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(each for each in plain if not unicodedata.combining(each))


def _title_en(title: str) -> str:
    words = title.rpartition(" - ")[2].lower().removeprefix("kt.").strip()
    return _TITLES_EN.get(words, "")


def _office_en(title: str, body: Body) -> str:
    head = title.partition(" - ")[0].lower().removeprefix("kt.").strip()
    office = _TITLES_EN.get(head, "").capitalize()
    return f"The {office} of {body.name_en}" if office and body.name_en else body.name_en


def decimal(text: str) -> str:
    """Return a number with a decimal comma; other words as they are."""
    whole, dot, part = text.partition(".")
    return f"{whole},{part}" if dot and whole.isdigit() and part.isdigit() else text


def date_text(text: str) -> str:
    """Return an ISO date as papers write it; other words as they are."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
