"""The work of making digital originals in the background, which may be killed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sogoc.config.environment import real_now
from sogoc.credentials.documents import api as documents
from tests.faults.points import Points, die

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
"""A day on which the law knows digital originals."""
BATCH = 7


def originals_until(*, home: str, base: str, stop_at: int | None) -> dict[str, Any]:
    """Make what waits, batch by batch; die at point `stop_at`, of database or files."""
    points = Points(stop_at, die)
    points.watch_driver()
    for name in ("fsync", "open"):
        points.watch(os, name)
    points.watch(Path, "replace")
    request = documents.Request(
        code="", home=Path(home), base=base, at=AT, by=documents.WORKER, is_playground=True
    )
    round_ = documents.Round()
    while not round_.is_over:
        documents.make_batch(round_, request, limit=BATCH)
    return {"made": round_.made, "points": points.passed, "left": len(round_.not_made)}


def tidy(*, home: str) -> list[int]:
    """Tidy the files two hours from now; return how many were named and removed."""
    later = real_now() + timedelta(hours=2)
    return list(documents.tidy_files(Path(home), at=AT, now=later))


def judge(*, home: str) -> dict[str, int]:
    """Return how many papers there are by their verdict."""
    from sogoc.credentials.signing.api import paper_trust
    from sogoc.kernel.pdf_check import check_pdf, verdict

    trust = paper_trust(Path(home), is_playground=True, at=AT)
    found: dict[str, int] = {}
    for file in (Path(home) / "documents").glob("*/*"):
        said = verdict(check_pdf(file.read_bytes(), trust))
        found[said] = found.get(said, 0) + 1
    return found
