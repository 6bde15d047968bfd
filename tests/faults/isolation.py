"""Many threads on few pooled connections, each now this actor and now that one.

A thread does random things that people, streamed answers and jobs do, leaves some of them half
done, and notes every row it gets of an organisation that the actor does not see.
"""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.register import api as register
from sogoc.people.api import Actor, NotPermitted, acting
from sogoc.people.identity import NoIdentityError
from tests.credentials import world

TABLES = {
    "credentials_register_line": "issuer_id",
    "credentials_register_personal": "issuer_id",
    "credentials_register_book": "issuer_id",
    "credentials_batch": "issuer_id",
    "credentials_batch_row": "issuer_id",
    "credentials_recognition_decision": "issuer_id",
    "credentials_blank_lot": "owner_id",
    "credentials_blank_movement": "owner_id",
}
"""Tables under row-level security, and the column that says whose a row is."""

SEEN_BY = {
    "registrar.tt-gdtx": {world.CENTRE},
    "registrar.tt-treo": {world.SUSPENDED},
    "registrar.so-dak-nong": {world.SO},
    "officer.ministry": {world.CENTRE, world.SUSPENDED, world.SO},
    "operator": set(),
}
"""Whose rows an account may see on 10/04/2025, of the three organisations that have any."""

SEEN_ON_THE_WEB_BY = {
    "registrar.tt-gdtx": {world.CENTRE},
    "registrar.tt-treo": {world.SUSPENDED},
    "registrar.so-lam-dong": {world.SO},
    "officer.ministry": {world.CENTRE, world.SUSPENDED, world.SO},
}
"""The web works today, when another Sở keeps the register."""


class _Stranger(Exception):
    """Raised on purpose in the middle of somebody's work."""


def settle() -> None:
    """Give three organisations rows of every kind."""
    world.import_old_register(range(7000, 7030), issuer=world.SO)
    world.import_old_register(range(7100, 7130), issuer=world.SUSPENDED, name="so-cu-2.csv")


def mingle(*, seed: int, threads: int, steps: int) -> dict[str, Any]:
    """Run the threads; return strangers' rows that were seen and how often each thing was done."""
    sys.setswitchinterval(1e-5)
    done: Counter[str] = Counter()
    wrong: list[str] = []
    start = threading.Barrier(threads)
    workers = [
        threading.Thread(target=_Worker(f"{seed}/{number}", done, wrong).run, args=(start, steps))
        for number in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"wrong": wrong, "done": dict(done)}


