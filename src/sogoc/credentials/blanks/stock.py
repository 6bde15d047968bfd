"""What is in stock: lots less everything that moved, less what is set aside for other batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sogoc.credentials.blanks.errors import NotEnoughBlanks
from sogoc.credentials.blanks.ranges import Run, subtract
from sogoc.credentials.register.api import used_serials
from sogoc.kernel.identifiers import Serial
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

Place = tuple[str, int]
"""(prefix, number) of a blank of a known kind."""


@dataclass(frozen=True, slots=True)
class FreeBlanks:
    """Free blanks of one owner and kind, oldest lot first; ``steps`` of those once returned."""

    runs: tuple[Run, ...]
    steps: Mapping[Place, int]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(run.size for run in self.runs)


class _Lot(NamedTuple):
    prefix: str
    width: int
    first: int
    last: int


def free_blanks(
    cursor: CursorWrapper,
    owner_id: int,
    kind: str,
    *,
    at: datetime | None,
    for_batch: UUID | None = None,
) -> FreeBlanks:
    """Return what is in stock and, at ``at``, not reserved for a batch other than ``for_batch``.

    Without ``at`` reservations are not looked at.
    """
    returned = _returned(cursor, owner_id, kind)
    reserved = [] if at is None else _reserved(cursor, owner_id, kind, at=at, but=for_batch)
    runs: list[Run] = []
    for lot in _lots(cursor, owner_id, kind):
        found = _untouched(cursor, kind, lot)
        found += [
            Run(lot.prefix, lot.width, number, number)
            for prefix, number in returned
            if prefix == lot.prefix and lot.first <= number <= lot.last
        ]
        taken = [(run.first, run.last) for run in reserved if run.prefix == lot.prefix]
        for run in sorted(found, key=lambda run: run.first):
            runs += subtract(run, taken)
    return FreeBlanks(tuple(runs), returned)


def take(kind: str, runs: Iterable[Run], count: int) -> list[Run]:
    """Take the first ``count`` blanks of the runs, passing over serials a register names.

    Raises ``NotEnoughBlanks``.
    """
    taken: list[Run] = []
    missing = count
    for run in runs:
        at = run.first
        while missing and at <= run.last:
            part = run._replace(first=at, last=min(run.last, at + missing - 1))
            pieces = subtract(part, _in_a_register(kind, part))
            taken += pieces
            missing -= sum(piece.size for piece in pieces)
            at = part.last + 1
        if not missing:
            return taken
    if missing:
        raise NotEnoughBlanks(
            "blanks_not_enough",
            Text(
                f"Kho thiếu {missing} phôi: cần {count}, còn dùng được {count - missing}.",
                f"The stock is {missing} blanks short: {count} needed, {count - missing} free.",
            ),
            needed=count,
            free=count - missing,
        )
    return taken


def reserved_for(cursor: CursorWrapper, batch: UUID) -> list[Run]:
    """Return the runs set aside for a batch, in order; expiry is not looked at."""
    cursor.execute(
        "SELECT r.prefix, l.width, r.first, r.last FROM credentials_blank_reservation r"
        " JOIN credentials_blank_lot l ON l.kind = r.kind AND l.prefix = r.prefix"
        "  AND r.first BETWEEN l.first AND l.last"
        " WHERE r.batch_id = %s ORDER BY r.id",
        [batch],
    )
    return [Run(*row) for row in cursor.fetchall()]


def states_of(
    cursor: CursorWrapper, kind: str, places: Sequence[Place]
) -> dict[Place, tuple[int, str]]:
    """Return (step, state) of those blanks that ever moved."""
    cursor.execute(
        # each blank asks by itself (LIMIT): a join may start from all movements of the kind
        "SELECT asked.prefix, asked.number, last.step, last.state"
        " FROM unnest(%s::text[], %s::bigint[]) AS asked(prefix, number)"
        " CROSS JOIN LATERAL ("
        "  SELECT m.step, m.state FROM credentials_blank_movement m"
        "  WHERE m.kind = %s AND m.prefix = asked.prefix AND m.number = asked.number"
        "  ORDER BY m.step DESC LIMIT 1) last",
        [[prefix for prefix, _ in places], [number for _, number in places], kind],
    )
    return {(prefix, number): (step, state) for prefix, number, step, state in cursor.fetchall()}


def states_in(
    cursor: CursorWrapper, kind: str, prefix: str, first: int, last: int
) -> list[tuple[str, int]]:
    """Return how many blanks of a run are in each state now; those that never moved are not in."""
    cursor.execute(
        "SELECT state, count(*) FROM (SELECT DISTINCT ON (number) state"
        "  FROM credentials_blank_movement WHERE kind = %s AND prefix = %s"
        "  AND number BETWEEN %s AND %s ORDER BY number, step DESC) current GROUP BY state",
        [kind, prefix, first, last],
    )
    found: list[tuple[str, int]] = cursor.fetchall()
    return found


def _lots(cursor: CursorWrapper, owner_id: int, kind: str) -> list[_Lot]:
    cursor.execute(
        "SELECT prefix, width, first, last FROM credentials_blank_lot"
        " WHERE owner_id = %s AND kind = %s ORDER BY received_on, id",
        [owner_id, kind],
    )
    return [_Lot(*row) for row in cursor.fetchall()]


def _untouched(cursor: CursorWrapper, kind: str, lot: _Lot) -> list[Run]:
    """Runs of a lot that no movement names. Used from the start on, a lot costs one index scan."""
    cursor.execute(
        "SELECT count(*), max(number) FROM credentials_blank_movement"
        " WHERE kind = %s AND prefix = %s AND number BETWEEN %s AND %s AND step = 1",
        [kind, lot.prefix, lot.first, lot.last],
    )
    moved, highest = cursor.fetchone()
    whole = Run(*lot)
    if not moved:
        return [whole]
    above = [whole._replace(first=highest + 1)] if highest < lot.last else []
    if moved == highest - lot.first + 1:
        return above
    cursor.execute(
        "SELECT lower(gap), upper(gap) - 1 FROM unnest("
        "  int8multirange(int8range(%s, %s, '[]')) - ("
        "    SELECT range_agg(int8range(number, number, '[]')) FROM credentials_blank_movement"
        "    WHERE kind = %s AND prefix = %s AND number BETWEEN %s AND %s AND step = 1)"
        ") AS gap ORDER BY 1",
        [lot.first, highest, kind, lot.prefix, lot.first, highest],
    )
    return [whole._replace(first=low, last=high) for low, high in cursor.fetchall()] + above


def _returned(cursor: CursorWrapper, owner_id: int, kind: str) -> dict[Place, int]:
    """Blanks whose last step brought them back to stock, with that step."""
    cursor.execute(
        "SELECT m.prefix, m.number, m.step FROM credentials_blank_movement m"
        " WHERE m.owner_id = %s AND m.kind = %s AND m.state = 'returned' AND NOT EXISTS ("
        "  SELECT 1 FROM credentials_blank_movement later WHERE later.kind = m.kind"
        "  AND later.prefix = m.prefix AND later.number = m.number AND later.step > m.step)",
        [owner_id, kind],
    )
    return {(prefix, number): step for prefix, number, step in cursor.fetchall()}


def _reserved(
    cursor: CursorWrapper, owner_id: int, kind: str, *, at: datetime, but: UUID | None
) -> list[Run]:
    cursor.execute(
        "SELECT prefix, 0, first, last FROM credentials_blank_reservation"
        " WHERE owner_id = %s AND kind = %s AND expires_at > %s AND batch_id IS DISTINCT FROM %s",
        [owner_id, kind, at, but],
    )
    return [Run(*row) for row in cursor.fetchall()]


def _in_a_register(kind: str, run: Run) -> list[tuple[int, int]]:
    """Numbers whose serial a register names already: an old line means the stock-take erred."""
    used = used_serials(kind, map(run.serial, range(run.first, run.last + 1)))
    numbers = (Serial.parse(text).number for text in used)
    return [(number, number) for number in numbers]
