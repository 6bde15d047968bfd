"""kill -9 of PostgreSQL, whole or one backend, anywhere in prepare, print and issue.

The server is this module's own and lives through all its seeds: each leaves one batch behind.
"""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sogoc.config import embedded
from tests.faults.state import lost, wrongs

if TYPE_CHECKING:
    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

_batches = itertools.count(1)
_measured: dict[str, float] = {}
_AUDIT_EVERY = 8


@pytest.mark.parametrize("victim", ["server", "backend"])
def test_batch_is_whole_wherever_the_server_was_killed(
    seed: int, victim: str, fragile: Workshop, tmp_path: Path
) -> None:
    total = _points(fragile, tmp_path)
    point = random.Random(f"points of {victim}").sample(range(1, total + 1), total)[seed % total]
    batch = next(_batches)
    acknowledged = tmp_path / "acknowledged"

    outcome = fragile.attempt(
        "finish_until",
        batch=batch,
        acknowledged=str(acknowledged),
        stop_at=point,
        victim=victim,
    )

    assert "signal" not in outcome
    _goes_on(fragile, batch, acknowledged, seed)


def test_batch_is_whole_whatever_the_moment_the_server_was_killed(
    seed: int, fragile: Workshop, tmp_path: Path
) -> None:
    _points(fragile, tmp_path)
    batch = next(_batches)
    acknowledged = tmp_path / "acknowledged"
    moment = random.Random(seed).uniform(0, 1.1) * _measured["seconds"]

    done, killed = fragile.together(
        [
            ("finish", {"batch": batch, "acknowledged": str(acknowledged)}),
            ("kill_server", {}),
        ],
        waits=[0, moment],
    )

    assert "value" in killed
    assert "signal" not in done
    _goes_on(fragile, batch, acknowledged, seed)


def _points(fragile: Workshop, folder: Path) -> int:
    """How many points an undisturbed run passes, measured once; and how long it takes."""
    if not _measured:
        arguments = {"acknowledged": str(folder / "calibration"), "stop_at": None}
        done = fragile.do("finish_until", batch=next(_batches), **arguments)
        _measured["points"] = done["points"]
        start = time.perf_counter()
        fragile.do("finish", batch=next(_batches), acknowledged=str(folder / "calibration"))
        _measured["seconds"] = time.perf_counter() - start
    return int(_measured["points"])


def _goes_on(fragile: Workshop, batch: int, acknowledged: Path, seed: int) -> None:
    """After the restart nothing is half or lost, and the batch is taken to its end."""
    with _restarted(fragile) as connection:
        assert wrongs(connection) == []
        assert lost(connection, acknowledged) == []

        fragile.do("finish", batch=batch, acknowledged=str(acknowledged))

        assert wrongs(connection) == []
        assert lost(connection, acknowledged) == []
    assert fragile.do("balance") == []
    if seed % _AUDIT_EVERY == 0:
        home = str(fragile.home.path)
        fragile.do("sequence", home=home)
        found = fragile.do("audit", home=home)
        assert (found["problems"], found["waiting"]) == ([], 0)


def _restarted(fragile: Workshop) -> psycopg.Connection[Any]:
    """Start the server where it does not run, wait out its recovery, and connect."""
    deadline = time.monotonic() + 60
    while True:
        embedded.ensure_running(fragile.home)
        try:
            return fragile.connect()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the server does not come back"
            time.sleep(0.02)
