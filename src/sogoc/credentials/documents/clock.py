"""The legal clock of an original: what the law counts from, until when, and whether it was kept.

On paper the act ends on the day of issue; the digital original on the day it is made. A deadline is
the one in force on its start; where the rule changed before the act, both are shown and nobody
decides but a written opinion. An uncertain deadline is shown and never counted with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sogoc.credentials.register.api import LineView
from sogoc.policy.api import Deadline, Law, load_law

PAPER: Final = "paper"
DIGITAL: Final = "digital"
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One deadline of the law for the issue, from `started_on` (`starts` says what that is).

    `started_on` and `due_on` are `None` while the day it counts from is unknown. `verdict` is
    `decides` or `review`; `confidence` that of the law data, `basis` the citation.
    """

    rule: str
    starts: str
    started_on: date | None
    days: int
    unit: str
    due_on: date | None
    verdict: str
    confidence: str
    basis: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Days the law counts from or to, of one original.

    `done_on` is when this original was issued, `None` where there is none. `standing` is `kept`,
    `late`, `open` (not due yet), `overdue`, `review` (the law data do not decide) or `none` (no
    deadline is known). It has value from `valid_from` until `ended_on`; the law data name no term
    after which a diploma or certificate lapses by itself.
    """

    medium: str
    decided_on: date | None
    examined_on: date | None
    done_on: date | None
    terms: tuple[Term, ...]
    due_on: date | None
    standing: str
    valid_from: date | None
    ended_on: date | None


def clock_of(
    line: LineView,
    medium: str,
    *,
    done_on: date | None,
    today: date,
    examined_on: date | None = None,
) -> Clock:
    """Return the clock of a line's original on paper or digital.

    `done_on` is the day that original was issued or made; `today` judges one that is not there.
    `examined_on` is the day of the batch's exam, for lines that bear none of their own.
    """
    law = load_law()
    examined_on = _day(line.details.get("exam_date")) or examined_on
    starts = {"graduation_decision": line.decision_date, "course_or_exam_end": examined_on}
    until = done_on or today
    terms = [
        _term(rule, law, starts.get(rule.starts), until)
        for rule in law.deadlines
        if rule.act == "issue" and rule.medium == medium
        if not rule.kinds or line.kind in rule.kinds
    ]
    shown = tuple(term for term in terms if term is not None)
    standing, due_on = _standing(shown, done_on, today)
    return Clock(
        medium,
        line.decision_date,
        examined_on,
        done_on,
        shown,
        due_on,
        standing,
        done_on,
        line.revoked_on,
    )


def _term(rule: Deadline, law: Law, start: date | None, until: date) -> Term | None:
    """The rule on this act; one that came into force after the start only asks for a look."""
    if start is None:
        if not rule.period.contains(until):
            return None
        verdict = "review"
    elif rule.period.contains(start):
        verdict = rule.verdict
    elif start < (rule.period.start or start) <= until:
        verdict = "review"
    else:
        return None
    due = None if start is None else _after(start, rule.days, rule.unit)
    return Term(
        rule.id, rule.starts, start, rule.days, rule.unit, due, verdict, rule.confidence,
        law.cite(rule.basis),
    )  # fmt: skip


def _standing(
    terms: tuple[Term, ...], done_on: date | None, today: date
) -> tuple[str, date | None]:
    if not terms:
        return "none", None
    first = next((term for term in terms if term.verdict == "decides"), None)
    due = None if first is None else first.due_on
    if due is None:
        return "review", None
    answers = {
        _said(term.due_on, done_on, today)
        for term in terms
        if term.due_on is not None and term.confidence != "uncertain"
    }
    return (answers.pop() if len(answers) == 1 else "review"), due


def _said(due: date, done_on: date | None, today: date) -> str:
    if done_on is None:
        return "open" if today <= due else "overdue"
    return "kept" if done_on <= due else "late"


def _after(start: date, days: int, unit: str) -> date:
    """The last day of a term; working days are Monday to Friday."""
    if unit == "days":
        return start + timedelta(days=days)
    end = start
    while days:
        end += timedelta(days=1)
        days -= end.weekday() < _SATURDAY
    return end


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
