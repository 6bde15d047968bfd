"""Pages of the law: one question to the law each, answered from the rule set in use."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sogoc.policy.api import UnknownInstrument, checks, find_instrument, load_law
from sogoc.web import clock
from sogoc.web.law import changes as change_pages
from sogoc.web.law import covered, questions, searching
from sogoc.web.law import doubts as doubt
from sogoc.web.law import instruments as instrument_pages
from sogoc.web.law import kinds as kind_pages
from sogoc.web.law import rules as rule_pages
from sogoc.web.law.door import law_page
from sogoc.web.law.forms import ADDRESS, ChangesForm, DayForm, QuestionForm, SearchForm
from sogoc.web.law.statements import statements
from sogoc.web.law.words import CONFIDENCES, day_of

_LONGEST_NAME = 40


@law_page
def start(request: HttpRequest) -> HttpResponse:
    """Ask who may issue what, on which day; lead to everything else."""
    asked = {field: request.GET.get(name, "") for field, name in ADDRESS.items()}
    initial = {**asked, "day": day_of(asked["day"])}
    return _start(request, QuestionForm(law=load_law(), initial=initial))


@law_page
def authority(request: HttpRequest) -> HttpResponse:
    """Answer the question in the address, under the shortest address that asks it."""
    law = load_law()
    form = QuestionForm(request.GET or None, law=law)
    if not form.is_valid():
        return _start(request, form)
    given = {name: value for name, value in request.GET.items() if name != questions.RULE_SET}
    cited_as = request.GET.get(questions.RULE_SET, "")[:_LONGEST_NAME]
    address = form.address()
    if given != address:
        again = {**address, questions.RULE_SET: cited_as} if cited_as else address
        return HttpResponseRedirect(f"{reverse('law:authority')}?{urlencode(again)}")
    answer = questions.answer(law, form.cleaned_data, address=address, cited_as=cited_as)
    context = {
        "answer": answer,
        "address": request.build_absolute_uri(answer.address),
        "confidences": CONFIDENCES.values(),
        "change": f"{reverse('law:start')}?{urlencode(address)}",
    }
    return render(request, "law/authority.html", context)


@law_page
def kinds(request: HttpRequest) -> HttpResponse:
    """List every kind with its old names."""
    return render(request, "law/kinds.html", {"kinds": kind_pages.index(load_law())})


@law_page
def kind(request: HttpRequest, name: str) -> HttpResponse:
    """Show one kind; an old name leads to its page."""
    law = load_law()
    found = law.find_kind(name)
    if found is None:
        raise Http404
    if found.id != name:
        return HttpResponseRedirect(reverse("law:kind", args=[found.id]))
    return render(request, "law/kind.html", {"kind": kind_pages.page(law, found)})


@law_page
def instruments(request: HttpRequest) -> HttpResponse:
    """Draw every instrument on a timeline."""
    law = load_law()
    context = {
        "instruments": instrument_pages.index(law),
        "drawing": instrument_pages.drawing(law),
    }
    return render(request, "law/instruments.html", context)


@law_page
def instrument(request: HttpRequest, name: str) -> HttpResponse:
    """Show what an instrument says, on a day or always; a number or old name leads to its page."""
    law = load_law()
    try:
        found = find_instrument(law, name)
    except UnknownInstrument as error:
        raise Http404 from error
    if found.id != name:
        return HttpResponseRedirect(reverse("law:instrument", args=[found.id]))
    form = DayForm(request.GET or None)
    day = form.cleaned_data["day"] if form.is_valid() else None
    context = {"page": instrument_pages.page(law, found, day), "form": form, "day": day}
    return render(request, "law/instrument.html", context)


@law_page
def rules(request: HttpRequest) -> HttpResponse:
    """List every check by area."""
    context = {"areas": rule_pages.index(), "count": len(checks())}
    return render(request, "law/rules.html", context)


@law_page
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """Show one check: its rule, citations and cases."""
    found = rule_pages.find(name)
    if found is None:
        raise Http404
    return render(request, "law/rule.html", {"rule": rule_pages.page(load_law(), found)})


@law_page
def search(request: HttpRequest) -> HttpResponse:
    """Find kinds, instruments, articles and checks by words without accents."""
    form = SearchForm(request.GET or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    groups = searching.search(load_law(), words)
    context = {"form": form, "words": words, "groups": groups}
    return render(request, "law/search.html", context)


@law_page
def doubts(request: HttpRequest) -> HttpResponse:
    """Say openly what is not known or not sure."""
    page = doubt.page(load_law(), clock.business_date())
    context = {"page": page, "confidences": CONFIDENCES.values()}
    return render(request, "law/doubts.html", context)


@law_page
def changes(request: HttpRequest) -> HttpResponse:
    """Say what changed for whom between two days; by default with the newest regulation."""
    law = load_law()
    old, new = change_pages.default_days(law)
    form = ChangesForm(request.GET or None, initial={"old": old, "new": new})
    page = None
    if not form.is_bound:
        page = change_pages.page(law, old, new)
    elif form.is_valid():
        address = form.address()
        if dict(request.GET.items()) != address:
            return HttpResponseRedirect(f"{reverse('law:changes')}?{urlencode(address)}")
        page = change_pages.page(law, form.cleaned_data["old"], form.cleaned_data["new"])
    context = {"form": form, "page": page, "rule_set": law.rule_set_id}
    return render(request, "law/changes.html", context)


@law_page
def coverage(request: HttpRequest) -> HttpResponse:
    """List every violation and every article, covered or not."""
    law = load_law()
    context = {"page": covered.page(law), "rule_set": law.rule_set_id}
    return render(request, "law/coverage.html", context)


def _start(request: HttpRequest, form: QuestionForm) -> HttpResponse:
    law = load_law()
    context = {
        "form": form,
        "search": SearchForm(),
        "kinds": len(law.kinds),
        "instruments": len(law.instruments),
        "rules": len(checks()),
        "statements": len(statements(law)),
        "doubts": sum(s.confidence != "found" for s in statements(law)),
        "rule_set": law.rule_set_id,
        "reviewed": law.reviewed,
    }
    return render(request, "law/start.html", context)
