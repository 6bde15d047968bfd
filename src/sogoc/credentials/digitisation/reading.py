"""Reading jobs and their pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db.models import QuerySet

from sogoc.credentials.digitisation import images
from sogoc.credentials.digitisation.errors import ImageRefused, UnknownJob
from sogoc.credentials.digitisation.models import (
    DigitisationJob,
    DigitisationMinutes,
    MinutesSignature,
    PageImage,
)
from sogoc.credentials.digitisation.records import JobView, MinutesView, PageView, SignatureView
from sogoc.credentials.register.api import erased_files
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, require


def jobs(
    *, by: Actor, issuer: str | None = None, state: str | None = None, limit: int = 100
) -> list[JobView]:
    """Return the jobs the actor may see, the newest first."""
    with acting(by):
        found = _jobs()
        if issuer is not None:
            found = found.filter(issuer__code=issuer)
        if state is not None:
            found = found.filter(state=state)
        return [job_view(job) for job in found[:limit]]


def get_job(*, token: str, by: Actor) -> JobView:
    """Return one job. Raises `UnknownJob`."""
    with acting(by):
        return job_view(visible_job(token))


def page_image(*, token: str, page: int, uploads: Path, by: Actor) -> tuple[bytes, str]:
    """Return the picture of a page and its media type, compared with the digest stored.

    Needs `register.view`. Raises `ImageRefused` when there is none, or it is gone, altered
    or lawfully erased; `UnknownJob`, `NotPermitted`.
    """
    with acting(by):
        job = visible_job(token)
        require(by, "register.view", organisation_id=job.issuer_id)
        image = next(iter(current_images(job, [page])), None)
        erased = erased_files("pages")
    if image is None:
        raise no_image(page)
    if bytes(image.sha256) in erased:
        raise ImageRefused(
            "digitise_image_erased",
            Text(
                f"Ảnh trang {page} đã xóa cùng dữ liệu của những người trên trang.",
                f"The picture of page {page} was erased with the data of the people on it.",
            ),
            page=page,
        )
    return images.load(bytes(image.sha256), uploads), image.media_type


def altered_images(*, token: str, uploads: Path, by: Actor) -> list[int]:
    """Return the pages whose picture is gone from `uploads` without an erasure, or was altered."""
    with acting(by):
        job = visible_job(token)
        erased = erased_files("pages")
        found = [each for each in current_images(job) if bytes(each.sha256) not in erased]
    pages = []
    for image in found:
        try:
            images.load(bytes(image.sha256), uploads)
        except ImageRefused:
            pages.append(image.page)
    return pages


def no_image(page: int) -> ImageRefused:
    """Return the error for a page without a picture."""
    return ImageRefused(
        "digitise_no_image",
        Text(f"Trang {page} chưa có ảnh.", f"Page {page} has no picture yet."),
        page=page,
    )


def current_images(job: DigitisationJob, pages: Iterable[int] | None = None) -> list[PageImage]:
    """Return the picture that holds of each page that has one, in order of the pages."""
    found = PageImage.objects.filter(job=job)
    if pages is not None:
        found = found.filter(page__in=list(pages))
    newest = {image.page: image for image in found.order_by("page", "take")}
    return list(newest.values())


def locked_job(token: str) -> DigitisationJob:
    """Return the job, its row locked to the end of the transaction. Raises `UnknownJob`."""
    job = (
        DigitisationJob.objects.select_for_update(of=("self",))
        .select_related("issuer")
        .filter(token=token)
    )
    return _found(job, token)


def visible_job(token: str) -> DigitisationJob:
    """Return the job. Raises `UnknownJob`."""
    return _found(_jobs().filter(token=token), token)


def _found(jobs: QuerySet[DigitisationJob], token: str) -> DigitisationJob:
    job = jobs.first()
    if job is None:
        raise UnknownJob(
            "digitise_job_unknown",
            Text(f"Không có việc số hóa nào mang mã {token}.", f"No job has the token {token}."),
            token=token,
        )
    return job


def _jobs() -> QuerySet[DigitisationJob]:
    return DigitisationJob.objects.select_related("issuer", "custodian").order_by(
        "-opened_at", "-pk"
    )


def job_view(job: DigitisationJob) -> JobView:
    """Return a job as others see it."""
    return JobView(
        token=job.token,
        state=job.state,
        issuer=job.issuer.code,
        issuer_name=job.issuer.name,
        custodian=job.custodian.code,
        kind=job.kind,
        title=job.title,
        year_from=job.year_from,
        year_to=job.year_to,
        first_page=job.first_page,
        last_page=job.last_page,
        method=job.method,
        signatory_title=job.signatory_title,
        signatory_name=job.signatory_name,
        opened_by=job.opened_by,
        opened_at=job.opened_at,
        counted_by=job.counted_by,
        counted_at=job.counted_at,
        cancelled_by=job.cancelled_by,
        cancel_reason=job.cancel_reason,
    )


def page_view(
    image: PageImage,
    passes: tuple[str, ...] = (),
    lines: int | None = None,
    open_differences: int | None = None,
) -> PageView:
    """Return a page as others see it."""
    return PageView(
        page=image.page,
        take=image.take,
        sha256=bytes(image.sha256).hex(),
        file_name=image.file_name,
        media_type=image.media_type,
        passes=passes,
        lines=lines,
        open_differences=open_differences,
    )


def latest_minutes(job: DigitisationJob) -> DigitisationMinutes | None:
    """Return the minutes that hold, `None` before any were drawn up."""
    return DigitisationMinutes.objects.filter(job=job).order_by("-pk").first()


def minutes_view(minutes: DigitisationMinutes) -> MinutesView:
    """Return minutes with their signatures, in the order signed."""
    signed = MinutesSignature.objects.filter(minutes=minutes).order_by("pk")
    return MinutesView(
        number=minutes.number,
        on=minutes.date,
        first_page=minutes.first_page,
        last_page=minutes.last_page,
        lines=minutes.line_count,
        aside=minutes.aside_count,
        days={text: date.fromisoformat(day) for text, day in minutes.days.items()},
        days_basis=minutes.days_basis,
        digest=bytes(minutes.digest).hex(),
        drawn_up_by=minutes.drawn_up_by,
        signatures=tuple(
            SignatureView(each.signed_by, each.signer_name, each.signed_at) for each in signed
        ),
    )


def get_minutes(*, token: str, by: Actor) -> MinutesView | None:
    """Return the minutes of a job that hold, `None` before any were drawn up."""
    with acting(by):
        minutes = latest_minutes(visible_job(token))
        return None if minutes is None else minutes_view(minutes)
