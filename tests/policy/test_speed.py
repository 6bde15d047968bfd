"""Time budgets on one core, in processor time so that a busy machine does not decide."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from sogoc.kernel.names import name_key
from sogoc.kernel.periods import Period
from sogoc.policy.api import (
    ActFacts,
    BlanksFact,
    BodyFact,
    BookFact,
    CapacityFact,
    LineFacts,
    ListFacts,
    LotFact,
    RowFacts,
    load_law,
    run_lines,
    run_list,
)

ROWS = 100_000
SYLLABLES = [
    *("Anh", "Bình", "Chi", "Dung", "Giang", "Hà", "Hoa", "Lan", "Linh"),
    *("Mai", "Nam", "Oanh", "Phúc", "Quý", "Sơn", "Thảo", "Uyên", "Vy"),
]


def rows() -> list[RowFacts]:
    made = []
    for n in range(ROWS):
        one, two, three = (SYLLABLES[n // k % len(SYLLABLES)] for k in (1, 18, 324))
        name = f"Nguyễn {one} {two} {three}"
        born = date(1970, 1, 1) + timedelta(days=n % 12_000)
        made.append(
            RowFacts(
                row=n + 1,
                full_name=name,
                name_key=name_key(name),
                birth_date=born,
                birth_place="Đắk Nông",
                sex="male",
                personal_id=f"067{(born.year - 1900) // 100 * 2}{born.year % 100:02}{n:06}",
                scores={"score_theory": 5 + n % 10 / 2, "score_practice": 7.0},
                result="Đạt",
                serial=f"A{n:08}",
                entry_number=f"{n + 1:04}/2025/CNTTCB",
            )
        )
    return made


@pytest.mark.slow
def test_a_hundred_thousand_rows_and_lines() -> None:
    law, people = load_law(), rows()
    capacity = CapacityFact("trung_tam_sat_hach", Period(None, None))
    act = ActFacts("cc_cntt_co_ban", date(2025, 4, 10), BodyFact("tt", "Trung tâm", (capacity,)))
    blanks = BlanksFact((LotFact("A", 8, 0, ROWS),), ROWS)
    facts = ListFacts(act, people, blanks, BookFact("so", 2025, 0), ROWS, True, True)
    start = time.process_time()
    findings = run_list(facts, law)
    assert time.process_time() - start < 4
    assert all(finding.row is None for finding in findings)

    body = BodyFact("so", "Sở", (CapacityFact("so_gddt", Period(None, None)),))
    lines = [
        LineFacts(
            str(n),
            ActFacts("cc_cntt_co_ban", date(2025, 1, 1 + n % 28), body, legacy=True),
            row,
        )
        for n, row in enumerate(people)
    ]
    start = time.process_time()
    assert sum(1 for _ in run_lines(lines, law)) == ROWS
    assert time.process_time() - start < 5
