"""`audit`: is everything still as it was logged, and if not, what is not?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import Connection

from sogoc.credentials.log import audit_decisions, audit_rows
from sogoc.credentials.log.audit_tree import TreeAudit
from sogoc.credentials.log.freshness import age_problems, freshness
from sogoc.credentials.log.report import AuditReport, Problem
from sogoc.people.api import Actor, acting

_WAITING = """
    SELECT count(*) FROM credentials_log_leaf f
    LEFT JOIN credentials_log_position p ON p.leaf_id = f.id
    WHERE p.leaf_id IS NULL OR p.index >= coalesce((%s::jsonb ->> p.stream)::bigint, 0)
"""


def audit(home: Path, *, base: str, now: datetime | None = None) -> AuditReport:
    """Compare rows, leaves, positions, files and checkpoints; name everything that does not fit.

    With `now` (aware), also what is older than an hour: acts not published, a checkpoint that no
    witness has signed lately. Reads all of it once: about 10 s for 100,000 lines. Runs under a
    machine identity that sees all organisations; who may start it is for the caller to ask
    (`log.audit`).
    """
    with acting(Actor.system("log-audit")):
        report = audit_database(connection.connection, home, base=base)
    if now is None:
        return report
    late = age_problems(freshness(home, base=base), now=now)
    return replace(report, problems=(*report.problems, *late))


def audit_database(database: Connection[Any], home: Path, *, base: str) -> AuditReport:
    """Audit over a given connection in a transaction: of the owner's role, say, or of a copy."""
    problems: list[Problem] = []
    counts = {}
    for name, check in (
        ("lines", audit_rows.lines),
        ("movements", audit_rows.movements),
        ("lots", audit_rows.lots),
        ("events", audit_rows.events),
        ("orphans", audit_rows.orphans),
    ):
        counts[name] = audit_rows.Checked()
        problems += check(database, counts[name])
    problems += audit_decisions.decisions(database)
    problems += audit_decisions.status_lists(database, home)
    tree = TreeAudit(database, home, base)
    problems += tree.problems()
    return AuditReport(
        lines_checked=counts["lines"].count,
        movements_checked=counts["movements"].count,
        lots_checked=counts["lots"].count,
        events_checked=counts["events"].count,
        entries_checked=tree.entries,
        waiting=_waiting(database, tree.covered),
        problems=tuple(problems),
        erased=tuple(counts["lines"].erased),
    )


def _waiting(database: Connection[Any], covered: dict[str, int]) -> int:
    with database.cursor() as cursor:
        cursor.execute(_WAITING, [json.dumps(covered)])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
