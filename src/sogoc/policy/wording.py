"""Small pieces of sentences that checks share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sogoc.kernel.text import Text
from sogoc.policy.facts import ActFacts, ListFacts, RowFacts
from sogoc.policy.findings import Result, warned
from sogoc.policy.statute import Law

_SHOWN = 5
_MANY = 10
"""From this many rows on, and a tenth of the list, one sentence for the whole list says more."""


def day(on: date) -> Text:
    """A day as credentials write it (07/7/2019: a zero before days 1–9 and months 1–2), and ISO."""
    month = f"{on.month:02d}" if on.month <= 2 else str(on.month)
    return Text(f"{on.day:02d}/{month}/{on.year}", on.isoformat())


def score(value: float) -> Text:
    """A score as written: with a decimal comma in Vietnamese."""
    shown = f"{value:g}"
    return Text(shown.replace(".", ","), shown)


def place(row: RowFacts, seen_from: RowFacts) -> Text:
    """Where a row is: its number in the file, with its sheet if that is another one.

    A line of a register has no number: it is "another line".
    """
    if row.row and row.sheet != seen_from.sheet:
        return Text(f"dòng {row.row} trang «{row.sheet}»", f"row {row.row} of “{row.sheet}”")
    if row.row:
        return Text(f"dòng {row.row}", f"row {row.row}")
    return Text("một dòng khác", "another line")


def some(values: Sequence[str], *, shown: int = _SHOWN) -> Text:
    """The first few of many: "1, 2, 3 và 7 mục khác"."""
    head = ", ".join(values[:shown])
    more = len(values) - shown
    if more <= 0:
        return Text(head, head)
    return Text(f"{head} và {more} mục khác", f"{head} and {more} more")


def competent_near(act: ActFacts, issuer_kinds: Iterable[str], law: Law) -> Text:
    """What to do about a list in the wrong hands: who near by may take it."""
    wanted = set(issuer_kinds)
    near = [name for name, kinds in act.near if wanted & kinds]
    if near:
        names = some(near)
        return Text(f"Chuyển danh sách cho {names.vi}.", f"Hand the list to {names.en}.")
    who = [law.capacities[k].name for k in sorted(wanted) if k in law.capacities]
    if not who:
        return Text(
            "Dừng việc cấp và xin ý kiến cơ quan quản lý.", "Stop and ask the managing body."
        )
    return Text(
        f"Chuyển danh sách cho {' hoặc '.join(t.vi for t in who)} có thẩm quyền.",
        f"Hand the list to a competent {' or '.join(t.en for t in who)}.",
    )


def gathered(
    facts: ListFacts,
    found: Mapping[int, dict[str, Any]],
    *,
    column: str,
    all_together: Text,
    one: Text | None = None,
    cites: str | None = None,
) -> Iterator[tuple[int | None, Result]]:
    """Warnings on the rows ``found`` (by index, with their values), or one where they are many.

    ``one`` replaces the check's own message on a row; ``all_together`` may use ``{count}``,
    ``{places}`` and the values of the first row. Lines of a register keep what concerns them,
    however many they are.
    """
    rows = facts.rows
    if facts.is_sweep or len(found) < _MANY or len(found) * 10 < len(rows):
        for index, values in found.items():
            yield index, warned(column=column, message=one, cites=cites, **values)
        return
    first = next(iter(found.values()))
    shown = some([str(rows[index].row) for index in found])
    about = {**first, "count": len(found), "places": shown}
    yield None, warned(column=column, message=all_together, cites=cites, **about)