class _Worker:
    """One thread: its chance, and what it is in the middle of."""

    def __init__(self, seed: str, done: Counter[str], wrong: list[str]) -> None:
        self._chance = random.Random(seed)
        self._done = done
        self._wrong = wrong
        self._names = _organisations()
        self._actors = {name: world.account(name) for name in SEEN_BY}

    def run(self, start: threading.Barrier, steps: int) -> None:
        """Do random things, one after the other."""
        things: list[Callable[[Actor], None]] = [
            self._list, self._stream, self._tables, self._job, self._nobody, self._driver,
            self._fail, self._swap, self._write, self._batches,
        ]  # fmt: skip
        start.wait()
        try:
            for _ in range(steps):
                thing = self._chance.choice(things)
                thing(self._actors[self._chance.choice(list(self._actors))])
                self._done[thing.__name__] += 1
                if self._chance.random() < 0.3:
                    connection.close()  # back to the pool; the next thing takes any other
        except BaseException as error:
            self._wrong.append(f"{thing.__name__}: {error!r}")
        finally:
            connection.close()

    def _see(self, actor: Actor, owners: set[str], what: str) -> None:
        strangers = owners - SEEN_BY[actor.username]
        if strangers:
            self._wrong.append(f"{what}: {actor.username} sees {sorted(strangers)}")

    def _list(self, actor: Actor) -> None:
        try:
            found = register.find_lines(by=actor, limit=200)
        except NotPermitted:
            return
        owners = {self._names[line.issuer_name] for line in found}
        self._see(actor, owners, "list")
        if owners != SEEN_BY[actor.username]:
            self._wrong.append(f"list: {actor.username} sees only {sorted(owners)}")

    def _batches(self, actor: Actor) -> None:
        found = issuing.batches(by=actor, limit=50)
        self._see(actor, {batch.issuer for batch in found}, "batches")

    def _stream(self, actor: Actor) -> None:
        """Begin an export; while it is open others are refused on this connection; go on or not."""
        lines: Iterator[dict[str, Any]] = register.export_lines(by=actor)
        try:
            first = next(lines, None)
        except NotPermitted:
            return
        other = self._actors[self._chance.choice(list(self._actors))]
        if first is not None and other != actor and self._chance.random() < 0.5:
            self._refused("stream", lambda: self._tables(other))
        rest = lines if self._chance.random() < 0.5 else [next(lines, None)]
        owners = {line["issuer"] for line in (first, *rest) if line is not None}
        self._see(actor, owners, "stream")
        close = getattr(lines, "close", None)
        if close is not None and self._chance.random() < 0.5:
            close()
        del lines, rest

    def _tables(self, actor: Actor) -> None:
        with acting(actor), connection.cursor() as cursor:
            for table, column in TABLES.items():
                cursor.execute(
                    f"SELECT DISTINCT o.code FROM {table} t"
                    f" JOIN people_organisation o ON o.id = t.{column}"
                )
                self._see(actor, {code for (code,) in cursor.fetchall()}, table)

    def _job(self, actor: Actor) -> None:
        """A job begun by somebody runs on a thread of its own, as whom it says or as nobody."""
        other = self._actors[self._chance.choice(list(self._actors))]

        def work() -> None:
            self._refused("job", _count)
            self._tables(other)
            connection.close()

        with acting(actor):
            job = threading.Thread(target=work)
            job.start()
            job.join()
            self._tables(actor)

    def _nobody(self, actor: Actor) -> None:
        with acting(actor):
            pass
        self._refused("nobody", _count)

    def _driver(self, actor: Actor) -> None:
        """A query that gets round Django's wrapper finds no row, whoever was here before."""
        with acting(actor):
            pass
        connection.ensure_connection()
        for table in TABLES:
            found = connection.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            if found:
                self._wrong.append(f"driver: nobody sees {found} rows of {table}")

    def _fail(self, actor: Actor) -> None:
        try:
            with acting(actor):
                self._tables(actor)
                _raise()
        except _Stranger:
            self._driver(actor)

    def _swap(self, actor: Actor) -> None:
        other = next(each for each in self._actors.values() if each != actor)
        with acting(actor):
            self._refused("swap", lambda: self._tables(other))
            self._tables(actor)

    def _write(self, actor: Actor) -> None:
        """Rows of another organisation cannot be written either."""
        try:
            with acting(actor), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO credentials_register_book (issuer_id, kind, year, is_live,"
                    " pattern, opening_number, opening_minutes)"
                    " SELECT id, 'cc_cntt_co_ban', 1990, false, '{seq}', 0, ''"
                    " FROM people_organisation WHERE code = 'dh-mau'"
                )
                _raise()  # rolled back in any case
        except ProgrammingError:
            return  # row-level security refused
        except _Stranger:
            if actor.sees is not None:
                self._wrong.append(f"write: {actor.username} writes for dh-mau")

    def _refused(self, what: str, work: Callable[[], object]) -> None:
        try:
            work()
        except NoIdentityError:
            return
        self._wrong.append(f"{what}: a query without its own identity was answered")


def _raise() -> None:
    raise _Stranger


def _count() -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM credentials_register_line")
        return cursor.fetchone()


def _organisations() -> dict[str, str]:
    with acting(Actor.anonymous()), connection.cursor() as cursor:
        cursor.execute("SELECT name, code FROM people_organisation")
        return dict(cursor.fetchall())


def web(*, seed: int, threads: int, steps: int) -> dict[str, Any]:
    """The same through the web: officers of several bodies stream exports and read pages at once.

    Returns what was seen of others, and how many lines were read by whom.
    """
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    sys.setswitchinterval(1e-5)
    wrong: list[str] = []
    read: Counter[str] = Counter()
    cookies = {name: _signed_in(Client(), name).cookies for name in SEEN_ON_THE_WEB_BY}

    def work(number: int) -> None:
        chance = random.Random(f"{seed}/{number}")
        try:
            for _ in range(steps):
                streams: list[tuple[str, Any]] = []
                for name in chance.sample(sorted(cookies), 2):  # two answers open at once
                    client = Client()
                    client.cookies = cookies[name]
                    streams.append((name, client.get("/office/register/export")))
                for name, response in streams:
                    body = b"".join(response.streaming_content) if response.streaming else b""
                    response.close()
                    text = body.decode()
                    read[name] += text.count("\n")
                    strangers = {
                        code
                        for code in (world.CENTRE, world.SUSPENDED, world.SO)
                        if f'"{code}"' in text and code not in SEEN_ON_THE_WEB_BY[name]
                    }
                    if strangers or response.status_code != 200:
                        wrong.append(f"{name}: {response.status_code} {sorted(strangers)}")
        except BaseException as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"wrong": wrong, "read": dict(read)}


def _signed_in(client: Any, username: str) -> Any:
    from sogoc.people.identity import for_purpose
    from sogoc.people.models import Account

    with for_purpose("sign-in"):
        account = Account.objects.get(username=username)
    client.force_login(account)
    return client
