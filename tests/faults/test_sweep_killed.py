"""kill -9 of a stored sweep at any statement, twice over: what it finds is found once, and all."""

from __future__ import annotations

import json
import random
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.conftest import WORKER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

_CASES = """
    SELECT coalesce(nullif(c.line_code, ''), c.subject), c.check_id, c.level, c.state, c.speaks,
        o.code, w.code, c.first_found_on::text, c.last_found_on::text
    FROM credentials_sweep_case c
    JOIN people_organisation o ON o.id = c.issuer_id
    JOIN people_organisation w ON w.id = c.owner_id ORDER BY 1, 2
"""
_STEPS = """
    SELECT n, stage, check_id, line_id, lines, by_check::text, opened, closed
    FROM credentials_sweep_progress ORDER BY n
"""
_EVENTS = "SELECT verb, count(*) FROM people_auditevent WHERE verb LIKE 'sweep:%' GROUP BY verb"
_RUNS = "SELECT count(*) FROM credentials_sweep_run"

_undisturbed: dict[str, Any] = {}


@pytest.fixture(scope="module")
def bench(_bench: Workshop) -> Workshop:
    """The workshop all tests share; each of these renews its database by itself."""
    return _bench


@pytest.fixture(scope="module")
def registers(settled: Workshop, bench: Workshop) -> Iterator[Workshop]:
    """The settled world with old registers, full of faults; the template of each test."""
    from tests.faults.workshop import Workshop

    bench.renew(settled.database)
    bench.do("bring_in")
    bench.quiet()
    place = Workshop(settled.home, f"faults_registers_{WORKER}")
    place.renew(bench.database)
    yield place
    place.close()


def test_a_killed_sweep_gone_on_with_finds_what_an_undisturbed_one_finds(
    seed: int, bench: Workshop, registers: Workshop, tmp_path: Path
) -> None:
    expected = _expected(bench, registers, tmp_path)
    acknowledged = tmp_path / "acknowledged"
    total = expected["points"]
    first = random.Random("sweep").sample(range(1, total + 1), total)[seed % total]
    second = random.Random(seed).randrange(1, total)

    bench.renew(registers.database)
    outcome = bench.attempt("sweep_until", acknowledged=str(acknowledged), stop_at=first)
    assert outcome == {"signal": signal.SIGKILL}
    bench.quiet()
    with bench.connect() as connection:
        _nothing_is_half(connection, acknowledged)
    bench.attempt("sweep_until", acknowledged=str(acknowledged), stop_at=second)
    bench.quiet()
    report = bench.do("sweep_until", acknowledged=str(acknowledged), stop_at=None)

    with bench.connect() as connection:
        assert (report["lines"], report["by_check"]) == (expected["lines"], expected["by_check"])
        assert _state(connection) == expected["state"]
        _nothing_is_half(connection, acknowledged)


def _expected(bench: Workshop, registers: Workshop, folder: Path) -> dict[str, Any]:
    """What an undisturbed sweep leaves, and how many points it passes; found out once."""
    if not _undisturbed:
        bench.renew(registers.database)
        file = folder / "undisturbed"
        said = bench.do("sweep_until", acknowledged=str(file), stop_at=None)
        bench.quiet()
        with bench.connect() as connection:
            state = _state(connection)
        assert {case[1] for case in state["cases"]} >= {
            "E-BODY-WITHOUT-AUTHORITY",
            "E-SERIAL-TWICE",
            "E-ORIGINAL-ALREADY-ISSUED",
            "W-BLANKS-DO-NOT-BALANCE",
        }
        assert len(state["steps"]) > 7
        _undisturbed.update(said, state=state)
    return _undisturbed


def _state(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    return {
        "cases": connection.execute(_CASES).fetchall(),
        "steps": connection.execute(_STEPS).fetchall(),
        "events": sorted(connection.execute(_EVENTS).fetchall()),
        "runs": connection.execute(_RUNS).fetchall(),
    }


def _nothing_is_half(connection: psycopg.Connection[Any], acknowledged: Path) -> None:
    """A step and its cases stand together; what was acknowledged is a case, and said once."""
    counted = connection.execute(
        "SELECT coalesce(sum(opened), 0) - (SELECT count(*) FROM credentials_sweep_case)"
        " FROM credentials_sweep_progress"
    ).fetchone()
    assert counted == (0,)
    said = [tuple(json.loads(line)) for line in _lines(acknowledged)]
    known = {(case[0], case[1]) for case in connection.execute(_CASES).fetchall()}
    assert set(said) <= known
    assert len(said) == len(set(said))
    assert connection.execute(
        "SELECT count(*) FROM people_auditevent e LEFT JOIN credentials_log_leaf f"
        " ON f.leaf_hash = e.leaf_hash WHERE f.id IS NULL"
    ).fetchone() == (0,)


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []
