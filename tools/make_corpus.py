"""The corpus of registers: `python -m tools.make_corpus [--update | --generate]`.

Three files in `tests/corpora/registers/`, one for each way of being judged:

- `registers.csv`: lines of old registers, every kind beside every kind of body in every regime
  since 2006; most are wrong, which is the point. Judged as a sweep judges them.
- `lists.csv`: people on lists that a competent body issues, on the first, a middle and the last
  day of each regime. Judged as lists are before issue.
- `planted.csv`: for each check and each regime in which it speaks, one act with one fault.

`expected.json` holds what is found, counted by regime, check and level. `--update` writes it anew:
what a change of the law or of a check does to the past then stands in the diff. `--generate` makes
the three files; it is needed only for new kinds, bodies, regimes or checks.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from tests.policy.building import DAY, build

from sogoc.kernel.names import name_key
from sogoc.kernel.periods import Period
from sogoc.policy.api import (
    ActFacts,
    BodyFact,
    CapacityFact,
    DecisionFact,
    Finding,
    LineFacts,
    ListFacts,
    RowFacts,
    checks,
    load_law,
    run_lines,
    run_list,
)

FOLDER: Final = Path(__file__).parents[1] / "tests" / "corpora" / "registers"
EXPECTED: Final = FOLDER / "expected.json"
HELD_SINCE: Final = date(1990, 1, 1)
COLUMNS: Final = {
    "full_name": 2, "birth_date": 3, "birth_place": 4, "sex": 5, "ethnicity": 6, "major": 7,
    "training_mode": 8, "student_code": 9,
}  # fmt: skip

REGIMES: Final[Mapping[str, tuple[date, date, date]]] = {
    "2007-qd-33": (date(2007, 8, 1), date(2012, 6, 15), date(2015, 10, 22)),
    "2015-tt-19": (date(2015, 10, 23), date(2018, 6, 15), date(2020, 1, 14)),
    "2020-tt-21": (date(2020, 1, 15), date(2022, 6, 15), date(2025, 6, 30)),
    "2025-tt-13": (date(2025, 7, 1), date(2025, 9, 15), date(2025, 12, 31)),
    "2026-gap": (date(2026, 1, 1), date(2026, 2, 16), date(2026, 4, 14)),
    "2026-tt-10": (date(2026, 4, 15), date(2026, 6, 15), date(2026, 11, 20)),
}
"""The first, a middle and the last day looked at of each regulation's time."""

TITLES: Final[Mapping[str, str]] = {
    "so_gddt": "Giám đốc",
    "phong_gddt": "Trưởng phòng",
    "ubnd_xa": "Chủ tịch",
    "truong_thpt": "Hiệu trưởng",
    "tt_gdtx": "Giám đốc",
    "co_so_dao_tao_gv": "Hiệu trưởng",
    "co_so_gddh": "Hiệu trưởng",
    "truong_dh_thanh_vien": "Hiệu trưởng",
    "vien_nckh": "Viện trưởng",
    "co_so_gdnn": "Hiệu trưởng",
    "trung_tam_sat_hach": "Giám đốc",
    "don_vi_to_chuc_thi": "Giám đốc",
    "trung_tam_gdqpan": "Giám đốc",
    "co_so_boi_duong": "Giám đốc",
    "co_so_giao_duc": "Hiệu trưởng",
}
"""Every capacity, and the title of who heads a body of it."""

KINDS: Final = (
    "bang_thcs", "bang_thpt", "bang_tcsp", "bang_cdsp", "bang_trung_cap", "bang_cao_dang",
    "bang_trung_hoc_nghe", "cu_nhan", "thac_si", "tien_si", "chuyen_sau_dac_thu",
    "cc_cntt_co_ban", "cc_cntt_nang_cao", "cc_ngoai_ngu_6bac", "cc_tieng_viet_nnn", "cc_gdqpan",
    "cc_nghiep_vu_su_pham", "cc_chuc_danh_nghe_nghiep", "cc_tieng_dan_toc", "cc_khac",
    "cc_tin_hoc_abc", "cc_ngoai_ngu_abc", "cc_nghe_pho_thong", "bang_bo_tuc_thpt", "bang_tccn",
    "cc_so_cap", "gcn_hoan_thanh_gdpt", "ielts",
)  # fmt: skip

COMPETENT: Final = (
    ("bang_thcs", "phong_gddt", 2006, 2025.4),
    ("bang_thcs", "ubnd_xa", 2025.5, 2025.99),
    ("bang_thpt", "so_gddt", 2006, 2025.99),
    ("bang_thpt", "truong_thpt", 2026.28, 2100),
    ("bang_cdsp", "co_so_dao_tao_gv", 2020.03, 2026.27),
    ("bang_cao_dang", "co_so_gdnn", 2017.4, 2100),
    ("cu_nhan", "co_so_gddh", 2015.81, 2100),
    ("thac_si", "co_so_gddh", 2015.81, 2100),
    ("tien_si", "vien_nckh", 2015.81, 2026.27),
    ("cc_cntt_co_ban", "trung_tam_sat_hach", 2016.7, 2026.27),
    ("cc_cntt_nang_cao", "trung_tam_sat_hach", 2016.7, 2026.27),
    ("cc_ngoai_ngu_6bac", "don_vi_to_chuc_thi", 2017.9, 2100),
    ("cc_tieng_viet_nnn", "don_vi_to_chuc_thi", 2021.9, 2100),
    ("cc_gdqpan", "trung_tam_gdqpan", 2016, 2100),
    ("cc_nghiep_vu_su_pham", "co_so_boi_duong", 2020.1, 2100),
)
"""Who issues what in which years, as the lists have it; a fraction is a part of the year."""

