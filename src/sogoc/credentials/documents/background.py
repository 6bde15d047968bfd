"""Digital originals of published lines that have none yet, batch by batch.

A worker calls `make_batch` again and again; each batch is one transaction, so that a stop anywhere
leaves whole documents and the next run goes on with the rest. What cannot be made (no key here, no
mandate, a template that is broken) is reported and left; a later round tries again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError

from sogoc.credentials.bulk import cursor
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.pausing import HandedOut, finish_papers, paused_numbers
from sogoc.credentials.documents.pdf_issuing import make_papers
from sogoc.credentials.documents.pdf_pages import ME, Made, knows_originals, obstacle
from sogoc.credentials.issuers.api import HardwareRefused, IssuerRefused
from sogoc.credentials.register.api import lines_by_code
from sogoc.credentials.signing import api as signing
from sogoc.kernel.errors import Error
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text
from sogoc.people.api import acting

_logger = logging.getLogger(__name__)

BATCH: Final = 40
"""Papers of one transaction: about a second of work."""

WINDOW: Final = 5_000
LOOK: Final = 0.1
"""Lines looked at by one query, and seconds after which a beat looks no further: a register of
millions is gone through beside the look-ups of the public, not before them."""

_OF_THE_BODY: Final = (
    signing.KeyRefused, signing.UnknownKey, signing.StampRefused, IssuerRefused, HardwareRefused,
)  # fmt: skip
"""Refusals that meet every line of a body alike."""

_WAITING: Final = """
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    JOIN credentials_log_leaf f ON f.leaf_hash = l.leaf_hash
    JOIN credentials_log_position p ON p.leaf_id = f.id
    WHERE l.act = 'issue' AND l.id > %(after)s AND l.id <= %(until)s
        AND NOT o.code = ANY (%(without)s)
        AND p.index < (SELECT max(c.size) FROM credentials_log_checkpoint c
                       WHERE c.stream = p.stream)
        AND EXISTS (SELECT FROM credentials_register_personal n WHERE n.line_id = l.id)
        AND NOT EXISTS (SELECT FROM credentials_register_line r
                        WHERE r.ref_id = l.id AND r.act = 'revoke')
        AND NOT EXISTS (
            SELECT FROM credentials_document d
            JOIN credentials_document_edition e ON e.document_id = d.id
            WHERE d.line_id = l.id AND d.role = 'original')
"""
_BATCH: Final = f"SELECT l.id, l.code, o.code {_WAITING} ORDER BY l.id LIMIT %(limit)s"
_SEEN: Final = """
    SELECT coalesce(min(l.id) FILTER (WHERE NOT EXISTS (
        SELECT FROM credentials_log_leaf f
        JOIN credentials_log_position p ON p.leaf_id = f.id
        WHERE f.leaf_hash = l.leaf_hash AND p.index < (
            SELECT max(c.size) FROM credentials_log_checkpoint c WHERE c.stream = p.stream))) - 1,
        %(until)s)
    FROM credentials_register_line l
    WHERE l.act = 'issue' AND l.id > %(after)s AND l.id <= %(until)s
"""
"""How far a window without anything to make was seen: up to the first line not published yet."""
_LAST: Final = "SELECT coalesce(max(id), 0) FROM credentials_register_line"
_COUNTS: Final = f"SELECT o.code, count(*), min(l.code) {_WAITING} GROUP BY o.code ORDER BY o.code"


_EVERY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class NotMade:
    """A line whose original could not be made now, and why."""

    line: str
    issuer: str
    error: Error


@dataclass(slots=True)
class Round:
    """How far a round over the register has come: `after` is the last line it has looked at.

    One that is over may be gone on with: it goes back to `open_from`, before the first line that
    was not published (of a log that waits), and sees what was added. A new one sees every line.
    """

    after: int = 0
    open_from: int | None = None
    without: set[str] = field(default_factory=set)
    not_made: list[NotMade] = field(default_factory=list)
    made: int = 0
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one body: lines without an original, and why they do, if it is known."""

    issuer: str
    lines: int
    obstacle: Text | None


