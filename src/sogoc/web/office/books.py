"""Paper books on their way into the register: jobs, their pictures, and the acts that end them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.digitisation import api as digitisation
from sogoc.kernel.errors import Error
from sogoc.people.api import may
from sogoc.web import clock, showing
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.forms import PlainForm
from sogoc.web.office import choices
from sogoc.web.office.book_forms import MinutesForm, OpenForm, PicturesForm, WhyForm
from sogoc.web.paging import Page, page_of

PAGES_A_PAGE: Final = 50
_SHOWN: Final = {"image/jpeg", "image/png"}


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of a job as its table shows it: how far it is, and what this officer may do."""

    page: int
    view: digitisation.PageView | None
    says: str
    tone: str
    address: str
    does: str


@dataclass(frozen=True, slots=True)
class JobAct:
    """One step that concerns the whole job; `run` returns the sentence to show."""

    name: str | Promise
    explains: str | Promise
    run: Callable[[OfficeRequest, str, dict[str, Any]], str]
    states: frozenset[str]
    form: type[PlainForm] = PlainForm
    is_danger: bool = False


@office("register.view")
@require_safe
def index(request: OfficeRequest) -> HttpResponse:
    """List the jobs the officer may see, by state."""
    state = request.GET.get("state", "")
    state = state if state in showing.JOB_STATES else ""
    found = digitisation.jobs(by=request.actor, state=state or None)
    context = {
        "jobs": found,
        "state": state,
        "states": showing.JOB_STATES.items(),
        "kind_names": {job.kind: choices.kind_name(job.kind) for job in found},
        "may_open": may(request.actor, "digitise.key"),
    }
    return render(request, "office/books/index.html", context)


@office("digitise.key")
@require_http_methods(["GET", "HEAD", "POST"])
def open_job(request: OfficeRequest) -> HttpResponse:
    """Open a job for a stretch of pages."""
    form = OpenForm(
        request.POST or None,
        initial={"method": "twice", "issuer": request.actor.organisation_code or ""},
        kinds=choices.all_kinds(),
        issuers=choices.kept_issuers(request.actor),
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        years = said.pop("year_from"), said.pop("year_to")
        pages = said.pop("first_page"), said.pop("last_page")
        try:
            job = digitisation.open_job(
                **said, years=years, pages=pages, by=request.actor, at=clock.now()
            )
        except digitisation.JobRefused as error:
            return render(
                request, "office/books/open.html", {"form": form, "error": error}, status=409
            )
        messages.success(request, gettext("Đã mở việc số hóa. Việc kế tiếp: gắn ảnh các trang."))
        return HttpResponseRedirect(reverse("office:book", args=[job.token]))
    return render(request, "office/books/open.html", {"form": form})


@office("register.view")
@require_safe
def show(request: OfficeRequest, token: str) -> HttpResponse:
    """Show where a job stands, page by page, and what can be done next."""
    job = digitisation.get_job(token=token, by=request.actor)
    page = page_of(request, PAGES_A_PAGE, total=job.last_page - job.first_page + 1)
    is_asked = "pictures" in request.GET
    context = {
        "job": job,
        "kind_name": choices.kind_name(job.kind),
        "page": _rows(request, job, page),
        "minutes": digitisation.get_minutes(token=token, by=request.actor),
        "acts": [(name, act) for name, act in ACTS.items() if _may_do(request, job, name)],
        "may_attach": job.state == "keying" and may(request.actor, "digitise.key"),
        "are_pictures_compared": is_asked,
        "altered": digitisation.altered_images(
            token=token, uploads=clock.uploads_directory(), by=request.actor
        )
        if is_asked
        else [],
        "steps": _steps(job),
    }
    return render(request, "office/books/job.html", context)


@office("digitise.key")
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: OfficeRequest, token: str) -> HttpResponse:
    """Attach pictures to pages that follow one another."""
    job = digitisation.get_job(token=token, by=request.actor)
    form = PicturesForm(
        request.POST or None,
        request.FILES or None,
        initial={"page": _without_picture(request, job)},
    )
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = 0
        files = sorted(said["pictures"], key=lambda file: _natural(file.name))
        try:
            for number, file in enumerate(files, said["page"]):
                digitisation.attach_page(
                    token=token,
                    page=number,
                    data=file.read(),
                    file_name=file.name,
                    uploads=clock.uploads_directory(),
                    by=request.actor,
                    at=clock.now(),
                    again_because=said["again_because"],
                )
                done += 1
        except digitisation.UnknownJob:
            raise
        except Error as refused:
            error = refused
        if done:
            messages.success(
                request,
                ngettext("Đã gắn ảnh cho %(count)s trang.", "Đã gắn ảnh cho %(count)s trang.", done)
                % {"count": done},
            )
        if error is None:
            return HttpResponseRedirect(reverse("office:book", args=[token]))
    context = {"job": job, "form": form, "error": error}
    return render(request, "office/books/attach.html", context, status=409 if error else 200)


