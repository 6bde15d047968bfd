"""Many lines revoked by one decision: looked at, proposed, and confirmed by a second person."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.kernel.errors import Error
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office import choices
from sogoc.web.office.paper_forms import RevokeListForm, WithdrawForm

SHOWN: Final = 100


@office("register.revoke")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_list(request: OfficeRequest) -> HttpResponse:
    """Ask which lines and why, show what would happen, and propose it to another person."""
    form = RevokeListForm(request.POST or None, initial={"decision_date": clock.business_date()})
    found: lifecycle.ToRevoke | None = None
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        found = lifecycle.find_to_revoke(words=form.cleaned_data["words"], by=request.actor)
        if request.POST.get("action") == "propose" and _is_clean(found):
            try:
                proposed = _propose(request, form.cleaned_data, found)
            except lifecycle.RevocationRefused as refused:
                error = refused
            else:
                messages.success(request, gettext("Đã ghi đề nghị. Một người khác sẽ xác nhận."))
                return HttpResponseRedirect(reverse("office:revocation", args=[proposed.token]))
    context = {
        "form": form,
        "found": found,
        "is_clean": found is not None and _is_clean(found),
        "error": error,
        "shown": found.lines[:SHOWN] if found else (),
        "kinds": _kinds(found),
    }
    return render(request, "office/revoke_list.html", context, status=409 if error else 200)


@office("register.revoke")
@require_safe
def index(request: OfficeRequest) -> HttpResponse:
    """List proposals, the newest first."""
    context = {"proposals": lifecycle.revocations(by=request.actor)}
    return render(request, "office/revocations.html", context)


@office("register.revoke")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: OfficeRequest, token: str) -> HttpResponse:
    """Show a proposal with its lines; another person confirms it, anybody here may withdraw it."""
    try:
        proposal = lifecycle.get_revocation(token=token, by=request.actor)
    except lifecycle.RevocationRefused as unknown:
        raise Http404 from unknown
    action = request.POST.get("action", "")
    form = WithdrawForm(request.POST if action == "withdraw" else None)
    error: Error | None = None
    if action == "confirm" or (action == "withdraw" and form.is_valid()):
        try:
            _end(request, token, action, form)
        except lifecycle.RevocationRefused as refused:
            error = refused
        else:
            return HttpResponseRedirect(reverse("office:revocation", args=[token]))
    found = lifecycle.find_to_revoke(words=proposal.codes, by=request.actor)
    waits = proposal.state == lifecycle.WAITS
    context = {
        "proposal": proposal,
        "form": form,
        "error": error,
        "kinds": _kinds(found),
        "shown": (*found.lines, *found.revoked)[:SHOWN],
        "revoked_before": found.revoked if waits else (),
        "waits": waits,
        "may_confirm": waits and proposal.proposed_by != request.actor.username,
    }
    return render(request, "office/revocation.html", context, status=409 if error else 200)


def _is_clean(found: lifecycle.ToRevoke) -> bool:
    return bool(found.lines) and not (found.unknown or found.ambiguous or found.revoked)


def _kinds(found: lifecycle.ToRevoke | None) -> list[tuple[str, str, int]]:
    counted = lifecycle.kinds_of(found) if found else []
    return [(issuer, choices.kind_name(kind), count) for issuer, kind, count in counted]


def _propose(
    request: OfficeRequest, said: dict[str, Any], found: lifecycle.ToRevoke
) -> lifecycle.Proposed:
    return lifecycle.propose_revocation(
        codes=[line.code for line in found.lines],
        decision_number=said["decision_number"],
        decision_date=said["decision_date"],
        ground=said["ground"],
        reason=said["reason"],
        by=request.actor,
        at=clock.now(),
    )


def _end(request: OfficeRequest, token: str, action: str, form: WithdrawForm) -> None:
    if action == "confirm":
        done = lifecycle.confirm_revocation(token=token, by=request.actor, at=clock.now())
        said = gettext("Đã thu hồi %(count)s dòng.") % {"count": done.count}
    else:
        reason = form.cleaned_data["reason"]
        lifecycle.withdraw_revocation(token=token, reason=reason, by=request.actor, at=clock.now())
        said = gettext("Đã rút đề nghị; các dòng giữ nguyên.")
    messages.success(request, said)
