"""The fast path into the register: many lines of one act, in the caller's transaction.

PostgreSQL refuses COPY into a table under row-level security, so rows go by COPY into a temporary
table and from there by INSERT … SELECT, where policies, constraints and guards see every one.
While the server inserts one chunk, the next one is committed to (hashed) and written here: the two
use two cores, because the driver waits for the server without holding the interpreter's lock.

    constants = LineConstants(act="issue", …)     # what all lines of the act share
    insert_lines(constants, rows, after_chunk)    # rows: iterable of LineRow, in register order

`before_chunk(cursor)` and `after_chunk(cursor)` run once a chunk, before and after its lines are
entered, perhaps in another thread. They may read the temporary table `register_stage`: `n` (the
row's number in its batch), `line_id code sequence entry_number serial issued_on leaf_hash
name_key …`; see `_COLUMNS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from json import JSONEncoder
from sys import getswitchinterval, setswitchinterval
from threading import Lock
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection

from sogoc.credentials.log.api import sources
from sogoc.kernel import canonical
from sogoc.kernel.identifiers import format_entry, new_lookup_codes
from sogoc.kernel.leaf import KEY_SIZE, LeafTemplate, leaf_hash
from sogoc.kernel.names import fold, name_key, sort_key
from sogoc.people.api import current_actor

CHUNK: Final = 10_000
"""Lines inserted at a time; big enough that the statements' own cost does not show."""

_USUAL: Final = getswitchinterval()
_QUICK: Final = 0.0002
"""Seconds a thread may compute before another gets its turn: usually, and in a pipeline."""

STAGE: Final = "register_stage"
"""Name of the temporary table that `before_chunk` and `after_chunk` may read."""

TEXT_LIMITS: Final = {
    "full_name": 200,
    "birth_place": 200,
    "ethnicity": 60,
    "nationality": 60,
    "personal_id": 12,
    "serial": 40,
    "entry_number": 60,
}
"""Texts of a list that have columns of the register, and the characters they may have there."""

BIRTH_TEXT_LIMIT: Final = 40
"""Likewise, for what is written in place of a birth date."""

_COLUMNS: Final = (
    "n integer", "code text", "sequence integer", "entry_number text", "serial text",
    "issued_on date", "source_sheet text", "source_row integer", "ref_id bigint",
    "full_name text", "name_key text", "name_fold text", "sort_key bytea", "birth_date date",
    "birth_text text", "birth_place text", "sex text", "ethnicity text", "nationality text",
    "personal_id text", "details jsonb", "record_key bytea", "leaf bytea", "leaf_hash bytea",
)  # fmt: skip
_CREATE: Final = f"""
    CREATE TEMPORARY TABLE register_stage (
        {", ".join(_COLUMNS)},
        line_id bigint DEFAULT nextval('public.credentials_register_line_id_seq')
    ) ON COMMIT DROP
"""
_COPY: Final = (
    f"COPY register_stage ({', '.join(column.split()[0] for column in _COLUMNS)}) FROM STDIN"
)
_INSERT_LEAVES: Final = """
    INSERT INTO credentials_log_leaf (stream, source, leaf, leaf_hash)
    SELECT %(stream)s, %(source)s, leaf, leaf_hash FROM register_stage ORDER BY n
"""
_INSERT_LINES: Final = """
    INSERT INTO credentials_register_line (
        id, code, act, is_live, book_id, sequence, entry_number, issuer_id, kind, issued_on, serial,
        signatory_title, signatory_name, decision_number, decision_date, batch_id, ref_id, reason,
        rule_set, rulings, source_file, source_sheet, source_row, source_digest, recorded_at,
        leaf_hash
    )
    SELECT
        line_id, code, %(act)s, %(is_live)s, %(book)s, sequence, entry_number, %(issuer)s, %(kind)s,
        issued_on, serial, %(signatory_title)s, %(signatory_name)s, %(decision_number)s,
        %(decision_date)s::date, %(batch)s::uuid, ref_id, %(reason)s, %(rule_set)s,
        %(rulings)s::varchar[], %(source_file)s, source_sheet, source_row, %(source_digest)s::bytea,
        %(recorded_at)s, leaf_hash
    FROM register_stage ORDER BY n
"""
_INSERT_PERSONAL: Final = """
    INSERT INTO credentials_register_personal (
        line_id, issuer_id, full_name, name_key, name_fold, sort_key, birth_date, birth_text,
        birth_place, sex, ethnicity, nationality, personal_id, details, record_key
    )
    SELECT
        line_id, %(issuer)s, full_name, name_key, name_fold, sort_key, birth_date, birth_text,
        birth_place, sex, ethnicity, nationality, personal_id, details, record_key
    FROM register_stage ORDER BY n
"""


@dataclass(frozen=True, slots=True)
class Book:
    """One register book, as lines need it: `name` is how leaves call it."""

    id: int
    issuer_id: int
    issuer_code: str
    kind: str
    year: int
    is_live: bool
    pattern: str

    @property
    def name(self) -> str:
        """The book's name inside leaves."""
        return sources.book_name(self.kind, self.year, is_live=self.is_live)