def make_batch(round_: Round, request: Request, *, limit: int = BATCH) -> list[Made]:
    """Make the originals of the next lines of a round; nothing before the law knows originals.

    `request.code` and `request.by` are not read. A batch with a line that cannot be made is made
    one by one; a body whose keys are not here is left out for the rest of the round.
    """
    request = as_worker(request)
    if not knows_originals(local_day(request.at)):
        round_.is_over = True
        return []
    with acting(ME):
        rows = _next(round_, limit)
    if not rows:
        return []
    try:
        made = make_papers([code for _, code, _ in rows], request)
    except (DatabaseError, OSError):
        raise  # nothing would go better one by one
    except Exception:  # also what nobody foresaw: found again, and kept to its line
        made = _one_by_one(rows, round_, request)
    round_.after = rows[-1][0]
    round_.made += len(made)
    return made


def _next(round_: Round, limit: int) -> list[tuple[Any, ...]]:
    """Return the next lines that wait; without one the round is over, or goes on at the next call.

    Lines that are not published yet hold nobody else up: each year's log goes its own way.
    """
    ((last,),) = _rows(_LAST)
    enough = time.monotonic() + LOOK
    while round_.after < last:
        window = {"after": round_.after, "until": min(round_.after + WINDOW, last)}
        rows = _rows(_BATCH, **window, without=sorted(round_.without), limit=limit)
        seen = window | {"until": rows[-1][0]} if rows else window
        ((published,),) = _rows(_SEEN, **seen)
        if published < seen["until"] and round_.open_from is None:
            round_.open_from = published
        if rows:
            return rows
        round_.after = window["until"]
        if time.monotonic() > enough:
            return []
    round_.is_over = True
    if round_.open_from is not None:
        round_.after, round_.open_from = round_.open_from, None
    return []


def make_waiting(request: Request, *, limit: int | None = None) -> Round:
    """Make all originals that wait, or `limit` of them; first those whose signature was brought in.

    Stopped anywhere, it goes on when it is called again.
    """
    round_ = Round()
    done = finish_papers(as_worker(request))
    round_.made += sum(not isinstance(each, HandedOut) for each in done)
    while not round_.is_over and (limit is None or round_.made < limit):
        room = BATCH if limit is None else min(BATCH, limit - round_.made)
        make_batch(round_, request, limit=room)
    return round_


def waiting_originals(request: Request) -> list[Waiting]:
    """Return what waits, by body; empty before the law knows originals."""
    request = as_worker(request)
    if not knows_originals(local_day(request.at)):
        return []
    with acting(ME):
        found = []
        for issuer, count, code in _rows(_COUNTS, after=0, until=_EVERY, without=[], limit=0):
            (line,) = lines_by_code([code]).values()
            found.append(Waiting(issuer, count, obstacle(line, request)))
        return found


def waiting_for_devices() -> list[tuple[str, str, datetime]]:
    """Return number, stage (`person`, `seal`) and end of the papers a device elsewhere holds up."""
    return paused_numbers()


def as_worker(request: Request) -> Request:
    """Return the request as the machine's own."""
    return Request(
        code="",
        home=Path(request.home),
        base=request.base,
        at=request.at,
        by=ME,
        is_playground=request.is_playground,
    )


def _one_by_one(
    rows: Sequence[tuple[int, str, str]], round_: Round, request: Request
) -> list[Made]:
    made: list[Made] = []
    for _, code, issuer in rows:
        if issuer in round_.without:
            continue
        try:
            made += make_papers([code], request)
        except _OF_THE_BODY as error:
            round_.without.add(issuer)
            round_.not_made.append(NotMade(code, issuer, error))
        except Error as error:
            round_.not_made.append(NotMade(code, issuer, error))
        except (DatabaseError, OSError):
            raise
        except Exception as error:  # one line that breaks the press holds nobody up
            _logger.exception("the original of %s could not be made", code)
            round_.not_made.append(NotMade(code, issuer, _failed(error)))
    return made


def _failed(error: Exception) -> DocumentRefused:
    return DocumentRefused(
        "document_failed",
        Text("Không lập được văn bản vì lỗi chương trình.", "Making it met a fault of ours."),
        fault=type(error).__name__,
    )


def _rows(query: str, **values: Any) -> list[tuple[Any, ...]]:
    with cursor() as opened:
        opened.execute(query, values)
        found: list[tuple[Any, ...]] = opened.fetchall()
        return found
