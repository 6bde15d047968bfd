"""What goes into the flow of issuing and what comes out: plain frozen data for the edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sogoc.intake.api import Question
from sogoc.policy.api import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list as received: the bytes, the name it came under, and how to read it.

    ``sheet`` names one sheet (``None``: every sheet that holds a list). ``answers`` maps header
    texts to field names, for headers intake asked about.
    """

    data: bytes
    name: str
    sheet: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Quyết định công nhận: number, day, deciding body, signer and the number of people it names.

    ``row_count`` is compared with the list; ``None`` where nobody counted (a check only).
    """

    number: str
    date: date
    decided_by: str
    signer: str = ""
    row_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The act somebody proposes: who issues what, on which day, signed by which title.

    ``issuer`` is the organisation's code, ``signatory`` the title as it would be printed
    ("KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC"), ``submitted_by`` the code or name of the submitting body.
    ``kind_as_stated`` is what somebody called the kind, where that is not its id.
    """

    kind: str
    issuer: str
    signatory: str
    issued_on: date
    exam_date: date | None = None
    level: int | None = None
    decision: Decision | None = None
    submitted_by: str | None = None
    learners_confirmed_on: date | None = None
    kind_as_stated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """One person as read. ``is_ok`` is false when an error stands on the row.

    ``values`` holds every other field of the list (scores, ethnicity, …) as text; ``supplement``
    among them what a diploma supplement says beyond our fields, by its header.
    """

    sheet: str
    row: int
    full_name: str | None
    birth_date: date | None
    birth_place: str | None
    sex: str | None
    serial: str | None
    entry_number: str | None
    level: int | None
    is_ok: bool
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Findings of every check over a list, the rows, and whether ``prepare_batch`` would go on.

    ``questions`` are headers intake could not map, with their sheet: answer them in
    ``ListFile.answers``. ``blocking`` are the findings that stop the whole list: its errors, and
    reviews without ruling. ``headers`` are the column headings as typed, by sheet and column.
    """

    file_name: str
    file_sha256: str
    rule_set: str
    rows_read: int
    rows_ok: int
    findings: tuple[Finding, ...]
    rows: tuple[CheckedRow, ...]
    questions: tuple[tuple[str, Question], ...]
    blocking: tuple[Finding, ...]
    headers: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @property
    def may_prepare(self) -> bool:
        """Whether nothing on the whole list stops it and at least one row may be issued."""
        return not self.blocking and not self.questions and self.rows_ok > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A stored batch waiting for approval. ``existing``: the same list was prepared before."""

    token: str
    state: str
    issuer: str
    kind: str
    act_date: date
    row_count: int
    refused_rows: int
    rule_set: str
    binding: str
    blanks_until: datetime | None
    findings: tuple[Finding, ...] = ()
    existing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What was printed: serials in the order of the rows, and those spoiled on the way."""

    token: str
    row_count: int
    first_serial: str
    last_serial: str
    spoiled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A batch in the register. ``repeated``: it was there already, nothing was done this time.

    Entry numbers are the first and last given; ``codes`` the look-up codes in the order of the rows
    (empty in a repeated answer: ask the register).
    """

    token: str
    lines: int
    first_entry_number: str
    last_entry_number: str
    issued_at: datetime
    issued_by: str
    repeated: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch as lists and pages show it."""

    token: str
    state: str
    issuer: str
    issuer_name: str
    kind: str
    act_date: date
    exam_date: date | None
    level: int | None
    signatory_title: str
    signatory_name: str
    decision_number: str
    decision_date: date
    decision_by: str
    submitted_by: str
    file_name: str
    file_sha256: str
    sheet: str
    rule_set: str
    rulings: tuple[str, ...]
    row_count: int
    refused_rows: int
    prepared_by: str
    prepared_at: datetime
    approved_by: str
    approved_at: datetime | None
    printed_by: str
    printed_at: datetime | None
    signed_by: str
    signed_on: date | None
    sealed_by: str
    sealed_on: date | None
    issued_by: str
    issued_at: datetime | None
    cancelled_by: str
    cancel_reason: str
    blanks_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRowView:
    """One row of a batch: its place in the register order, in the file, and what was read."""

    n: int
    sheet: str
    row: int
    serial: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A stored finding, in both languages."""

    check: str
    violation: str
    level: str
    result: str
    sheet: str
    row: int | None
    column: int | None
    column_name: str
    citation: str
    message: str
    message_en: str
    remedy: str
    remedy_en: str
    ruling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """A recorded legal opinion; it counts only once ``confirmed_by`` is somebody."""

    document_number: str
    document_date: date
    author: str
    summary: str
    valid_from: date
    valid_until: date | None
    kinds: tuple[str, ...]
    checks: tuple[str, ...]
    bodies: tuple[str, ...]
    is_allowed: bool
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
