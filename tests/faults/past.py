"""The work of a stored sweep that may be killed: begun, or gone on with, until it is done."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from typing import Any

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.sweep import api as sweeping
from sogoc.credentials.sweep import ledgers
from sogoc.policy.api import fingerprints, load_law
from tests.credentials import world
from tests.faults.points import Points, die

CHUNK = 9
MISSING = 2
"""Blanks that the sweeps miss in the Centre's ledger: a case about no line."""

fingerprints(load_law())  # read once in the zygote, not in each of its children


def bring_in() -> None:
    """Fill old registers with lines of the wrong body, numbers used twice and people met twice."""
    serials = [f"B{n % 15:05}" for n in range(20)]
    world.import_old_register(range(300, 320), serials=serials)
    world.import_old_register(
        range(310, 325), issuer=world.CENTRE, issued_on=date(2020, 3, 2), name="so-2.csv"
    )


def sweep_until(*, acknowledged: str, stop_at: int | None) -> dict[str, Any]:
    """Go on with the stored sweep there is, or store one; die at point ``stop_at``.

    What the sink gets, so is committed, is appended to the file ``acknowledged``. Returns what the
    report says, and how many points were passed.
    """
    ledgers.balance = _with_blanks_missing  # type: ignore[attr-defined]
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def sink(found: sweeping.LineFinding) -> None:
        said = [found.code or found.subject, found.finding.check]
        os.write(file, json.dumps(said).encode() + b"\n")

    by = world.account("officer.ministry")
    points = Points(stop_at, die)
    points.watch_driver()
    options: dict[str, Any] = {"at": world.AT, "sink": sink, "chunk": CHUNK}
    runs = sweeping.sweep_runs(by)
    if runs and runs[0].is_done:
        report = runs[0]
        return {"points": points.passed, "lines": report.lines, "by_check": dict(report.by_check)}
    if runs:
        done = sweeping.resume_sweep(by, **options)
    else:
        done = sweeping.store_sweep(by, world.TODAY, **options)
    return {"points": points.passed, "lines": done.lines, "by_check": dict(done.by_check)}


def _with_blanks_missing(**asked: Any) -> list[blanks.Balance]:
    return [replace(kept, lost=kept.lost - MISSING) for kept in blanks.balance(**asked)]
