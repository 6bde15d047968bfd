"""The home: the one directory that holds everything of an installation that is not program code.

    home.json   who this home is: a random id, its mode, where a server's data live when not here
    keys/       secrets: Django's key, the database passwords
    signer/     the log's signer: its keys and its memory, never restored from a copy
    lock/       which tree each log goes on from: never restored from a copy
    pg/         the embedded PostgreSQL, when it runs as the user who owns the home
    log/        tiles and checkpoints of the log: public, immutable files
    uploads/    workbooks as they were received

The id is random, never derived from the path: a home made anew at the same path is another home
and never meets the data of the old one. Only the standard library, `disk` and `kernel` are
imported here, so that commands that need no database stay quick.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from sogoc.disk import files
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

FORMAT = 1


class HomeError(Error):
    """The home is missing, unreadable, or is not what the caller asked for."""


class Mode(StrEnum):
    """What a home is for; only demo and test homes may set another business date."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Home:
    """A home that exists. Paths are absolute; `id` is 16 hexadecimal digits."""

    path: Path
    id: str
    mode: Mode
    log_origin: str
    """First part of the origins of this home's logs; fixed when the home is made."""
    business_date: date | None = None
    """The day a demo or test home takes for today; None: the real one."""
    state_dir: Path | None = None
    """Where root keeps this home's server data, outside the home; None: inside."""
    server_uid: int | None = None
    """The unprivileged uid root starts the server under; None: the user's own."""

    @property
    def is_playground(self) -> bool:
        """Whether other business dates and acting as any account are allowed."""
        return self.mode is not Mode.PRODUCTION

    @property
    def keys(self) -> Path:
        """Secrets, 0700."""
        return self.path / "keys"

    @property
    def log(self) -> Path:
        """Tiles and checkpoints of the log."""
        return self.path / "log"

    @property
    def signer(self) -> Path:
        """Directory of the log's signer, 0700."""
        return self.path / "signer"

    @property
    def uploads(self) -> Path:
        """Files as received, named by their SHA-256."""
        return self.path / "uploads"

    @property
    def pg(self) -> Path:
        """The embedded server's files when they live inside the home."""
        return self.path / "pg"


def home_path() -> Path:
    """Return `$SOGOC_HOME`, else `var` under the project root or working directory."""
    if given := os.environ.get("SOGOC_HOME"):
        return Path(given).expanduser().absolute()
    root = Path(__file__).parents[3]
    base = root if (root / "pyproject.toml").is_file() else Path.cwd()
    return base / "var"


