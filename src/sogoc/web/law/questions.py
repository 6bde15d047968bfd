"""The answer to "who may issue what, on which day", with what was before and what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from sogoc.policy.api import VERDICT_WORDS, Law, Verdict, authority
from sogoc.web.law.spans import Around, act_spans, around, authority_spans
from sogoc.web.law.statements import AUTHORITY, DEADLINE, LATER, by_id, of_topic
from sogoc.web.law.telling import Told, drawing_of, tell, tell_all, tell_spans
from sogoc.web.law.timeline import Drawing
from sogoc.web.law.words import ACTS, CONFIDENCES, VERDICT_TONES, Confidence
from sogoc.web.showing import show_date
from sogoc.web.templatetags.sogoc_web import in_words

RULE_SET = "bo"
"""The parameter by which a cited address says which rule set answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict in words, and all a reader needs to check and to cite it.

    `around` are the rules of the span before, of the day, and of the span after; `may` the names of
    the capacities that may; `cited_as` the rule set a cited address was made under when it is not
    the one that answers now.
    """

    kind: str
    kind_id: str
    act: str
    day: str
    capacity: str
    title: str
    level: str
    status: str
    tone: str
    signatory: str
    may: tuple[str, ...]
    basis: str
    why: str
    rule: Told | None
    confidence: Confidence | None
    around: list[Told]
    deadlines: list[Told]
    drawing: Drawing | None
    address: str
    citation: str
    rule_set: str
    cited_as: str


def answer(law: Law, asked: dict[str, Any], *, address: dict[str, str], cited_as: str) -> Answer:
    """Ask the law what a valid form asks; `address` are the parameters that ask it again."""
    kind, day, act = law.kinds[asked["kind"]], asked["day"], asked["act"] or "issue"
    verdict = authority(
        kind.id,
        day,
        act=act,
        issuer_kind=asked["capacity"] or None,
        title=asked["title"] or None,
        level=asked["level"],
        law=law,
    )
    rule = by_id(law, AUTHORITY if act == "issue" else LATER, verdict.rule or "")
    spans = authority_spans(law, kind.id) if act == "issue" else act_spans(law, act)
    is_judged = any(asked[name] for name in ("capacity", "title", "level"))
    near = around(spans, day) if kind.standing == "current" else None
    name = in_words(kind.name)
    cited = f"{reverse('law:authority')}?{urlencode({**address, RULE_SET: law.rule_set_id})}"
    return Answer(
        kind=name,
        kind_id=kind.id,
        act=str(ACTS[act]),
        day=show_date(day),
        capacity=_capacity(law, asked["capacity"]),
        title=asked["title"],
        level=str(asked["level"] or ""),
        status=_status(verdict, is_judged=is_judged),
        tone=VERDICT_TONES[verdict.verdict],
        signatory=_signatory(verdict, is_judged=is_judged),
        may=tuple(_capacity(law, one) for one in verdict.issuer_kinds),
        basis=verdict.basis,
        why=in_words(verdict.why),
        rule=tell(law, rule) if rule else None,
        confidence=CONFIDENCES.get(verdict.confidence or ""),
        around=_around(law, near) if near else [],
        deadlines=_deadlines(law, kind.id, act, day),
        drawing=_drawing(law, kind.id, name, day) if near and spans and act == "issue" else None,
        address=cited,
        citation=_citation(name, act, day, verdict, law),
        rule_set=law.rule_set_id,
        cited_as=cited_as if cited_as and cited_as != law.rule_set_id else "",
    )


def _status(verdict: Verdict, *, is_judged: bool) -> str:
    """The verdict in words; a question that names nobody gets no "competent"."""
    if verdict.verdict == "allowed" and not is_judged:
        return gettext("Có quy định")
    return in_words(VERDICT_WORDS[verdict.verdict])


def _signatory(verdict: Verdict, *, is_judged: bool) -> str:
    """Who may, as a headline; under a judgement of somebody else it says so."""
    who = in_words(verdict.signatory)
    return gettext("Thẩm quyền: %(who)s") % {"who": who} if who and is_judged else who


def _around(law: Law, near: Around) -> list[Told]:
    spans = [span for span in (near.before, near.now, near.after) if span is not None]
    return tell_spans(law, spans, now=near.now)


def _capacity(law: Law, name: str) -> str:
    known = law.capacities.get(name)
    return in_words(known.name) if known is not None else name


def _deadlines(law: Law, kind: str, act: str, day: date) -> list[Told]:
    """Deadlines of the act that start to run on the day."""
    found = [
        s
        for s in of_topic(law, DEADLINE)
        if s.about in (act, f"{act}_digital") and s.speaks_of(kind) and s.period.contains(day)
    ]
    return tell_all(law, found) if law.kinds[kind].standing == "current" else []


def _drawing(law: Law, kind: str, name: str, day: date) -> Drawing:
    rules = [s for s in of_topic(law, AUTHORITY) if kind in s.kinds]
    return drawing_of(
        rules,
        title=gettext("Ai cấp %(kind)s, theo thời gian") % {"kind": name},
        says=gettext("Vạch đứng là ngày được hỏi, %(day)s. Số liệu như bảng bên dưới.")
        % {"day": show_date(day)},
        mark=day,
    )


def _citation(name: str, act: str, day: date, verdict: Verdict, law: Law) -> str:
    places = {
        "act": ACTS[act],
        "kind": name,
        "day": show_date(day),
        "rule": verdict.rule or "–",
        "rule_set": law.rule_set_id,
    }
    return (
        gettext(
            "Sổ Gốc, “%(act)s: %(kind)s, ngày %(day)s”, quy định %(rule)s, bộ quy tắc %(rule_set)s"
        )
        % places
    )
