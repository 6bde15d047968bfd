"""Runs checks over a list or over lines of a register and turns results into findings.

Every check that is in force and applies is run on every act and row; one that raises stops
everything (``PolicyCrash``). A ``review`` covered by a ruling becomes ``info`` and cites it; so
does a failure of a check that may be overridden, covered by an override.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, checks
from sogoc.policy.errors import PolicyCrash
from sogoc.policy.facts import (
    ActFacts,
    LineFacts,
    ListFacts,
    OverrideFact,
    RowFacts,
    RulingFact,
)
from sogoc.policy.findings import LEVEL_OF, Finding, Level, Result, Status
from sogoc.policy.statute import Cite, Law

T = TypeVar("T")

_SILENT = frozenset({Status.PASS, Status.NOT_APPLICABLE, Status.NOT_IN_FORCE})
_COLUMNS = {
    "full_name": ("family_middle", "given_name"),
    "birth_date": ("birth_day", "birth_month", "birth_year"),
}


def run_list(facts: ListFacts, law: Law, *, only: Sequence[Check] | None = None) -> list[Finding]:
    """Findings of every check for a list put forward for one act, whole-list ones first.

    Raises ``PolicyCrash``. The order is by row, then column, then check.
    """
    findings: list[Finding] = []
    sheet = facts.rows[0].sheet if facts.rows else ""
    for check in only if only is not None else checks():
        if check.skipped(facts.act, law) is not None:
            continue
        for index, result in _results(check, facts, law):
            if result.status not in _SILENT:
                row = None if index is None else facts.rows[index]
                findings.append(_finding(check, result, facts.act, row, law, sheet))
    findings.sort(key=lambda f: (f.row is not None, f.row or 0, f.column or 0, f.check))
    return findings


def run_lines(
    lines: Sequence[LineFacts], law: Law, *, only: Sequence[Check] | None = None
) -> Iterator[tuple[str, Finding]]:
    """Findings of register lines, each under the law of its own date: ``(line key, finding)``.

    Lines come back in their order. What concerns the act alone is judged once for all lines with
    equal ``ActFacts``; numbers used twice are looked for among all lines given. Raises
    ``PolicyCrash``.
    """
    chosen = tuple(only if only is not None else checks())
    found: dict[int, list[Finding]] = defaultdict(list)
    for act, indexes in _by_act(lines):
        rows = [lines[i].row for i in indexes]
        facts = ListFacts(act, rows, is_sweep=True)
        for check in chosen:
            left_out = check.scope == "list" and not check.each_act_of_sweep
            if left_out or check.skipped(act, law) is not None:
                continue
            for index, result in _results(check, facts, law):
                if result.status in _SILENT:
                    continue
                if index is None:
                    shared = _finding(check, result, act, None, law, "")
                    for i in indexes:
                        found[i].append(shared)
                else:
                    finding = _finding(check, result, act, rows[index], law, "")
                    found[indexes[index]].append(finding)
    for check in chosen:
        if check.whole_register:
            _across(check, lines, law, found)
    for index in sorted(found):
        for finding in found[index]:
            yield lines[index].key, finding


def run_check(check: Check, facts: ListFacts, law: Law) -> list[tuple[int | None, Result]]:
    """What one check says of an act, of each row, or of the list; passes included.

    Row checks give a result per row. For explanations and tests; ``run_list`` is the way to judge.
    """
    if (skipped := check.skipped(facts.act, law)) is not None:
        return [(None, skipped)]
    if check.run_row is not None:
        run = check.run_row
        return [
            (i, _guard(check, lambda row=row: run(row, facts.act, law)))  # type: ignore[misc]
            for i, row in enumerate(facts.rows)
        ]
    return list(_results(check, facts, law))


def _by_act(lines: Sequence[LineFacts]) -> Iterator[tuple[ActFacts, list[int]]]:
    """Indexes of lines with equal acts.

    Hashing an act walks the whole body, so acts are first told by identity, then by their plain
    values and the identity of the rest; only what is left is hashed in full.
    """
    groups: dict[ActFacts, list[int]] = {}
    by_identity: dict[int, list[int]] = {}
    by_parts: dict[tuple[object, ...], list[int]] = {}
    for index, line in enumerate(lines):
        act = line.act
        group = by_identity.get(id(act))
        if group is None:
            parts = _parts(act)
            group = by_parts.get(parts)
            if group is None:
                group = by_parts[parts] = groups.setdefault(act, [])
            by_identity[id(act)] = group
        group.append(index)
    yield from groups.items()


_PLAIN = operator.attrgetter(
    "kind", "issued_on", "act", "title_text", "exam_date", "decision", "decision_by",
    "submitted_by", "level", "learners_confirmed_on", "legacy", "file_sha256", "members",
    "seen_on", "kept_by",
)  # fmt: skip
_PARTS = operator.attrgetter("body", "mandates", "near", "rulings", "overrides", "licences")


def _parts(act: ActFacts) -> tuple[object, ...]:
    """Equal parts, equal acts; the other way round is left to the full comparison."""
    return (*_PLAIN(act), *map(id, _PARTS(act)))


def _across(
    check: Check, lines: Sequence[LineFacts], law: Law, found: dict[int, list[Finding]]
) -> None:
    """A list check over all lines of one body and kind."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        groups[line.act.body.code, line.act.kind, line.act.act].append(index)
    for indexes in groups.values():
        act = lines[indexes[0]].act
        if check.skipped(act, law) is not None:
            continue
        rows = [lines[i].row for i in indexes]
        facts = ListFacts(act, rows, has_serial_column=True, has_entry_column=True, is_sweep=True)
        for place, result in _results(check, facts, law):
            if result.status not in _SILENT and place is not None:
                line = lines[indexes[place]]
                found[indexes[place]].append(_finding(check, result, line.act, line.row, law, ""))


