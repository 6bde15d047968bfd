"""One round of a monitor: look at every log, keep and send the alarms, write the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.monitor.alarms import Alarm, Round
from sogoc.monitor.delivery import Delivered, deliver
from sogoc.monitor.following import Follower
from sogoc.monitor.operating import Ask, Operator
from sogoc.monitor.page import write_page
from sogoc.monitor.proofs import check_proof
from sogoc.monitor.settings import Log, Settings
from sogoc.monitor.sources import SourceError, WebSource
from sogoc.monitor.state import MonitorState, StoredAlarm
from sogoc.monitor.views import Views

ALL: Final = 2**62
"""Bundles to look at again: all there are."""


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round ended with: open alarms, how many are new, what was sent, sizes by origin."""

    opened: tuple[StoredAlarm, ...]
    new: int
    delivered: Delivered
    sizes: dict[str, int | None]

    @property
    def is_clean(self) -> bool:
        """Whether no alarm is open."""
        return not self.opened


def run_round(
    settings: Settings,
    state: MonitorState,
    *,
    now: int,
    everything: bool = False,
    more: Iterable[Alarm] = (),
    asked: Iterable[str] = (),
    ask: Ask = WebSource,
) -> RoundReport:
    """Look once at all logs; `everything` reads every old entry again.

    `more` are alarms found elsewhere (`asked`: the questions behind them), for instance in the
    operator's own database. What one log serves never stops the round: it raises an alarm.
    """
    state.end_future(now)
    found = Round()
    followers = []
    views = Views(settings, state, found, now)
    for log in settings.logs:
        follower = _follower(log, settings, state, views, found, now)
        if follower is not None:
            followers.append(follower)
            _look(follower, ask, ALL if everything else settings.watch.recheck_bundles)
    for name in settings.watch.proofs if followers else ():
        check_proof(settings.folder / name, followers)
    views.gaps()
    views.own_acts()
    _unknown_logs(settings, found)
    for scope in asked:
        found.ask(scope)
    found.add(more)
    new = state.note(found, at=now, channels=settings.channels)
    delivered = deliver(settings, state, now=now)
    if settings.page is not None:
        _page(settings, state, settings.folder / settings.page.folder, now)
    sizes = {log.origin: _size(state, log.origin) for log in settings.logs}
    return RoundReport(state.alarms(), new, delivered, sizes)


def _follower(
    log: Log, settings: Settings, state: MonitorState, views: Views, found: Round, now: int
) -> Follower | None:
    scope = f"{log.origin}: policy"
    found.ask(scope)
    try:
        policy = settings.policy(log)
    except Error as error:
        _fault(found, scope, log.origin, error.message.vi, error.message.en)
        return None
    return Follower(log, log.source(), policy, state, settings.watch, views, found, now)


def _look(follower: Follower, ask: Ask, bundles: int) -> None:
    """Look at one log; whatever it serves, the other logs get their turn."""
    scope = f"{follower.origin}: fault"
    follower.found.ask(scope)
    before = _size(follower.state, follower.origin)
    try:
        follower.follow()
        follower.look_again(bundles)
        Operator(follower, ask).look()
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        _fault(follower.found, scope, follower.origin, text, text)
    after = _size(follower.state, follower.origin)
    if follower.log.closed and before is not None and after != before:
        follower.found.raise_alarm(
            f"{follower.origin}: closed", "closed_log_grew", f"{follower.origin} {after}",
            f"{follower.origin}: nhật ký đã đóng mà thêm mục ({before} → {after}).",
            f"{follower.origin}: a closed log grew ({before} → {after}).",
            lasting=True,
        )  # fmt: skip


def _fault(found: Round, scope: str, origin: str, vi: str, en: str) -> None:
    found.raise_alarm(
        scope, "monitor_fault", origin,
        f"{origin}: không theo dõi được: {vi}", f"{origin}: cannot be followed: {en}",
    )  # fmt: skip


def _unknown_logs(settings: Settings, found: Round) -> None:
    """Logs that a place lists and nobody follows: a new year, or a history on the side.

    A list stands above the names of the logs, with whole origins, or in the folder that has the
    name of the installation, with what follows it.
    """
    known = {log.origin for log in settings.logs}
    places: dict[str, str] = {}
    for log in settings.logs:
        above = log.place.rstrip("/").removesuffix(f"/{log.origin}")
        if above != log.place.rstrip("/"):
            base = log.origin.rpartition("/")[0]
            places |= {above: "", **({f"{above}/{base}": f"{base}/"} if base else {})}
    for place, before in sorted(places.items()):
        source = Log("", place, "").source()
        try:
            listed = source.read("logs").decode("utf-8", "replace").splitlines()
        except (FileNotFoundError, SourceError):
            continue
        scope = f"{place}: logs"
        found.ask(scope)
        found.add(
            Alarm(
                scope, "log_not_followed", origin,
                Text(f"{place} có nhật ký {origin} chưa được theo dõi.",
                      f"{place} has a log {origin} that is not followed."),
            )
            for origin in sorted({before + each for each in listed if each} - known)
        )  # fmt: skip


def _page(settings: Settings, state: MonitorState, folder: Path, now: int) -> None:
    """A page that cannot be written is an alarm of the next message, never the end of a round."""
    found = Round()
    found.ask("page")
    try:
        write_page(settings, state, folder, now=now)
    except OSError as error:
        found.raise_alarm(
            "page", "page_not_written", str(folder),
            f"Không ghi được trang {folder}: {error}",
            f"The page {folder} cannot be written: {error}",
        )  # fmt: skip
    state.note(found, at=now, channels=settings.channels)


def _size(state: MonitorState, origin: str) -> int | None:
    seen = state.seen(origin)
    return None if seen is None else seen.size
