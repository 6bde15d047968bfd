"""Stored sweeps: step by step, each step committed with its cases, so that a kill loses one step.

A run is fixed when it begins: the day, the rule set, the registers, the last line. Who goes on
with it begins after the last step that was committed; two at once take turns.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sogoc.credentials.bulk import lock
from sogoc.credentials.sweep.errors import NoSuchRun, RulesChanged
from sogoc.credentials.sweep.judging import OF_LEDGERS, Judge, LineFinding
from sogoc.credentials.sweep.ledgers import ledger_findings
from sogoc.credentials.sweep.lines import (
    START,
    Found,
    Part,
    Position,
    Scope,
    count_originals,
    count_revoked,
    issuers_with_lines,
    page,
    position,
)
from sogoc.credentials.sweep.models import SweepPart, SweepProgress, SweepRun
from sogoc.credentials.sweep.recording import (
    Step,
    record_across,
    record_lines,
    record_revoked,
    record_subjects,
)
from sogoc.credentials.sweep.sweeping import CHUNK, Sink, SweepReport, scope_of
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, organisations, record_event, require

LAST: Final = "last"
_Stage = SweepProgress.Stage


@dataclass(frozen=True, slots=True)
class RunView:
    """A stored sweep: ``is_done`` when nothing is left of it; ``lines`` judged so far."""

    id: UUID
    as_of: date
    rule_set: str
    issuer: str | None
    since_rules: str
    started_by: str
    started_at: datetime
    is_done: bool
    lines: int
    by_check: Mapping[str, int]
    opened: int
    closed: int


def store_sweep(
    by: Actor,
    as_of: date,
    *,
    at: datetime,
    issuer: str | None = None,
    since_rules: str | None = None,
    sink: Sink | None = None,
    chunk: int = CHUNK,
) -> SweepReport:
    """Sweep, and keep what is found as cases. Commits step by step; ``resume_sweep`` goes on.

    With ``since_rules`` (a rule set's id, or ``last``) the last finished run of that rule set is
    built on: a check whose rule, code or rulings did not change judges only lines, and registers of
    bodies, that are new or known otherwise since. Checks that compare lines always judge all. Needs
    ``sweep.run``. Raises ``NoSuchRun`` when there is no run to build on, ``NotPermitted``.
    """
    with acting(by):
        run = _begin(by, as_of, at=at, issuer=issuer, since_rules=since_rules)
    return _go_on(by, run, at=at, sink=sink, chunk=chunk)


def resume_sweep(
    by: Actor,
    *,
    at: datetime,
    run: str | None = None,
    sink: Sink | None = None,
    chunk: int = CHUNK,
) -> SweepReport:
    """Go on with a stored sweep (the last unfinished one) from its last committed step.

    Raises ``NoSuchRun``, ``RulesChanged`` when the rule set is another by now, ``NotPermitted``.
    """
    with acting(by):
        found = _unfinished(run)
        require(by, "sweep.run", organisation_id=found.scope_issuer_id)
    return _go_on(by, found, at=at, sink=sink, chunk=chunk)


def sweep_runs(by: Actor, *, limit: int = 50) -> list[RunView]:
    """Return the stored sweeps the actor may see, the newest first. Needs ``sweep.run``."""
    with acting(by):
        require(by, "sweep.run")
        found = SweepRun.objects.select_related("scope_issuer").order_by("-started_at", "-id")
        return [_view(run) for run in found[:limit]]


# --- beginning ----------------------------------------------------------------------------------


def _begin(
    by: Actor, as_of: date, *, at: datetime, issuer: str | None, since_rules: str | None
) -> SweepRun:
    """Fix what the run is about: one row, and one for each register that has lines."""
    scope = scope_of(by, as_of, issuer)
    judge = Judge(as_of)
    digests = judge.digests()
    base = None if since_rules is None else _base(since_rules, scope)
    before = {} if base is None else base.digests
    run = SweepRun.objects.create(
        as_of=as_of,
        rule_set=judge.law.rule_set_id,
        digests=digests,
        scope_issuer=None if issuer is None else get_organisation(issuer),
        issuers=list(scope.issuers),
        up_to=scope.up_to,
        since_rules="" if base is None else base.rule_set,
        base=base,
        changed=sorted(name for name in digests if before.get(name) != digests[name]),
        started_by=by.username,
        started_at=at,
    )
    SweepPart.objects.bulk_create(_parts(run, base, scope, judge), batch_size=1_000)
    record_event(
        actor=by,
        verb="sweep:run:start",
        subject=str(run.pk),
        at=at,
        detail={"as_of": as_of.isoformat(), "rule_set": run.rule_set, "issuer": issuer or ""},
    )
    return run


def _base(since_rules: str, scope: Scope) -> SweepRun:
    done = SweepProgress.objects.filter(stage=_Stage.DONE).values("run_id")
    found = SweepRun.objects.filter(pk__in=done, as_of__lte=scope.as_of)
    if since_rules != LAST:
        found = found.filter(rule_set=since_rules)
    for run in found.order_by("-started_at", "-id"):
        if set(scope.issuers) <= set(run.issuers) or run.scope_issuer_id is None:
            return run
    raise NoSuchRun(
        "sweep_no_base",
        Text(
            f"Chưa có lần rà soát nào đã xong và lưu lại theo bộ luật {since_rules} cho phạm vi "
            "này; hãy rà soát toàn bộ một lần (--store).",
            f"No finished, stored sweep of this scope under the rule set {since_rules}; sweep "
            "everything once (--store).",
        ),
        rule_set=since_rules,
    )


def _parts(run: SweepRun, base: SweepRun | None, scope: Scope, judge: Judge) -> Iterator[SweepPart]:
    """One part a register; its old lines are taken as judged when all about it is as it was."""
    codes = {body.pk: body.code for body in organisations()}
    counts = count_originals(scope)
    before = {}
    if base is not None:
        before = {part.issuer_id: part for part in SweepPart.objects.filter(run=base)}
        old = count_originals(Scope(base.as_of, scope.issuers, base.up_to))
        back_dated = count_originals(Scope(scope.as_of, scope.issuers, base.up_to))
    for issuer_id in issuers_with_lines(scope.issuers):
        world = judge.world_digest(codes[issuer_id])
        known = before.get(issuer_id)
        is_known = (
            base is not None
            and known is not None
            and known.world == world
            and known.originals == old.get(issuer_id, 0) == back_dated.get(issuer_id, 0)
        )
        yield SweepPart(
            run=run,
            issuer_id=issuer_id,
            world=world,
            originals=counts.get(issuer_id, 0),
            from_line=base.up_to if base is not None and is_known else 0,
        )


def _unfinished(run: str | None) -> SweepRun:
    done = SweepProgress.objects.filter(stage=_Stage.DONE).values("run_id")
    found = SweepRun.objects.exclude(pk__in=done).order_by("-started_at", "-id")
    if run is not None:
        found = found.filter(pk=run) if _is_uuid(run) else found.none()
    first = found.first()
    if first is None:
        raise NoSuchRun(
            "sweep_nothing_to_resume",
            Text("Không có lần rà soát nào dở dang.", "No stored sweep is unfinished."),
        )
    return first


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# --- going on -----------------------------------------------------------------------------------


class _Steps:
    """The steps of one run, each in a transaction of its own."""

    def __init__(self, by: Actor, run: SweepRun, at: datetime, chunk: int) -> None:
        self.by, self.run, self.at, self.chunk = by, run, at, chunk
        self.scope = Scope(run.as_of, tuple(run.issuers), run.up_to)
        self.judge = Judge(run.as_of)
        if self.judge.law.rule_set_id != run.rule_set:
            raise RulesChanged(
                "sweep_rules_changed",
                Text(
                    f"Lần rà soát này bắt đầu theo bộ luật {run.rule_set}; bộ luật đã đổi. Hãy bắt "
                    "đầu lần mới.",
                    f"This sweep was begun under the rule set {run.rule_set}, which is another by "
                    "now. Begin a new one.",
                ),
                run=str(run.pk),
            )
        stored = {part.issuer_id: part.from_line for part in SweepPart.objects.filter(run=run)}
        self._from_line = stored
        self._changed = frozenset(run.changed) & {check.id for check in self.judge.one_by_one}
        self._parts = [
            Part(issuer, 0 if self._changed else line) for issuer, line in sorted(stored.items())
        ]
        self._codes = {body.pk: body.code for body in organisations() if body.pk in stored}
        self._ids = {body.code: body.pk for body in organisations()}

    def step(self) -> list[LineFinding] | None:
        """Do the next step and return what it found, or ``None`` when the run is done."""
        with connection.cursor() as cursor:
            lock(cursor, f"sweep {self.run.pk}")
        done = list(SweepProgress.objects.filter(run=self.run).order_by("n"))
        if done and done[-1].stage == _Stage.DONE:
            return None
        made = [each for each in done if each.stage == _Stage.ACROSS]
        if not made:
            at = _position(done[-1]) if done else START
            lines = page(self.scope, self._parts, at, self.chunk)
            if lines:
                return self._lines(len(done), lines)
        compared = {each.check_id for each in made}
        for check_id in self.judge.across:
            if check_id not in compared:
                return self._across(len(done), check_id)
        return self._finish(len(done))

    def _lines(self, n: int, lines: list[Found]) -> list[LineFinding]:
        new = [each for each in lines if each["id"] > self._from_line[each["issuer_id"]]]
        old = [each for each in lines if each["id"] <= self._from_line[each["issuer_id"]]]
        found = list(self.judge.lines(new))
        found += self.judge.lines(old, only=self._changed) if self._changed else ()
        judged: list[tuple[list[int], Collection[str]]] = [
            ([each["id"] for each in new], [check.id for check in self.judge.one_by_one]),
            ([each["id"] for each in old], self._changed),
        ]
        opened, closed = record_lines(self._step(), judged, found)
        issuer_id, issued_on, line_id = position(lines[-1])
        self._progress(
            n,
            _Stage.LINES,
            found,
            issuer_id=issuer_id,
            issued_on=issued_on,
            line_id=line_id,
            lines=len(lines),
            opened=opened,
            closed=closed,
        )
        return found

    def _across(self, n: int, check_id: str) -> list[LineFinding]:
        found = [
            each for some in self.judge.alike(check_id, self.scope, self.chunk) for each in some
        ]
        gone = self._close_revoked()
        opened, closed = record_across(self._step(), check_id, self.scope.parameters(), found)
        self._progress(
            n, _Stage.ACROSS, found, check_id=check_id, opened=opened, closed=closed + gone
        )
        return found

    def _finish(self, n: int) -> list[LineFinding]:
        """Ledgers of blanks are judged as a whole, each time: they are few and say nothing old."""
        found = list(ledger_findings(self.by, self.scope.issuers, self.run.as_of))
        known = [check for check in OF_LEDGERS if check in self.run.digests]
        gone = self._close_revoked()
        opened, closed = record_subjects(self._step(), self.scope.parameters(), known, found)
        self._progress(n, _Stage.DONE, found, opened=opened, closed=closed + gone)
        record_event(actor=self.by, verb="sweep:run:finish", subject=str(self.run.pk), at=self.at)
        return found

    def _close_revoked(self) -> int:
        """Before lines are compared: a revoked line is found no more, and that is why."""
        return record_revoked(self._step(), self.scope.parameters(), self.run.digests)

    def _step(self) -> Step:
        owners = {
            issuer_id: self._ids[self.judge.facts.world(code).keeper]
            for issuer_id, code in self._codes.items()
        }
        return Step(
            run=self.run.pk,
            as_of=self.run.as_of,
            at=self.at,
            rules=self.run.rule_set,
            digests=json.dumps(self.run.digests),
            owners=json.dumps(owners),
        )

    def _progress(self, n: int, stage: str, found: list[LineFinding], **more: Any) -> None:
        counts = Counter(each.finding.check for each in found)
        SweepProgress.objects.create(run=self.run, n=n, stage=stage, by_check=counts, **more)


def _go_on(by: Actor, run: SweepRun, *, at: datetime, sink: Sink | None, chunk: int) -> SweepReport:
    kept: list[LineFinding] = []
    emit = kept.append if sink is None else sink
    with acting(by):
        steps = _Steps(by, run, at, chunk)
    while True:
        with acting(by):
            found = steps.step()
        if found is None:
            break
        for each in found:  # only once they are committed
            emit(each)
    with acting(by):
        view = _view(run)
        return SweepReport(
            as_of=run.as_of,
            rule_set=run.rule_set,
            lines=view.lines,
            revoked=count_revoked(steps.scope),
            findings=tuple(kept),
            by_check=view.by_check,
            run=str(run.pk),
            opened=view.opened,
            closed=view.closed,
            since_rules=run.since_rules or None,
        )


def _position(step: SweepProgress) -> Position:
    if step.issuer_id is None or step.issued_on is None or step.line_id is None:
        return START
    return Position(step.issuer_id, step.issued_on, step.line_id)


def _view(run: SweepRun) -> RunView:
    steps = list(SweepProgress.objects.filter(run=run).order_by("n"))
    return RunView(
        id=run.pk,
        as_of=run.as_of,
        rule_set=run.rule_set,
        issuer=run.scope_issuer.code if run.scope_issuer is not None else None,
        since_rules=run.since_rules,
        started_by=run.started_by,
        started_at=run.started_at,
        is_done=bool(steps) and steps[-1].stage == _Stage.DONE,
        lines=sum(step.lines for step in steps),
        by_check=dict(sorted(_summed(step.by_check for step in steps).items())),
        opened=sum(step.opened for step in steps),
        closed=sum(step.closed for step in steps),
    )


def _summed(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total
