"""Keying pages: from a workbook, line by line, or by comparing with what another person keyed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sogoc.credentials.digitisation.errors import KeyingRefused
from sogoc.credentials.digitisation.fields import KEYED, SEXES, keyed_line
from sogoc.credentials.digitisation.jobs import event, other_person, require_page, require_state
from sogoc.credentials.digitisation.models import (
    DigitisationJob,
    KeyedLine,
    PageImage,
    PageKeying,
)
from sogoc.credentials.digitisation.reading import current_images, locked_job, no_image
from sogoc.credentials.digitisation.records import Keyed
from sogoc.credentials.digitisation.state import State
from sogoc.intake.api import Row, read_file
from sogoc.kernel import canonical
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, require

Method = PageKeying.Method
_LAST_LINE = 10_000


def key_pages(
    *,
    token: str,
    pages: Mapping[int, Mapping[int, Mapping[str, object]]],
    by: Actor,
    at: datetime,
    notes: Mapping[int, str] | None = None,
) -> list[Keyed]:
    """Key whole pages: page → line → field (one of `KEYED`) → text as found; all or nothing.

    A page without lines needs a note in `notes` that says why. The first person to key a page is
    the first pass; in a job of method `twice` another one is the second and sees nothing of the
    first. Needs `digitise.key`. Raises `KeyingRefused`, `ImageRefused` for a page without a
    picture, `SamePerson`, `WrongStep`, `UnknownJob`.
    """
    notes = {page: note.strip() for page, note in (notes or {}).items() if note.strip()}
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.key", organisation_id=job.issuer_id)
        require_state(job, State.KEYING)
        done = []
        for page in sorted({*pages, *notes}):
            image = _image(job, page)
            before = _passes(image)
            _require_turn(job, page, before, by)
            lines = {line: keyed_line(v) for line, v in sorted(pages.get(page, {}).items())}
            note = notes.get(page, "")
            done.append(_insert(job, image, len(before) + 1, Method.KEY, lines, note, by, at))
        _record(job, "key", done, by, at)
        return [each for each, _ in done]


def key_sheet(
    *,
    token: str,
    data: bytes,
    file_name: str,
    by: Actor,
    at: datetime,
    page: int | None = None,
    sheet: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> list[Keyed]:
    """Key the pages of a workbook: columns Trang and Dòng beside the usual ones of a register.

    `page` is the page of rows without a column Trang. Column "Tình trạng dòng" names what is wrong
    with a line on paper. Raises what `key_pages` does, and `IntakeError`; `KeyingRefused` for
    headers that need an answer and rows without page or line, or with those of another row.
    """
    reading = read_file(data, file_name, sheet=sheet, answers=answers)
    if reading.questions:
        headers = ", ".join(f"“{asked.header}”" for _, asked in reading.questions)
        raise KeyingRefused(
            "digitise_questions",
            Text(f"Còn cột chưa rõ: {headers}.", f"Some columns are not understood: {headers}."),
            headers=[asked.header for _, asked in reading.questions],
        )
    pages: dict[int, dict[int, Mapping[str, object]]] = {}
    for row in reading.rows():
        place, line = row.get("book_page") or page, row.get("book_line")
        if not isinstance(place, int) or not isinstance(line, int):
            raise KeyingRefused(
                "digitise_row_without_place",
                Text(
                    f"Trang tính “{row.sheet}”, hàng {row.row}: thiếu số trang hoặc số dòng.",
                    f"Sheet “{row.sheet}”, row {row.row}: page or line is missing.",
                ),
                row=row.row,
            )
        if line in pages.setdefault(place, {}):
            raise KeyingRefused(
                "digitise_line_twice",
                Text(
                    f"Trang {place} dòng {line} có hai lần trong tệp (hàng {row.row}).",
                    f"Page {place} line {line} stands twice in the file (row {row.row}).",
                ),
                page=place,
                line=line,
            )
        pages[place][line] = _found(row)
    return key_pages(token=token, pages=pages, by=by, at=at)


def compare_page(
    *,
    token: str,
    page: int,
    by: Actor,
    at: datetime,
    corrections: Mapping[int, Mapping[str, object]] | None = None,
    absent: Collection[int] = (),
    note: str = "",
) -> Keyed:
    """Record that `by` compared every line of a page with its picture, and what differs.

    `corrections`: line → field → what stands on paper; a line the first person overlooked is given
    whole. `absent` are lines that do not stand there. Each correction is a difference a third
    person settles. Only in jobs of method `compare`. Needs `digitise.compare`. Raises as
    `key_pages` does.
    """
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.compare", organisation_id=job.issuer_id)
        require_state(job, State.KEYING)
        image = _image(job, page)
        before = _passes(image)
        if job.method != DigitisationJob.Method.COMPARE or len(before) != 1:
            raise KeyingRefused(
                "digitise_nothing_to_compare",
                Text(
                    f"Trang {page}: không ở bước đối chiếu (việc này cần hai người nhập độc lập, "
                    "hoặc trang chưa có ai nhập, hoặc đã xong).",
                    f"Page {page} is not there to be compared: two keyings are asked for, or "
                    "nobody keyed it yet, or it is done.",
                ),
                page=page,
            )
        _require_turn(job, page, before, by, comparing=True)
        lines = {
            line.line: dict(line.values)
            for line in KeyedLine.objects.filter(keying=before[0]).order_by("line")
        }
        for line, values in (corrections or {}).items():
            lines[line] = keyed_line({**lines.get(line, {}), **values})
        for line in absent:
            lines.pop(line, None)
        done = _insert(
            job, image, 2, Method.COMPARE, dict(sorted(lines.items())), note.strip(), by, at
        )
        _record(job, "compare", [done], by, at)
        return done[0]


def _image(job: DigitisationJob, page: int) -> PageImage:
    require_page(job, page)
    image = next(iter(current_images(job, [page])), None)
    if image is None:
        raise no_image(page)
    return image


def _passes(image: PageImage) -> list[PageKeying]:
    return list(PageKeying.objects.filter(image=image).order_by("ordinal"))


def _require_turn(
    job: DigitisationJob,
    page: int,
    before: list[PageKeying],
    by: Actor,
    *,
    comparing: bool = False,
) -> None:
    if any(keying.keyed_by == by.username for keying in before):
        raise other_person(
            by,
            f"Bạn đã nhập trang {page}; người thứ hai phải là người khác.",
            f"You keyed page {page} already; the second person must be another one.",
        )
    if len(before) == 2 or (
        len(before) == 1 and not comparing and job.method == DigitisationJob.Method.COMPARE
    ):
        raise KeyingRefused(
            "digitise_page_done",
            Text(
                f"Trang {page} đã đủ người nhập; việc còn lại là đối chiếu.",
                f"Page {page} is keyed; what is left is comparing.",
            ),
            page=page,
        )


def _insert(
    job: DigitisationJob,
    image: PageImage,
    ordinal: int,
    method: PageKeying.Method,
    lines: Mapping[int, Mapping[str, str]],
    note: str,
    by: Actor,
    at: datetime,
) -> tuple[Keyed, bytes]:
    _require_lines(image.page, lines, note)
    digest = hashlib.sha256(canonical.dumps([[n, values] for n, values in lines.items()])).digest()
    keying = PageKeying.objects.create(
        job=job,
        issuer_id=job.issuer_id,
        image=image,
        ordinal=ordinal,
        method=method,
        line_count=len(lines),
        note=note,
        digest=digest,
        keyed_by=by.username,
        keyed_at=at,
    )
    KeyedLine.objects.bulk_create(
        KeyedLine(keying=keying, issuer_id=job.issuer_id, line=line, values=values)
        for line, values in lines.items()
    )
    return Keyed(page=image.page, ordinal=ordinal, method=method, lines=len(lines)), digest


def _require_lines(page: int, lines: Mapping[int, Mapping[str, str]], note: str) -> None:
    bad = [line for line, values in lines.items() if not 1 <= line <= _LAST_LINE or not values]
    if bad:
        raise KeyingRefused(
            "digitise_line_empty",
            Text(
                f"Trang {page}: dòng {bad[0]} trống hoặc số dòng không hợp lý.",
                f"Page {page}: line {bad[0]} is empty or has no sensible number.",
            ),
            page=page,
            lines=bad,
        )
    if not lines and not note:
        raise KeyingRefused(
            "digitise_page_empty",
            Text(
                f"Trang {page} không có dòng nào: hãy ghi lý do (trang trắng, rách…).",
                f"Page {page} has no lines: say why (blank, torn…).",
            ),
            page=page,
        )


def _record(
    job: DigitisationJob, action: str, done: list[tuple[Keyed, bytes]], by: Actor, at: datetime
) -> None:
    pages = [[each.page, each.ordinal, each.lines, digest.hex()] for each, digest in done]
    event(job, action, by, at, pages=pages)


def _found(row: Row) -> dict[str, object]:
    """Return a row's texts as they stand, days and numbers in their one form."""
    found: dict[str, object] = {}
    for name in KEYED:
        value: Any = row.get(name)
        if value is None:
            value = row.get(f"{name}_raw")
        elif name == "sex":
            value = SEXES[value]
        elif isinstance(value, date):
            value = f"{value:%d/%m/%Y}"
        elif isinstance(value, float):
            value = f"{value:g}"
        if value is not None and value != "":
            found[name] = str(value)
    faults = row.get("book_fault")
    if faults:
        found["faults"] = str(faults)
    return found
