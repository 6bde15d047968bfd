"""Minutes: what two persons agreed on, bound by a digest and signed before any line counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from sogoc.credentials.digitisation.agreeing import PageReading, read_pages
from sogoc.credentials.digitisation.errors import MinutesRefused
from sogoc.credentials.digitisation.fields import becomes_a_line, day_of
from sogoc.credentials.digitisation.jobs import (
    event,
    move,
    other_person,
    require_reason,
    require_state,
    wrong_state,
)
from sogoc.credentials.digitisation.models import (
    DigitisationJob,
    DigitisationMinutes,
    MinutesSignature,
    PageKeying,
)
from sogoc.credentials.digitisation.reading import (
    job_view,
    latest_minutes,
    locked_job,
    minutes_view,
)
from sogoc.credentials.digitisation.records import JobView, MinutesView, PageLine
from sogoc.credentials.digitisation.state import State
from sogoc.kernel import canonical
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, require

SIGNERS: Final = 2
"""How many persons sign; one of them at least keyed nothing of the job."""

_SHOWN: Final = 20


def draw_up_minutes(
    *,
    token: str,
    number: str,
    on: date,
    by: Actor,
    at: datetime,
    days: Mapping[str, date] | None = None,
    days_basis: str = "",
) -> MinutesView:
    """Close the comparison and draw up the minutes of a job, signed by who draws them up.

    Every page must have its picture and two persons, and nothing may be left open. `days` gives the
    day of issue of lines whose own text is no full day: text as found (`""`, `1998`, `06/1998`) →
    day, on the ground named in `days_basis` (a decision, the head of the book); the text stays with
    the line. Needs `digitise.sign`. Raises `MinutesRefused`, `WrongStep`, `UnknownJob`.
    """
    days, basis, number = dict(days or {}), days_basis.strip(), number.strip()
    if not number or (days and not basis):
        raise MinutesRefused(
            "digitise_minutes_incomplete",
            Text(
                "Biên bản cần số; ngày cấp lấy từ nơi khác thì phải nêu căn cứ.",
                "Minutes need a number; days of issue taken from elsewhere need their ground.",
            ),
        )
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.sign", organisation_id=job.issuer_id)
        require_state(job, State.KEYING)
        readings = _complete(job)
        lines = [line for reading in readings for line in reading.agreed()]
        counting = [line for line in lines if becomes_a_line(line.values)]
        _require_days(counting, days)
        kept = {text: day.isoformat() for text, day in sorted(days.items())}
        minutes = _insert(
            job,
            number=number,
            date=on,
            line_count=len(counting),
            aside_count=len(lines) - len(counting),
            days=kept,
            days_basis=basis,
            digest=digest_of(job, readings, kept, basis),
            drawn_up_by=by.username,
            drawn_up_at=at,
        )
        detail: dict[str, object] = {"number": number, "date": on.isoformat()}
        detail |= {"lines": len(counting), "digest": minutes.digest.hex()}
        move(job, State.COMPARED, "draw_up", by, at, detail=detail)
        _sign(job, minutes, by, at)
        return minutes_view(minutes)


def _insert(job: DigitisationJob, **columns: object) -> DigitisationMinutes:
    try:
        with transaction.atomic():
            return DigitisationMinutes.objects.create(
                job=job,
                issuer_id=job.issuer_id,
                first_page=job.first_page,
                last_page=job.last_page,
                **columns,
            )
    except IntegrityError as error:
        raise MinutesRefused(
            "digitise_minutes_exist",
            Text(
                f"Đã có biên bản số {columns['number']} cùng ngày của đơn vị này.",
                f"There are minutes number {columns['number']} of that day already.",
            ),
            number=columns["number"],
        ) from error


def sign_minutes(*, token: str, by: Actor, at: datetime) -> MinutesView:
    """Sign the minutes of a job under one's own account; at `SIGNERS` persons the job is signed.

    The digest is made anew and compared first. Needs `digitise.sign`. Raises `SamePerson` for who
    signed already, or when all signers would be persons who keyed; `MinutesRefused` when the lines
    are no longer those of the minutes; `WrongStep`, `UnknownJob`.
    """
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.sign", organisation_id=job.issuer_id)
        minutes = latest_minutes(job)
        if minutes is None or job.state != State.COMPARED:
            raise wrong_state(job)
        require_unaltered(job, minutes)
        _sign(job, minutes, by, at)
        return minutes_view(minutes)


def _sign(job: DigitisationJob, minutes: DigitisationMinutes, by: Actor, at: datetime) -> None:
    signers = set(
        MinutesSignature.objects.filter(minutes=minutes).values_list("signed_by", flat=True)
    )
    if by.username in signers:
        raise other_person(
            by, "Bạn đã ký biên bản này; cần thêm người khác.", "You signed already; another must."
        )
    keyers = set(PageKeying.objects.filter(job=job).values_list("keyed_by", flat=True))
    is_last = len(signers) + 1 >= SIGNERS
    if is_last and {*signers, by.username} <= keyers:
        raise other_person(
            by,
            "Ít nhất một người ký biên bản phải là người không nhập liệu.",
            "At least one of the signers must have keyed nothing.",
        )
    MinutesSignature.objects.create(
        minutes=minutes,
        issuer_id=job.issuer_id,
        digest=bytes(minutes.digest),
        signed_by=by.username,
        signer_name=by.display_name,
        signed_at=at,
    )
    digest, number = bytes(minutes.digest).hex(), minutes.number
    if is_last:
        detail: dict[str, object] = {"number": number, "digest": digest}
        move(job, State.SIGNED, "sign", by, at, detail=detail)
    else:
        event(job, "sign", by, at, number=number, digest=digest)


def withdraw_minutes(*, token: str, reason: str, by: Actor, at: datetime) -> JobView:
    """Go back to keying and comparing before the second signature; new minutes follow.

    Needs `digitise.sign` and a reason. Raises `WrongStep`, `UnknownJob`.
    """
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.sign", organisation_id=job.issuer_id)
        require_reason(reason)
        move(job, State.KEYING, "withdraw", by, at, reason=reason.strip())
        return job_view(job)


def require_unaltered(job: DigitisationJob, minutes: DigitisationMinutes) -> list[PageLine]:
    """Return the agreed lines if their digest is that of the minutes; raise `MinutesRefused`."""
    readings = _complete(job)
    if digest_of(job, readings, minutes.days, minutes.days_basis) != bytes(minutes.digest):
        raise MinutesRefused(
            "digitise_minutes_altered",
            Text(
                f"Dữ liệu không còn đúng như biên bản số {minutes.number} đã lập.",
                f"The lines are no longer those of the minutes {minutes.number}.",
            ),
            number=minutes.number,
        )
    return [line for reading in readings for line in reading.agreed()]


def digest_of(
    job: DigitisationJob, readings: list[PageReading], days: Mapping[str, str], basis: str
) -> bytes:
    """Return SHA-256 over the canonical JSON of book, pages, pictures, agreed lines and days."""
    book = {
        "job": job.token,
        "issuer": job.issuer.code,
        "kind": job.kind,
        "title": job.title,
        "years": [job.year_from, job.year_to],
        "pages": [job.first_page, job.last_page],
        "signatory": [job.signatory_title, job.signatory_name],
        "days": dict(days),
        "days_basis": basis,
    }
    pages = [
        [
            reading.image.page,
            bytes(reading.image.sha256).hex(),
            [[line.line, dict(line.values)] for line in reading.agreed()],
        ]
        for reading in readings
    ]
    return hashlib.sha256(canonical.dumps([book, pages])).digest()


def _complete(job: DigitisationJob) -> list[PageReading]:
    """Return all pages of the job, or raise for those that are not through."""
    readings = read_pages(job, may_hide=False)
    complete = {reading.image.page for reading in readings if reading.is_complete}
    missing = [page for page in range(job.first_page, job.last_page + 1) if page not in complete]
    if missing:
        raise MinutesRefused(
            "digitise_pages_missing",
            Text(
                f"Chưa đủ ảnh và hai người cho trang {_some(missing)}.",
                f"Pages {_some(missing)} lack their picture or a person.",
            ),
            pages=missing,
        )
    opened = [reading.image.page for reading in readings if reading.open_differences()]
    if opened:
        raise MinutesRefused(
            "digitise_differences_open",
            Text(
                f"Còn chỗ hai người nhập khác nhau ở trang {_some(opened)}.",
                f"Differences are open on pages {_some(opened)}.",
            ),
            pages=opened,
        )
    return readings


def _require_days(lines: list[PageLine], days: Mapping[str, date]) -> None:
    without = [
        line
        for line in lines
        if day_of(text := line.values.get("issued_on", "")) is None and text not in days
    ]
    if not without:
        return
    texts = sorted({line.values.get("issued_on", "") for line in without})
    named = ", ".join(f"“{text}”" for text in texts)
    raise MinutesRefused(
        "digitise_days_missing",
        Text(
            f"{len(without)} dòng không ghi đủ ngày cấp ({named}). Biên bản phải nêu ngày cấp cho "
            "từng cách ghi ấy và căn cứ.",
            f"{len(without)} lines have no full day of issue ({named}). The minutes must give the "
            "day for each of these texts, and its ground.",
        ),
        texts=texts,
        lines=[[line.page, line.line] for line in without[:_SHOWN]],
    )


def _some(pages: list[int]) -> str:
    named = ", ".join(map(str, pages[:_SHOWN]))
    return f"{named} … (+{len(pages) - _SHOWN})" if len(pages) > _SHOWN else named
