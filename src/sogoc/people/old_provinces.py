"""Places by their names, those of provinces that are no more (Hà Sơn Bình, Sông Bé) included.

`data/old_provinces.csv` holds provinces that existed before 01/08/2008 and were divided or joined,
each with the half-open period between the resolutions that made and ended it (the day of the
resolution, or of its effect where it names one), and the codes of the units its land became.
`uncertain` names the end of the period (`from`, `until`, `both`) whose day no text of a resolution
confirmed; `sogoc law gaps` lists it. What a diploma or a register says is never altered by this: it
only says what a name meant and when.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from sogoc.kernel.names import fold
from sogoc.people.provinces import load_provinces

_FILE: Final = Path(__file__).parent / "data" / "old_provinces.csv"
_PREFIX: Final = re.compile(r"^(?:tinh|thanh pho|tp|t p|t)\s+")
_OLD: Final = re.compile(r"\bcu$")
_SHORT: Final = {
    "tphcm": "ho chi minh", "hcm": "ho chi minh", "sai gon": "ho chi minh",
    "hue": "thua thien hue", "brvt": "ba ria vung tau", "vung tau": "ba ria vung tau",
    "dac lac": "dak lak", "daklak": "dak lak", "dac nong": "dak nong", "daknong": "dak nong",
    "bac can": "bac kan", "kontum": "kon tum", "gialai": "gia lai", "gia lai kontum":
    "gia lai kon tum",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedProvince:
    """A province or city by its name: from `valid_from` until `valid_until` (half-open).

    `became` are the codes of the units of the 63 its land went to, its own code where it is one of
    them. `is_old` marks those that ended before 01/08/2008 and the former Hà Tây. `uncertain` holds
    `from`, `until` or both where the day could not be confirmed.
    """

    name: str
    valid_from: date
    valid_until: date | None
    became: tuple[str, ...]
    source: str
    is_old: bool
    uncertain: frozenset[str] = frozenset()

    def exists_on(self, on: date) -> bool:
        """Say whether it exists that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


def province_named(text: str, on: date | None = None) -> NamedProvince | None:
    """Return the province a text names, whole or as its last part ("xã A, huyện B, Hà Bắc").

    Of several of one name the one that exists on the day; else, and without a day, the latest one,
    since old names stay in use long after ("(cũ)" asks for the old one). None when the text names
    none that is known, such as a place abroad.
    """
    for part in _parts(text):
        wants_old = bool(_OLD.search(part))
        found = _index().get(_key(_OLD.sub("", part)), ())
        if wants_old:
            found = tuple(one for one in found if one.is_old) or found
        if found:
            living = [one for one in found if on is not None and one.exists_on(on)]
            return (living or list(found))[-1]
    return None


def _parts(text: str) -> list[str]:
    """The whole text, then what follows its last comma, then its last dash, folded."""
    parts = [text, text.rsplit(",", 1)[-1], re.split(r"[,;]|\s[-–]\s", text)[-1]]
    return list(dict.fromkeys(_plain(part) for part in parts))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", fold(text)).split())


def _key(plain: str) -> str:
    bare = _PREFIX.sub("", plain.strip())
    return _SHORT.get(bare, bare)


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[NamedProvince, ...]]:
    found: dict[str, list[NamedProvince]] = {}
    for names, province in (*_old(), *_later()):
        for name in names:
            found.setdefault(_key(_plain(name)), []).append(province)
    return {key: tuple(sorted(ones, key=lambda p: p.valid_from)) for key, ones in found.items()}


_ENDS: Final = {
    "": frozenset[str](),
    "from": frozenset({"from"}),
    "until": frozenset({"until"}),
    "both": frozenset({"from", "until"}),
}


def _old() -> list[tuple[list[str], NamedProvince]]:
    with _FILE.open(encoding="utf-8", newline="") as stream:
        return [
            (
                [row["name"], *filter(None, row["also"].split(";"))],
                NamedProvince(
                    name=row["name"],
                    valid_from=date.fromisoformat(row["valid_from"]),
                    valid_until=date.fromisoformat(row["valid_until"]),
                    became=tuple(row["became"].split(";")),
                    source=f"{row['began_by']}; {row['ended_by']}",
                    is_old=True,
                    uncertain=_ENDS[row["uncertain"]],
                ),
            )
            for row in csv.DictReader(stream)
        ]


def _later() -> list[tuple[list[str], NamedProvince]]:
    return [
        (
            [one.name, *(["Thừa Thiên Huế"] if one.name == "Huế" else [])],
            NamedProvince(
                one.name, one.valid_from, one.valid_until, (one.code,), one.source, is_old=False
            ),
        )
        for one in load_provinces()
    ]


def load_old_provinces() -> tuple[NamedProvince, ...]:
    """Return every province of the file of old ones, in its order."""
    return tuple(province for _, province in _old())
