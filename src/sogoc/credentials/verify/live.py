"""Judging a file against this home as it is now."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.documents import api as documents
from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.trust import api as trust
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.periods import VIET_NAM
from sogoc.kernel.text import Text
from sogoc.verifier.api import Bundle, NotJudged, Report, Result, Verdict, judge_apart

REGISTER: Final = "register"
"""Name of the check that asks the register itself."""
DOCUMENT: Final = "register:document"
"""Name of the check that asks the register about the very file."""
_OPEN_OF_A_SHEET: Final = ("status", Result.UNKNOWN)
FRESH: Final = timedelta(minutes=1)
"""How old the evidence may be that a file is judged by."""
NEWER: Final = timedelta(seconds=5)
"""How old it may be when it did not suffice: a document may be younger than the evidence kept."""
SEATS: Final = 2
"""Files judged at once in one process of the web."""
_QUEUE: Final = 30.0
"""Seconds to wait for a seat."""

_lock = threading.Lock()
_seats = threading.BoundedSemaphore(SEATS)
_kept: dict[tuple[Path, str], tuple[datetime, Bundle]] = {}


def check_file(data: bytes, *, home: Path, base: str, at: datetime, is_playground: bool) -> Report:
    """Judge a file of anybody's as of now (`at`, aware), and ask the register about its line.

    Raises `NotJudged`, and `IssuerRefused` where this home has no keys to judge by.
    """
    with _seat():
        report = judge_apart(data, _bundle(home, base, at, is_playground, FRESH), at)
        if report.verdict is Verdict.UNKNOWN:
            report = judge_apart(data, _bundle(home, base, at, is_playground, NEWER), at)
    ask(report, data, base=base, at=at)
    return report


def ask(report: Report, data: bytes, *, base: str, at: datetime) -> None:
    """Add the register's own word, as of now, on a file that the evidence does not refuse."""
    if report.verdict is Verdict.INVALID:
        return
    if "code" in report.facts:
        _ask_register(report, base, at)
    if report.kind == "pdf":
        _ask_of_file(report, data, at)


def _bundle(home: Path, base: str, at: datetime, is_playground: bool, most: timedelta) -> Bundle:
    """Return what this home publishes, no older than `most`; one thread at a time makes it."""
    with _lock:
        kept = _kept.get((home, base))
        if kept is not None and timedelta(0) <= at - kept[0] < most:
            return kept[1]
        with suppress(Error):  # the first receipt of a playground is to be known to it too
            issuers.signer(
                home, issuers.OPERATOR, Algorithm.ED25519, at=at, is_playground=is_playground
            )
        found = trust.export_trust(home, base=base, at=at, is_playground=is_playground)
        bundle = Bundle(json.dumps(found).encode())
        _kept[home, base] = (at, bundle)
        return bundle


@contextmanager
def _seat() -> Iterator[None]:
    if not _seats.acquire(timeout=_QUEUE):
        raise NotJudged(
            "not_judged",
            Text(
                "Đang có nhiều người kiểm tệp. Hãy thử lại sau ít phút.",
                "Many files are being checked. Please try again in a few minutes.",
            ),
        )
    try:
        yield
    finally:
        _seats.release()


def _ask_register(report: Report, base: str, at: datetime) -> None:
    """The register's own word on the line the file shows; it only takes away from the verdict."""
    facts = report.facts
    when = f"{at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}"
    try:
        answer = disclosure.look_up_code(facts["code"])
    except disclosure.LookupCodeError:
        answer = disclosure.NOT_FOUND
    is_same = answer.found and (
        issuers.did_of(answer.issuer, base),
        answer.kind,
        None if answer.issued_on is None else answer.issued_on.isoformat(),
    ) == (facts.get("issuer"), facts.get("kind"), facts.get("issued_on"))
    if not is_same:
        report.failed(
            REGISTER,
            f"Sổ gốc không có dòng như tệp ghi (hỏi lúc {when}).",
            f"The register has no line as the file shows it (asked at {when}).",
        )
    elif answer.status == "revoked":
        day = _day(answer.revoked_on)
        report.failed(
            REGISTER,
            f"Sổ gốc ghi đã thu hồi, hủy bỏ từ {day} (hỏi lúc {when}).",
            f"The register says revoked or cancelled since {day} (asked at {when}).",
        )
    elif answer.status == "valid":
        report.passed(
            REGISTER,
            f"Khớp với sổ gốc; dòng còn giá trị (hỏi lúc {when}).",
            f"It matches the register, and the line stands (asked at {when}).",
        )
    else:
        report.unknown(
            REGISTER,
            f"Đã quyết định, đang vào sổ (hỏi lúc {when}).",
            f"Decided, being entered (asked at {when}).",
        )


def _ask_of_file(report: Report, data: bytes, at: datetime) -> None:
    """The status of the very document: a copy may end while its line stands.

    Of a sheet the register alone knows it: its word stands for the evidence no file can bear.
    """
    found = documents.disclosed_file(sha256(data).digest())
    is_sheet = "code" not in report.facts
    when = f"{at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}"
    if found is None:
        if is_sheet:
            report.failed(
                DOCUMENT,
                f"Sổ gốc không lập tệp này (hỏi lúc {when}).",
                f"The register did not make this file (asked at {when}).",
            )
        return
    if found.status == "withdrawn":
        report.failed(
            DOCUMENT,
            f"Bản {found.number} không còn giá trị (hỏi lúc {when}).",
            f"The document {found.number} no longer stands (asked at {when}).",
        )
        return
    if found.status == "renewal_due":
        report.unknown(
            DOCUMENT,
            f"Bản {found.number} cần lập lại; hãy xin bản mới (hỏi lúc {when}).",
            f"The document {found.number} is to be renewed; ask for a new one (asked at {when}).",
        )
        return
    if found.status == "superseded" or not found.is_newest:
        report.facts["superseded"] = True
    if is_sheet:
        report.checks = [c for c in report.checks if (c.name, c.result) != _OPEN_OF_A_SHEET]
    report.passed(
        DOCUMENT,
        f"Sổ gốc nhận bản {found.number} (hỏi lúc {when}).",
        f"The register owns to the document {found.number} (asked at {when}).",
    )


def _day(value: date | None) -> str:
    return "" if value is None else f"{value:%d/%m/%Y}"
