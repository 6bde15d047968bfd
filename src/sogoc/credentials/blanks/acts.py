"""Acts on the stock: lots come in; blanks are spoiled, returned, destroyed or lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from sogoc.credentials import bulk
from sogoc.credentials.blanks.errors import BlankError
from sogoc.credentials.blanks.ledger import Step, lock_stock, record_steps
from sogoc.credentials.blanks.models import BlankLot
from sogoc.credentials.blanks.ranges import Run, run_of
from sogoc.credentials.blanks.stock import states_of
from sogoc.credentials.log.api import add_leaf, sources, stream_for
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, get_organisation, record_event, require
from sogoc.people.models import Organisation

_MAY_BECOME: Final = {
    "spoiled": {"stock", "returned", "bound"},
    "returned": {"bound"},
    "destroyed": {"stock", "returned", "spoiled", "bound"},
    "lost": {"stock", "returned", "spoiled", "bound"},
}
_LARGEST_ACT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A lot as taken in."""

    owner: str
    kind: str
    first: str
    last: str
    count: int
    source: str
    document_number: str
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an act moved: how many blanks, from which serial to which, and to which state."""

    owner: str
    kind: str
    first: str
    last: str
    count: int
    state: str


def receive_lot(
    *,
    owner: str,
    kind: str,
    first: str,
    last: str,
    document_number: str,
    on: date,
    by: Actor,
    at: datetime,
    printed: bool = False,
) -> Lot:
    """Take in blanks received (or printed by the body itself) with a document.

    Needs ``blanks.receive``. Raises ``BlankError`` when a serial of the run is in a lot already.
    """
    source = BlankLot.Source.PRINTED if printed else BlankLot.Source.RECEIVED
    return _take_in(owner, kind, run_of(first, last), source, document_number, on, by, at)


def opening_stock(
    *, owner: str, kind: str, first: str, last: str, minutes: str, on: date, by: Actor, at: datetime
) -> Lot:
    """Take over blanks found by a stock-take, with its minutes, before the ledger starts here.

    Needs ``blanks.receive``. Raises ``BlankError`` when a serial of the run is in a lot already.
    """
    return _take_in(owner, kind, run_of(first, last), BlankLot.Source.OPENING, minutes, on, by, at)


def _take_in(
    owner: str,
    kind: str,
    run: Run,
    source: BlankLot.Source,
    document: str,
    on: date,
    by: Actor,
    at: datetime,
) -> Lot:
    document = _document(document)
    with acting(by):
        body = get_organisation(owner)
        require(by, "blanks.receive", organisation_id=body.pk)
        columns: dict[str, Any] = {
            "kind": kind,
            "prefix": run.prefix,
            "width": run.width,
            "first": run.first,
            "last": run.last,
            "source": str(source),
            "document_number": document,
            "received_on": on,
        }
        _insert_lot(body, run, columns)
        lot = Lot(
            owner=owner,
            kind=kind,
            first=run.serial(run.first),
            last=run.serial(run.last),
            count=run.size,
            source=str(source),
            document_number=document,
            received_on=on,
        )
        record_event(
            actor=by,
            verb="blanks:lot:take-in",
            subject=f"{kind} {lot.first}–{lot.last}",
            at=at,
            detail={"source": lot.source, "document": document, "count": lot.count},
            organisation_code=owner,
        )
        return lot


def _insert_lot(owner: Organisation, run: Run, columns: dict[str, Any]) -> None:
    prepared = sources.lot_leaf(owner.code, columns, os.urandom(32))
    try:
        with transaction.atomic():
            add_leaf(stream_for(columns["received_on"]), sources.LOT, prepared.leaf)
            BlankLot.objects.create(
                owner=owner,
                record_key=prepared.record_key,
                leaf_hash=prepared.leaf_hash,
                **columns,
            )
    except IntegrityError as error:
        if "blank_lot_no_overlap" not in str(error):
            raise
        first, last = run.serial(run.first), run.serial(run.last)
        raise BlankError(
            "blank_lot_overlap",
            Text(
                f"Dải {first} – {last} trùng với lô đã nhập.",
                f"The run {first} – {last} overlaps an earlier lot.",
            ),
            kind=columns["kind"],
        ) from None


def spoil(
    *, owner: str, kind: str, first: str, last: str | None = None, reason: str, on: date, by: Actor,
    at: datetime,
) -> Moved:  # fmt: skip
    """Record blanks in stock as spoiled (damaged, misprinted), to be destroyed with minutes later.

    Needs ``blanks.receive``. Raises ``BlankError``. A misprint of a batch is ``issuing.misprint``.
    """
    return _move(
        "spoiled", "blanks.receive", owner, kind, run_of(first, last), _reason(reason), "", on, by,
        at,
    )  # fmt: skip


def return_blanks(
    *, owner: str, kind: str, first: str, last: str | None = None, reason: str, on: date, by: Actor,
    at: datetime,
) -> Moved:  # fmt: skip
    """Record bound blanks that were never written on as back in stock.

    Needs ``blanks.receive``. Raises ``BlankError``.
    """
    return _move(
        "returned", "blanks.receive", owner, kind, run_of(first, last), _reason(reason), "", on, by,
        at, _refuse_live_batch,
    )  # fmt: skip


def destroy(
    *, owner: str, kind: str, first: str, last: str | None = None, minutes: str, reason: str,
    on: date, by: Actor, at: datetime,
) -> Moved:  # fmt: skip
    """Record blanks as destroyed, by the number of the council's minutes.

    Needs ``blanks.destroy``. Raises ``BlankError``.
    """
    return _move(
        "destroyed", "blanks.destroy", owner, kind, run_of(first, last), _reason(reason),
        _document(minutes), on, by, at, _refuse_live_batch,
    )  # fmt: skip


def report_lost(
    *, owner: str, kind: str, first: str, last: str | None = None, notice: str, reason: str,
    on: date, by: Actor, at: datetime,
) -> Moved:  # fmt: skip
    """Record blanks as lost, by the number of the notice to the police.

    Needs ``blanks.destroy``. Raises ``BlankError``.
    """
    return _move(
        "lost", "blanks.destroy", owner, kind, run_of(first, last), _reason(reason),
        _document(notice), on, by, at, _refuse_live_batch,
    )  # fmt: skip


_Current = dict[tuple[str, int], tuple[int, str]]


def _move(
    state: str,
    permission: str,
    owner: str,
    kind: str,
    run: Run,
    reason: str,
    document: str,
    on: date,
    by: Actor,
    at: datetime,
    also: Callable[[str, Run], None] | None = None,
) -> Moved:
    _require_size(run)
    with acting(by), bulk.cursor() as cursor:
        body = get_organisation(owner)
        require(by, permission, organisation_id=body.pk)
        lock_stock(cursor, body.pk, kind)
        if also is not None:
            also(kind, run)
        places = [(run.prefix, number) for number in range(run.first, run.last + 1)]
        current = states_of(cursor, kind, places)
        _require_moves(body.pk, kind, run, current, state)
        steps = [
            Step(*place, current.get(place, (0, ""))[0] + 1, state, None, None, document, reason)
            for place in places
        ]
        record_steps(cursor, owner=body, kind=kind, steps=steps, on=on, at=at)
        moved = Moved(
            owner=owner,
            kind=kind,
            first=run.serial(run.first),
            last=run.serial(run.last),
            count=run.size,
            state=state,
        )
        record_event(
            actor=by,
            verb=f"blanks:blank:{state}",
            subject=f"{kind} {moved.first}–{moved.last}",
            at=at,
            reason=reason,
            detail={"document": document, "count": moved.count},
            organisation_code=owner,
        )
        return moved


def _require_size(run: Run) -> None:
    if run.size > _LARGEST_ACT:
        raise BlankError(
            "blank_run_too_long",
            Text(
                f"Mỗi lần ghi nhiều nhất {_LARGEST_ACT} phôi.",
                f"At most {_LARGEST_ACT} blanks at a time.",
            ),
        )


def _require_moves(owner_id: int, kind: str, run: Run, current: _Current, state: str) -> None:
    """Say in words what the trigger would refuse."""
    held = BlankLot.objects.filter(
        owner_id=owner_id, kind=kind, prefix=run.prefix, first__lte=run.last, last__gte=run.first
    )
    in_lots = sum(
        min(last, run.last) - max(first, run.first) + 1
        for first, last in held.values_list("first", "last")
    )
    if in_lots < run.size:
        raise BlankError(
            "blank_not_ours",
            Text(
                f"{run.size - in_lots} phôi trong dải không thuộc lô nào của đơn vị.",
                f"{run.size - in_lots} blanks of the run are in no lot of this body.",
            ),
            kind=kind,
        )
    for number in range(run.first, run.last + 1):
        was = current.get((run.prefix, number), (0, "stock"))[1]
        if was not in _MAY_BECOME[state]:
            raise BlankError(
                "blank_state",
                Text(
                    f"Phôi {run.serial(number)} đang ở trạng thái “{was}”, không thể là “{state}”.",
                    f"Blank {run.serial(number)} is {was}; it cannot become {state}.",
                ),
                serial=run.serial(number),
                state=was,
            )


def _refuse_live_batch(kind: str, run: Run) -> None:
    """A blank that carries the name of somebody in a living batch is a misprint of that batch."""
    with bulk.cursor() as cursor:
        cursor.execute(
            "SELECT m.number FROM credentials_blank_movement m"
            " JOIN credentials_batch b ON b.id = m.batch_id AND b.state IN ('printed', 'signed')"
            " WHERE m.kind = %s AND m.prefix = %s AND m.number BETWEEN %s AND %s"
            "  AND m.state = 'bound' AND NOT EXISTS (SELECT 1 FROM credentials_blank_movement later"
            "   WHERE later.kind = m.kind AND later.prefix = m.prefix"
            "   AND later.number = m.number AND later.step > m.step) ORDER BY m.number LIMIT 1",
            [kind, run.prefix, run.first, run.last],
        )
        row = cursor.fetchone()
    if row is not None:
        raise BlankError(
            "blank_in_batch",
            Text(
                f"Phôi {run.serial(row[0])} đã in trong đợt chưa vào sổ: ghi in hỏng ở đợt đó.",
                f"Blank {run.serial(row[0])} is printed in a batch not yet issued: record a "
                "misprint there.",
            ),
            serial=run.serial(row[0]),
        )


def _document(text: str) -> str:
    if not text.strip():
        raise BlankError(
            "blank_document_missing",
            Text("Thiếu số biên bản hoặc văn bản.", "The number of the document is missing."),
        )
    return text.strip()


def _reason(text: str) -> str:
    if not text.strip():
        raise BlankError("blank_reason_missing", Text("Thiếu lý do.", "The reason is missing."))
    return text.strip()
