"""All checks over a whole register, beside a plain scan of the same rows.

Old registers of a test centre over eight years and two regulations, 25 exam days a year; one line
in 500 has a fault: below the pass mark, a serial used twice, a person twice. Memory is the peak of
this process while it sweeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.place import Stopwatch, say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    from sogoc.credentials.register.staging import LineRow
    from sogoc.credentials.sweep.api import SweepReport

TITLE = "sweep: all checks over a whole register"
FULL = 1_000_000
TARGET = 300.0
MEMORY = 512.0
YEARS = range(2017, 2025)
DAYS = 25
EVERY = 500
AS_OF = date(2025, 4, 10)

_SCAN = """
    SELECT l.code, l.kind, l.issued_on, l.serial, l.entry_number, l.signatory_title, o.code,
        p.full_name, p.birth_date, p.birth_place, p.sex, p.personal_id, p.details::text
    FROM credentials_register_line l JOIN people_organisation o ON o.id = l.issuer_id
    JOIN credentials_register_personal p ON p.line_id = l.id
    WHERE l.act <> 'revoke' ORDER BY l.issuer_id, l.issued_on, l.id
"""


def run(rows: int) -> Result:
    """Measure with `rows` lines in the register."""
    with throwaway_home():
        from bench import world
        from sogoc.config import database
        from sogoc.credentials.sweep import api
        from sogoc.people.api import Actor

        world.settle(10)
        _fill(rows)
        _settle_statistics(database.urls().owner)
        say(f"{rows:,} lines in the register")
        actor = Actor.system("bench")
        _forget_peak()
        with Stopwatch() as plain:
            report = api.sweep(actor, AS_OF, sink=_drop)
        peak = _peak()
        say(f"swept in {plain.seconds:.0f} s: {dict(report.by_check)}")
        _require_all_found(report, rows)
        with Stopwatch() as storing:
            api.store_sweep(actor, AS_OF, at=world.AT, sink=_drop)
        with Stopwatch() as again:
            api.store_sweep(actor, AS_OF, at=world.AT, since_rules=api.LAST, sink=_drop)
        with Stopwatch() as scan:
            _scan(database.urls().owner)
    measures = (
        Measure(
            "sweep, nothing stored",
            plain.seconds,
            "s",
            "reading the same rows one by one with psycopg",
            scan.seconds,
            f"≤ {TARGET:.0f} s for {FULL:,} lines",
            plain.seconds <= TARGET * rows / FULL if rows >= 10_000 else None,
        ),
        Measure("likewise", rows / plain.seconds, "lines/s", "likewise", rows / scan.seconds),
        Measure(
            "peak memory of the process",
            peak,
            "MiB",
            target=f"≤ {MEMORY:.0f} MiB at any size",
            is_met=peak <= MEMORY,
        ),
        Measure("sweep, cases stored", storing.seconds, "s"),
        Measure("again, no rule changed", again.seconds, "s"),
        Measure("findings", sum(report.by_check.values()), ""),
    )
    return Result("sweep", TITLE, f"{rows:,} lines", rows == FULL, measures)


def _fill(rows: int) -> None:
    """Enter the lines by the same inserts as any line's, a year after the other."""
    from bench import world
    from sogoc.credentials.log.api import LEGACY_STREAM
    from sogoc.credentials.register.books import ensure_book
    from sogoc.credentials.register.staging import LineConstants, insert_lines
    from sogoc.people.api import Actor, acting

    first = 0
    for place, year in enumerate(YEARS, 1):
        last = rows * place // len(YEARS)
        with acting(Actor.system("bench")):
            constants = LineConstants(
                act="legacy",
                book=ensure_book(world.CENTRE, world.KIND, year, is_live=False),
                stream=LEGACY_STREAM,
                recorded_at=world.AT,
                issued_on=date(year, 1, 1),
                signatory_title="Giám đốc",
                source_file=f"so-cu-{year}.xlsx",
                source_digest=hashlib.sha256(str(year).encode()).digest(),
            )
            insert_lines(constants, _lines(range(first, last), year))
        first = last


def _lines(numbers: range, year: int) -> Iterator[LineRow]:
    from bench.people import person
    from sogoc.credentials.register.staging import LineRow

    for number in numbers:
        fault = number // EVERY % 3 if number % EVERY == EVERY - 1 else None
        who = person(number - 1 if fault == 2 else number)
        yield LineRow(
            n=number,
            serial=f"C{number - 1 if fault == 1 else number:08}",
            entry_number=f"{number - numbers.start + 1:06}/{year}/CNTTCB",
            source_sheet="Sheet1",
            source_row=number + 1,
            full_name=who.name,
            birth_date=who.born,
            birth_place=who.born_in,
            sex="female" if who.is_woman else "male",
            ethnicity=who.ethnicity,
            personal_id=who.personal_id,
            details={
                "score_theory": "3.5" if fault == 0 else who.theory,
                "score_practice": who.practice,
                "result": "Đạt",
            },
            issued_on=date(year, 2, 1) + timedelta(days=(number - numbers.start) % DAYS * 13),
        )


def _require_all_found(report: SweepReport, rows: int) -> None:
    """A fast sweep that misses what is wrong is no sweep."""
    faults = [number // EVERY % 3 for number in range(EVERY - 1, rows, EVERY)]
    expected = {
        "E-BELOW-PASS-MARK": faults.count(0),
        "E-ORIGINAL-ALREADY-ISSUED": faults.count(2),
        "E-SERIAL-TWICE": 2 * faults.count(1),  # the first is pointed to
    }
    found = {check: report.by_check.get(check, 0) for check in expected}
    if found != expected or report.lines != rows:
        raise RuntimeError(f"{report.lines} lines, found {report.by_check}, not {expected}")


def _drop(_found: object) -> None:
    """Findings are counted by the sweep itself."""


def _settle_statistics(url: str) -> None:
    """What autovacuum would have done long ago in a register that grew over years."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _scan(url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor("scan") as cursor:
        cursor.itersize = 5_000
        for _ in cursor.execute(_SCAN.encode()):
            pass


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak() -> float:
    """The most resident memory this process had since `_forget_peak`, in MiB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel tells no VmHWM")
