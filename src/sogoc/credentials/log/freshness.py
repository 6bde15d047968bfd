"""How old what the public sees is: an hour is the most that the register allows itself.

Two ages count: that of the newest witnesses' signature on the published checkpoint, and that of the
oldest act which no published checkpoint covers yet. For `log audit`, a health page and monitors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection
from psycopg import Connection

from sogoc.credentials.log.cosigning import policy_text
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.report import Problem, problem
from sogoc.credentials.log.store import StreamStore, streams
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.log_policy import NONE, Policy
from sogoc.kernel.notes import parse_note
from sogoc.people.api import Actor, acting

LIMIT: Final = timedelta(hours=1)
AHEAD: Final = timedelta(minutes=5)
"""How far a witness's clock may be ahead; a later time says nothing of age."""

_STREAMS: Final = """
    SELECT stream, max(size), max(at) FROM credentials_log_checkpoint GROUP BY stream
"""
_WAITING: Final = """
    WITH waiting AS (
        SELECT p.leaf_id FROM credentials_log_position p
        WHERE p.stream = %(stream)s AND p.index >= %(size)s
        UNION
        SELECT f.id FROM credentials_log_arrival a
        JOIN credentials_log_leaf f ON f.id BETWEEN a.low AND a.high AND f.stream = %(stream)s
        WHERE NOT EXISTS (SELECT FROM credentials_log_position p WHERE p.leaf_id = f.id)
    )
    SELECT count(*), min(coalesce(l.recorded_at, m.recorded_at, e.at))
    FROM waiting w JOIN credentials_log_leaf f ON f.id = w.leaf_id
    LEFT JOIN credentials_register_line l ON l.leaf_hash = f.leaf_hash
    LEFT JOIN credentials_blank_movement m ON m.leaf_hash = f.leaf_hash AND m.state <> 'issued'
    LEFT JOIN people_auditevent e ON e.leaf_hash = f.leaf_hash
"""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old one log is.

    `witnessed_at` is the newest time a witness states on the published checkpoint, None without
    witnesses; where the policy asks for some and none signed it, when it was kept. `waits_since`
    is when the oldest of `waiting` acts was recorded.
    """

    stream: str
    origin: str
    size: int
    witnessed_at: datetime | None
    waiting: int
    waits_since: datetime | None

    def problems(self, now: datetime, *, limit: timedelta = LIMIT) -> list[Problem]:
        """Return what is older than allowed at `now` (aware); an ended year has no age."""
        found = []
        if self.waits_since is not None and now - self.waits_since > limit:
            minutes = (now - self.waits_since) // timedelta(minutes=1)
            found.append(
                problem(
                    "age",
                    self.stream,
                    f"{self.waiting} lá chưa công bố, lâu nhất {minutes} phút",
                    f"{self.waiting} leaves are not published, the oldest for {minutes} minutes",
                )
            )
        is_ended = self.stream.isdigit() and int(self.stream) < now.year
        if self.witnessed_at is not None and now - self.witnessed_at > limit and not is_ended:
            minutes = (now - self.witnessed_at) // timedelta(minutes=1)
            found.append(
                problem(
                    "age",
                    self.stream,
                    f"điểm kiểm đã công bố được chứng kiến {minutes} phút trước",
                    f"the published checkpoint was witnessed {minutes} minutes ago",
                )
            )
        if self.witnessed_at is not None and self.witnessed_at > now + AHEAD:
            found.append(
                problem(
                    "age",
                    self.stream,
                    "một bên chứng kiến ghi thời điểm chưa đến trên điểm kiểm đã công bố",
                    "a witness states a time still to come on the published checkpoint",
                )
            )
        return found


def freshness(home: Path, *, base: str) -> tuple[Freshness, ...]:
    """Return the age of every log of a home, by stream. A few index look-ups."""
    with acting(Actor.system("log-audit")):
        return tuple(_each(connection.connection, home, base))


def age_problems(
    found: Iterable[Freshness], *, now: datetime, limit: timedelta = LIMIT
) -> list[Problem]:
    """Return what is older than `limit` at `now`."""
    return [each for one in found for each in one.problems(now, limit=limit)]


def _each(database: Connection[Any], home: Path, base: str) -> Iterable[Freshness]:
    found = database.execute(_STREAMS).fetchall()
    sizes, kept = {row[0]: row[1] for row in found}, {row[0]: row[2] for row in found}
    for stream in sorted({*streams(home), *sizes, *_arriving(database)}):
        size = int(sizes.get(stream, 0))
        row = database.execute(_WAITING, {"stream": stream, "size": size}).fetchone()
        assert row is not None  # noqa: S101 - an aggregate gives a row
        published, witnessed_at, is_asked = _published(home, stream)
        if witnessed_at is None and is_asked:
            witnessed_at = kept.get(stream)
        yield Freshness(
            stream=stream,
            origin=origin(stream, base),
            size=published,
            witnessed_at=witnessed_at,
            waiting=int(row[0]),
            waits_since=row[1],
        )


def _arriving(database: Connection[Any]) -> set[str]:
    rows = database.execute(
        "SELECT DISTINCT f.stream FROM credentials_log_arrival a"
        " JOIN credentials_log_leaf f ON f.id BETWEEN a.low AND a.high"
    ).fetchall()
    return {row[0] for row in rows}


def _published(home: Path, stream: str) -> tuple[int, datetime | None, bool]:
    """Return size and newest witnessed time of the published checkpoint; signatures checked.

    Also whether the home's policy asks for witnesses at all.
    """
    store = StreamStore(home, stream)
    note = store.checkpoint()
    if note is None:
        return 0, None, False
    try:
        size = Checkpoint.parse(parse_note(note).text).size
        key = store.read("key").decode("ascii").strip()
        policy = Policy.parse(policy_text(home, key))
        opened = policy.judge(note).opened
    except (Error, OSError, UnicodeDecodeError):
        return 0, None, False
    latest = max((each.at for each in opened.cosignatures), default=None)
    return size, latest, policy.quorum != NONE
