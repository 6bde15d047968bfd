"""The public files of the log at `/log/…`: no session, no language, nothing of the visitor.

`sogoc log audit https://<host>/log` reads them; at scale a web server or CDN before us serves the
same files from the store (docs/operations/serving-the-log.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from sogoc.credentials.log import api as log

PREFIX: Final = "/log/"


class LogFilesMiddleware:
    """Answers requests below `/log/` itself, and hands on all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if not request.path_info.startswith(PREFIX):
            return self._get_response(request)
        home = settings.SOGOC_ENVIRONMENT
        found = log.answer(
            home.home,
            base=home.log_origin,
            method=request.method or "",
            path=request.path_info.removeprefix(PREFIX),
            asked={name.lower(): value for name, value in request.headers.items()},
        )
        if found is None:
            return HttpResponseNotFound(content_type="text/plain; charset=utf-8")
        response = HttpResponse(found.body, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers.items():
            response[name] = value
        return response
