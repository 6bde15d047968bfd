"""The embedded server: private, one at a time, and never losing what it acknowledged."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from sogoc.config import embedded
from sogoc.config.embedded import processes
from sogoc.config.embedded.cluster import NOBODY, settle
from sogoc.config.home import Home, HomeError, Mode

HomeMaker = Callable[..., Home]
ENSURE = """
import sys
from pathlib import Path
from sogoc.config import embedded
from sogoc.config.home import open_home
embedded.ensure_running(open_home(Path(sys.argv[1])))
"""


def connect(home: Home, role: str = embedded.APPLICATION) -> psycopg.Connection:
    return psycopg.connect(embedded.url(embedded.cluster(home), role), autocommit=True)


def one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def ensure_elsewhere(home: Home) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", ENSURE, str(home.path)], start_new_session=True)


def kill_server(home: Home) -> None:
    pid = embedded.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def wait_for_the_end(connection: psycopg.Connection) -> None:
    for _ in range(200):
        connection.execute("select 1")
        time.sleep(0.02)


def test_server_is_made_prepared_and_stopped(new_home: HomeMaker) -> None:
    home = new_home()
    assert not embedded.status(home).running
    embedded.ensure_running(home)
    state = embedded.status(home)
    assert state.running
    assert state.ready
    with connect(home, "postgres") as server:
        assert one(server, "show listen_addresses") == ""
        assert one(server, "show data_checksums") == "on"
        assert one(server, "show fsync") == one(server, "show synchronous_commit") == "on"
        assert one(server, "show server_encoding") == "UTF8"
        assert one(server, "select lower('Đ') = 'đ'") is True
        assert (
            one(server, "select count(*) from pg_hba_file_rules where auth_method = 'trust'") == 0
        )
        assert one(
            server, "select string_agg(extname, ' ' order by extname) from pg_extension"
        ) == ("btree_gist pg_trgm plpgsql unaccent")
    assert embedded.stop(home)
    assert not embedded.stop(home)
    embedded.ensure_running(home)
    with connect(home) as application:
        assert one(application, "select 1") == 1


def test_running_server_costs_nothing(test_home: Home) -> None:
    started = time.perf_counter()
    for _ in range(20):
        embedded.ensure_running(test_home)
    assert (time.perf_counter() - started) / 20 < 0.01


def test_files_are_closed_to_others(test_home: Home) -> None:
    state = embedded.status(test_home)
    for path in (state.data, state.socket):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(state.log.stat().st_mode) == 0o600
    assert state.data.stat().st_uid != 0


def test_nobody_enters_without_the_password(test_home: Home) -> None:
    for role in ("postgres", embedded.OWNER, embedded.APPLICATION):
        address = embedded.url(embedded.cluster(test_home), role)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(address, password="guess")


def test_homes_do_not_meet(new_home: HomeMaker) -> None:
    first, second = new_home(), new_home()
    for home in (first, second):
        embedded.ensure_running(home)
    with connect(first, embedded.OWNER) as one_of_two:
        one_of_two.execute("create table mark ()")
    with connect(second, embedded.OWNER) as other:
        assert one(other, "select to_regclass('mark')") is None
    assert embedded.stop(first)
    assert embedded.status(second).ready


def test_acknowledged_rows_survive_a_killed_server(new_home: HomeMaker) -> None:
    home = new_home()
    embedded.ensure_running(home)
    with connect(home, embedded.OWNER) as owner:
        owner.execute("create table line (n int)")
        owner.execute("insert into line select generate_series(1, 500)")
        kill_server(home)
        with pytest.raises(psycopg.OperationalError):
            wait_for_the_end(owner)
    embedded.ensure_running(home)
    with connect(home, embedded.OWNER) as owner:
        assert one(owner, "select count(*) from line") == 500


def test_many_at_once_get_one_server(new_home: HomeMaker) -> None:
    home = new_home()
    assert [process.wait() for process in [ensure_elsewhere(home) for _ in range(5)]] == [0] * 5
    pid = embedded.status(home).pid
    kill_server(home)
    assert [process.wait() for process in [ensure_elsewhere(home) for _ in range(5)]] == [0] * 5
    assert embedded.status(home).pid not in {pid, None}
    with connect(home) as application:
        assert one(application, "select 1") == 1


@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.3, 0.45, 0.6])
def test_killed_maker_leaves_a_state_to_carry_on_from(new_home: HomeMaker, seconds: float) -> None:
    home = new_home()
    maker = ensure_elsewhere(home)
    time.sleep(seconds)
    os.killpg(maker.pid, signal.SIGKILL)
    maker.wait()
    embedded.ensure_running(home)
    with connect(home) as application:
        assert one(application, "select 1") == 1


def test_pid_file_of_a_stranger_is_not_believed(new_home: HomeMaker) -> None:
    home = new_home()
    embedded.ensure_running(home)
    data = embedded.status(home).data
    pid_file = (data / "postmaster.pid").read_text()
    embedded.stop(home)
    # As after a reboot: another process of this user has the number.
    (data / "postmaster.pid").write_text(pid_file.replace(pid_file.split()[0], str(os.getpid()), 1))
    assert processes.postmaster(data) is None
    embedded.ensure_running(home)
    assert embedded.status(home).ready


def test_home_made_anew_does_not_meet_the_old_data(new_home: HomeMaker) -> None:
    home = new_home()
    embedded.ensure_running(home)
    with connect(home, embedded.OWNER) as owner:
        owner.execute("create table old ()")
    old = embedded.cluster(home)
    shutil.rmtree(home.path)
    again = new_home(home.path)
    embedded.ensure_running(again)
    with connect(again, embedded.OWNER) as owner:
        assert one(owner, "select to_regclass('old')") is None
    assert embedded.cluster(again).sockets != old.sockets
    embedded.destroy(home)
    assert embedded.status(again).ready if home.state_dir else not home.path.exists()


def test_long_path_keeps_its_socket_in_a_private_directory(new_home: HomeMaker) -> None:
    home = new_home()
    far = replace(home, state_dir=None, path=home.path / ("x" * 90))
    far.path.mkdir()
    places = embedded.cluster(far)
    assert places.sockets == Path("/tmp") / f"sogoc-{home.id}"
    assert len(str(places.socket)) < 100


def test_socket_directory_of_another_is_refused(new_home: HomeMaker) -> None:
    home = new_home()
    embedded.ensure_running(home)
    embedded.stop(home)
    places = embedded.cluster(home)
    places.sockets.chmod(0o777)
    with pytest.raises(HomeError, match="socket-directory-not-ours"):
        embedded.ensure_running(home)


def test_server_runs_as_the_owner_of_the_home(new_home: HomeMaker) -> None:
    home = new_home()
    if os.geteuid() == 0:
        home.path.parent.chmod(0o711)
        os.chown(home.path, NOBODY, NOBODY)
        home = settle(replace(home, state_dir=None, server_uid=None))
    embedded.ensure_running(home)
    state = embedded.status(home)
    assert state.data.is_relative_to(home.path)
    assert Path(f"/proc/{state.pid}").stat().st_uid == home.path.stat().st_uid
    embedded.destroy(home)


def test_log_file_holds_no_names(test_home: Home) -> None:
    with connect(test_home) as application:
        application.execute("create temp table person (name text primary key)")
        insert = "insert into person values ('Nguyễn Thị Kín')"
        application.execute(insert)
        with pytest.raises(psycopg.errors.UniqueViolation, match="Kín"):
            application.execute(insert)
    log = embedded.status(test_home).log.read_text()
    assert "duplicate key" in log
    assert "Kín" not in log


def test_failure_shows_the_end_of_the_log(new_home: HomeMaker) -> None:
    home = new_home()
    embedded.ensure_running(home)
    embedded.stop(home)
    settings = embedded.status(home).data / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nshared_buffers = much\n")
    with pytest.raises(embedded.EmbeddedError, match="shared_buffers"):
        embedded.ensure_running(home)


def test_real_data_are_never_destroyed(new_home: HomeMaker) -> None:
    home = new_home()
    with pytest.raises(embedded.EmbeddedError, match="production-home-kept"):
        embedded.destroy(replace(home, mode=Mode.PRODUCTION))
    assert home.path.exists()
