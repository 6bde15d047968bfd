"""Issue of a whole batch, beside a plain COPY of the same rows with one SHA-256 each.

Everything is on: commitments, leaves, blank movements, audit event, guards, row-level security,
the application's role, fsync.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bench.place import Stopwatch, say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    import psycopg

TITLE = "issue of one batch"
FULL = 100_000
TARGET = 10_000
ROUNDS = 3

_COLUMNS = (
    "full_name", "birth_date", "birth_place", "sex", "ethnicity", "personal_id", "serial",
    "entry_number", "issued_on",
)  # fmt: skip
_READ = """
    SELECT p.full_name, p.birth_date::text, p.birth_place, p.sex, p.ethnicity, p.personal_id,
           l.serial, l.entry_number, l.issued_on::text
    FROM credentials_register_line l JOIN credentials_register_personal p ON p.line_id = l.id
    ORDER BY l.id
"""


def run(rows: int) -> Result:
    """Measure one batch of `rows`; the first of `ROUNDS` batches warms nothing up: all count."""
    with throwaway_home() as home:
        from bench import world
        from sogoc.config import database
        from sogoc.credentials.log import api as log

        world.settle(rows * ROUNDS + 10)
        times = []
        for number in range(ROUNDS):
            file = world.csv_list(range(number * rows, (number + 1) * rows))
            times.append(world.issue(file, decision=number + 1))
            say(f"batch {number + 1}: {times[-1].lines / times[-1].issue:,.0f} lines/s")
        with Stopwatch() as sequencing:
            leaves = log.sequence(home.path, base=home.log_origin).sequenced
        peers = [_plain_copy(database.urls().owner, rows) for _ in range(ROUNDS)]
    issue = sorted(rows / each.issue for each in times)[ROUNDS // 2]
    return Result(
        name="issue",
        title=TITLE,
        size=f"{rows:,} rows",
        is_full=rows == FULL,
        measures=(
            Measure(
                "issue, median of three batches",
                issue,
                "lines/s",
                "COPY and one SHA-256 a row",
                sorted(peers)[ROUNDS // 2],
                f"≥ {TARGET:,} lines/s",
                issue >= TARGET,
            ),
            Measure("slowest of the three", min(rows / each.issue for each in times), "lines/s"),
            Measure("prepare (read, check, store)", rows / times[0].prepare, "rows/s"),
            Measure("print (bind and log blanks)", rows / times[0].print, "rows/s"),
            Measure("sequencing (tiles, checkpoint)", leaves / sequencing.seconds, "leaves/s"),
        ),
    )


def _plain_copy(url: str, rows: int) -> float:
    """Rows/s of COPY into an ordinary table of the same server, hashing each row in Python."""
    import psycopg

    with psycopg.connect(url) as connection:
        data = connection.execute(f"{_READ} LIMIT {rows}".encode()).fetchall()
        columns = ", ".join(f"{name} text" for name in _COLUMNS)
        connection.execute(f"CREATE TABLE bench_plain ({columns}, digest bytea)".encode())
        connection.commit()
        with Stopwatch() as watch:
            _copy(connection, data)
            connection.commit()
        connection.execute("DROP TABLE bench_plain")
    return len(data) / watch.seconds


def _copy(connection: psycopg.Connection, data: list[tuple[str, ...]]) -> None:
    statement = f"COPY bench_plain ({', '.join(_COLUMNS)}, digest) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in data:
            copy.write_row((*row, hashlib.sha256("\t".join(row).encode()).digest()))
