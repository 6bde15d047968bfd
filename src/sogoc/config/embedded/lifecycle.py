"""Start, stop and make the embedded server; safe when several processes ask at once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sogoc.config.embedded import processes, roles
from sogoc.config.embedded.cluster import (
    NOBODY,
    Cluster,
    cluster,
    give_tree,
    has_account,
    make_places,
    programs,
)
from sogoc.config.embedded.configuration import include_ours, write_configuration
from sogoc.config.home import Home, Mode, secret
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

_LOG_LIMIT = 16 * 1024 * 1024
_START_SECONDS = 300  # recovery after a crash may take minutes on large data


class EmbeddedError(Error):
    """The embedded server could not be made, started or stopped."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a home's server. `socket` is its directory, for `psql -h`."""

    running: bool
    ready: bool
    pid: int | None
    socket: Path
    data: Path
    log: Path


def status(home: Home) -> Status:
    """Return the state of the server of `home`; starts nothing."""
    places = cluster(home)
    found = processes.postmaster(places.data)
    return Status(
        running=found is not None,
        ready=_is_ready(places),
        pid=found.pid if found else None,
        socket=places.sockets,
        data=places.data,
        log=places.log,
    )


def ensure_running(home: Home) -> None:
    """Make sure that the server of `home` runs and is prepared.

    Costs well under a millisecond when it runs. Otherwise one caller makes or starts it, the
    others wait for that one. A caller killed at any point leaves a state from which the next one
    carries on. Raises EmbeddedError with the end of the server's log when it does not start.
    """
    places = cluster(home)
    if _is_ready(places):
        return
    with _locked(places) as lock:
        if not _is_ready(places):
            _make_ready(places, lock)


def stop(home: Home) -> bool:
    """Stop the server of `home` cleanly; return whether it ran."""
    places = cluster(home)
    with _locked(places):
        if processes.postmaster(places.data) is None:
            return False
        _stop(places, "fast")
    return True


def destroy(home: Home) -> None:
    """Stop the server at once and delete the home with all its data; refused for production."""
    if home.mode is Mode.PRODUCTION:
        raise EmbeddedError(
            "production-home-kept",
            Text("Không xóa dữ liệu thật.", "A production home is never deleted."),
        )
    from sogoc.signer import api as signer

    signer.stop(home.signer)
    places = cluster(home)
    with _locked(places):
        if processes.postmaster(places.data) is not None:
            _stop(places, "immediate")
    for path in (places.sockets, places.base, home.path):
        shutil.rmtree(path, ignore_errors=True)


def _is_ready(places: Cluster) -> bool:
    found = processes.postmaster(places.data)
    return (
        found is not None
        and found.status == "ready"
        and places.bootstrapped.exists()
        and processes.accepts(places.socket)
    )


