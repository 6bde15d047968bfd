"""Error pages: anticipated errors say what to do; others one sentence and an incident number."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static

from sogoc.kernel.errors import Error
from sogoc.web.frame import STYLE_SHEETS

log = logging.getLogger(__name__)


def no_page(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001 - Django names it so
) -> HttpResponse:
    """404: the address leads nowhere."""
    return render(request, "web/no_page.html", status=404)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but without the permission."""
    error = exception if isinstance(exception, Error) else None
    return render(request, "web/not_allowed.html", {"error": error}, status=403)


def stale_form(
    request: HttpRequest,
    reason: str = "",  # noqa: ARG001 - Django names it so
) -> HttpResponse:
    """403: a form without the token of this session (Django's CSRF check)."""
    return render(request, "web/stale_form.html", status=403)


def cannot(request: HttpRequest, error: Error, *, status: int = 409) -> HttpResponse:
    """409: an anticipated refusal with nothing better to show than its own sentence."""
    return render(request, "web/cannot.html", {"error": error}, status=status)


def failure(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours. Needs no database, no session, no frame."""
    incident = secrets.token_hex(4).upper()
    log.error("incident %s at %s", incident, request.path)
    sheets = [static(f"sogoc/css/{name}.css") for name in STYLE_SHEETS]
    page = render_to_string("web/failure.html", {"incident": incident, "style_sheets": sheets})
    return HttpResponse(page, status=500)