@dataclass(frozen=True, slots=True)
class LineConstants:
    """What all lines of one act share.

    `stream` is where their leaves go. `first_sequence` numbers the lines on from there and makes
    their entry numbers by the book's pattern; `None` keeps the rows' own entry numbers (legacy).
    """

    act: str
    book: Book
    stream: str
    recorded_at: datetime
    issued_on: date
    first_sequence: int | None = None
    signatory_title: str = ""
    signatory_name: str = ""
    decision_number: str = ""
    decision_date: date | None = None
    batch_id: UUID | None = None
    reason: str = ""
    rule_set: str = ""
    rulings: tuple[str, ...] = ()
    source_file: str = ""
    source_digest: bytes | None = None


class LineRow(NamedTuple):
    """What differs from line to line; texts are `""` when unknown, never `None`.

    `n` is the row's number in its batch or file. `details` holds scores, result, grade, major …;
    `issued_on` replaces the constant where each line has its own day; `ref_id` and `ref_hash` are
    the line this one refers to and its leaf hash.
    """

    n: int
    serial: str = ""
    entry_number: str = ""
    source_sheet: str = ""
    source_row: int | None = None
    full_name: str = ""
    birth_date: date | None = None
    birth_text: str = ""
    birth_place: str = ""
    sex: str = ""
    ethnicity: str = ""
    nationality: str = ""
    personal_id: str = ""
    details: Mapping[str, object] = {}
    issued_on: date | None = None
    ref_id: int | None = None
    ref_hash: bytes | None = None


class InsertedLine(NamedTuple):
    """A line that is now in the register (once the transaction commits)."""

    n: int
    code: str
    sequence: int | None
    entry_number: str
    serial: str


OnChunk = Callable[["psycopg.Cursor[Any]"], None]


class _Hooks(NamedTuple):
    before: OnChunk | None
    after: OnChunk | None


def insert_lines(
    constants: LineConstants,
    rows: Iterable[LineRow],
    after_chunk: OnChunk | None = None,
    *,
    before_chunk: OnChunk | None = None,
) -> list[InsertedLine]:
    """Insert lines with their personal data and leaves; return them in order.

    Runs in the transaction of `acting(...)`. Whatever a constraint or guard refuses raises
    psycopg's error and nothing remains once that transaction rolls back. `rows` is consumed once.
    """
    current_actor()
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.register_stage")
        cursor.execute(_CREATE)
        hooks = _Hooks(before_chunk, after_chunk)
        inserted = _insert_chunks(cursor, constants, iter(rows), hooks)
        cursor.execute("DROP TABLE pg_temp.register_stage")
    return inserted


def _insert_chunks(
    cursor: psycopg.Cursor[Any],
    constants: LineConstants,
    rows: Iterator[LineRow],
    hooks: _Hooks,
) -> list[InsertedLine]:
    writer = _Writer(constants)
    inserted: list[InsertedLine] = []
    chunk = list(islice(rows, CHUNK))
    if len(chunk) < CHUNK:  # not worth a thread
        if chunk:
            _insert_chunk(cursor, constants, writer.staged(chunk, inserted), hooks)
        return inserted
    # Leaving the block waits for the thread, so nobody else uses the cursor meanwhile.
    with _quick_turns(), ThreadPoolExecutor(1, "register-staging") as pool:
        running: Future[None] | None = None
        while chunk:
            staged = writer.staged(chunk, inserted)
            if running is not None:
                running.result()
            running = pool.submit(_insert_chunk, cursor, constants, staged, hooks)
            chunk = list(islice(rows, CHUNK))
        if running is not None:
            running.result()
    return inserted


