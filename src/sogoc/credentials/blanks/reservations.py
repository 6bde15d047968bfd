"""Blanks set aside for a prepared batch, and bound to its rows when it is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sogoc.credentials.blanks.errors import BlankNotFree
from sogoc.credentials.blanks.ledger import Step, lock_stock, record_steps
from sogoc.credentials.blanks.models import BlankReservation
from sogoc.credentials.blanks.ranges import Run, gather, normal_serial, subtract
from sogoc.credentials.blanks.stock import FreeBlanks, free_blanks, reserved_for, take
from sogoc.kernel.identifiers import Serial
from sogoc.kernel.text import Text
from sogoc.people.models import Organisation

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Bound:
    """Serials in the order of the rows, and those spoiled on the way."""

    serials: tuple[str, ...]
    spoiled: tuple[str, ...]


def reserve(
    cursor: CursorWrapper,
    *,
    owner: Organisation,
    kind: str,
    batch_id: UUID,
    count: int,
    serials: Sequence[str] | None,
    at: datetime,
    until: datetime,
) -> None:
    """Set aside ``count`` blanks, or exactly the typed ``serials``, for a batch until ``until``.

    Reservations past their time are released here. Raises ``NotEnoughBlanks``, ``BlankNotFree``.
    """
    lock_stock(cursor, owner.pk, kind)
    BlankReservation.objects.filter(owner=owner, kind=kind, expires_at__lte=at).delete()
    free = free_blanks(cursor, owner.pk, kind, at=at)
    if serials is None:
        runs = take(kind, free.runs, count)
    else:
        runs = gather([normal_serial(text) for text in serials])
        _require_free(runs, free)
    BlankReservation.objects.bulk_create(
        BlankReservation(
            owner=owner,
            batch_id=batch_id,
            kind=kind,
            prefix=run.prefix,
            first=run.first,
            last=run.last,
            expires_at=until,
        )
        for run in runs
    )


def release(batch_id: UUID) -> None:
    """Give back what is set aside for a batch."""
    BlankReservation.objects.filter(batch_id=batch_id).delete()


def bind(
    cursor: CursorWrapper,
    *,
    owner: Organisation,
    kind: str,
    batch_id: UUID,
    typed: Sequence[str] | None,
    count: int,
    misprints: Mapping[int, Sequence[str]],
    on: date,
    at: datetime,
) -> Bound:
    """Bind a blank to each of ``count`` rows in order (rows count from 1) and record it.

    Takes what was set aside first and, where that has lapsed, what is free. ``typed`` are the
    serials of the list: exactly these are bound. ``misprints`` gives reasons per row: each spoils
    one blank and binds the next. Raises ``NotEnoughBlanks``, ``BlankNotFree``.
    """
    lock_stock(cursor, owner.pk, kind)
    free = free_blanks(cursor, owner.pk, kind, at=at, for_batch=batch_id)
    spare = sum(map(len, misprints.values()))
    if typed is None:
        supply = _numbers(_pool(cursor, kind, batch_id, free, count + spare))
        wanted: list[Serial] | None = None
        extra = supply
    else:
        wanted = [normal_serial(text) for text in typed]
        runs = gather(wanted)
        _require_free(runs, free)
        extra = _numbers(take(kind, _without(free.runs, runs), spare))
        supply = iter(())
    steps: list[Step] = []
    serials: list[str] = []
    spoiled: list[str] = []
    for n in range(1, count + 1):
        serial = wanted[n - 1] if wanted is not None else next(supply)
        step = _bind_step(serial, free, batch_id, n)
        for reason in misprints.get(n, ()):
            steps += [step, _spoil_step(step, reason)]
            spoiled.append(str(serial))
            serial = next(extra)
            step = _bind_step(serial, free, batch_id, n)
        steps.append(step)
        serials.append(str(serial))
    release(batch_id)
    record_steps(cursor, owner=owner, kind=kind, steps=steps, on=on, at=at)
    return Bound(tuple(serials), tuple(spoiled))


def _bind_step(serial: Serial, free: FreeBlanks, batch_id: UUID, n: int) -> Step:
    step = free.steps.get((serial.prefix, serial.number), 0) + 1 if free.steps else 1
    return Step(serial.prefix, serial.number, step, "bound", batch_id, n)


def _spoil_step(bound: Step, reason: str) -> Step:
    return Step(
        bound.prefix,
        bound.number,
        bound.step + 1,
        "spoiled",
        bound.batch_id,
        bound.batch_row,
        reason=reason,
    )


def _numbers(runs: Sequence[Run]) -> Iterator[Serial]:
    for run in runs:
        for number in range(run.first, run.last + 1):
            yield Serial(run.prefix, number, run.width)


def _pool(
    cursor: CursorWrapper, kind: str, batch_id: UUID, free: FreeBlanks, needed: int
) -> list[Run]:
    """What was set aside and is still free, then further free blanks up to ``needed``."""
    own = [run for held in reserved_for(cursor, batch_id) for run in _shared(held, free.runs)]
    short = needed - sum(run.size for run in own)
    return own + take(kind, _without(free.runs, own), short) if short > 0 else own


def _shared(held: Run, free: Sequence[Run]) -> list[Run]:
    """The part of a run that is free, in ascending order."""
    return sorted(
        held._replace(first=max(held.first, run.first), last=min(held.last, run.last))
        for run in free
        if run.prefix == held.prefix and run.first <= held.last and held.first <= run.last
    )


def _without(free: Sequence[Run], taken: Sequence[Run]) -> list[Run]:
    return [
        left
        for run in free
        for left in subtract(run, [(t.first, t.last) for t in taken if t.prefix == run.prefix])
    ]


def _require_free(runs: Sequence[Run], free: FreeBlanks) -> None:
    for run in runs:
        covered = [(f.first, f.last) for f in free.runs if f[:2] == run[:2]]
        missing = subtract(run, covered)
        if missing:
            serial = missing[0].serial(missing[0].first)
            raise BlankNotFree(
                "blank_not_free",
                Text(
                    f"Phôi {serial} không còn trong kho hoặc đang giữ cho đợt khác.",
                    f"Blank {serial} is not in stock or is set aside for another batch.",
                ),
                serial=serial,
            )


def respoil(
    cursor: CursorWrapper,
    *,
    owner: Organisation,
    kind: str,
    batch_id: UUID,
    n: int,
    reason: str,
    on: date,
    at: datetime,
) -> str:
    """Spoil the blank bound to row ``n``, bind the next free one and return its serial.

    Raises ``NotEnoughBlanks``.
    """
    lock_stock(cursor, owner.pk, kind)
    bound = _bound_now(cursor, batch_id, n)
    free = free_blanks(cursor, owner.pk, kind, at=at)
    serial = next(_numbers(take(kind, free.runs, 1)))
    steps = [_spoil_step(step, reason) for step in bound]
    steps.append(_bind_step(serial, free, batch_id, n))
    record_steps(cursor, owner=owner, kind=kind, steps=steps, on=on, at=at)
    return str(serial)


def spoil_batch(
    cursor: CursorWrapper,
    *,
    owner: Organisation,
    kind: str,
    batch_id: UUID,
    reason: str,
    on: date,
    at: datetime,
) -> int:
    """Spoil every blank bound to a batch that is given up; return how many."""
    lock_stock(cursor, owner.pk, kind)
    steps = [_spoil_step(step, reason) for step in _bound_now(cursor, batch_id, None)]
    record_steps(cursor, owner=owner, kind=kind, steps=steps, on=on, at=at)
    return len(steps)


def _bound_now(cursor: CursorWrapper, batch_id: UUID, n: int | None) -> list[Step]:
    cursor.execute(
        "SELECT m.prefix, m.number, m.step, m.batch_row FROM credentials_blank_movement m"
        " WHERE m.batch_id = %s AND m.state = 'bound' AND (%s::int IS NULL OR m.batch_row = %s)"
        "  AND NOT EXISTS (SELECT 1 FROM credentials_blank_movement later"
        "   WHERE later.kind = m.kind AND later.prefix = m.prefix AND later.number = m.number"
        "   AND later.step > m.step)"
        " ORDER BY m.batch_row",
        [batch_id, n, n],
    )
    return [
        Step(prefix, number, step, "bound", batch_id, row)
        for prefix, number, step, row in cursor.fetchall()
    ]
