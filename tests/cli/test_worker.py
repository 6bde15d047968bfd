"""The background process gives leaves their place without anybody asking."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.cli.conftest import Sogoc

PATIENCE = 60.0
AN_EVENT = """
from datetime import UTC, datetime
from sogoc.config import boot
boot.setup(start_server=True)
from sogoc.people.api import Actor, acting, record_event
me = Actor.system("test")
with acting(me):
    now = datetime(2025, 4, 10, tzinfo=UTC)
    record_event(actor=me, verb="test:worker:wait", subject="-", at=now)
"""

ANOTHER_DAY = """
from datetime import date
from sogoc.config.environment import LocalEnvironment
LocalEnvironment().set_business_date(date(2026, 6, 1))
"""


def test_waiting_leaves_are_logged_and_the_worker_ends_when_told(demo: Sogoc) -> None:
    subprocess.run([sys.executable, "-c", AN_EVENT], env=demo.environment, check=True)
    assert demo.run("log", "audit").data["waiting"] == 1
    worker = subprocess.Popen(
        [sys.executable, "-m", "sogoc.config.worker"],
        env=demo.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        while demo.run("log", "audit").data["waiting"] and time.monotonic() < until:
            time.sleep(0.2)
        assert demo.run("log", "audit").data["waiting"] == 0
    finally:
        worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0


def test_originals_are_made_by_a_worker_that_is_killed_once(demo: Sogoc) -> None:
    """On a day the law knows them; what `originals pending` says goes down to nothing."""
    subprocess.run([sys.executable, "-c", ANOTHER_DAY], env=demo.environment, check=True)
    assert demo.run("log", "audit").data["waiting"] == 0
    waiting = demo.run("originals", "pending").data
    assert waiting["law_knows_originals"]
    lines = sum(each["lines"] for each in waiting["waiting"])
    assert lines > 0

    def left() -> int:
        return sum(e["lines"] for e in demo.run("originals", "pending").data["waiting"])

    for ending in ("kill", "terminate"):
        worker = subprocess.Popen(
            [sys.executable, "-m", "sogoc.config.worker"],
            env=demo.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + PATIENCE
            while (left() if ending == "terminate" else left() == lines) and (
                time.monotonic() < until
            ):
                time.sleep(0.2)
        finally:
            getattr(worker, ending)()
            worker.wait(timeout=PATIENCE)
    assert left() == 0
    assert demo.run("originals", "make").data == {"made": 0, "not_made": []}
    assert demo.run("log", "audit").code == 0