_turns: Final = Lock()
_pipelines = 0


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Let the thread that talks to the server have the interpreter as soon as it asks.

    It asks for moments only, hundreds of times a chunk; with the usual 5 ms before hashing gives
    way, the server stood idle for a fifth of the time. The interval is the process's: it goes back
    when the last pipeline ends.
    """
    global _pipelines  # noqa: PLW0603 - counts, under the lock
    with _turns:
        _pipelines += 1
        setswitchinterval(_QUICK)
    try:
        yield
    finally:
        with _turns:
            _pipelines -= 1
            if not _pipelines:
                setswitchinterval(_USUAL)


def _insert_chunk(
    cursor: psycopg.Cursor[Any],
    constants: LineConstants,
    staged: bytes,
    hooks: _Hooks,
) -> None:
    with cursor.copy(_COPY) as copy:
        copy.write(staged)
    if hooks.before is not None:
        hooks.before(cursor)
    book = constants.book
    cursor.execute(_INSERT_LEAVES, {"stream": constants.stream, "source": sources.LINE})
    cursor.execute(
        _INSERT_LINES,
        {
            "act": constants.act,
            "is_live": book.is_live,
            "book": book.id,
            "issuer": book.issuer_id,
            "kind": book.kind,
            "signatory_title": constants.signatory_title,
            "signatory_name": constants.signatory_name,
            "decision_number": constants.decision_number,
            "decision_date": constants.decision_date,
            "batch": constants.batch_id,
            "reason": constants.reason,
            "rule_set": constants.rule_set,
            "rulings": list(constants.rulings),
            "source_file": constants.source_file,
            "source_digest": constants.source_digest,
            "recorded_at": constants.recorded_at,
        },
    )
    cursor.execute(_INSERT_PERSONAL, {"issuer": book.issuer_id})
    if hooks.after is not None:
        hooks.after(cursor)
    cursor.execute("TRUNCATE pg_temp.register_stage")


class _Writer:
    """Turns rows into lines of COPY's text format, leaf and commitment included."""

    def __init__(self, constants: LineConstants) -> None:
        book = constants.book
        self._constants = constants
        self._template = LeafTemplate(
            act=constants.act,
            issuer=book.issuer_code,
            book=book.name,
            decision=sources.decision(constants.decision_number, constants.decision_date),
            rules=constants.rule_set or None,
            rulings=constants.rulings,
        )
        self._signatory = sources.joined(constants.signatory_title, constants.signatory_name)
        before, after = sources.provenance_parts(
            is_live=book.is_live,
            batch=constants.batch_id,
            recorded_at=constants.recorded_at,
            decision_number=constants.decision_number,
            decision_date=constants.decision_date,
            reason=constants.reason,
            source_file=constants.source_file,
            source_digest=constants.source_digest,
        )
        self._before, self._after = before, after
        self._sequence = constants.first_sequence

    def staged(self, chunk: list[LineRow], inserted: list[InsertedLine]) -> bytes:
        """Return the chunk as COPY text and add its lines to `inserted`."""
        count = len(chunk)
        codes = new_lookup_codes(count, os.urandom(10 * count))
        keys = os.urandom(KEY_SIZE * count)
        lines = []
        for index, (row, code) in enumerate(zip(chunk, codes, strict=True)):
            key = keys[index * KEY_SIZE : (index + 1) * KEY_SIZE]
            line, done = self._line(row, code, key)
            lines.append(line)
            inserted.append(done)
        return "".join(lines).encode()

    # long: runs once a line; each call of a helper would cost as much as it does
    def _line(self, row: LineRow, code: str, key: bytes) -> tuple[str, InsertedLine]:
        constants = self._constants
        book = constants.book
        issued_on = (row.issued_on or constants.issued_on).isoformat()
        birth_date = row.birth_date.isoformat() if row.birth_date else None
        details = _details(row.details)
        sequence, entry_number = self._sequence, row.entry_number
        if sequence is not None:
            entry_number = format_entry(
                book.pattern, seq=sequence, year=book.year, unit=book.issuer_code
            )
            self._sequence = sequence + 1
        place = sources.row_part(row.source_sheet, row.source_row)
        commitment = sources.commit_line(
            key,
            (
                sources.birth(birth_date, row.birth_text),
                row.birth_place,
                code,
                details,
                entry_number,
                row.ethnicity,
                row.full_name,
                issued_on,
                book.kind,
                row.nationality,
                row.personal_id,
                f"{self._before}{place}{self._after}",
                row.serial,
                row.sex,
                self._signatory,
            ),
        )
        reference = row.ref_hash.hex() if row.ref_hash else None
        leaf = self._template(sequence, commitment, reference)
        free: tuple[str, ...] = (
            entry_number, row.serial, row.source_sheet, row.full_name, name_key(row.full_name),
            fold(row.full_name), row.birth_text, row.birth_place, row.sex, row.ethnicity,
            row.nationality, row.personal_id, details,
        )  # fmt: skip
        if not _is_plain("".join(free)):
            free = tuple(text.translate(_ESCAPES) for text in free)
        (
            number, serial, sheet, name, same, folded, born, born_in, sex, ethnic, nation,
            personal_id, more,
        ) = free  # fmt: skip
        text = (
            f"{row.n}\t{code}\t{_or_null(sequence)}\t{number}\t{serial}\t{issued_on}\t{sheet}\t"
            f"{_or_null(row.source_row)}\t{_or_null(row.ref_id)}\t{name}\t{same}\t{folded}\t"
            f"\\\\x{sort_key(row.full_name).hex()}\t{birth_date or _NULL}\t{born}\t{born_in}\t"
            f"{sex}\t{ethnic}\t{nation}\t{personal_id}\t{more}\t\\\\x{key.hex()}\t"
            f"\\\\x{leaf.hex()}\t\\\\x{leaf_hash(leaf).hex()}\n"
        )
        return text, InsertedLine(row.n, code, sequence, entry_number, row.serial)


_NULL: Final = r"\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_FLAT: Final = frozenset((str, int, bool, type(None)))
_flat_json: Final = JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def _is_plain(text: str) -> bool:
    """Whether COPY's text format needs no escapes for it."""
    return text.isprintable() and "\\" not in text


def _or_null(value: int | None) -> str:
    return _NULL if value is None else str(value)


def _details(details: Mapping[str, object]) -> str:
    """Return canonical JSON; the quick way writes the same where nothing is a float or nested."""
    if not details:
        return "{}"
    if _FLAT.issuperset(map(type, details.values())) and all(map(str.isascii, details)):
        return _flat_json(details)
    return canonical.dumps(details).decode()
