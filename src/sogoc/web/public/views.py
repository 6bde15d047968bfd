"""Looking a credential up: by its code, or by what is printed on the paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

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
    return render(request, "public/not_found.html", status=404)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for what is printed; by POST, so that nothing of it rests in an address."""
    form = SerialForm(request.POST or None)
    return render(request, "public/look_up.html", {"form": form})
