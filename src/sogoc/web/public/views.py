"""Looking a credential up: by its code, or by what is printed on the paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.disclosure import api as disclosure
from sogoc.kernel.text import Text
from sogoc.web import clock
from sogoc.web.doors import public
from sogoc.web.public.forms import CodeForm, SerialForm
from sogoc.web.showing import show_date, show_moment
from sogoc.web.skeleton import render_filled


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Ask for the look-up code; a well-formed one leads to its own address."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(reverse("by-code", args=[form.cleaned_data["code"]]))
    return render(request, "public/home.html", {"form": form})


@public
@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the register says of one code."""
    try:
        answer = disclosure.look_up_code(code)
    except disclosure.LookupCodeError as error:
        return not_found(request, slip=error.message)
    return _shown(request, answer)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for what is printed; by POST, so that nothing of it rests in an address."""
    form = SerialForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "public/look_up.html", {"form": form})
    said = form.cleaned_data
    try:
        answer = disclosure.look_up(
            said["serial"],
            said["entry_number"],
            birth_date=said["birth_date"],
            full_name=said["full_name"] or None,
        )
    except disclosure.TooManyAttempts:
        return render(request, "public/too_many.html", status=429)
    return _shown(request, answer)


def _shown(request: HttpRequest, answer: disclosure.Answer) -> HttpResponse:
    if not answer.found:
        return not_found(request)
    language = get_language() or "vi"
    return render_filled(
        request,
        "public/result.html",
        flags={"status": answer.status, "is_legacy": answer.is_legacy},
        texts={
            "kind": answer.kind_name.in_language(language),
            "meaning": answer.meaning.in_language(language),
            "issuer": answer.issuer_name,
            "full_name": answer.full_name,
            "birth_date": show_date(answer.birth_date),
            "serial": answer.serial,
            "entry_number": answer.entry_number,
            "issued_on": show_date(answer.issued_on),
            "revoked_on": show_date(answer.revoked_on),
            "revoked_decision": answer.revoked_decision,
            "code": answer.code,
            "checked_at": show_moment(clock.now()),
        },
        in_address="code" if answer.code else "",
    )


def not_found(request: HttpRequest, slip: Text | None = None) -> HttpResponse:
    """Say that nothing matches, or that a code was mistyped: 404."""
    return render(request, "public/not_found.html", {"slip": slip}, status=404)
