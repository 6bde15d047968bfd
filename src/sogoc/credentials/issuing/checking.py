"""Checking a list against the law: reads, judges, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sogoc.credentials.blanks.api import blanks_fact
from sogoc.credentials.issuing import facts as make
from sogoc.credentials.issuing.headings import (
    alike_findings,
    heading_findings,
    kind_findings,
    place_findings,
)
from sogoc.credentials.issuing.records import CheckedRow, CheckReport, ListFile, Proposal
from sogoc.credentials.issuing.remarks import reading_findings
from sogoc.credentials.issuing.rulings import ruling_facts
from sogoc.credentials.issuing.surroundings import (
    earlier_originals,
    held_before,
    licence_facts,
    member_universities,
)
from sogoc.credentials.overrides.api import override_facts
from sogoc.credentials.register.api import book_fact
from sogoc.intake.api import Reading, Row, read_file
from sogoc.people.api import (
    Actor,
    UnknownOrganisation,
    acting,
    body_fact,
    get_organisation,
    mandate_facts,
    near_bodies,
    require,
)
from sogoc.people.models import Organisation
from sogoc.policy.api import (
    ActFacts,
    DecisionFact,
    Finding,
    Level,
    ListFacts,
    load_law,
    run_list,
)


@dataclass(frozen=True, slots=True)
class Examination:
    """A list read and judged: what ``check_list`` reports and ``prepare_batch`` goes on with."""

    reading: Reading
    body: Organisation
    facts: ActFacts
    rule_set: str
    findings: tuple[Finding, ...]
    blocking: tuple[Finding, ...]
    bad_rows: frozenset[tuple[str, int]]
    has_serials: bool

    @property
    def rows_read(self) -> int:
        """How many people the list has."""
        return sum(len(sheet.rows) for sheet in self.reading.sheets)

    def good_rows(self) -> list[Row]:
        """Rows without an error, in the order of the list."""
        return [
            row for row in make.rows_of(self.reading) if (row.sheet, row.row) not in self.bad_rows
        ]

    @property
    def rulings(self) -> tuple[str, ...]:
        """Rulings and overrides that settled a finding, in order of number.

        Both go into the binding and, with the lines, into the log.
        """
        settled = {number for f in self.findings for number in (f.ruling, f.override)}
        return tuple(sorted(number for number in settled if number))


def check_list(*, file: ListFile, proposal: Proposal, by: Actor, at: datetime) -> CheckReport:
    """Judge a list by the law of its act date; nothing is written. Any date may be asked about.

    ``at`` is the moment of asking (it decides which reservations of blanks still hold). Needs
    ``batch.check``. Raises ``IntakeError`` for a file that is no list, ``UnknownOrganisation``.
    """
    with acting(by):
        body = get_organisation(proposal.issuer)
        require(by, "batch.check", organisation_id=body.pk)
        seen = examine(file=file, proposal=proposal, body=body, by=by, at=at)
    rows = tuple(
        _checked(row, (row.sheet, row.row) not in seen.bad_rows, proposal.level)
        for row in make.rows_of(seen.reading)
    )
    return CheckReport(
        file_name=seen.reading.file_name,
        file_sha256=seen.reading.sha256,
        rule_set=seen.rule_set,
        rows_read=len(rows),
        rows_ok=sum(row.is_ok for row in rows),
        findings=seen.findings,
        rows=rows,
        questions=seen.reading.questions,
        blocking=seen.blocking,
        headers={
            (sheet.name, column.index): " ".join(column.header.split())
            for sheet in (*seen.reading.sheets, *seen.reading.supplements)
            for column in sheet.columns
        },
    )


def examine(
    *, file: ListFile, proposal: Proposal, body: Organisation, by: Actor, at: datetime
) -> Examination:
    """Read a list and run every check; called inside ``acting``."""
    reading = read_file(file.data, file.name, sheet=file.sheet, answers=file.answers or None)
    law = load_law()
    act = act_facts(proposal, file_sha256=reading.sha256)
    people = make.people_of(reading)
    prior = earlier_originals(act.kind, people, make.birth_places(reading))
    has_serials = make.has_values(reading, "serial")
    typed = [str(row.get("serial")) for row in make.rows_of(reading) if row.get("serial")]
    is_seen = by.sees is None or body.pk in by.sees
    facts = ListFacts(
        act=act,
        rows=make.row_facts(
            reading,
            prior,
            level=proposal.level,
            held=held_before(act.kind, act.issued_on, people),
        ),
        # another body's ledger and books are hidden from the caller: nothing is judged against them
        blanks=blanks_fact(owner_id=body.pk, kind=act.kind, at=at, serials=typed)
        if is_seen
        else None,
        book=book_fact(body.code, act.kind, proposal.issued_on.year) if is_seen else None,
        stated_count=make.stated_count(reading),
        has_serial_column=has_serials,
        has_entry_column=make.has_values(reading, "entry_number"),
    )
    findings = (*run_list(facts, law), *_findings_of_list(reading, facts, proposal, body))
    return Examination(
        reading=reading,
        body=body,
        facts=act,
        rule_set=law.rule_set_id,
        findings=findings,
        blocking=_blocking(findings),
        bad_rows=frozenset(
            (f.sheet, f.row) for f in findings if f.level == Level.ERROR and f.row is not None
        ),
        has_serials=has_serials,
    )


def _findings_of_list(
    reading: Reading, facts: ListFacts, proposal: Proposal, body: Organisation
) -> Iterator[Finding]:
    """Yield what the list itself shows, whatever the law says of the act."""
    yield from make.cell_findings(reading)
    yield from reading_findings(reading)
    names = (body.name, _name_of(proposal.submitted_by))
    yield from heading_findings(reading, names=names, decision=proposal.decision)
    yield from kind_findings(
        reading, kind=facts.act.kind, stated=proposal.kind_as_stated, on=proposal.issued_on
    )
    yield from alike_findings(facts.rows)
    yield from place_findings(reading)


def _name_of(submitted_by: str | None) -> str:
    """The name of who submits the list, given by code or by name."""
    if not submitted_by:
        return ""
    try:
        return get_organisation(submitted_by).name
    except UnknownOrganisation:
        return submitted_by


def act_facts(proposal: Proposal, *, file_sha256: str = "") -> ActFacts:
    """Return the facts of a proposed act, with the body's capacities, mandates and the rulings.

    ``file_sha256`` names the list, for overrides that are for one list alone.
    """
    decision = proposal.decision
    known = load_law().find_kind(proposal.kind)
    return ActFacts(
        kind=known.id if known is not None else proposal.kind,
        issued_on=proposal.issued_on,
        body=body_fact(proposal.issuer),
        title_text=proposal.signatory,
        mandates=mandate_facts(proposal.issuer),
        exam_date=proposal.exam_date,
        decision=DecisionFact(
            number=decision.number,
            date=decision.date,
            by=decision.decided_by,
            row_count=decision.row_count,
        )
        if decision
        else None,
        decision_by=decision.decided_by if decision else None,
        submitted_by=proposal.submitted_by,
        level=proposal.level,
        learners_confirmed_on=proposal.learners_confirmed_on,
        near=near_bodies(proposal.issuer, proposal.issued_on),
        rulings=ruling_facts(),
        overrides=override_facts(proposal.issuer),
        file_sha256=file_sha256,
        licences=licence_facts(proposal.issuer),
        members=member_universities(proposal.issuer, proposal.issued_on),
    )


def _blocking(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors on the whole list, and reviews anywhere: for these a person must decide first."""
    return tuple(
        f for f in findings if f.level == Level.REVIEW or (f.level == Level.ERROR and f.row is None)
    )


def _checked(row: Row, is_ok: bool, level: int | None) -> CheckedRow:
    stored = make.stored_row(row, level)
    birth_date = row.get("birth_date")
    shown = ["full_name", "birth_date", "birth_place", "sex", "serial", "entry_number"]
    found = stored.get("level")
    if not isinstance(found, str):
        shown.append("level")  # "B" or "Trung cấp" is kept as it was written, and is no level
    return CheckedRow(
        sheet=row.sheet,
        row=row.row,
        full_name=_text(stored.get("full_name")),
        birth_date=birth_date if not isinstance(birth_date, str) else None,  # type: ignore[arg-type]
        birth_place=_text(stored.get("birth_place")),
        sex=_text(stored.get("sex")),
        serial=_text(stored.get("serial")),
        entry_number=_text(stored.get("entry_number")),
        level=found if isinstance(found, int) else level,
        is_ok=is_ok,
        values={
            name: json.loads(str(value)) if name == "supplement" else value
            for name, value in stored.items()
            if name not in shown
        },
    )


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
