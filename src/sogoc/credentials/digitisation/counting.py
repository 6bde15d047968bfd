"""Counting: the agreed lines enter the legacy register, in one transaction, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sogoc.credentials.digitisation.fields import (
    DAYS,
    KEYED,
    NUMBERS,
    SEXES,
    becomes_a_line,
    day_of,
    number_of,
)
from sogoc.credentials.digitisation.jobs import move, wrong_state
from sogoc.credentials.digitisation.minutes import require_unaltered
from sogoc.credentials.digitisation.models import (
    CountedLine,
    DigitisationJob,
    DigitisationMinutes,
    PageImage,
)
from sogoc.credentials.digitisation.reading import current_images, latest_minutes, locked_job
from sogoc.credentials.digitisation.records import Counted, PageLine
from sogoc.credentials.digitisation.state import State
from sogoc.credentials.log.api import stream_for
from sogoc.credentials.register.api import (
    BIRTH_TEXT_LIMIT,
    TEXT_LIMITS,
    InsertedLine,
    LineConstants,
    LineRow,
    ensure_book,
    insert_lines,
    serial_key,
    used_serials,
)
from sogoc.kernel.periods import local_day
from sogoc.people.api import Actor, acting, require

if TYPE_CHECKING:
    import psycopg

_SEX_CODES: Final = {text: code for code, text in SEXES.items()}
_LINK: Final = """
    INSERT INTO credentials_counted_line (job_id, issuer_id, image_id, line, register_line_id)
    SELECT %s, %s, %s, source_row, line_id FROM register_stage ORDER BY n
"""


def count_job(*, token: str, by: Actor, at: datetime) -> Counted:
    """Enter the lines of signed minutes in the legacy books; again: nothing is added.

    Book, page, line and the digest of the picture are part of what each leaf commits to. Needs
    `digitise.sign`. Raises `WrongStep` before the minutes are signed, `MinutesRefused` when the
    lines are no longer theirs, `UnknownJob`, `NotPermitted`.
    """
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.sign", organisation_id=job.issuer_id)
        minutes = latest_minutes(job)
        if minutes is None or job.state not in {State.SIGNED, State.COUNTED}:
            raise wrong_state(job)
        if job.state == State.COUNTED:
            return _counted(job, minutes, None, ())
        lines = require_unaltered(job, minutes)
        counting = [line for line in lines if becomes_a_line(line.values)]
        detail: dict[str, object] = {"minutes": minutes.number, "lines": len(counting)}
        move(
            job,
            State.COUNTED,
            "count",
            by,
            at,
            detail=detail,
            counted_by=by.username,
            counted_at=at,
        )
        beside = _enter(job, minutes, counting, at)
        return _counted(job, minutes, len(counting), beside)


def _enter(
    job: DigitisationJob, minutes: DigitisationMinutes, lines: Sequence[PageLine], at: datetime
) -> tuple[tuple[int, int], ...]:
    """Insert the lines page by page; return those whose serial is kept beside."""
    live = _live_serials(job.kind, lines)
    images = {image.page: image for image in current_images(job)}
    for page, on_page in groupby(lines, key=lambda line: line.page):
        dated = [(_day(line, minutes), line) for line in on_page]
        dated.sort(key=lambda each: (each[0].year, each[1].line))
        for year, group in groupby(dated, key=lambda each: each[0].year):
            _enter_some(job, minutes, images[page], year, list(group), live, at)
    return tuple(
        (line.page, line.line)
        for line in lines
        if serial_key(line.values.get("serial", "")) in live
    )


def _enter_some(
    job: DigitisationJob,
    minutes: DigitisationMinutes,
    image: PageImage,
    year: int,
    lines: list[tuple[date, PageLine]],
    live: set[str],
    at: datetime,
) -> list[InsertedLine]:
    constants = LineConstants(
        act="legacy",
        book=ensure_book(job.issuer.code, job.kind, year, is_live=False),
        stream=stream_for(local_day(at), legacy=True),
        recorded_at=at,
        issued_on=date(year, 1, 1),
        signatory_title=job.signatory_title,
        signatory_name=job.signatory_name,
        reason=f"Biên bản số hóa {minutes.number} ngày {minutes.date:%d/%m/%Y}",
        source_file=job.title,
        source_digest=bytes(image.sha256),
    )

    def link(cursor: psycopg.Cursor[Any]) -> None:
        cursor.execute(_LINK, [job.pk, job.issuer_id, image.pk])

    return insert_lines(constants, _rows(lines, live), link)


def _day(line: PageLine, minutes: DigitisationMinutes) -> date:
    text = line.values.get("issued_on", "")
    return day_of(text) or date.fromisoformat(minutes.days[text])


def _live_serials(kind: str, lines: Iterable[PageLine]) -> set[str]:
    serials = {line.values.get("serial", "") for line in lines} - {""}
    return {key for key, sort in used_serials(kind, serials).items() if sort == "live"}


def _rows(lines: list[tuple[date, PageLine]], live: set[str]) -> Iterator[LineRow]:
    for day, line in lines:
        columns, details = _split(line.values)
        if serial_key(columns.get("serial", "")) in live:
            details["serial_found"] = columns.pop("serial")
        born = line.values.get("birth_date", "")
        birth_date = day_of(born)
        if len(born) > BIRTH_TEXT_LIMIT:
            details["birth_date_found"] = born
            born = ""
        if day_of(line.values.get("issued_on", "")) is None:
            details["issued_on_found"] = line.values.get("issued_on", "")
        yield LineRow(
            n=line.line,
            source_sheet=f"trang {line.page}",
            source_row=line.line,
            birth_date=birth_date,
            birth_text="" if birth_date else born,
            sex=_SEX_CODES.get(line.values.get("sex", ""), ""),
            details=details,
            issued_on=day,
            full_name=columns.get("full_name", ""),
            birth_place=columns.get("birth_place", ""),
            ethnicity=columns.get("ethnicity", ""),
            nationality=columns.get("nationality", ""),
            personal_id=columns.get("personal_id", ""),
            serial=columns.get("serial", ""),
            entry_number=columns.get("entry_number", ""),
        )


def _split(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, object]]:
    """Return what has a column in the register, and the details, typed as an import types them."""
    columns: dict[str, str] = {}
    details: dict[str, object] = {}
    for name in KEYED:
        text = values.get(name, "")
        if not text or name in {"birth_date", "issued_on"}:
            continue
        if name in TEXT_LIMITS:  # what is longer stays in the details
            if len(text) <= TEXT_LIMITS[name]:
                columns[name] = text
            else:
                details[f"{name}_found"] = text
        elif name == "sex":
            if text not in _SEX_CODES:
                details["sex_raw"] = text
        elif name in DAYS:
            day = day_of(text)
            details[name if day else f"{name}_raw"] = day.isoformat() if day else text
        elif name in NUMBERS:
            number = number_of(text)
            details[f"{name}_raw" if number is None else name] = text if number is None else number
        else:
            details[name] = text
    return columns, details


def _counted(
    job: DigitisationJob,
    minutes: DigitisationMinutes,
    added: int | None,
    beside: tuple[tuple[int, int], ...],
) -> Counted:
    codes = (
        CountedLine.objects.filter(job=job)
        .order_by("image__page", "line")
        .values_list("register_line__code", flat=True)
    )
    return Counted(
        token=job.token,
        lines=minutes.line_count,
        added=added or 0,
        aside=minutes.aside_count,
        codes=tuple(codes),
        serials_beside=beside,
        already=added is None,
    )
