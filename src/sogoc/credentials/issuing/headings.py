"""What a list says of itself, compared with the act: body, decision, number of people; and places.

These findings never stop a list: a heading may be left over from last year's file, and only people
can tell. People of one name who were told apart are named with the reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from sogoc.credentials.issuing.records import Decision
from sogoc.intake.api import Reading, label
from sogoc.kernel.names import fold
from sogoc.kernel.text import Text
from sogoc.people.api import province_named
from sogoc.policy.api import (
    Finding,
    Level,
    OldName,
    RowFacts,
    Status,
    load_law,
    old_name,
    old_name_in,
    reason_for_two,
)

_BODY: Final = re.compile(
    r"(?:so giao duc|so gd\w*|phong giao duc|phong gd\w*|truong|trung tam"
    r"|hoc vien|dai hoc|vien|tt gd\w*)\b"
)
_SHORT: Final = {
    "gdtx": "giao duc thuong xuyen", "gddt": "giao duc dao tao", "gd": "giao duc", "dt": "dao tao",
    "thpt": "trung hoc pho thong", "thcs": "trung hoc co so", "dh": "dai hoc", "cd": "cao dang",
    "tt": "trung tam", "ubnd": "uy ban nhan dan", "tp": "", "nnth": "ngoai ngu tin hoc",
    "hcm": "ho chi minh", "va": "", "tinh": "", "thanh": "", "pho": "",
}  # fmt: skip
_DECISION: Final = re.compile(
    r"(?:quyết định|qđ)\s+(?:số\s*:?\s*)?(?P<number>\d+\s*/?[\w/&.-]*)"
    r"(?:.{0,30}?ngày\s+(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})"
    r"(?:\s*[/.-]\s*|\s+năm\s+)(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"^(?!(?:truong|trung tam|phong|so) )"
    r"(?:.*\b)?(?:bang|tot nghiep|chung chi|van bang|danh sach)\b"
)
_SHOWN: Final = 3
_COMPARE: Final = Text(
    "Đối chiếu đầu danh sách với quyết định và đơn vị cấp; đúng tệp thì giữ nguyên.",
    "Compare the heading with the decision and the issuer; keep it if the file is the right one.",
)
_RENAME: Final = Text(
    "Ghi tên của ngày cấp; danh sách cũ thì kiểm lại ngày cấp và loại.",
    "Use the name of the day of issue; with an old list check day and kind again.",
)
_KEPT: Final = Text("Không phải sửa.", "Nothing is to be corrected.")


def heading_findings(
    reading: Reading, *, names: Sequence[str], decision: Decision | None
) -> Iterator[Finding]:
    """Yield what the headings say otherwise than the act.

    ``names`` are those of the issuer and of the body that submits the list: a heading that names
    one of them is theirs.
    """
    for sheet in reading.sheets:
        other = _other_body(sheet.title_lines, names)
        if other:
            yield _finding(
                "W-HEADING-OTHER-BODY",
                sheet.name,
                Text(
                    f"Đầu danh sách ghi «{other}», không phải đơn vị cấp «{names[0]}».",
                    f"The heading names “{other}”, not the issuer “{names[0]}”.",
                ),
            )
        if decision is not None:
            yield from _other_decision(sheet.name, sheet.title_lines, decision)
    stated = [sheet.stated_count for sheet in reading.sheets if sheet.stated_count is not None]
    if decision is None or decision.row_count is None or len(stated) != len(reading.sheets):
        return
    if stated and sum(stated) != decision.row_count:
        yield _finding(
            "W-HEADING-OTHER-DECISION",
            None,
            Text(
                f"Danh sách ghi {sum(stated)} người, quyết định {decision.number} công nhận "
                f"{decision.row_count}.",
                f"The list states {sum(stated)} people, decision {decision.number} recognises "
                f"{decision.row_count}.",
            ),
        )


def _other_body(lines: Iterable[str], names: Sequence[str]) -> str | None:
    """The last body a heading names, when none it names is ours."""
    bodies = [line for line in lines if _BODY.match(_plain(line))]
    ours = [_words(name) for name in names if name]
    for line in bodies:
        words = _words(line)
        if any(words <= mine or mine <= words for mine in ours):
            return None
    return bodies[-1] if bodies else None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", fold(text.replace("&", ""))).split())


def _words(text: str) -> frozenset[str]:
    full = " ".join(_SHORT.get(word, word) for word in _plain(text).split())
    return frozenset(full.split())


def _other_decision(sheet: str, lines: Iterable[str], decision: Decision) -> Iterator[Finding]:
    for found in filter(None, map(_DECISION.search, lines)):
        number, day = found["number"], _day(found)
        if _number(number) == _number(decision.number) and day in (None, decision.date):
            return
        said = number + (f" ngày {day:%d/%m/%Y}" if day else "")
        said_en = number + (f" of {day:%d/%m/%Y}" if day else "")
        yield _finding(
            "W-HEADING-OTHER-DECISION",
            sheet,
            Text(
                f"Đầu danh sách ghi quyết định {said}; quyết định đã nêu là {decision.number} "
                f"ngày {decision.date:%d/%m/%Y}.",
                f"The heading names decision {said_en}; the one given is {decision.number} of "
                f"{decision.date:%d/%m/%Y}.",
            ),
        )
        return


def _number(text: str) -> str:
    return re.sub(r"[\s.]+", "", fold(text)).strip("/-")


def _day(found: re.Match[str]) -> date | None:
    if not found["day"]:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def kind_findings(reading: Reading, *, kind: str, stated: str, on: date) -> Iterator[Finding]:
    """Yield under which old name the list, or who asked, speaks of a kind; once for each name.

    ``kind`` is the id of the act's kind, ``stated`` the word that was given for it. In use on the
    day ``on`` the name is a note, else a warning; so is the name of another kind.
    """
    said: list[tuple[str, OldName | None]] = [("", old_name(stated))]
    for sheet in reading.sheets:
        lines = [line for line in sheet.title_lines if _TITLE.search(_plain(line))]
        said += [(sheet.name, old_name_in(line)) for line in lines]
    known: set[tuple[str, str]] = set()
    for name_of, old in said:
        if old is not None and (name_of, old.id) not in known:
            known.add((name_of, old.id))
            yield _old_name(name_of, old, kind, on)


def _old_name(sheet: str, old: OldName, kind: str, on: date) -> Finding:
    law = load_law()
    name = law.kinds[old.kind].name
    if old.kind != kind:
        asked = law.kinds[kind].name if kind in law.kinds else Text(kind, kind)
        return _finding("W-KIND-OLD-NAME", sheet, Text(
            f"Danh sách ghi «{old.shown}», tên cũ của «{name.vi}»; việc cấp là «{asked.vi}».",
            f"The list says “{old.shown}”, an old name of “{name.en}”; the act is “{asked.en}”.",
        ))  # fmt: skip
    start, until = old.period.start, old.period.until
    used = [f"từ {start:%d/%m/%Y}"] if start else []
    used += [f"trước {until:%d/%m/%Y}"] if until else []
    used_en = [f"from {start}"] if start else []
    used_en += [f"before {until}"] if until else []
    if old.confidence == "uncertain":
        used, used_en = [*used, "(chưa xác nhận)"], [*used_en, "(not confirmed)"]
    is_in_use = old.period.contains(on)
    return _finding(
        "N-KIND-OLD-NAME" if is_in_use else "W-KIND-OLD-NAME",
        sheet,
        Text(
            f"«{old.shown}» là tên cũ của «{name.vi}», dùng {' '.join(used)}"
            + ("." if is_in_use else f"; không dùng ngày {on:%d/%m/%Y}."),
            f"“{old.shown}” is an old name of “{name.en}”, in use {' '.join(used_en)}"
            + ("." if is_in_use else f"; not on {on}."),
        ),
        level=Level.INFO if is_in_use else Level.WARNING,
        remedy=_KEPT if is_in_use else _RENAME,
    )


def place_findings(reading: Reading) -> Iterator[Finding]:
    """Yield one note on birth places that name no province of any time; they are not altered."""
    strange: dict[str, tuple[str, int]] = {}
    known: dict[str, bool] = {}
    count = 0
    for row in reading.rows():
        place = row.get("birth_place")
        if not isinstance(place, str):
            continue
        if place not in known:
            known[place] = province_named(place) is not None
        if not known[place]:
            count += 1
            strange.setdefault(place, (row.sheet, row.row))
    if not strange:
        return
    shown = ", ".join(
        f"«{place}» (dòng {row})" for place, (_, row) in list(strange.items())[:_SHOWN]
    )
    shown_en = ", ".join(f"“{p}” (row {row})" for p, (_, row) in list(strange.items())[:_SHOWN])
    yield _finding(
        "N-PLACE-UNKNOWN",
        None,
        Text(
            f"{count} nơi sinh không nêu tỉnh, thành phố đã biết, cũ hay mới: {shown}.",
            f"{count} birth places name no known province, old or new: {shown_en}.",
        ),
        level=Level.INFO,
        remedy=Text(
            "Ghi theo giấy khai sinh; đúng thì giữ nguyên.",
            "It is written as in the birth certificate; keep it if it is right.",
        ),
    )


def alike_findings(rows: Sequence[RowFacts]) -> Iterator[Finding]:
    """Yield, for people of one name and birth date, by what number they were told apart."""
    groups: defaultdict[tuple[str, date], list[RowFacts]] = defaultdict(list)
    for row in rows:
        if row.name_key and row.birth_date is not None:
            groups[row.name_key, row.birth_date].append(row)
    for group in groups.values():
        for row in group[1:]:
            field = _apart_by(group[0], row)
            if field is None:
                continue
            name = label(field)
            said = None if field == "personal_id" else reason_for_two(row, group[0])
            if field != "personal_id" and said is None and not _look_apart(row, group[0]):
                continue  # an error: nobody said why they are two people
            yield _finding(
                "N-ALIKE-TOLD-APART",
                row.sheet,
                Text(
                    f"{row.full_name} trùng tên, ngày sinh với dòng {group[0].row}; là hai người "
                    f"vì khác {name.vi.lower()}."
                    + (f" Lý do ghi trong danh sách: {said}" if said else ""),
                    f"{row.full_name} shares name and birth date with row {group[0].row}; they are "
                    f"two people because the {name.en.lower()} differs."
                    + (f" Reason given in the list: {said}" if said else ""),
                ),
                level=Level.INFO,
                remedy=_KEPT,
                row=row.row,
                column=row.columns.get(field),
                field=field,
            )


def _look_apart(one: RowFacts, other: RowFacts) -> bool:
    """Whether birth place or sex, known of both, differs."""
    places = (fold(one.birth_place or ""), fold(other.birth_place or ""))
    return (all(places) and places[0] != places[1]) or (
        None not in (one.sex, other.sex) and one.sex != other.sex
    )


def _apart_by(one: RowFacts, other: RowFacts) -> str | None:
    if one.personal_id and other.personal_id:
        return "personal_id" if one.personal_id != other.personal_id else None
    for field in ("candidate_number", "student_code"):
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine and theirs and mine.casefold() != theirs.casefold():
            return field
    return None


def _finding(
    check: str,
    sheet: str | None,
    message: Text,
    *,
    level: Level = Level.WARNING,
    remedy: Text = _COMPARE,
    row: int | None = None,
    column: int | None = None,
    field: str | None = None,
) -> Finding:
    return Finding(
        check=check,
        violation=None,
        level=level,
        result=Status.WARN,
        sheet=sheet or "",
        row=row,
        column=column,
        column_name=field,
        citation="",
        message=message,
        remedy=remedy,
    )
