"""What the public sees is at most an hour old, or somebody is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sogoc.credentials.log import api as log
from sogoc.credentials.log.freshness import Freshness
from sogoc.kernel.cosignature import Algorithm, CosignerSecret
from tests.credentials.log.conftest import BASE
from tests.credentials.world import AT

SEEN = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def fresh(**changes: Any) -> Freshness:
    values: dict[str, Any] = {
        "stream": "2026", "origin": "log.example/2026", "size": 5, "witnessed_at": SEEN,
        "waiting": 0, "waits_since": None,
    }  # fmt: skip
    return Freshness(**{**values, **changes})


@pytest.mark.parametrize(
    ("given", "after", "count"),
    [
        ({}, timedelta(minutes=60), 0),
        ({}, timedelta(minutes=61), 1),
        ({"witnessed_at": None}, timedelta(days=3), 0),
        ({"stream": "2025"}, timedelta(days=3), 0),  # a year that has ended
        ({"stream": "so-hoa"}, timedelta(days=3), 1),
        ({"waiting": 2, "waits_since": SEEN}, timedelta(minutes=61), 2),
        ({"waiting": 2, "waits_since": SEEN, "stream": "2025"}, timedelta(minutes=61), 1),
        ({"waiting": 2, "waits_since": SEEN, "witnessed_at": None}, timedelta(minutes=60), 0),
        ({}, timedelta(minutes=-5), 0),  # a clock may be a little ahead
        ({}, timedelta(minutes=-6), 1),
    ],
)
def test_an_hour_is_the_limit(given: dict[str, Any], after: timedelta, count: int) -> None:
    assert len(fresh(**given).problems(SEEN + after)) == count


def test_acts_that_wait_have_an_age(
    issued: tuple[str, ...], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    (found,) = log.freshness(tmp_path, base=BASE)
    assert (found.stream, found.size, found.waits_since) == ("2025", 0, AT)
    assert found.waiting > len(issued)
    late = log.audit(tmp_path, base=BASE, now=AT + timedelta(hours=2))
    assert [(each.kind, each.what) for each in late.problems] == [("age", "2025")]
    assert log.audit(tmp_path, base=BASE, now=AT + timedelta(minutes=59)).is_clean
    sequence()
    (found,) = log.freshness(tmp_path, base=BASE)
    assert (found.waiting, found.waits_since, found.size > 20) == (0, None, True)
    assert log.audit(tmp_path, base=BASE, now=AT + timedelta(hours=2)).is_clean


def test_a_quorum_asked_for_that_never_signed_is_no_youth(
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    owner_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    """What nobody cosigned is as old as its publication, not without age."""
    sequence()
    (found,) = log.freshness(tmp_path, base=BASE)
    assert found.witnessed_at is None
    key = CosignerSecret("inspectorate.example", Algorithm.ED25519, b"w" * 32).verifier
    (tmp_path / "log-witnesses").write_text(f"witness one {key}\nquorum one\n")
    (found,) = log.freshness(tmp_path, base=BASE)
    assert found.witnessed_at is not None
    kept = owner_connection.execute("SELECT max(at) FROM credentials_log_checkpoint").fetchone()
    assert kept == (found.witnessed_at,)
    year = replace(found, stream=str(found.witnessed_at.year))
    assert len(year.problems(found.witnessed_at + timedelta(minutes=61))) == 1


def test_openings_drawn_by_chance_find_what_was_altered(
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    owner_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    assert log.sample_openings(tmp_path, base=BASE, count=10) == []  # nothing is published yet
    sequence()
    assert log.sample_openings(tmp_path, base=BASE, count=200) == []
    owner_connection.execute("ALTER TABLE credentials_register_line DISABLE TRIGGER USER")
    owner_connection.execute(
        "UPDATE credentials_register_line SET serial = 'A02509999' WHERE code = %s", [issued[2]]
    )
    found = log.sample_openings(tmp_path, base=BASE, count=200)
    assert [(each.kind, each.what) for each in found] == [("line", issued[2])]


def test_openings_are_proven_in_the_published_files(
    issued: tuple[str, ...], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    sequence()
    (tile,) = (tmp_path / "log" / "2025" / "tile" / "0").glob("000.p/*")
    data = tile.read_bytes()
    tile.chmod(0o644)
    tile.write_bytes(data[::-1])
    found = log.sample_openings(tmp_path, base=BASE, count=200)
    assert {each.what for each in found} == set(issued)
