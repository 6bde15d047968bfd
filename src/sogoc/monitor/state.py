"""What a monitor remembers: one SQLite file in a folder of its own, `schema.sql`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sogoc.disk import sqlite
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.monitor.alarms import Alarm, Round

FILE: Final = "monitor.sqlite"


class MonitorError(Error):
    """A monitor's folder that is missing, damaged or wrongly set up."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint of a log that was verified; times in seconds since 1970."""

    size: int
    root: bytes
    note: str
    first_seen_at: int
    witnessed_at: int


@dataclass(frozen=True, slots=True)
class StoredAlarm:
    """An alarm in the monitor's memory; `ended_at` is None while it is open."""

    id: int
    alarm: Alarm
    first_at: int
    last_at: int
    ended_at: int | None
    ended_for: str


class MonitorState(sqlite.Memory):
    """Open memory of one monitor."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises `MonitorError` when it is not there or cannot be read."""
        self.folder = folder
        path = folder / FILE
        if not path.is_file():
            raise _error("monitor_missing", folder)
        try:
            super().__init__(path)
        except sqlite3.Error:
            raise _error("monitor_unreadable", folder) from None
        try:
            self.rows("select count(*) from log")
        except sqlite3.Error:
            self.close()
            raise _error("monitor_unreadable", folder) from None

    @classmethod
    def create(cls, folder: Path) -> MonitorState:
        """Make the memory of a new monitor. Raises `MonitorError` when there is one."""
        path = folder / FILE
        if path.exists():
            raise _error("monitor_exists", folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with closing(sqlite.connect(path)) as connection:
                sqlite.lay_out(connection, "sogoc.monitor")
        except (OSError, sqlite3.Error):
            raise _error("monitor_not_made", folder) from None
        return cls(folder)

    def stream(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query."""
        yield from self._connection.execute(query, values)

    def write_many(self, query: str, values: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each tuple of values."""
        self._connection.executemany(query, values)

    # --- logs -------------------------------------------------------------------------------

    def seen(self, origin: str) -> Seen | None:
        """Return the last verified checkpoint of a log."""
        rows = self.rows(
            "select size, root, note, first_seen_at, witnessed_at from log where origin = ?", origin
        )
        return Seen(*rows[0]) if rows else None

    def remember(self, origin: str, seen: Seen) -> None:
        """Set the last verified checkpoint."""
        self.write(
            "insert into log (origin, size, root, note, first_seen_at, witnessed_at)"
            " values (?, ?, ?, ?, ?, ?) on conflict (origin) do update set size = excluded.size,"
            " root = excluded.root, note = excluded.note, first_seen_at = excluded.first_seen_at,"
            " witnessed_at = excluded.witnessed_at",
            origin, seen.size, seen.root, seen.note, seen.first_seen_at, seen.witnessed_at,
        )  # fmt: skip

    def edge(self, origin: str) -> dict[str, bytes]:
        """Return the unfinished files at the last verified size, by path."""
        return dict(self.rows("select path, data from edge where origin = ?", origin))

    def well_at(self, origin: str, what: str) -> int | None:
        """Return when something was well for the last time; None if it never was."""
        rows = self.rows("select at from well where origin = ? and what = ?", origin, what)
        return int(rows[0][0]) if rows else None

    def is_well(self, origin: str, what: str, at: int) -> None:
        """Note that something is well."""
        self.write(
            "insert into well (origin, what, at) values (?, ?, ?)"
            " on conflict (origin, what) do update set at = max(at, excluded.at)",
            origin, what, at,
        )  # fmt: skip

    def end_future(self, now: int) -> None:
        """Make times that are still to come those of now: earlier versions believed any clock.

        From here on they grow old like all others.
        """
        with self.changing():
            self.write("update log set witnessed_at = ? where witnessed_at > ?", now, now)
            self.write("update well set at = ? where at > ?", now, now)

    def keep_evidence(self, origin: str, kind: str, note: str, own_note: str, at: int) -> None:
        """Keep two signed notes that contradict each other; the same ones once."""
        self.write(
            "insert or ignore into evidence (origin, kind, note, own_note, seen_at)"
            " values (?, ?, ?, ?, ?)",
            origin, kind, note, own_note, at,
        )  # fmt: skip

    # --- alarms -----------------------------------------------------------------------------

    def note(self, found: Round, *, at: int, channels: Iterable[str]) -> int:
        """Keep what a round found and end what it no longer finds; return how many are new."""
        keys = {alarm.key for alarm in found.alarms}
        new = 0
        with self.changing():
            for alarm in found.alarms:
                new += self._keep(alarm, at, channels)
            for number, key, scope, lasting in self.rows(
                "select id, key, scope, lasting from alarm where ended_at is null"
            ):
                if not lasting and scope in found.asked and key not in keys:
                    self.write(
                        "update alarm set ended_at = ?, ended_for = '' where id = ?", at, number
                    )
            for number, key, scope in self.rows(
                "select id, key, scope from alarm where still_found = 1"
            ):
                if scope in found.asked and key not in keys:
                    self.write("update alarm set still_found = 0 where id = ?", number)
        return new

    def _keep(self, alarm: Alarm, at: int, channels: Iterable[str]) -> bool:
        open_or_settled = "key = ? and (ended_at is null or still_found = 1)"
        where = "key = ?" if alarm.lasting else open_or_settled
        if self.write(
            f"update alarm set last_at = ?, vi = ?, en = ? where {where}",  # noqa: S608 - two texts above
            at, alarm.message.vi, alarm.message.en, alarm.key,
        ):  # fmt: skip
            return False
        self.write(
            "insert into alarm (key, scope, kind, what, vi, en, lasting, first_at, last_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            alarm.key, alarm.scope, alarm.kind, alarm.what, alarm.message.vi, alarm.message.en,
            int(alarm.lasting), at, at,
        )  # fmt: skip
        number = self.rows("select last_insert_rowid()")[0][0]
        for channel in channels:
            self.write(
                "insert into delivery (alarm, channel, next_at) values (?, ?, ?)",
                number, channel, at,
            )  # fmt: skip
        return True

    def alarms(self, *, ended: bool = False, limit: int = 1000) -> tuple[StoredAlarm, ...]:
        """Return open alarms, or those that have ended; the newest first."""
        rows = self.rows(
            "select id, scope, kind, what, vi, en, lasting, first_at, last_at, ended_at, ended_for"
            " from alarm where (ended_at is not null) = ? order by first_at desc, id desc limit ?",
            int(ended),
            limit,
        )
        return tuple(
            StoredAlarm(
                row[0], Alarm(row[1], row[2], row[3], Text(row[4], row[5]), bool(row[6])),
                row[7], row[8], row[9], row[10] or "",
            )
            for row in rows
        )  # fmt: skip

    def undelivered(self) -> dict[str, str]:
        """Return the ways by which alarms still wait to be sent, with the last reason why."""
        return dict(
            self.rows(
                "select channel, max(error) from delivery where done_at is null group by channel"
            )
        )

    def settle(self, number: int, *, reason: str, at: int) -> bool:
        """End an open alarm for a reason; say whether there was one.

        What it says may go on: it is told again only after it was over in between.
        """
        return bool(
            self.write(
                "update alarm set ended_at = ?, ended_for = ?, still_found = 1 - lasting"
                " where id = ? and ended_at is null",
                at, reason, number,
            )
        )  # fmt: skip


_MESSAGES: Final = {
    "monitor_missing": Text(
        "Thư mục này chưa có bộ theo dõi: sogoc monitor init.",
        "There is no monitor in this folder: sogoc monitor init.",
    ),
    "monitor_exists": Text(
        "Thư mục này đã có bộ theo dõi.", "There is a monitor in this folder already."
    ),
    "monitor_unreadable": Text(
        "Không đọc được trí nhớ của bộ theo dõi.", "The monitor's memory cannot be read."
    ),
    "monitor_not_made": Text(
        "Không ghi được vào thư mục của bộ theo dõi.", "The monitor's folder cannot be written."
    ),
}


def _error(code: str, folder: Path) -> MonitorError:
    return MonitorError(code, _MESSAGES[code], folder=str(folder))
