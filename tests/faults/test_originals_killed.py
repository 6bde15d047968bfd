"""kill -9 of who makes digital originals, anywhere: nothing is half, nothing is made twice."""

from __future__ import annotations

import random
import signal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.work import LOG, SIZE

if TYPE_CHECKING:
    import psycopg

    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

_measured: dict[str, int] = {}

_HALF = {
    "a document without its edition": """
        SELECT d.number FROM credentials_document d WHERE NOT EXISTS (
            SELECT FROM credentials_document_edition e WHERE e.document_id = d.id)
    """,
    "a line with two originals, or two editions": """
        SELECT d.line_id FROM credentials_document d
        JOIN credentials_document_edition e ON e.document_id = d.id
        GROUP BY d.line_id HAVING count(*) > 1
    """,
    "a request nobody signed": """
        SELECT r.token FROM credentials_signature_request r
        LEFT JOIN credentials_made_signature m ON m.request_id = r.id WHERE m.request_id IS NULL
        UNION ALL SELECT r.token FROM credentials_credential_request r
        LEFT JOIN credentials_made_credential m ON m.request_id = r.id WHERE m.request_id IS NULL
    """,
    "a signature in no edition": """
        SELECT r.token FROM credentials_signature_request r
        WHERE NOT EXISTS (SELECT FROM credentials_document_edition e
                          WHERE r.token IN (e.person_token, e.seal_token))
    """,
    "an index of a list for no paper": """
        SELECT s.copy FROM credentials_status_entry s WHERE NOT EXISTS (
            SELECT FROM credentials_document d WHERE d.number = s.copy)
    """,
}


def test_each_line_gets_its_original_once(
    seed: int, shop: Workshop, settled: Workshop, tmp_path: Path
) -> None:
    total = _points(shop, settled, tmp_path / "calibration")
    home = tmp_path / "home"
    shop.do("sequence", home=str(home))
    points = random.Random("originals").sample(range(1, total + 1), total)

    for stop_at in (points[seed % total], random.Random(seed).randrange(1, total + 1)):
        outcome = shop.attempt("originals_until", home=str(home), base=LOG, stop_at=stop_at)
        # the second run has less to do, so that its point may not be reached
        assert outcome.get("signal") == signal.SIGKILL or "value" in outcome, outcome
        shop.quiet()
        with shop.connect() as connection:
            assert _half(connection) == []
            _files_are_there(connection, home)

    done = shop.do("originals_until", home=str(home), base=LOG, stop_at=None)
    again = shop.do("originals_until", home=str(home), base=LOG, stop_at=None)
    assert (done["left"], again["made"], again["left"]) == (0, 0, 0)
    shop.do("tidy_originals", home=str(home))
    with shop.connect() as connection:
        assert _half(connection) == []
        files = _files_are_there(connection, home)
    assert len(files) == SIZE
    assert sorted((home / "documents").glob("*/*")) == sorted(files)
    if seed == 0:
        assert shop.do("judge_originals", home=str(home)) == {"valid": SIZE}


def _half(connection: psycopg.Connection[Any]) -> list[str]:
    return [
        f"{name}: {row}"
        for name, query in _HALF.items()
        for row in connection.execute(query.encode()).fetchall()
    ]


def _files_are_there(connection: psycopg.Connection[Any], home: Path) -> list[Path]:
    """Every edition has its whole file, under its name or still as a draft."""
    rows = connection.execute("SELECT sha256 FROM credentials_document_edition").fetchall()
    found = []
    for (digest,) in rows:
        name = home / "documents" / digest.hex()[:2] / digest.hex()
        (file,) = [f for f in (name.with_suffix(".pdf"), name.with_suffix(".draft")) if f.exists()]
        assert sha256(file.read_bytes()).digest() == digest
        found.append(file)
    return found


def _points(shop: Workshop, settled: Workshop, home: Path) -> int:
    """How many points an undisturbed run passes, measured once."""
    if not _measured:
        shop.do("sequence", home=str(home))
        done = shop.do("originals_until", home=str(home), base=LOG, stop_at=None)
        assert done["made"] == SIZE
        _measured["points"] = done["points"]
        shop.quiet()
        shop.renew(settled.database)
    return _measured["points"]
