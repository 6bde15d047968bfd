"""The register as officers read it: list and search, one line, export."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.documents import api as documents
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.register import api as registers
from sogoc.people.api import Actor, may
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office import choices
from sogoc.web.office.forms import SearchForm
from sogoc.web.office.paper_forms import RevokeForm
from sogoc.web.paging import page_of

LINES_A_PAGE: Final = 50


@office("register.view")
@require_safe
def index(request: OfficeRequest) -> HttpResponse:
    """List the newest lines, or those that what was typed finds."""
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    page = page_of(request, LINES_A_PAGE)
    found = registers.find_lines(
        by=request.actor, text=typed, limit=page.size + 1, offset=page.offset
    )
    context = {
        "form": form,
        "page": page.with_items(found),
        "typed": typed,
        "kind_names": {line.kind: choices.kind_name(line.kind) for line in found},
        "may_export": may(request.actor, "register.export"),
        "may_revoke": may(request.actor, "register.revoke"),
    }
    return render(request, "office/register.html", context)


@office("register.view")
@require_safe
def show(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one line with everything the register holds of it."""
    line = registers.show_line(code, by=request.actor)
    context = {
        "line": line,
        "kind_name": choices.kind_name(line.kind),
        "details": choices.labelled(line.details),
        "leaf_hash": line.leaf_hash.hex(),
        "papers": documents.papers_of(code, by=request.actor, today=clock.business_date()),
        "may_revoke": line.status == "valid" and may(request.actor, "register.revoke"),
    }
    return render(request, "office/line.html", context)


@office("register.revoke")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: OfficeRequest, code: str) -> HttpResponse:
    """Show the line and ask for the decision that revokes it; there is no way back."""
    line = registers.show_line(code, by=request.actor)
    form = RevokeForm(request.POST or None, initial={"decision_date": clock.business_date()})
    error: lifecycle.RevocationRefused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.revoke_line(code=code, **form.cleaned_data, by=request.actor, at=clock.now())
        except lifecycle.RevocationRefused as refused:
            error = refused
        else:
            messages.success(request, gettext("Đã ghi việc thu hồi."))
            return HttpResponseRedirect(reverse("office:line", args=[code]))
    context = {
        "line": line,
        "form": form,
        "error": error,
        "kind_name": choices.kind_name(line.kind),
    }
    return render(request, "office/revoke.html", context, status=409 if error else 200)


@office("register.export")
@require_safe
def export(request: OfficeRequest) -> StreamingHttpResponse:
    """Stream every visible line as JSON Lines."""
    response = StreamingHttpResponse(
        _json_lines(request.actor), content_type="application/x-ndjson; charset=utf-8"
    )
    name = f"so-goc-{clock.business_date():%Y%m%d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _json_lines(actor: Actor) -> Iterator[bytes]:
    # Works for the same actor while the answer is being sent, long after the view returned.
    lines = registers.export_lines(by=actor)
    with closing(cast("Generator[dict[str, Any]]", lines)):
        for line in lines:
            yield json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n"