_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "H'Bia", "Y", "K'Brẻ")
_MIDDLE: Final = (
    "Văn", "Thị", "Ngọc", "Hữu", "Minh", "Thanh", "Đức", "Kim", "Quang", "Thu", "Hoài",
)  # fmt: skip
_GIVEN: Final = (
    "An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Nga", "Oanh", "Phú", "Quỳnh",
    "Sơn",
)  # fmt: skip

Counts = dict[str, dict[str, int]]
"""How many findings of each level, by check."""


# --- reading and judging --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `registers.csv`: ``regime`` and what the register says."""

    regime: str
    kind: str
    capacity: str
    issued_on: date
    values: Mapping[str, str]


def lines() -> list[Line]:
    """Every line of the registers, in the order of the file."""
    return [
        Line(v["regime"], v["kind"], v["capacity"], date.fromisoformat(v["issued_on"]), v)
        for v in _read("registers.csv")
    ]


def judge() -> dict[str, Any]:
    """What is found in the three files, in the form of `expected.json`."""
    return {
        "registers": _in_registers(),
        "lists": _in_lists(),
        "planted": _planted(),
        "never_planted": sorted({check.id for check in checks()} - {p[1] for p in _plants()}),
    }


def _in_registers() -> dict[str, Counts]:
    facts = [_line_facts(number, line) for number, line in enumerate(lines())]
    regime_of = {made.key: line.regime for made, line in zip(facts, lines(), strict=True)}
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for key, finding in run_lines(facts, load_law()):
        found[regime_of[key]].append(finding)
    return {regime: _counted(found[regime]) for regime in REGIMES}


def _line_facts(number: int, line: Line) -> LineFacts:
    act = ActFacts(
        kind=line.kind,
        issued_on=line.issued_on,
        body=body(line.capacity),
        title_text=TITLES[line.capacity],
        legacy=True,
    )
    return LineFacts(str(number), act, _row(number, line.values, issued_on=line.issued_on))


def body(capacity: str) -> BodyFact:
    """A body that has held one capacity, and no other, for as long as anybody remembers."""
    held = CapacityFact(capacity, Period(HELD_SINCE, None))
    return BodyFact(capacity.replace("_", "-"), f"Đơn vị {capacity}", (held,))


def _row(number: int, values: Mapping[str, str], *, issued_on: date | None = None) -> RowFacts:
    scores = {
        name: float(values[name]) for name in ("score_theory", "score_practice") if values.get(name)
    }
    return RowFacts(
        sheet="",
        row=number + 1,
        full_name=values["full_name"],
        name_key=name_key(values["full_name"]),
        birth_date=date.fromisoformat(values["birth_date"]),
        birth_place=values["birth_place"],
        sex=values["sex"],
        ethnicity=values.get("ethnicity"),
        scores=scores,
        result=values.get("result") or None,
        major=values.get("major") or None,
        serial=values.get("serial") or None,
        entry_number=values.get("entry_number") or None,
        issued_on=issued_on,
        columns=COLUMNS,
    )


def _in_lists() -> dict[str, Counts]:
    people: defaultdict[tuple[str, ...], list[Mapping[str, str]]] = defaultdict(list)
    for values in _read("lists.csv"):
        people[tuple(values[name] for name in ("regime", "kind", "capacity", "day"))].append(values)
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for (regime, kind, capacity, on), rows in people.items():
        day, given = date.fromisoformat(on), rows[0]
        decided = date.fromisoformat(given["decision_date"])
        act = ActFacts(
            kind=kind,
            issued_on=day,
            body=body(capacity),
            title_text=TITLES[capacity],
            exam_date=date.fromisoformat(given["exam_date"]),
            decision=DecisionFact(given["decision_number"], decided, given["decided_by"]),
            decision_by=given["decided_by"],
            level=int(given["level"]) if given["level"] else None,
            learners_confirmed_on=date.fromisoformat(given["confirmed_on"]),
        )
        facts = ListFacts(act, [_row(number, values) for number, values in enumerate(rows)])
        found[regime] += run_list(facts, load_law())
    return {regime: _counted(found[regime]) for regime in REGIMES}


def _planted() -> dict[str, dict[str, Counts]]:
    """By check and regime, everything found in the act with that fault."""
    found: dict[str, dict[str, Counts]] = {}
    for regime, check, given in _plants():
        findings = run_list(build(given), load_law())
        found.setdefault(check, {})[regime] = _counted(findings)
    return found


