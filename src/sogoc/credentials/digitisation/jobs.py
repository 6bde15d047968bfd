"""Opening a job, attaching its page images, giving it up."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

from sogoc.credentials.digitisation import images
from sogoc.credentials.digitisation.errors import ImageRefused, JobRefused, SamePerson, WrongStep
from sogoc.credentials.digitisation.models import DigitisationJob, PageImage, PageKeying
from sogoc.credentials.digitisation.reading import job_view, locked_job, page_view
from sogoc.credentials.digitisation.records import JobView, PageView
from sogoc.credentials.digitisation.state import TRANSITIONS, State
from sogoc.kernel.names import clean
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require

MAX_PAGES: Final = 500
"""Pages of one job; a thicker book takes several."""

_YEARS: Final = range(1900, 2200)


def open_job(
    *,
    issuer: str,
    kind: str,
    title: str,
    years: tuple[int, int],
    pages: tuple[int, int],
    by: Actor,
    at: datetime,
    method: str = DigitisationJob.Method.TWICE,
    signatory_title: str = "",
    signatory_name: str = "",
) -> JobView:
    """Open a job for a stretch of pages of a paper book, first and last page and year included.

    `issuer` (code) is the body that issued what the book records; the actor's own body is its
    custodian. `method`: `twice` (two persons key, neither sees the other) or `compare`. Titles are
    kept as typed. Needs `digitise.key`. Raises `JobRefused`, `NotPermitted`, `UnknownOrganisation`.
    """
    title = clean(title)
    _require_sensible(title, years, pages, method)
    with acting(by):
        organisation = get_organisation(issuer)
        require(by, "digitise.key", organisation_id=organisation.pk)
        assert by.organisation_id is not None  # noqa: S101 - it keeps the issuer's register
        _require_free(organisation.pk, kind, title, pages)
        job = DigitisationJob.objects.create(
            token=f"sh_{secrets.token_urlsafe(9)}",
            issuer=organisation,
            custodian_id=by.organisation_id,
            kind=kind,
            title=title,
            year_from=years[0],
            year_to=years[1],
            first_page=pages[0],
            last_page=pages[1],
            method=method,
            signatory_title=signatory_title.strip(),
            signatory_name=clean(signatory_name),
            opened_by=by.username,
            opened_at=at,
        )
        event(job, "open", by, at, title=title, pages=list(pages), years=list(years), method=method)
        return job_view(job)


def _require_sensible(
    title: str, years: tuple[int, int], pages: tuple[int, int], method: str
) -> None:
    if not title or len(title) > 200:
        raise JobRefused(
            "digitise_title",
            Text(
                "Cần tên quyển sổ, không quá 200 ký tự.",
                "The book needs a title of at most 200 characters.",
            ),
        )
    if years[0] > years[1] or years[0] not in _YEARS or years[1] not in _YEARS:
        raise JobRefused(
            "digitise_years",
            Text("Năm đầu, năm cuối của sổ không hợp lý.", "The years of the book make no sense."),
        )
    if not 1 <= pages[0] <= pages[1] or pages[1] - pages[0] >= MAX_PAGES:
        raise JobRefused(
            "digitise_pages",
            Text(
                f"Trang đầu, trang cuối không hợp lý (mỗi việc tối đa {MAX_PAGES} trang).",
                f"First and last page make no sense (a job has at most {MAX_PAGES} pages).",
            ),
        )
    if method not in DigitisationJob.Method.values:
        raise JobRefused(
            "digitise_method",
            Text("Cách làm là twice hoặc compare.", "The method is twice or compare."),
        )


def _require_free(issuer_id: int, kind: str, title: str, pages: tuple[int, int]) -> None:
    other = (
        DigitisationJob.objects.filter(
            issuer_id=issuer_id,
            kind=kind,
            title__iexact=title,
            first_page__lte=pages[1],
            last_page__gte=pages[0],
        )
        .exclude(state=State.CANCELLED)
        .first()
    )
    if other is not None:
        raise JobRefused(
            "digitise_pages_taken",
            Text(
                f"Trang {other.first_page}–{other.last_page} của quyển này đã có việc số hóa "
                f"{other.token}.",
                f"Pages {other.first_page}–{other.last_page} of this book are in the job "
                f"{other.token}.",
            ),
            token=other.token,
        )


def attach_page(
    *,
    token: str,
    page: int,
    data: bytes,
    file_name: str,
    uploads: Path,
    by: Actor,
    at: datetime,
    again_because: str = "",
) -> PageView:
    """Attach the picture of a page. The same picture again changes nothing.

    The bytes go to `uploads`, the directory of received files, before anything names them. Another
    picture takes its place; where the page was keyed already it must be keyed anew, which needs
    `digitise.compare` and a reason, `again_because` (then the same picture will do). Needs
    `digitise.key`. Raises `ImageRefused` (no picture, or that of another page; page keyed already),
    `WrongStep`, `UnknownJob`.
    """
    picture = images.recognise(data, file_name)
    images.store(picture, uploads)
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.key", organisation_id=job.issuer_id)
        require_state(job, State.KEYING)
        require_page(job, page)
        image = PageImage.objects.filter(job=job, page=page).order_by("-take").first()
        again = again_because.strip()
        if image is None or again or bytes(image.sha256) != picture.sha256:
            _require_other_picture(job, page, picture.sha256)
            if image is not None and PageKeying.objects.filter(image=image).exists():
                _require_again(by, job, page, again)
            image = PageImage.objects.create(
                job=job,
                issuer_id=job.issuer_id,
                page=page,
                take=1 if image is None else image.take + 1,
                file_name=file_name[:200],
                sha256=picture.sha256,
                media_type=picture.media_type,
                size=len(data),
                reason=again,
                attached_by=by.username,
                attached_at=at,
            )
            digest = picture.sha256.hex()
            event(job, "attach", by, at, reason=again, page=page, sha256=digest, take=image.take)
        return page_view(image)


def _require_other_picture(job: DigitisationJob, page: int, sha256: bytes) -> None:
    other = PageImage.objects.filter(job=job, sha256=sha256).exclude(page=page).first()
    if other is not None:
        raise ImageRefused(
            "digitise_image_of_other_page",
            Text(
                f"Ảnh này đã gắn cho trang {other.page}.",
                f"This picture is attached to page {other.page}.",
            ),
            page=other.page,
        )


def _require_again(by: Actor, job: DigitisationJob, page: int, reason: str) -> None:
    require(by, "digitise.compare", organisation_id=job.issuer_id)
    if not reason:
        raise ImageRefused(
            "digitise_page_keyed",
            Text(
                f"Trang {page} đã nhập. Muốn đổi ảnh và nhập lại từ đầu thì nêu lý do.",
                f"Page {page} is keyed. To change its picture and key it anew, give the reason.",
            ),
            page=page,
        )


def cancel_job(*, token: str, reason: str, by: Actor, at: datetime) -> JobView:
    """Give up a job whose lines do not count yet; its pages may be digitised anew.

    Needs `digitise.sign` and a reason. Raises `WrongStep`, `UnknownJob`.
    """
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.sign", organisation_id=job.issuer_id)
        require_reason(reason)
        move(
            job,
            State.CANCELLED,
            "cancel",
            by,
            at,
            reason=reason.strip(),
            cancelled_by=by.username,
            cancel_reason=reason.strip(),
        )
        return job_view(job)


def move(
    job: DigitisationJob,
    state: DigitisationJob.State,
    action: str,
    by: Actor,
    at: datetime,
    *,
    reason: str = "",
    detail: dict[str, object] | None = None,
    **columns: object,
) -> None:
    """Take a locked job to `state` with the columns of that step, and record it.

    Raises `WrongStep` for a step the table of transitions does not have.
    """
    if state not in TRANSITIONS[State(job.state)]:
        raise wrong_state(job)
    job.state = state
    for name, value in columns.items():
        setattr(job, name, value)
    job.save(update_fields=["state", *columns])
    event(job, action, by, at, reason=reason, **(detail or {}))


def require_state(job: DigitisationJob, *states: DigitisationJob.State) -> None:
    """Raise `WrongStep` unless the job is in one of the states."""
    if job.state not in states:
        raise wrong_state(job)


def wrong_state(job: DigitisationJob) -> WrongStep:
    """Return the error that says where the job stands."""
    return WrongStep(
        "digitise_state",
        Text(
            f"Việc số hóa đang ở bước “{State(job.state).label}”, không làm được việc này.",
            f"The job is {job.state}; this step does not start from there.",
        ),
        token=job.token,
        state=job.state,
    )


def require_page(job: DigitisationJob, page: int) -> None:
    """Raise `JobRefused` for a page outside the job."""
    if not job.first_page <= page <= job.last_page:
        raise JobRefused(
            "digitise_page_outside",
            Text(
                f"Trang {page} ngoài phạm vi {job.first_page}–{job.last_page} của việc này.",
                f"Page {page} is outside the pages {job.first_page}–{job.last_page} of the job.",
            ),
            page=page,
        )


def require_reason(reason: str) -> None:
    """Raise `WrongStep` without a reason."""
    if not reason.strip():
        raise WrongStep(
            "digitise_reason_missing",
            Text("Việc này phải nêu lý do.", "This needs its reason."),
        )


def other_person(by: Actor, vi: str, en: str) -> SamePerson:
    """Return the error that asks for another person."""
    return SamePerson("four_eyes", Text(vi, en), username=by.username)


def event(
    job: DigitisationJob,
    action: str,
    by: Actor,
    at: datetime,
    *,
    reason: str = "",
    **detail: object,
) -> None:
    """Record what was done to a job, in the transaction that did it."""
    record_event(
        actor=by,
        verb=f"digitisation:job:{action}",
        subject=job.token,
        at=at,
        reason=reason,
        detail={"kind": job.kind, **detail},
        organisation_code=job.issuer.code,
    )
