"""The work of bringing a paper book into the register, done by its clerks from wherever it stands.

After a crash nobody knows what was done: each clerk looks what the job says and goes on from there.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sogoc.credentials.digitisation import api as digitisation
from tests.credentials import world
from tests.credentials.digitisation import book
from tests.faults.points import Points, die

SECOND_READING = {
    12: {**book.PAGE_12, 1: {**book.PAGE_12[1], "grade": "Giỏi"}},
    13: book.PAGE_13,
}
"""What the second clerk reads: one field otherwise than the first."""


def digitise_until(*, uploads: str, acknowledged: str, stop_at: int | None) -> dict[str, Any]:
    """Take the book to the register; die at point ``stop_at``, database or file.

    What each step answered is written to the file ``acknowledged`` before the next begins. Returns
    what counting gave and how many points were passed.
    """
    points = Points(stop_at, die)
    points.watch_driver()
    for name in ("fsync", "link"):
        points.watch(os, name)
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(step: str, **what: Any) -> None:
        os.write(file, json.dumps({"step": step, **what}).encode() + b"\n")

    token = _opened()
    note("open", token=token)
    folder = Path(uploads)
    if _job(token).state == "keying":
        for page in book.PAGES:
            view = book.attach(token, page, folder) if not _passes(token, page) else None
            note("attach", page=page, sha256=view.sha256 if view is not None else "")
        for ordinal, name in enumerate((book.FIRST, book.SECOND), 1):
            for page in book.PAGES:
                if len(_passes(token, page)) < ordinal:
                    lines = (book.PAGES if ordinal == 1 else SECOND_READING)[page]
                    [done] = book.key(token, name, {page: lines})
                    note("key", page=page, ordinal=done.ordinal, lines=done.lines)
        if any(each.settled is None for each in _differences(token)):
            settled = book.settle(token, "grade", "Giỏi")
            note("settle", value=settled.settled)
        view_of = book.minutes(token)
        note("minutes", number=view_of.number, digest=view_of.digest)
    if _job(token).state == "compared":
        digitisation.sign_minutes(token=token, by=book.who(book.HEAD), at=world.AT)
        note("sign", by=book.HEAD)
    counted = book.count(token)
    note("count", codes=list(counted.codes))
    return {
        "points": points.passed,
        "token": token,
        "lines": counted.lines,
        "aside": counted.aside,
        "codes": list(counted.codes),
        "already": counted.already,
        "altered": digitisation.altered_images(
            token=token, uploads=folder, by=book.who(book.FIRST)
        ),
    }


def _opened() -> str:
    """The job there is, or a new one."""
    known = digitisation.jobs(by=book.who(book.FIRST))
    return known[0].token if known else book.opened()


def _job(token: str) -> digitisation.JobView:
    return digitisation.get_job(token=token, by=book.who(book.FIRST))


def _passes(token: str, page: int) -> tuple[str, ...]:
    views = digitisation.pages(token=token, by=book.who(book.FIRST))
    return next((view.passes for view in views if view.page == page), ())


def _differences(token: str) -> list[digitisation.Difference]:
    return digitisation.differences(token=token, by=book.who(book.THIRD))
