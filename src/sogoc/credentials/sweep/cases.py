"""Working on cases: who answers for one, what was said, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from sogoc.credentials.sweep import state
from sogoc.credentials.sweep.errors import CaseRefused, UnknownCase
from sogoc.credentials.sweep.judging import Judge, LineFinding
from sogoc.credentials.sweep.ledgers import ledger_findings
from sogoc.credentials.sweep.lines import START, Part, Scope, page
from sogoc.credentials.sweep.models import SweepCase, SweepCaseNote
from sogoc.kernel.text import Text
from sogoc.people.api import (
    Actor,
    acting,
    get_organisation,
    load_actor,
    may,
    record_event,
    require,
)

PERMISSION: Final = "sweep.case"
_SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as listed. ``owner`` is the body that answers for the line, ``issuer`` issued it.

    About a ledger there is no ``line`` but a ``subject``: ``blanks:<kind>`` of the issuer.
    """

    id: UUID
    line: str
    subject: str
    issuer: str
    owner: str
    kind: str
    check: str
    violation: str
    level: str
    citation: str
    first_found_on: date
    last_found_on: date
    state: str
    assigned_to: str
    closed_by: str
    closed_at: datetime | None
    close_reason: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """What was said or done: ``step`` is note, assign or close."""

    at: datetime
    by: str
    step: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all about it: ``now`` is what the check says of the line at this moment."""

    case: CaseView
    notes: tuple[NoteView, ...]
    now: tuple[LineFinding, ...]
    earlier: tuple[CaseView, ...]
    """Closed cases about the same line (or ledger) and check, the newest first."""


def cases(
    by: Actor,
    *,
    states: Sequence[str] = (state.OPEN, state.ASSIGNED),
    check: str | None = None,
    issuer: str | None = None,
    owner: str | None = None,
    line: str | None = None,
    assigned_to: str | None = None,
    limit: int = 200,
) -> list[CaseView]:
    """Return visible cases, errors first, then by check and age. Needs ``sweep.case``."""
    with acting(by):
        require(by, PERMISSION)
        given = {
            "check_id": check,
            "issuer__code": issuer,
            "owner__code": owner,
            "line_code": line,
            "assigned_to": assigned_to,
        }
        found = _cases().filter(state__in=list(states))
        found = found.filter(**{key: value for key, value in given.items() if value is not None})
        # error < info < review < warning in the alphabet: errors first is all that is wanted
        return [
            _view(case)
            for case in found.order_by(
                "level", "check_id", "first_found_on", "line_code", "subject", "issuer__code"
            )[:limit]
        ]


def count_cases(by: Actor) -> dict[str, dict[str, int]]:
    """Return how many visible cases of each check are in each state. Needs ``sweep.case``."""
    from django.db.models import Count

    with acting(by):
        require(by, PERMISSION)
        found: dict[str, dict[str, int]] = {}
        grouped = SweepCase.objects.values_list("check_id", "state").annotate(n=Count("id"))
        for check, at, count in grouped.order_by("check_id", "state"):
            found.setdefault(check, {})[at] = count
        return found


def show_case(case: str, *, by: Actor, today: date) -> CaseFile:
    """Return a case with its notes, what its check says today, and earlier cases.

    ``case`` is its id or the beginning of it. Raises ``UnknownCase``, ``NotPermitted``.
    """
    with acting(by):
        found = _find(case, by)
        earlier = (
            _cases()
            .filter(line_id=found.line_id, subject=found.subject, check_id=found.check_id)
            .filter(issuer_id=found.issuer_id)
            .exclude(pk=found.pk)
            .order_by("-first_found_on", "-closed_at")
        )
        notes = SweepCaseNote.objects.filter(case=found).order_by("pk")
        return CaseFile(
            case=_view(found),
            notes=tuple(NoteView(n.at, n.by, n.step, n.text) for n in notes),
            now=tuple(_judged_now(found, by, today)),
            earlier=tuple(_view(each) for each in earlier),
        )


def assign_case(
    case: str,
    *,
    to: str,
    by: Actor,
    at: datetime,
    today: date,
    owner: str | None = None,
    text: str = "",
) -> CaseView:
    """Give a case to an account that may work on it; ``owner`` hands it to another body.

    Raises ``UnknownCase``, ``CaseRefused``, ``UnknownAccount``, ``NotPermitted``.
    """
    with acting(by):
        found = _find(case, by, lock=True)
        _require_step(found, state.ASSIGNED)
        if not may(load_actor(to, on=today), PERMISSION, organisation_id=found.issuer_id):
            raise CaseRefused(
                "case_assignee_may_not",
                Text(
                    f"Tài khoản “{to}” không có quyền xử lý vụ việc của đơn vị này.",
                    f"The account {to!r} may not work on cases of this body.",
                ),
                account=to,
            )
        found.state, found.assigned_to = state.ASSIGNED, to
        found.assigned_by, found.assigned_at = by.username, at
        fields = ["state", "assigned_to", "assigned_by", "assigned_at"]
        if owner is not None:
            found.owner = get_organisation(owner)
            fields.append("owner")
        found.save(update_fields=fields)
        note = _note(found, "assign", f"{to}. {text}".strip(), by=by, at=at)
        record_event(verb="sweep:case:assign", **_event(found, note, by))
        return _view(found)


def note_case(case: str, *, text: str, by: Actor, at: datetime) -> NoteView:
    """Add what was said or found out. Raises ``UnknownCase``, ``CaseRefused``, ``NotPermitted``."""
    with acting(by):
        found = _find(case, by)
        note = _note(found, "note", text, by=by, at=at)
        record_event(verb="sweep:case:note", **_event(found, note, by))
        return note


def close_case(case: str, *, outcome: str, reason: str, by: Actor, at: datetime) -> CaseView:
    """Close a case as explained, corrected, revoked or dismissed, with the reason.

    What was explained or dismissed opens no new case while the rule stays as it is; what was called
    corrected does, when a sweep finds it again. ``revoked`` needs the revocation in the register.
    Raises ``UnknownCase``, ``CaseRefused``, ``NotPermitted``.
    """
    with acting(by):
        found = _find(case, by, lock=True)
        if outcome not in state.CLOSED:
            raise ValueError(f"no outcome: {outcome}")
        _require_step(found, outcome)
        if outcome == state.REVOKED:
            _require_revoked(found)
        found.state, found.speaks = outcome, outcome in state.ANSWERS
        found.closed_by, found.closed_at, found.close_reason = by.username, at, _said(reason)
        found.save(update_fields=["state", "speaks", "closed_by", "closed_at", "close_reason"])
        said = f"{state.LABELS[outcome].vi}: {reason.strip()}"
        note = _note(found, "close", said, by=by, at=at)
        record_event(verb="sweep:case:close", **_event(found, note, by))
        return _view(found)


def _cases() -> QuerySet[SweepCase]:
    return SweepCase.objects.select_related("issuer", "owner")


def _find(case: str, by: Actor, *, lock: bool = False) -> SweepCase:
    """The one visible case whose id begins so."""
    text = case.strip().lower().replace("-", "")
    wanted = Q(pk__isnull=True)
    if _SHORT <= len(text) <= 32 and set(text) <= set("0123456789abcdef"):
        first, last = UUID(text.ljust(32, "0")), UUID(text.ljust(32, "f"))
        wanted = Q(pk__gte=first, pk__lte=last)
    found = _cases().select_for_update(of=("self",)) if lock else _cases()
    matching = list(found.filter(wanted)[:2])
    if len(matching) != 1:
        raise UnknownCase(
            "case_unknown",
            Text(
                f"Không có (hoặc có nhiều) vụ việc mang mã “{case}”; ghi ít nhất {_SHORT} ký tự.",
                f"No case, or several, have the id {case!r}; give at least {_SHORT} characters.",
            ),
            case=case,
        )
    require(by, PERMISSION, organisation_id=matching[0].issuer_id)
    return matching[0]


def _require_step(found: SweepCase, to: str) -> None:
    if to not in state.TRANSITIONS[found.state]:
        now, then = state.LABELS[found.state], state.LABELS[to]
        raise CaseRefused(
            "case_step_refused",
            Text(
                f"Vụ việc đang ở trạng thái “{now.vi}”, không chuyển sang “{then.vi}” được.",
                f"The case is {now.en} and cannot become {then.en}.",
            ),
            state=found.state,
        )


def _require_revoked(found: SweepCase) -> None:
    from sogoc.credentials.register.api import status_of

    if found.line_id is None:
        raise CaseRefused(
            "case_of_no_line",
            Text(
                "Vụ việc này không về dòng nào của sổ gốc nên không kết thúc bằng thu hồi.",
                "This case is about no line of a register: a revocation does not end it.",
            ),
            subject=found.subject,
        )
    if status_of(found.line_code) != "revoked":
        raise CaseRefused(
            "case_line_not_revoked",
            Text(
                f"Dòng {found.line_code} chưa bị thu hồi trong sổ gốc.",
                f"The line {found.line_code} is not revoked in the register.",
            ),
            line=found.line_code,
        )


def _note(found: SweepCase, step: str, text: str, *, by: Actor, at: datetime) -> NoteView:
    said = _said(text)
    SweepCaseNote.objects.create(
        case=found, issuer_id=found.issuer_id, at=at, by=by.username, step=step, text=said
    )
    return NoteView(at, by.username, step, said)


def _event(found: SweepCase, note: NoteView, by: Actor) -> dict[str, Any]:
    return {
        "actor": by,
        "subject": str(found.pk),
        "at": note.at,
        "reason": note.text,
        "detail": {
            **({"subject": found.subject} if found.line_id is None else {"line": found.line_code}),
            "check": found.check_id,
            "state": found.state,
        },
        "organisation_code": found.issuer.code,
    }


def _said(text: str) -> str:
    if not text.strip():
        raise CaseRefused(
            "case_needs_words",
            Text("Hãy ghi nội dung, lý do.", "Say why, or what was found out."),
        )
    return text.strip()


def _judged_now(found: SweepCase, by: Actor, today: date) -> list[LineFinding]:
    """What the case's check says of its line or ledger now; nothing of a line that is revoked."""
    if found.line_id is None:
        ledgers = ledger_findings(by, [found.issuer_id], today)
        return [
            each
            for each in ledgers
            if (each.subject, each.finding.check) == (found.subject, found.check_id)
        ]
    judge = Judge(today)
    scope = Scope(today, (found.issuer_id,), found.line_id)
    if found.check_id in judge.across:
        alike = judge.alike(found.check_id, scope, 1_000)
        return [each for some in alike for each in some if each.line_id == found.line_id]
    parts = [Part(found.issuer_id, found.line_id - 1)]
    lines = page(scope, parts, START, 1)
    return list(judge.lines(lines, only=[found.check_id]))


def _view(case: SweepCase) -> CaseView:
    same: dict[str, Any] = {
        name: getattr(case, name)
        for name in CaseView.__dataclass_fields__
        if name not in {"line", "issuer", "owner", "check"}
    }
    return CaseView(
        line=case.line_code,
        issuer=case.issuer.code,
        owner=case.owner.code,
        check=case.check_id,
        **same,
    )
