"""Printing: a serial is bound to each row; a misprint spoils the blank and binds the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sogoc.credentials import bulk
from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing.errors import WrongState
from sogoc.credentials.issuing.models import Batch, BatchRow
from sogoc.credentials.issuing.reading import locked_batch
from sogoc.credentials.issuing.records import Printed
from sogoc.credentials.issuing.state import State
from sogoc.credentials.issuing.steps import event, move, require_state
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, require


def print_batch(
    *,
    token: str,
    misprints: Iterable[tuple[int, str]] = (),
    by: Actor,
    on: date,
    at: datetime,
) -> Printed:
    """Bind a serial to every row, in order, and record the printing of day ``on``.

    Rows that came with a serial get exactly that one. ``misprints`` are (row ``n`` of the batch,
    reason): the blank is spoiled and the row takes the next, as often as the row is named. Needs
    ``batch.print``. Raises ``WrongState``, ``NotEnoughBlanks``, ``BlankNotFree``, ``UnknownBatch``.
    """
    with acting(by), bulk.cursor() as cursor:
        batch = locked_batch(token)
        require(by, "batch.print", organisation_id=batch.issuer_id)
        require_state(batch, State.APPROVED)
        rows = BatchRow.objects.filter(batch=batch).order_by("n")
        typed = [text or "" for text in rows.values_list("data__serial", flat=True)]
        bound = blanks.bind(
            cursor,
            owner=batch.issuer,
            kind=batch.kind,
            batch_id=batch.pk,
            typed=typed if any(typed) else None,
            count=batch.row_count,
            misprints=_by_row(misprints, batch.row_count),
            on=on,
            at=at,
        )
        with bulk.staged(
            cursor,
            (("n", "int"), ("serial", "text")),
            enumerate(bound.serials, start=1),
            name="sogoc_print_stage",
        ) as stage:
            cursor.execute(
                f"UPDATE credentials_batch_row r SET serial = s.serial FROM {stage} s"  # noqa: S608 - our own table
                " WHERE r.batch_id = %s AND r.n = s.n",
                [batch.pk],
            )
        move(batch, State.PRINTED, by, at, printed_by=by.username, printed_at=at)
        return Printed(
            token=token,
            row_count=batch.row_count,
            first_serial=bound.serials[0],
            last_serial=bound.serials[-1],
            spoiled=bound.spoiled,
        )


def misprint(*, token: str, n: int, reason: str, by: Actor, on: date, at: datetime) -> str:
    """Record that row ``n`` of a printed batch was misprinted; return the serial it now has.

    A batch signed already goes back to printed: it is signed and sealed anew. Needs ``batch.print``
    and a reason. Raises ``WrongState``, ``NotEnoughBlanks``, ``UnknownBatch``.
    """
    with acting(by), bulk.cursor() as cursor:
        batch = locked_batch(token)
        require(by, "batch.print", organisation_id=batch.issuer_id)
        require_state(batch, State.PRINTED, State.SIGNED)
        _by_row([(n, reason)], batch.row_count)
        row = BatchRow.objects.get(batch=batch, n=n)
        if batch.state == State.SIGNED or batch.signed_by:
            _reopen(batch, by, at, reason)
        serial = blanks.respoil(
            cursor,
            owner=batch.issuer,
            kind=batch.kind,
            batch_id=batch.pk,
            n=n,
            reason=reason.strip(),
            on=on,
            at=at,
        )
        spoiled, row.serial = row.serial, serial
        row.save(update_fields=["serial"])
        event(batch, "misprint", by, at, reason=reason.strip(), n=n, spoiled=spoiled, bound=serial)
        return serial


def _reopen(batch: Batch, by: Actor, at: datetime, reason: str) -> None:
    cleared = {"signed_by": "", "signed_on": None, "sealed_by": "", "sealed_on": None}
    if batch.state == State.SIGNED:
        move(batch, State.PRINTED, by, at, verb="reopen", reason=reason.strip(), **cleared)
        return
    for name, value in cleared.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(cleared))
    event(batch, "reopen", by, at, reason=reason.strip())


def _by_row(misprints: Iterable[tuple[int, str]], count: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for n, reason in misprints:
        if not 1 <= n <= count or not reason.strip():
            raise WrongState(
                "misprint_malformed",
                Text(
                    f"In hỏng phải nêu dòng từ 1 đến {count} và lý do.",
                    f"A misprint names a row from 1 to {count} and its reason.",
                ),
                n=n,
            )
        found.setdefault(n, []).append(reason.strip())
    return found
