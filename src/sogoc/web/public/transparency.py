"""The page of transparency: where each log stands, who watches it, how to check it oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from sogoc.credentials.log import api as log
from sogoc.web.log_files import PREFIX
from sogoc.web.public.checking import Tool, tools
from sogoc.web.public.growth import Growth, draw


@dataclass(frozen=True, slots=True)
class Shown:
    """One log as the page shows it."""

    log: log.LogOverview
    age: str
    is_late: bool
    growth: Growth | None
    address: str
    tools: tuple[Tool, ...]
    last_day: str


@require_safe
@cache_control(public=True, max_age=5)
def transparency(request: HttpRequest) -> HttpResponse:
    """Show every log of this installation, the one that grows first."""
    home = settings.SOGOC_ENVIRONMENT
    found = log.overview(home.home, base=home.log_origin)
    shown = [
        _shown(each, found.now, request.build_absolute_uri(f"{PREFIX}{each.origin}"), number)
        for number, each in enumerate(sorted(found.logs, key=_newest, reverse=True), 1)
    ]
    return render(
        request,
        "public/transparency.html",
        {"logs": shown, "now": found.now, "files": request.build_absolute_uri(PREFIX)},
    )


def _newest(each: log.LogOverview) -> tuple[datetime, str]:
    return each.history[-1][0], each.origin


def _shown(each: log.LogOverview, now: datetime, address: str, number: int) -> Shown:
    last_day = each.stamped_days[-1] if each.stamped_days else ""
    return Shown(
        log=each,
        age="" if each.published_at is None else age_in_words(now - each.published_at),
        is_late=bool(each.late),
        growth=draw(each.history, now, id=f"growth-{number}"),
        address=address,
        tools=tools(address, day=last_day),
        last_day=last_day,
    )


def age_in_words(age: timedelta) -> str:
    """Say how long ago in the largest unit that fits."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 60:
        return gettext("dưới một phút trước")
    minutes = seconds // 60
    if minutes < 120:
        return ngettext("%(count)s phút trước", "%(count)s phút trước", minutes) % {
            "count": minutes
        }
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s giờ trước", "%(count)s giờ trước", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)s ngày trước", "%(count)s ngày trước", days) % {"count": days}
