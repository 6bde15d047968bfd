"""Many lines revoked by one decision: looked at first, then confirmed by a second person."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.kernel.errors import Error
from sogoc.people.api import Actor, load_actor
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office import choices
from sogoc.web.office.paper_forms import RevokeListForm, SecondPersonForm
from sogoc.web.templatetags.sogoc_web import in_words

SHOWN: Final = 100


@office("register.revoke")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_list(request: OfficeRequest) -> HttpResponse:
    """Ask which lines and why, show what would happen, and do it once another person confirms."""
    form = RevokeListForm(request.POST or None, initial={"decision_date": clock.business_date()})
    found: lifecycle.ToRevoke | None = None
    error: Error | None = None
    is_confirmed = request.POST.get("action") == "confirm"
    second = SecondPersonForm(request.POST if is_confirmed else None)
    if request.method == "POST" and request.POST.get("action") != "change" and form.is_valid():
        found = lifecycle.find_to_revoke(words=form.cleaned_data["words"], by=request.actor)
        if is_confirmed and _is_clean(found) and second.is_valid():
            try:
                done = _revoke(request, form.cleaned_data, found, second)
            except Error as refused:
                error = refused
            else:
                if done is not None:
                    messages.success(
                        request, gettext("Đã thu hồi %(count)s dòng.") % {"count": done.count}
                    )
                    return HttpResponseRedirect(reverse("office:register"))
    context = {
        "form": form,
        "found": found,
        "is_clean": found is not None and _is_clean(found),
        "second": second,
        "error": error,
        "shown": found.lines[:SHOWN] if found else (),
        "kinds": [
            (issuer, choices.kind_name(kind), count) for issuer, kind, count in _kinds(found)
        ],
    }
    return render(request, "office/revoke_list.html", context, status=409 if error else 200)


def _is_clean(found: lifecycle.ToRevoke) -> bool:
    return bool(found.lines) and not (found.unknown or found.ambiguous or found.revoked)


def _kinds(found: lifecycle.ToRevoke | None) -> list[tuple[str, str, int]]:
    return lifecycle.kinds_of(found) if found else []


def _revoke(
    request: OfficeRequest,
    said: dict[str, Any],
    found: lifecycle.ToRevoke,
    second: SecondPersonForm,
) -> lifecycle.Revoked | None:
    """Revoke with the second person's consent, None when that person did not sign in."""
    other = _second_actor(request, second)
    if other is None:
        return None
    return lifecycle.revoke_lines(
        codes=[line.code for line in found.lines],
        decision_number=said["decision_number"],
        decision_date=said["decision_date"],
        ground=said["ground"],
        reason=said["reason"],
        by=request.actor,
        at=clock.now(),
        second=other,
    )


def _second_actor(request: OfficeRequest, form: SecondPersonForm) -> Actor | None:
    today = clock.business_date()
    said = form.cleaned_data
    try:
        account = authenticate(
            request, username=said["second"], password=said["password"], on=today
        )
    except Error as error:  # too many attempts
        form.add_error(None, in_words(error.message))
        return None
    if account is None:
        form.add_error("password", gettext("Tên tài khoản hoặc mật khẩu không đúng."))
        return None
    return load_actor(account.get_username(), on=today)