@lru_cache(maxsize=8)
def _read(path: Path, _inode: int, _changed: int) -> dict[str, Any]:
    """Read a record once for each time it is written: every request asks for the date in it."""
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def find_home(path: Path | None = None) -> Home | None:
    """Return the home at `path` (default `home_path()`), or None when none was made there.

    Raises HomeError when it is there but cannot be read.
    """
    path = path or home_path()
    try:
        written = (path / "home.json").stat()
        data = _read(path / "home.json", written.st_ino, written.st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise HomeError(
            "home-not-yours",
            Text(
                f"Thư mục {path} thuộc về người dùng khác của máy; hãy dùng đúng người dùng đó "
                "hoặc đặt SOGOC_HOME sang thư mục khác.",
                f"The home {path} belongs to another user of this machine; work as that user, "
                "or set SOGOC_HOME to another directory.",
            ),
        ) from error
    except ValueError as error:
        raise HomeError(
            "home-unreadable",
            Text(f"Tệp {path}/home.json bị hỏng.", f"{path}/home.json is damaged."),
        ) from error
    if data.get("format") != FORMAT:
        raise HomeError(
            "home-of-other-version",
            Text(
                f"Thư mục {path} do phiên bản khác của Sổ Gốc tạo ra.",
                f"The home {path} was made by another version of Sổ Gốc.",
            ),
        )
    state_dir, business_date = data.get("state_dir"), data.get("business_date")
    return Home(
        path=path,
        id=data["id"],
        mode=Mode(data["mode"]),
        log_origin=data["log_origin"],
        business_date=date.fromisoformat(business_date) if business_date else None,
        state_dir=Path(state_dir) if state_dir else None,
        server_uid=data.get("server_uid"),
    )


def open_home(path: Path | None = None) -> Home:
    """Return the home at `path`; raise HomeError when there is none."""
    path = path or home_path()
    home = find_home(path)
    if home is None:
        raise HomeError(
            "no-home",
            Text(
                f"Chưa có dữ liệu ở {path}. Hãy chạy `sogoc init` (hoặc `sogoc init --demo`).",
                f"There is no home at {path}. Run `sogoc init` (or `sogoc init --demo`).",
            ),
        )
    return home


def create_home(path: Path | None = None, *, mode: Mode) -> Home:
    """Make the home at `path`, or return the one there; two callers at once get the same one.

    Raises HomeError when a home of another mode is there: real data and demonstrations never mix.
    """
    path = path or home_path()
    home = find_home(path) or _make(path, mode)
    if home.mode != mode:
        raise HomeError(
            "home-of-other-mode",
            Text(
                f"Thư mục {path} đã dùng cho chế độ “{home.mode}”, không dùng cho “{mode}” được.",
                f"The home {path} is a {home.mode} home and cannot serve as a {mode} home.",
            ),
        )
    for folder in (home.keys, home.log, home.uploads):
        folder.mkdir(mode=0o700, exist_ok=True)
    from sogoc.config.embedded.cluster import settle

    return settle(home)


def _make(path: Path, mode: Mode) -> Home:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _holds_other_files(path) and find_home(path) is None:
        raise HomeError(
            "home-not-empty",
            Text(
                f"Thư mục {path} đã có tệp khác; hãy chọn thư mục trống.",
                f"{path} holds other files; choose an empty directory.",
            ),
        )
    path.chmod(0o700)
    home_id = secrets.token_hex(8)
    # A name that can be published comes from the operator; `.invalid` never resolves (RFC 2606).
    origin = os.environ.get("SOGOC_LOG_ORIGIN") or f"{home_id}.sogoc.invalid"
    first = Home(path=path, id=home_id, mode=mode, log_origin=origin)
    with suppress(FileExistsError):  # another process was first
        _write(first, only_new=True)
    return open_home(path)


def _holds_other_files(path: Path) -> bool:
    """Whether there is more than the drafts of another process that makes this home just now."""
    return any(not entry.name.lstrip(".").startswith("home.json") for entry in path.iterdir())


def record(home: Home, **changes: Any) -> Home:
    """Write `changes` (field names of Home) to `home.json` and return the home as it is now.

    `id`, `mode` and `log_origin` never change.
    """
    if fixed := changes.keys() & {"path", "id", "mode", "log_origin"}:
        raise ValueError(f"fixed for the life of a home: {fixed}")
    changed = replace(open_home(home.path), **changes)
    _write(changed)
    return changed


def _write(home: Home, *, only_new: bool = False) -> None:
    data = {
        "format": FORMAT,
        "id": home.id,
        "mode": str(home.mode),
        "log_origin": home.log_origin,
        "business_date": home.business_date and home.business_date.isoformat(),
        "state_dir": home.state_dir and str(home.state_dir),
        "server_uid": home.server_uid,
    }
    text = json.dumps({key: value for key, value in data.items() if value is not None}, indent=1)
    write_private(home.path / "home.json", text.encode() + b"\n", only_new=only_new)


def write_private(path: Path, data: bytes, *, only_new: bool = False) -> None:
    """Write `data` to `path` at once and durably, readable by the owner alone.

    With `only_new` raise FileExistsError when the file is there already, leaving it alone.
    """
    if not only_new:
        files.replace(path, data, mode=0o600)
    elif not files.keep(path, data, mode=0o600):
        raise FileExistsError(path)


def secret(home: Home, name: str) -> str:
    """Return the secret called `name` of this home, made on first use (256 random bits)."""
    file = home.keys / name
    try:
        return file.read_text("ascii").strip()
    except FileNotFoundError:
        home.keys.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):  # another process was first; use its secret
        write_private(file, secrets.token_urlsafe(32).encode() + b"\n", only_new=True)
    return file.read_text("ascii").strip()
