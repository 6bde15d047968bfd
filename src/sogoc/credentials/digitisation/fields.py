"""What may be keyed of a line, and how: texts as found, never interpreted, never completed.

One thing is made alike so that two keyings can be compared: a full day is written 02/03/1990, a
number 8.5, whatever the separators on paper. `1965` and `05/1965` stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from sogoc.credentials.digitisation.errors import KeyingRefused
from sogoc.intake.api import FIELDS, read_date
from sogoc.kernel.names import clean, fold
from sogoc.kernel.text import Text

FAULTS: Final[Mapping[str, Text]] = {
    "erased": Text("tẩy xóa", "erased"),
    "overwritten": Text("sửa đè", "written over"),
    "illegible": Text("không đọc được", "illegible"),
    "duplicated": Text("ghi trùng", "written twice"),
    "struck_out": Text("gạch bỏ", "struck out"),
    "torn": Text("rách, mất chữ", "torn or lost"),
    "unsigned": Text("không có chữ ký người nhận", "not signed by the receiver"),
}
"""What may be wrong with a line on paper; kept with it."""

ILLEGIBLE: Final = "[?]"
"""Stands for letters nobody can read; nothing is guessed."""

_PLACE: Final = frozenset({"book_page", "book_line", "book_fault"})
_PARTS: Final = frozenset(
    {"family_middle", "given_name", "birth_day", "birth_month", "birth_year"}
    | {"male_mark", "female_mark", "male_born", "female_born", "female_only", "birth_date_place"}
)
KEYED: Final = (*(name for name in FIELDS if name not in _PLACE | _PARTS), "faults")
"""The closed set of fields of a keyed line, in the order a form shows them."""

DAYS: Final = frozenset({"birth_date", "issued_on", "exam_date", "decision_date", "defended_on"})
NUMBERS: Final = frozenset({"score_theory", "score_practice", "score_total", "gpa"})
SEXES: Final = {"male": "Nam", "female": "Nữ"}
LIMIT: Final = 500
"""Longest text of a field."""

_BY_WORD: Final = {
    fold(word): code
    for code, label in FAULTS.items()
    for word in (code, label.vi, label.en, *label.vi.split(", "))
}


def keyed_line(values: Mapping[str, object]) -> dict[str, str]:
    """Return the values of a line in their one form; empty ones are left out.

    Raises `KeyingRefused` for a field outside `KEYED`, a text too long, a word for a fault that is
    not known, or `[?]` in a line not marked illegible.
    """
    unknown = sorted(set(values) - set(KEYED))
    if unknown:
        raise KeyingRefused(
            "digitise_field_unknown",
            Text(
                f"Không có trường nào tên là: {', '.join(unknown)}.",
                f"There are no such fields: {', '.join(unknown)}.",
            ),
            fields=unknown,
        )
    line = {
        name: text
        for name in KEYED
        if values.get(name) is not None and (text := normal(name, str(values[name])))
    }
    marked = [name for name, text in line.items() if ILLEGIBLE in text and name != "faults"]
    if marked and "illegible" not in faults_of(line):
        line["faults"] = _joined({*faults_of(line), "illegible"})
    return line


def normal(field: str, text: str) -> str:
    """Return one value in its one form. Raises `KeyingRefused`, see `keyed_line`."""
    plain = clean(text)
    if len(plain) > LIMIT:
        raise KeyingRefused(
            "digitise_text_too_long",
            Text(
                f"Trường {field} dài hơn {LIMIT} ký tự.",
                f"The field {field} is longer than {LIMIT} characters.",
            ),
            field=field,
        )
    if field == "faults":
        return _joined(_fault(word) for word in plain.split(",") if word.strip())
    if field in DAYS:
        day = read_date(plain)[0]
        return f"{day:%d/%m/%Y}" if day else plain
    if field in NUMBERS:
        number = number_of(plain)
        return plain if number is None else f"{number:g}"
    if field == "sex":
        return SEXES.get(plain.casefold()) or {"nam": "Nam", "nữ": "Nữ"}.get(
            plain.casefold(), plain
        )
    return plain


def _joined(codes: Iterable[str]) -> str:
    found = set(codes)
    return ", ".join(code for code in FAULTS if code in found)


def _fault(word: str) -> str:
    code = _BY_WORD.get(fold(word.strip()))
    if code is None:
        known = ", ".join(label.vi for label in FAULTS.values())
        raise KeyingRefused(
            "digitise_fault_unknown",
            Text(
                f"Không rõ tình trạng “{word.strip()}”. Dùng: {known}.",
                f"The fault “{word.strip()}” is not known. Known: {', '.join(FAULTS)}.",
            ),
            fault=word.strip(),
        )
    return code


def faults_of(line: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes of what is wrong with a line on paper."""
    return tuple(filter(None, line.get("faults", "").split(", ")))


def number_of(text: str) -> float | None:
    """Return a decimal number written with comma or point, `None` when it is none."""
    if not text.isascii() or text.strip(" .,0123456789"):
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """Return the full day a text tells, `None` for `1965`, `05/1965`, 31/02/1990 and the like."""
    return read_date(text)[0]


def becomes_a_line(line: Mapping[str, str]) -> bool:
    """Whether a line of the page is somebody's: it has a name and was not struck out.

    The others stay in the minutes, so that numbers left out on paper stay explained.
    """
    return bool(line.get("full_name")) and "struck_out" not in faults_of(line)
