"""What must hold in the database whatever happened, asked over a superuser's connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

_STEPS = ("prepared", "approved", "printed", "signed", "issued")

# Each query returns one row for each thing that is wrong.
_NEVER: dict[str, str] = {
    "half a batch": """
        SELECT b.token, b.state, b.row_count, r.n, l.n, p.n, s.n, m.n, i.n
        FROM credentials_batch b
        LEFT JOIN LATERAL (SELECT count(*) n FROM credentials_batch_row x
            WHERE x.batch_id = b.id) r ON true
        LEFT JOIN LATERAL (SELECT count(*) n FROM credentials_register_line x
            WHERE x.batch_id = b.id) l ON true
        LEFT JOIN LATERAL (SELECT count(*) n FROM credentials_register_line x
            JOIN credentials_register_personal y ON y.line_id = x.id
            WHERE x.batch_id = b.id) p ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(x.last - x.first + 1), 0) n
            FROM credentials_blank_reservation x WHERE x.batch_id = b.id) s ON true
        LEFT JOIN LATERAL (SELECT count(*) n FROM credentials_blank_movement x
            WHERE x.batch_id = b.id AND x.state = 'bound') m ON true
        LEFT JOIN LATERAL (SELECT count(*) n FROM credentials_blank_movement x
            WHERE x.batch_id = b.id AND x.state = 'issued') i ON true
        WHERE r.n <> b.row_count
           OR (l.n, p.n, i.n) <> (CASE WHEN b.state = 'issued' THEN b.row_count ELSE 0 END,
                                  CASE WHEN b.state = 'issued' THEN b.row_count ELSE 0 END,
                                  CASE WHEN b.state = 'issued' THEN b.row_count ELSE 0 END)
           OR (s.n, m.n) <> (CASE WHEN b.state IN ('prepared', 'approved') THEN b.row_count
                             ELSE 0 END,
                             CASE WHEN b.state IN ('prepared', 'approved') THEN 0
                             ELSE b.row_count END)
    """,
    "a gap in a book": """
        SELECT book_id, count(*), min(sequence), max(sequence) FROM credentials_register_line
        WHERE act = 'issue' GROUP BY book_id
        HAVING min(sequence) <> 1 OR max(sequence) <> count(*)
    """,
    "an entry number twice": """
        SELECT entry_number, count(*) FROM credentials_register_line WHERE act = 'issue'
        GROUP BY issuer_id, kind, entry_number HAVING count(*) > 1
    """,
    "a serial twice": """
        SELECT serial, count(*) FROM credentials_register_line WHERE act = 'issue'
        GROUP BY kind, serial HAVING count(*) > 1
    """,
    "a person twice": """
        SELECT p.name_key, p.birth_date, count(*) FROM credentials_register_line l
        JOIN credentials_register_personal p ON p.line_id = l.id WHERE l.act = 'issue'
        GROUP BY l.kind, p.name_key, p.birth_date HAVING count(*) > 1
    """,
    "the serial of a line differs from the blank bound to its row": """
        SELECT l.code, l.serial, r.serial FROM credentials_register_line l
        JOIN credentials_batch_row r ON r.batch_id = l.batch_id AND r.row = l.source_row
        WHERE l.act = 'issue' AND r.serial <> l.serial
    """,
    "a step without its leaf": """
        SELECT l.code FROM credentials_register_line l
        LEFT JOIN credentials_log_leaf f ON f.leaf_hash = l.leaf_hash WHERE f.id IS NULL
        UNION ALL SELECT m.id::text FROM credentials_blank_movement m
        LEFT JOIN credentials_log_leaf f ON f.leaf_hash = m.leaf_hash WHERE f.id IS NULL
        UNION ALL SELECT e.id::text FROM people_auditevent e
        LEFT JOIN credentials_log_leaf f ON f.leaf_hash = e.leaf_hash WHERE f.id IS NULL
    """,
    "a leaf of nothing": """
        SELECT f.id, f.source FROM credentials_log_leaf f
        WHERE NOT EXISTS (SELECT FROM credentials_register_line l WHERE l.leaf_hash = f.leaf_hash)
          AND NOT EXISTS (SELECT FROM credentials_blank_movement m WHERE m.leaf_hash = f.leaf_hash)
          AND NOT EXISTS (SELECT FROM credentials_blank_lot t WHERE t.leaf_hash = f.leaf_hash)
          AND NOT EXISTS (SELECT FROM people_auditevent e WHERE e.leaf_hash = f.leaf_hash)
    """,
    "a step of a batch recorded more or less than once": """
        SELECT b.token, b.state, v.verb, e.n FROM credentials_batch b
        CROSS JOIN (VALUES ('prepare', 1), ('approve', 2), ('print', 3), ('seal', 4), ('issue', 5))
            v (verb, step)
        LEFT JOIN LATERAL (SELECT count(*) n FROM people_auditevent x
            WHERE x.subject = b.token AND x.verb = 'issuing:batch:' || v.verb) e ON true
        WHERE e.n <> CASE WHEN v.step <= array_position(
            ARRAY['prepared', 'approved', 'printed', 'signed', 'issued'], b.state::text)
            THEN 1 ELSE 0 END
    """,
}


def wrongs(connection: psycopg.Connection[Any]) -> list[str]:
    """Return everything that must never be and is."""
    return [
        f"{name}: {row}"
        for name, query in _NEVER.items()
        for row in connection.execute(query.encode()).fetchall()
    ]


def lost(connection: psycopg.Connection[Any], acknowledged: Path) -> list[str]:
    """Return what was acknowledged (see `work.finish`) and is not in the database."""
    return list(_lost(connection, acknowledged))


def _lost(connection: psycopg.Connection[Any], acknowledged: Path) -> Iterator[str]:
    if not acknowledged.exists():
        return
    for line in acknowledged.read_text("utf-8").splitlines():
        said = json.loads(line)
        found = connection.execute(
            "SELECT id, state FROM credentials_batch WHERE token = %s", [said["token"]]
        ).fetchone()
        if found is None or _STEPS.index(found[1]) < _STEPS.index(said["step"]):
            yield f"{said} was acknowledged, the database has {found}"
            continue
        if said["step"] == "issued":
            held = connection.execute(
                "SELECT code, entry_number FROM credentials_register_line"
                " WHERE batch_id = %s AND act = 'issue' ORDER BY sequence",
                [found[0]],
            ).fetchall()
            ends = [held[0][1], held[-1][1]] if held else []
            codes = {code for code, _ in held}
            if ends != said["entries"] or not codes.issuperset(said["codes"]):
                yield f"{said} was acknowledged, the register has {held}"
