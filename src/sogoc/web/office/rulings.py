"""Legal opinions: recorded by one officer, confirmed by a second."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.issuing import api as issuing
from sogoc.kernel.errors import Error
from sogoc.people.api import acting, organisations
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office import choices
from sogoc.web.office.paper_forms import RulingForm


@office("ruling.record")
@require_safe
def index(request: OfficeRequest) -> HttpResponse:
    """List the opinions recorded, the newest first."""
    found = issuing.rulings(by=request.actor)
    context = {
        "rulings": [
            (ruling, not ruling.confirmed_by and ruling.recorded_by != request.actor.username)
            for ruling in found
        ]
    }
    return render(request, "office/rulings/index.html", context)


@office("ruling.record")
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: OfficeRequest) -> HttpResponse:
    """Record an opinion; it settles nothing before another officer confirms it."""
    with acting(request.actor):
        known = frozenset(body.code for body in organisations())
    form = RulingForm(request.POST or None, kinds=choices.all_kinds(), known=known)
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["is_allowed"] = said["is_allowed"] == "yes"
        try:
            issuing.record_ruling(**said, by=request.actor, at=clock.now())
        except issuing.RulingConflict as refused:
            error = refused
        else:
            messages.success(request, gettext("Đã ghi ý kiến. Một người khác sẽ xác nhận."))
            return HttpResponseRedirect(reverse("office:rulings"))
    context = {"form": form, "error": error}
    return render(request, "office/rulings/record.html", context, status=409 if error else 200)


@office("ruling.confirm")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: OfficeRequest) -> HttpResponse:
    """Show an opinion whole; on confirmation it settles what it names."""
    number = request.GET.get("number", "")
    try:
        ruling = issuing.get_ruling(document_number=number, by=request.actor)
    except issuing.UnknownRuling as unknown:
        raise Http404 from unknown
    error: Error | None = None
    if request.method == "POST":
        try:
            issuing.confirm_ruling(document_number=number, by=request.actor, at=clock.now())
        except Error as refused:
            error = refused
        else:
            messages.success(request, gettext("Đã xác nhận ý kiến. Từ nay nó được áp dụng."))
            return HttpResponseRedirect(reverse("office:rulings"))
    context = {
        "ruling": ruling,
        "kinds": [choices.kind_name(kind) for kind in ruling.kinds],
        "may_confirm": not ruling.confirmed_by and ruling.recorded_by != request.actor.username,
        "error": error,
    }
    return render(request, "office/rulings/confirm.html", context, status=409 if error else 200)
