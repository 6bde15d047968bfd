"""The signer as its operator meets it: started by itself, run by hand, never restored."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from sogoc.kernel.cosignature import parse_log_key
from sogoc.signer.api import DATABASE, KEYS, is_served
from tests.cli.conftest import RUN, Sogoc

AN_EVENT = """
from datetime import UTC, datetime
from sogoc.config import boot
boot.setup(start_server=True)
from sogoc.people.api import Actor, acting, record_event
me = Actor.system("test")
with acting(me):
    now = datetime(2025, 4, 10, tzinfo=UTC)
    record_event(actor=me, verb="test:signer:wait", subject="-", at=now)
"""
NOBODY = (
    "witness nobody nobody.example+be855b0b+BIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    " http://127.0.0.1:9\nquorum nobody\n"
)


def act(sogoc: Sogoc) -> None:
    subprocess.run([sys.executable, "-c", AN_EVENT], env=sogoc.environment, check=True)


def kept(sogoc: Sogoc) -> dict[str, bytes]:
    """What no restore may touch, byte for byte, while nobody writes it."""
    assert sogoc.run("stop").code == 0
    files = [*(sogoc.home / "signer").iterdir(), *(sogoc.home / "lock").iterdir()]
    files += (sogoc.home / "log").rglob("*")
    return {
        str(file.relative_to(sogoc.home)): file.read_bytes()
        for file in files
        if file.is_file() and file.name not in {"signer.log", "lock", ".sequencer"}
    }


def test_it_runs_after_the_first_act_and_stops_with_the_home(demo: Sogoc) -> None:
    status = demo.run("signer", "status")
    assert status.code == 0
    assert not status.data["successor"]
    logs = demo.run("log", "status")
    assert (logs.code, logs.data["ok"]) == (0, True)
    for each in logs.data["logs"]:
        size = status.data["heads"][each["origin"]]["size"]
        assert (each["placed"], each["signed"], each["published"]) == (size, size, size)
        assert each["state"] == "current"
    assert is_served(demo.home / "signer")
    assert demo.run("stop").data["stopped"]
    assert not is_served(demo.home / "signer")
    assert demo.run("signer", "status").data["heads"] == status.data["heads"]


def test_public_keys_for_witnesses_come_before_the_first_checkpoint(demo: Sogoc) -> None:
    keys = demo.run("signer", "vkey", "--stream", "2031").data["vkeys"]
    assert [parse_log_key(key).name.rpartition("/")[2] for key in keys] == ["2031", "2031"]
    words = demo.run("signer", "vkey", json_wanted=False)
    streams = [line.partition("+")[0].rpartition("/")[2] for line in words.out.split()]
    assert streams.count("2025") == 2


def test_run_by_hand_it_serves_until_told_to_stop(demo: Sogoc) -> None:
    demo.run("stop")
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "signer", "serve", "--json"],
        env=demo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "signer" in process.stderr.readline()
        assert demo.run("signer", "status").data["pid"] == process.pid
        again = demo.run("signer", "serve")
        assert (again.code, again.data) == (1, {"stopped": False})
        act(demo)
        assert demo.run("log", "sequence").data["sequenced"] == 1
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out), err) == (0, {"stopped": True}, "")


def test_made_in_a_place_of_its_own(demo: Sogoc, tmp_path: Path) -> None:
    place = tmp_path / "signer"
    assert demo.run("signer", "init", str(place)).data == {"directory": str(place)}
    assert (place / KEYS).stat().st_mode & 0o777 == 0o600
    again = demo.run("signer", "init", str(place))
    assert (again.code, again.data["error"]["code"]) == (2, "signer_exists")
    own = demo.run("signer", "init")  # the home has one: it stays as it is
    assert own.data == {"directory": str(demo.home / "signer")}


def test_restore_touches_neither_signer_nor_lock_store(demo: Sogoc, tmp_path: Path) -> None:
    backup = tmp_path / "sogoc.tar"
    assert demo.run("backup", str(backup)).code == 0
    with tarfile.open(backup) as archive:
        assert not [name for name in archive.getnames() if "sign" in name or "lock" in name]
    act(demo)
    demo.run("log", "sequence")
    (demo.home / "log-witnesses").write_text("quorum none\n")
    before = kept(demo)
    newer = tmp_path / "newer.tar"
    assert demo.run("backup", str(newer)).code == 0
    assert demo.run("restore", str(newer)).code == 0
    assert kept(demo) == before
    assert demo.run("restore", str(backup)).code != 0  # older than what was published
    assert demo.run("restore", str(backup), "--accept-loss").code == 0
    assert kept(demo) == before
    assert (demo.home / "log-witnesses").read_text() == "quorum none\n"
    refused = demo.run("log", "sequence")
    assert (refused.code, refused.data["error"]["code"]) == (1, "log_rolled_back")
    assert demo.run("log", "audit").code == 1
    assert demo.run("restore", str(newer)).code == 0
    assert demo.run("log", "sequence").code == 0
    assert demo.run("log", "audit").data["problems"] == []
    (demo.home / "log-witnesses").unlink()


def test_act_stands_and_says_that_it_waits_while_witnesses_are_silent(demo: Sogoc) -> None:
    (demo.home / "log-witnesses").write_text(NOBODY)
    try:
        demo.run("stop")
        act(demo)
        waits = demo.run("log", "sequence")
        assert waits.code == 0
        assert "2025" in waits.data["waiting"]
        assert "read-only" in waits.data["read_only"]["2025"] or "chỉ đọc" in str(waits.data)
        status = demo.run("log", "status")
        assert (status.code, status.data["ok"]) == (1, False)
        (only,) = [each for each in status.data["logs"] if each["stream"] == "2025"]
        assert (only["state"], only["witnesses"]) == ("read_only", {"nobody": None})
        words = demo.run("log", "status", json_wanted=False, stdin="")
        assert "CHỈ ĐỌC" in words.out
        assert demo.run("log", "audit").code == 0
    finally:
        (demo.home / "log-witnesses").unlink()
    assert demo.run("log", "sequence").data["waiting"] == []


@pytest.mark.parametrize("lost", ["signer", "lock", "both"])
def test_run_book_for_lost_memories(demo: Sogoc, lost: str) -> None:
    demo.run("stop")
    if lost in ("signer", "both"):
        for file in (demo.home / "signer").glob(f"{DATABASE}*"):
            file.unlink()
    if lost in ("lock", "both"):
        (demo.home / "lock" / "log.sqlite").unlink()
    act(demo)
    done = demo.run("log", "sequence")
    if lost == "both":
        assert (done.code, done.data["error"]["code"]) == (1, "log_memory_lost")
        found = demo.run("signer", "recover").data["recovered"]
        assert "2025" in found
        done = demo.run("log", "sequence")
    assert (done.code, done.data["waiting"]) == (0, [])
    assert demo.run("signer", "recover").data == {"recovered": {}}
    assert demo.run("log", "audit").data["problems"] == []


def test_an_act_tells_what_it_did_when_the_log_refuses(demo: Sogoc) -> None:
    """Signer and lock store forget both: acts are kept, and nobody thinks they failed."""
    imported = [
        "import-legacy", "examples/so-gddt-cntt-co-ban.xlsx", "--kind", "cc_cntt_co_ban",
        "--issuer", "so-gddt-dak-nong", "--signatory", "KT. Giám đốc",
        "--issued-on-column", "Ngày cấp",
    ]  # fmt: skip
    demo.run("stop")
    for file in (*(demo.home / "signer").glob(f"{DATABASE}*"), demo.home / "lock" / "log.sqlite"):
        file.unlink()
    came_in = demo.run(*imported)
    assert came_in.code == 1
    assert came_in.data["lines"] == came_in.data["added"] > 1
    assert "sogoc log status" in came_in.err
    code = demo.lines("register", "export")[0]["code"]
    act = ["--decision-no", "1/QĐ", "--decision-date", "2025-04-10", "--reason", "nhầm"]
    erased = demo.run("register", "erase", code, *act)
    assert (erased.code, erased.data["codes"]) == (1, [code])
    other = demo.lines("register", "export")[1]["code"]
    revoked = demo.run("register", "revoke", other, *act)
    assert (revoked.code, revoked.data["codes"]) == (1, [other])
    assert demo.run("signer", "recover").code == 0
    assert demo.run("log", "sequence").data["waiting"] == []
    assert demo.run("log", "audit").data["problems"] == []
