"""How a log grew, drawn on the server: steps in percent of the width, nothing scaled or styled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext

from sogoc.web.showing import show_moment

HEIGHT: Final = 160
"""Pixels of the drawn field; the words stand above and below it."""
_LEAST: Final = 2.0
_TOP: Final = 24


@dataclass(frozen=True, slots=True)
class Step:
    """One size, from when it was published until the next one was."""

    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Growth:
    """A drawing with what it says in words; `id` sets it apart from others of the page."""

    id: str
    title: str
    says: str
    steps: tuple[Step, ...]
    first: str
    last: str
    most: str
    baseline: int
    height: int


def draw(history: Sequence[tuple[datetime, int]], now: datetime, *, id: str) -> Growth | None:  # noqa: A002
    """Draw published sizes up to `now`; None when there are fewer than two."""
    if len(history) < 2:
        return None
    start, most = history[0][0], max(size for _, size in history)
    span = max((now - start).total_seconds(), 1.0)
    steps = []
    for (at, size), (until, _) in pairwise([*history, (now, 0)]):
        x = 100 * (at - start).total_seconds() / span
        width = 100 * (until - at).total_seconds() / span
        height = max(_LEAST, HEIGHT * size / most)
        steps.append(
            Step(
                f"{x:.3f}%", f"{max(width, 0.2):.3f}%", f"{_TOP + HEIGHT - height:.1f}",
                f"{height:.1f}",
            )
        )  # fmt: skip
    return Growth(
        id=id,
        title=gettext("Nhật ký lớn lên thế nào"),
        says=gettext("Từ %(least)s mục lúc %(start)s đến %(most)s mục lúc %(end)s.")
        % {
            "least": history[0][1],
            "start": show_moment(start),
            "most": history[-1][1],
            "end": show_moment(history[-1][0]),
        },
        steps=tuple(steps),
        first=show_moment(start),
        last=show_moment(now),
        most=gettext("%(most)s mục") % {"most": most},
        baseline=_TOP + HEIGHT,
        height=_TOP + HEIGHT + 24,
    )
