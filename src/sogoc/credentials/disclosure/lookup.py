"""Look-up by anybody: confirms what is typed, masks what is not, lists nothing.

Everything is answered by functions of the database (`guards.sql`), one call each; the public sees
no table. What is disclosed: kind, issuer, day of issue, status. Serial, entry number and name are
shown in full only where they were typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from django.db import connection
from django.utils.crypto import salted_hmac

from sogoc.kernel.errors import Error
from sogoc.kernel.identifiers import parse_lookup_code
from sogoc.kernel.names import clean, fold, name_key
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting
from sogoc.policy.api import load_law

FAILURES_AN_HOUR: Final = 10
"""Failed look-ups of one serial in one clock hour; after that nobody gets an answer about it."""

Status = Literal["valid", "revoked", "being_entered"]
Match = Literal["same", "another", "nothing"]
"""What is typed of a paper is of the line asked about, of another line, or of none at all."""

_BY_CODE: Final = "SELECT * FROM sogoc_look_up_code(%s)"
_BY_NUMBERS: Final = "SELECT * FROM sogoc_look_up(%s, %s, %s::date, %s, %s, %s, %s)"

_MEANING: Final[dict[Status, Text]] = {
    "valid": Text(
        "Khớp với sổ gốc; còn giá trị.",
        "It matches the register and stands.",
    ),
    "revoked": Text(
        "Đã bị thu hồi hoặc hủy bỏ; không còn giá trị.",
        "It was revoked or cancelled and no longer stands.",
    ),
    "being_entered": Text(
        "Đã có quyết định, đang vào sổ; xin tra lại sau ít phút.",
        "Decided, being entered; please look again in a few minutes.",
    ),
}
_NOT_FOUND: Final = Text(
    "Không có văn bằng, chứng chỉ nào khớp với tất cả thông tin đã nhập.",
    "No credential matches everything that was typed.",
)
_WITHOUT_ACCENTS: Final = Text(
    " Họ tên khớp khi bỏ dấu; xin đối chiếu dấu trên bản giấy.",
    " The name matches without its accents; compare them on the paper.",
)


class TooManyAttempts(Error):
    """Too many failed look-ups of this serial in this hour."""


class IncompleteQuestion(Error):
    """Serial, entry number, or both of birth date and name are missing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What anybody may know of one credential; all but `found` and `meaning` empty when not found.

    `serial`, `entry_number` and `full_name` are what was typed, or masked. `same_accents` is False
    when the typed name matched only without accents, None when no name was typed.
    """

    found: bool
    meaning: Text
    status: Status | None = None
    code: str = ""
    kind: str = ""
    kind_name: Text = field(default=Text("", ""))
    issuer: str = ""
    issuer_name: str = ""
    issued_on: date | None = None
    serial: str = ""
    entry_number: str = ""
    full_name: str = ""
    birth_date: date | None = None
    same_accents: bool | None = None
    is_legacy: bool = False
    revoked_on: date | None = None
    revoked_decision: str = ""


NOT_FOUND: Final = Answer(found=False, meaning=_NOT_FOUND)
"""The one answer to everything that does not match, whatever the reason."""


def look_up_code(code: str) -> Answer:
    """Answer about the credential with this look-up code, typed in any form.

    Raises `LookupCodeError` for a code whose check symbols show that it was mistyped.
    """
    canonical = parse_lookup_code(code)
    row = _ask(_BY_CODE, [canonical])
    if row is None:
        return NOT_FOUND
    return _answer(
        row,
        code=canonical,
        serial=row["masked_serial"],
        entry_number=row["masked_entry"],
        full_name=row["masked_name"],
    )


def look_up(
    serial: str,
    entry_number: str,
    birth_date: date | None = None,
    full_name: str | None = None,
) -> Answer:
    """Confirm a credential whose serial, entry number and birth date or name are all typed right.

    Spaces and case of the numbers do not matter; of a name, case, tone placement and apostrophes do
    not, and a name typed without accents is accepted and said to be so. Unknown serial and wrong
    name get the same answer for the same work. Raises `IncompleteQuestion`, `TooManyAttempts`.
    """
    row = _find(serial, entry_number, birth_date, full_name)
    if row is None:
        return NOT_FOUND
    typed_name = clean(full_name or "")
    return _answer(
        row,
        code="",  # who knows the numbers need not know the code
        serial=" ".join(serial.split()),
        entry_number=" ".join(entry_number.split()),
        full_name=typed_name or row["masked_name"],
        birth_date=birth_date,
        same_accents=row["same_accents"] if typed_name else None,
    )


def compare(
    code: str,
    serial: str,
    entry_number: str,
    birth_date: date | None = None,
    full_name: str | None = None,
) -> Match:
    """Say whether what is printed on a paper is of the line that its code or QR leads to.

    Asked and counted as `look_up` is, with its errors; `LookupCodeError` for a mistyped code.
    """
    canonical = parse_lookup_code(code)
    row = _find(serial, entry_number, birth_date, full_name)
    if row is None:
        return "nothing"
    return "same" if row["code"] == canonical else "another"


def _find(
    serial: str, entry_number: str, birth_date: date | None, full_name: str | None
) -> dict[str, Any] | None:
    """Return what is disclosed of the one line that all of this is of, None when there is none."""
    typed_name = clean(full_name or "")
    keys = ["".join(number.split()).upper() for number in (serial, entry_number)]
    if not all(keys) or (birth_date is None and not typed_name):
        raise IncompleteQuestion(
            "lookup_incomplete",
            Text(
                "Xin nhập số hiệu, số vào sổ và ngày sinh hoặc họ tên.",
                "Please type serial, entry number, and birth date or name.",
            ),
        )
    row = _ask(
        _BY_NUMBERS,
        [
            *keys,
            birth_date,
            name_key(typed_name) if typed_name else None,
            fold(typed_name) if typed_name else None,
            _failure_key(keys[0]),
            FAILURES_AN_HOUR,
        ],
    )
    assert row is not None  # noqa: S101 - the function answers always
    if row["outcome"] == "too_many":
        raise TooManyAttempts(
            "lookup_too_many",
            Text(
                "Số hiệu này đã bị tra sai quá nhiều lần. Xin thử lại sau một giờ.",
                "This serial was looked up wrongly too often. Please try again in an hour.",
            ),
        )
    return row if row["outcome"] == "found" else None


def forget_failures() -> int:
    """Delete failure counts older than two days; return how many. For the worker."""
    with acting(Actor.system("housekeeping")), connection.cursor() as cursor:
        cursor.execute("SELECT sogoc_forget_failures()")
        return int(cursor.fetchone()[0])


def _failure_key(serial: str) -> bytes:
    """A key under which failures are counted, so that no typed serial rests in the table."""
    return salted_hmac("sogoc.lookup.serial", serial, algorithm="sha256").digest()


def _ask(query: str, parameters: list[Any]) -> dict[str, Any] | None:
    with acting(Actor.anonymous()), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row = cursor.fetchone()
        if row is None:
            return None
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def _answer(
    row: dict[str, Any],
    *,
    code: str,
    serial: str,
    entry_number: str,
    full_name: str,
    birth_date: date | None = None,
    same_accents: bool | None = None,
) -> Answer:
    status: Status = "valid" if row["published"] else "being_entered"
    if row["revoked_on"] is not None:
        status = "revoked"
    meaning = _MEANING[status]
    if same_accents is False:
        meaning = Text(meaning.vi + _WITHOUT_ACCENTS.vi, meaning.en + _WITHOUT_ACCENTS.en)
    known = load_law().kinds.get(row["kind"])
    return Answer(
        found=True,
        meaning=meaning,
        status=status,
        code=code,
        kind=row["kind"],
        kind_name=known.name if known is not None else Text(row["kind"], row["kind"]),
        issuer=row["issuer_code"],
        issuer_name=row["issuer_name"],
        issued_on=row["issued_on"],
        serial=serial,
        entry_number=entry_number,
        full_name=full_name,
        birth_date=birth_date,
        same_accents=same_accents,
        is_legacy=not row["is_live"],
        revoked_on=row["revoked_on"],
        revoked_decision=row["revoked_decision"] or "",
    )
