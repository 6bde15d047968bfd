"""kill -9 while a paper book is brought in: never half a page, nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

# Each query returns one row for each thing that is wrong.
_NEVER = {
    "half a page": """
        SELECT k.id, k.line_count, count(l.id) FROM credentials_page_keying k
        LEFT JOIN credentials_keyed_line l ON l.keying_id = k.id
        GROUP BY k.id HAVING count(l.id) <> k.line_count
    """,
    "a page keyed by one person twice, or by three": """
        SELECT image_id, count(*), count(DISTINCT keyed_by) FROM credentials_page_keying
        GROUP BY image_id HAVING count(*) > 2 OR count(*) <> count(DISTINCT keyed_by)
    """,
    "a picture twice": """
        SELECT job_id, page, count(*) FROM credentials_page_image
        GROUP BY job_id, page HAVING count(*) > 1
    """,
    "a difference settled twice": """
        SELECT image_id, line, field, count(*) FROM credentials_line_settlement
        GROUP BY image_id, line, field HAVING count(*) > 1
    """,
    "more than one job, or minutes": """
        SELECT 'job', count(*) FROM credentials_digitisation_job HAVING count(*) > 1
        UNION ALL
        SELECT 'minutes', count(*) FROM credentials_digitisation_minutes HAVING count(*) > 1
    """,
    "a state that minutes and signatures do not bear out": """
        SELECT j.state, count(DISTINCT m.id), count(s.id) FROM credentials_digitisation_job j
        LEFT JOIN credentials_digitisation_minutes m ON m.job_id = j.id
        LEFT JOIN credentials_minutes_signature s ON s.minutes_id = m.id
        GROUP BY j.id HAVING (count(DISTINCT m.id), count(s.id)) <> CASE j.state
            WHEN 'keying' THEN (0::bigint, 0::bigint) WHEN 'compared' THEN (1::bigint, 1::bigint)
            ELSE (1::bigint, 2::bigint) END
    """,
    "half a job in the register": """
        SELECT j.state, m.line_count, c.n, l.n, p.n FROM credentials_digitisation_job j
        LEFT JOIN credentials_digitisation_minutes m ON m.job_id = j.id
        CROSS JOIN LATERAL (SELECT count(*) n FROM credentials_counted_line x
            WHERE x.job_id = j.id) c
        CROSS JOIN LATERAL (SELECT count(*) n FROM credentials_register_line x
            WHERE x.act = 'legacy') l
        CROSS JOIN LATERAL (SELECT count(*) n FROM credentials_register_line x
            JOIN credentials_register_personal y ON y.line_id = x.id WHERE x.act = 'legacy') p
        WHERE (c.n, l.n, p.n) <> CASE WHEN j.state = 'counted'
            THEN (m.line_count::bigint, m.line_count::bigint, m.line_count::bigint)
            ELSE (0::bigint, 0::bigint, 0::bigint) END
    """,
    "a step without its event, or twice": """
        SELECT e.verb, e.detail::text, e.actor, count(*) FROM people_auditevent e
        WHERE e.verb LIKE 'digitisation:%' GROUP BY 1, 2, 3 HAVING count(*) > 1
        UNION ALL
        SELECT 'digitisation:job:key', '', '', abs(
            (SELECT count(*) FROM people_auditevent WHERE verb = 'digitisation:job:key')
            - (SELECT count(*) FROM credentials_page_keying))
        WHERE (SELECT count(*) FROM people_auditevent WHERE verb = 'digitisation:job:key')
           <> (SELECT count(*) FROM credentials_page_keying)
    """,
    "an act without its leaf": """
        SELECT l.code FROM credentials_register_line l
        LEFT JOIN credentials_log_leaf f ON f.leaf_hash = l.leaf_hash WHERE f.id IS NULL
        UNION ALL SELECT e.id::text FROM people_auditevent e
        LEFT JOIN credentials_log_leaf f ON f.leaf_hash = e.leaf_hash WHERE f.id IS NULL
    """,
}

_STATES = ("keying", "compared", "signed", "counted")
_calibrated: dict[str, int] = {}


def test_a_killed_digitisation_is_whole_and_goes_on(
    seed: int, shop: Workshop, settled: Workshop, tmp_path: Path
) -> None:
    total = _points(shop, settled, tmp_path)
    acknowledged, uploads = tmp_path / "acknowledged", tmp_path / "uploads"
    work: dict[str, Any] = {"uploads": str(uploads), "acknowledged": str(acknowledged)}
    first = random.Random("paper").sample(range(1, total + 1), total)[seed % total]

    outcome = shop.attempt("digitise_until", **work, stop_at=first)
    assert outcome == {"signal": signal.SIGKILL}
    shop.quiet()
    with shop.connect() as connection:
        assert _wrongs(connection, uploads) == []
        assert list(_lost(connection, acknowledged)) == []

        shop.attempt("digitise_until", **work, stop_at=random.Random(seed).randrange(1, total))
        shop.quiet()
        assert _wrongs(connection, uploads) == []
        done = shop.do("digitise_until", **work, stop_at=None)
        again = shop.do("digitise_until", **work, stop_at=None)

        assert (done["lines"], done["aside"], done["altered"]) == (4, 1, [])
        assert (again["already"], again["codes"]) == (True, done["codes"])
        assert _wrongs(connection, uploads) == []
        assert list(_lost(connection, acknowledged)) == []


def _points(shop: Workshop, settled: Workshop, folder: Path) -> int:
    """How many points an undisturbed run passes, counted once."""
    if not _calibrated:
        done = shop.do(
            "digitise_until",
            uploads=str(folder / "calibration-uploads"),
            acknowledged=str(folder / "calibration"),
            stop_at=None,
        )
        _calibrated["points"] = done["points"]
        shop.quiet()
        shop.renew(settled.database)
    return _calibrated["points"]


def _wrongs(connection: psycopg.Connection[Any], uploads: Path) -> list[str]:
    """Everything that must never be and is; a picture the database names lies whole on the disk."""
    found = [
        f"{name}: {row}"
        for name, query in _NEVER.items()
        for row in connection.execute(query.encode()).fetchall()
    ]
    for (digest,) in connection.execute("SELECT sha256 FROM credentials_page_image").fetchall():
        file = uploads / "pages" / bytes(digest).hex()
        if not file.exists() or sha256(file.read_bytes()).digest() != bytes(digest):
            found.append(f"picture {file.name}")
    return found


def _lost(connection: psycopg.Connection[Any], acknowledged: Path) -> Iterator[str]:
    """What was acknowledged and is not in the database."""
    if not acknowledged.exists():
        return
    for line in acknowledged.read_text("utf-8").splitlines():
        said = json.loads(line)
        if not _holds(connection, said):
            yield line


def _holds(connection: psycopg.Connection[Any], said: dict[str, Any]) -> bool:
    def has(query: str, *values: object) -> bool:
        return connection.execute(query.encode(), values).fetchone() is not None

    state = "SELECT FROM credentials_digitisation_job WHERE state = ANY (%s)"
    match said["step"]:
        case "open":
            return has("SELECT FROM credentials_digitisation_job WHERE token = %s", said["token"])
        case "attach":
            return has("SELECT FROM credentials_page_image WHERE page = %s", said["page"])
        case "key":
            return has(
                "SELECT FROM credentials_page_keying k JOIN credentials_page_image i"
                " ON i.id = k.image_id WHERE i.page = %s AND k.ordinal = %s AND k.line_count = %s",
                said["page"],
                said["ordinal"],
                said["lines"],
            )
        case "settle":
            return has("SELECT FROM credentials_line_settlement WHERE value = %s", said["value"])
        case "minutes":
            return has(
                "SELECT FROM credentials_digitisation_minutes WHERE encode(digest, 'hex') = %s",
                said["digest"],
            ) and has(state, list(_STATES[1:]))
        case "sign":
            return has(state, list(_STATES[2:]))
        case _:
            return has(state, ["counted"]) and all(
                has("SELECT FROM credentials_register_line WHERE code = %s", code)
                for code in said["codes"]
            )
