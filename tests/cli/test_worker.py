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
