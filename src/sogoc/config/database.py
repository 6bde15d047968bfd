"""Which database, as whom.

`DATABASE_URL` (the application) and `DATABASE_OWNER_URL` (migrations) choose any PostgreSQL 15 or
later; without them the embedded server of the home serves. Nothing else in the code changes.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sogoc.config.home import find_home, open_home
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

OLDEST_SERVER = 150000
"""PostgreSQL 15, as libpq writes version numbers."""

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")


class DatabaseError(Error):
    """The database is missing, too old, or the application's role has more rights than it may."""


class Urls(NamedTuple):
    """Addresses of one database: as the application, and as the owner of its tables.

    `owner` is empty when the operator gave the application's address alone: then nothing migrates
    here.
    """

    app: str
    owner: str


def urls() -> Urls:
    """Return the addresses to use; raise HomeError when there is neither a setting nor a home."""
    if given := os.environ.get("DATABASE_URL"):
        return Urls(given, os.environ.get("DATABASE_OWNER_URL", ""))
    from sogoc.config.embedded.cluster import cluster
    from sogoc.config.embedded.roles import APPLICATION, OWNER, url

    places = cluster(open_home())
    return Urls(url(places, APPLICATION), url(places, OWNER))


def is_embedded() -> bool:
    """Return whether the home's own server is used."""
    return not os.environ.get("DATABASE_URL")


def ensure_database() -> None:
    """Make sure that the database answers: start the embedded server, or check the external one.

    Raises HomeError, EmbeddedError or DatabaseError.
    """
    if is_embedded():
        from sogoc.config.embedded.lifecycle import ensure_running

        ensure_running(open_home())
    else:
        with _connected(urls().app) as connection:
            _refuse_old_server(connection)


def stop_database() -> bool:
    """Stop the embedded server; return whether there was one running."""
    home = find_home()
    if home is None or not is_embedded():
        return False
    from sogoc.config.embedded.lifecycle import stop

    return stop(home)


def migrate(*, verbosity: int = 0) -> None:
    """Bring the tables up to date as the owner, and let the application's role work on them.

    New tables are granted to the application whole; a table that only ever grows revokes the rest
    in its own migration (and refuses it by trigger). Django must be set up. Raises DatabaseError.
    """
    from django.core.management import call_command
    from psycopg import sql

    addresses = urls()
    if not addresses.owner:
        raise DatabaseError(
            "no-owner-address",
            Text(
                "Chưa đặt DATABASE_OWNER_URL nên không cập nhật được cấu trúc dữ liệu.",
                "DATABASE_OWNER_URL is not set, so the tables cannot be brought up to date.",
            ),
        )
    application = sql.Identifier(role_of(addresses.app))
    with _connected(addresses.owner) as connection:
        _refuse_old_server(connection)
        for name in EXTENSIONS:
            connection.execute(f"create extension if not exists {name}".encode())
        for rights, kind in (
            ("select, insert, update, delete", "tables"),
            ("usage, select", "sequences"),
        ):
            connection.execute(
                sql.SQL(
                    f"alter default privileges in schema public grant {rights} on {kind} to {{}}"
                ).format(application)
            )
        connection.execute(sql.SQL("grant usage on schema public to {}").format(application))
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    with _connected(addresses.owner) as connection:
        connection.execute(
            sql.SQL("revoke insert, update, delete on django_migrations from {}").format(
                application
            )
        )


def role_of(url: str) -> str:
    """Return the user name in a database address."""
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(url).get("user", ""))


def django_settings(url: str, *, pool: bool = False) -> dict[str, Any]:
    """Return Django's description of the database at `url` (any libpq address)."""
    from psycopg.conninfo import conninfo_to_dict

    parts = dict(conninfo_to_dict(url))
    known = {
        "NAME": str(parts.pop("dbname", "") or ""),
        "USER": str(parts.pop("user", "") or ""),
        "PASSWORD": str(parts.pop("password", "") or ""),
        "HOST": str(parts.pop("host", "") or ""),
        "PORT": str(parts.pop("port", "") or ""),
    }
    options: dict[str, Any] = dict(parts)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {"ENGINE": "django.db.backends.postgresql", **known, "OPTIONS": options}


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    import psycopg

    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseError(
            "no-database",
            Text(
                f"Không kết nối được cơ sở dữ liệu: {error}",
                f"The database cannot be reached: {error}",
            ),
        ) from error
    with connection:
        yield connection


def _refuse_old_server(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise DatabaseError(
            "server-too-old",
            Text(
                f"Cần PostgreSQL 15 trở lên; máy chủ này là {version // 10000}.",
                f"PostgreSQL 15 or later is needed; this server is {version // 10000}.",
            ),
            version=version,
        )
