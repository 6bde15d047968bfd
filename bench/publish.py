"""From a committed act to its published checkpoint, with two witnesses, beside a bare commit.

The worker runs as `make serve` runs it, the witnesses as processes of their own. Acts come at
random moments from one client; each is published when a checkpoint that the quorum cosigned covers
it.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.place import say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    from sogoc.config.home import Home

TITLE = "a committed act until it is published"
FULL = 200
EVERY = 0.4
"""Seconds between two acts, on average."""
LONGEST = 30.0
AT = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
TARGET = 2.0

_PLACE = """
    SELECT EXISTS (
        SELECT FROM credentials_log_leaf l
        JOIN credentials_log_position p ON p.leaf_id = l.id
        JOIN credentials_log_checkpoint c ON c.stream = p.stream AND c.size > p.index
        WHERE l.id = (SELECT max(id) FROM credentials_log_leaf)
    )
"""


def run(rows: int) -> Result:
    """Commit `rows` acts and wait for each."""
    with throwaway_home(demo=True) as home:
        from sogoc.config import witnesses
        from sogoc.config.home import record

        witnesses.make(home)
        witnesses.trust_logs(record(home, business_date=AT.date()))
        worker = subprocess.Popen([sys.executable, "-m", "sogoc.config.worker"])
        try:
            _act(home, 0)
            _wait(LONGEST)
            commits, waits = _measured(home, rows)
        finally:
            worker.terminate()
            worker.wait()
            witnesses.stop(home)
    waits.sort()
    p95 = waits[int(len(waits) * 0.95)]
    return Result(
        name="publish",
        title=TITLE,
        size=f"{rows:,} acts, two witnesses",
        is_full=rows == FULL,
        measures=(
            Measure(
                "act committed to checkpoint published, p95", p95, "s", "the commit alone, p95",
                sorted(commits)[int(len(commits) * 0.95)], f"≤ {TARGET:.0f} s", p95 <= TARGET,
            ),
            Measure("the same, median", waits[len(waits) // 2], "s"),
            Measure("the same, longest", waits[-1], "s"),
        ),
    )  # fmt: skip


def _measured(home: Home, rows: int) -> tuple[list[float], list[float]]:
    noise = random.Random(7)
    commits, waits = [], []
    for number in range(1, rows + 1):
        time.sleep(noise.expovariate(1 / EVERY))
        began = time.perf_counter()
        _act(home, number)
        commits.append(time.perf_counter() - began)
        waits.append(_wait(LONGEST))
        if number % 50 == 0:
            say(f"{number} acts, the last published after {waits[-1]:.2f} s")
    return commits, waits


def _act(home: Home, number: int) -> None:
    """Commit one act: an event with its leaf, as every act of an officer leaves one."""
    from sogoc.people.api import Actor, acting, record_event

    who = Actor.system("bench")
    with acting(who):
        record_event(
            actor=who,
            verb="bench:act",
            subject=str(number),
            at=AT,
            reason="",
            detail={"home": home.log_origin},
        )


def _wait(longest: float) -> float:
    """Seconds until the newest leaf stands under a published checkpoint."""
    from django.db import connection

    from sogoc.people.api import Actor, acting

    began = time.perf_counter()
    while time.perf_counter() - began < longest:
        with acting(Actor.system("bench")), connection.cursor() as cursor:
            cursor.execute(_PLACE)
            if cursor.fetchone()[0]:
                return time.perf_counter() - began
        time.sleep(0.01)
    raise RuntimeError(f"not published within {longest} s")
