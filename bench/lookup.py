"""Look-up by anybody through the web process, at a fixed rate, beside one indexed SELECT.

Open loop: requests start by the clock whether or not earlier ones are answered, and each is timed
from the moment it was due. gunicorn runs as `make serve` runs it, on the same two cores as the
database and this client. Half the questions are codes, the rest serial, entry number and name; one
in ten of each finds nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.place import say, throwaway_home
from bench.result import Measure, Result

if TYPE_CHECKING:
    import psycopg

TITLE = "look-up at 200 requests a second"
FULL = 1_000_000
RATE = 200
SECONDS = 40
WARM_UP = 200  # requests, at a quarter of the rate: nobody measures cold workers
CLIENTS = 32
TARGET = 20.0

_TOKEN = "b" * 32


def run(rows: int) -> Result:
    """Measure with `rows` lines in the register."""
    with throwaway_home() as home:
        from bench import world
        from sogoc.config import database
        from sogoc.credentials.log import api as log

        world.settle(10)
        codes = world.fill_old_register(range(rows))
        say(f"{rows:,} lines in the register")
        log.sequence(home.path, base=home.log_origin)
        _settle_statistics(database.urls().owner)
        say("log sequenced; asking")
        questions = _questions(codes)
        with _serving() as port:
            web = asyncio.run(_at_rate(lambda: _Http(port, questions)))
        domain = asyncio.run(_at_rate(lambda: _Call(codes)))
        peer = asyncio.run(_at_rate(lambda: _Select(database.urls().owner, codes)))
    p99, peer_p99 = _percentile(web, 99), _percentile(peer, 99)
    return Result(
        name="lookup",
        title=TITLE,
        size=f"{rows:,} lines, {SECONDS} s",
        is_full=rows == FULL,
        measures=(
            Measure(
                "p99",
                p99,
                "ms",
                "one indexed SELECT with psycopg, same rate",
                peer_p99,
                f"≤ {TARGET:.0f} ms",
                p99 <= TARGET,
            ),
            Measure("p50", _percentile(web, 50), "ms", "likewise", _percentile(peer, 50)),
            Measure("p99.9", _percentile(web, 99.9), "ms", "likewise", _percentile(peer, 99.9)),
            Measure("p99 of the domain call alone, no web", _percentile(domain, 99), "ms"),
            Measure("p50 of the domain call alone", _percentile(domain, 50), "ms"),
            Measure("requests", len(web), ""),
        ),
    )


def _settle_statistics(url: str) -> None:
    """What autovacuum would have done long ago in a register that grew over years."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _questions(codes: list[str]) -> list[tuple[bytes, int]]:
    """Requests as bytes, and the status each must get; in a fixed random order."""
    from bench.people import person
    from sogoc.kernel.identifiers import new_lookup_codes

    chance = Random(1)
    unknown = new_lookup_codes(2_000, chance.randbytes(20_000))
    asked = []
    for _ in range(WARM_UP + SECONDS * RATE):
        is_known = chance.random() < 0.9
        number = chance.randrange(len(codes))
        if chance.random() < 0.5:
            code = codes[number] if is_known else chance.choice(unknown)
            asked.append((_get(f"/c/{code}"), 200 if is_known else 404))
        else:
            form = {
                "serial": f"C{number:08}",
                "entry_number": f"{number:06}/2019",
                "full_name": person(number).name if is_known else "Không Có Ai",
            }
            asked.append((_post("/tra-cuu/", form), 200 if is_known else 404))
    return asked


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _post(path: str, form: dict[str, str]) -> bytes:
    body = urlencode({**form, "csrfmiddlewaretoken": _TOKEN}).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={_TOKEN}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@contextmanager
def _serving() -> Iterator[int]:
    """Run the web process as `make serve` does, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "sogoc.config.serve"], env={**os.environ, "PORT": str(port)}
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


class _Http:
    """One client's connection, opened anew when the server closed it."""

    def __init__(self, port: int, questions: list[tuple[bytes, int]]) -> None:
        self._port = port
        self._questions = questions
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __call__(self, number: int) -> None:
        """Ask question `number`; raise when the answer is not what it must be."""
        request, expected = self._questions[number]
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = None
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if length is None:
            raise RuntimeError(f"no length: {head!r}")
        await reader.readexactly(length)
        if b"connection: close" in head.lower():
            writer.close()
            self._streams = None
        if status != expected:
            raise RuntimeError(f"{status} instead of {expected} for {request[:80]!r}")

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()


class _Call:
    """One thread that calls the domain, by code, on its own connection to the database."""

    def __init__(self, codes: list[str]) -> None:
        self._codes = codes
        self._chance = Random(3)
        self._thread = ThreadPoolExecutor(1)

    async def __call__(self, _number: int) -> None:
        """Look one line up."""
        from sogoc.credentials.disclosure.api import look_up_code

        code = self._chance.choice(self._codes)
        answer = await asyncio.get_running_loop().run_in_executor(self._thread, look_up_code, code)
        if not answer.found:
            raise RuntimeError(f"{code} is not there")

    async def close(self) -> None:
        """Close the thread's connection."""
        from django.db import connections

        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


class _Select:
    """One client of the database that looks a line up by its code, and nothing else."""

    def __init__(self, url: str, codes: list[str]) -> None:
        self._url = url
        self._codes = codes
        self._chance = Random(2)
        self._connection: psycopg.AsyncConnection | None = None

    async def __call__(self, _number: int) -> None:
        """Look one line up."""
        import psycopg

        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        cursor = await self._connection.execute(
            "SELECT kind, issued_on FROM credentials_register_line WHERE code = %s",
            [self._chance.choice(self._codes)],
        )
        await cursor.fetchone()

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()


_Client = _Http | _Call | _Select


async def _at_rate(make: Callable[[], _Client]) -> list[float]:
    """Ask by the clock; return the milliseconds from due to answered, without the warm-up."""
    free: asyncio.Queue[_Client] = asyncio.Queue()
    clients = [make() for _ in range(CLIENTS)]
    for client in clients:
        free.put_nowait(client)
    taken: list[float] = []
    begin = time.perf_counter() + 0.2

    async def one(number: int) -> None:
        due = begin + _due(number)
        client = await free.get()
        await client(number)
        free.put_nowait(client)
        if number >= WARM_UP:
            taken.append((time.perf_counter() - due) * 1e3)

    running = []
    for number in range(WARM_UP + SECONDS * RATE):
        await asyncio.sleep(max(0.0, begin + _due(number) - time.perf_counter()))
        running.append(asyncio.create_task(one(number)))
    await asyncio.gather(*running)
    for client in clients:
        await client.close()
    return taken


def _due(number: int) -> float:
    """Seconds from the beginning at which request `number` is asked."""
    slow = min(number, WARM_UP)
    return slow * 4 / RATE + (number - slow) / RATE


def _percentile(values: list[float], percent: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]
