"""Sheets of the register: a page in the form of its regime, a recognition decision with its list.

Filled from the lines of one live book and nothing else. Each line is under a checkpoint; proofs
of all of them go with the sheet. A revoked line stands there with its revocation, an erased one
without its person.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from django.db import connection

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.paper import (
    SEX,
    SIGNED,
    Body,
    Signer,
    address_of,
    date_text,
    day,
    decimal,
    place_and_day,
)
from sogoc.credentials.documents.press import Attached, qr_picture
from sogoc.credentials.log.api import prove
from sogoc.credentials.register.api import LineView, lines_by_code
from sogoc.kernel.text import Text
from sogoc.policy.api import ListForm, list_form, load_law

ROWS: Final = 12
"""Lines of a page: what fits an A4 page across with the longest names."""
ENTRIES: Final = "so-goc.entries.json"
"""Name of the file inside a sheet that proves each of its lines."""

_WIDTHS: Final[Mapping[str, float]] = {
    "ordinal": 0.5, "full_name": 2.2, "birth_date": 1.15, "birth_place": 1.2, "sex": 0.6,
    "ethnicity": 0.8, "nationality": 0.8, "major": 1.6, "specialty": 1.3, "graduation_year": 0.75,
    "defended_on": 1.1, "grade": 0.9, "score_total": 0.7, "result": 1.4, "level": 0.8,
    "serial": 1.2, "entry_number": 1.5, "receiver_signature": 1.1, "note": 1.0,
}  # fmt: skip
_LEFT: Final = frozenset(
    {"full_name", "birth_place", "major", "specialty", "result", "receiver_signature", "note"}
)
_RESULTS: Final = (
    ("score_theory", "LT"), ("score_practice", "TH"), ("score_total", "Tổng"), ("result", ""),
)  # fmt: skip

_OF_A_PAGE: Final = """
    SELECT code FROM credentials_register_line
    WHERE book_id = %s AND is_live AND act = 'issue' AND sequence BETWEEN %s AND %s
    ORDER BY sequence
"""
_OF_A_DECISION: Final = """
    SELECT code FROM credentials_register_line
    WHERE book_id = %s AND is_live AND act = 'issue' AND decision_number = %s
        AND decision_date IS NOT DISTINCT FROM %s
    ORDER BY sequence
"""
_FIRST_OF_PAGES: Final = """
    SELECT l.code FROM credentials_register_line l
    JOIN credentials_register_book b ON b.id = l.book_id
    JOIN people_organisation o ON o.id = b.issuer_id
    WHERE o.code = %s AND b.kind = %s AND b.year = %s AND b.is_live AND l.act = 'issue'
        AND (l.sequence - b.opening_number - 1) %% %s = 0
    ORDER BY l.sequence
