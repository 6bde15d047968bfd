"""Files of documents: durable before their row, named after it; what a stop leaves is tidied."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sogoc.people.identity import Actor, acting

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
OLD = (NOW - timedelta(hours=2)).timestamp()


def place(home: Path, data: bytes, suffix: str) -> Path:
    name = sha256(data).hexdigest()
    return home / "documents" / name[:2] / f"{name}{suffix}"


def left(home: Path, data: bytes) -> Path:
    """A draft as a stop before the commit leaves it, two hours ago."""
    file = place(home, data, ".draft")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (OLD, OLD))
    return file


def tidied(home: Path, named: bytes = b"", used_up: bytes = b"") -> tuple[int, int]:
    from sogoc.credentials.documents import store

    return store.tidy(
        home,
        named={sha256(named).digest()} if named else set(),
        used_up={sha256(used_up).digest()} if used_up else set(),
        now=NOW,
    )


def test_a_file_is_named_when_its_row_is_committed(transactional_db: None, tmp_path: Path) -> None:
    from sogoc.credentials.documents import store

    with acting(Actor.system("tests")):
        digest = store.keep(tmp_path, b"paper")
        assert store.keep(tmp_path, b"paper") == digest
        assert place(tmp_path, b"paper", ".draft").read_bytes() == b"paper"
        assert store.fetch(tmp_path, digest) == b"paper"
    (file,) = (tmp_path / "documents").glob("*/*")
    assert file == place(tmp_path, b"paper", ".pdf")
    assert file.stat().st_mode & 0o777 == 0o600
    assert store.fetch(tmp_path, digest) == b"paper"


def test_a_row_rolled_back_leaves_a_draft_for_tidying(
    transactional_db: None, tmp_path: Path
) -> None:
    from sogoc.credentials.documents import store

    def undone() -> None:
        with acting(Actor.system("tests")):
            store.keep(tmp_path, b"paper")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    (draft,) = (tmp_path / "documents").glob("*/*")
    assert draft.suffix == ".draft"
    os.utime(draft, (OLD, OLD))
    assert tidied(tmp_path) == (0, 1)
    assert list((tmp_path / "documents").glob("*/*")) == []


def test_what_a_stop_left_is_named_or_removed(tmp_path: Path) -> None:
    kept, lost = left(tmp_path, b"committed"), left(tmp_path, b"never")
    half = kept.with_name(".0123456789abcdef")
    half.write_bytes(b"hal")
    os.utime(half, (OLD, OLD))
    assert tidied(tmp_path, named=b"committed") == (1, 2)
    assert not kept.exists() | lost.exists() | half.exists()
    assert place(tmp_path, b"committed", ".pdf").read_bytes() == b"committed"


def test_what_is_at_work_and_what_has_a_name_stay(tmp_path: Path) -> None:
    young = left(tmp_path, b"young")
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    named = left(tmp_path, b"unknown here").rename(place(tmp_path, b"unknown here", ".pdf"))
    assert tidied(tmp_path) == (0, 0)
    assert young.exists()
    assert named.exists()


def test_a_page_nobody_can_sign_any_more_goes(tmp_path: Path) -> None:
    page = left(tmp_path, b"page").rename(place(tmp_path, b"page", ".pdf"))
    assert tidied(tmp_path, named=b"page", used_up=b"page") == (0, 0)
    assert tidied(tmp_path, used_up=b"page") == (0, 1)
    assert not page.exists()
