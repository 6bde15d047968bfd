"""The start of a real unit, as docs/start/real-unit.md tells it, on the day it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, Sogoc

ROOT = Path(__file__).parents[2]
FILES = ROOT / "examples" / "don-vi-that"
PAGE = ROOT / "docs" / "start" / "real-unit.md"
UNIT, KIND = "thpt-suoi-vang", "bang_thpt"
OPERATOR, REGISTRAR, APPROVER = "quan-tri", "van-bang", "nguoi-duyet"
SIGNATORY, SEAL_KEEPER, BLANK_KEEPER = "hieu-truong", "van-thu", "giu-phoi"
# the operator last: from then on imports need a sign-in
ACCOUNTS = (REGISTRAR, APPROVER, SIGNATORY, SEAL_KEEPER, BLANK_KEEPER, OPERATOR)
PASSWORD = "sương mù trên hồ {}"
WHERE = ["--org", UNIT, "--kind", KIND]


@dataclass(frozen=True)
class Unit:
    """A production home and the business day on which it was made."""

    sogoc: Sogoc
    today: date

    def ok(self, *words: str, stdin: str = "") -> Any:
        answer = self.sogoc.run(*words, stdin=stdin)
        assert answer.code == 0, (words, answer.out, answer.err)
        return answer.data

    def as_(self, account: str) -> Unit:
        self.ok("login", account, "--password-stdin", stdin=PASSWORD.format(account) + "\n")
        return self

    def act(self, on: date | None = None) -> list[str]:
        return [
            *("--kind", KIND, "--issuer", UNIT, "--signatory", "Hiệu trưởng"),
            *("--date", (on or self.today).isoformat()),
            *("--decision-no", "45/QĐ-THPTSV"),
            *("--decision-date", (self.today - timedelta(2)).isoformat()),
            *("--learners-confirmed-on", (self.today - timedelta(1)).isoformat()),
        ]


LIST = str(FILES / "danh-sach.csv")


@pytest.fixture(scope="module")
def unit(make_home: Callable[[], Sogoc]) -> Unit:
    """Bodies, signatories, accounts, passwords, blanks in stock and the book begun on paper."""
    sogoc = make_home()
    made = sogoc.run("init")
    assert (made.code, made.data["mode"]) == (0, "production")
    unit = Unit(sogoc, date.fromisoformat(made.data["business_date"]))
    for what, file in (("org", "don-vi"), ("mandate", "nguoi-ky"), ("account", "tai-khoan")):
        assert unit.ok(what, "import", str(FILES / f"{file}.csv"))["created"] > 0
    for name in ACCOUNTS:
        unit.ok("account", "password", name, "--password-stdin", stdin=PASSWORD.format(name) + "\n")
    unit.as_(BLANK_KEEPER).ok(
        *("blanks", "opening", *WHERE, "--first", "T01200351", "--last", "T01200420"),
        *("--document", "BB-01/KK", "--on", (unit.today - timedelta(3)).isoformat()),
    )
    opened = unit.as_(REGISTRAR).ok(
        *("book", "open", *WHERE, "--year", str(unit.today.year), "--last-number", "128"),
        *("--minutes", "BB-02/CS", "--pattern", "B{yy}/THPTSV/{seq:06}"),
    )
    assert opened["next_entry_number"] == f"B{unit.today:%y}/THPTSV/000129"
    return unit


@pytest.fixture(scope="module")
def issued(unit: Unit) -> Any:
    """The first batch, each step by the person whose it is; the answer of `batch issue`."""
    checked = unit.as_(REGISTRAR).ok("batch", "check", LIST, *unit.act())
    assert (checked["rows_read"], checked["rows_ok"], checked["findings"]) == (5, 5, [])
    token = unit.ok("batch", "prepare", LIST, *unit.act())["token"]
    own = unit.sogoc.run("batch", "approve", token)
    assert (own.code, own.data["error"]["code"]) == (2, "not_permitted")
    unit.as_(APPROVER).ok("batch", "approve", token)
    printed = unit.as_(REGISTRAR).ok("batch", "print", token, "--misprint", "2=kẹt giấy")
    assert printed["spoiled"] == ["T01200352"]
    early = unit.sogoc.run("batch", "issue", token)
    assert early.code == 1, early.out
    assert unit.as_(SIGNATORY).ok("batch", "sign", token)["signed_on"] == unit.today.isoformat()
    assert unit.as_(SEAL_KEEPER).ok("batch", "seal", token)["state"] == "signed"
    return unit.as_(REGISTRAR).ok("batch", "issue", token)


def test_the_first_batch_goes_on_where_the_paper_book_ended(unit: Unit, issued: Any) -> None:
    year = f"{unit.today:%y}"
    assert issued["lines"] == 5
    assert issued["first_entry_number"] == f"B{year}/THPTSV/000129"
    assert issued["last_entry_number"] == f"B{year}/THPTSV/000133"
    lines = unit.as_(REGISTRAR).sogoc.lines("register", "export")
    assert [line["serial"][-3:] for line in lines] == ["351", "353", "354", "355", "356"]
    assert {line["status"] for line in lines} == {"valid"}
    shown = unit.ok("register", "show", lines[1]["code"])
    assert (shown["full_name"], shown["signatory_name"]) == ("K'Tuấn", "Đinh Thị Mỹ Lệ")


def test_anyone_may_look_it_up_and_nobody_else_reads_the_register(unit: Unit, issued: Any) -> None:
    unit.ok("logout")
    seen = unit.ok("lookup", issued["codes"][0])
    assert seen["found"] is True
    assert "Nguyễn" not in str(seen)
    for words in (["register", "show", issued["codes"][0]], ["blanks", "stock", "--org", UNIT]):
        refused = unit.sogoc.run(*words)
        assert (refused.code, refused.data["error"]["code"]) == (2, "not-signed-in")


def test_blanks_balance_after_a_misprint_is_destroyed(unit: Unit, issued: Any) -> None:
    assert issued["lines"] == 5
    unit.as_(BLANK_KEEPER).ok(
        *("blanks", "destroy", *WHERE, "--first", "T01200352"),
        *("--minutes", "BB-03/HP", "--reason", "in hỏng"),
    )
    unit.ok(
        *("blanks", "lost", *WHERE, "--first", "T01200419", "--last", "T01200420"),
        *("--notice", "12/CV-THPTSV", "--reason", "mất trộm"),
    )
    (row,) = unit.ok("blanks", "stock", "--org", UNIT)["balance"]
    assert row["is_balanced"] is True
    counted = {name: row[name] for name in ("opening", "issued", "destroyed", "lost", "in_stock")}
    assert counted == {"opening": 70, "issued": 5, "destroyed": 1, "lost": 2, "in_stock": 62}


def test_a_real_home_takes_neither_another_account_nor_another_day(unit: Unit) -> None:
    unit.as_(REGISTRAR)
    borrowed = unit.sogoc.run("batch", "list", "--as", APPROVER)
    assert (borrowed.code, borrowed.data["error"]["code"]) == (2, "as-only-in-demo")
    for on in (unit.today - timedelta(30), unit.today + timedelta(1)):
        wrong = unit.sogoc.run("batch", "prepare", LIST, *unit.act(on))
        assert wrong.code == 1, wrong.out
        assert wrong.data["error"]["code"] == "act_date_not_allowed"
    assert unit.sogoc.run("init", "--demo").code == 2


def test_from_the_first_operator_on_imports_need_a_sign_in(unit: Unit) -> None:
    file = str(FILES / "tai-khoan.csv")
    unit.ok("logout")
    assert refusal(unit.sogoc.run("account", "import", file)) == "not-signed-in"
    unit.as_(REGISTRAR)
    assert refusal(unit.sogoc.run("account", "import", file)) == "not_permitted"
    again = unit.as_(OPERATOR).ok("account", "import", file)
    assert (again["created"], again["changed"]) == (0, 0)
    wrong = unit.sogoc.run("login", OPERATOR, "--password-stdin", stdin="sai\n")
    assert (wrong.code, wrong.data) == (1, {"signed_in": False})


def refusal(answer: Answer) -> str:
    assert answer.code == 2, answer.out
    return str(answer.data["error"]["code"])


def test_the_log_fits_also_after_a_restore(unit: Unit, issued: Any, tmp_path: Path) -> None:
    file = str(tmp_path / "sao-luu.tar")
    unit.ok("log", "sequence")
    unit.ok("backup", file)
    assert unit.ok("stop") == {"stopped": True}
    unit.ok("restore", file)
    audit = unit.ok("log", "audit")
    assert (audit["ok"], audit["waiting"], audit["problems"]) == (True, 0, [])
    assert audit["checked"]["lines"] == issued["lines"]


def test_the_page_shows_these_commands_and_files() -> None:
    page = PAGE.read_text("utf-8")
    for file in sorted(FILES.iterdir()):
        assert f"examples/don-vi-that/{file.name}" in page
    shown = set(re.findall(r"^sogoc ([a-z]+(?: [a-z]+)?)", page, re.M))
    wanted = {"init", "org import", "account import", "mandate import", "account password"}
    wanted |= {"login van", "login giu", "blanks opening", "book open", "batch check"}
    wanted |= {f"batch {step}" for step in ("prepare", "approve", "print", "sign", "seal", "issue")}
    wanted |= {"register export", "register show", "log audit", "log sequence"}
    assert wanted <= shown
    assert {"stop", "backup", "restore", "lookup"} <= {words.split()[0] for words in shown}
