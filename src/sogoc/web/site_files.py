"""What an outside verifier resolves: DID documents, statements of authority, status lists.

Credentials name `https://<base>/…`; where the register's own web process answers at that address
these are the files `sogoc trust export --site` writes for any other web server. No session, no
language, nothing of the visitor (docs/operations/serving-the-log.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from sogoc.credentials.issuers.api import IssuerRefused
from sogoc.credentials.trust import api as trust

PATHS: Final = re.compile(
    r"/(?:[^/]+/)*did\.json|/(?:[^/]+/)*(?:authority/[^/]+|status/[^/]+/[^/]+/[^/]+|receipts/keys)"
)
"""What no page has for an address; a register may lie below a path of its host."""


class SiteFilesMiddleware:
    """Answers requests for these files itself, and hands on all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if not PATHS.fullmatch(request.path_info):
            return self._get_response(request)
        return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        refused = HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
        refused["Allow"] = "GET, HEAD"
        return refused
    home = settings.SOGOC_ENVIRONMENT
    base = home.log_origin
    below = f"/{base.partition('/')[2]}/" if "/" in base else "/"
    if not request.path_info.startswith(below):
        return _nothing()
    try:
        file = trust.site_file(
            home.home,
            base=base,
            path=request.path_info.removeprefix(below),
            at=home.now(),
            is_playground=home.is_playground,
        )
    except IssuerRefused:
        file = None
    if file is None:
        return _nothing()
    asked = request.headers.get("If-None-Match", "").split(",")
    is_known = bool({each.strip().removeprefix("W/") for each in asked} & {file.etag, "*"})
    is_empty = is_known or request.method == "HEAD"
    response = HttpResponse(b"" if is_empty else file.data, status=304 if is_known else 200)
    response["Content-Type"] = file.content_type
    response["Cache-Control"] = f"public, max-age={file.max_age}"
    response["ETag"] = file.etag
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    if not is_known:
        response["Content-Length"] = str(len(file.data))
    return response


def _nothing() -> HttpResponse:
    return HttpResponseNotFound(content_type="text/plain; charset=utf-8")
