"""Batches on their way: the overview, one batch, its rows, and the acts that move it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.issuing import api as issuing
from sogoc.kernel.errors import Error
from sogoc.people.api import may
from sogoc.web import clock, showing
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.forms import PlainForm
from sogoc.web.office import choices
from sogoc.web.office.forms import DayForm, IssueForm, MisprintForm, ReasonForm
from sogoc.web.paging import page_of

ROWS_A_PAGE: Final = 50
BATCHES_A_PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class Act:
    """One step a person takes on a batch: what it is called, who may, and the domain call.

    `run` gets the request, the token and the cleaned form; it returns the sentence to show.
    `ready` says whether the batch stands where the step starts.
    """

    permission: str
    name: str | Promise
    explains: str | Promise
    button: str | Promise
    run: Callable[[OfficeRequest, str, dict[str, Any]], str]
    ready: Callable[[issuing.BatchView], bool]
    form: type[PlainForm] = PlainForm
    is_danger: bool = False
    is_next: bool = True


def _approve(request: OfficeRequest, token: str, _said: dict[str, Any]) -> str:
    issuing.approve_batch(token=token, by=request.actor, at=clock.now())
    return gettext("Đã duyệt. Có thể in.")


def _print(request: OfficeRequest, token: str, _said: dict[str, Any]) -> str:
    done = issuing.print_batch(
        token=token, by=request.actor, on=clock.business_date(), at=clock.now()
    )
    return gettext("Đã gắn số hiệu %(first)s đến %(last)s cho %(count)s người.") % {
        "first": done.first_serial,
        "last": done.last_serial,
        "count": done.row_count,
    }


def _misprint(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    serial = issuing.misprint(
        token=token,
        n=said["row"],
        reason=said["reason"],
        by=request.actor,
        on=clock.business_date(),
        at=clock.now(),
    )
    return gettext("Đã ghi phôi hỏng. Số hiệu mới: %(serial)s.") % {"serial": serial}


def _sign(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    issuing.sign_batch(token=token, by=request.actor, on=said["day"], at=clock.now())
    return gettext("Đã ghi nhận việc ký. Văn thư sẽ đóng dấu.")


def _seal(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    issuing.seal_batch(token=token, by=request.actor, on=said["day"], at=clock.now())
    return gettext("Đã ghi nhận việc đóng dấu. Có thể vào sổ gốc.")


def _issue(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    done = issuing.issue_batch(token=token, key=said["key"], by=request.actor, at=clock.now())
    return gettext("Đã vào sổ gốc %(count)s người, số %(first)s đến %(last)s.") % {
        "count": done.lines,
        "first": done.first_entry_number,
        "last": done.last_entry_number,
    }


def _cancel(request: OfficeRequest, token: str, said: dict[str, Any]) -> str:
    issuing.cancel_batch(
        token=token,
        reason=said["reason"],
        by=request.actor,
        on=clock.business_date(),
        at=clock.now(),
    )
    return gettext("Đã hủy đợt cấp.")


ACTS: Final[dict[str, Act]] = {
    "approve": Act(
        "batch.approve",
        gettext_lazy("Duyệt đợt cấp"),
        gettext_lazy("Người duyệt phải khác người lập. Hãy đối chiếu danh sách với quyết định."),
        gettext_lazy("Duyệt"),
        _approve,
        lambda batch: batch.state == "prepared",
    ),
    "print": Act(
        "batch.print",
        gettext_lazy("In lên phôi"),
        gettext_lazy(
            "Mỗi người được gắn một số hiệu phôi theo thứ tự. "
            "Phôi in hỏng được ghi riêng và người đó nhận phôi kế tiếp."
        ),
        gettext_lazy("Gắn số hiệu và in"),
        _print,
        lambda batch: batch.state == "approved",
    ),
    "sign": Act(
        "batch.sign",
        gettext_lazy("Ghi nhận việc ký"),
        gettext_lazy("Bản in đã được đối chiếu và người có thẩm quyền đã ký hết các bản."),
        gettext_lazy("Ghi nhận đã ký"),
        _sign,
        lambda batch: batch.state == "printed" and not batch.signed_by,
        form=DayForm,
    ),
    "seal": Act(
        "batch.seal",
        gettext_lazy("Ghi nhận việc đóng dấu"),
        gettext_lazy("Dấu đã được đóng lên hết các bản đã ký."),
        gettext_lazy("Ghi nhận đã đóng dấu"),
        _seal,
        lambda batch: batch.state == "printed" and bool(batch.signed_by),
        form=DayForm,
    ),
    "issue": Act(
        "batch.issue",
        gettext_lazy("Vào sổ gốc"),
        gettext_lazy(
            "Số vào sổ được cấp liên tục, không sửa và không xóa được. "
            "Bấm nhiều lần cũng chỉ vào sổ một lần."
        ),
        gettext_lazy("Vào sổ gốc"),
        _issue,
        lambda batch: batch.state == "signed",
        form=IssueForm,
    ),
    "misprint": Act(
        "batch.print",
        gettext_lazy("Ghi phôi in hỏng"),
        gettext_lazy(
            "Phôi hỏng được giữ lại để hủy theo biên bản; người đó nhận phôi kế tiếp. "
            "Đợt đã ký phải ký và đóng dấu lại."
        ),
        gettext_lazy("Ghi phôi hỏng"),
        _misprint,
        lambda batch: batch.state in {"printed", "signed"},
        form=MisprintForm,
        is_next=False,
    ),
    "cancel": Act(
        "batch.cancel",
        gettext_lazy("Hủy đợt cấp"),
        gettext_lazy("Không quay lại được. Phôi đã in trở thành phôi hỏng."),
        gettext_lazy("Hủy đợt cấp"),
        _cancel,
        lambda batch: batch.state in {"prepared", "approved", "printed", "signed"},
        form=ReasonForm,
        is_danger=True,
        is_next=False,
    ),
}


@office()
@require_safe
def home(request: OfficeRequest) -> HttpResponse:
    """List the batches the officer may see, by state."""
    state = request.GET.get("state", "")
    state = state if state in showing.BATCH_STATES else ""
    page = page_of(request, BATCHES_A_PAGE)
    found = issuing.batches(
        by=request.actor, state=state or None, limit=page.size + 1, offset=page.offset
    )
    context = {
        "page": page.with_items(found),
        "state": state,
        "states": showing.BATCH_STATES.items(),
        "kind_names": {batch.kind: choices.kind_name(batch.kind) for batch in found},
        "may_upload": may(request.actor, "batch.check"),
        "may_rule": may(request.actor, "ruling.record"),
        "has_blanks": bool(request.actor.organisation_code),
    }
    return render(request, "office/home.html", context)


@office()
@require_safe
def show(request: OfficeRequest, token: str) -> HttpResponse:
    """Show where a batch stands and what can be done next."""
    batch = issuing.get_batch(token=token, by=request.actor)
    open_acts = [
        (name, act) for name, act in ACTS.items() if act.ready(batch) and _allowed(request, act)
    ]
    waiting_for = next((a for a in ACTS.values() if a.is_next and a.ready(batch)), None)
    context = {
        "batch": batch,
        "kind_name": choices.kind_name(batch.kind),
        "steps": steps_of(batch),
        "next_acts": [(name, act) for name, act in open_acts if act.is_next],
        "other_acts": [(name, act) for name, act in open_acts if not act.is_next],
        "waiting_for": waiting_for,
    }
    return render(request, "office/batch.html", context)


@office()
@require_safe
def rows(request: OfficeRequest, token: str) -> HttpResponse:
    """Show the people of a batch in register order, with the serials bound to them."""
    batch = issuing.get_batch(token=token, by=request.actor)
    page = page_of(request, ROWS_A_PAGE, total=batch.row_count)
    found = issuing.batch_rows(
        token=token, by=request.actor, limit=page.size + 1, offset=page.offset
    )
    context = {"batch": batch, "page": page.with_items(found)}
    return render(request, "office/rows.html", context)


@office()
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: OfficeRequest, token: str, name: str) -> HttpResponse:
    """Show one step with everything it concerns; do it on confirmation."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    initial = {"day": clock.business_date(), "key": secrets.token_urlsafe(16)}
    form = chosen.form(request.POST if request.method == "POST" else None, initial=initial)
    batch_address = reverse("office:batch", args=[token])
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, chosen.run(request, token, form.cleaned_data))
        except issuing.UnknownBatch:
            raise
        except Error as refused:
            error = refused
        else:
            return HttpResponseRedirect(batch_address)
    batch = issuing.get_batch(token=token, by=request.actor)
    context = {
        "act": chosen,
        "form": form,
        "error": error,
        "batch": batch,
        "kind_name": choices.kind_name(batch.kind),
    }
    return render(request, "office/act.html", context, status=409 if error else 200)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way as shown: `state` is `done`, `now` or empty."""

    name: str | Promise
    state: str
    who: str
    when: str


def steps_of(batch: issuing.BatchView) -> list[Step]:
    """Return the way of a batch with who did what, when."""
    done = {
        "prepared": (batch.prepared_by, showing.show_moment(batch.prepared_at)),
        "approved": (batch.approved_by, showing.show_moment(batch.approved_at)),
        "printed": (batch.printed_by, showing.show_moment(batch.printed_at)),
        "signed": (_signers(batch), showing.show_date(batch.sealed_on or batch.signed_on)),
        "issued": (batch.issued_by, showing.show_moment(batch.issued_at)),
    }
    order = [key for key, _name in showing.STEPS]
    reached = order.index(batch.state) if batch.state in order else -1
    steps = []
    for place, (key, name) in enumerate(showing.STEPS):
        state = "done" if place <= reached else "now" if place == reached + 1 else ""
        if batch.state == "cancelled":
            state = "done" if done[key][0] else ""
        steps.append(Step(name, state, *done[key]))
    return steps


def _signers(batch: issuing.BatchView) -> str:
    return ", ".join(name for name in (batch.signed_by, batch.sealed_by) if name)


def _allowed(request: OfficeRequest, chosen: Act) -> bool:
    return may(request.actor, chosen.permission)
