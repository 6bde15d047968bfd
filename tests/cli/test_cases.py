"""`sogoc sweep --store` and `sogoc case`, by the command line alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import SAMPLES, SO, Sogoc, act_of

OLD = SAMPLES / "dak-nong-cntt-co-ban-1212.xlsx"
PEOPLE = 1212
DAY = "2025-04-10"
CHECK = "E-BODY-WITHOUT-AUTHORITY"


@pytest.fixture(scope="module")
def swept(make_home: Callable[[], Sogoc]) -> Sogoc:
    sogoc = make_home()
    assert sogoc.run("init", "--demo").code == 0
    words = act_of(SO, "KT. Giám đốc")[:-2]
    answer = sogoc.run("import-legacy", str(OLD), *words, "--issued-on-column", "Ngày cấp")
    assert answer.code == 0
    stored = sogoc.run("sweep", "--issuer", SO, "--as-of", DAY, "--store")
    assert (stored.code, stored.data["lines"]) == (1, PEOPLE)
    assert stored.data["cases"] == {"opened": PEOPLE, "closed": 0}
    assert stored.data["by_check"][CHECK] == PEOPLE == len(stored.data["findings"])
    return sogoc


def test_nothing_changed_nothing_is_judged_again(swept: Sogoc) -> None:
    again = swept.run("sweep", "--issuer", SO, "--as-of", DAY, "--since-rules", "last")
    assert (again.code, again.data["lines"]) == (0, 0)
    assert again.data["cases"] == {"opened": 0, "closed": 0}
    assert again.data["since_rules"] == again.data["rule_set"]


def test_nothing_is_left_to_resume(swept: Sogoc) -> None:
    answer = swept.run("sweep", "--resume")
    assert (answer.code, answer.data["error"]["code"]) == (1, "sweep_nothing_to_resume")
    assert swept.run("sweep", "--resume", "--issuer", SO).code == 2


def test_a_case_is_worked_on(swept: Sogoc) -> None:
    listed = swept.run("case", "list", "--check", CHECK, "--limit", "3").data["cases"]
    assert [case["state"] for case in listed] == ["open"] * 3
    case = listed[0]["id"][:8]
    given = swept.run("case", "assign", case, "--to", "officer.ministry", "--note", "xem hồ sơ")
    assert (given.code, given.data["state"]) == (0, "assigned")
    assert swept.run("case", "note", case, "Đã xem biên bản thi").code == 0
    shown = swept.run("case", "show", case).data
    assert [note["step"] for note in shown["notes"]] == ["assign", "note"]
    assert [found["check"] for found in shown["now"]] == [CHECK]
    refused = swept.run("case", "close", case, "--outcome", "revoked", "--reason", "x")
    assert (refused.code, refused.data["error"]["code"]) == (1, "case_line_not_revoked")
    done = swept.run("case", "close", case, "--outcome", "explained", "--reason", "Có văn bản")
    assert (done.code, done.data["state"]) == (0, "explained")
    gone = swept.run("case", "show", "00000000")
    assert (gone.code, gone.data["error"]["code"]) == (1, "case_unknown")