"""
_OPENING: Final = "SELECT opening_number FROM credentials_register_book WHERE id = %s"
_DECIDED: Final = """
    SELECT DISTINCT d.decided_by, d.signer, d.row_count, o.name
    FROM credentials_register_line l
    JOIN credentials_batch b ON b.id = l.batch_id
    JOIN credentials_recognition_decision d ON d.id = b.decision_id
    LEFT JOIN people_organisation o ON o.code = d.decided_by
    WHERE l.id = ANY (%s)
    ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says: its lines in order, and what is printed of them; `number` of a page."""

    role: str
    template: str
    lines: tuple[LineView, ...]
    said: Mapping[str, Any]
    number: int | None = None

    @property
    def content(self) -> bytes:
        """SHA-256 of what it says; the same lines with the same fate give the same."""
        return sha256(json.dumps(dict(self.said), sort_keys=True).encode()).digest()


def page_of(line: LineView) -> Sheet:
    """Return the page of the register a line stands on, inside the caller's identity.

    Raises `DocumentRefused` for a line of an old register, whose pages are on paper.
    """
    _require_live(line)
    opening = int(_column(_OPENING, [line.book.id])[0])
    assert line.sequence is not None  # noqa: S101 - a live line has one, the database sees to it
    number = (line.sequence - opening - 1) // ROWS + 1
    first = opening + (number - 1) * ROWS + 1
    lines = _lines(_OF_A_PAGE, [line.book.id, first, first + ROWS - 1])
    law = load_law()
    form = list_form(law.kinds[line.kind], lines[0].issued_on, law)
    columns = [each for each in form.columns if each.field not in form.from_checks]
    widths = {**_WIDTHS, "note": 1.8} if any(_note(each) for each in lines) else _WIDTHS
    said = {
        "form_title": _title(line),
        "form_source": _source(form),
        "page_number": str(number),
        "above": _above(lines),
        "columns": [
            {
                "vi": each.heading.vi,
                "width": widths.get(each.field, 1.0),
                "centred": each.field not in _LEFT,
            }
            for each in columns
        ],
        "rows": [[_cell(each, column.field) for column in columns] for each in lines],
        "first_entry": lines[0].entry_number,
        "last_entry": lines[-1].entry_number,
    }
    return Sheet("page", "register-page", tuple(lines), said, number)


def decision_of(line: LineView) -> Sheet:
    """Return the decision by which a line was recognised with the lines entered by it in its book.

    Raises `DocumentRefused` for a line of an old register, and for one without a decision.
    """
    _require_live(line)
    if not line.decision_number:
        raise _refused(
            "document_no_decision",
            "Dòng này không ghi quyết định công nhận.",
            "No recognition decision stands in this line.",
        )
    lines = _lines(_OF_A_DECISION, [line.book.id, line.decision_number, line.decision_date])
    decided = _decided(lines)
    kind = load_law().kinds[line.kind].name.vi
    people = "; ".join(f"{each['row_count']}" for each in decided)
    said = {
        "number": line.decision_number,
        "decided_on": "" if line.decision_date is None else day(line.decision_date),
        "decided_by": "; ".join(dict.fromkeys(each["by"] for each in decided)),
        "signer": "; ".join(dict.fromkeys(each["signer"] for each in decided if each["signer"])),
        "about": f"Về việc công nhận và cấp {kind[:1].lower()}{kind[1:]}",
        "articles": [
            f"Quyết định công nhận {people} người theo danh sách gửi kèm.",
            (
                f"Đã ghi vào sổ gốc {len(lines)} người, từ số {lines[0].entry_number} đến số "
                f"{lines[-1].entry_number}, ngày cấp {_days(lines)} (danh sách kèm theo)."
            ),
        ],
        "rows": [
            [
                str(place), each.full_name, _birth(each), each.serial, each.entry_number,
                _note(each),
            ]
            for place, each in enumerate(lines, 1)
        ],
    }  # fmt: skip
    return Sheet("decision", "decision", tuple(lines), said)


def first_codes(issuer: str, kind: str, year: int) -> list[str]:
    """Return the code of the first line of each page of a live book, inside an identity."""
    return [str(code) for code in _column(_FIRST_OF_PAGES, [issuer, kind, year, ROWS])]


def sheet_data(
    sheet: Sheet, body: Body, signer: Signer, *, base: str, sample: bool, on: date
) -> dict[str, Any]:
    """Return what the sheet's template needs; its square leads to the first line's look-up."""
    office = signer.title.partition(" - ")[0].removeprefix("KT.").strip().capitalize()
    code = sheet.lines[0].code
    address = address_of(base, code)
    return {
        **sheet.said,
        "qr": qr_picture(address),
        "address": address.removeprefix("https://"),
        "code": code,
        "sample": sample,
        "issuer_name": body.name,
        "parent_name": body.parent,
        "place_and_day": place_and_day(body.place, on),
        "signatory_office": f"{office} {body.name}".strip(),
        "signatory_title": signer.title.replace(" - ", "\n"),
        "signatory_name": signer.name,
        "signed_note": SIGNED,
    }


def entries_of(sheet: Sheet, request: Request) -> Attached:
    """Return the proofs of a sheet's lines as one file. Raises `LogError` while one is waiting."""
    found = []
    for line in sheet.lines:
        proven = prove(request.home, base=request.base, leaf_hash=line.leaf_hash)
        found.append(
            {
                "entryNumber": line.entry_number,
                "leaf": base64.b64encode(proven.entry).decode("ascii"),
                "tlogProof": str(proven.proof),
            }
        )
    data = json.dumps({"version": 1, "entries": found}, ensure_ascii=False, indent=1)
    return Attached(
        ENTRIES, data.encode(), "application/json",
        "Bằng chứng từng dòng nằm trong nhật ký / Proofs of entry of each line", "supplement",
    )  # fmt: skip


