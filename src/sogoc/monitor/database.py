"""A database against the log as this monitor remembers it, whatever the files beside it say now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from sogoc.kernel import merkle
from sogoc.kernel.text import Text
from sogoc.kernel.tiles import WIDTH
from sogoc.monitor.alarms import Alarm
from sogoc.monitor.own_tree import OwnTree, Unprovable
from sogoc.monitor.sources import Source
from sogoc.monitor.state import MonitorState

SCOPE: Final = "home"


def compare_database(
    state: MonitorState, origin: str, source: Source, leaves: Iterable[tuple[int, bytes]]
) -> Iterator[Alarm]:
    """Yield what the database no longer has as it was published.

    `leaves` are index and leaf hash of what stands in the database, by index. A bundle that differs
    is named entry by entry where the log's own tile still gives the root seen.
    """
    seen = state.seen(origin)
    if seen is None:
        return
    tree = OwnTree(state, origin, seen.size, source.read)
    expected = 0
    for number, group in groupby(leaves, key=lambda each: each[0] // WIDTH):
        while expected < number:
            yield from _bundle(tree, origin, expected, {})
            expected += 1
        yield from _bundle(tree, origin, number, dict(group))
        expected = number + 1
    while expected * WIDTH < seen.size:
        yield from _bundle(tree, origin, expected, {})
        expected += 1


def _bundle(tree: OwnTree, origin: str, number: int, held: dict[int, bytes]) -> Iterator[Alarm]:
    start = number * WIDTH
    width = min(WIDTH, tree.size - start)
    if width <= 0:
        return
    here = [held.get(start + at) for at in range(width)]
    whole = [each for each in here if each is not None]
    if width == len(whole) == WIDTH and merkle.root_hash(whole) == tree.bundle_root(number):
        return
    try:
        wanted = tree.hashes(number)
    except Unprovable:
        yield _alarm(origin, f"{start}–{start + width - 1}", "database_differs")
        return
    for at, (one, other) in enumerate(zip(here, wanted, strict=True)):
        if one != other:
            kind = "database_lacks" if one is None else "database_differs"
            yield _alarm(origin, str(start + at), kind)


def _alarm(origin: str, place: str, kind: str) -> Alarm:
    vi, en = _SAID[kind]
    return Alarm(
        SCOPE,
        kind,
        f"{origin}/{place}",
        Text(f"{origin}: mục {place} {vi}.", f"{origin}: entry {place} {en}."),
    )


_SAID: Final = {
    "database_lacks": (
        "đã công bố nhưng không còn trong cơ sở dữ liệu",
        "was published and is no longer in the database",
    ),
    "database_differs": (
        "trong cơ sở dữ liệu không phải mục đã công bố",
        "of the database is not the one that was published",
    ),
}
