"""Following over HTTP, from a process of its own: memory does not grow with the log."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sogoc.kernel.log_policy import Policy
from sogoc.monitor.api import MonitorState, read_settings, run_round
from sogoc.witness.api import AddCheckpoint, Witness, WitnessServer, WitnessStore
from tests.monitor.building import ISSUER, NOW, ORIGIN, Log, Watcher, leaf
from tests.monitor.test_audit import served

ROUND = """
import re, sys
from pathlib import Path
from sogoc.monitor.api import MonitorState, read_settings, run_round
folder = Path(sys.argv[1])
state = MonitorState(folder)
report = run_round(read_settings(folder), state, now=int(sys.argv[2]), everything=True)
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(report.is_clean, *report.sizes.values(), peak)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    peaks = []
    for size in (20_000, 160_000):
        log = Log(tmp_path / str(size))
        log.add(*(leaf(number) for number in range(1, size + 1)))
        watcher = Watcher(tmp_path / f"monitor-{size}", log).make(f'issuers = ["{ISSUER}"]')
        done = subprocess.run(
            [sys.executable, "-c", ROUND, str(watcher.folder), str(NOW)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        clean, seen, peak = done.stdout.split()
        assert (clean, seen) == ("True", str(size))
        peaks.append(int(peak))
    assert peaks[1] - peaks[0] < 12_000, peaks  # kilobytes, for eight times the entries


def test_log_and_witness_are_followed_over_http(tmp_path: Path) -> None:
    public = tmp_path / "public"
    log = Log(public / ORIGIN)
    log.add(*(leaf(number) for number in range(1, 301)))
    store = WitnessStore.create(tmp_path / "w", (log.witnesses["archive"],))
    store.add_log(log.key.verifier)
    witness = Witness(store, lambda: NOW)
    server = WitnessServer(("127.0.0.1", 0), witness)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        log.urls["archive"] = f"http://127.0.0.1:{server.server_address[1]}"
        note = log.note(by=[])
        assert witness.add_checkpoint(AddCheckpoint(0, (), note).body()).status == 200
        assert Policy.parse(log.policy()).witnesses[1].url is not None
        watcher = Watcher(tmp_path / "monitor", log).make()
        with served(public) as address:
            settings = watcher.folder / "monitor.toml"
            text = settings.read_text().replace(str(log.folder), f"{address}/{ORIGIN}")
            settings.write_text(text)
            state = MonitorState(watcher.folder)
            for upto in (300, 700):
                log.leaves += [leaf(n) for n in range(len(log.leaves) + 1, upto + 1)]
                log.publish()
                report = run_round(read_settings(watcher.folder), state, now=NOW, everything=True)
                assert ([*report.opened], report.sizes) == ([], {ORIGIN: upto})
            # the log shows a fork; the witness, asked over HTTP, still has what it cosigned
            log.show(log.note(log.leaves[:300], by=["archive"], at=NOW + 5))
            report = run_round(read_settings(watcher.folder), state, now=NOW + 5)
            assert {each.alarm.kind for each in report.opened} >= {"log_rolled_back"}
            state.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()


def test_killed_anywhere_it_goes_on(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.add(*(leaf(number) for number in range(1, 20_001)))
    watcher = Watcher(tmp_path / "monitor", log).make(f'issuers = ["{ISSUER}"]')
    for delay in (0.3, 0.5, 0.7, 0.9, 1.1):
        with subprocess.Popen(
            [sys.executable, "-c", ROUND, str(watcher.folder), str(NOW)], stdout=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
        sizes = watcher.state(lambda state: state.rows("select size from log"))
        assert sizes in ([], [(20_000,)])  # all of it, or nothing
    assert watcher.look(everything=True).is_clean
    assert watcher.state(lambda state: state.rows("select count(*) from own")) == [(20_000,)]
