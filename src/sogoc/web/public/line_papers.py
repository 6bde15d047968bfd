"""The originals and copies of a line, each with a status of its own: by code, for anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.documents import api as documents
from sogoc.web import clock
from sogoc.web.doors import public
from sogoc.web.public.views import not_found
from sogoc.web.showing import show_moment

REVOKED = "revoked"
_STANDS = ("current", "renewal_due")


@public
@require_safe
def line_papers(request: HttpRequest, code: str) -> HttpResponse:
    """Show what documents a line has; those of a revoked line are revoked with it."""
    try:
        answer = disclosure.look_up_code(code)
    except disclosure.LookupCodeError as error:
        return not_found(request, slip=error.message)
    if not answer.found:
        return not_found(request)
    is_revoked = answer.status == REVOKED
    shown = [
        (each, REVOKED if is_revoked and each.status in _STANDS else each.status)
        for each in documents.disclosed_documents(answer.code)
    ]
    context = {
        "answer": answer,
        "kind": answer.kind_name.in_language(get_language() or "vi"),
        "paper_status": REVOKED if is_revoked else "current",
        "digital": next((pair for pair in shown if pair[0].role == "original"), None),
        "others": [pair for pair in shown if pair[0].role != "original"],
        "checked_at": show_moment(clock.now()),
    }
    return render(request, "public/line_papers.html", context)
