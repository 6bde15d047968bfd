"""The signer as a process: started when needed, one for a directory, killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sogoc.signer.api import (
    DATABASE,
    KEYS,
    SignerClient,
    SignerError,
    SignerStore,
    is_served,
    start,
    stop,
)
from sogoc.signer.protocol import MAX_LINE
from sogoc.signer.server import SOCKET, short
from tests.signer.conftest import ORIGIN, Tree


@pytest.fixture
def client(directory: Path) -> Iterator[SignerClient]:
    made = SignerClient(directory)
    yield made
    made.close()
    stop(directory)


def test_it_starts_by_itself_and_stops(client: SignerClient, directory: Path, tree: Tree) -> None:
    assert not is_served(directory)
    head = client.sign(tree.at(10), old_size=0, proof=[])
    assert is_served(directory)
    assert not start(directory)  # the one that runs goes on
    pid = client.status()["pid"]
    assert (os.getsid(pid), Path(f"/proc/{pid}/cwd").readlink()) == (pid, Path("/"))
    assert stop(directory)
    assert not is_served(directory)
    assert not (directory / SOCKET).exists()
    assert not stop(directory)
    assert client.open(ORIGIN) == head  # and starts again when asked
    assert client.status()["pid"] != pid


def test_many_that_need_it_start_one(directory: Path, client: SignerClient) -> None:
    found: list[object] = []

    def ask() -> None:
        one = SignerClient(directory)
        found.append(one.status()["pid"])
        one.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert set(found) == {client.status()["pid"]}


def test_socket_is_for_its_user_alone_and_its_path_may_be_long(tmp_path: Path, tree: Tree) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60) / "signer"
    SignerStore.create(deep).close()
    client = SignerClient(deep)
    assert client.sign(tree.at(3), old_size=0, proof=[]).size == 3
    assert (deep / SOCKET).stat().st_mode & 0o777 == 0o600
    assert deep.stat().st_mode & 0o777 == 0o700
    client.close()
    assert stop(deep)


def test_it_ends_with_its_directory(directory: Path, client: SignerClient) -> None:
    pid = client.status()["pid"]
    for file in directory.iterdir():
        file.unlink()
    for _ in range(300):
        if not Path(f"/proc/{pid}/cwd").exists():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}/exe").exists()


def test_it_ends_when_nobody_asks(directory: Path) -> None:
    client = SignerClient(directory, idle=2)
    client.status()
    for _ in range(300):
        if not is_served(directory):
            break
        time.sleep(0.1)
    assert not is_served(directory)
    assert client.status()["heads"] == {}
    client.close()


def test_why_it_does_not_start_is_said(directory: Path, client: SignerClient) -> None:
    (directory / KEYS).write_text("nothing\n")
    with pytest.raises(SignerError) as error:
        client.open(ORIGIN)
    assert error.value.code == "signer_key_unreadable"
    with pytest.raises(SignerError) as error:
        SignerClient(directory / "nowhere").open(ORIGIN)
    assert error.value.code == "signer_missing"
    with pytest.raises(SignerError) as error:
        SignerClient(where=directory / "nobody").open(ORIGIN)
    assert error.value.code == "signer_not_running"


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b"[]\n",
        b"{}\n",
        b'{"ask": "sign"}\n',
        b'{"ask": "sign", "body": "x", "old": 0, "proof": []}\n',
        b'{"ask": "sign", "body": 5, "old": 0, "proof": []}\n',
        b'{"ask": "adopt", "body": "x\\n1\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n"}\n',
        b'{"ask": "keys", "origin": "a b"}\n',
        b'{"ask": "open", "origin": [1]}\n',
        b'{"ask": "rule the world", "origin": ""}\n',
        b"x" * (MAX_LINE + 10),
    ],
)
def test_nonsense_is_answered_and_signs_nothing(
    line: bytes, client: SignerClient, directory: Path
) -> None:
    client.status()
    with socket.socket(socket.AF_UNIX) as raw, short(directory / SOCKET) as name:
        raw.connect(name)
        raw.settimeout(20)
        raw.sendall(line)
        assert b'"error"' in raw.recv(4096)
    assert client.status()["heads"] == {}


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(int(os.environ.get("SOGOC_FAULT_SEEDS", "25"))))
def test_killed_while_it_signs_it_never_signs_two_trees(
    seed: int, client: SignerClient, directory: Path, tree: Tree
) -> None:
    """Kill -9 at random moments; every note it gave is of one history, none is forgotten."""
    chance = random.Random(seed)
    given = 0
    ended = threading.Event()

    def kill() -> None:
        while not ended.wait(chance.random() * 0.08):
            try:
                os.kill(client_of_killer.status()["pid"], signal.SIGKILL)
            except (SignerError, OSError, AssertionError):
                continue

    client_of_killer = SignerClient(directory)
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        for size in range(1, 40):
            for _ in range(50):
                try:
                    held = client.open(ORIGIN).size
                    assert held >= given
                    head = client.sign(tree.at(size), old_size=held, proof=tree.proof(held, size))
                except SignerError as error:
                    if error.code != "signer_not_running":
                        raise
                    continue
                assert (head.size, head.root) == (size, tree.at(size).root)
                given = size
                break
    finally:
        ended.set()
        killer.join()
        client_of_killer.close()
    assert given == 39
    other = Tree("other")
    with pytest.raises(SignerError) as error:
        client.sign(other.at(40), old_size=39, proof=other.proof(39, 40))
    assert error.value.code == "signer_not_consistent"
    stop(directory)
    assert (directory / DATABASE).is_file()
    assert SignerStore(directory).heads()[ORIGIN].size == 39


def test_only_the_users_it_was_told_of_may_ask(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may open the socket is still asked for by the kernel."""
    from sogoc.signer import server as module
    from sogoc.signer.api import SignerCore

    asked = {"uid": os.geteuid()}
    monkeypatch.setattr(module, "peer", lambda _connection: (1, asked["uid"]))
    core = SignerCore(SignerStore(directory))
    path = directory / "by-hand"
    with module._Server(str(path), core, 0, {os.geteuid(), 4711}) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            for uid, is_answered in ((os.geteuid(), True), (4711, True), (4712, False)):
                asked["uid"] = uid
                client = SignerClient(where=path)
                if is_answered:
                    assert client.keys(ORIGIN)
                else:
                    with pytest.raises(SignerError) as error:
                        client.keys(ORIGIN)
                    assert error.value.code == "signer_not_running"
                client.close()
        finally:
            server.shutdown()
            thread.join()
    core.store.close()
