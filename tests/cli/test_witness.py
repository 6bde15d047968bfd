"""``sogoc witness`` works without a home, and over HTTP until it is stopped or killed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sogoc.kernel.notes import SignerKey
from sogoc.witness.api import Cosigned, Refused, WitnessStore, fetch_checkpoint, post_checkpoint
from tests.cli.conftest import RUN, Sogoc
from tests.witness.conftest import ORIGIN, Log


@pytest.fixture
def sogoc(tmp_path: Path) -> Sogoc:
    return Sogoc(tmp_path / "no-home")


@pytest.fixture
def made(sogoc: Sogoc, tmp_path: Path) -> str:
    directory = str(tmp_path / "w1")
    answer = sogoc.run("witness", "init", directory, "--name", "w1.example", "--ml-dsa")
    assert answer.code == 0, answer.err
    assert [text.partition("+")[0] for text in answer.data["vkeys"]] == ["w1.example"] * 2
    added = sogoc.run("witness", "add-log", directory, "--vkey", str(Log().key.verifier))
    assert added.data == {
        "logs": [{"origin": ORIGIN, "vkey": str(Log().key.verifier), "new": True}]
    }
    return directory


@pytest.fixture
def serve(sogoc: Sogoc) -> Callable[..., tuple[subprocess.Popen[str], str]]:
    def start(directory: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, "witness", "serve", directory, "--port", "0"],
            env=sogoc.environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())
        assert found is not None
        return process, found[0]

    return start


def stop(process: subprocess.Popen[str], number: int) -> int:
    process.send_signal(number)
    code = process.wait(timeout=20)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    return code


def test_a_forgery_shown_to_a_served_witness_is_printed(
    sogoc: Sogoc, made: str, serve: Callable[..., tuple[subprocess.Popen[str], str]]
) -> None:
    log, liar = Log(), Log(forged={3: b"another grade"})
    store = WitnessStore(Path(made))
    keys = store.keys
    store.close()
    process, url = serve(made)
    answer = post_checkpoint(url, old_size=0, proof=(), note=log.note(70), keys=keys)
    assert isinstance(answer, Cosigned)
    assert len(answer.cosignatures) == 2
    assert stop(process, signal.SIGKILL) == -signal.SIGKILL
    assert sogoc.run("witness", "evidence", made).code == 0

    process, url = serve(made)
    refused = post_checkpoint(
        url, old_size=70, proof=liar.proof(70, 71), note=liar.note(71), keys=keys
    )
    assert isinstance(refused, Refused)
    assert refused.is_inconsistent
    held = fetch_checkpoint(url, ORIGIN)
    assert held is not None
    assert held.startswith(f"{ORIGIN}\n70\n")
    assert stop(process, signal.SIGTERM) == 0

    found = sogoc.run("witness", "evidence", made)
    assert found.code == 1
    (kept,) = found.data["evidence"]
    assert (kept["origin"], kept["kind"], kept["size"]) == (ORIGIN, "inconsistent", 71)
    assert kept["signed_by_the_log"] == liar.note(71)
    assert kept["cosigned_before"] == held
    assert kept["request"].startswith("old 70\n")
    shown = sogoc.run("witness", "evidence", made, "--lang", "en", json_wanted=False)
    assert shown.code == 1
    assert liar.note(71) in shown.out
    assert held in shown.out


def test_the_public_keys_are_printed_for_policies(sogoc: Sogoc, made: str) -> None:
    answer = sogoc.run("witness", "vkey", made)
    assert answer.code == 0
    assert answer.data["name"] == "w1.example"
    plain = sogoc.run("witness", "vkey", made, json_wanted=False)
    assert plain.out.splitlines() == answer.data["vkeys"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["vkey", "{nothing}"], "witness_missing"),
        (["evidence", "{nothing}"], "witness_missing"),
        (["serve", "{nothing}", "--port", "0"], "witness_missing"),
        (["init", "{made}", "--name", "w2.example"], "witness_exists"),
        (["init", "{nothing}", "--name", "a b"], "cosignature_malformed"),
        (["add-log", "{made}", "--vkey", "nonsense"], "note_malformed"),
    ],
)
def test_wrong_use_is_said(
    sogoc: Sogoc, made: str, tmp_path: Path, words: list[str], code: str
) -> None:
    places = {"made": made, "nothing": str(tmp_path / "nothing")}
    answer = sogoc.run("witness", *(word.format(**places) for word in words))
    assert answer.code == 2
    assert answer.data["error"]["code"] == code
    assert not (tmp_path / "nothing").exists()


def test_a_port_that_is_taken_is_said(
    sogoc: Sogoc, made: str, serve: Callable[..., tuple[subprocess.Popen[str], str]]
) -> None:
    process, url = serve(made)
    second = sogoc.run("witness", "serve", made, "--port", url.rpartition(":")[2])
    assert second.code == 2
    assert stop(process, signal.SIGINT) == 0


def test_no_home_is_made_or_needed(sogoc: Sogoc, made: str) -> None:
    assert sorted(path.name for path in Path(made).glob("*.*")) == ["witness.key", "witness.sqlite"]
    assert not sogoc.home.exists()
    key = SignerKey("other.example", bytes(32)).verifier
    again = [sogoc.run("witness", "add-log", made, "--vkey", str(key)) for _ in range(2)]
    assert [answer.data["logs"][0]["new"] for answer in again] == [True, False]
