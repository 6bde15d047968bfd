"""The steps people take on a prepared batch: approve, sign, seal, cancel."""

from __future__ import annotations

from datetime import date, datetime

from sogoc.credentials import bulk
from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing.errors import MandateMissing, SamePerson, WrongState
from sogoc.credentials.issuing.models import Batch
from sogoc.credentials.issuing.reading import get_batch, locked_batch
from sogoc.credentials.issuing.records import BatchView
from sogoc.credentials.issuing.state import TRANSITIONS, State
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event, require


def approve_batch(*, token: str, by: Actor, at: datetime) -> BatchView:
    """Approve a prepared batch; who prepared it may not, the signatory may.

    Needs ``batch.approve``. Raises ``SamePerson``, ``WrongState``, ``UnknownBatch``.
    """
    with acting(by):
        batch = locked_batch(token)
        require(by, "batch.approve", organisation_id=batch.issuer_id)
        if batch.prepared_by == by.username:
            raise SamePerson(
                "four_eyes",
                Text(
                    "Người lập đợt cấp không được tự duyệt; cần một người khác.",
                    "Who prepared a batch does not approve it; another person must.",
                ),
                prepared_by=batch.prepared_by,
            )
        move(batch, State.APPROVED, by, at, approved_by=by.username, approved_at=at)
        return get_batch(token=token, by=by)


def sign_batch(*, token: str, by: Actor, on: date, at: datetime) -> BatchView:
    """Record that the printed credentials were compared and signed by ``by`` on day ``on``.

    The mandate the batch was prepared with must cover that day. The batch stays printed until it is
    sealed. Needs ``batch.sign``. Raises ``MandateMissing``, ``WrongState``, ``UnknownBatch``.
    """
    with acting(by):
        batch = locked_batch(token)
        require(by, "batch.sign", organisation_id=batch.issuer_id)
        require_state(batch, State.PRINTED)
        if batch.signed_by:
            raise WrongState(
                "batch_signed_already",
                Text("Đợt cấp đã ghi nhận việc ký.", "The signing is recorded already."),
                token=token,
            )
        require_mandate(batch, on)
        batch.signed_by, batch.signed_on = by.username, on
        batch.save(update_fields=["signed_by", "signed_on"])
        event(batch, "sign", by, at, on=on.isoformat(), mandate=batch.mandate_id)
        return get_batch(token=token, by=by)


def seal_batch(*, token: str, by: Actor, on: date, at: datetime) -> BatchView:
    """Record that the signed credentials were sealed on day ``on``; the batch is now signed.

    Needs ``batch.seal``. Raises ``WrongState`` before the signing is recorded, ``UnknownBatch``.
    """
    with acting(by):
        batch = locked_batch(token)
        require(by, "batch.seal", organisation_id=batch.issuer_id)
        require_state(batch, State.PRINTED)
        if batch.signed_on is None or on < batch.signed_on:
            raise WrongState(
                "batch_not_signed_yet",
                Text(
                    "Chỉ đóng dấu sau khi người có thẩm quyền đã ký.",
                    "The seal follows the signature, never the other way round.",
                ),
                token=token,
            )
        move(batch, State.SIGNED, by, at, verb="seal", sealed_by=by.username, sealed_on=on)
        return get_batch(token=token, by=by)


def cancel_batch(*, token: str, reason: str, by: Actor, on: date, at: datetime) -> BatchView:
    """Give up a batch that is not yet in the register; blanks already printed become spoiled.

    Needs ``batch.cancel`` and a reason. Raises ``WrongState``, ``UnknownBatch``.
    """
    with acting(by), bulk.cursor() as cursor:
        batch = locked_batch(token)
        require(by, "batch.cancel", organisation_id=batch.issuer_id)
        if not reason.strip():
            raise WrongState(
                "cancel_reason_missing",
                Text("Hủy đợt cấp phải nêu lý do.", "A cancellation needs its reason."),
            )
        was = batch.state
        move(
            batch,
            State.CANCELLED,
            by,
            at,
            reason=reason.strip(),
            cancelled_by=by.username,
            cancel_reason=reason.strip(),
        )
        blanks.release(batch.pk)
        if was in {State.PRINTED, State.SIGNED}:
            blanks.spoil_batch(
                cursor,
                owner=batch.issuer,
                kind=batch.kind,
                batch_id=batch.pk,
                reason=f"Hủy đợt cấp: {reason.strip()}",
                on=on,
                at=at,
            )
        return get_batch(token=token, by=by)


def move(
    batch: Batch,
    state: Batch.State,
    by: Actor,
    at: datetime,
    *,
    verb: str = "",
    reason: str = "",
    **columns: object,
) -> None:
    """Take a locked batch to ``state`` with the columns of that step, and record it.

    Raises ``WrongState`` for a step the table of transitions does not have.
    """
    if state not in TRANSITIONS[Batch.State(batch.state)]:
        raise wrong_state(batch)
    batch.state = state
    for name, value in columns.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *columns])
    event(batch, verb or _VERBS[state], by, at, reason=reason)


_VERBS = {
    State.APPROVED: "approve",
    State.PRINTED: "print",
    State.SIGNED: "seal",
    State.ISSUED: "issue",
    State.CANCELLED: "cancel",
}


def require_state(batch: Batch, *states: Batch.State) -> None:
    """Raise ``WrongState`` unless the batch is in one of the states."""
    if batch.state not in states:
        raise wrong_state(batch)


def wrong_state(batch: Batch) -> WrongState:
    """Return the error that says where the batch stands."""
    label = State(batch.state).label
    return WrongState(
        "batch_state",
        Text(
            f"Đợt cấp đang ở bước “{label}”, không làm được việc này.",
            f"The batch is {batch.state}; this step does not start from there.",
        ),
        token=batch.token,
        state=batch.state,
    )


def require_mandate(batch: Batch, on: date) -> None:
    """Raise ``MandateMissing`` unless the batch's mandate covers the day."""
    mandate = batch.mandate
    if (
        mandate is not None
        and mandate.valid_from <= on
        and (mandate.valid_until is None or on < mandate.valid_until)
    ):
        return
    raise MandateMissing(
        "mandate_missing",
        Text(
            f"Ngày {on:%d/%m/%Y} không ai giữ thẩm quyền ký “{batch.signatory_title}” của đơn vị.",
            f"On {on.isoformat()} nobody of this body may sign as “{batch.signatory_title}”.",
        ),
        title=batch.signatory_title,
        on=on.isoformat(),
    )


def event(
    batch: Batch, action: str, by: Actor, at: datetime, *, reason: str = "", **detail: object
) -> None:
    """Record what was done to a batch, in the transaction that did it."""
    record_event(
        actor=by,
        verb=f"issuing:batch:{action}",
        subject=batch.token,
        at=at,
        reason=reason,
        detail={"kind": batch.kind, "rows": batch.row_count, **detail},
        organisation_code=batch.issuer.code,
    )
