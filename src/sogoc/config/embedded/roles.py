"""Roles, database and extensions of an embedded server.

`postgres` is the superuser of this step and of backups only. `sogoc_owner` owns the database and
its tables and migrates. `sogoc_app` is what the program works as: it owns nothing, is subject to
row-level security, and cannot change insert-only tables. External databases need the same three
steps once, by hand (docs/operations/install.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sogoc.config.database import EXTENSIONS
from sogoc.config.embedded.cluster import PORT, Cluster
from sogoc.config.home import Home, secret

if TYPE_CHECKING:
    import psycopg

DATABASE = "sogoc"
OWNER = "sogoc_owner"
APPLICATION = "sogoc_app"

_SECRETS = {
    "postgres": "database-superuser",
    OWNER: "database-owner",
    APPLICATION: "database-app",
}


def url(places: Cluster, role: str, database: str = DATABASE) -> str:
    """Return the address of `database` for `role`, with its password."""
    password = quote(secret(places.home, _SECRETS[role]), safe="")
    host = quote(str(places.sockets), safe="")
    return f"postgresql://{role}:{password}@/{database}?host={host}&port={PORT}"


def bootstrap(places: Cluster) -> None:
    """Create what is missing of roles, database and extensions; repeatable."""
    import psycopg

    with psycopg.connect(url(places, "postgres", "postgres"), autocommit=True) as connection:
        for role in (OWNER, APPLICATION):
            _role(connection, role, places.home)
        if not _exists(connection, "select 1 from pg_database where datname = %s", DATABASE):
            connection.execute(f"create database {DATABASE} owner {OWNER}")
        grant_database(connection, DATABASE)
    with psycopg.connect(url(places, "postgres"), autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(f"create extension if not exists {extension}".encode())
        connection.execute(f"alter schema public owner to {OWNER}".encode())


def grant_database(connection: psycopg.Connection, database: str) -> None:
    """Let the application connect to `database` and use temporary tables there; nobody else."""
    from psycopg import sql

    name = sql.Identifier(database)
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    connection.execute(
        sql.SQL("grant connect, temporary on database {} to {}").format(
            name, sql.Identifier(APPLICATION)
        )
    )


def _role(connection: psycopg.Connection, role: str, home: Home) -> None:
    from psycopg import sql

    if not _exists(connection, "select 1 from pg_roles where rolname = %s", role):
        connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    # Hashed here: the password itself never reaches the server's log.
    verifier = connection.pgconn.encrypt_password(
        secret(home, _SECRETS[role]).encode(), role.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL(
            "alter role {} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
            " password {}"
        ).format(sql.Identifier(role), sql.Literal(verifier.decode()))
    )


def _exists(connection: psycopg.Connection, query: str, value: str) -> bool:
    return connection.execute(query.encode(), (value,)).fetchone() is not None
