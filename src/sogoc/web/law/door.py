"""The door to pages of the law: the same for everybody, so that caches may keep them a while."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from sogoc.policy.api import load_law

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

KEPT_SECONDS: Final = 300


def law_page(view: View[P]) -> Guarded[P]:
    """Open a page to everybody, for reading only; caches may keep it for five minutes.

    The page must not depend on who reads it. Its tag begins with the id of the rule set, so that a
    cache's log tells which law a reader was shown.
    """

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        digest = hashlib.sha256(response.content).hexdigest()[:16]
        response["ETag"] = f'"{load_law().rule_set_id}-{digest}"'
        same = get_conditional_response(request, etag=response["ETag"], response=response)
        return same or response

    return guarded
