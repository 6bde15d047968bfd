"""The log as outsiders get it: exported, served, proven, and judged without the database."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sogoc.kernel.log_policy import Policy
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import leaf_hash
from sogoc.kernel.notes import SignerKey
from tests.cli.conftest import RUN, Sogoc


def exported(sogoc: Sogoc, target: Path) -> dict[str, int]:
    answer = sogoc.run("log", "export", str(target))
    assert answer.code == 0
    sizes: dict[str, int] = answer.data["logs"]
    return sizes


def test_export_is_audited_from_its_files(demo: Sogoc, tmp_path: Path) -> None:
    sizes = exported(demo, tmp_path)
    assert sizes
    assert all(sizes.values())
    good = demo.run("log", "audit", str(tmp_path))
    assert good.code == 0
    assert {log["origin"]: log["size"] for log in good.data["logs"]} == sizes
    origin = max(sizes, key=lambda name: sizes[name])
    entries = tmp_path / origin / "tile" / "entries"
    bundle = next(path for path in sorted(entries.rglob("*")) if path.is_file())
    data = bundle.read_bytes()
    bundle.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    bad = demo.run("log", "audit", str(tmp_path))
    assert bad.code == 1
    assert [log["origin"] for log in bad.data["logs"] if not log["ok"]] == [origin]


def test_expected_key_and_absent_log(demo: Sogoc, tmp_path: Path) -> None:
    sizes = exported(demo, tmp_path)
    origin = next(iter(sizes))
    key = (tmp_path / origin / "vkey").read_text().strip()
    assert demo.run("log", "audit", str(tmp_path), "--vkey", key).code == 0
    (tmp_path / origin / "checkpoint").unlink()
    absent = demo.run("log", "audit", str(tmp_path), "--vkey", key)
    assert absent.code == 1


def test_a_key_is_for_the_log_wherever_it_lies(demo: Sogoc, tmp_path: Path) -> None:
    sizes = exported(demo, tmp_path / "public")
    origin = next(iter(sizes))
    key = (tmp_path / "public" / origin / "vkey").read_text().strip()
    elsewhere = tmp_path / "copy of a log"
    shutil.copytree(tmp_path / "public" / origin, elsewhere)
    assert demo.run("log", "audit", str(elsewhere), "--vkey", key).code == 0
    beside = os.path.relpath(tmp_path / "public" / origin)
    assert demo.run("log", "audit", beside, "--vkey", key).code == 0
    other = SignerKey(origin, b"x" * 32).verifier
    forged = demo.run("log", "audit", str(elsewhere), "--vkey", str(other))
    assert forged.code == 1
    assert forged.data["absent"] == []
    assert [f["kind"] for f in forged.data["logs"][0]["findings"]] == ["checkpoint_invalid"]
    for wrong in (
        "",
        "key",
        f"{key}x",
        (tmp_path / "public" / origin / "vkey-ml-dsa-44").read_text(),
    ):
        answer = demo.run("log", "audit", str(elsewhere), "--vkey", wrong, json_wanted=False)
        assert (answer.code, "--vkey" in answer.err) == (2, True)


def test_places_that_do_not_serve_are_said_in_both_languages(demo: Sogoc, tmp_path: Path) -> None:
    """A file where a folder is needed, a folder where a file, a port that is taken."""
    code = demo.lines("register", "export")[0]["code"]
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("")
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words, vi, en in (
            (["log", "export", str(file / "below")], "Không dùng được", "cannot be used"),
            (["log", "proof", code, "-o", str(file / "below")], "Không dùng được", "cannot be"),
            (
                ["log", "proof", code, "-o", str(folder / "no" / "p")],
                "Không dùng được",
                "cannot be",
            ),
            (["log", "serve", "--port", port], "Không nghe được", "Cannot listen"),
            (["log", "serve", "--host", "no.such.host.invalid"], "Không nghe được", "Cannot"),
            (["log", "audit", str(file)], "không có nhật ký nào", "There is no log"),
            (["log", "audit", str(folder)], "không có nhật ký nào", "There is no log"),
            (["log", "audit", "http://127.0.0.1:99999"], "Không đọc được", "Cannot read"),
        ):
            said = demo.run(*words, json_wanted=False)
            assert (said.code, vi in said.err) == (2, True), said
            said = demo.run(*words, "--lang", "en")
            assert (said.code, en in said.data["error"]["message"]) == (2, True), said


def test_proof_of_a_line_is_verified_by_the_exported_policy(demo: Sogoc, tmp_path: Path) -> None:
    code = demo.lines("register", "export")[0]["code"]
    proof, entry = tmp_path / "line.tlog-proof", tmp_path / "entry"
    answer = demo.run("log", "proof", code, "-o", str(proof), "--entry", str(entry))
    assert answer.code == 0
    sizes = exported(demo, tmp_path / "log")
    policy = Policy.parse((tmp_path / "log" / answer.data["origin"] / "policy").read_text())
    read = LogProof.parse(proof.read_bytes())
    verdict = read.verify(leaf_hash(entry.read_bytes()), policy)
    assert verdict.checkpoint.size == sizes[answer.data["origin"]] > read.index
    unknown = demo.run("log", "proof", "SG-0WMQ-66GR-5FBB-D2WW-YZ", "-o", str(tmp_path / "none"))
    assert unknown.code == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_served_log_is_audited_over_http(demo: Sogoc, end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "log", "serve", "--port", "0"],
        env=demo.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stderr is not None
        try:
            address = None
            while address is None:
                line = server.stderr.readline()
                assert line, "the server ended"
                address = re.search(r"http://\S+/", line)
            assert demo.run("log", "audit", address[0]).code == 0
        finally:
            server.send_signal(end)
            assert server.wait(20) == 0


def test_time_stamps_are_made_audited_and_altered_ones_named(demo: Sogoc, tmp_path: Path) -> None:
    made = demo.run("log", "timestamp", "--today")
    assert made.code == 0
    assert {each["day"] for each in made.data["stamped"]}
    assert demo.run("log", "timestamp").data == {"stamped": []}
    assert demo.run("log", "audit").code == 0
    sizes = exported(demo, tmp_path)
    good = demo.run("log", "audit", str(tmp_path))
    assert good.code == 0
    assert [log["time_stamps"] for log in good.data["logs"]] == [1] * len(sizes)
    origin, day = made.data["stamped"][0]["origin"], made.data["stamped"][0]["day"]
    roots = tmp_path / origin / "timestamps" / "tsa.pem"
    assert demo.run("log", "audit", str(tmp_path), "--tsa", str(roots)).code == 0
    for folder in (tmp_path / origin, demo.home / "log" / origin.rpartition("/")[2]):
        file = folder / "timestamps" / f"{day}.checkpoint"
        file.write_bytes(file.read_bytes().replace(b"\n", b"\n1", 1))
    bad = demo.run("log", "audit", str(tmp_path))
    assert bad.code == 1
    assert {f["kind"] for log in bad.data["logs"] for f in log["findings"]} == {
        "time_stamp_invalid"
    }
    inside = demo.run("log", "audit")
    assert (inside.code, inside.data["problems"][0]["what"]) == (1, f"timestamps/{day}")
    file.write_bytes(file.read_bytes().replace(b"\n1", b"\n", 1))
    assert demo.run("log", "audit").code == 0
