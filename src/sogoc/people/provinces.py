"""Provinces and cities: 63 until 30/06/2025, 34 from 01/07/2025, and which became which.

`data/provinces.csv` holds each unit with the half-open period of its existence, the code of the
unit that took it in, and the resolution of the National Assembly. Codes are those of the General
Statistics Office; a merged unit kept the code of one of its parts, so a code alone is not a unit
(52 was Bình Định and is Gia Lai) while a code with a day is. Before 01/08/2008 nothing is said.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

_FILE = Path(__file__).parent / "data" / "provinces.csv"


@dataclass(frozen=True, slots=True)
class Province:
    """A province (tỉnh) or centrally run city (thành phố), from `valid_from` until `valid_until`.

    `codes` are the codes organisations in its territory may bear: its own and those of its parts.
    """

    code: str
    name: str
    kind: Literal["province", "city"]
    valid_from: date
    valid_until: date | None
    successor: str | None
    source: str
    codes: frozenset[str]

    def exists_on(self, on: date) -> bool:
        """Say whether it exists that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@lru_cache(maxsize=1)
def load_provinces() -> tuple[Province, ...]:
    """Return every unit of the file, in its order."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple(_province(row, rows) for row in rows)


def _province(row: dict[str, str], rows: list[dict[str, str]]) -> Province:
    start = date.fromisoformat(row["valid_from"])
    parts = {
        other["code"]
        for other in rows
        if other["successor"] == row["code"] and date.fromisoformat(other["valid_until"]) <= start
    }
    return Province(
        code=row["code"],
        name=row["name"],
        kind="city" if row["kind"] == "city" else "province",
        valid_from=start,
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        successor=row["successor"] or None,
        source=row["source"],
        codes=frozenset({row["code"], *parts}),
    )


@lru_cache(maxsize=1024)
def province_on(code: str, on: date) -> Province | None:
    """Return the unit that holds the territory with this code on the day.

    `code` is the one the organisation was recorded with, old or new. `None` for an unknown code and
    for days before 01/08/2008.
    """
    return next((p for p in load_provinces() if code in p.codes and p.exists_on(on)), None)


def provinces_on(on: date) -> tuple[Province, ...]:
    """Return the units that exist on the day."""
    return tuple(province for province in load_provinces() if province.exists_on(on))


def successor_of(code: str) -> Province:
    """Return the unit of today for a code of the 63. Raises `KeyError` for an unknown code."""
    for province in reversed(load_provinces()):
        if province.valid_until is None and code in province.codes:
            return province
    raise KeyError(code)
