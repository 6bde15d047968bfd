"""A demo home of its own, used as a person would: through the command's processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sogoc.config.home import find_home

RUN = "from sogoc.config.main import main; main()"
SAMPLES = Path(__file__).parents[1] / "corpora" / "samples"
CENTRE, SO, SUSPENDED = "tt-gdtx-nnth-dak-nong", "so-gddt-dak-nong", "tt-tin-hoc-treo"


@dataclass(frozen=True)
class Answer:
    code: int
    data: Any
    out: str
    err: str


@dataclass(frozen=True)
class Sogoc:
    """``run("batch", "check", …)`` runs the command with ``--json`` in one home."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SOGOC_", "DATABASE_"))}
        return {**kept, "SOGOC_HOME": str(self.home), "HOME": str(self.home.parent)}

    def run(self, *words: str, json_wanted: bool = True, stdin: str = "") -> Answer:
        done = subprocess.run(
            [sys.executable, "-c", RUN, *words, *(["--json"] * json_wanted)],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert "Traceback" not in done.stderr, done.stderr
        data = json.loads(done.stdout) if json_wanted and done.stdout.strip() else None
        return Answer(done.returncode, data, done.stdout, done.stderr)

    def lines(self, *words: str) -> list[dict[str, Any]]:
        answer = self.run(*words, json_wanted=False)
        assert answer.code == 0, answer.err
        return [json.loads(line) for line in answer.out.splitlines()]


def discard(home: Path) -> None:
    """Delete what a home keeps outside itself too (as root: the server's data)."""
    found = find_home(home)
    if found is not None and found.state_dir is not None:
        shutil.rmtree(found.state_dir, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def make_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Sogoc]]:
    made: list[Sogoc] = []

    def make() -> Sogoc:
        sogoc = Sogoc(tmp_path_factory.mktemp("sogoc") / "home")
        made.append(sogoc)
        return sogoc

    yield make
    for sogoc in made:
        sogoc.run("stop")
        discard(sogoc.home)


@pytest.fixture(scope="module")
def demo(make_home: Callable[[], Sogoc]) -> Sogoc:
    sogoc = make_home()
    answer = sogoc.run("init", "--demo")
    assert answer.code == 0, answer.err
    assert answer.data["business_date"] == "2025-04-10"
    return sogoc


def act_of(issuer: str, signatory: str, date: str = "2025-04-10") -> list[str]:
    """The options that say who issues IT certificates when."""
    return [
        "--kind",
        "cc_cntt_co_ban",
        "--issuer",
        issuer,
        "--signatory",
        signatory,
        "--date",
        date,
    ]


DECISION = ["--decision-no", "77/QĐ-TTGDTX", "--decision-date", "2025-04-02"]


@pytest.fixture(scope="module")
def issued(make_home: Callable[[], Sogoc]) -> Sogoc:
    """A home in which the demonstration entered 57 lines of the centre."""
    sogoc = make_home()
    answer = sogoc.run("demo")
    assert answer.code == 0, answer.err
    return sogoc
