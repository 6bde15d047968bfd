"""What one line costs as the register grows: batches of one size at 10⁴, 10⁵ and 10⁶ lines."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from bench.place import say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    from bench.world import Times

TITLE = "cost of one line as the register grows"
FULL = 1_000_000
LARGEST_BATCH = 100_000
ROUNDS = 5
FLAT = 1.5
"""Highest ratio of the last cost to the first that still counts as flat."""


def run(rows: int) -> Result:
    """Measure batches of a hundredth of `rows` at a hundredth, a tenth and all of `rows`."""
    step = rows // 100
    found: dict[int, list[Times]] = {}
    with throwaway_home():
        from bench import world

        world.settle(rows + ROUNDS * step * 3 + 10)
        batches = count(1)
        registered = 0
        for size in (rows // 100, rows // 10, rows):
            while registered < size:
                part = min(LARGEST_BATCH, size - registered)
                _issue(next(batches), registered, part)
                registered += part
                say(f"{registered:,} lines")
            found[size] = []
            for _ in range(ROUNDS):
                found[size].append(_issue(next(batches), registered, step))
                registered += step
    sizes = list(found)
    costs = {size: _median([each.issue / step * 1e6 for each in found[size]]) for size in sizes}
    ratio = costs[sizes[-1]] / costs[sizes[0]]
    measures = [Measure(f"issue, at {size:,} lines", costs[size], "µs/line") for size in sizes]
    measures.append(
        Measure(
            "last over first",
            ratio,
            "times",
            target=f"≤ {FLAT} (flat)",
            is_met=ratio <= FLAT,
        )
    )
    for name in ("prepare", "print"):
        for size in sizes:
            cost = _median([getattr(each, name) / step * 1e6 for each in found[size]])
            measures.append(Measure(f"{name}, at {size:,} lines", cost, "µs/line"))
    return Result(
        name="scaling",
        title=TITLE,
        size=f"batches of {step:,} rows",
        is_full=rows == FULL,
        measures=tuple(measures),
    )


def _issue(batch: int, first: int, size: int) -> Times:
    from bench import world

    return world.issue(world.csv_list(range(first, first + size)), decision=batch)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
