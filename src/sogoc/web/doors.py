"""The two doors to views: the public one and the office's. They say who acts and forbid storing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth import get_user, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sogoc.credentials.digitisation.api import UnknownJob
from sogoc.credentials.issuing.api import UnknownBatch
from sogoc.credentials.register.api import UnknownLine
from sogoc.kernel.errors import Error
from sogoc.people.api import Actor, NotPermitted, UnknownAccount, load_actor, require
from sogoc.web import clock, errors
from sogoc.web.office.drafts import UnknownDraft

UNKNOWN = (UnknownBatch, UnknownLine, UnknownDraft, UnknownJob)
"""What is not there, or not for this account: the same answer for both."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class OfficeRequest(HttpRequest):
    """A request that came through the office's door: `actor` is who signed in, for today."""

    actor: Actor


OfficeView = Callable[Concatenate[OfficeRequest, P], HttpResponseBase]


def unstored(response: HttpResponseBase) -> HttpResponseBase:
    """Forbid caches to keep the answer and search engines to list it."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def public(view: View[P]) -> View[P]:
    """Open a view to everybody; its answer is never stored and never listed."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return unstored(view(request, *args, **kwargs))

    return guarded


def office(permission: str | None = None) -> Callable[[OfficeView[P]], View[P]]:
    """Open a view to signed-in officers who hold `permission` for at least one organisation.

    The domain call checks again for the organisation concerned; an `Error` it raises and the view
    does not handle is shown as it reads, `NotPermitted` as 403.
    """

    def door(view: OfficeView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = _actor_of(request)
            if actor is None:
                return unstored(_to_sign_in(request))
            request.actor = actor  # type: ignore[attr-defined] # this is what makes it one
            try:
                if permission is not None:
                    require(actor, permission)
                response = view(request, *args, **kwargs)  # type: ignore[arg-type] # see above
            except NotPermitted as error:
                response = errors.not_allowed(request, error)
            except Error as error:
                response = errors.cannot(
                    request, error, status=404 if isinstance(error, UNKNOWN) else 409
                )
            return unstored(response)

        return guarded

    return door


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path(), login_url=reverse("office:sign-in"))


def _actor_of(request: HttpRequest) -> Actor | None:
    """Return who signed in, with the roles of today; None for nobody or a closed account."""
    user = get_user(request)
    if not user.is_authenticated:
        return None
    try:
        return load_actor(user.get_username(), on=clock.business_date())
    except UnknownAccount:
        logout(request)
        return None
