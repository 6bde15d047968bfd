"""`sogoc monitor` as its user types it: no home, no database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.kernel.tiles import entries_path
from tests.cli.conftest import RUN, Sogoc
from tests.monitor.building import ISSUER, ORIGIN, Log, leaf

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = Log(tmp_path / "public" / ORIGIN)
    log.add(*(leaf(number) for number in range(1, 301)))
    (tmp_path / "public" / "logs").write_text(f"{ORIGIN}\n")
    return log


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in a process that has no home; return its exit code and JSON."""

    def call(*arguments: str) -> tuple[int, Any]:
        answer = Sogoc(tmp_path / "no-home").run("monitor", *arguments)
        return answer.code, answer.data

    return call


def init(run: Run, tmp_path: Path, log: Log, *more: str) -> str:
    policy = tmp_path / "policy"
    policy.write_text(log.policy())
    folder = str(tmp_path / "monitor")
    code, said = run(
        "init", folder, "--log", str(tmp_path / "public"), "--policy", str(policy), *more
    )
    assert (code, said["logs"]) == (0, [ORIGIN])
    return folder


def quiet(folder: str) -> None:
    """These logs were witnessed on a day the test names: their age is none of its business."""
    file = Path(folder) / "monitor.toml"
    limits = "[watch]\nmax_age_minutes = 0\nwitness_minutes = 0"
    file.write_text(file.read_text().replace("[watch]", limits))


def test_from_init_to_settled(run: Run, tmp_path: Path, log: Log) -> None:
    own = tmp_path / "own"
    own.write_text("")
    folder = init(run, tmp_path, log, "--issuer", ISSUER, "--own-list", str(own), "--page", "page")
    quiet(folder)
    code, said = run("once", folder)
    assert (code, said["logs"], len(said["alarms"])) == (1, {ORIGIN: 300}, 51)
    code, said = run("status", folder)
    assert (code, said["logs"][ORIGIN]["size"]) == (1, 300)
    assert (Path(folder) / "page" / "index.html").is_file()
    number = str(said["alarms"][0]["id"])
    assert run("settle", folder, number, "--reason", "đã xem")[0] == 0
    assert run("settle", folder, number, "--reason", "đã xem")[0] == 1
    code, said = run("status", folder, "--ended")
    assert (len(said["alarms"]), said["ended"][0]["ended_for"]) == (50, "đã xem")


def test_all_reads_what_is_old(run: Run, tmp_path: Path, log: Log) -> None:
    folder = init(run, tmp_path, log)
    quiet(folder)
    assert run("once", folder)[0] == 0
    bundle = log.folder / entries_path(0)
    bundle.write_bytes(bundle.read_bytes().replace(b'"n":7,', b'"n":8,'))
    code, said = run("once", folder, "--all")
    assert (code, [each["what"] for each in said["alarms"]]) == (1, [f"{ORIGIN}/6"])


def test_a_key_is_not_believed_unless_told_so(run: Run, tmp_path: Path, log: Log) -> None:
    place = str(tmp_path / "public")
    folder = str(tmp_path / "m1")
    assert run("init", folder, "--log", place)[0] == 2
    assert not Path(folder).exists()
    assert run("init", folder, "--log", place, "--believe-published")[0] == 0
    assert run("init", folder, "--log", place, "--believe-published")[0] == 2  # there is one
    assert run("once", str(tmp_path / "nobody"))[0] == 2
    assert run("init", str(tmp_path / "m2"), "--log", str(tmp_path / "nothing"))[0] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["--mail-to", "nobody"],
        ["--mail-to", "a@b", "--smtp", "mail:99999"],
        ["--webhook", "ftp://example.vn"],
        ["--leaf", "zz"],
    ],
)
def test_nothing_is_made_from_what_cannot_be_used(
    wrong: list[str], run: Run, tmp_path: Path, log: Log
) -> None:
    folder, place = str(tmp_path / "m"), str(tmp_path / "public")
    assert run("init", folder, "--log", place, "--believe-published", *wrong)[0] == 2
    assert run("init", folder, "--log", place, "--believe-published")[0] == 0


def test_what_could_not_be_sent_is_said_with_the_reason(run: Run, tmp_path: Path, log: Log) -> None:
    hook = ["--webhook", "http://127.0.0.1:9/", "--mail-to", "a@b", "--smtp", "127.0.0.1:9"]
    folder = init(run, tmp_path, log, *hook)
    code, said = run("once", folder)  # its checkpoint is old
    assert (code, said["undelivered"]) == (1, 2 * len(said["alarms"]))
    assert said["undelivered_why"].keys() == {"mail", "webhook"}
    assert "refused" in said["undelivered_why"]["mail"]
    assert run("status", folder)[1]["undelivered_why"] == said["undelivered_why"]


def test_a_log_in_a_folder_is_found_from_anywhere(tmp_path: Path, run: Run, log: Log) -> None:
    folder = str(tmp_path / "monitor")
    beside = os.path.relpath(tmp_path / "public")
    assert run("init", folder, "--log", beside, "--believe-published")[0] == 0
    settings = tomllib.loads((Path(folder) / "monitor.toml").read_text("utf-8"))
    assert Path(settings["log"][0]["place"]).is_absolute()
    assert Path(settings["log"][0]["place"]).samefile(log.folder)


def test_a_home_that_cannot_be_looked_at_is_an_alarm(tmp_path: Path, run: Run, log: Log) -> None:
    folder = init(run, tmp_path, log)
    quiet(folder)
    code, said = run("once", folder, "--with-home")
    assert (code, said["logs"]) == (1, {ORIGIN: 300})
    assert [each["kind"] for each in said["alarms"]] == ["home_not_audited"]
    assert run("once", folder)[0] == 1  # nobody has looked since
    (alarm,) = run("status", folder)[1]["alarms"]
    assert str(tmp_path / "no-home") in alarm["what"]


def test_run_goes_on_until_it_is_stopped(tmp_path: Path, run: Run, log: Log) -> None:
    folder = init(run, tmp_path, log)
    quiet(folder)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "monitor", "run", folder, "--every", "1", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=Sogoc(tmp_path / "no-home").environment,
    )  # fmt: skip

    def until(size: int) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            seen = run("status", folder)[1]["logs"][ORIGIN]
            if seen and seen["size"] == size:
                return
            time.sleep(0.2)
        raise AssertionError(size)

    try:
        until(300)
        log.add(leaf(301))
        until(301)
        (log.folder / "checkpoint").write_text(log.note(log.leaves[:299]))
        deadline = time.monotonic() + 60
        while run("status", folder)[0] == 0 and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)) == (0, {"stopped": True})
    assert "299" in err
    assert run("status", folder)[1]["alarms"][0]["kind"] == "log_rolled_back"
