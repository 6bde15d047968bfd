"""What two persons agree on, where they differ, and what a third one decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sogoc.credentials.digitisation.errors import KeyingRefused, WrongStep
from sogoc.credentials.digitisation.fields import KEYED, normal
from sogoc.credentials.digitisation.jobs import event, other_person, require_reason, require_state
from sogoc.credentials.digitisation.models import (
    DigitisationJob,
    KeyedLine,
    LineSettlement,
    PageImage,
    PageKeying,
)
from sogoc.credentials.digitisation.reading import current_images, locked_job, visible_job
from sogoc.credentials.digitisation.records import Difference, PageLine
from sogoc.credentials.digitisation.state import State
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, require

LINE: Final = "line"
KEPT, DROPPED = "kept", "dropped"
"""Values of the field `line`: whether it stands on the page at all."""

Lines = Mapping[int, Mapping[str, str]]
"""Line number → values."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page as two persons read it and a third one settled it.

    `image` is the picture that holds; `first` and `second` are `None` while nobody was there;
    `settled` maps line and field to the newest decision.
    """

    image: PageImage
    first: Lines | None
    second: Lines | None
    settled: Mapping[tuple[int, str], LineSettlement]

    @property
    def is_complete(self) -> bool:
        """Whether two persons are through with the page."""
        return self.first is not None and self.second is not None

    def differences(self) -> list[Difference]:
        """Return every field read differently, settled or not; needs two passes."""
        assert self.first is not None  # noqa: S101 - asked of complete pages
        assert self.second is not None  # noqa: S101
        found = []
        for line in sorted(self.first.keys() | self.second.keys()):
            one, two = self.first.get(line), self.second.get(line)
            if one is None or two is None:
                here, absent = (KEPT if each is not None else DROPPED for each in (one, two))
                found.append(self._difference(line, LINE, here, absent))
                continue
            found += [
                self._difference(line, name, one.get(name, ""), two.get(name, ""))
                for name in KEYED
                if one.get(name, "") != two.get(name, "")
            ]
        return found

    def _difference(self, line: int, field: str, first: str, second: str) -> Difference:
        decided = self.settled.get((line, field))
        return Difference(
            page=self.image.page,
            line=line,
            field=field,
            first=first,
            second=second,
            settled=None if decided is None else decided.value,
            reason="" if decided is None else decided.reason,
        )

    def open_differences(self) -> int:
        """Return how many differences nobody settled; those of a dropped line do not matter."""
        return sum(
            each.settled is None for each in self.differences() if not self.is_dropped(each.line)
        )

    def is_dropped(self, line: int) -> bool:
        """Whether a third person decided that the line does not stand there."""
        decided = self.settled.get((line, LINE))
        return decided is not None and decided.value == DROPPED

    def agreed(self) -> list[PageLine]:
        """Return the lines as agreed and settled, in order; call it when nothing is open."""
        assert self.first is not None  # noqa: S101 - asked of complete pages
        assert self.second is not None  # noqa: S101
        lines = []
        for line in sorted(self.first.keys() | self.second.keys()):
            if self.is_dropped(line):
                continue
            values = dict(self.first.get(line) or self.second.get(line) or {})
            for name in KEYED:
                decided = self.settled.get((line, name))
                if decided is not None:
                    values[name] = decided.value
            kept = {name: values[name] for name in KEYED if values.get(name)}
            lines.append(PageLine(self.image.page, line, kept))
        return lines


def read_pages(
    job: DigitisationJob, pages: Iterable[int] | None = None, *, may_hide: bool = True
) -> list[PageReading]:
    """Return the pages of a job that have a picture, in order; inside `acting(...)`.

    What row-level security hides (the first keying, from the second person) reads as no lines:
    `may_hide` says that this is expected.
    """
    images = current_images(job, pages)
    keyings = PageKeying.objects.filter(image__in=images).order_by("ordinal")
    lines: dict[int, dict[int, dict[str, str]]] = {keying.pk: {} for keying in keyings}
    for line in KeyedLine.objects.filter(keying__in=list(lines)):
        lines[line.keying_id][line.line] = line.values
    passes: dict[int, list[dict[int, dict[str, str]]]] = {}
    for keying in keyings:
        if not may_hide and len(lines[keying.pk]) != keying.line_count:
            raise RuntimeError(f"keying {keying.pk} is not whole")
        passes.setdefault(keying.image_id, []).append(lines[keying.pk])
    settled: dict[int, dict[tuple[int, str], LineSettlement]] = {}
    for each in LineSettlement.objects.filter(image__in=images).order_by("pk"):
        settled.setdefault(each.image_id, {})[each.line, each.field] = each
    found = []
    for image in images:
        first, second = (*passes.get(image.pk, []), None, None)[:2]
        found.append(PageReading(image, first, second, settled.get(image.pk, {})))
    return found


def differences(
    *, token: str, by: Actor, page: int | None = None, only_open: bool = False
) -> list[Difference]:
    """Return where the two persons read differently, on pages both are through with.

    Needs `digitise.compare`. Raises `UnknownJob`, `NotPermitted`.
    """
    with acting(by):
        job = visible_job(token)
        require(by, "digitise.compare", organisation_id=job.issuer_id)
        return [
            found
            for reading in read_pages(job, None if page is None else [page])
            if reading.is_complete
            for found in reading.differences()
            if not only_open or (found.settled is None and not reading.is_dropped(found.line))
        ]


def settle(
    *,
    token: str,
    page: int,
    line: int,
    field: str,
    value: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Difference:
    """Decide one field of one line, as a third person who keyed nothing of the page.

    `field` is one of `KEYED`, with the text that stands on paper (empty: nothing stands there), or
    `line` with `kept` or `dropped`. A field both read alike may be settled too; the newest decision
    holds, all are kept. Needs `digitise.compare`. Raises `SamePerson`, `KeyingRefused`, `WrongStep`
    without a reason or before two persons are through, `UnknownJob`.
    """
    with acting(by):
        job = locked_job(token)
        require(by, "digitise.compare", organisation_id=job.issuer_id)
        require_state(job, State.KEYING)
        require_reason(reason)
        reading = _read_by_others(job, page, by)
        decided = _decided(reading, line, field, value)
        made = LineSettlement.objects.create(
            job=job,
            issuer_id=job.issuer_id,
            image=reading.image,
            line=line,
            field=field,
            value=decided,
            reason=reason.strip(),
            settled_by=by.username,
            settled_at=at,
        )
        event(job, "settle", by, at, reason=reason.strip(), page=page, line=line, field=field)
        return Difference(
            page=page,
            line=line,
            field=field,
            first=_read(reading.first, line, field),
            second=_read(reading.second, line, field),
            settled=made.value,
            reason=made.reason,
        )


def _read_by_others(job: DigitisationJob, page: int, by: Actor) -> PageReading:
    """Return a page that two persons are through with, neither of them `by`."""
    reading = next(iter(read_pages(job, [page])), None)
    if reading is None or not reading.is_complete:
        raise WrongStep(
            "digitise_page_not_twice",
            Text(
                f"Trang {page} chưa đủ hai người nhập, đối chiếu.",
                f"Two persons are not through with page {page} yet.",
            ),
            page=page,
        )
    if PageKeying.objects.filter(image=reading.image, keyed_by=by.username).exists():
        raise other_person(
            by,
            "Chỗ khác nhau do người thứ ba quyết định, không phải người đã nhập trang này.",
            "A third person settles differences, never one of the two who keyed the page.",
        )
    return reading


def _read(lines: Lines | None, line: int, field: str) -> str:
    values = (lines or {}).get(line)
    if field == LINE:
        return DROPPED if values is None else KEPT
    return "" if values is None else values.get(field, "")


def _decided(reading: PageReading, line: int, field: str, value: str) -> str:
    assert reading.first is not None  # noqa: S101 - a complete page
    assert reading.second is not None  # noqa: S101
    if line not in reading.first and line not in reading.second:
        raise KeyingRefused(
            "digitise_line_unknown",
            Text(
                f"Không ai nhập dòng {line} của trang {reading.image.page}.",
                f"Nobody keyed line {line} of page {reading.image.page}.",
            ),
            line=line,
        )
    allowed = (*KEYED, LINE)
    if field not in allowed or (field == LINE and value not in {KEPT, DROPPED}):
        raise KeyingRefused(
            "digitise_settlement_unknown",
            Text(
                f"Trường “{field}” không nhận giá trị “{value}”.",
                f"The field {field!r} does not take {value!r}.",
            ),
            field=field,
        )
    return value if field == LINE else normal(field, value)
