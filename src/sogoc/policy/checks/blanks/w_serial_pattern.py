"""Số hiệu {serial} không theo dạng số hiệu của {kind}.

The serial {serial} has not the shape of serials of {kind}.

The table of letters and kinds is not published, so this only warns; whether the blank is the body's
own is another check.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from sogoc.kernel.text import Text
from sogoc.policy.check import Check, live_issue
from sogoc.policy.checks.blanks._serials import plain
from sogoc.policy.facts import ListFacts
from sogoc.policy.findings import Result
from sogoc.policy.statute import Cite, Kind, Law
from sogoc.policy.values import Pattern
from sogoc.policy.wording import gathered

CHECK = Check(
    id="W-SERIAL-PATTERN",
    violation="V13",
    scope="list",
    citations=(
        Cite("TT-21-2019", "khoản 2 Điều 11"),
        Cite("TT-10-2026"),
        Cite("TT-19-2015"),
        Cite("QD-33-2007"),
    ),
    remedy=Text(
        "Đối chiếu với số hiệu in trên phôi; ghi đủ chữ cái và chữ số 0 ở đầu.",
        "Compare with the printed serial; give its letters and leading zeros.",
    ),
    reviewed=date(2026, 11, 21),
    applies=live_issue,
    confidence="uncertain",
)

_ALL = Text(
    "{count} số hiệu (dòng {places}) không theo dạng số hiệu của {kind}, ví dụ {serial}.",
    "{count} serials (rows {places}) have not the shape of serials of {kind}, as {serial}.",
)


@lru_cache(maxsize=64)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _pattern_of(kind: Kind, on: date, law: Law) -> str | None:
    """The shape the law's time gives, else the usual one of the kind."""
    for value in law.values_on("serial", on, kind=kind.id):
        if isinstance(value.body, Pattern) and value.body.regex is not None:
            return value.body.regex
    return kind.serial


def run(facts: ListFacts, law: Law) -> Iterator[tuple[int | None, Result]]:
    """Serials the kind's pattern does not match, spaces and case aside."""
    kind = law.find_kind(facts.act.kind)
    pattern = _pattern_of(kind, facts.act.issued_on, law) if kind is not None else None
    if kind is None or pattern is None:
        return
    match = _shape(pattern).fullmatch
    found = {
        index: {"serial": row.serial, "kind": kind.name}
        for index, row in enumerate(facts.rows)
        if row.serial and not match(row.serial) and not match(plain(row.serial))
    }
    if found:
        yield from gathered(facts, found, column="serial", all_together=_ALL)
