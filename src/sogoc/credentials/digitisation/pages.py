"""The pages of a job: how far each is, and its lines."""

from __future__ import annotations

from sogoc.credentials.digitisation.agreeing import read_pages
from sogoc.credentials.digitisation.models import CountedLine, PageKeying
from sogoc.credentials.digitisation.reading import page_view, visible_job
from sogoc.credentials.digitisation.records import PageLine, PageView
from sogoc.people.api import Actor, acting, require


def pages(*, token: str, by: Actor) -> list[PageView]:
    """Return the pages of a job that have a picture, in order. Raises `UnknownJob`."""
    with acting(by):
        job = visible_job(token)
        passes: dict[int, list[PageKeying]] = {}
        for keying in PageKeying.objects.filter(job=job).order_by("ordinal"):
            passes.setdefault(keying.image_id, []).append(keying)
        return [
            page_view(
                reading.image,
                passes=tuple(each.keyed_by for each in passes.get(reading.image.pk, ())),
                lines=next((each.line_count for each in passes.get(reading.image.pk, ())), None),
                open_differences=reading.open_differences() if reading.is_complete else None,
            )
            for reading in read_pages(job)
        ]


def page_lines(*, token: str, page: int, by: Actor) -> list[PageLine]:
    """Return the lines of a page as agreed so far, with their codes once they count.

    Before two persons are through: the first one's lines where they may be seen (to their own
    keyer, and to who compares), else none. An open difference shows the first reading. Needs
    `register.view`. Raises `UnknownJob`, `NotPermitted`.
    """
    with acting(by):
        job = visible_job(token)
        require(by, "register.view", organisation_id=job.issuer_id)
        reading = next(iter(read_pages(job, [page])), None)
        if reading is None or reading.first is None:
            return []
        if not reading.is_complete:
            return [PageLine(page, line, v) for line, v in sorted(reading.first.items())]
        codes = dict(
            CountedLine.objects.filter(image=reading.image).values_list(
                "line", "register_line__code"
            )
        )
        return [
            PageLine(page, line.line, line.values, codes.get(line.line, ""))
            for line in reading.agreed()
        ]
