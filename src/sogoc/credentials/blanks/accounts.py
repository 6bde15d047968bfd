"""Reading the ledger: stock, balance, and the facts the law is asked about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sogoc.credentials import bulk
from sogoc.credentials.blanks.models import BlankLot, BlankReservation
from sogoc.credentials.blanks.ranges import Run, normal_serial
from sogoc.credentials.blanks.stock import free_blanks, states_in, states_of
from sogoc.credentials.register.api import used_serials
from sogoc.kernel.identifiers import Serial, SerialError
from sogoc.people.api import Actor, acting, get_organisation
from sogoc.policy.api import BlanksFact, LotFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The ledger of one owner and kind, in blanks; ``is_balanced`` states the identity.

    opening + received + printed = issued + destroyed + lost + in stock (+ bound and spoiled ones,
    which wait for their end). ``in_stock`` is counted from the free serials, not from the others.
    """

    owner: str
    kind: str
    opening: int = 0
    received: int = 0
    printed: int = 0
    issued: int = 0
    destroyed: int = 0
    lost: int = 0
    in_stock: int = 0
    bound: int = 0
    spoiled: int = 0

    @property
    def taken_in(self) -> int:
        """Everything that ever came in."""
        return self.opening + self.received + self.printed

    @property
    def accounted_for(self) -> int:
        """Everything whose whereabouts are known."""
        return self.issued + self.destroyed + self.lost + self.in_stock + self.bound + self.spoiled

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is missing and nothing is counted twice."""
        return self.taken_in == self.accounted_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Free blanks of one owner and kind: their runs as (first, last) serials."""

    owner: str
    kind: str
    count: int
    reserved: int
    runs: tuple[tuple[str, str], ...]


def stock(*, owner: str, by: Actor, at: datetime, kind: str | None = None) -> list[Stock]:
    """Return what may be used at ``at``, by kind."""
    with acting(by), bulk.cursor() as cursor:
        body = get_organisation(owner)
        found = []
        for name in _kinds(body.pk, kind):
            free = free_blanks(cursor, body.pk, name, at=at)
            held = BlankReservation.objects.filter(owner=body, kind=name, expires_at__gt=at)
            found.append(
                Stock(
                    owner=owner,
                    kind=name,
                    count=free.count,
                    reserved=sum(
                        last - first + 1 for first, last in held.values_list("first", "last")
                    ),
                    runs=tuple((r.serial(r.first), r.serial(r.last)) for r in _joined(free.runs)),
                )
            )
        return found


def balance(*, owner: str, by: Actor, kind: str | None = None) -> list[Balance]:
    """Return the balance of every kind the owner holds blanks of, by kind."""
    with acting(by), bulk.cursor() as cursor:
        body = get_organisation(owner)
        found = []
        for name in _kinds(body.pk, kind):
            counts: dict[str, int] = {}
            for lot in BlankLot.objects.filter(owner=body, kind=name):
                counts[lot.source] = counts.get(lot.source, 0) + lot.last - lot.first + 1
                for state, count in states_in(cursor, name, lot.prefix, lot.first, lot.last):
                    counts[state] = counts.get(state, 0) + count
            counts.pop("returned", None)
            free = free_blanks(cursor, body.pk, name, at=None)
            found.append(Balance(owner=owner, kind=name, in_stock=free.count, **counts))
        return found


def blanks_fact(
    *,
    owner_id: int,
    kind: str,
    at: datetime,
    serials: Iterable[str] = (),
) -> BlanksFact:
    """Return the body's blanks of a kind as facts; ``serials`` are those typed in the list.

    Called inside ``acting``. Serials that cannot be read are left to the checks of the list.
    """
    lots = [
        LotFact(*lot)
        for lot in BlankLot.objects.filter(owner_id=owner_id, kind=kind)
        .order_by("received_on", "id")
        .values_list("prefix", "width", "first", "last", "source", "received_on")
    ]
    typed = list(_readable(serials))
    with bulk.cursor() as cursor:
        free = free_blanks(cursor, owner_id, kind, at=at)
        states: dict[str, str] = {}
        if typed:
            named = used_serials(kind, map(str, typed))
            moved = states_of(cursor, kind, [(s.prefix, s.number) for s in typed])
            covered = _Cover(free.runs)
            for serial in typed:
                state = moved.get((serial.prefix, serial.number), (0, ""))[1]
                if str(serial) in named:
                    states[str(serial)] = "issued"
                elif state and state != "returned":
                    states[str(serial)] = state
                elif not covered.holds(serial) and _in_lots(lots, serial):
                    states[str(serial)] = "reserved"
    return BlanksFact(lots=tuple(lots), in_stock=free.count, states=states)


class _Cover:
    """Whether a serial lies in one of many runs."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = sorted(runs)
        self._starts = [(run.prefix, run.width, run.first) for run in self._runs]

    def holds(self, serial: Serial) -> bool:
        at = bisect_right(self._starts, (serial.prefix, serial.width, serial.number)) - 1
        if at < 0:
            return False
        run = self._runs[at]
        return run[:2] == (serial.prefix, serial.width) and run.first <= serial.number <= run.last


def _in_lots(lots: Iterable[LotFact], serial: Serial) -> bool:
    return any(
        lot.prefix == serial.prefix and lot.first <= serial.number <= lot.last for lot in lots
    )


def _readable(serials: Iterable[str]) -> Iterable[Serial]:
    for text in serials:
        try:
            yield normal_serial(text)
        except SerialError:
            continue


def _kinds(owner_id: int, kind: str | None) -> list[str]:
    if kind is not None:
        return [kind]
    return sorted(set(BlankLot.objects.filter(owner_id=owner_id).values_list("kind", flat=True)))


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        end = joined[-1] if joined else None
        if end is not None and end[:2] == run[:2] and end.last + 1 == run.first:
            joined[-1] = end._replace(last=run.last)
        else:
            joined.append(run)
    return joined
