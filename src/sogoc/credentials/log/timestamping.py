"""The last checkpoint of each day under a time-stamp: an anchor that no key of ours can move.

    <stream>/timestamps/2026-03-14.checkpoint   the note as it was published last on that day
    <stream>/timestamps/2026-03-14.tsr          the authority's reply (RFC 3161) over that file
    <stream>/timestamps/days                    the days, one a line
    <stream>/timestamps/tsa.pem                 root certificates of the authorities

Days are days in Viet Nam, by the database's clock; one without a checkpoint has no file. A reply is
verified before it is stored. Who keeps one of these files can show the log's owner up years later.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from django.db import connection

from sogoc.credentials.log.authorities import Authority
from sogoc.credentials.log.errors import LogError
from sogoc.credentials.log.leaves import origin
from sogoc.credentials.log.locking import only_sequencer
from sogoc.credentials.log.store import StreamStore, streams
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.notes import parse_note
from sogoc.kernel.text import Text
from sogoc.kernel.time_stamps import TimeStampError, time_stamp_query, verify_reply
from sogoc.people.api import Actor, acting

FOLDER: Final = "timestamps"
DAYS: Final = f"{FOLDER}/days"
ROOTS: Final = f"{FOLDER}/tsa.pem"

_LAST_OF_DAYS: Final = """
    SELECT DISTINCT ON (day) day::text, size, note FROM (
        SELECT (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, size, note
        FROM credentials_log_checkpoint WHERE stream = %(stream)s AND size > %(size)s
    ) each
    WHERE day < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date OR %(today)s
    ORDER BY day, size DESC
"""


@dataclass(frozen=True, slots=True)
class Stamped:
    """One day's checkpoint that now has its time-stamp."""

    origin: str
    day: str
    size: int
    at: datetime


def stamp_days(
    home: Path, *, base: str, authority: Authority, also_today: bool = False
) -> list[Stamped]:
    """Time-stamp the last checkpoint of each day that has ended; again it finds nothing to do.

    `also_today` takes what there is today for the day's last one: for demonstrations. Raises
    `LogError` when the authority gives nothing that can be relied on; days done by then stay done.
    """
    return [
        stamped
        for stream in streams(home)
        for stamped in _stream(home, stream, origin(stream, base), authority, also_today)
    ]


def _stream(
    home: Path, stream: str, name: str, authority: Authority, also_today: bool
) -> Iterator[Stamped]:
    store = StreamStore(home, stream)
    days = _days(store)
    size = 0 if not days else _size(store.read(f"{FOLDER}/{days[-1]}.checkpoint"))
    due = _rows(_LAST_OF_DAYS, {"stream": stream, "size": size, "today": also_today})
    for day, its_size, note in due:
        if day in days:
            continue
        roots = authority.certificates()
        reply = authority.reply(time_stamp_query(note.encode(), secrets.randbits(63)))
        at = _verified(reply, note.encode(), roots, day)
        with only_sequencer(home):  # not while the authority is asked: the log goes on
            at = _store(store, day, note.encode(), reply, roots) or at
        yield Stamped(name, day, its_size, at)


def _verified(reply: bytes, note: bytes, roots: bytes, day: str) -> datetime:
    try:
        return verify_reply(reply, note, x509.load_pem_x509_certificates(roots)).at
    except TimeStampError as error:
        raise LogError(error.code, error.message, day=day) from error
    except ValueError:
        raise LogError(
            "log_time_stamp_roots",
            Text(
                "Không đọc được chứng thư gốc của cơ quan cấp dấu thời gian (PEM).",
                "The root certificates of the time-stamping authority are not readable as PEM.",
            ),
            day=day,
        ) from None


def _store(
    store: StreamStore, day: str, note: bytes, reply: bytes, roots: bytes
) -> datetime | None:
    """Store note, reply and roots, then the day; return the time of a reply that was there."""
    path, at = f"{FOLDER}/{day}", None
    known = _known_roots(store, roots)
    store.prepare()
    if store.has(f"{path}.tsr"):  # somebody was stopped before the list of days was written
        at = _verified(store.read(f"{path}.tsr"), note, known, day)
    else:
        store.files.replace(f"{store.stream}/{ROOTS}", known)
        store.put([(f"{path}.checkpoint", note), (f"{path}.tsr", reply)])
    days = sorted({*_days(store), day})
    store.files.replace(f"{store.stream}/{DAYS}", "".join(f"{d}\n" for d in days).encode())
    return at


def _known_roots(store: StreamStore, more: bytes) -> bytes:
    """Return the published root certificates with the authority's among them."""
    there = b""
    with suppress(FileNotFoundError):
        there = store.read(ROOTS)
    return there if more in there else there + more


def _days(store: StreamStore) -> list[str]:
    try:
        return store.read(DAYS).decode("ascii").split()
    except FileNotFoundError:
        return []


def _size(note: bytes) -> int:
    return Checkpoint.parse(parse_note(note).text).size


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with acting(Actor.system("sequencer")), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
