"""What a command may ask of the installation; the composition root (``config``) provides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol


class Environment(Protocol):
    """One home, its clock and its database. Nothing is started before it is asked for."""

    @property
    def home(self) -> Path:
        """Directory of the home, made or not."""

    @property
    def log_directory(self) -> Path:
        """Where tiles and checkpoints lie."""

    @property
    def keys_directory(self) -> Path:
        """Where private keys lie, 0700."""

    @property
    def log_origin(self) -> str:
        """First part of the log's origins."""

    @property
    def is_playground(self) -> bool:
        """Whether this is a demo or test home: other business dates and ``--as`` are allowed."""

    def start(self) -> None:
        """Make the database answer and Django ready; raises ``Error``."""

    def today(self) -> date:
        """Business date: the day in Viet Nam, or the one a demo home has set."""

    def now(self) -> datetime:
        """Time of the act, aware; on the business date in a demo home."""

    def initialise(self, *, demo: bool, say: Callable[[str], None]) -> dict[str, Any]:
        """Make the home, its database and tables; idempotent."""

    def set_business_date(self, day: date) -> None:
        """Demo and test homes only."""

    def old_provinces(self) -> Sequence[Any]:
        """Provinces that are no more, with their periods and sources; needs no home."""

    def start_witnesses(self) -> bool:
        """Make and start two witnesses beside a demo home; say whether it is one."""

    def stop(self) -> bool:
        """Stop the embedded server and a demonstration's witnesses; say whether one ran."""

    def backup(self, target: Path) -> dict[str, Any]:
        """Write a backup file."""

    def restore(self, source: Path, *, accept_loss: bool = False) -> dict[str, Any]:
        """Bring the database back from a backup file; never touches the log's signing state.

        A backup older than the published log is refused unless `accept_loss`.
        """
