"""The clock and the facade the command line is given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from sogoc.config import demo, embedded, environment
from sogoc.config.environment import LocalEnvironment, NotInThisHomeError
from sogoc.config.home import Home, Mode, create_home, find_home

NIGHT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)  # 01:30 on the 2nd in Viet Nam


@pytest.fixture
def other_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SOGOC_HOME", str(tmp_path / "h"))
    yield tmp_path / "h"
    home = find_home()
    if home is not None and home.mode is not Mode.PRODUCTION:
        embedded.destroy(home)


@time_machine.travel(NIGHT, tick=False)
def test_day_is_the_day_in_viet_nam(other_home: Path) -> None:
    assert LocalEnvironment().today() == date(2026, 3, 2)
    assert LocalEnvironment().now() == NIGHT
    assert LocalEnvironment().now().utcoffset() == timedelta(hours=7)
    assert not LocalEnvironment().is_playground


@time_machine.travel(NIGHT, tick=False)
def test_demo_home_takes_the_day_it_is_told(other_home: Path) -> None:
    create_home(mode=Mode.DEMO)
    there = LocalEnvironment()
    assert there.is_playground
    there.set_business_date(date(2025, 4, 10))
    assert there.today() == date(2025, 4, 10)
    assert there.now() == datetime(2025, 4, 9, 18, 30, tzinfo=UTC)


def test_real_data_take_the_real_day(other_home: Path) -> None:
    create_home(mode=Mode.PRODUCTION)
    with pytest.raises(NotInThisHomeError, match="real-date-only"):
        LocalEnvironment().set_business_date(date(2025, 4, 10))


def test_directories_are_the_homes(other_home: Path) -> None:
    home = create_home(mode=Mode.TEST)
    there = LocalEnvironment()
    assert there.home == home.path
    assert (there.log_directory, there.keys_directory) == (home.log, home.keys)
    assert there.uploads_directory == home.uploads
    assert there.log_origin == home.log_origin


def test_backup_of_an_external_server_is_not_ours(
    other_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create_home(mode=Mode.TEST)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/register")
    for action in (LocalEnvironment().backup, LocalEnvironment().restore):
        with pytest.raises(NotInThisHomeError, match="not-embedded"):
            action(tmp_path / "b.tar")


def test_backup_and_restore_start_the_server(test_home: Home, tmp_path: Path) -> None:
    assert os.environ["SOGOC_HOME"] == str(test_home.path)
    written = LocalEnvironment().backup(tmp_path / "b.tar")
    assert written == {
        "file": str(tmp_path / "b.tar"),
        "bytes": (tmp_path / "b.tar").stat().st_size,
    }


def test_initialise_makes_home_and_says_so(
    other_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sogoc.credentials.rules import api as rules

    migrated: list[str] = []
    monkeypatch.setattr(environment.database, "migrate", lambda: migrated.append("x"))
    loaded: list[Path] = []
    monkeypatch.setattr(demo, "load", lambda *, home, **_others: loaded.append(home))
    monkeypatch.setattr(rules, "activate_first", lambda **_when: migrated.append("rules"))
    said: list[str] = []
    made = LocalEnvironment().initialise(demo=True, say=said.append)
    assert made == {
        "home": str(other_home),
        "mode": "demo",
        "created": True,
        "business_date": "2025-04-10",
        "database": "embedded",
    }
    assert said
    assert LocalEnvironment().today() == environment.DEMO_DATE
    assert LocalEnvironment().initialise(demo=True, say=said.append)["created"] is False
    assert LocalEnvironment().stop()
    assert migrated == ["x", "rules", "x", "rules"]
    assert loaded == [other_home, other_home]