@contextmanager
def _locked(places: Cluster) -> Iterator[int]:
    """Hold the home's server lock; the kernel releases it however this process ends."""
    descriptor = os.open(places.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _make_ready(places: Cluster, lock: int) -> None:
    make_places(places)
    if not places.data.exists():
        _stop_predecessors(places)
        _initdb(places, lock)
    found = processes.postmaster(places.data)
    if found is None:
        _start(places)
    elif found.status != "ready":  # whoever started it was killed while waiting
        _wait_until_ready(places)
    if not places.bootstrapped.exists():
        roles.bootstrap(places)
        places.bootstrapped.touch(mode=0o600)


def _initdb(places: Cluster, lock: int) -> None:
    """Make the data directory beside its final name, and rename it when it is complete.

    initdb inherits the lock: should this process be killed, the next one waits for it to end.
    """
    draft = places.base / "data.new"
    password = places.base / "password"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    maker = None if places.uid is None else _uid_with_a_name(places.uid)
    if maker is not None and places.uid is not None:
        os.chown(draft, maker, places.uid)
    command = [
        str(programs(places) / "initdb"),
        f"--pgdata={draft}",
        "--username=postgres",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--lc-ctype=C.UTF-8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--text-search-config=simple",
        "--data-checksums",
        "--no-instructions",
    ]
    try:
        password.touch(mode=0o600)
        password.write_text(secret(places.home, "database-superuser") + "\n", "ascii")
        if maker is not None:
            os.chown(password, maker, -1)
        _run(command, places, uid=maker, pass_fds=(lock,), stderr=subprocess.PIPE)
    finally:
        password.unlink(missing_ok=True)
    settings = draft / "postgresql.conf"
    settings.write_text(include_ours(settings.read_text("utf-8")), "utf-8")
    (draft / "sogoc.conf").touch(mode=0o600)
    if places.uid is not None:
        give_tree(draft, places.uid)
    (places.base / "home").write_text(f"{places.home.path}\n", "utf-8")
    places.bootstrapped.unlink(missing_ok=True)
    draft.rename(places.data)


def _uid_with_a_name(uid: int) -> int:
    """Return a uid initdb can run under: it insists on an account of that number.

    Its own uid if it has an account, else `nobody`: with this server's group, in a directory that
    only this group enters, so that other processes of `nobody` cannot reach the files meanwhile.
    """
    for candidate in (uid, NOBODY):
        if has_account(candidate):
            return candidate
    raise EmbeddedError(
        "no-nobody-account",
        Text(
            "Máy này không có tài khoản “nobody”; hãy chạy bằng người dùng thường.",
            "This machine has no account `nobody`; work as an ordinary user.",
        ),
    )


def _start(places: Cluster) -> None:
    if not processes.clear_traces(places.data, places.sockets):
        if processes.postmaster(places.data) is not None:
            _wait_until_ready(places)
            return
        raise EmbeddedError(
            "server-still-ending",
            Text(
                "Tiến trình PostgreSQL cũ chưa kết thúc; hãy thử lại sau.",
                "Processes of the former PostgreSQL server have not ended yet; try again later.",
            ),
            data=str(places.data),
        )
    write_configuration(places)
    if places.log.exists() and places.log.stat().st_size > _LOG_LIMIT:
        places.log.rename(places.log.with_suffix(".log.1"))
    places.log.touch(mode=0o600)
    if places.uid is not None:
        os.chown(places.log, places.uid, places.uid)
    try:
        _pg_ctl(places, "start", "-w", "-t", str(_START_SECONDS), "-l", str(places.log))
    except EmbeddedError:
        # A pg_ctl that outlived its caller may have been first.
        if processes.postmaster(places.data) is None:
            raise
        _wait_until_ready(places)


def _wait_until_ready(places: Cluster) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while (found := processes.postmaster(places.data)) and time.monotonic() < deadline:
        if found.status == "ready":
            return
        time.sleep(0.02)
    raise _failure(places, "")


def _stop_predecessors(places: Cluster) -> None:
    """Stop servers of deleted homes that were at this path; their data stay for the operator."""
    for note in places.base.parent.glob("*/home"):
        data = note.parent / "data"
        same_path = note.read_text("utf-8").strip() == str(places.home.path)
        if same_path and note.parent != places.base and processes.postmaster(data) is not None:
            former = Cluster(places.home, note.parent, places.sockets, data.stat().st_uid)
            _stop(former, "fast")


def _stop(places: Cluster, how: str) -> None:
    try:
        _pg_ctl(places, "stop", "-m", how, "-w", "-t", "120")
    except EmbeddedError:
        if processes.postmaster(places.data) is not None:  # else it ended by itself just then
            raise


def _pg_ctl(places: Cluster, action: str, *options: str) -> None:
    _run([str(programs(places) / "pg_ctl"), action, "-s", "-D", str(places.data), *options], places)


def _run(command: list[str], places: Cluster, *, uid: int | None = None, **options: Any) -> None:
    """Run one of PostgreSQL's programs as the server's user.

    Its output is dropped unless `options` says otherwise: a pipe would be inherited by the server
    and never close. In a session of its own, so that Ctrl-C here does not stop the server.
    """
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        check=False,
        start_new_session=True,
        **({"stderr": subprocess.DEVNULL} | options | places.as_server(uid)),
    )
    if done.returncode != 0:
        raise _failure(places, done.stderr or "")


def _failure(places: Cluster, said: str) -> EmbeddedError:
    if not said and places.log.exists():
        said = "\n".join(places.log.read_text("utf-8", "replace").splitlines()[-8:])
    return EmbeddedError(
        "server-failed",
        Text(
            f"PostgreSQL báo lỗi; xem {places.log}.\n{said}".rstrip(),
            f"PostgreSQL failed; see {places.log}.\n{said}".rstrip(),
        ),
        log=str(places.log),
    )
