"""Pooled connections, streamed answers and jobs never show another organisation's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

THREADS = 4  # each may have a job at its side: together as many as the pool has connections
STEPS = 40


@pytest.fixture(scope="module")
def pooled(settled: Workshop) -> Iterator[Workshop]:
    """Three organisations with rows; the process that works on them pools its connections."""
    from tests.faults.workshop import workshop

    with workshop(settled.home, f"{settled.database}_pooled", SOGOC_SERVING="1") as place:
        place.renew(settled.database)
        place.do("settle_neighbours")
        yield place


def test_nobody_sees_rows_of_others_on_pooled_connections(seed: int, pooled: Workshop) -> None:
    found = pooled.do("mingle", seed=seed, threads=THREADS, steps=STEPS)

    assert found["wrong"] == []
    assert sum(found["done"].values()) == THREADS * STEPS


def test_streamed_answers_hold_their_own_rows_only(seed: int, pooled: Workshop) -> None:
    found = pooled.do("web", seed=seed, threads=4, steps=5)

    assert found["wrong"] == []
    assert all(lines for lines in found["read"].values())
