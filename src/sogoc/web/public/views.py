"""Looking a credential up: by its code, or by what is printed on the paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.disclosure import api as disclosure
from sogoc.kernel.text import Text
from sogoc.web import clock
from sogoc.web.doors import public
from sogoc.web.public.forms import CodeForm, SerialForm


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
        return _not_found(request, slip=error.message)
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
        return _not_found(request)
    context = {"answer": answer, "checked_at": clock.now()}
    return render(request, "public/result.html", context)


def _not_found(request: HttpRequest, slip: Text | None = None) -> HttpResponse:
    return render(request, "public/not_found.html", {"slip": slip}, status=404)
