"""The log at ten million entries: tiles, proofs, a restart and a full audit, beside pymerkle.

Entries are what the register logs: a leaf of the same template with a random commitment. The tree
grows by the sequencer's own code, lock store and signer process included; only the entries are made
here instead of read from the database, and the time that takes is left out. pymerkle 7 keeps its
tree in SQLite, takes all entries in one transaction and signs nothing.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bench.place import Stopwatch, say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    from sogoc.config.home import Home
    from sogoc.credentials.log.growing import GrowingStream
    from sogoc.kernel.tiles import TileReader

TITLE = "a log of ten million entries"
FULL = 10_000_000
STREAM = "2026"
RANDOM_PROOFS = 20_000
LAST_PROOFS = 60_000
PEER_SECONDS = 5.0
APPEND, ANY, LAST = 100_000, 4_000, 30_000
RESTART, AUDIT, MEMORY = 1.0, 120.0, 300


def run(rows: int) -> Result:
    """Grow a log of `rows` entries and ask it everything."""
    with throwaway_home() as home:
        appended = _append(home, rows)
        say(f"appended: {appended:,.0f} entries/s")
        restart = _restart(home, rows)
        say(f"restarted: {restart:.2f} s")
        anywhere, last = _proofs(home, rows + 1)
        say(f"proofs: {anywhere:,.0f}/s anywhere, {last:,.0f}/s in the last batch")
        seconds, megabytes = _audited(home)
        say(f"audited: {seconds:.0f} s, {megabytes:.0f} MB")
        peer = _pymerkle(home.path / "peer.sqlite", rows)
    name = "pymerkle 7"
    return Result(
        name="log",
        title=TITLE,
        size=f"{rows:,} entries",
        is_full=rows == FULL,
        measures=(
            Measure(
                "entries to synced tiles and signed checkpoints", appended, "entries/s",
                f"{name}, one transaction, no checkpoints", peer["append"],
                f"≥ {APPEND:,}/s", appended >= APPEND,
            ),
            Measure(
                "inclusion proofs anywhere, 16,384 tiles kept", anywhere, "proofs/s",
                name, peer["prove"], f"≥ {ANY:,}/s", anywhere >= ANY,
            ),
            Measure(
                "inclusion proofs for the last batch", last, "proofs/s",
                name, peer["prove"], f"≥ {LAST:,}/s", last >= LAST,
            ),
            Measure(
                "restart of sequencer and signer to the first checkpoint", restart, "s",
                f"{name}: open and compute the root", peer["root"],
                f"≤ {RESTART:.0f} s", restart <= RESTART,
            ),
            Measure("full audit from the files", seconds, "s", target=f"≤ {AUDIT:.0f} s",
                    is_met=seconds <= AUDIT),
            Measure("most memory of the audit", megabytes, "MB", target=f"≤ {MEMORY} MB",
                    is_met=megabytes <= MEMORY),
        ),
    )  # fmt: skip


def entries(start: int, stop: int) -> list[bytes]:
    """Leaves of the register, the same for the same places."""
    from sogoc.kernel.leaf import LeafTemplate

    template = LeafTemplate(
        act="issue",
        issuer="tt-gdtx-nnth-dak-nong",
        book="cc_cntt_co_ban/2026",
        decision=("45/QĐ-TT", date(2026, 4, 1)),
        rules="2026-04-15-0123456789abcdef",
    )
    noise = random.Random(start)
    return [template(place + 1, noise.randbytes(32)) for place in range(start, stop)]


def _growing(home: Home) -> tuple[GrowingStream, Callable[[], float]]:
    """The stream of the log, and the seconds that making its entries took so far."""
    from sogoc.credentials.log.growing import GrowingStream
    from sogoc.credentials.log.leaves import origin
    from sogoc.credentials.log.locking import LOCK_FILE, SqliteLockStore
    from sogoc.credentials.log.signing import home_signer, verifier_keys_of
    from sogoc.credentials.log.store import StreamStore

    spent = 0.0

    class Generated(GrowingStream):
        def _entries(self, start: int, stop: int) -> list[bytes]:
            nonlocal spent
            with Stopwatch() as making:
                made = entries(start, stop)
            spent += making.seconds
            return made

    name = origin(STREAM, home.log_origin)
    stream = Generated(
        home.path,
        STREAM,
        name=name,
        keys=verifier_keys_of(home.path, name, base=home.log_origin),
        store=StreamStore(home.path, STREAM),
        locks=SqliteLockStore(home.path / LOCK_FILE),
        signer=home_signer(home.path, base=home.log_origin),
        reached=lambda _step: None,
        adopting=lambda: None,
    )
    return stream, lambda: spent


def _append(home: Home, rows: int) -> float:
    stream, spent = _growing(home)
    with Stopwatch() as watch:
        done = stream.advance(rows, 0)
    if done != rows:
        raise RuntimeError(f"{done} of {rows} entries published")
    return rows / (watch.seconds - spent())


def _restart(home: Home, size: int) -> float:
    """Seconds from starting the process to a published checkpoint over one more entry."""
    from sogoc.credentials.log.signing import DIRECTORY
    from sogoc.signer.api import stop

    stop(home.path / DIRECTORY)
    began = time.time()
    command = [sys.executable, "-m", "bench.log", "restart", str(size)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(answer) - began


def _restarted(size: int) -> float:
    """In the new process: the moment the checkpoint stood there."""
    from sogoc.config import boot

    stream, _ = _growing(boot.setup(start_server=True))
    if stream.advance(size + 1, size) != size + 1:
        raise RuntimeError("not published")
    return time.time()


def _proofs(home: Home, size: int) -> tuple[float, float]:
    """Proofs/s at random places, from a cold start, and in the last batch; each is verified."""
    from sogoc.credentials.log.store import StreamStore
    from sogoc.kernel.tiles import TileReader

    store = StreamStore(home.path, STREAM)
    noise = random.Random(7)
    anywhere = [noise.randrange(size) for _ in range(min(RANDOM_PROOFS, size))]
    batch = range(max(0, size - LAST_PROOFS), size)
    cold = TileReader(store.read, cached_tiles=16_384)
    fresh = TileReader(store.read, cached_tiles=16_384)
    return _proved(cold, anywhere, size), _proved(fresh, list(batch), size)


def _proved(reader: TileReader, places: list[int], size: int) -> float:
    from sogoc.kernel import merkle

    with Stopwatch() as watch:
        proofs = [reader.inclusion_proof(place, size) for place in places]
    root = reader.root(size)
    for place, proof in zip(places, proofs, strict=True):
        merkle.verify_inclusion(place, size, reader.leaf_hash(place, size), proof, root)
    return len(places) / watch.seconds


def _audited(home: Home) -> tuple[float, float]:
    """Seconds and most megabytes of a process that audits the whole log."""
    folder = home.log / STREAM
    command = [sys.executable, "-m", "bench.log", "audit", str(folder)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer["seconds"], answer["megabytes"]


def _audit(folder: Path) -> dict[str, float]:
    """In a process of its own."""
    from sogoc.monitor.api import FolderSource, audit_log

    key = (folder / "key").read_text("ascii").strip()
    with Stopwatch() as watch:
        report = audit_log(FolderSource(folder), vkey=key)
    if not report.is_clean or not report.size:
        raise RuntimeError(f"{report.findings[:3]}")
    return {"seconds": watch.seconds, "megabytes": _most_memory()}


def _most_memory() -> float:
    """The highest resident size of this program, in MB (getrusage also counts who started it)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _pymerkle(file: Path, rows: int) -> dict[str, float]:
    from pymerkle import SqliteTree

    step = 100_000
    tree = SqliteTree(str(file))
    spent = 0.0
    for start in range(0, rows, step):
        made = entries(start, min(rows, start + step))
        with Stopwatch() as watch:
            tree.append_entries(made)
        spent += watch.seconds
    tree.close()
    with Stopwatch() as opening:
        tree = SqliteTree(str(file))
        tree.get_state()
    noise = random.Random(7)
    proved, began = 0, time.perf_counter()
    while time.perf_counter() - began < PEER_SECONDS:
        tree.prove_inclusion(noise.randrange(rows) + 1, rows)
        proved += 1
    seconds = time.perf_counter() - began
    tree.close()
    return {"append": rows / spent, "prove": proved / seconds, "root": opening.seconds}


if __name__ == "__main__":
    if sys.argv[1] == "restart":
        print(_restarted(int(sys.argv[2])))
    else:
        print(json.dumps(_audit(Path(sys.argv[2]))))
    sys.stdout.flush()
    os._exit(0)
