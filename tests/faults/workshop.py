"""A database with a settled world, and a zygote whose processes work on it and may be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from sogoc.config import embedded
from sogoc.config.embedded.roles import grant_database
from sogoc.config.home import Home

ROOT = Path(__file__).parents[2]


@dataclass
class Workshop:
    """One database of a home's server; `do` works on it as the application's role."""

    home: Home
    database: str
    environment: dict[str, str] = field(default_factory=dict)
    _zygote: subprocess.Popen[str] | None = None

    def do(self, name: str, **arguments: Any) -> Any:
        """Do a piece of `work` in a process of its own; return its value."""
        (outcome,) = self.together([(name, arguments)])
        assert "value" in outcome, outcome.get("text", outcome)
        return outcome["value"]

    def attempt(self, name: str, *, kill_after: float | None = None, **arguments: Any) -> Any:
        """Do a piece of work that may fail or be killed; return the outcome."""
        (outcome,) = self.together([(name, arguments)], kill_after=kill_after)
        return outcome

    def together(
        self,
        calls: list[tuple[str, dict[str, Any]]],
        *,
        waits: list[float] | None = None,
        kill_after: float | None = None,
    ) -> list[dict[str, Any]]:
        """Do pieces of work at the same time; return their outcomes in order."""
        request = {
            "calls": [
                {"name": name, "arguments": arguments, "wait": waits[number] if waits else 0}
                for number, (name, arguments) in enumerate(calls)
            ],
            "kill_after": kill_after,
        }
        zygote = self._running()
        assert zygote.stdin is not None
        assert zygote.stdout is not None
        print(json.dumps(request), file=zygote.stdin, flush=True)
        answer = zygote.stdout.readline()
        assert answer, "the zygote died"
        outcomes: list[dict[str, Any]] = json.loads(answer)
        return outcomes

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as the server's superuser."""
        url = embedded.url(embedded.cluster(self.home), "postgres", self.database)
        return psycopg.connect(url, autocommit=True)

    def quiet(self) -> None:
        """Wait until no process of the application is at work any more (a killed one's backend)."""
        with self.connect() as connection:
            for _ in range(500):
                if not connection.execute(
                    "SELECT FROM pg_stat_activity WHERE datname = %s AND usename = %s",
                    [self.database, embedded.APPLICATION],
                ).fetchone():
                    return
                time.sleep(0.01)
        raise AssertionError("a backend of a killed process is still there")

    def renew(self, template: str) -> None:
        """Replace the database by a fresh copy of another one."""
        url = embedded.url(embedded.cluster(self.home), "postgres", "postgres")
        name = sql.Identifier(self.database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            connection.execute(
                sql.SQL("create database {} template {} owner {}").format(
                    name, sql.Identifier(template), sql.Identifier(embedded.OWNER)
                )
            )
            grant_database(connection, self.database)

    def _running(self) -> subprocess.Popen[str]:
        if self._zygote is None:
            address = embedded.url(embedded.cluster(self.home), embedded.APPLICATION, self.database)
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.zygote"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
                    "SOGOC_HOME": str(self.home.path),
                    "DATABASE_URL": address,
                    **self.environment,
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._zygote

    def close(self) -> None:
        """End the zygote."""
        if self._zygote is not None:
            assert self._zygote.stdin is not None
            assert self._zygote.stdout is not None
            self._zygote.stdin.close()
            self._zygote.wait(30)
            self._zygote.stdout.close()
            self._zygote = None


@contextmanager
def workshop(home: Home, database: str, **environment: str) -> Iterator[Workshop]:
    """A workshop whose zygote ends with the block."""
    place = Workshop(home, database, environment)
    try:
        yield place
    finally:
        place.close()