@office("register.view")
@require_safe
def picture(request: OfficeRequest, token: str, page: int) -> HttpResponse:
    """Give the picture of a page; the door forbids to keep it."""
    data, media_type = digitisation.page_image(
        token=token, page=page, uploads=clock.uploads_directory(), by=request.actor
    )
    response = HttpResponse(data, content_type=media_type)
    kind = "inline" if media_type in _SHOWN else "attachment"
    ending = media_type.rsplit("/", 1)[1]
    response["Content-Disposition"] = f'{kind}; filename="trang-{page}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@office("digitise.sign")
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: OfficeRequest, token: str, name: str) -> HttpResponse:
    """Show one step with what it concerns; do it on confirmation."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    form = _form_of(request, chosen)
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        if isinstance(form, MinutesForm):
            said["days"] = form.days()
        try:
            messages.success(request, chosen.run(request, token, said))
        except digitisation.UnknownJob:
            raise
        except Error as refused:
            error = refused
            if refused.code == "digitise_days_missing":
                form = _asking_for_days(request, refused)
        else:
            return HttpResponseRedirect(reverse("office:book", args=[token]))
    job = digitisation.get_job(token=token, by=request.actor)
    context = {
        "act": chosen,
        "form": form,
        "error": error,
        "job": job,
        "kind_name": choices.kind_name(job.kind),
        "minutes": None if name == "minutes" else _minutes(request, job),
    }
    return render(request, "office/books/act.html", context, status=409 if error else 200)


# --- what the acts do ---------------------------------------------------------------------------


def _draw_up(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    done = digitisation.draw_up_minutes(
        token=token,
        number=said["number"],
        on=said["on"],
        days=said["days"],
        days_basis=said.get("basis", ""),
        by=request.actor,
        at=clock.now(),
    )
    return gettext(
        "Đã lập và bạn đã ký biên bản %(number)s: %(lines)s dòng sẽ vào sổ. Cần thêm một người ký."
    ) % {"number": done.number, "lines": done.lines}


def _sign(request: OfficeRequest, token: str, _said: dict[str, Any]) -> str:
    digitisation.sign_minutes(token=token, by=request.actor, at=clock.now())
    return gettext("Bạn đã ký biên bản. Đủ hai người ký thì vào sổ được.")


def _withdraw(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    digitisation.withdraw_minutes(
        token=token, reason=said["reason"], by=request.actor, at=clock.now()
    )
    return gettext("Đã rút biên bản. Các trang sửa lại được.")


def _count(request: OfficeRequest, token: str, _said: dict[str, Any]) -> str:
    done = digitisation.count_job(token=token, by=request.actor, at=clock.now())
    text = gettext("Đã vào sổ gốc %(lines)s dòng.") % {"lines": done.lines}
    if done.serials_beside:
        places = "; ".join(
            gettext("trang %(page)s dòng %(line)s") % {"page": page, "line": line}
            for page, line in done.serials_beside
        )
        text += " " + gettext(
            "Số hiệu trùng với văn bằng đang có, giữ ở chi tiết của dòng: %(places)s."
        ) % {"places": places}
    return text


def _cancel(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    digitisation.cancel_job(token=token, reason=said["reason"], by=request.actor, at=clock.now())
    return gettext("Đã bỏ việc số hóa này.")


ACTS: Final[dict[str, JobAct]] = {
    "minutes": JobAct(
        gettext_lazy("Lập biên bản"),
        gettext_lazy(
            "Biên bản chốt ảnh, các dòng đã thống nhất và mã băm của chúng. "
            "Người lập ký luôn; thêm một người nữa ký, ít nhất một trong hai người không nhập liệu."
        ),
        _draw_up,
        frozenset({"keying"}),
        form=MinutesForm,
    ),
    "sign": JobAct(
        gettext_lazy("Ký biên bản"),
        gettext_lazy("Bạn ký bằng tài khoản của mình. Mã băm được tính lại và so trước khi ký."),
        _sign,
        frozenset({"compared"}),
    ),
    "count": JobAct(
        gettext_lazy("Vào sổ gốc"),
        gettext_lazy(
            "Mọi dòng của biên bản vào sổ gốc cùng một lúc, không sửa và không xóa được. "
            "Làm lần nữa cũng không thêm gì."
        ),
        _count,
        frozenset({"signed"}),
    ),
    "withdraw": JobAct(
        gettext_lazy("Rút biên bản"),
        gettext_lazy("Việc trở lại bước nhập và đối chiếu; sau đó lập biên bản mới."),
        _withdraw,
        frozenset({"compared"}),
        form=WhyForm,
        is_danger=True,
    ),
    "cancel": JobAct(
        gettext_lazy("Bỏ việc số hóa"),
        gettext_lazy("Không dòng nào vào sổ. Các trang này mở việc khác được."),
        _cancel,
        frozenset({"keying", "compared", "signed"}),
        form=WhyForm,
        is_danger=True,
    ),
}


def _form_of(request: OfficeRequest, chosen: JobAct) -> PlainForm:
    data = request.POST if request.method == "POST" else None
    if chosen.form is not MinutesForm:
        return chosen.form(data)
    texts: list[str] = []
    while data is not None and f"text{len(texts)}" in data:
        texts.append(str(data[f"text{len(texts)}"]))
    return MinutesForm(data, texts=texts, initial={"on": clock.business_date()})


def _asking_for_days(request: OfficeRequest, refused: Error) -> MinutesForm:
    """Ask for the days the minutes lack; what was typed stays."""
    texts = refused.context["texts"]
    assert isinstance(texts, list)  # noqa: S101 - what the domain says of it
    form = MinutesForm(request.POST, texts=texts)
    form.errors.clear()
    typed = {name: form[name].value() for name in ("number", "on")}
    day = typed.pop("on")
    initial = {**typed, **{f"text{n}": text for n, text in enumerate(texts)}}
    fresh = MinutesForm(texts=texts, initial=initial)
    fresh.fields["on"].initial = MinutesForm.base_fields["on"].clean(day)
    return fresh


# --- what the pages show ------------------------------------------------------------------------


def _rows(request: OfficeRequest, job: digitisation.JobView, page: Page) -> Page:
    views = {view.page: view for view in digitisation.pages(token=job.token, by=request.actor)}
    first = job.first_page + page.offset
    wanted = range(first, min(first + page.size, job.last_page) + 1)
    return page.with_items([_row(request, job, number, views.get(number)) for number in wanted])


def _row(
    request: OfficeRequest,
    job: digitisation.JobView,
    number: int,
    view: digitisation.PageView | None,
) -> PageRow:
    says, tone, to, does = _standing(request, job, view)
    is_open = job.state == "keying"
    address = reverse(f"office:book-{to}", args=[job.token, number]) if to and is_open else ""
    return PageRow(number, view, says, tone, address, does if address else "")


def _standing(
    request: OfficeRequest, job: digitisation.JobView, view: digitisation.PageView | None
) -> tuple[str, str, str, str]:
    """Return how far a page is, its tone, and the view and name of what this officer may do."""
    may_key = may(request.actor, "digitise.key")
    may_compare = may(request.actor, "digitise.compare")
    if view is None:
        return gettext("Chưa có ảnh"), "", "", ""
    mine = request.actor.username in view.passes
    if not view.passes:
        says = gettext("Chờ người thứ nhất nhập")
        return says, "info", "key" if may_key else "", gettext("Nhập trang")
    if len(view.passes) == 1 and job.method == "compare":
        says = gettext("Chờ người thứ hai đối chiếu")
        to = "compare" if may_compare and not mine else ""
        return says, "info", to, gettext("Đối chiếu với ảnh")
    if len(view.passes) == 1:
        says = gettext("Chờ người thứ hai nhập")
        return says, "info", "key" if may_key and not mine else "", gettext("Nhập trang")
    if view.open_differences:
        says = ngettext(
            "%(count)s chỗ khác nhau", "%(count)s chỗ khác nhau", view.open_differences
        ) % {"count": view.open_differences}
        to = "differences" if may_compare else ""
        return says, "warn", to, gettext("Xem chỗ khác nhau")
    return gettext("Hai người thống nhất"), "ok", "", ""


def _without_picture(request: OfficeRequest, job: digitisation.JobView) -> int | None:
    """Return the first page without a picture."""
    have = {view.page for view in digitisation.pages(token=job.token, by=request.actor)}
    return next((n for n in range(job.first_page, job.last_page + 1) if n not in have), None)


def _may_do(request: OfficeRequest, job: digitisation.JobView, name: str) -> bool:
    if job.state not in ACTS[name].states or not may(request.actor, "digitise.sign"):
        return False
    if name in {"minutes", "sign"}:
        return _is_ready(request, job, name)
    return True


def _is_ready(request: OfficeRequest, job: digitisation.JobView, name: str) -> bool:
    """Whether all pages are through, or this officer has not signed yet."""
    if name == "sign":
        drawn_up = _minutes(request, job)
        signed = [each.signed_by for each in drawn_up.signatures] if drawn_up else []
        return request.actor.username not in signed
    views = digitisation.pages(token=job.token, by=request.actor)
    through = sum(view.open_differences == 0 for view in views)
    return through == job.last_page - job.first_page + 1


def _minutes(request: OfficeRequest, job: digitisation.JobView) -> digitisation.MinutesView | None:
    return digitisation.get_minutes(token=job.token, by=request.actor)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way of a book as shown: `state` is `done`, `now` or empty."""

    name: str | Promise
    state: str
    detail: str


def _steps(job: digitisation.JobView) -> list[Step]:
    order = [key for key, _name in showing.JOB_STEPS]
    reached = order.index(job.state) if job.state in order else -1
    details = {
        "keying": f"{job.opened_by}, {showing.show_moment(job.opened_at)}",
        "counted": f"{job.counted_by}, {showing.show_moment(job.counted_at)}"
        if job.counted_at
        else "",
    }
    steps = []
    for place, (key, name) in enumerate(showing.JOB_STEPS):
        is_last = key == "counted" and place == reached
        state = "done" if place < reached or is_last else "now" if place == reached else ""
        steps.append(Step(name, state, details.get(key, "")))
    return steps


def _natural(name: str | None) -> list[tuple[int, str]]:
    """Sort key of file names: `trang-9` before `trang-10`."""
    parts = re.findall(r"\d+|\D+", (name or "").casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
