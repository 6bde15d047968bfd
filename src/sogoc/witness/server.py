"""A witness over HTTP: `POST /add-checkpoint` and `GET /<SHA-256 of the origin>/checkpoint`.

Standard library only. It listens on this machine unless told otherwise; towards others it belongs
behind a web server that speaks TLS. Nothing about clients is written down.
"""

from __future__ import annotations

import re
import socket
import sqlite3
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from sogoc.witness.core import Witness
from sogoc.witness.protocol import MAX_BODY, PATH, Response

REQUEST_SECONDS: Final = 15.0
"""Longest time a connection may idle or take over one request."""
MAX_CONNECTIONS: Final = 64

_CHECKPOINT: Final = re.compile(r"/([0-9a-f]{64})/checkpoint")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; `server_address` tells the port when 0 was asked for."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        witness: Witness,
        *,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self.witness = witness
        self.request_seconds = request_seconds
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._deadlines: dict[socket.socket, float] = {}
        self._deadlines_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection unless all places are taken."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self.expect(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._deadlines_lock:
                self._deadlines.pop(request, None)
            self._free.release()

    def expect(self, connection: socket.socket) -> None:
        """Give a connection its time for the next request."""
        with self._deadlines_lock:
            self._deadlines[connection] = time.monotonic() + self.request_seconds

    def service_actions(self) -> None:
        """Cut connections whose time is up, however slowly they still send."""
        now = time.monotonic()
        with self._deadlines_lock:
            late = [each for each, deadline in self._deadlines.items() if deadline < now]
            for connection in late:
                del self._deadlines[connection]
        for connection in late:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A connection that breaks is no news; a fault of ours is, without the client's address."""
        error = sys.exception() if sys.version_info >= (3, 12) else sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"witness: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "sogoc-witness"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.request_seconds)

    def handle_one_request(self) -> None:
        self.server.expect(self.connection)
        super().handle_one_request()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length")
        if "Transfer-Encoding" in self.headers or length is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "Content-Length needed")
        elif not re.fullmatch(r"[0-9]{1,18}", length):
            self._refuse(HTTPStatus.BAD_REQUEST, "malformed Content-Length")
        elif int(length) > MAX_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request too large")
        elif self.path != PATH:
            self._refuse(HTTPStatus.NOT_FOUND, "no such path")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._answer(self.server.witness.add_checkpoint(body))
            else:
                self.close_connection = True

    def do_GET(self) -> None:
        found = _CHECKPOINT.fullmatch(self.path)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND, "no such path")
            return
        try:
            note = self.server.witness.checkpoint_note(found[1])
        except sqlite3.Error:
            self._answer(Response.refusal(503, "the store refuses"))
            return
        if note is None:
            self._answer(Response.refusal(404, "nothing cosigned"))
        else:
            self._answer(Response(200, note.encode()))

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.close_connection = True  # a body that was not read may follow
        self._answer(Response.refusal(status, reason))

    def _answer(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        """Write no access log."""
