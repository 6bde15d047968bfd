"""Every command of docs/operations/run-book.md, typed in a home that was broken that way."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import parse_log_key
from sogoc.kernel.notes import SignerKey, sign_note
from sogoc.signer.api import DATABASE, KEYS
from sogoc.witness.api import AddCheckpoint, Witness, WitnessServer, WitnessStore, new_secrets
from tests.cli.conftest import RUN, Sogoc, discard
from tests.cli.test_signer import act

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "run-book.md"
NOW = 1_795_000_000
_STARTED = time.monotonic()
_LOOKS = 5

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Step:
    number: int
    command: str
    codes: tuple[int, ...]


def sections() -> dict[str, list[Step]]:
    """Return the steps of each section of the page."""
    found = {}
    for part in PAGE.read_text("utf-8").split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        steps = []
        for number, block in re.findall(r"^(\d+)\. .*?```sh\n(.*?)```", text, re.M | re.S):
            command, _, note = block.strip().partition("  #")
            codes = tuple(map(int, re.findall(r"\b[012]\b", note))) or (0,)
            steps.append(Step(int(number), command.strip(), codes))
        found[title] = steps
    return found


@dataclass
class Served:
    """A witness in its folder, which can be stopped and started."""

    folder: Path
    port: int = 0
    server: WitnessServer | None = None

    def start(self) -> None:
        witness = Witness.open(self.folder, lambda: NOW + int(time.monotonic() - _STARTED))
        self.server = WitnessServer(("127.0.0.1", self.port), witness)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,)).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server.witness.store.close()
            self.server = None

    @property
    def line(self) -> str:
        with_key = WitnessStore(self.folder)
        try:
            name = self.folder.name
            return f"witness {name} {with_key.keys[0]} http://127.0.0.1:{self.port}\n"
        finally:
            with_key.close()


@dataclass
class Place:
    """A home with three witnesses, and the places the page names."""

    sogoc: Sogoc
    folder: Path
    witnesses: list[Served]
    places: dict[str, str] = field(default_factory=dict)

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, check=False, timeout=300,
            env={**self.sogoc.environment, **self.places, "PATH": path},
        )  # fmt: skip

    def name(self, witnesses: list[Served], file: Path) -> None:
        names = " ".join(each.folder.name for each in witnesses)
        lines = "".join(each.line for each in witnesses)
        file.write_text(f"{lines}group two 2 {names}\nquorum two\n")


@pytest.fixture(scope="module")
def whole(
    make_home: Callable[[], Sogoc], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A home whose log has entries that three witnesses cosigned."""
    sogoc = make_home()
    assert sogoc.run("init", "--demo").code == 0
    folder = tmp_path_factory.mktemp("book")
    (folder / "bin").mkdir()
    shim = folder / "bin" / "sogoc"
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{RUN}" "$@"\n')
    shim.chmod(0o755)
    act(sogoc)
    assert sogoc.run("log", "sequence").code == 0
    keys = [parse_log_key(text) for text in sogoc.run("signer", "vkey").data["vkeys"]]
    witnesses = []
    for name in ("inspectorate", "archive", "university", "press"):
        store = WitnessStore.create(folder / name, new_secrets(f"{name}.example"))
        for key in keys if name != "press" else []:
            store.add_log(key)
        store.close()
        witnesses.append(Served(folder / name))
        witnesses[-1].start()
    place = Place(sogoc, folder, witnesses)
    place.name(witnesses[:3], sogoc.home / "log-witnesses")
    act(sogoc)
    assert settled(place)["waiting"] == 0
    yield place
    for each in witnesses:
        each.stop()


@pytest.fixture
def place(whole: Place) -> Iterator[Place]:
    """The home, well; after the test its witnesses answer again."""
    assert settled(whole)["problems"] == []
    yield whole
    for each in whole.witnesses:
        if each.server is None:
            each.start()


def settled(place: Place) -> dict[str, Any]:
    """The audit once nothing waits: on a busy machine a witness may answer too late, and is asked
    again the next time, as the worker does every second."""
    for _ in range(_LOOKS):
        place.sogoc.run("log", "sequence")
        report: dict[str, Any] = place.sogoc.run("log", "audit").data
        if report["waiting"] == 0:
            break
    return report


def remove_memory(place: Place) -> None:
    for file in (place.sogoc.home / "signer").glob(f"{DATABASE}*"):
        file.unlink()


def remove_lock(place: Place) -> None:
    shutil.rmtree(place.sogoc.home / "lock")


# --- how each section is broken -------------------------------------------------------------------


def one_witness_out(place: Place) -> None:
    place.witnesses[2].stop()
    act(place.sogoc)


def two_witnesses_out(place: Place) -> None:
    place.witnesses[1].stop()
    place.witnesses[2].stop()
    act(place.sogoc)
    assert place.sogoc.run("log", "sequence").data["waiting"] == ["2025"]
    file = place.folder / "new-witnesses"
    place.name([place.witnesses[0], place.witnesses[2], place.witnesses[3]], file)
    place.places = {"WITNESS": str(place.witnesses[3].folder), "WITNESSES": str(file)}


def memory_lost(place: Place) -> None:
    """An old copy of the signer's memory is brought back."""
    place.sogoc.run("stop")
    copy = place.folder / "old-signer"
    shutil.copytree(place.sogoc.home / "signer", copy, ignore=shutil.ignore_patterns("socket"))
    act(place.sogoc)
    assert place.sogoc.run("log", "sequence").code == 0
    place.sogoc.run("stop")
    remove_memory(place)
    for file in copy.glob(f"{DATABASE}*"):
        shutil.copy(file, place.sogoc.home / "signer")
    act(place.sogoc)
    assert place.sogoc.run("log", "sequence").code == 1


