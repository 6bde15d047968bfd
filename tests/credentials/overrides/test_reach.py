"""What may be set aside really is: with the override the same list goes all the way to issue."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.overrides import api as overriding
from sogoc.policy.check import checks
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    bring_to_signed,
    import_old_register,
    issue,
    people_list,
    prepare,
    proposal,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")

Case = tuple[str, Callable[[], issuing.ListFile], dict[str, Any]]
PEOPLE = range(4)


def altered(header: str, value: str, *, everywhere: bool = False) -> issuing.ListFile:
    """The list of four with another value in one column of its first row, or of all."""
    rows = list(csv.reader(io.StringIO(people_list(PEOPLE).data.decode("utf-8-sig"))))
    at = rows[2].index(header)
    for row in rows[3:] if everywhere else rows[3:4]:
        row[at] = value
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return issuing.ListFile(data=text.getvalue().encode("utf-8-sig"), name="danh-sach.csv")


def entries(*numbers: str) -> issuing.ListFile:
    return people_list(PEOPLE, entries=numbers)


LATER = issuing.Decision(
    number="45/QĐ-TT", date=date(2025, 4, 20), decided_by=CENTRE, signer="Y Bhăm Niê"
)
CASES: tuple[Case, ...] = (
    ("E-BELOW-PASS-MARK", lambda: altered("Điểm trắc nghiệm", "4.5"), {}),
    ("E-BORN-AFTER-EXAM", lambda: altered("Ngày sinh", "16/03/2025"), {}),
    ("E-CELL-MISSING-AMONG-OTHERS", lambda: altered("Giới tính", ""), {}),
    ("E-CELL-MISSING-AMONG-OTHERS", lambda: altered("Kết quả", ""), {}),
    ("E-CELL-MISSING-AMONG-OTHERS", lambda: altered("Ngày sinh", "", everywhere=True), {}),
    (
        "E-ENTRY-NUMBER-MISSING",
        lambda: entries("0001/2025/CNTTCB", "", "0003/2025/CNTTCB", "0004/2025/CNTTCB"),
        {},
    ),
    (
        "E-ENTRY-NUMBER-OF-ANOTHER-YEAR",
        lambda: entries(
            "0001/2024/CNTTCB", "0002/2025/CNTTCB", "0003/2025/CNTTCB", "0004/2025/CNTTCB"
        ),
        {},
    ),
    ("E-ISSUED-BEFORE-DECISION", lambda: people_list(PEOPLE), {"decision": LATER}),
    (
        "E-ISSUED-BEFORE-EXAM",
        lambda: people_list(PEOPLE, more={"Ngày thi": ["15/05/2025", *["15/03/2025"] * 3]}),
        {},
    ),
    ("E-NO-SUCH-BIRTH-DATE", lambda: altered("Ngày sinh", "30/02/1990"), {}),
    ("E-NOT-PASSED", lambda: altered("Kết quả", "Không đạt"), {}),
    ("E-ORIGINAL-ALREADY-ISSUED", lambda: people_list(PEOPLE), {}),
    ("E-SAME-PERSON-TWICE", lambda: people_list([0, 1, 2, 3, 1]), {}),
    ("E-SCORE-OFF-SCALE", lambda: altered("Điểm trắc nghiệm", "11"), {}),
    ("E-SCORE-OFF-SCALE", lambda: altered("Điểm trắc nghiệm", "vắng"), {}),
    ("E-SEX-UNKNOWN", lambda: altered("Giới tính", "?"), {}),
    (
        "E-SIGNATURE-FORM",
        lambda: people_list(PEOPLE),
        {"signatory": "Giám đốc (đóng dấu chữ ký)"},
    ),
)
ELSEWHERE = {"E-LEVEL-BEYOND-CAPACITY"}
"""Of another kind and body: tests/policy/checks judge the override itself."""


def test_every_check_that_may_be_set_aside_is_tried() -> None:
    tried = {check for check, _, _ in CASES}
    assert tried | ELSEWHERE == {c.id for c in checks() if c.may_be_overridden}


@pytest.mark.parametrize(
    ("check", "make", "changes"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_with_an_override_the_list_is_issued(
    check: str, make: Callable[[], issuing.ListFile], changes: dict[str, Any]
) -> None:
    if check == "E-ORIGINAL-ALREADY-ISSUED":
        import_old_register(PEOPLE)
    assert check in _errors(make(), changes)

    number = overriding.propose_override(
        check=check,
        body=CENTRE,
        kind=KIND,
        valid_from=date(2025, 4, 1),
        valid_until=date(2025, 5, 1),
        reason="Đã đối chiếu hồ sơ gốc của từng người.",
        document="07/TTr-TT",
        by=who("override.propose"),
        at=AT,
    ).number
    overriding.confirm_override(number=number, by=who("override.confirm"), at=AT)
    assert _errors(make(), changes) == set()

    prepared = prepare(make(), **changes)
    assert prepared.refused_rows == 0
    bring_to_signed(prepared.token)
    assert issue(prepared.token).lines == prepared.row_count


def _errors(file: issuing.ListFile, changes: dict[str, Any]) -> set[str]:
    report = issuing.check_list(
        file=file, proposal=proposal(**changes), by=who("batch.check"), at=AT
    )
    return {finding.check for finding in report.findings if finding.level == "error"}
