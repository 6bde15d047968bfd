"""The witness over HTTP, and asking one: ours and others that misbehave."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sogoc.kernel.cosignature import CosignerSecret, open_checkpoint
from sogoc.kernel.notes import NoteError, parse_note
from sogoc.witness.api import (
    Conflict,
    Cosigned,
    Refused,
    Witness,
    fetch_checkpoint,
    new_secrets,
    origin_hash,
    post_checkpoint,
)
from sogoc.witness.protocol import MAX_BODY
from tests.witness.conftest import ORIGIN, Clock, Log

Serve = Callable[..., str]


def connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)


def answer_to(url: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    with contextlib.closing(connect(url)) as connection:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def test_a_log_is_cosigned_over_http(
    witness: Witness, log: Log, clock: Clock, serve: Serve
) -> None:
    url = serve(witness)
    assert fetch_checkpoint(url, ORIGIN) is None
    old = 0
    for new in (1, 5, 5, 300):
        clock.now += 1
        answer = post_checkpoint(
            url,
            old_size=old,
            proof=log.proof(old, new),
            note=log.note(new),
            keys=witness.store.keys,
        )
        assert isinstance(answer, Cosigned)
        (cosignature,) = answer.cosignatures
        assert (cosignature.key, cosignature.timestamp) == (witness.store.keys[0], clock.now)
        old = new
    held = fetch_checkpoint(url + "/", ORIGIN)
    assert held is not None
    opened = open_checkpoint(held, [log.key.verifier], witness.store.keys)
    assert (opened.checkpoint.size, len(opened.cosignatures)) == (300, 1)


def test_conflict_fork_and_refusal_over_http(witness: Witness, log: Log, serve: Serve) -> None:
    url, keys = serve(witness), witness.store.keys

    def post(shown: Log, old: int, new: int, claimed: int | None = None) -> Any:
        return post_checkpoint(
            url,
            old_size=old if claimed is None else claimed,
            proof=shown.proof(old, new),
            note=shown.note(new),
            keys=keys,
        )

    assert isinstance(post(log, 0, 50), Cosigned)
    assert post(log, 0, 60) == Conflict(50)
    liar = Log(forged={3: b"x"})
    for old, new in ((50, 51), (50, 50)):
        refused = post(liar, old, new)
        assert isinstance(refused, Refused)
        assert (refused.status, refused.is_inconsistent) == (422, True)
    stranger = Log(type(log.key)("stranger.example", bytes(32)))
    refused = post(stranger, 0, 5)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.is_inconsistent) == (404, False)
    assert post(log, 1, 9, claimed=10).status == 400
    assert len(witness.evidence()) == 2


def test_a_note_that_is_none_is_not_sent(serve: Serve) -> None:
    with pytest.raises(NoteError):
        post_checkpoint("http://127.0.0.1:9", old_size=0, proof=[], note="text\n", keys=[])


def test_a_witness_that_is_not_there() -> None:
    log = Log()
    for url in ("http://127.0.0.1:9", "ftp://127.0.0.1/", "nonsense", "http://[", "file:///etc"):
        answer = post_checkpoint(url, old_size=0, proof=(), note=log.note(1), keys=[], timeout=2)
        assert isinstance(answer, Refused), url
        assert (answer.status, answer.is_inconsistent) == (None, False)
        with pytest.raises((OSError, ValueError)):
            fetch_checkpoint(url, ORIGIN, timeout=2)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/add-checkpoint", 404),
        ("GET", "/../witness.key", 404),
        ("GET", f"/{origin_hash(ORIGIN).upper()}/checkpoint", 404),
        ("GET", f"/{origin_hash(ORIGIN)}/checkpoint/", 404),
        ("GET", f"/{origin_hash(ORIGIN)}/checkpoint?x", 404),
        ("POST", "/", 404),
        ("POST", "/add-checkpoint/", 404),
        ("PUT", "/add-checkpoint", 501),
        ("DELETE", "/add-checkpoint", 501),
    ],
)
def test_other_paths_and_methods(
    witness: Witness, serve: Serve, method: str, path: str, status: int
) -> None:
    body = b"x" if method in ("POST", "PUT") else None
    assert answer_to(serve(witness), method, path, body)[0] == status


def test_bodies_too_long_unsized_or_chunked(witness: Witness, log: Log, serve: Serve) -> None:
    url = serve(witness)
    too_long = answer_to(url, "POST", "/add-checkpoint", b"", Content_Length=str(MAX_BODY + 1))
    assert too_long[0] == 413
    nonsense = answer_to(url, "POST", "/add-checkpoint", b"", Content_Length="-1")
    assert nonsense[0] == 400
    for header in ((), ("Transfer-Encoding", "chunked")):
        with contextlib.closing(connect(url)) as connection:
            connection.putrequest("POST", "/add-checkpoint")
            if header:
                connection.putheader(*header)
            connection.endheaders()
            assert connection.getresponse().status == 411
    assert witness.store.head(ORIGIN) is None


def test_connections_are_kept(witness: Witness, log: Log, serve: Serve) -> None:
    with contextlib.closing(connect(serve(witness))) as connection:
        for old, new in ((0, 5), (5, 9), (0, 9)):
            connection.request("POST", "/add-checkpoint", log.request(old, new))
            response = connection.getresponse()
            body = response.read()
            assert response.version == 11
            assert response.headers["Cache-Control"] == "no-store"
        assert (response.status, body) == (409, b"9\n")
        assert response.headers["Content-Type"] == "text/x.tlog.size"


def test_slow_and_silent_clients_are_cut(witness: Witness, log: Log, serve: Serve) -> None:
    url = serve(witness, request_seconds=0.5)
    parts = urlsplit(url)
    for first in (b"", b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold"):
        began = time.monotonic()
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
            connection.sendall(first)
            with contextlib.suppress(OSError):
                while True:  # one byte at a time, never done
                    connection.settimeout(0.1)
                    try:
                        if not connection.recv(100):
                            break
                    except TimeoutError:
                        connection.sendall(b"x")
        assert time.monotonic() - began < 5
    assert fetch_checkpoint(url, ORIGIN) is None


def test_what_one_client_breaks_does_not_touch_others(
    witness: Witness, log: Log, serve: Serve
) -> None:
    url = serve(witness)
    parts = urlsplit(url)
    for junk in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"POST /add-checkpoint HTTP/9.9\r\n\r\n"):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
            connection.sendall(junk)
    status, _, body = answer_to(url, "POST", "/add-checkpoint", log.request(0, 5))
    assert status == 200
    assert parse_note(log.note(5) + body.decode())


class _Impostor(http.server.BaseHTTPRequestHandler):
    """Answers whatever a test has told it."""

    reply: tuple[int, str, bytes] = (200, "text/plain", b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, content_type, body = self.reply
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/add-checkpoint")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def impostor() -> Iterator[tuple[str, type[_Impostor]]]:
    handler = type("Impostor", (_Impostor,), {})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", handler
        server.shutdown()
        thread.join()


KEY = CosignerSecret.parse(new_secrets("w.example")[0].encode())
TEXT = parse_note(Log().note(5)).text
SIZE = "text/x.tlog.size"


@pytest.mark.parametrize(
    ("status", "content_type", "body", "expected"),
    [
        (409, SIZE, b"50\n", Conflict(50)),
        (409, SIZE, b"0\n", Conflict(0)),
        (409, SIZE, b"3\n", 409),  # the size that was claimed: another root (version 1.0.0)
        (409, "text/plain", b"50\n", 409),
        (409, SIZE, b"", None),
        (409, SIZE, b"050\n", None),
        (409, SIZE, b"50", None),
        (409, SIZE + "; charset=utf8", b"51\n", 409),
        (422, "text/plain", b"no\n", 422),
        (500, "text/plain", b"\xff", 500),
        (302, "text/plain", b"", 302),
        (200, "text/plain", b"", 200),
        (200, "text/plain", b"nonsense\n", 200),
        (200, "text/plain", b"x" * 2_000_000, None),
        (200, "text/plain", KEY.cosign(TEXT.replace("5", "6", 1), 9).line().encode(), 200),
        (200, "text/plain", new_secrets("s")[0].cosign(TEXT, 9).line().encode(), 200),
    ],
)
def test_answers_that_are_no_cosignature(
    impostor: Any, status: int, content_type: str, body: bytes, expected: Any
) -> None:
    url, handler = impostor
    handler.reply = (status, content_type, body)
    answer = post_checkpoint(
        url, old_size=3, proof=Log().proof(3, 5), note=Log().note(5), keys=[KEY.verifier]
    )
    if isinstance(expected, Conflict):
        assert answer == expected
    else:
        assert isinstance(answer, Refused)
        assert answer.status == expected
        assert answer.is_inconsistent is (expected in (409, 422))


def test_lines_of_other_keys_are_ignored_beside_a_good_one(impostor: Any) -> None:
    url, handler = impostor
    good = KEY.cosign(TEXT, 9)
    lines = new_secrets("s")[0].cosign(TEXT, 9).line() + good.line() + KEY.cosign(TEXT, 10).line()
    handler.reply = (200, "text/plain", lines.encode())
    answer = post_checkpoint(
        url, old_size=3, proof=Log().proof(3, 5), note=Log().note(5), keys=[KEY.verifier]
    )
    assert isinstance(answer, Cosigned)
    assert [each.signature for each in answer.cosignatures] == [good]