# --- inside ------------------------------------------------------------------------------------


def _lines(query: str, values: Sequence[Any]) -> list[LineView]:
    codes = _column(query, values)
    found = lines_by_code([str(code) for code in codes])
    return sorted(found.values(), key=lambda each: each.sequence or 0)


def _column(query: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return [row[0] for row in cursor.fetchall()]


def _decided(lines: Sequence[LineView]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED, [[each.id for each in lines]])
        return [
            {"by": name or by, "signer": signer, "row_count": count}
            for by, signer, count, name in cursor.fetchall()
        ]


def _require_live(line: LineView) -> None:
    if not line.is_live or line.act != "issue":
        raise _refused(
            "document_old_register",
            "Sổ cũ giữ nguyên trang giấy của nó; chỉ sổ đang dùng mới lập trang từ dữ liệu.",
            "An old register keeps its pages of paper; sheets are made of live books alone.",
        )


def _title(line: LineView) -> str:
    name = load_law().kinds[line.kind].name.vi
    return f"Sổ gốc cấp {name[:1].lower()}{name[1:]} năm {line.book.year}"


def _source(form: ListForm) -> str:
    cited = load_law().cite(form.form.basis)
    if form.is_prescribed:
        return f"Mẫu {form.letter}, {cited}"
    return f"Không còn mẫu bắt buộc; cột theo mẫu {form.letter}, {cited}"


def _above(lines: Sequence[LineView]) -> list[str]:
    """What stands above the columns: decisions, schools, years, exams and modes of these lines."""
    decisions = dict.fromkeys(
        f"Quyết định công nhận số {each.decision_number}"
        + (f" ngày {day(each.decision_date)}" if each.decision_date else "")
        for each in lines
        if each.decision_number
    )
    parts = ["; ".join(decisions)]
    about = (
        ("Học sinh trường", "school"), ("năm tốt nghiệp", "graduation_year"),
        ("khóa thi ngày", "exam_date"), ("kỳ thi", "exam_session"),
        ("hình thức đào tạo", "training_mode"),
    )  # fmt: skip
    words = []
    for label, name in about:
        values = dict.fromkeys(
            date_text(str(each.details[name])) for each in lines if each.details.get(name)
        )
        if values:
            said = f"{label} {', '.join(values)}"
            words.append(said.replace("trường Trường", "Trường"))
    if words:
        line = "; ".join(words)
        parts.append(line[:1].upper() + line[1:])
    return [part for part in parts if part]


def _birth(line: LineView) -> str:
    return day(line.birth_date) if line.birth_date else line.birth_text


def _result(line: LineView) -> str:
    parts = [
        f"{label} {decimal(str(line.details[name]))}".strip()
        for name, label in _RESULTS
        if line.details.get(name) not in (None, "")
    ]
    return "; ".join(parts)


def _level(line: LineView) -> str:
    values = (line.details.get("grade"), line.details.get("level"))
    return ", ".join(str(each) for each in values if each not in (None, ""))


def _note(line: LineView) -> str:
    notes = []
    if line.revoked_by is not None and line.revoked_on is not None:
        by = f", QĐ {line.revoked_decision}" if line.revoked_decision else ""
        notes.append(f"Thu hồi {day(line.revoked_on)}{by}")
    if line.erased:
        notes.append("Dữ liệu cá nhân đã xóa theo quy định")
    return "; ".join(notes)


_CELLS: Final[Mapping[str, Callable[[LineView], str]]] = {
    "ordinal": lambda line: str(line.sequence),
    "birth_date": _birth,
    "sex": lambda line: SEX.get(line.sex, line.sex),
    "result": _result,
    "level": _level,
    "receiver_signature": lambda _: "",
    "note": _note,
}


def _cell(line: LineView, field: str) -> str:
    """What stands in a column; a column the register holds nothing for stays empty."""
    if field in _CELLS:
        return _CELLS[field](line)
    if field in (
        "full_name", "birth_place", "ethnicity", "nationality", "personal_id", "serial",
        "entry_number",
    ):  # fmt: skip
        return str(getattr(line, field))
    value = line.details.get(field)
    return "" if value is None else decimal(date_text(str(value)))


def _days(lines: Sequence[LineView]) -> str:
    return ", ".join(dict.fromkeys(day(each.issued_on) for each in lines))


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
