"""The diploma supplement (phụ lục văn bằng) of a line, from what came with its list.

A list brings the mode of training, the student code and the average in columns of their own; what
a second sheet says beyond them is kept by its headers. Known headers become facts of the form,
marks become courses, and what is left is printed as it was read: nothing is dropped or made up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sogoc.credentials.documents.paper import (
    SIGNED,
    Body,
    Signer,
    date_text,
    decimal,
    original_data,
    place_and_day,
)
from sogoc.credentials.register.api import LineView
from sogoc.kernel.names import fold
from sogoc.kernel.periods import local_day

_OWN: Final = (
    "student_code", "training_mode", "gpa", "specialty", "graduation_year", "defended_on",
)  # fmt: skip
_OF_ANY_LIST: Final = frozenset({"student_code", "graduation_year", "specialty"})
"""What lists bring for the register itself: alone it makes no supplement."""
_KNOWN: Final = (
    ("major_en", ("nganh dao tao tieng anh", "nganh tieng anh", "ten nganh tieng anh",
                  "nganh dao tao bang tieng anh", "major")),
    ("admitted_on", ("ngay nhap hoc", "nhap hoc")),
    ("training_length", ("thoi gian dao tao",)),
    ("training_language", ("ngon ngu dao tao", "ngon ngu")),
    ("qualification_level", ("trinh do theo khung trinh do quoc gia", "khung trinh do quoc gia",
                             "trinh do khung quoc gia", "bac trinh do", "bac theo khung")),
    ("credits", ("tong so tin chi", "tong tin chi", "so tin chi tich luy", "tin chi tich luy")),
    ("average", ("diem trung binh tich luy", "diem trung binh")),
    ("thesis", ("ten luan van", "luan van", "ten luan an", "luan an", "ten do an", "khoa luan",
                "ten khoa luan", "de tai", "ten de tai")),
    ("thesis_mark", ("diem luan van", "diem luan an", "diem khoa luan", "diem do an",
                     "diem bao ve")),
)  # fmt: skip
_CREDITS: Final = re.compile(
    r"^(?P<name>.+?)\s*[(\[]\s*(?P<credits>\d{1,2})\s*(?:s?tc|tín chỉ|tin chi|credits?)\s*[)\]]$",
    re.IGNORECASE,
)
_MARK: Final = re.compile(
    r"^(?P<mark>\d{1,3}(?:[.,]\d{1,2})?)(?:\s*[(/]\s*(?P<letter>[A-F][+-]?)\s*\)?)?$"
)
_LETTER: Final = re.compile(r"^(?:[A-F][+-]?|đạt|miễn|p)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Supplement:
    """What a line's supplement says: facts of the form by name, courses, and all else as read."""

    facts: Mapping[str, str]
    courses: tuple[Mapping[str, str], ...]
    others: tuple[tuple[str, str], ...]


def read_supplement(line: LineView) -> Supplement | None:
    """Return what came with the list for this line's supplement, `None` when nothing did."""
    details = line.details
    given = details.get("supplement") or {}
    if isinstance(given, str):
        given = json.loads(given)
    facts = {name: str(details[name]) for name in _OWN if details.get(name) not in (None, "")}
    if not given and facts.keys() <= _OF_ANY_LIST:
        return None
    if "gpa" in facts:
        facts["average"] = decimal(facts.pop("gpa"))
    courses: list[Mapping[str, str]] = []
    others: list[tuple[str, str]] = []
    for heading, value in given.items():
        header, text = str(heading).strip(), str(value).strip()
        name = _field(header)
        course = None if name else _course(header, text)
        if name and name not in facts:
            facts[name] = text
        elif course is not None:
            courses.append(course)
        else:
            others.append((header, text))
    for name in ("admitted_on", "defended_on"):
        if name in facts:
            facts[name] = date_text(facts[name])
    if "thesis_mark" in facts:
        facts["thesis_mark"] = decimal(facts["thesis_mark"])
    return Supplement(facts, tuple(courses), tuple(others))


def english_major(line: LineView) -> str:
    """Return the English name of the major, where a supplement brought one."""
    said = read_supplement(line)
    return "" if said is None else said.facts.get("major_en", "")


def supplement_data(
    line: LineView, body: Body, signer: Signer, *, base: str, sample: bool, at: datetime
) -> dict[str, Any]:
    """Return what the supplement's template needs; it is signed today by who keeps the book."""
    said = read_supplement(line) or Supplement({}, (), ())
    data = original_data(line, body, signer, base=base, sample=sample, at=at)
    signed_on: date = local_day(at)
    return {
        **data,
        **said.facts,
        "courses": [dict(each) for each in said.courses],
        "others": [{"label": label, "value": value} for label, value in said.others],
        "place_and_day": place_and_day(body.place, signed_on),
        "place_and_day_en": "",
        "signatory_title": signer.title.replace(" - ", "\n"),
        "signatory_title_en": "",
        "signatory_name": signer.name,
        "signed_note": SIGNED,
    }


def _field(header: str) -> str | None:
    key = re.sub(r"[^a-z0-9 ]+", " ", fold(header))
    key = " ".join(key.split())
    return next((name for name, words in _KNOWN if key in words), None)


def _course(header: str, value: str) -> dict[str, str] | None:
    """A header with a mark under it is a course."""
    found = _MARK.match(value)
    if found is None and not _LETTER.match(value):
        return None
    named = _CREDITS.match(header)
    return {
        "name": named["name"] if named else header,
        "credits": named["credits"] if named else "",
        "mark": decimal(found["mark"].replace(",", ".")) if found else "",
        "letter": (found["letter"] or "") if found else value,
    }
