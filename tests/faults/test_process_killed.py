"""kill -9 of the working process anywhere in prepare, print and issue."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.state import lost, wrongs

if TYPE_CHECKING:
    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

_measured: dict[str, float] = {}


def test_batch_is_whole_wherever_a_statement_was_the_last(
    seed: int, shop: Workshop, settled: Workshop, tmp_path: Path
) -> None:
    total = _points(shop, settled, tmp_path)
    point = random.Random("points").sample(range(1, total + 1), total)[seed % total]
    acknowledged = tmp_path / "acknowledged"

    outcome = shop.attempt("finish_until", batch=1, acknowledged=str(acknowledged), stop_at=point)

    assert outcome == {"signal": signal.SIGKILL}
    _goes_on(shop, acknowledged, tmp_path)


def test_batch_is_whole_whatever_the_moment(
    seed: int, shop: Workshop, settled: Workshop, tmp_path: Path
) -> None:
    _points(shop, settled, tmp_path)
    acknowledged = tmp_path / "acknowledged"

    shop.attempt(
        "finish",
        batch=1,
        acknowledged=str(acknowledged),
        kill_after=random.Random(seed).uniform(0, 1.1) * _measured["seconds"],
    )

    _goes_on(shop, acknowledged, tmp_path)


def _points(shop: Workshop, settled: Workshop, folder: Path) -> int:
    """How many points an undisturbed run passes, measured once; and how long it takes."""
    if not _measured:
        arguments = {"batch": 1, "acknowledged": str(folder / "calibration"), "stop_at": None}
        _measured["points"] = shop.do("finish_until", **arguments)["points"]
        shop.renew(settled.database)
        start = time.perf_counter()
        shop.do("finish", batch=1, acknowledged=str(folder / "calibration"))
        _measured["seconds"] = time.perf_counter() - start
        shop.renew(settled.database)
    return int(_measured["points"])


def _goes_on(shop: Workshop, acknowledged: Path, folder: Path) -> None:
    """Nothing is half or lost; the batch is taken to its end, and the next one follows on."""
    shop.quiet()
    with shop.connect() as connection:
        assert wrongs(connection) == []
        assert lost(connection, acknowledged) == []

        first = shop.do("finish", batch=1, acknowledged=str(acknowledged))
        again = shop.do("finish", batch=1)
        after = shop.do("finish", batch=2)

        assert first["entries"] == ["0021/2025/CNTTCB", "0040/2025/CNTTCB"]
        assert (again["repeated"], again["entries"]) == (True, first["entries"])
        assert after["entries"] == ["0041/2025/CNTTCB", "0060/2025/CNTTCB"]
        assert wrongs(connection) == []
        assert lost(connection, acknowledged) == []
    assert shop.do("balance") == []
    shop.do("sequence", home=str(folder))
    assert shop.do("audit", home=str(folder)) == {"problems": [], "waiting": 0, "lines": 60}
