"""The pieces of work that forked processes do (see `zygote`). Arguments and values are plain JSON.

A batch of the tests is known by its number: its people, its file, its key all follow from it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from datetime import date
from pathlib import Path
from typing import Any

from sogoc.config.embedded import cluster, processes
from sogoc.config.home import open_home
from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.log import api as log
from sogoc.credentials.log.locking import SqliteLockStore
from sogoc.people.api import Actor
from sogoc.people.demo import load_demo
from sogoc.signer.api import SignerClient
from tests.credentials import world
from tests.faults import isolation, originals, paper, past
from tests.faults.points import Points, die

SIZE = 20
"""People in a batch."""
BLANKS = 45_000
LOG = "faults.test"


def settle() -> None:
    """Bring in the demo bodies and blanks, and issue batch 0 undisturbed."""
    load_demo(world.AT)
    blanks.receive_lot(
        owner=world.CENTRE,
        kind=world.KIND,
        first="A02500001",
        last=f"A025{BLANKS:05}",
        document_number="BBGN 12/2025",
        on=date(2025, 1, 6),
        by=world.who("blanks.receive"),
        at=world.AT,
    )
    finish(batch=0)


def people(batch: int, size: int = SIZE) -> range:
    """The numbers of the people in a batch."""
    return range(batch * SIZE, batch * SIZE + size)


def prepare(*, batch: int, size: int = SIZE) -> dict[str, Any]:
    """Prepare a batch."""
    prepared = world.prepare(world.people_list(people(batch, size), name=f"dot-{batch}.csv"))
    return {"token": prepared.token, "state": prepared.state, "existing": prepared.existing}


def approve(*, token: str, username: str) -> str:
    """Approve as this account; return who is now the approver."""
    return issuing.approve_batch(token=token, by=world.account(username), at=world.AT).approved_by


def print_(*, token: str) -> list[str]:
    """Print; return first and last serial."""
    printed = issuing.print_batch(
        token=token, by=world.who("batch.print"), on=world.TODAY, at=world.AT
    )
    return [printed.first_serial, printed.last_serial]


def issue(*, token: str, key: str) -> dict[str, Any]:
    """Issue; return the answer."""
    done = world.issue(token, key)
    return {
        "repeated": done.repeated,
        "lines": done.lines,
        "entries": [done.first_entry_number, done.last_entry_number],
        "codes": list(done.codes),
    }


def bring_to(*, batch: int, state: str, size: int = SIZE) -> str:
    """Take a batch as far as `state` (prepared, approved or signed); return its token."""
    token: str = prepare(batch=batch, size=size)["token"]
    if state == "prepared":
        return token
    issuing.approve_batch(token=token, by=world.who("batch.approve"), at=world.AT)
    if state == "approved":
        return token
    print_(token=token)
    _sign(token)
    return token


def _sign(token: str) -> None:
    issuing.sign_batch(token=token, by=world.who("batch.sign"), on=world.TODAY, at=world.AT)
    issuing.seal_batch(token=token, by=world.who("batch.seal"), on=world.TODAY, at=world.AT)


def finish(*, batch: int, acknowledged: str | None = None) -> dict[str, Any]:
    """Take a batch to the register from wherever it stands, as its clerk would after a crash.

    What each step answered is written to the file `acknowledged`, durably, before the next begins.
    """

    def note(step: str, **what: Any) -> None:
        if acknowledged is None:
            return
        file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, json.dumps({"step": step, **what}).encode() + b"\n")
        os.fsync(file)
        os.close(file)

    prepared = prepare(batch=batch)
    token, state = prepared["token"], prepared["state"]
    note("prepared", token=token)
    if state == "prepared":
        issuing.approve_batch(token=token, by=world.who("batch.approve"), at=world.AT)
        note("approved", token=token)
        state = "approved"
    if state == "approved":
        note("printed", token=token, serials=print_(token=token))
    view = issuing.get_batch(token=token, by=world.who("batch.issue"))
    if view.state == "printed" and not view.signed_by:
        issuing.sign_batch(token=token, by=world.who("batch.sign"), on=world.TODAY, at=world.AT)
    if view.state == "printed":
        issuing.seal_batch(token=token, by=world.who("batch.seal"), on=world.TODAY, at=world.AT)
        note("signed", token=token)
    done = issue(token=token, key=f"key-{batch}")
    note("issued", token=token, codes=done["codes"], entries=done["entries"])
    return {"token": token, **done}


def finish_until(
    *, batch: int, acknowledged: str, stop_at: int | None, victim: str = "me"
) -> dict[str, Any]:
    """`finish`, but at point `stop_at` the victim is killed: `me`, `server` or `backend`.

    Returns how many points there were.
    """
    points = Points(stop_at, {"me": die, "server": kill_server, "backend": kill_backend}[victim])
    points.watch_driver()
    return {**finish(batch=batch, acknowledged=acknowledged), "points": points.passed}


def kill_server() -> None:
    """Kill -9 the home's PostgreSQL: the postmaster first, then every process of it."""
    data = cluster(open_home()).data
    found = processes.postmaster(data)
    if found is not None:
        os.kill(found.pid, signal.SIGKILL)
    for pid in _server_processes(data):
        _kill(pid)