def lock_lost(place: Place) -> None:
    place.sogoc.run("stop")
    remove_lock(place)
    act(place.sogoc)


def both_lost(place: Place) -> None:
    place.sogoc.run("stop")
    remove_memory(place)
    remove_lock(place)
    act(place.sogoc)


def signer_lost(place: Place) -> None:
    sealed = place.folder / "sealed.key"
    shutil.copy(place.sogoc.home / "signer" / KEYS, sealed)
    place.sogoc.run("stop")
    shutil.rmtree(place.sogoc.home / "signer")
    place.places = {"SEALED": str(sealed)}
    act(place.sogoc)


def key_stolen(place: Place) -> None:
    """Somebody signs another history of the size one witness holds."""
    text = (place.sogoc.home / "signer" / KEYS).read_text()
    seed = next(SignerKey.parse(line).seed for line in text.splitlines() if _is_ed25519(line))
    vkey = next(
        key
        for key in place.sogoc.run("signer", "vkey", "--stream", "2025").data["vkeys"]
        if _names(key, seed)
    )
    key = SignerKey(parse_log_key(vkey).name, seed)
    server = place.witnesses[0].server
    assert server is not None
    head = server.witness.store.head(key.name)
    assert head is not None
    body = Checkpoint(key.name, head.size, merkle.leaf_hash(b"another history")).body()
    note = sign_note(body, key.name, key.private_key)
    answer = server.witness.add_checkpoint(AddCheckpoint(head.size, (), note).body())
    assert answer.status == 422
    keep = place.folder / "kept-2"
    place.places = {"WITNESS": str(place.witnesses[0].folder), "KEEP": str(keep)}


def _is_ed25519(line: str) -> bool:
    try:
        SignerKey.parse(line)
    except Exception:
        return False
    return True


def _names(vkey: str, seed: bytes) -> bool:
    key = parse_log_key(vkey)
    return key.public_key == SignerKey(key.name, seed).verifier.public_key


def disk_full(place: Place) -> None:
    act(place.sogoc)
    # it runs already: the limit is on the next process alone. Asked last, for an idle one goes
    assert place.sogoc.run("signer", "status").code == 0
    full = place.type("ulimit -f 0; sogoc log sequence")
    assert full.returncode != 0
    assert place.sogoc.run("log", "audit").data["waiting"] > 0


def database_lost(place: Place) -> None:
    backup = place.folder / "backup.tar"
    assert place.sogoc.run("backup", str(backup)).code == 0
    place.places = {"BACKUP": str(backup)}


def monitor_alarms(place: Place) -> None:
    place.sogoc.run("log", "export", str(place.folder / "public"))
    folder = place.folder / "monitor"
    made = place.sogoc.run(
        "monitor", "init", str(folder), "--log", str(place.folder / "public"),
        "--believe-published",
        "--leaf", "ab" * 32, "--issuer", "tt-gdtx-nnth-dak-nong", "--own-list", str(PAGE),
    )  # fmt: skip
    assert made.code == 0
    assert place.sogoc.run("monitor", "once", str(folder)).code == 1
    alarms = place.sogoc.run("monitor", "status", str(folder)).data["alarms"]
    assert "list_unreadable" in {each["kind"] for each in alarms}
    place.places = {"MONITOR": str(folder), "ALARM": str(alarms[0]["id"])}


def key_lost(place: Place) -> None:
    place.sogoc.run("stop")
    shutil.move(place.sogoc.home / "signer", place.folder / "lost-signer")
    new = place.folder / "new-home"
    place.places = {
        "KEEP": str(place.folder / "kept-1"),
        "NEW_HOME": str(new),
        "NEW_NAME": "so-goc-moi.example",
    }  # fmt: skip
    act(place.sogoc)


BROKEN = {
    "A witness is out, the quorum answers": one_witness_out,
    "Too few witnesses answer": two_witnesses_out,
    "The signer's memory is lost, damaged, or an old copy": memory_lost,
    "The lock store is lost": lock_lost,
    "Signer's memory and lock store are both lost": both_lost,
    "The signer is lost, its sealed key is there": signer_lost,
    "The disk is full": disk_full,
    "The database is lost": database_lost,
    "A monitor alarms": monitor_alarms,
    "The key is stolen": key_stolen,
    "The key is lost for good": key_lost,  # the last: this home signs no more
}


def test_every_section_is_tried() -> None:
    assert set(sections()) == set(BROKEN)
    for title, steps in sections().items():
        assert [step.number for step in steps] == list(range(1, len(steps) + 1)), title


@pytest.mark.parametrize("title", BROKEN)
def test_section(title: str, place: Place) -> None:
    BROKEN[title](place)
    try:
        for step in sections()[title]:
            done = place.type(step.command)
            said = f"{step.number}. {step.command}\n{done.stdout}\n{done.stderr}"
            assert done.returncode in step.codes, said
            assert "Traceback" not in done.stderr, said
        if title == "The key is lost for good":
            return
        report = settled(place)
        assert (report["problems"], report["waiting"]) == ([], 0)
    finally:
        new = place.places.get("NEW_HOME")
        if new:
            other = Sogoc(Path(new))
            other.run("stop")
            discard(other.home)
