"""Reading batches: lists, one batch, its rows and findings."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from sogoc.credentials.issuing.errors import UnknownBatch
from sogoc.credentials.issuing.models import Batch, BatchFinding, BatchRow
from sogoc.credentials.issuing.records import BatchRowView, BatchView, FindingView
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting


def batches(
    *,
    by: Actor,
    issuer: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[BatchView]:
    """Return the batches the actor may see, the newest first."""
    with acting(by):
        found = _views()
        if issuer is not None:
            found = found.filter(issuer__code=issuer)
        if state is not None:
            found = found.filter(state=state)
        if kind is not None:
            found = found.filter(kind=kind)
        return [_view(batch) for batch in found[offset : offset + limit]]


def get_batch(*, token: str, by: Actor) -> BatchView:
    """Return one batch. Raises ``UnknownBatch``."""
    with acting(by):
        batch = _views().filter(token=token).first()
        if batch is None:
            raise unknown(token)
        return _view(batch)


def batch_rows(*, token: str, by: Actor, limit: int = 500, offset: int = 0) -> list[BatchRowView]:
    """Return rows of a batch in the order of the register. Raises ``UnknownBatch``."""
    with acting(by):
        batch = _views().filter(token=token).first()
        if batch is None:
            raise unknown(token)
        rows = BatchRow.objects.filter(batch=batch).order_by("n")[offset : offset + limit]
        return [
            BatchRowView(n=row.n, sheet=row.sheet, row=row.row, serial=row.serial, data=row.data)
            for row in rows
        ]


def batch_findings(
    *, token: str, by: Actor, limit: int = 1000, offset: int = 0
) -> list[FindingView]:
    """Return the findings stored with a batch, in the order they were made."""
    with acting(by):
        batch = _views().filter(token=token).first()
        if batch is None:
            raise unknown(token)
        found = BatchFinding.objects.filter(batch=batch).order_by("pk")[offset : offset + limit]
        return [
            FindingView(
                check=f.check_id,
                violation=f.violation,
                level=f.level,
                result=f.result,
                sheet=f.sheet,
                row=f.row,
                column=f.column,
                column_name=f.column_name,
                citation=f.citation,
                message=f.message,
                message_en=f.message_en,
                remedy=f.remedy,
                remedy_en=f.remedy_en,
                ruling=f.ruling,
            )
            for f in found
        ]


def locked_batch(token: str) -> Batch:
    """Return the batch, its row locked to the end of the transaction. Raises ``UnknownBatch``."""
    batch = Batch.objects.select_for_update().filter(token=token).first()
    if batch is None:
        raise unknown(token)
    return batch


def unknown(token: str) -> UnknownBatch:
    """Return the error for a token nobody knows, or whose batch the caller may not see."""
    return UnknownBatch(
        "batch_unknown",
        Text(f"Không có đợt cấp nào mang mã {token}.", f"No batch has the token {token}."),
        token=token,
    )


def _views() -> QuerySet[Batch]:
    return (
        Batch.objects.select_related("issuer", "decision")
        .annotate(blanks_until=Max("blankreservation__expires_at"))
        .order_by("-prepared_at", "-pk")
    )


def _view(batch: Batch) -> BatchView:
    return BatchView(
        token=batch.token,
        state=batch.state,
        issuer=batch.issuer.code,
        issuer_name=batch.issuer.name,
        kind=batch.kind,
        act_date=batch.act_date,
        exam_date=batch.exam_date,
        level=batch.level,
        signatory_title=batch.signatory_title,
        signatory_name=batch.signatory_name,
        decision_number=batch.decision.number,
        decision_date=batch.decision.date,
        decision_by=batch.decision.decided_by,
        submitted_by=batch.submitted_by,
        file_name=batch.file_name,
        file_sha256=batch.file_sha256,
        sheet=batch.sheet,
        rule_set=batch.rule_set,
        rulings=tuple(batch.rulings),
        row_count=batch.row_count,
        refused_rows=batch.refused_rows,
        prepared_by=batch.prepared_by,
        prepared_at=batch.prepared_at,
        approved_by=batch.approved_by,
        approved_at=batch.approved_at,
        printed_by=batch.printed_by,
        printed_at=batch.printed_at,
        signed_by=batch.signed_by,
        signed_on=batch.signed_on,
        sealed_by=batch.sealed_by,
        sealed_on=batch.sealed_on,
        issued_by=batch.issued_by,
        issued_at=batch.issued_at,
        cancelled_by=batch.cancelled_by,
        cancel_reason=batch.cancel_reason,
        blanks_until=getattr(batch, "blanks_until", None),
    )