def kill_backend() -> None:
    """Kill -9 one client's server process; the postmaster then restarts all of them."""
    data = cluster(open_home()).data
    backends = [pid for pid in _server_processes(data) if b"sogoc_app" in _title(pid)]
    for pid in backends[:1]:
        _kill(pid)


def _server_processes(data: Path) -> list[int]:
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - only names
        if name.isdigit():
            try:
                if Path(f"/proc/{name}/cwd").readlink() == data.resolve():
                    found.append(int(name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return found


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def sequence(*, home: str) -> int:
    """Run the sequencer; return how many leaves it placed."""
    return log.sequence(Path(home), base=LOG).sequenced


def sequence_until(*, home: str, stop_at: int | None) -> int:
    """Run the sequencer, and die at a point of database or files; return how many there were."""
    points = Points(stop_at, die)
    points.watch_driver()
    for name in ("fsync", "link", "open", "write"):
        points.watch(os, name)
    points.watch(Path, "replace")
    points.watch(SqliteLockStore, "swap")
    points.watch(SignerClient, "_exchange")
    log.sequence(Path(home), base=LOG, reached=lambda _step: points.passing())
    return points.passed


def sequence_on_full_disk(*, home: str, writes: int) -> int:
    """Run the sequencer on a disk that is full after so many files, the last one half written."""
    from sogoc.disk import files as disk

    left = [writes]
    fill = disk.fill

    def full(path: Path, data: bytes, mode: int = 0o644) -> int:
        left[0] -= 1
        if left[0] < 0:
            path.write_bytes(data[: len(data) // 2])
            raise OSError(28, "No space left on device", str(path))
        return fill(path, data, mode)

    disk.fill = full
    sequence(home=home)
    return writes - left[0]


def audit(*, home: str) -> dict[str, Any]:
    """Audit the log; return problems and what waits for a checkpoint."""
    report = log.audit(Path(home), base=LOG)
    return {
        "problems": [str(each.message) for each in report.problems],
        "waiting": report.waiting,
        "lines": report.lines_checked,
    }


def balance() -> list[str]:
    """Return what does not balance in anybody's stock of blanks."""
    by = Actor.system("faults")
    return [str(row) for row in blanks.balance(owner=world.CENTRE, by=by) if not row.is_balanced]


def settle_neighbours() -> None:
    """See `isolation`."""
    isolation.settle()


mingle = isolation.mingle
web = isolation.web
bring_in = past.bring_in
sweep_until = past.sweep_until
digitise_until = paper.digitise_until
originals_until = originals.originals_until
tidy_originals = originals.tidy
judge_originals = originals.judge
