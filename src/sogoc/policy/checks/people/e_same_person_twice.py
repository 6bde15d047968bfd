"""{name}, sinh ngày {born}, đã có ở {first} của danh sách này.

{name}, born {born}, is already on {first} of this list.

The same name (accents kept, case and tone placement aside) and birth date, with nothing that tells
the two apart, or the same personal ID. The later row is the error; the first one is pointed to.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.facts import ListFacts, RowFacts
from sogoc.policy.findings import Result, failed, warned
from sogoc.policy.statute import Cite, Law
from sogoc.policy.wording import day, place

CHECK = Check(
    id="E-SAME-PERSON-TWICE",
    violation="V25",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 2 Điều 2"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Bỏ dòng trùng; nếu là hai người, ghi thêm số định danh để phân biệt.",
        "Remove the row; if they are two people, add personal IDs to tell them apart.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    ground_for_revocation=Cite("TT-21-2019", "điểm e khoản 1 Điều 25"),
)

_FIRST = Text(
    "{name}, sinh ngày {born}, còn có ở {later} của danh sách này.",
    "{name}, born {born}, is on {later} of this list as well.",
)
_ALIKE = Text(
    "{name}, sinh ngày {born}, trùng tên, ngày sinh với {first}, khác nơi sinh hoặc giới tính.",
    "{name}, born {born}, shares name and birth date with {first}, not birth place or sex.",
)
_UNKNOWN = Text("không rõ ngày", "on an unknown day")


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """One pass with dictionaries; only rows that share a key are compared."""
    rows = facts.rows
    by_person: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
    by_id: defaultdict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.personal_id:
            by_id[row.personal_id].append(index)
        if row.name_key and row.birth_date is not None:
            by_person[row.name_key, row.birth_date].append(index)
    told = law.find_kind(facts.act.kind)
    apart = told.told_apart_by if told is not None else ()
    pairs: dict[int, tuple[int, bool]] = {}
    for group in (*by_id.values(), *by_person.values()):
        for at, index in enumerate(group[1:], 1):
            match = _match(rows, group[:at], index, apart)
            if match is not None and (index not in pairs or not pairs[index][1]):
                pairs[index] = match
    pointed: dict[int, int] = {}
    for index, (first, same) in sorted(pairs.items()):
        row = rows[index]
        if same:
            yield index, failed(column="full_name", **_about(row), first=place(rows[first]))
            pointed.setdefault(first, index)
        else:
            about = _about(row)
            yield (
                index,
                warned(message=_ALIKE, column="full_name", **about, first=place(rows[first])),
            )
    for first, later in pointed.items():
        if first in pairs and pairs[first][1]:
            continue
        about = _about(rows[first])
        yield first, warned(message=_FIRST, column="full_name", **about, later=place(rows[later]))


def _match(
    rows: Sequence[RowFacts], earlier: list[int], index: int, apart: tuple[str, ...]
) -> tuple[int, bool] | None:
    """The earlier row that is surely the same person, else one that only looks alike."""
    row = rows[index]
    alike: int | None = None
    for candidate in earlier:
        other = rows[candidate]
        if any(_differ(getattr(row, name), getattr(other, name)) for name in apart):
            continue
        if row.personal_id and other.personal_id:
            if row.personal_id == other.personal_id:
                return candidate, True
            continue
        if _differ(row.sex, other.sex) or _places_differ(row, other):
            alike = candidate if alike is None else alike
            continue
        return candidate, True
    return None if alike is None else (alike, False)


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _places_differ(row: RowFacts, other: RowFacts) -> bool:
    return bool(row.birth_place and other.birth_place) and fold(row.birth_place or "") != fold(
        other.birth_place or ""
    )


def _about(row: RowFacts) -> dict[str, Any]:
    born = day(row.birth_date) if row.birth_date is not None else _UNKNOWN
    return {"name": row.full_name or "", "born": born}
