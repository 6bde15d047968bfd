"""On which day a new act may be dated: today, or a few working days back, never ahead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sogoc.credentials.issuing.errors import ActDateNotAllowed
from sogoc.kernel.text import Text

# A rule of this system, not of the law: (first day it applies, working days back). The newest last.
BACK_DATING: Final = ((date.min, 3),)
_SATURDAY: Final = 5


def require_act_date(act_date: date, *, today: date, is_any_allowed: bool = False) -> None:
    """Raise ``ActDateNotAllowed`` for a day ahead of ``today`` or too many working days before it.

    Working days are Monday to Friday. Only demo and test homes allow any day.
    """
    if is_any_allowed:
        return
    earliest = _working_days_back(today, days_back(today))
    if earliest <= act_date <= today:
        return
    raise ActDateNotAllowed(
        "act_date_not_allowed",
        Text(
            f"Ngày cấp {act_date:%d/%m/%Y} không được: chỉ ghi hôm nay ({today:%d/%m/%Y}) hoặc "
            f"lùi đến {earliest:%d/%m/%Y}.",
            f"The act cannot be dated {act_date.isoformat()}: only today ({today.isoformat()}) or "
            f"back to {earliest.isoformat()}.",
        ),
        act_date=act_date.isoformat(),
        today=today.isoformat(),
    )


def days_back(on: date) -> int:
    """Return how many working days back an act recorded on this day may be dated."""
    return [days for since, days in BACK_DATING if since <= on][-1]


def _working_days_back(today: date, count: int) -> date:
    day = today
    while count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            count -= 1
    return day
