"""Everything that may happen to sequencer, signer, lock store and witnesses, in any order.

Whatever happens: no witness ever sees a second history, every checkpoint is a beginning of the
next, no leaf is lost or logged twice, and once all is back the log goes on by itself.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from sogoc.credentials.log import api as log
from sogoc.kernel import merkle
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.errors import Error
from sogoc.kernel.notes import open_note
from sogoc.kernel.tiles import TileReader
from sogoc.people.api import Actor, acting
from sogoc.signer.api import DATABASE, SignerClient, SignerError, stop
from tests.credentials.log.witnessing import BASE, ORIGIN, Running, add

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

SEEDS = range(int(os.environ.get("SOGOC_FAULT_SEEDS", "25")))
STEPS = ("claiming", "claimed", "tiles", "locked", "signed", "published", "kept")
EVENTS = 8


class Storm:
    """One home, its witnesses, and what can befall them."""

    def __init__(self, home: Path, witnesses: list[Running], seed: int) -> None:
        self.home = home
        self.witnesses = witnesses
        self.chance = random.Random(seed)
        self.added = 0
        self.seen = Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)

    def leaves(self) -> None:
        count = self.chance.choice((1, 7, 300))
        add(count, f"from {self.added}")
        self.added += count

    def run(self) -> None:
        """The sequencer, refusing or not; only an error it foresees may stop it."""
        with suppress(log.LogError):
            log.sequence(self.home, base=BASE)

    def in_child(self, work: Callable[[], object]) -> int:
        """Run the sequencer in a process of its own; return how it ended."""
        connections.close_all()
        child = os.fork()
        if not child:
            signal.alarm(100)
            with suppress(BaseException):
                work()
            os._exit(0)
        return os.waitpid(child, 0)[1]

    def sequencer_killed(self) -> None:
        step, count = self.chance.choice(STEPS), [self.chance.randrange(3)]

        def kill(reached: str) -> None:
            if reached == step:
                count[0] -= 1
                if count[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        self.in_child(lambda: log.sequence(self.home, base=BASE, reached=kill))

    def signer_killed(self) -> None:
        """At a random step of a run, or between two calls."""
        step = self.chance.choice(STEPS)

        def kill(reached: str) -> None:
            if reached == step:
                self._kill_signer()

        with suppress(log.LogError):
            log.sequence(self.home, base=BASE, reached=kill)
        self._kill_signer()

    def _kill_signer(self) -> None:
        client = SignerClient(where=self.home / "signer" / "socket")
        with suppress(SignerError, ProcessLookupError):
            os.kill(client.status()["pid"], signal.SIGKILL)
        client.close()

    def disk_full(self) -> None:
        """No file grows beyond a few kilobytes: of the sequencer, nor of a signer it starts."""
        stop(self.home / "signer")
        limit = self.chance.choice((0, 100, 4096, 8192, 12_288, 20_000, 40_000))

        def work() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            log.sequence(self.home, base=BASE)

        self.in_child(work)
        stop(self.home / "signer")

    def disk_read_only(self) -> None:
        def work() -> None:
            _make_read_only()
            log.sequence(self.home, base=BASE)

        self.in_child(work)

    def lock_store_lost(self) -> None:
        self._settle_memories()
        shutil.rmtree(self.home / "lock", ignore_errors=True)

    def signer_forgets(self) -> None:
        self._settle_memories()
        stop(self.home / "signer")
        for file in (self.home / "signer").glob(f"{DATABASE}*"):
            file.unlink()

    def _settle_memories(self) -> None:
        """One memory at a time: what was lost before is back before the next goes."""
        self.all_back()
        log.sequence(self.home, base=BASE)

    def both_forget(self) -> None:
        self.signer_forgets()
        shutil.rmtree(self.home / "lock", ignore_errors=True)
        self.all_back()
        log.recover(self.home, base=BASE)

    def signer_restarts(self) -> None:
        stop(self.home / "signer")

    def witnesses_gone(self) -> None:
        for each in self.chance.sample(self.witnesses, self.chance.choice((1, 2, 3))):
            each.stop()
        if self.chance.random() < 0.5:
            stop(self.home / "signer")

    def all_back(self) -> None:
        for each in self.witnesses:
            each.back = 0
            if each.server is None:
                each.start()

    def clocks_set_back(self) -> None:
        """Two witnesses refuse to state an earlier time; the signer states none."""
        for each in self.witnesses[:2]:
            each.back = 3600

    def two_at_once(self) -> None:
        connections.close_all()
        children = []
        for _ in range(2):
            child = os.fork()
            if not child:
                signal.alarm(100)
                with suppress(BaseException):
                    log.sequence(self.home, base=BASE)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)

    def look(self) -> int:
        """The published tree contains all that was published before."""
        folder = self.home / "log" / "2025"
        if not (folder / "checkpoint").is_file():
            assert not self.seen.size
            return 0
        key = (folder / "key").read_text().strip()
        now = Checkpoint.parse(open_note((folder / "checkpoint").read_bytes(), [key]).text)
        assert now.size >= self.seen.size
        reader = TileReader(lambda path: (folder / path).read_bytes())
        proof = reader.consistency_proof(self.seen.size, now.size) if self.seen.size else []
        merkle.verify_consistency(self.seen.size, now.size, self.seen.root, now.root, proof)
        self.seen = now
        return now.size

    def forged(self) -> list[str]:
        """What any witness holds against the log."""
        found = []
        for each in self.witnesses:
            with sqlite3.connect(each.folder / "witness.sqlite") as memory:
                found += [kind for (kind,) in memory.execute("select kind from evidence")]
            memory.close()
        return found


def _make_read_only() -> None:
    """In this process every file that is opened for writing is on a read-only disk."""
    opened, connected = os.open, sqlite3.connect

    def open_(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and not str(path).endswith(".sequencer"):
            raise OSError(30, "Read-only file system", str(path))
        return opened(path, flags, *rest, **more)

    def connect(path: Any, **more: Any) -> Any:
        return connected(f"file:{path}?mode=ro", uri=True, **more)

    os.open, sqlite3.connect = open_, connect  # type: ignore[assignment]


MISHAPS = (
    "sequencer_killed", "sequencer_killed", "signer_killed", "signer_killed", "disk_full",
    "disk_read_only", "lock_store_lost", "signer_forgets", "both_forget", "signer_restarts",
    "witnesses_gone", "clocks_set_back", "two_at_once",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"seed-{seed}")
def test_no_fork_and_no_lost_leaf_whatever_happens(
    seed: int, witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    storm = Storm(tmp_path, witnesses, seed)
    happened = []
    for _ in range(EVENTS):
        storm.leaves()
        happened.append(storm.chance.choice(MISHAPS))
        getattr(storm, happened[-1])()
        storm.look()
        if storm.chance.random() < 0.6:
            storm.all_back()
        if storm.chance.random() < 0.7:
            storm.run()
            storm.look()

    storm.all_back()
    report = sequence()

    assert report.waiting == (), happened
    assert storm.look() == storm.added == report.sizes["2025"], happened
    assert storm.forged() == [], happened
    with acting(Actor.system("test")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT p.index), max(p.index) + 1, count(DISTINCT l.leaf)"
            " FROM credentials_log_position p JOIN credentials_log_leaf l ON l.id = p.leaf_id"
            " WHERE p.stream = '2025'"
        )
        assert cursor.fetchone() == (storm.added,) * 4, happened
    assert log.audit(tmp_path, base=BASE).problems == (), happened


def test_a_run_starts_a_signer_that_was_stopped_and_publishes_at_once(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path
) -> None:
    """Signer started, witnesses asked, leaf placed, signed, cosigned and published."""
    add(300)
    sequence()
    stop(tmp_path / "signer")
    add(1, "after the stop")
    report = sequence()
    assert (report.waiting, report.sizes["2025"]) == ((), 301)


def test_sequencer_and_signer_on_a_read_only_disk_say_so(
    witnesses: list[Running], sequence: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    add(3)
    sequence()
    add(3, "more")
    for name, attribute in (("open", os), ("connect", sqlite3)):
        monkeypatch.setattr(attribute, name, getattr(attribute, name))  # put back afterwards
    _make_read_only()
    with pytest.raises((Error, OSError)):
        sequence()
    monkeypatch.undo()
    assert sequence().sizes["2025"] == 6
