"""One page of a paper book: keyed from its picture, compared with it, settled by a third person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sogoc.credentials.digitisation import api as digitisation
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.web import clock
from sogoc.web.doors import OfficeRequest, office
from sogoc.web.office.book_forms import (
    USUAL_COLUMNS,
    ColumnsForm,
    LineForm,
    Lines,
    NoteForm,
    SettleForm,
    column_label,
    written,
)
from sogoc.web.templatetags.sogoc_web import in_words

LINES_AT_FIRST: Final = 10
LINES_MORE: Final = 5
MOST_LINES: Final = 60
"""With all columns a page of so many lines stays below the number of fields Django takes."""

_BOOKS_REMEMBERED: Final = 20
_COLUMNS_OF: Final = "columns-of-books"


@office("register.view")
@require_safe
def show(request: OfficeRequest, token: str, page: int) -> HttpResponse:
    """Show a page: its picture and the lines as agreed so far."""
    context = _page(request, token, page)
    lines = digitisation.page_lines(token=token, page=page, by=request.actor)
    names = [n for n in digitisation.KEYED if any(line.values.get(n) for line in lines)]
    context["names"] = [column_label(name) for name in names]
    context["lines"] = [
        (line, [(column_label(n), written(n, line.values.get(n, ""))) for n in names])
        for line in lines
    ]
    return render(request, "office/books/page.html", context)


@office("digitise.key")
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: OfficeRequest, token: str, page: int) -> HttpResponse:
    """Key a page from its picture, line by line."""
    return _typed(request, token, page, base=None)


@office("digitise.compare")
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: OfficeRequest, token: str, page: int) -> HttpResponse:
    """Compare what another person keyed with the picture, and put right what differs."""
    lines = digitisation.page_lines(token=token, page=page, by=request.actor)
    return _typed(request, token, page, base={line.line: line.values for line in lines})


def _typed(
    request: OfficeRequest, token: str, page: int, *, base: Mapping[int, Mapping[str, str]] | None
) -> HttpResponse:
    context = _page(request, token, page)
    columns = _columns(request, token, base or {})
    lines = _lines(request, columns, base)
    error: Error | None = None
    if request.POST.get("action") == "save" and lines.is_valid():
        try:
            done = _write(request, token, page, lines, is_compared=base is not None)
        except digitisation.UnknownJob:
            raise
        except Error as refused:
            error = refused
        else:
            messages.success(request, done)
            return HttpResponseRedirect(reverse("office:book", args=[token]))
    faults = ", ".join(in_words(word) for word in digitisation.FAULTS.values())
    context |= {
        "lines": lines,
        "count": len(lines.forms),
        "columns": ColumnsForm(initial={"columns": columns}),
        "may_have_more": len(lines.forms) < MOST_LINES,
        "is_compared": base is not None,
        "error": error,
        "faults": faults,
    }
    return render(request, "office/books/key.html", context, status=409 if error else 200)


def _write(
    request: OfficeRequest, token: str, page: int, lines: Lines, *, is_compared: bool
) -> str:
    who: dict[str, Any] = {"token": token, "by": request.actor, "at": clock.now()}
    note: str = lines.note.cleaned_data["note"]
    typed = lines.written()
    if not is_compared:
        found = {form.cleaned_data["line"]: form.values() for form in typed}
        done = digitisation.key_pages(pages={page: found}, notes={page: note}, **who)
        count = done[0].lines
        return gettext("Đã nhập trang %(page)s: %(lines)s dòng.") % {"page": page, "lines": count}
    compared = digitisation.compare_page(
        page=page,
        corrections={
            form.cleaned_data["line"]: changed
            for form in typed
            if not form.is_absent and (changed := form.corrections())
        },
        absent=[form.cleaned_data["line"] for form in typed if form.is_absent],
        note=note,
        **who,
    )
    return gettext("Đã đối chiếu trang %(page)s: %(lines)s dòng.") % {
        "page": page,
        "lines": compared.lines,
    }


def _lines(
    request: OfficeRequest, columns: Sequence[str], base: Mapping[int, Mapping[str, str]] | None
) -> Lines:
    """Return the forms of the lines: those of `base` first, then free ones."""
    data = request.POST if request.method == "POST" else None
    known = sorted((base or {}).items())
    sent = _number(request.POST.get("count", ""))
    wanted = sent or (len(known) + 1 if base is not None else LINES_AT_FIRST)
    if request.POST.get("action") == "more":
        wanted += LINES_MORE
    free = max((line for line, _values in known), default=0)
    forms_: list[LineForm] = []
    for number in range(min(max(wanted, len(known)), MOST_LINES)):
        line, values = known[number] if number < len(known) else (0, None)
        is_free = values is None
        forms_.append(
            LineForm(
                data if number < sent else None,
                prefix=f"l{number}",
                columns=columns,
                base=values,
                initial={
                    "line": free + number - len(known) + 1 if is_free else line,
                    **{name: written(name, text) for name, text in (values or {}).items()},
                },
            )
        )
    return Lines(forms_, NoteForm(data))


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 4
    return min(int(text), MOST_LINES) if is_number else 0


def _columns(
    request: OfficeRequest, token: str, base: Mapping[int, Mapping[str, str]]
) -> list[str]:
    """Return the columns of the book: as chosen now, as chosen before, or the usual ones."""
    kept: dict[str, list[str]] = request.session.get(_COLUMNS_OF, {})
    chosen = kept.get(token, list(USUAL_COLUMNS))
    if request.POST.get("action") == "columns":
        chosen = request.POST.getlist("columns")
        kept = {**{k: v for k, v in kept.items() if k != token}, token: chosen}
        request.session[_COLUMNS_OF] = dict(list(kept.items())[-_BOOKS_REMEMBERED:])
    used = {name for values in base.values() for name in values}
    wanted = {"full_name", *chosen, *used}
    return [name for name in digitisation.KEYED if name in wanted]


# --- where two persons differ -------------------------------------------------------------------


@office("digitise.compare")
@require_safe
def differences(request: OfficeRequest, token: str, page: int) -> HttpResponse:
    """List where the two persons read a page differently."""
    context = _page(request, token, page)
    found = digitisation.differences(token=token, page=page, by=request.actor)
    context["differences"] = [_told(each) for each in found]
    context["is_mine"] = request.actor.username in context["view"].passes
    return render(request, "office/books/differences.html", context)


@office("digitise.compare")
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: OfficeRequest, token: str, page: int, line: int, field: str) -> HttpResponse:
    """Ask a third person what stands on paper; the next open difference follows."""
    found = digitisation.differences(token=token, page=page, by=request.actor)
    asked = next((d for d in found if (d.line, d.field) == (line, field)), None)
    if asked is None:
        raise Http404
    form = SettleForm(request.POST or None, found=asked)
    error: Error | None = None
    if request.method == "POST" and form.is_valid():
        try:
            digitisation.settle(
                token=token,
                page=page,
                line=line,
                field=field,
                value=form.decided(),
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=clock.now(),
            )
        except digitisation.UnknownJob:
            raise
        except Error as refused:
            error = refused
        else:
            messages.success(request, gettext("Đã ghi điều bạn quyết định."))
            return HttpResponseRedirect(_next_open(request, token, page))
    context = _page(request, token, page)
    context |= {"asked": _told(asked), "form": form, "error": error}
    return render(request, "office/books/settle.html", context, status=409 if error else 200)


def _next_open(request: OfficeRequest, token: str, page: int) -> str:
    rest = digitisation.differences(token=token, page=page, by=request.actor, only_open=True)
    if not rest:
        return reverse("office:book", args=[token])
    return reverse("office:book-settle", args=[token, page, rest[0].line, rest[0].field])


def _told(found: digitisation.Difference) -> dict[str, Any]:
    """A difference in words."""
    is_line = found.field == digitisation.LINE
    return {
        "line": found.line,
        "field": found.field,
        "name": gettext("Có dòng này không") if is_line else column_label(found.field),
        "first": written(found.field, found.first),
        "second": written(found.field, found.second),
        "is_open": found.settled is None,
        "settled": None if found.settled is None else written(found.field, found.settled),
        "reason": found.reason,
    }


def _page(request: OfficeRequest, token: str, page: int) -> dict[str, Any]:
    """Return the job and the page with its picture; 404 for a page outside the job."""
    job = digitisation.get_job(token=token, by=request.actor)
    if not job.first_page <= page <= job.last_page:
        raise Http404
    views = digitisation.pages(token=token, by=request.actor)
    view = next((each for each in views if each.page == page), None)
    if view is None:
        raise digitisation.ImageRefused(
            "digitise_no_image",
            Text(f"Trang {page} chưa có ảnh.", f"Page {page} has no picture yet."),
            page=page,
        )
    return {
        "job": job,
        "number": page,
        "view": view,
        "is_shown": view.media_type in {"image/jpeg", "image/png"},
    }
