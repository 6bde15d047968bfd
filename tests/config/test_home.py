"""The home: made once, private, never of two kinds."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from sogoc.config import home as homes
from sogoc.config.home import HomeError, Mode


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_home_is_made_once_and_private(tmp_path: Path) -> None:
    first = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    again = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    assert first == again == homes.open_home(tmp_path / "h")
    assert mode_of(first.path) == mode_of(first.keys) == 0o700
    assert mode_of(first.path / "home.json") == 0o600
    assert [file.name for file in first.path.iterdir() if file.name.startswith(".")] == []


def test_homes_made_at_once_are_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: homes.create_home(tmp_path / "h", mode=Mode.TEST).id, range(16))
        )
    assert len(set(made)) == 1


def test_secret_asked_for_at_once_is_one(tmp_path: Path) -> None:
    home = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: homes.secret(home, "django"), range(16)))
    assert len(made) == 1
    assert len(made.pop()) >= 43  # 256 bits
    assert mode_of(home.keys / "django") == 0o600


def test_home_made_anew_at_the_same_path_is_another(tmp_path: Path) -> None:
    first = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    for file in sorted(first.path.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    second = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    assert first.id != second.id
    assert first.log_origin != second.log_origin


def test_demonstration_and_real_data_never_mix(tmp_path: Path) -> None:
    homes.create_home(tmp_path / "h", mode=Mode.DEMO)
    with pytest.raises(HomeError, match="home-of-other-mode"):
        homes.create_home(tmp_path / "h", mode=Mode.PRODUCTION)


def test_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(HomeError, match="home-not-empty"):
        homes.create_home(tmp_path, mode=Mode.TEST)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_missing_home_says_what_to_run(tmp_path: Path) -> None:
    assert homes.find_home(tmp_path / "none") is None
    with pytest.raises(HomeError, match="sogoc init"):
        homes.open_home(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "code"), [("{", "home-unreadable"), ('{"format": 99}', "home-of-other-version")]
)
def test_home_not_understood_is_an_anticipated_error(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "home.json").write_text(text)
    with pytest.raises(HomeError, match=code):
        homes.open_home(tmp_path)


def test_record_keeps_everything_else(tmp_path: Path) -> None:
    home = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    changed = homes.record(home, business_date=date(2025, 4, 10))
    assert changed == homes.open_home(home.path)
    assert changed.business_date == date(2025, 4, 10)
    assert (changed.id, changed.log_origin, changed.state_dir) == (
        home.id,
        home.log_origin,
        home.state_dir,
    )
    with pytest.raises(ValueError, match="fixed for the life"):
        homes.record(home, mode=Mode.PRODUCTION)


def test_origin_is_fixed_when_the_home_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOGOC_LOG_ORIGIN", "so-goc.example.vn")
    home = homes.create_home(tmp_path / "h", mode=Mode.TEST)
    monkeypatch.setenv("SOGOC_LOG_ORIGIN", "other.example.vn")
    assert homes.create_home(home.path, mode=Mode.TEST).log_origin == "so-goc.example.vn"
    assert json.loads((home.path / "home.json").read_text())["log_origin"] == "so-goc.example.vn"


def test_home_path_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOGOC_HOME", str(tmp_path / "x"))
    assert homes.home_path() == tmp_path / "x"
    monkeypatch.delenv("SOGOC_HOME")
    assert homes.home_path().name == "var"
