"""This machine's installation, as the command line and the web see it: home, clock, database.

It is the only clock of the program: everything below takes the day and the time as arguments.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sogoc.config import boot, database, witnesses
from sogoc.config.home import Home, Mode, create_home, find_home, home_path, open_home, record
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.people.old_provinces import NamedProvince, load_old_provinces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEMO_DATE = date(2025, 4, 10)
"""The business date of a new demo home."""

_VIET_NAM = "Asia/Ho_Chi_Minh"


def real_now() -> datetime:
    """Return the time it is, whatever the business date: for what ages beside witnesses' clocks."""
    return datetime.now(ZoneInfo(_VIET_NAM))


class NotInThisHomeError(Error):
    """What was asked is not possible in this kind of home."""


class LocalEnvironment:
    """One home, its clock and its database. Nothing is started before it is asked for."""

    @property
    def home(self) -> Path:
        """Directory of the home, made or not."""
        return home_path()

    @property
    def log_directory(self) -> Path:
        """Where tiles and checkpoints lie."""
        return open_home().log

    @property
    def keys_directory(self) -> Path:
        """Where private keys lie, 0700."""
        return open_home().keys

    @property
    def uploads_directory(self) -> Path:
        """Where files lie as they were received, 0700."""
        return open_home().uploads

    @property
    def log_origin(self) -> str:
        """First part of the log's origins; fixed for the life of a home."""
        return open_home().log_origin

    @property
    def is_playground(self) -> bool:
        """Whether this is a demo or test home: other business dates and `--as` are allowed."""
        home = find_home()
        return home is not None and home.is_playground

    def start(self) -> None:
        """Make the database answer and Django ready; raises `Error`."""
        boot.setup(start_server=True)

    def today(self) -> date:
        """Business date: the day in Viet Nam, or the one a demo home has set."""
        return self.now().date()

    def now(self) -> datetime:
        """Time of the act, aware; on the business date in a demo or test home."""
        now = real_now()
        home = find_home()
        if home is None or home.business_date is None or not home.is_playground:
            return now
        return datetime.combine(home.business_date, now.timetz())

    def initialise(self, *, demo: bool, say: Callable[[str], None]) -> dict[str, Any]:
        """Make the home, its database and tables; idempotent.

        Return `home`, `mode`, `created` (whether the home is new), `business_date`, `database`
        (`embedded` or `external`). Raises HomeError when a home of the other kind is there.
        """
        is_new = find_home() is None
        home = create_home(mode=Mode.DEMO if demo else Mode.PRODUCTION)
        if demo and home.business_date is None:
            home = record(home, business_date=DEMO_DATE)
        say(f"Thư mục dữ liệu / home: {home.path}")
        boot.setup(start_server=True)
        server = "PostgreSQL nhúng / embedded" if database.is_embedded() else "DATABASE_URL"
        say(f"Cơ sở dữ liệu / database: {server}")
        database.migrate()
        from sogoc.credentials.rules import api as rules

        rules.activate_first(at=self.now(), today=self.today())
        if demo:
            from sogoc.config import demo as sample

            sample.load(at=self.now(), home=home.path, origin=home.log_origin, say=say)
        return {
            "home": str(home.path),
            "mode": str(home.mode),
            "created": is_new,
            "business_date": self.today().isoformat(),
            "database": "embedded" if database.is_embedded() else "external",
        }

    def set_business_date(self, day: date) -> None:
        """Take `day` for today; demo and test homes only. Raises NotInThisHomeError."""
        home = open_home()
        if not home.is_playground:
            raise NotInThisHomeError(
                "real-date-only",
                Text(
                    "Chỉ dữ liệu trình diễn mới đặt được ngày khác; dữ liệu thật dùng ngày thật.",
                    "Only a demo or test home may set another date; real data take the real day.",
                ),
            )
        record(home, business_date=day)

    def old_provinces(self) -> tuple[NamedProvince, ...]:
        """Provinces that are no more, with their periods and sources; needs no home."""
        return load_old_provinces()

    def start_witnesses(self) -> bool:
        """Make and start two witnesses beside a demo home; say whether it is one."""
        home = open_home()
        if home.mode is not Mode.DEMO:
            return False
        witnesses.make(home)
        witnesses.trust_logs(home)
        return True

    def stop(self) -> bool:
        """Stop embedded server, signer and a demonstration's witnesses; say whether one ran."""
        home = find_home()
        ran = home is not None and witnesses.stop(home)
        if home is not None:
            from sogoc.signer import api as signer

            ran = signer.stop(home.signer) or ran
        return database.stop_database() or ran

    def backup(self, target: Path) -> dict[str, Any]:
        """Write a backup file. Return `file` and `bytes`."""
        home = self._embedded_home()
        from sogoc.config import embedded

        embedded.ensure_running(home)
        file = embedded.backup(home, target.absolute())
        return {"file": str(file), "bytes": file.stat().st_size}

    def restore(self, source: Path, *, accept_loss: bool = False) -> dict[str, Any]:
        """Bring the database back from a backup file; never touches the log's signing state.

        Return `home` (the id of the home it came from) and `checkpoints` (paths under the log).
        """
        home = self._embedded_home()
        from sogoc.config import embedded

        embedded.ensure_running(home)
        restored = embedded.restore(home, source.absolute(), accept_loss=accept_loss)
        return {"home": restored.home_id, "checkpoints": sorted(restored.checkpoints)}

    def _embedded_home(self) -> Home:
        if not database.is_embedded():
            raise NotInThisHomeError(
                "not-embedded",
                Text(
                    "DATABASE_URL đang trỏ tới máy chủ khác; hãy sao lưu bằng công cụ của máy đó.",
                    "DATABASE_URL points to another server; back it up with that server's tools.",
                ),
            )
        return open_home()
