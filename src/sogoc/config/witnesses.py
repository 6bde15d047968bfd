"""Two witnesses beside a demo home: processes of their own, with their own keys and memories.

    <home>/witnesses/<name>/   key and memory (`sogoc witness init`), its log, its port
    <home>/log-witnesses       the policy that names them, each in the group of its institution

They show how it works; real witnesses stand in other institutions (docs/operations/witness.md).
They are started with the home's database server and stopped by `sogoc stop`.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sogoc.config.home import Home, Mode, write_private
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

NAMES: Final = ("thanh-tra", "luu-tru")
"""An inspectorate and an archive."""
_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:(\d+)")


class WitnessesError(Error):
    """A witness of the demonstration does not start."""


def make(home: Home) -> None:
    """Make both witnesses and the policy that asks for them; nothing when they are there."""
    if home.mode is not Mode.DEMO:
        raise ValueError("only a demo home has its witnesses on the same machine")
    from sogoc.witness.api import WitnessStore, new_secrets

    folder = _folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    with _locked(home):
        for name in NAMES:
            if not (folder / name).exists():
                draft = folder / f".{name}.{os.getpid()}"
                secrets = new_secrets(f"{name}.{home.log_origin}", ml_dsa=False)
                WitnessStore.create(draft, secrets).close()
                draft.rename(folder / name)
    ensure_running(home)


def are_made(home: Home) -> bool:
    """Whether this home has witnesses on this machine."""
    return home.mode is Mode.DEMO and all((_folder(home) / name).is_dir() for name in NAMES)


def ensure_running(home: Home) -> None:
    """Start those that do not run; costs well under a millisecond when they do.

    Raises `WitnessesError` with the end of its log when one does not start.
    """
    if not are_made(home) or all(_pid(home, name) for name in NAMES):
        return
    with _locked(home):
        asleep = [name for name in NAMES if not _pid(home, name)]
        started = {name: _start(home, name, _port(home, name)) for name in asleep}
        for name, process in started.items():
            _wait_until_it_listens(home, name, process)
        _write_policy(home)


def trust_logs(home: Home) -> None:
    """Tell the witnesses the keys of this home's logs; costs little when they know them.

    Its logs are those that have files, the legacy one and the one of the business date's year.
    """
    if not are_made(home) or home.business_date is None:
        return
    from sogoc.credentials.log import api as log

    streams = {log.LEGACY_STREAM, log.stream_for(home.business_date)}
    streams |= {each.name for each in home.log.iterdir() if each.is_dir()}
    note = _folder(home) / "logs"
    if note.exists() and streams <= set(note.read_text("utf-8").split()):
        return
    from sogoc.kernel.cosignature import parse_log_key
    from sogoc.witness.api import WitnessStore

    keys = log.verifier_keys(home.path, base=home.log_origin, streams=sorted(streams))
    for name in NAMES:
        store = WitnessStore(_folder(home) / name)
        for key in keys:
            store.add_log(parse_log_key(key))
        store.close()
    write_private(note, "".join(f"{each}\n" for each in sorted(streams)).encode())


def stop(home: Home) -> bool:
    """Stop them; return whether one ran."""
    if not are_made(home):
        return False
    with _locked(home):
        running = [pid for name in NAMES if (pid := _pid(home, name))]
        for pid in running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while any(_pid(home, name) for name in NAMES) and time.monotonic() < deadline:
            time.sleep(0.02)
    return bool(running)


def _folder(home: Home) -> Path:
    return home.path / "witnesses"


def _pid(home: Home, name: str) -> int | None:
    """Return the process of a witness: its number is trusted only if it works in the directory."""
    directory = _folder(home) / name
    try:
        pid = int((directory / "pid").read_text("ascii"))
        return pid if Path(f"/proc/{pid}/cwd").readlink() == directory.resolve() else None
    except (OSError, ValueError):  # never started, gone, or another's
        return None


def _port(home: Home, name: str) -> int:
    """Return the port it had, so that the policy stays as it is; 0 the first time."""
    try:
        return int((_folder(home) / name / "port").read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _start(home: Home, name: str, port: int) -> subprocess.Popen[bytes]:
    directory = _folder(home) / name
    command = "from sogoc.config.main import main; main()"
    kept = {key: value for key, value in os.environ.items() if key != "SOGOC_SERVING"}
    with (directory / "said").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-c", command, "witness", "serve", "."),
                f"--port={port}",
            ],
            cwd=directory,
            env={**kept, "SOGOC_HOME": str(home.path)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C here does not stop it
        )
    write_private(directory / "pid", f"{process.pid}\n".encode())
    return process


def _wait_until_it_listens(home: Home, name: str, process: subprocess.Popen[bytes]) -> None:
    said = _folder(home) / name / "said"
    had = _port(home, name)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        has_ended = process.poll() is not None
        address = _ADDRESS.search(said.read_text("utf-8", "replace"))
        if address and not has_ended:
            write_private(_folder(home) / name / "port", f"{address[1]}\n".encode())
            return
        if has_ended:
            if not had:
                break
            had = 0  # its port was taken by something else meanwhile
            process = _start(home, name, 0)
        time.sleep(0.02)
    raise WitnessesError(
        "witness-failed",
        Text(
            f"Bên chứng kiến “{name}” không chạy được: {said.read_text('utf-8', 'replace')}",
            f"Witness {name!r} does not start: {said.read_text('utf-8', 'replace')}",
        ),
        witness=name,
    )


def _write_policy(home: Home) -> None:
    """Write the policy of the two, or where there is one their addresses in it: it may name others.

    What somebody wrote there stays, whatever it is.
    """
    from sogoc.witness.api import WitnessStore

    ours = {}
    for name in NAMES:
        store = WitnessStore(_folder(home) / name)
        ours[str(store.keys[0])] = f"http://127.0.0.1:{_port(home, name)}"
        store.close()
    file = home.path / "log-witnesses"
    if file.exists():
        there = file.read_bytes()
        text = b"".join(_with_address(line, ours) for line in there.splitlines(keepends=True))
        if text != there:
            write_private(file, text)
        return
    lines = [
        *(f"witness {n}-1 {key} {url}" for n, (key, url) in zip(NAMES, ours.items(), strict=True)),
        *(f"group {name} any {name}-1" for name in NAMES),
        f"group hai-co-quan all {' '.join(NAMES)}",
        "quorum hai-co-quan",
    ]
    write_private(file, "".join(f"{line}\n" for line in lines).encode())


def _with_address(line: bytes, ours: dict[str, str]) -> bytes:
    """Return a line of a policy; one that names a witness of ours with its present address."""
    words = line.split()
    if len(words) < 3 or words[0] != b"witness":
        return line
    url = ours.get(words[2].decode("ascii", "replace"))
    return line if url is None else b" ".join([*words[:3], url.encode()]) + b"\n"


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(_folder(home) / ".lock", flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
