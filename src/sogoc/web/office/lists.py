"""From an uploaded list to a prepared batch: upload, sheet, columns, findings, check answers."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sogoc.credentials.issuing.api import (
    CheckReport,
    DecisionConflict,
    Refused,
    check_list,
    prepare_batch,
)
from sogoc.intake.api import IntakeError, annotate, read_file
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office import choices, drafts, findings
from sogoc.web.office.drafts import Draft
from sogoc.web.office.forms import ColumnsForm, ListForm, SheetForm
from sogoc.web.templatetags.sogoc_web import in_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@office("batch.check")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: OfficeRequest) -> HttpResponse:
    """Take a list and what it is for; a file that is no list is refused here."""
    initial = {
        "issued_on": clock.business_date(),
        "issuer": request.actor.organisation_code or "",
    }
    form = _list_form(request, initial)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        file = said.pop("file")
        data = file.read()
        sheets = _sheets(form, data, file.name)
        if sheets:
            owner = request.actor.username
            draft = Draft(owner=owner, file_name=file.name, sheets=sheets, **said)
            return _to("findings", drafts.keep(draft, data))
    return render(request, "office/upload.html", {"form": form})


@office("batch.check")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: OfficeRequest, key: str) -> HttpResponse:
    """Take what was said of a list anew; the file stays unless another is chosen."""
    draft = drafts.read(key, owner=request.actor.username)
    form = _list_form(request, asdict(draft), kept_file=draft.file_name)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        file = said.pop("file")
        if file is None:
            drafts.write(key, replace(draft, **said))
            return _to("findings", key)
        data = file.read()
        sheets = _sheets(form, data, file.name)
        if sheets:
            drafts.throw_away(key)
            draft = Draft(owner=draft.owner, file_name=file.name, sheets=sheets, **said)
            return _to("findings", drafts.keep(draft, data))
    return render(request, "office/upload.html", {"form": form, "draft": draft, "key": key})


@office("batch.check")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_sheet(request: OfficeRequest, key: str) -> HttpResponse:
    """Ask which sheet of the file this batch is, and who issues it."""
    draft = drafts.read(key, owner=request.actor.username)
    form = SheetForm(
        request.POST or None,
        initial={"sheet": draft.sheet, "issuer": draft.issuer},
        sheets=draft.sheets,
        issuers=choices.issuers(request.actor),
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        if chosen["sheet"] != draft.sheet:  # answers belong to the headers of one sheet
            draft = replace(draft, answers={})
        drafts.write(key, replace(draft, sheet=chosen["sheet"], issuer=chosen["issuer"]))
        return _to("findings", key)
    return render(request, "office/sheet.html", {"form": form, "draft": draft, "key": key})


@office("batch.check")
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: OfficeRequest, key: str) -> HttpResponse:
    """Ask what the headers hold that could not be mapped."""
    draft = drafts.read(key, owner=request.actor.username)
    if draft.needs_sheet:
        return _to("sheet", key)
    answered = dict(draft.answers)
    reading = read_file(
        drafts.data_of(key), draft.file_name, sheet=draft.sheet or None, answers=answered or None
    )
    asked = [question for _sheet, question in reading.questions]
    if not asked:
        return _to("findings", key)
    form = ColumnsForm(request.POST or None, questions=asked)
    if request.method == "POST" and form.is_valid():
        drafts.write(key, replace(draft, answers=answered | form.answers()))
        return _to("columns", key)
    return render(request, "office/columns.html", {"form": form, "draft": draft, "key": key})


@office("batch.check")
@require_POST
def forget_columns(request: OfficeRequest, key: str) -> HttpResponse:
    """Take back what was said of the columns."""
    draft = drafts.read(key, owner=request.actor.username)
    drafts.write(key, replace(draft, answers={}))
    return _to("columns", key)


@office("batch.check")
@require_safe
def show_findings(request: OfficeRequest, key: str) -> HttpResponse:
    """Show what the law says of the list, grouped by check."""
    draft = drafts.read(key, owner=request.actor.username)
    if draft.needs_sheet:
        return _to("sheet", key)
    report = _report(request, draft, key)
    if report.questions:
        return _to("columns", key)
    return render(
        request,
        "office/findings.html",
        {
            "key": key,
            "draft": draft,
            "kind_name": choices.kind_name(draft.kind),
            "report": report,
            "groups": findings.grouped(report.findings),
            "counts": findings.counts(report.findings),
            "refused": report.rows_read - report.rows_ok,
        },
    )


@office("batch.check")
@require_safe
def workbook(request: OfficeRequest, key: str) -> HttpResponse:
    """Give the sender's own workbook back with every finding beside its row."""
    draft = drafts.read(key, owner=request.actor.username)
    report = _report(request, draft, key)
    marked = annotate(drafts.data_of(key), draft.file_name, findings.notes(report.findings))
    name = f"{PurePath(draft.file_name).stem}-{gettext('ket-qua-kiem-tra')}.xlsx"
    response = HttpResponse(marked, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@office("batch.prepare")
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: OfficeRequest, key: str) -> HttpResponse:
    """Show everything once more; on confirmation the list becomes a batch."""
    draft = drafts.read(key, owner=request.actor.username)
    if draft.needs_sheet:
        return _to("sheet", key)
    context = {
        "key": key,
        "draft": draft,
        "kind_name": choices.kind_name(draft.kind),
        "issuer_name": dict(choices.issuers(request.actor)).get(draft.issuer, draft.issuer),
    }
    if request.method == "POST":
        try:
            prepared = prepare_batch(
                file=draft.list_file(drafts.data_of(key)),
                proposal=draft.proposal(),
                by=request.actor,
                at=clock.now(),
                today=clock.business_date(),
                allow_any_date=clock.is_playground(),
            )
        except (Refused, DecisionConflict) as error:
            return render(request, "office/prepare.html", {**context, "error": error}, status=409)
        if len(draft.sheets) < 2:
            drafts.throw_away(key)
        said = (
            gettext("Danh sách này đã được lập thành đợt cấp trước đó; đây là đợt ấy.")
            if prepared.existing
            else gettext("Đã lập đợt cấp. Người khác sẽ duyệt.")
        )
        messages.success(request, said)
        return HttpResponseRedirect(reverse("office:batch", args=[prepared.token]))
    return render(
        request, "office/prepare.html", {**context, "report": _report(request, draft, key)}
    )


def _list_form(request: OfficeRequest, initial: dict[str, Any], *, kept_file: str = "") -> ListForm:
    return ListForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        kinds=choices.kinds(),
        issuers=choices.issuers(request.actor),
        kept_file=kept_file,
    )


def _sheets(form: ListForm, data: bytes, name: str) -> tuple[str, ...]:
    """Return the sheets that hold a list; none, and an error on the form, for what is no list."""
    try:
        return tuple(sheet.name for sheet in read_file(data, name).sheets)
    except IntakeError as error:
        form.add_error("file", in_words(error.message))
        return ()


def _report(request: OfficeRequest, draft: Draft, key: str) -> CheckReport:
    return check_list(
        file=draft.list_file(drafts.data_of(key)),
        proposal=draft.proposal(),
        by=request.actor,
        at=clock.now(),
    )


def _to(view: str, key: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"office:{view}", args=[key]))
