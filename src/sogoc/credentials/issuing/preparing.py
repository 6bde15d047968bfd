"""Preparing a batch: the only way to a token. Everything the token binds is stored here, once."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sogoc.credentials import bulk
from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import facts as make
from sogoc.credentials.issuing.binding import binding_hash
from sogoc.credentials.issuing.checking import Examination, examine
from sogoc.credentials.issuing.dates import require_act_date
from sogoc.credentials.issuing.errors import (
    DecisionConflict,
    ListUnreadable,
    MandateMissing,
    Refused,
)
from sogoc.credentials.issuing.models import Batch, BatchFinding, RecognitionDecision
from sogoc.credentials.issuing.records import Decision, ListFile, Prepared, Proposal
from sogoc.credentials.issuing.steps import event
from sogoc.credentials.rules import api as rules
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, find_mandate, get_organisation, require
from sogoc.people.models import Mandate, Organisation
from sogoc.policy.api import BodyFact, Finding

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

RESERVED_FOR: Final = timedelta(days=14)
_ROW_COLUMNS: Final = (
    ("batch_id", "uuid"), ("issuer_id", "bigint"), ("n", "int"), ("sheet", "text"),
    ("row", "int"), ("data", "jsonb"), ("serial", "text"),
)  # fmt: skip
_STORED_FINDINGS: Final = 10_000
_Rows = Sequence[tuple[int, str, int, Mapping[str, str | int | None]]]


def prepare_batch(
    *,
    file: ListFile,
    proposal: Proposal,
    by: Actor,
    at: datetime,
    today: date,
    allow_any_date: bool = False,
    reserve_for: timedelta = RESERVED_FOR,
) -> Prepared:
    """Check a list, store what may be issued and return its token; blanks are set aside for it.

    Rows with an error are left out and stay as findings. The same list for the same act gives the
    batch that is there already (``existing``). Only demo and test homes pass ``allow_any_date``.
    Needs ``batch.prepare``. Raises ``Refused`` (an error on the whole list, a review without
    ruling, no row left), ``ListUnreadable``, ``ActDateNotAllowed``, ``DecisionConflict``,
    ``MandateMissing``, ``NotEnoughBlanks``, ``BlankNotFree``, ``RuleSetNotActive``; nothing is then
    written.
    """
    with acting(by), bulk.cursor() as cursor:
        body = get_organisation(proposal.issuer)
        require(by, "batch.prepare", organisation_id=body.pk)
        require_act_date(proposal.issued_on, today=today, is_any_allowed=allow_any_date)
        if not allow_any_date:
            rules.require_active(on=today)
        # the same file at the same moment: the second waits and finds what the first has stored
        bulk.lock(cursor, f"sogoc:prepare:{body.pk}:{hashlib.sha256(file.data).hexdigest()}")
        seen = examine(file=file, proposal=proposal, body=body, by=by, at=at)
        there = _existing(seen, file, proposal)
        if there is not None:
            return _prepared(there, seen.findings, existing=True)
        _require_one_list(seen, file)
        rows = seen.good_rows()
        if seen.blocking or not rows:
            raise Refused(seen.findings, seen.blocking)
        decision = _required_decision(seen, proposal)
        mandate = _required_mandate(proposal)
        stored: _Rows = [
            (n, row.sheet, row.row, make.stored_row(row, proposal.level))
            for n, row in enumerate(rows, start=1)
        ]
        batch = _store(cursor, seen, file, proposal, decision, mandate, stored, by, at)
        _reserve(cursor, batch, body, seen, stored, at, at + reserve_for)
        event(batch, "prepare", by, at, refused=batch.refused_rows, rules=batch.rule_set)
        return _prepared(batch, seen.findings, blanks_until=at + reserve_for)


def _existing(seen: Examination, file: ListFile, proposal: Proposal) -> Batch | None:
    if proposal.decision is None:
        return None
    return (
        Batch.objects.select_related("issuer")
        .filter(
            issuer=seen.body,
            kind=seen.facts.kind,
            file_sha256=seen.reading.sha256,
            sheet=file.sheet or "",
            act_date=proposal.issued_on,
            decision__number=proposal.decision.number,
            decision__date=proposal.decision.date,
        )
        .exclude(state=Batch.State.CANCELLED)
        .first()
    )


def _require_one_list(seen: Examination, file: ListFile) -> None:
    if seen.reading.questions:
        headers = ", ".join(f"“{asked.header}”" for _, asked in seen.reading.questions)
        raise ListUnreadable(
            "list_has_questions",
            Text(
                f"Chưa rõ các cột {headers}; xin trả lời trước khi lập đợt cấp.",
                f"It is not clear what these columns are: {headers}. Please answer first.",
            ),
            headers=[asked.header for _, asked in seen.reading.questions],
        )
    if file.sheet is None and len(seen.reading.sheets) > 1:
        names = [sheet.name for sheet in seen.reading.sheets]
        raise ListUnreadable(
            "list_has_sheets",
            Text(
                f"Tệp có nhiều danh sách: {', '.join(names)}. Chọn một trang cho mỗi đợt cấp.",
                f"The file holds several lists: {', '.join(names)}. Choose one sheet per batch.",
            ),
            sheets=names,
        )


def _required_decision(seen: Examination, proposal: Proposal) -> RecognitionDecision:
    """Return the stored (or yet unstored) decision; it must count the people of this list."""
    given: Decision | None = proposal.decision
    if given is None:
        raise DecisionConflict(
            "decision_missing",
            Text(
                "Thiếu quyết định công nhận: số, ngày, cơ quan ban hành.",
                "The recognition decision is missing: number, day, deciding body.",
            ),
        )
    counted = given.row_count if given.row_count is not None else seen.rows_read
    if counted != seen.rows_read:
        raise DecisionConflict(
            "decision_counts_differ",
            Text(
                f"Quyết định {given.number} công nhận {counted} người, danh sách có "
                f"{seen.rows_read} người.",
                f"Decision {given.number} recognises {counted} people, the list has "
                f"{seen.rows_read}.",
            ),
            decision=counted,
            rows=seen.rows_read,
        )
    key = {
        "issuer": seen.body,
        "number": given.number,
        "date": given.date,
        "kind": seen.facts.kind,
        "file_sha256": seen.reading.sha256,
    }
    values = {"decided_by": given.decided_by, "signer": given.signer}
    known = RecognitionDecision.objects.filter(**key).first()
    if known is None:
        return RecognitionDecision(
            **key, **values, row_count=counted, file_name=seen.reading.file_name[:200]
        )
    if any(getattr(known, name) != value for name, value in values.items()):
        raise DecisionConflict(
            "decision_recorded_differently",
            Text(
                f"Quyết định {given.number} đã ghi với cơ quan hoặc người ký khác.",
                f"Decision {given.number} is recorded with another body or signer.",
            ),
            number=given.number,
        )
    return known


def _required_mandate(proposal: Proposal) -> Mandate:
    mandate = find_mandate(proposal.issuer, proposal.signatory, proposal.issued_on)
    if mandate is None:
        raise MandateMissing(
            "mandate_missing",
            Text(
                f"Ngày {proposal.issued_on:%d/%m/%Y} không ai giữ chức danh ký "
                f"“{proposal.signatory}” của đơn vị.",
                f"On {proposal.issued_on.isoformat()} nobody of this body holds the signing title "
                f"“{proposal.signatory}”.",
            ),
            title=proposal.signatory,
        )
    return mandate


def bound_act(batch: Batch, body: BodyFact, mandate: Mandate | None) -> dict[str, Any]:
    """Return the act as the token binds it: what it says, by whom, under which law.

    Made from the stored batch and from the body's capacities as they stand now, so that a capacity
    or mandate that was changed afterwards gives another binding.
    """
    decision = batch.decision
    return {
        "kind": batch.kind,
        "issuer": body.code,
        "act_date": batch.act_date.isoformat(),
        "exam_date": _iso(batch.exam_date),
        "level": batch.level,
        "signatory": [batch.signatory_title, batch.signatory_name],
        "mandate": None
        if mandate is None
        else [
            mandate.title,
            mandate.person_name,
            mandate.role,
            mandate.valid_from.isoformat(),
            mandate.decision_number,
        ],
        "capacities": sorted(body.capacity_kinds(batch.act_date)),
        "suspended": sorted(body.suspended_kinds(batch.act_date)),
        "decision": [
            decision.number,
            decision.date.isoformat(),
            decision.decided_by,
            decision.signer,
            decision.row_count,
        ],
        "submitted_by": batch.submitted_by,
        "learners_confirmed_on": _iso(batch.learners_confirmed_on),
        "file": batch.file_sha256,
        "sheet": batch.sheet,
        "rows": batch.row_count,
        "rules": batch.rule_set,
        "rulings": list(batch.rulings),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _store(
    cursor: CursorWrapper,
    seen: Examination,
    file: ListFile,
    proposal: Proposal,
    decision: RecognitionDecision,
    mandate: Mandate,
    rows: _Rows,
    by: Actor,
    at: datetime,
) -> Batch:
    if decision.pk is None:
        decision.save(force_insert=True)
    batch = Batch(
        id=uuid.uuid4(),
        issuer=seen.body,
        kind=seen.facts.kind,
        act_date=proposal.issued_on,
        exam_date=proposal.exam_date,
        level=proposal.level,
        decision=decision,
        mandate=mandate,
        signatory_title=proposal.signatory,
        signatory_name=mandate.person_name,
        submitted_by=proposal.submitted_by or "",
        learners_confirmed_on=proposal.learners_confirmed_on,
        file_name=seen.reading.file_name[:200],
        file_sha256=seen.reading.sha256,
        sheet=file.sheet or "",
        rule_set=seen.rule_set,
        rulings=list(seen.rulings),
        token=f"pt_{secrets.token_urlsafe(24)}",
        row_count=len(rows),
        refused_rows=seen.rows_read - len(rows),
        prepared_by=by.username,
        prepared_at=at,
    )
    batch.binding = binding_hash(bound_act(batch, seen.facts.body, mandate), rows)
    batch.save(force_insert=True)
    bulk.insert_rows(cursor, "credentials_batch_row", _ROW_COLUMNS, _row_values(batch, rows))
    BatchFinding.objects.bulk_create(
        (
            _stored_finding(batch, finding)
            for number, finding in enumerate(seen.findings)
            if number < _STORED_FINDINGS or finding.override
        ),
        batch_size=1000,
    )
    return batch


def _row_values(batch: Batch, rows: _Rows) -> Iterator[tuple[Any, ...]]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for n, sheet, row, data in rows:
        yield batch.pk, batch.issuer_id, n, sheet, row, encode(data), ""


def _stored_finding(batch: Batch, finding: Finding) -> BatchFinding:
    return BatchFinding(
        batch=batch,
        issuer_id=batch.issuer_id,
        check_id=finding.check,
        violation=finding.violation or "",
        level=str(finding.level),
        result=str(finding.result),
        sheet=finding.sheet,
        row=finding.row,
        column=finding.column,
        column_name=finding.column_name or "",
        citation=finding.citation[:300],
        message=finding.message.vi,
        message_en=finding.message.en,
        remedy=finding.remedy.vi,
        remedy_en=finding.remedy.en,
        ruling=finding.ruling or "",
        override=finding.override or "",
    )


def _reserve(
    cursor: CursorWrapper,
    batch: Batch,
    body: Organisation,
    seen: Examination,
    rows: _Rows,
    at: datetime,
    until: datetime,
) -> None:
    serials = (
        [str(data.get("serial") or "") for _, _, _, data in rows] if seen.has_serials else None
    )
    blanks.reserve(
        cursor,
        owner=body,
        kind=batch.kind,
        batch_id=batch.pk,
        count=len(rows),
        serials=serials,
        at=at,
        until=until,
    )


def _prepared(
    batch: Batch,
    findings: Sequence[Finding],
    *,
    existing: bool = False,
    blanks_until: datetime | None = None,
) -> Prepared:
    return Prepared(
        token=batch.token,
        state=str(batch.state),
        issuer=batch.issuer.code,
        kind=batch.kind,
        act_date=batch.act_date,
        row_count=batch.row_count,
        refused_rows=batch.refused_rows,
        rule_set=batch.rule_set,
        binding=bytes(batch.binding).hex(),
        blanks_until=blanks_until,
        findings=tuple(findings),
        existing=existing,
    )
