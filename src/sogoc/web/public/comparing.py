"""A paper in hand compared with the line its QR code leads to: a code sticks on any paper."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods

from sogoc.credentials.disclosure import api as disclosure
from sogoc.web import clock
from sogoc.web.doors import public
from sogoc.web.public.forms import SerialForm
from sogoc.web.public.views import not_found
from sogoc.web.showing import Word, show_moment

MATCHES: Final = {
    "same": Word(gettext_lazy("Khớp: mã và tờ giấy là của cùng một dòng"), "ok"),
    "another": Word(gettext_lazy("Không khớp: mã này là của dòng khác"), "bad"),
    "nothing": Word(gettext_lazy("Không khớp với sổ gốc"), "bad"),
}


@public
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show the line of a code beside a form for what the paper says; by POST, stored nowhere."""
    try:
        answer = disclosure.look_up_code(code)
    except disclosure.LookupCodeError as error:
        return not_found(request, slip=error.message)
    if not answer.found:
        return not_found(request)
    form = SerialForm(request.POST or None)
    match = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            match = disclosure.compare(
                code,
                said["serial"],
                said["entry_number"],
                birth_date=said["birth_date"],
                full_name=said["full_name"] or None,
            )
        except disclosure.TooManyAttempts:
            return render(request, "public/too_many.html", status=429)
    context = {
        "answer": answer,
        "kind": answer.kind_name.in_language(get_language() or "vi"),
        "form": form,
        "match": match,
        "word": MATCHES.get(match),
        "checked_at": show_moment(clock.now()),
    }
    return render(request, "public/compare.html", context)