def _results(check: Check, facts: ListFacts, law: Law) -> Iterable[tuple[int | None, Result]]:
    """Results of one check, silent ones not promised; a crash is fatal."""
    act = facts.act
    if check.run_act is not None:
        run_act = check.run_act
        return [(None, _guard(check, lambda: run_act(act, law)))]
    if check.run_list is not None:
        run_list_ = check.run_list
        return _guard(check, lambda: list(run_list_(facts, law)))
    if check.run_batch is not None:
        run_batch = check.run_batch
        return _guard(check, lambda: list(run_batch(facts.rows, act, law)))
    run_row = check.run_row
    if run_row is None:
        raise PolicyCrash(check.id, TypeError("the check has no function"))
    return _guard(
        check,
        lambda: [
            (index, result)
            for index, row in enumerate(facts.rows)
            if (result := run_row(row, act, law)).status not in _SILENT
        ],
    )


def _guard(check: Check, run: Callable[[], T]) -> T:
    try:
        return run()
    except Exception as cause:
        raise PolicyCrash(check.id, cause) from cause


def _finding(
    check: Check, result: Result, act: ActFacts, row: RowFacts | None, law: Law, sheet: str
) -> Finding:
    """A finding as shown: message filled in, column found, ruling applied."""
    message = _filled(result.message or check.message, result)
    level, status, number = LEVEL_OF[result.status], result.status, None
    if status is Status.REVIEW and (ruling := covering(check, act)) is not None:
        level, status, number = Level.INFO, Status.PASS, ruling.document_number
        message = Text(
            f"{message.vi} Đã có ý kiến tại văn bản {number} của {ruling.author}.",
            f"{message.en} Settled by {number} of {ruling.author}.",
        )
    override = overriding(check, act) if level is Level.ERROR else None
    if override is not None:
        level = Level.INFO
        message = _waived(message, override)
    column = None
    if row is not None and result.column is not None:
        column = _column(row, result.column)
    return Finding(
        check=check.id,
        violation=check.violation,
        level=level,
        result=status,
        sheet=row.sheet if row is not None else sheet,
        row=row.row if row is not None else None,
        column=column,
        column_name=result.column,
        citation=result.cites or _cited(check.citations, act.issued_on, law),
        message=message,
        remedy=_filled(result.remedy or check.remedy, result),
        ruling=number,
        override=override.number if override is not None else None,
    )


def _waived(message: Text, by: OverrideFact) -> Text:
    """What was found, and by whose decision it does not stop the act."""
    paper = by.document or by.number
    return Text(
        f"{message.vi} Được miễn áp dụng theo {paper} (số {by.number}; {by.proposed_by} đề nghị, "
        f"{by.confirmed_by} xác nhận): {by.reason}",
        f"{message.en} Set aside by {paper} (no. {by.number}; proposed by {by.proposed_by}, "
        f"confirmed by {by.confirmed_by}): {by.reason}",
    )


@lru_cache(maxsize=4096)
def _cited(citations: tuple[Cite, ...], on: date, law: Law) -> str:
    return law.cite_on(citations, on)


def _filled(template: Text, result: Result) -> Text:
    """The message in both languages; values that are texts are taken in the same language."""
    values = result.values
    if not values or "{" not in template.vi:
        return template
    vi = {k: v.vi if isinstance(v, Text) else v for k, v in values.items()}
    en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
    return Text(template.vi.format_map(vi), template.en.format_map(en))


def _column(row: RowFacts, name: str) -> int | None:
    for candidate in (name, *_COLUMNS.get(name, ())):
        if candidate in row.columns:
            return row.columns[candidate]
    return None


def covering(check: Check, act: ActFacts) -> RulingFact | None:
    """The ruling that settles a review of this check for this act, if one was recorded."""
    for ruling in act.rulings:
        if (
            check.id in ruling.checks
            and ruling.period.contains(act.issued_on)
            and (not ruling.kinds or act.kind in ruling.kinds)
            and (not ruling.bodies or act.body.code in ruling.bodies)
            and (
                not ruling.issuer_kinds
                or ruling.issuer_kinds & act.body.capacity_kinds(act.issued_on)
            )
        ):
            return ruling
    return None


def overriding(check: Check, act: ActFacts) -> OverrideFact | None:
    """The confirmed override that sets a failure of this check aside for this act, if any."""
    if not act.overrides or not check.may_be_overridden:
        return None
    for override in act.overrides:
        if (
            override.check == check.id
            and override.period.contains(act.issued_on)
            and (not override.kinds or act.kind in override.kinds)
            and (not override.bodies or act.body.code in override.bodies)
            and (not override.file_sha256 or override.file_sha256 == act.file_sha256)
        ):
            return override
    return None