def _plants() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for values in _read("planted.csv"):
        yield values["regime"], values["check"], _with_days(json.loads(values["given"]))


def _counted(findings: Iterable[Finding]) -> Counts:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for finding in findings:
        counts[finding.check][str(finding.level)] += 1
    return {check: dict(sorted(counts[check].items())) for check in sorted(counts)}


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _with_days(value: Any) -> Any:
    """JSON's texts that are days as days."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    if isinstance(value, dict):
        return {key: _with_days(item) for key, item in value.items()}
    return [_with_days(item) for item in value] if isinstance(value, list) else value


# --- making the files -----------------------------------------------------------------------------


def generate() -> None:
    """Write the three files. Everything follows from the tables above and the checks' cases."""
    people = _people()
    _write("registers.csv", _registers(people))
    _write("lists.csv", _lists(people))
    _write("planted.csv", _faults())


def _people() -> Iterator[dict[str, str]]:
    """Person after person, no two with the same name and birthday."""
    number = 0
    while True:
        family, rest = number % len(_FAMILY), number // len(_FAMILY)
        middle, given = rest % len(_MIDDLE), rest // len(_MIDDLE) % len(_GIVEN)
        born = date(1985, 1, 1) + timedelta(days=number * 7 % 3650)
        yield {
            "full_name": f"{_FAMILY[family]} {_MIDDLE[middle]} {_GIVEN[given]}",
            "birth_date": born.isoformat(),
            "birth_place": ("Đắk Nông", "Lâm Đồng", "Hà Nội", "Cần Thơ")[number % 4],
            "sex": ("male", "female")[number % 2],
            "ethnicity": ("Kinh", "Mnông", "Ê Đê")[number % 3],
        }
        number += 1


def _registers(people: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    number = 0
    for regime, (_, day, _) in REGIMES.items():
        for kind in KINDS:
            for capacity in TITLES:
                number += 1
                yield {
                    "regime": regime, "kind": kind, "capacity": capacity,
                    "issued_on": day.isoformat(), **next(people), "serial": f"C{number:07}",
                    "entry_number": "",
                }  # fmt: skip


def _lists(people: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    for regime, days in REGIMES.items():
        for day in days:
            year = day.year + (day.timetuple().tm_yday - 1) / 366
            for kind, capacity, since, until in COMPETENT:
                if not since <= year <= until:
                    continue
                marked = kind.startswith("cc_cntt")
                for _ in range(4):
                    yield {
                        "regime": regime, "kind": kind, "capacity": capacity,
                        "day": day.isoformat(),
                        "exam_date": (day - timedelta(days=25)).isoformat(),
                        "decision_number": "15/QĐ",
                        "decision_date": (day - timedelta(days=12)).isoformat(),
                        "decided_by": f"Đơn vị {capacity}",
                        "confirmed_on": (day - timedelta(days=5)).isoformat(),
                        "level": "3" if kind in ("cc_ngoai_ngu_6bac", "cc_tieng_viet_nnn") else "",
                        **next(people),
                        "score_theory": "8.0" if marked else "",
                        "score_practice": "7.5" if marked else "",
                        "result": "Đạt" if kind.startswith("cc_") else "",
                        "major": "Giáo dục học" if kind in _WITH_MAJOR else "",
                    }  # fmt: skip


_WITH_MAJOR: Final = ("cu_nhan", "thac_si", "tien_si", "bang_cdsp", "bang_cao_dang")


def _faults() -> Iterator[dict[str, str]]:
    """The first case of each check that fails, moved to a day of the regime where it still does."""
    from tests.policy.test_checks import cases_of

    for regime, (_, day, _) in REGIMES.items():
        for check in checks():
            for case in cases_of(check):
                if case["expect"] not in {"fail", "warn", "review"}:
                    continue
                given = case.get("given") or {}
                moved = _moved(given, day - given.get("day", DAY)) | {"day": day}
                found = run_list(build(moved), load_law(), only=[check])
                if any(str(finding.level) != "info" for finding in found):
                    text = json.dumps(moved, ensure_ascii=False, default=str, sort_keys=True)
                    yield {"regime": regime, "check": check.id, "given": text}
                    break


def _moved(value: Any, by: timedelta) -> Any:
    """Every day but birthdays moved by as much."""
    if isinstance(value, dict):
        return {k: item if k == "born" else _moved(item, by) for k, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, by) for item in value]
    return value + by if isinstance(value, date) else value


def _write(name: str, rows: Iterable[dict[str, str]]) -> None:
    rows = list(rows)
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)}")


def main() -> int:
    """Compare, or write what was asked for; 1 when what is found is not what was expected."""
    if "--generate" in sys.argv[1:]:
        generate()
    found = judge()
    if "--update" in sys.argv[1:]:
        text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
        EXPECTED.write_text(text + "\n", "utf-8")
        return 0
    return int(found != json.loads(EXPECTED.read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main())
