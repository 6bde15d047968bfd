"""The Đắk Nông case, told by the command line: found in old data, impossible in new."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import CENTRE, DECISION, SAMPLES, SO, Sogoc, act_of

OLD = SAMPLES / "dak-nong-cntt-co-ban-1212.xlsx"
NEW = SAMPLES / "dak-nong-cap-moi-khong-so.xlsx"
BASIS = "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT"
PEOPLE = 1212


@pytest.fixture(scope="module")
def old_data(make_home: Callable[[], Sogoc]) -> Sogoc:
    sogoc = make_home()
    assert sogoc.run("init", "--demo").code == 0
    answer = sogoc.run(
        "import-legacy",
        str(OLD),
        *act_of(SO, "KT. Giám đốc")[:-2],
        "--issued-on-column",
        "Ngày cấp",
    )
    assert (answer.code, answer.data["lines"], answer.data["existing"]) == (0, PEOPLE, False)
    return sogoc


def test_the_sweep_finds_every_line_and_cites_the_special_rule(old_data: Sogoc) -> None:
    answer = old_data.run("sweep", "--as-of", "2025-04-10")
    assert answer.code == 1
    wrong = [f for f in answer.data["findings"] if f["violation"] == "V01"]
    assert len(wrong) == PEOPLE == len({f["code"] for f in wrong})
    assert {f["citation"] for f in wrong} == {BASIS}
    assert answer.data["by_check"]["E-BODY-WITHOUT-AUTHORITY"] == PEOPLE


def test_a_sweep_judges_only_what_was_issued_by_then(old_data: Sogoc) -> None:
    assert old_data.run("sweep", "--as-of", "2019-07-30").data["lines"] == 0
    in_2019 = old_data.run("sweep", "--as-of", "2019-12-31").data
    assert 0 < in_2019["lines"] < PEOPLE
    assert in_2019["by_check"]["E-BODY-WITHOUT-AUTHORITY"] == in_2019["lines"]


def test_the_same_file_again_adds_nothing(old_data: Sogoc) -> None:
    again = old_data.run(
        "import-legacy",
        str(OLD),
        *act_of(SO, "KT. Giám đốc")[:-2],
        "--issued-on-column",
        "Ngày cấp",
    )
    assert (again.data["added"], again.data["existing"]) == (0, True)


# long: one story, each step needs the one before
def test_the_centre_waits_for_the_revocation_and_then_issues(old_data: Sogoc) -> None:
    words = [str(NEW), *act_of(CENTRE, "Giám đốc"), *DECISION]
    stopped = old_data.run("batch", "prepare", *words)
    assert stopped.code == 1
    assert {f["violation"] for f in stopped.data["findings"] if f["level"] == "error"} == {"V25"}

    revoked = old_data.run(
        "register",
        "revoke",
        "--issuer",
        SO,
        "--decision-no",
        "109/QĐ-SGDĐT",
        "--decision-date",
        "2024-02-20",
        "--reason",
        "Sở cấp không đúng thẩm quyền",
    )
    assert (revoked.code, revoked.data["count"]) == (0, PEOPLE)
    assert old_data.run("sweep", "--as-of", "2025-04-10").data["revoked"] == PEOPLE

    prepared = old_data.run("batch", "prepare", *words)
    assert (prepared.code, prepared.data["rows"], prepared.data["refused_rows"]) == (0, PEOPLE, 0)
    token = prepared.data["token"]
    assert old_data.run("batch", "prepare", *words).data["token"] == token
    assert old_data.run("batch", "approve", token).code == 0
    assert old_data.run("batch", "print", token).data["rows"] == PEOPLE
    issued = old_data.run("batch", "issue", token)
    assert (issued.code, issued.data["lines"]) == (0, PEOPLE)
    again = old_data.run("batch", "issue", token)
    assert (again.code, again.data["repeated"], again.data["logged"]) == (0, True, 0)

    lines = old_data.lines("register", "export", "--issuer", CENTRE)
    assert len(lines) == PEOPLE + 12
    assert {line["status"] for line in lines} == {"valid"}
    assert {line["status"] for line in old_data.lines("register", "export", "--issuer", SO)} == {
        "revoked"
    }
    numbers = sorted(line["entry_number"] for line in lines)
    assert numbers[0] == "0001/2025/CNTTCB"
    assert numbers[-1] == f"{PEOPLE + 12:04}/2025/CNTTCB"
    assert old_data.run("log", "audit").code == 0

    seen = old_data.run("lookup", lines[-1]["code"])
    assert (seen.code, seen.data["status"]) == (0, "valid")
    assert lines[-1]["full_name"] not in seen.out
    wrong_name = old_data.run(
        "lookup",
        "--serial",
        lines[-1]["serial"],
        "--entry-number",
        lines[-1]["entry_number"],
        "--name",
        "Không Phải Tôi",
    )
    unknown = old_data.run(
        "lookup",
        "--serial",
        "A99999999",
        "--entry-number",
        lines[-1]["entry_number"],
        "--name",
        "Không Phải Tôi",
    )
    assert (wrong_name.code, wrong_name.data) == (unknown.code, unknown.data) == (1, unknown.data)
