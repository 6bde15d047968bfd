"""Blanks of the officer's own body: what is there, and what comes in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.blanks import api as blanks
from sogoc.people.api import may
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office import choices
from sogoc.web.office.paper_forms import BlanksForm, EndBlanksForm


@office()
@require_safe
def index(request: OfficeRequest) -> HttpResponse:
    """Show the balance of every kind of blank the officer's body holds."""
    owner = request.actor.organisation_code
    found = blanks.balance(owner=owner, by=request.actor) if owner else []
    context = {
        "balances": [(balance, choices.kind_name(balance.kind)) for balance in found],
        "may_receive": bool(owner) and may(request.actor, "blanks.receive"),
        "may_end": bool(owner) and may(request.actor, "blanks.destroy"),
    }
    return render(request, "office/blanks/index.html", context)


@office("blanks.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: OfficeRequest) -> HttpResponse:
    """Take in a run of blanks with its paper."""
    form = BlanksForm(
        request.POST or None,
        initial={"on": clock.business_date()},
        kinds=choices.kinds(),
    )
    error: blanks.BlankError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _take_in(request, form.cleaned_data)
        except blanks.BlankError as refused:
            error = refused
        else:
            said = form.cleaned_data
            messages.success(
                request,
                gettext("Đã nhập phôi %(first)s đến %(last)s.")
                % {"first": said["first"], "last": said["last"]},
            )
            return HttpResponseRedirect(reverse("office:blanks"))
    context = {"form": form, "error": error}
    return render(request, "office/blanks/receive.html", context, status=409 if error else 200)


def _take_in(request: OfficeRequest, said: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "owner": request.actor.organisation_code,
        "kind": said["kind"],
        "first": said["first"],
        "last": said["last"],
        "on": said["on"],
        "by": request.actor,
        "at": clock.now(),
    }
    if said["source"] == "opening":
        blanks.opening_stock(minutes=said["document"], **common)
        return
    is_printed = said["source"] == "printed"
    blanks.receive_lot(document_number=said["document"], printed=is_printed, **common)


@office("blanks.destroy")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: OfficeRequest) -> HttpResponse:
    """Record blanks as spoiled, destroyed by minutes, or lost and notified to the police."""
    form = EndBlanksForm(
        request.POST or None, initial={"on": clock.business_date()}, kinds=choices.kinds()
    )
    error: blanks.BlankError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            moved = _end(request, form.cleaned_data)
        except blanks.BlankError as refused:
            error = refused
        else:
            messages.success(
                request,
                gettext("Đã ghi %(count)s phôi: %(first)s đến %(last)s.")
                % {"count": moved.count, "first": moved.first, "last": moved.last},
            )
            return HttpResponseRedirect(reverse("office:blanks"))
    context = {"form": form, "error": error}
    return render(request, "office/blanks/end.html", context, status=409 if error else 200)


def _end(request: OfficeRequest, said: dict[str, Any]) -> blanks.Moved:
    common: dict[str, Any] = {
        "owner": request.actor.organisation_code,
        "kind": said["kind"],
        "first": said["first"],
        "last": said["last"] or None,
        "reason": said["reason"],
        "on": said["on"],
        "by": request.actor,
        "at": clock.now(),
    }
    if said["what"] == "spoil":
        return blanks.spoil(**common)
    if said["what"] == "destroy":
        return blanks.destroy(minutes=said["document"], **common)
    return blanks.report_lost(notice=said["document"], **common)
