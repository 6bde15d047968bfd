"""What every test stands on: a throw-away home, a database like production's, no network.

One server serves the whole run (started by the first test that needs it, destroyed at the end);
its database `sogoc` is migrated once by the owner's role and is then the template: each worker,
and each test that commits, gets a copy (about 30 ms). Tests work as the application's role, so
row-level security and the guards of insert-only tables are always on, and rows that migrations
made are there.

- `db` / `@pytest.mark.django_db`: the test is rolled back. For most tests.
- `transactional_db` / `@pytest.mark.django_db(transaction=True)`: real commits, more connections,
  `SET LOCAL`, on-commit hooks. Afterwards the database of the worker is made anew from the
  template: Django would TRUNCATE, which the application role is refused, and rightly so.
- `owner_connection`, `superuser_connection`: psycopg connections to the same database that play the
  tampering owner or administrator; they commit, so ask for `transactional_db` with them.
- `test_home`: the home of this run. `new_home`: makes further, independent homes.
- `office`, `paper`: keys of a body, and a PDF they signed; no database.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django.test
import hypothesis
import psycopg
import pytest
from psycopg import sql

# Set before Django reads its settings; workers inherit both. Short: sockets live inside.
if "SOGOC_TEST_RUN" not in os.environ:
    if "sogoc.config.settings" in sys.modules:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: tests have a home of their own")
    os.environ["SOGOC_TEST_RUN"] = tempfile.mkdtemp(prefix="sogoc-test-")
RUN = Path(os.environ["SOGOC_TEST_RUN"])
WORKER_DATABASE = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ["SOGOC_HOME"] = str(RUN / "home")
os.environ["SOGOC_STATE_DIR"] = str(RUN / "state")
os.environ["SOGOC_SIGNER_IDLE"] = "20"  # signers of throw-away homes end soon
os.environ["DJANGO_SETTINGS_MODULE"] = "sogoc.config.settings"
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SOGOC_SERVING", "SOGOC_HTTPS", "SOGOC_DEBUG"):
    os.environ.pop(name, None)

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402 - after the environment
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from sogoc.config import database, embedded  # noqa: E402
from sogoc.config.embedded.roles import grant_database  # noqa: E402
from sogoc.config.home import Home, Mode, create_home, find_home  # noqa: E402
from sogoc.people.identity import ALIAS, Actor, acting  # noqa: E402
from tests.papers import Office, page  # noqa: E402

# A slow machine is no failure; a test that means to bound time says so itself.
hypothesis.settings.register_profile("sogoc", deadline=None)
hypothesis.settings.load_profile("sogoc")

RUN.chmod(0o711)  # the server's uid passes through
if find_home() is None:
    create_home(mode=Mode.TEST)


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings now that the environment is right; pytest-django then sets Django up."""
    assert settings.SOGOC_HOME == RUN / "home"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Destroy the run's home when the process that made it ends."""
    if hasattr(config, "workerinput"):
        return
    home = find_home(RUN / "home")
    if home is not None:
        embedded.destroy(home)
    shutil.rmtree(RUN, ignore_errors=True)


@pytest.fixture(scope="session")
def test_home(django_db_blocker: Any) -> Home:
    """The home of this run; its server runs and its database `sogoc` is migrated."""
    home = find_home()
    assert home is not None
    with _one_at_a_time(), django_db_blocker.unblock():
        embedded.ensure_running(home)
        if not (RUN / "migrated").exists():
            database.migrate()
            connections.close_all()
            (RUN / "migrated").touch()
    return home


@pytest.fixture(scope="session")
def django_db_setup(test_home: Home, django_test_environment: None) -> None:
    """Give this worker its database and make Django's transactional tests renew it."""

    def renew(_case: django.test.TransactionTestCase) -> None:
        _renew_database(test_home)

    _renew_database(test_home)
    for alias in connections:
        connections[alias].settings_dict["NAME"] = WORKER_DATABASE
    django.test.TransactionTestCase._fixture_teardown = renew
    django.test.TestCase._should_check_constraints = _check_constraints


@pytest.fixture
def owner_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """The role that owns the tables, on this worker's database; autocommit."""
    with psycopg.connect(
        database.urls().owner, dbname=WORKER_DATABASE, autocommit=True
    ) as connection:
        yield connection


@pytest.fixture
def superuser_connection(transactional_db: None, test_home: Home) -> Iterator[psycopg.Connection]:
    """The server's superuser, on this worker's database; autocommit."""
    with _superuser(test_home, WORKER_DATABASE) as connection:
        yield connection


@pytest.fixture
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Home]]:
    """Return a function that makes another home (`new_home(path=None)`); destroyed afterwards."""
    made: list[Path] = []

    def make(path: Path | None = None) -> Home:
        path = path or Path(tempfile.mkdtemp(prefix="h-", dir=RUN)) / "home"
        made.append(path)
        return create_home(path, mode=Mode.TEST)

    yield make
    for path in made:
        home = find_home(path)
        if home is not None:
            embedded.destroy(home)


def _check_constraints(case: django.test.TestCase, connection: BaseDatabaseWrapper) -> bool:
    """Check deferred constraints before a rollback as somebody: as nobody, queries are refused."""
    if connection.needs_rollback or not connection.is_usable():
        return False
    if connection.alias != ALIAS:
        return True
    with acting(Actor.system("tests")):
        connection.check_constraints()
    return False


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (RUN / "migrate.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _superuser(home: Home, name: str) -> psycopg.Connection:
    return psycopg.connect(embedded.url(embedded.cluster(home), "postgres", name), autocommit=True)


def _renew_database(home: Home) -> None:
    """Replace this worker's database by a fresh copy of the migrated one."""
    connections.close_all()
    name = sql.Identifier(WORKER_DATABASE)
    with _superuser(home, "postgres") as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        connection.execute(
            sql.SQL("create database {} template {} owner {}").format(
                name, sql.Identifier(embedded.DATABASE), sql.Identifier(embedded.OWNER)
            )
        )
        grant_database(connection, WORKER_DATABASE)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A body with a person's key, a seal and a time-stamp authority."""
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def paper(office: Office) -> bytes:
    """A page that person and seal of the office signed."""
    return office.sign(page())
