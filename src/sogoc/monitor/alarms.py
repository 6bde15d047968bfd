"""Alarms: what a monitor says, and in which circle it looked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sogoc.kernel.text import Text

MOST: Final = 50
"""Alarms of one kind in one round; the rest is counted in one more."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at.

    `scope` is the question it answers; `what` names the log, entry, book or witness. A `lasting`
    one is a fact that stays until somebody settles it; others end when the question, asked again,
    finds it no longer.
    """

    scope: str
    kind: str
    what: str
    message: Text
    lasting: bool = False

    @property
    def key(self) -> str:
        """What makes two alarms the same one."""
        return f"{self.kind}|{self.what}"


@dataclass(slots=True)
class Round:
    """What one look found, and which questions it could ask."""

    alarms: list[Alarm] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def ask(self, scope: str) -> None:
        """Note that a question was asked: what is not found now has ended."""
        self.asked.add(scope)

    def raise_alarm(
        self, scope: str, kind: str, what: str, vi: str, en: str, *, lasting: bool = False
    ) -> None:
        """Add an alarm; its sentence begins with what it is about."""
        self.asked.add(scope)
        self.alarms.append(Alarm(scope, kind, what, Text(vi, en), lasting))

    def add(self, alarms: Iterable[Alarm]) -> None:
        """Add alarms found elsewhere, at most `MOST` of a kind."""
        counts: dict[tuple[str, str], int] = {}
        last: dict[tuple[str, str], Alarm] = {}
        for alarm in alarms:
            self.asked.add(alarm.scope)
            of = (alarm.scope, alarm.kind)
            counts[of] = counts.get(of, 0) + 1
            last[of] = alarm
            if counts[of] <= MOST:
                self.alarms.append(alarm)
        for (scope, kind), count in counts.items():
            if count > MOST:
                rest = count - MOST
                self.raise_alarm(
                    scope,
                    f"{kind}_more",
                    scope,
                    f"{scope}: còn {rest} cảnh báo cùng loại ({kind}).",
                    f"{scope}: {rest} more alarms of this kind ({kind}).",
                    lasting=last[scope, kind].lasting,
                )
