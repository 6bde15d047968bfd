"""Backup and restore: the database comes back, keys and log never go back."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from sogoc.config import embedded
from sogoc.config.home import Home
from sogoc.credentials.digitisation.images import load, recognise, store

CHECKPOINT = "sogoc.invalid/live\n{size}\nqqqq\n\n— sogoc.invalid/live AAAA\n"


def owner(home: Home) -> psycopg.Connection:
    return psycopg.connect(embedded.url(embedded.cluster(home), embedded.OWNER), autocommit=True)


def publish(home: Home, size: int) -> None:
    (home.log / "live").mkdir(exist_ok=True)
    (home.log / "live" / "checkpoint").write_text(CHECKPOINT.format(size=size))


@pytest.fixture
def home(new_home: Callable[..., Home]) -> Home:
    home = new_home()
    embedded.ensure_running(home)
    with owner(home) as connection:
        connection.execute("create table line (name text)")
        connection.execute(f"grant select on line to {embedded.APPLICATION}".encode())
        connection.execute("insert into line values ('H''Len Mlô')")
    return home


def test_database_comes_back_with_owner_and_grants(home: Home, tmp_path: Path) -> None:
    publish(home, 1)
    file = embedded.backup(home, tmp_path / "b.tar")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    keys = {key.name: key.read_bytes() for key in home.keys.iterdir()}
    open_connection = owner(home)
    open_connection.execute("truncate line")

    restored = embedded.restore(home, file)

    assert restored.home_id == home.id
    assert restored.checkpoints == {"live/checkpoint": CHECKPOINT.format(size=1)}
    assert {key.name: key.read_bytes() for key in home.keys.iterdir()} == keys
    with pytest.raises(psycopg.OperationalError):
        open_connection.execute("select 1")
    open_connection.close()
    address = embedded.url(embedded.cluster(home), embedded.APPLICATION)
    with psycopg.connect(address, autocommit=True) as application:
        assert application.execute("select name from line").fetchall() == [("H'Len Mlô",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("delete from line")


def test_backup_moves_to_another_home(
    home: Home, new_home: Callable[..., Home], tmp_path: Path
) -> None:
    file = embedded.backup(home, tmp_path / "b.tar")
    other = new_home()
    embedded.ensure_running(other)
    assert embedded.restore(other, file).home_id == home.id
    with owner(other) as connection:
        assert connection.execute("select count(*) from line").fetchone() == (1,)


def test_backup_older_than_the_log_is_refused(home: Home, tmp_path: Path) -> None:
    publish(home, 1)
    file = embedded.backup(home, tmp_path / "b.tar")
    publish(home, 2)
    with pytest.raises(embedded.BackupError, match="backup-behind-log"):
        embedded.restore(home, file)
    embedded.restore(home, file, accept_loss=True)
    assert (home.log / "live" / "checkpoint").read_text() == CHECKPOINT.format(size=2)


def test_other_file_changes_nothing(home: Home, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Kính gửi")
    with pytest.raises(embedded.BackupError, match="not-a-backup"):
        embedded.restore(home, tmp_path / "letter")
    with owner(home) as connection:
        assert connection.execute("select count(*) from line").fetchone() == (1,)


def test_stopped_server_gives_no_half_backup(home: Home, tmp_path: Path) -> None:
    embedded.stop(home)
    with pytest.raises(embedded.BackupError, match="backup-failed"):
        embedded.backup(home, tmp_path / "b.tar")
    assert list(tmp_path.iterdir()) == []


class TestPageImages:
    """Page images of paper books lie beside the database, under their SHA-256."""

    DATA = b"\xff\xd8\xff page 1 of the book of 1998"

    @pytest.fixture
    def image(self, home: Home) -> Path:
        return store(recognise(self.DATA, "1.jpg"), home.uploads)

    def test_they_come_back(self, home: Home, image: Path, tmp_path: Path) -> None:
        file = embedded.backup(home, tmp_path / "b.tar")
        image.unlink()
        assert embedded.restore(home, file).images == 1
        assert (image.read_bytes(), image.stat().st_mode & 0o777) == (self.DATA, 0o600)
        assert list(image.parent.iterdir()) == [image]

    def test_they_move_to_another_home(
        self, home: Home, image: Path, new_home: Callable[..., Home], tmp_path: Path
    ) -> None:
        file = embedded.backup(home, tmp_path / "b.tar")
        other = new_home()
        embedded.ensure_running(other)
        assert embedded.restore(other, file).images == 1
        assert load(bytes.fromhex(image.name), other.uploads) == self.DATA

    def test_what_is_there_stays_and_what_was_altered_is_put_right(
        self, home: Home, image: Path, tmp_path: Path
    ) -> None:
        file = embedded.backup(home, tmp_path / "b.tar")
        later = b"\xff\xd8\xff later"
        newer = store(recognise(later, "2.jpg"), home.uploads)
        assert embedded.restore(home, file).images == 0
        image.write_bytes(b"\xff\xd8\xff another page")
        assert embedded.restore(home, file).images == 1
        assert (image.read_bytes(), newer.read_bytes()) == (self.DATA, later)

    def test_half_written_ones_are_left_out(self, home: Home, image: Path, tmp_path: Path) -> None:
        (image.parent / f".{image.name}.0a1b2c3d").write_bytes(b"half")
        with tarfile.open(embedded.backup(home, tmp_path / "b.tar")) as archive:
            names = archive.getnames()
        assert names == ["manifest.json", "database.dump", f"uploads/pages/{image.name}"]

    @pytest.mark.parametrize("name", ["../../keys/x", "x.jpg", "a" * 64])
    def test_an_image_that_is_not_what_its_name_says_changes_nothing(
        self, home: Home, image: Path, tmp_path: Path, name: str
    ) -> None:
        file = embedded.backup(home, tmp_path / "b.tar")
        member = tarfile.TarInfo(f"uploads/pages/{name}")
        member.size = 5
        with tarfile.open(file, "a") as archive:
            archive.addfile(member, io.BytesIO(b"wrong"))
        image.unlink()
        before = sorted(home.keys.iterdir())
        with pytest.raises(embedded.BackupError, match="not-a-backup"):
            embedded.restore(home, file)
        assert sorted(home.keys.iterdir()) == before
        with owner(home) as connection:
            assert connection.execute("select count(*) from line").fetchone() == (1,)

    def test_a_backup_of_the_older_form_is_still_restored(self, home: Home, tmp_path: Path) -> None:
        file = embedded.backup(home, tmp_path / "b.tar")
        with tarfile.open(file) as archive:
            archive.extractall(tmp_path / "old", filter="data")
        manifest = tmp_path / "old" / "manifest.json"
        manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "format": 1}))
        with tarfile.open(tmp_path / "old.tar", "w") as archive:
            for name in ("manifest.json", "database.dump"):
                archive.add(tmp_path / "old" / name, arcname=name)
        assert embedded.restore(home, tmp_path / "old.tar").images == 0
