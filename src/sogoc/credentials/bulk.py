"""Bulk inserts for tables under row-level security.

PostgreSQL refuses COPY into such tables, so rows go by one COPY into a temporary table and from
there by one INSERT … SELECT, to which policies, constraints and statement triggers apply in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg import sql

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def _identifiers(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


@contextmanager
def staged(
    cursor: CursorWrapper,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
    *,
    name: str = "sogoc_stage",
) -> Iterator[str]:
    """Hold rows in a temporary table of the given ``(column, type)`` pairs while the body runs.

    Yields the table's name. Types are our own literals, values are sent in the text form of COPY.
    Must run inside a transaction; two stages of one name cannot be open at once.
    """
    table = sql.Identifier(name)
    shape = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns
    )
    cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({})").format(table, shape))
    names = _identifiers([column for column, _ in columns])
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
        write = copy.write_row
        for row in rows:
            write(row)
    cursor.execute(sql.SQL("ANALYZE {}").format(table))
    yield name
    cursor.execute(sql.SQL("DROP TABLE {}").format(table))


def insert_rows(
    cursor: CursorWrapper,
    table: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
) -> int:
    """Insert rows into ``table`` through a stage, in their order; return how many."""
    with staged(cursor, columns, rows, name="sogoc_insert_stage") as stage:
        names = _identifiers([column for column, _ in columns])
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY ctid").format(
                sql.Identifier(table), names, names, sql.Identifier(stage)
            )
        )
        return int(cursor.rowcount)


def lock(cursor: CursorWrapper, name: str) -> None:
    """Wait for the advisory lock of this name; it is held to the end of the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def cursor() -> CursorWrapper:
    """Return a cursor of the application's connection."""
    return connection.cursor()
