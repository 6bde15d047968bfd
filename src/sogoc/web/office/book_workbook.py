"""Pages of a paper book keyed in a workbook, brought in by the one who keyed them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sogoc.credentials.digitisation import api as digitisation
from sogoc.kernel.errors import Error
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office.book_forms import WorkbookForm


@office("digitise.key")
@require_http_methods(["GET", "HEAD", "POST"])
def key_workbook(request: OfficeRequest, token: str) -> HttpResponse:
    """Key the pages of a workbook: all of them or, with the reason said, none."""
    job = digitisation.get_job(token=token, by=request.actor)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = digitisation.key_sheet(
                token=token,
                data=file.read(),
                file_name=file.name,
                page=form.cleaned_data["page"],
                by=request.actor,
                at=clock.now(),
            )
        except digitisation.UnknownJob:
            raise
        except Error as refused:
            error = refused
        else:
            pages = ", ".join(str(keyed.page) for keyed in done)
            lines = sum(keyed.lines for keyed in done)
            messages.success(
                request,
                gettext("Đã nhập trang %(pages)s: %(lines)s dòng.")
                % {"pages": pages, "lines": lines},
            )
            return HttpResponseRedirect(reverse("office:book", args=[token]))
    context = {"job": job, "form": form, "error": error}
    return render(request, "office/books/workbook.html", context, status=409 if error else 200)
