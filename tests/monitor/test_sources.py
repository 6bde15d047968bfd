"""Places that do not answer as a log does: each is one error, in time."""

from __future__ import annotations

import os
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sogoc.monitor import sources
from sogoc.monitor.sources import FolderSource, SourceError, WebSource, logs_at

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@contextmanager
def answering(*parts: bytes, pause: float = 0.0) -> Iterator[str]:
    """Serve these bytes to whoever asks, with a pause after each part."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            for part in parts:
                self.wfile.write(part)
                time.sleep(pause)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def refusal(address: str, path: str = "checkpoint") -> str:
    with pytest.raises(SourceError) as caught:
        WebSource(address).read(path)
    return caught.value.message.en


def test_a_whole_file_is_read() -> None:
    with answering(HEAD + b"Content-Length: 5\r\n\r\n", b"wh", b"ole") as address:
        assert WebSource(address).read("checkpoint") == b"whole"
    with answering(HEAD + b"\r\n", b"without a length") as address:
        assert WebSource(address).read("checkpoint") == b"without a length"


def test_half_a_file_is_no_file() -> None:
    with answering(HEAD + b"Content-Length: 5\r\n\r\n", b"who") as address:
        assert "cut off" in refusal(address)


def test_another_protocol_is_one_error() -> None:
    with answering(b"220 smtp.example.vn ESMTP\r\n") as address:
        assert "220" in refusal(address)
        with pytest.raises(SourceError):
            logs_at(address)
    with answering() as address:
        assert refusal(address)


def test_a_path_that_is_no_address_is_one_error() -> None:
    assert refusal("http://127.0.0.1:9", "log of a liar/checkpoint")


def test_a_file_that_never_ends_in_drops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LONGEST", 0.2)
    with answering(HEAD + b"\r\n", *[b"x"] * 12, pause=0.05) as address:
        assert "slow" in refusal(address)


def test_a_file_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST", 1000)
    with answering(HEAD + b"\r\n", b"x" * 2000) as address:
        assert "too long" in refusal(address)


def test_a_place_that_lists_no_log_is_not_in_order() -> None:
    for listed in (b"", b"\n", b"../x\n"):
        with answering(HEAD + b"\r\n" + listed) as address, pytest.raises(SourceError) as caught:
            logs_at(address)
        assert caught.value.code == "log_source_empty"


def test_a_bucket_that_lists_nothing_holds_one_log() -> None:
    with answering(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n") as address:
        assert [each.where for each in logs_at(f"{address}/log.example/2026/")] == [
            f"{address}/log.example/2026"
        ]
        assert "403" in refusal(address)
    with (
        answering(b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\n") as address,
        pytest.raises(SourceError),
    ):
        logs_at(address)


def test_a_log_listed_twice_is_one_log() -> None:
    with answering(HEAD + b"\r\na/1\na/1\na/2\n") as address:
        assert [each.where for each in logs_at(address)] == [f"{address}/a/1", f"{address}/a/2"]


@pytest.mark.parametrize("port", [0, 65_536, 99_999, 10**12])
def test_a_port_that_is_none_is_one_error(port: int) -> None:
    assert refusal(f"http://127.0.0.1:{port}")


def test_a_folder_that_is_no_log_is_one_error(tmp_path: Path) -> None:
    folder = FolderSource(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "absent", "folder/absent"):
        with pytest.raises(FileNotFoundError):
            folder.read(name)
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    for name in ("one", "x" * 300):
        with pytest.raises(SourceError):
            folder.read(name)


def test_a_file_of_a_folder_may_be_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST", 1000)
    (tmp_path / "checkpoint").write_bytes(b"x" * 1001)
    with pytest.raises(SourceError, match="too long"):
        FolderSource(tmp_path).read("checkpoint")
