"""The background process gives leaves their place without anybody asking."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.cli.conftest import Sogoc

PATIENCE = 60.0


def test_waiting_leaves_are_logged_and_the_worker_ends_when_told(demo: Sogoc) -> None:
    recorded = demo.run(
        "ruling",
        "record",
        "9/VB",
        *("--document-date", "2025-01-02", "--author", "Vụ Pháp chế", "--summary", "Thử"),
        *("--from", "2025-01-01", "--kind", "bang_thpt", "--check", "E-BODY-WITHOUT-AUTHORITY"),
    )
    assert recorded.code == 0
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
