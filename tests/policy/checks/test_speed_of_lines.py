"""A sweep's time budget in the worst shape: own act and body objects, two findings a line."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from sogoc.kernel.periods import Period
from sogoc.policy.api import ActFacts, BodyFact, CapacityFact, LineFacts, load_law, run_lines
from tests.policy.test_speed import ROWS, rows


@pytest.mark.slow
def test_two_findings_a_line_with_an_act_of_its_own() -> None:
    law = load_law()
    lines = [
        LineFacts(
            str(number),
            ActFacts(
                "cc_cntt_co_ban",
                date(2025, 1, 1 + number % 28),
                BodyFact("so", "Sở", (CapacityFact("so_gddt", Period(None, None)),)),
                legacy=True,
            ),
            replace(row, result="Không đạt"),
        )
        for number, row in enumerate(rows())
    ]
    start = time.process_time()
    assert sum(1 for _ in run_lines(lines, law)) == 2 * ROWS
    assert time.process_time() - start < 5
