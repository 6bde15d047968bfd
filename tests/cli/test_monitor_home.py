"""A whole home followed by its school: own list, database against log, a lawful erasure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CENTRE, Sogoc

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(make_home: Callable[[], Sogoc]) -> Sogoc:
    """A home with a batch that two witnesses cosigned."""
    sogoc = make_home()
    answer = sogoc.run("demo")
    assert answer.code == 0, answer.err
    return sogoc


def test_a_school_follows_its_acts_and_an_erasure(told: Sogoc, tmp_path: Path) -> None:
    public, folder, own = tmp_path / "public", str(tmp_path / "monitor"), tmp_path / "own.jsonl"
    origins = told.run("log", "export", str(public)).data["logs"]
    policies = [word for name in origins for word in ("--policy", str(public / name / "policy"))]
    lines = told.lines("register", "export", "--leaves")
    issuer = lines[0]["issuer"]
    own.write_text("".join(f"{json.dumps(each)}\n" for each in lines if each["issuer"] == issuer))
    made = told.run(
        "monitor", "init", folder, "--log", str(public), *policies, "--issuer", issuer,
        "--own-list", str(own),
    )  # fmt: skip
    assert sorted(made.data["logs"]) == sorted(origins)
    first = told.run("monitor", "once", folder, "--with-home", "--sample", "30")
    assert (first.code, first.data["alarms"]) == (0, [])

    code = lines[0]["code"]
    undated = told.run("register", "erase", code, "--decision-no", "1/QĐ")
    assert undated.code == 2
    reason = ["--decision-no", "1/QĐ", "--decision-date", "2025-04-10", "--reason", "nhầm người"]
    wrong = told.run("register", "erase", code, *reason, "--as", _other(issuer))
    assert wrong.code != 0
    done = told.run("register", "erase", code, *reason)
    assert (done.code, done.data["count"]) == (0, 1)
    again = told.run("register", "erase", code, *reason)
    assert (again.code, again.data["error"]["code"]) == (1, "erasure_repeated")
    shown = told.run("lookup", code).data
    assert (shown["found"], shown["status"], "full_name" in shown) == (True, "valid", False)
    audit = told.run("log", "audit")
    assert (audit.code, audit.data["problems"], audit.data["erased"]) == (0, [], [code])
    assert code in told.run("log", "audit", json_wanted=False).out

    told.run("log", "export", str(public))
    second = told.run("monitor", "once", folder, "--with-home")
    assert (second.code, [each["kind"] for each in second.data["alarms"]]) == (
        1,
        ["act_not_listed"],
    )
    own.write_text(own.read_text() + done.data["leaves"][0] + "\n")
    assert told.run("monitor", "once", folder).code == 0


def _other(issuer: str) -> str:
    return "registrar.so-gddt" if issuer == CENTRE else "registrar.tt-gdtx"
