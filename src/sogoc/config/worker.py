"""`python -m sogoc.config.worker`: what must happen in the background, one process a home.

Every second: leaves that wait get their place in the log and a signed checkpoint, so that the
look-up says "matches the register" soon after an issue made on the web. At the start and every day
the whole log is looked through for leaves nobody announced, counts of failed look-ups that are of
no use are dropped, and files of erasures that a kill left are removed. Every ten minutes days that
have ended get their time-stamp, a checkpoint that was not cosigned for a while is cosigned anew,
and status lists that changed are published.
Lines under a checkpoint get their digital original, a batch a beat, where the keys are here and the
law of the day knows originals; `SOGOC_BACKGROUND_DOCUMENTS=0` leaves them to who asks for one.
Killing it loses nothing: whatever it had not done waits for the next run.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.config import boot
from sogoc.config.environment import LocalEnvironment, real_now
from sogoc.kernel.errors import Error

if TYPE_CHECKING:
    from sogoc.credentials.documents.api import Round

BEAT = 1.0
TIDY_EVERY = 86_400.0
STAMP_EVERY = 600.0
ROUND_EVERY = 3_600.0

_logger = logging.getLogger(__name__)


def main() -> int:
    """Work until told to stop, or until the process that started it is gone."""
    options = argparse.ArgumentParser()
    options.add_argument("--parent", type=int, help="stop when this process is gone")
    parent = options.parse_args().parent
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    home = boot.setup(start_server=True)
    run(
        home_path=home.path,
        base=home.log_origin,
        stop=stop,
        parent=parent,
        is_playground=home.is_playground,
    )
    return 0


def run(
    *,
    home_path: os.PathLike[str],
    base: str,
    stop: threading.Event,
    parent: int | None,
    is_playground: bool = False,
) -> None:
    """The loop; each duty for itself: what cannot be done now is said and tried again."""
    duties = Duties(Path(home_path), base, is_playground=is_playground)
    while not stop.is_set() and (parent is None or os.getppid() == parent):
        duties.beat(time.monotonic())
        stop.wait(BEAT)


class Duties:
    """What the worker does at a beat; one duty that fails keeps no other back."""

    def __init__(self, home: Path, base: str, *, is_playground: bool) -> None:
        """`base` is the first part of the log's origins."""
        self._home, self._base, self._is_playground = home, base, is_playground
        self._papers = Papers(home, base, is_playground=is_playground)
        self._looked: float | None = None
        self._tidied: float | None = None
        self._stamped: float | None = None
        self._waits: dict[str, str] = {}
        self._said = ""

    def beat(self, now: float) -> None:
        """Do what is due; `now` is monotonic, in seconds."""
        everywhere = _is_due(self._looked, TIDY_EVERY, now)
        if self._attempt("log", lambda: self._sequence(everywhere=everywhere)) and everywhere:
            self._looked = now
        if _is_due(self._tidied, TIDY_EVERY, now) and self._attempt("tidy", self._tidy):
            self._tidied = now
        if _is_due(self._stamped, STAMP_EVERY, now):
            self._stamped = now  # one that fails is tried again in ten minutes
            self._attempt("cosignatures", self._renew)
            self._attempt("time-stamps", self._stamp)
            self._attempt("status", self._publish)
        self._attempt("papers", lambda: self._papers.beat(now))
        self._said = _say_once(self._said, [why for why in self._waits.values() if why])

    def _attempt(self, name: str, duty: Callable[[], str | None]) -> bool:
        """Do one duty, which may return why it waits; say whether it was done."""
        from django.db import DatabaseError, connection

        try:
            self._waits[name] = duty() or ""
        except Error as error:
            self._waits[name] = str(error)
            connection.close()
            return False
        except (DatabaseError, OSError):
            _logger.exception("background work failed (%s); trying again", name)
            connection.close()
            return False
        return True

    def _sequence(self, *, everywhere: bool) -> str:
        from sogoc.credentials.log import api as log

        done = log.sequence(self._home, base=self._base, everywhere=everywhere)
        return "; ".join(f"{name}: {why.vi}" for name, why in done.read_only.items())

    def _tidy(self) -> None:
        from sogoc.credentials.disclosure import api as disclosure
        from sogoc.credentials.lifecycle import api as lifecycle

        disclosure.forget_failures()
        lifecycle.remove_erased_files(self._home)

    def _renew(self) -> None:
        from sogoc.credentials.log import api as log

        log.renew_cosignatures(self._home, base=self._base, now=real_now())

    def _stamp(self) -> None:
        from sogoc.credentials.log import api as log

        authority = log.authority_of(self._home, is_playground=self._is_playground)
        if authority is not None:
            log.stamp_days(self._home, base=self._base, authority=authority)

    def _publish(self) -> None:
        from sogoc.credentials.status import api as status

        status.publish(
            self._home,
            base=self._base,
            at=LocalEnvironment().now(),
            is_playground=self._is_playground,
        )


class Papers:
    """Digital originals in the background: a batch a beat, now and then the whole register."""

    def __init__(self, home: Path, base: str, *, is_playground: bool) -> None:
        """`base` is the first part of the log's origins."""
        self._home, self._base, self._is_playground = home, base, is_playground
        self._round: Round | None = None
        self._began = 0.0
        self._said = ""

    def beat(self, now: float) -> None:
        """Make the next batch, if any; `now` is monotonic, in seconds."""
        if os.environ.get("SOGOC_BACKGROUND_DOCUMENTS", "1").lower() in {"0", "no", "off", "false"}:
            return
        from sogoc.credentials.documents import api as documents

        request = documents.Request(
            code="",
            home=self._home,
            base=self._base,
            at=LocalEnvironment().now(),
            by=documents.WORKER,
            is_playground=self._is_playground,
        )
        every = STAMP_EVERY if self._round and self._round.not_made else ROUND_EVERY
        if self._round is None or now - self._began >= every:
            self._round, self._began = documents.Round(), now
            documents.tidy_files(self._home, at=request.at, now=real_now())
            documents.finish_papers(request)
        known = len(self._round.not_made)
        documents.make_batch(self._round, request)
        for each in self._round.not_made[known:]:
            self._said = _say_once(self._said, [f"{each.issuer}: {each.error.message.vi}"])


def _is_due(last: float | None, every: float, now: float) -> bool:
    return last is None or now - last >= every


def _say_once(said: str, now: list[str]) -> str:
    """Say what stands in the way when it changes, not every second; return it."""
    text = "; ".join(now)
    if text and text != said:
        _logger.warning("work in the background waits: %s", text)
    return text


if __name__ == "__main__":
    raise SystemExit(main())
