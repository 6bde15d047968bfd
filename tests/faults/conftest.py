"""Seeds, and places where processes and servers may be killed.

`SOGOC_FAULT_SEEDS` (25) is how often each fault test runs; a seed alone repeats its test exactly
as far as time allows: `pytest tests/faults -k seed-17`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sogoc.config import embedded
from sogoc.config.home import Home, Mode, create_home

if TYPE_CHECKING:
    from tests.faults.workshop import Workshop

SEEDS = int(os.environ.get("SOGOC_FAULT_SEEDS", "25"))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `seed` once for each."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(SEEDS), ids=lambda seed: f"seed-{seed}")


@pytest.fixture(scope="session")
def settled(test_home: Home) -> Iterator[Workshop]:
    """A settled world in the run's server; its database is the template of every test's own."""
    from tests.faults.workshop import workshop

    with workshop(test_home, f"faults_settled_{WORKER}") as place:
        place.renew(embedded.DATABASE)
        place.do("settle")
        place.quiet()
        yield place


@pytest.fixture(scope="session")
def _bench(settled: Workshop) -> Iterator[Workshop]:
    from tests.faults.workshop import workshop

    with workshop(settled.home, f"faults_{WORKER}") as place:
        yield place


@pytest.fixture
def shop(_bench: Workshop, settled: Workshop) -> Workshop:
    """A fresh copy of the settled world: its processes may be killed, its server may not."""
    _bench.renew(settled.database)
    return _bench


@pytest.fixture(scope="module")
def fragile() -> Iterator[Workshop]:
    """A settled world in a home of its own, whose server may be killed; kept between seeds."""
    from tests.faults.workshop import workshop

    base = Path(tempfile.mkdtemp(prefix="f-", dir=os.environ["SOGOC_TEST_RUN"]))
    home = create_home(base / "home", mode=Mode.TEST)
    try:
        with workshop(home, embedded.DATABASE, DATABASE_URL="") as place:
            _migrate(home)
            place.do("settle")
            yield place
    finally:
        embedded.destroy(home)


def _migrate(home: Home) -> None:
    import subprocess
    import sys

    code = (
        "from sogoc.config import boot, database;boot.setup(start_server=True); database.migrate()"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={**os.environ, "SOGOC_HOME": str(home.path), "DATABASE_URL": ""},
    )
