"""{name}, sinh ngày {born}, đã có ở {first} của danh sách này.

{name}, born {born}, is already on {first} of this list.

The same personal ID where both have one; else the same name (accents kept, case and tone placement
aside), birth date and birth place. Another birth place or sex leaves a doubt. Two people who are
really alike are told apart by personal IDs, or by candidate numbers or student codes with a reason
in the note of one of the two rows. The later row is the error; the first one is pointed to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from itertools import islice
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
_NO_REASON = Text(
    "{name}, sinh ngày {born}, cùng tên, ngày sinh, nơi sinh với {first}, chỉ khác {field}; chưa "
    "ghi lý do là hai người.",
    "{name}, born {born}, has name, birth date and birth place of {first} and only another "
    "{field}; no reason is given why they are two people.",
)
_REASON_REMEDY = Text(
    "Một người thì bỏ dòng trùng. Hai người thì ghi lý do ở cột Ghi chú (đã đối chiếu gì, ở đâu), "
    "hoặc ghi số định danh của cả hai.",
    "Remove the row of one person. Of two people write in the note column why (what was compared, "
    "and where), or give the personal IDs of both.",
)
_FIELDS = {
    "candidate_number": Text("số báo danh", "candidate number"),
    "student_code": Text("mã học viên, sinh viên", "student code"),
}
_SAME_ID = Text(
    "Số định danh cá nhân của {name} trùng với {first}.",
    "The personal ID of {name} is that of {first}.",
)
_SAME_ID_FIRST = Text(
    "Số định danh cá nhân của {name} còn có ở {later}.",
    "The personal ID of {name} is on {later} as well.",
)
_ID_REMEDY = Text(
    "Đối chiếu với căn cước: một người thì bỏ dòng trùng, hai người thì ghi đúng số từng người.",
    "Compare with the identity cards; remove the row of one person, or correct the number.",
)
_ID_LENGTHS = (9, 12)
_UNKNOWN = Text("không rõ ngày", "on an unknown day")


class _How(Enum):
    """How two rows are one person: by all that is known, by the number alone, or perhaps."""

    SAME = 1
    ID = 2
    ALIKE = 3
    NO_REASON = 4


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """One pass with dictionaries; only rows that share a key are compared."""
    rows = facts.rows
    told = law.find_kind(facts.act.kind)
    apart = told.told_apart_by if told is not None else ()
    pairs = _pairs(rows, apart, needs_reason=not facts.is_sweep)
    pointed: dict[int, tuple[int, _How]] = {}
    for index, (first, how) in sorted(pairs.items()):
        if how is _How.NO_REASON:
            yield index, _without_reason(rows[index], rows[first])
        else:
            yield index, _later(how, rows[index], place(rows[first], rows[index]))
        if how is not _How.ALIKE:
            pointed.setdefault(first, (index, how))
    for first, (index, how) in pointed.items():
        if first not in pairs or pairs[first][1] is _How.ALIKE:
            yield first, _earlier(how, rows[first], place(rows[index], rows[first]))


def _later(how: _How, row: RowFacts, first: Text) -> Result:
    about = _about(row)
    if how is _How.ALIKE:
        return warned(message=_ALIKE, column="full_name", first=first, **about)
    if how is _How.SAME:
        return failed(column="full_name", first=first, **about)
    return failed(message=_SAME_ID, remedy=_ID_REMEDY, column="personal_id", first=first, **about)


def _without_reason(row: RowFacts, other: RowFacts) -> Result:
    field = apart_by(row, other) or ""
    return failed(
        message=_NO_REASON,
        remedy=_REASON_REMEDY,
        column=field,
        first=place(other, row),
        field=_FIELDS[field],
        **_about(row),
    )


def _earlier(how: _How, row: RowFacts, later: Text) -> Result:
    about = _about(row)
    if how in (_How.SAME, _How.NO_REASON):
        return warned(message=_FIRST, column="full_name", later=later, **about)
    return warned(
        message=_SAME_ID_FIRST, remedy=_ID_REMEDY, column="personal_id", later=later, **about
    )


def _pairs(
    rows: Sequence[RowFacts], apart: tuple[str, ...], *, needs_reason: bool
) -> dict[int, tuple[int, _How]]:
    """Each later row with the earlier one it repeats, surely before perhaps."""
    by_person: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
    by_id: defaultdict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.personal_id and (number := _id_of(row)) is not None:
            by_id[number].append(index)
        if row.name_key and row.birth_date is not None:
            by_person[row.name_key, row.birth_date].append(index)
    pairs: dict[int, tuple[int, _How]] = {}
    for group in (*by_person.values(), *by_id.values()):
        for at, index in enumerate(group[1:], 1):
            match = _match(rows, islice(group, at), index, apart, needs_reason=needs_reason)
            if match is not None and (index not in pairs or pairs[index][1] is _How.ALIKE):
                pairs[index] = match
    return pairs


def _id_of(row: RowFacts) -> str | None:
    """A personal ID or old card number fit to tell people by; "không có" or 000… is none."""
    number = "".join((row.personal_id or "").split())
    fit = len(number) in _ID_LENGTHS and number.isdecimal() and len(set(number)) > 1
    return number if fit else None


def _match(
    rows: Sequence[RowFacts],
    earlier: Iterable[int],
    index: int,
    apart: tuple[str, ...],
    *,
    needs_reason: bool,
) -> tuple[int, _How] | None:
    """The earlier row that is surely the same person, else one that only looks alike."""
    row = rows[index]
    mine = _id_of(row)
    alike: int | None = None
    unexplained: int | None = None
    for candidate in earlier:
        other = rows[candidate]
        if any(_differ(getattr(row, name), getattr(other, name)) for name in apart):
            continue
        theirs = _id_of(other)
        if mine is not None and theirs is not None:
            if mine != theirs:
                continue
            known = (row.name_key, row.birth_date) == (other.name_key, other.birth_date)
            return candidate, _How.SAME if known else _How.ID
        is_told = apart_by(row, other) is not None
        if _differ(row.sex, other.sex) or _places_differ(row, other):
            alike = candidate if alike is None and not is_told else alike
            continue
        if not is_told:
            return candidate, _How.SAME
        if needs_reason and reason_for_two(row, other) is None:
            unexplained = candidate if unexplained is None else unexplained
    if unexplained is not None:
        return unexplained, _How.NO_REASON
    return None if alike is None else (alike, _How.ALIKE)


def apart_by(row: RowFacts, other: RowFacts) -> str | None:
    """The field by which an exam or a school tells two people of one name and birth date apart."""
    for name in ("candidate_number", "student_code"):
        mine, theirs = getattr(row, name), getattr(other, name)
        if mine and theirs and mine.casefold() != theirs.casefold():
            return name
    return None


def reason_for_two(row: RowFacts, other: RowFacts) -> str | None:
    """What the note of one of the two rows gives as reason; a single word is none."""
    for note in (row.note, other.note):
        if note and len(note.split()) > 1:
            return note
    return None


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _places_differ(row: RowFacts, other: RowFacts) -> bool:
    return bool(row.birth_place and other.birth_place) and fold(row.birth_place or "") != fold(
        other.birth_place or ""
    )


def _about(row: RowFacts) -> dict[str, Any]:
    born = day(row.birth_date) if row.birth_date is not None else _UNKNOWN
    return {"name": row.full_name or "", "born": born}
