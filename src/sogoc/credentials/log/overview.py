"""One log as the page of transparency shows it: where it stands, who cosigned, how it grew."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.log.freshness import AHEAD, Freshness, freshness
from sogoc.credentials.log.publishing import PublishedLog, published_logs
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import NONE, Policy
from sogoc.people.api import Actor, acting

POINTS: Final = 60
"""Points of the drawn growth: its cost does not grow with the log."""
_LOOK_BACK: Final = 200
"""Kept checkpoints searched for a witness that did not cosign the newest one."""

_NOW: Final = "SELECT now()"
_HISTORY: Final = """
    SELECT DISTINCT c.size, c.at FROM generate_series(0, %(points)s) AS k
    CROSS JOIN LATERAL (
        SELECT size, at FROM credentials_log_checkpoint
        WHERE stream = %(stream)s AND size >= 1 + (%(size)s - 1) * k / %(points)s
        ORDER BY size LIMIT 1
    ) c ORDER BY c.size
"""
_NOTES: Final = """
    SELECT note FROM credentials_log_checkpoint WHERE stream = %(stream)s
    ORDER BY size DESC LIMIT %(points)s
"""


@dataclass(frozen=True, slots=True)
class WitnessSeen:
    """A witness of the policy: when it last cosigned, and whether it did the newest checkpoint."""

    name: str
    last: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class LogOverview:
    """One log; times are real ones. `age_problem` is what is older than an hour, in words."""

    origin: str
    size: int
    root: str
    note: str
    published_at: datetime | None
    witnesses: tuple[WitnessSeen, ...]
    is_quorum_met: bool
    history: tuple[tuple[datetime, int], ...]
    stamped_days: tuple[str, ...]
    late: tuple[Any, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All logs of a home that have entries, at a moment."""

    now: datetime
    logs: tuple[LogOverview, ...]


def overview(home: Path, *, base: str) -> Overview:
    """Return how the logs of a home stand. A few look-ups by index for each."""
    now: datetime = _rows(_NOW, {})[0][0]
    ages = {each.origin: each for each in freshness(home, base=base)}
    logs = [_log(each, ages.get(each.origin), now) for each in published_logs(home, base=base)]
    return Overview(now, tuple(logs))


def _log(log: PublishedLog, age: Freshness | None, now: datetime) -> LogOverview:
    note, checkpoint = log.note() or "", log.checkpoint()
    assert checkpoint is not None  # noqa: S101 - published logs have one
    stream, size = log.store.stream, checkpoint.size
    history = [
        (at, its) for its, at in _rows(_HISTORY, {"stream": stream, "size": size, "points": POINTS})
    ]
    witnesses, is_met = _witnesses(log, note)
    times = (each.last for each in witnesses if each.last and each.last <= now + AHEAD)
    witnessed = max(times, default=None)
    return LogOverview(
        origin=log.origin,
        size=size,
        root=b64encode(checkpoint.root).decode("ascii"),
        note=note,
        published_at=witnessed or (history[-1][0] if history else None),
        witnesses=witnesses,
        is_quorum_met=is_met,
        history=tuple(history),
        stamped_days=tuple(log.days()),
        late=tuple(age.problems(now)) if age is not None else (),
        waiting=age.waiting if age is not None else 0,
    )


def _witnesses(log: PublishedLog, note: str) -> tuple[tuple[WitnessSeen, ...], bool]:
    """Return the witnesses of the policy with the last time each cosigned."""
    try:
        policy = Policy.parse(log.policy())
    except Error:
        return (), False  # the audit names what is wrong with it
    newest = _times(policy, note)
    last, wanted = dict(newest), [each.name for each in policy.witnesses]
    if set(wanted) - set(last):
        rows = _rows(_NOTES, {"stream": log.store.stream, "points": _LOOK_BACK})
        for name, at in _earlier(policy, (row[0] for row in rows)):
            last.setdefault(name, at)
    is_met = policy.quorum != NONE and policy.is_met_by(list(newest))
    return tuple(WitnessSeen(name, last.get(name), name in newest) for name in wanted), is_met


def _earlier(policy: Policy, notes: Iterable[str]) -> Iterator[tuple[str, datetime]]:
    for note in notes:
        yield from _times(policy, note).items()


def _times(policy: Policy, note: str) -> dict[str, datetime]:
    """Return when each witness cosigned a note, by its name in the policy."""
    try:
        opened = policy.judge(note).opened
    except Error:
        return {}
    by_key = {each.key: each.name for each in policy.witnesses}
    return {by_key[each.key]: each.at for each in opened.cosignatures if each.key in by_key}


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with acting(Actor.system("log-audit")), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
