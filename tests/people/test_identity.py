"""The one helper and the walls behind it: nothing is read without an identity, nothing leaks."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from sogoc.people.api import Actor, NoIdentityError, acting, current_actor, load_actor, load_demo
from sogoc.people.identity import ALIAS, for_purpose
from sogoc.people.models import Account, AuditEvent, Organisation
from tests.people.helpers import AT, BEFORE, note

SETTINGS = (
    "SELECT coalesce(current_setting('sogoc.orgs', true), ''),"
    " coalesce(current_setting('sogoc.actor', true), ''),"
    " coalesce(current_setting('sogoc.purpose', true), '')"
)


def subjects() -> list[str]:
    found = AuditEvent.objects.filter(verb="tests:thing:note").order_by("subject")
    return list(found.values_list("subject", flat=True))


def fail_after_noting(actor: Actor) -> None:
    with acting(actor):
        note(actor, "undone")
        raise ZeroDivisionError


def settings_now() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


class TestOneTransaction:
    def test_a_query_outside_raises(self, db: None) -> None:
        with pytest.raises(NoIdentityError):
            Organisation.objects.count()
        with pytest.raises(NoIdentityError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with pytest.raises(NoIdentityError):
            current_actor()

    def test_the_settings_live_as_long_as_the_block(self, centre: Actor) -> None:
        with acting(centre) as actor:
            assert actor is current_actor() is centre
            assert settings_now() == (str(centre.organisation_id), centre.username, "")
        with acting(Actor.anonymous()):
            assert settings_now() == ("", "", "")
        with acting(Actor.system("tests")):
            assert settings_now() == ("*", "system:tests", "")

    def test_each_sees_only_its_own_rows(self, centre: Actor, school: Actor) -> None:
        note(centre, "c")
        note(school, "s")
        for actor, seen in ((centre, ["c"]), (school, ["s"]), (Actor.anonymous(), [])):
            with acting(actor):
                assert subjects() == seen
        with acting(Actor.system("tests")):
            assert subjects() == ["c", "s"]

    def test_the_same_actor_again_is_a_savepoint(self, centre: Actor) -> None:
        with acting(centre):
            note(centre, "kept")
            with pytest.raises(ZeroDivisionError):
                fail_after_noting(centre)
            assert subjects() == ["kept"]
            assert settings_now()[1] == centre.username

    def test_another_actor_inside_raises(self, centre: Actor, school: Actor) -> None:
        with acting(centre):
            with pytest.raises(NoIdentityError), acting(school):
                pass
            assert current_actor() == centre

    def test_a_failed_block_leaves_nothing(self, centre: Actor) -> None:
        with pytest.raises(ZeroDivisionError):
            fail_after_noting(centre)
        with pytest.raises(NoIdentityError):
            current_actor()
        with acting(centre):
            assert subjects() == []

    def test_a_lazy_query_set_raises_afterwards(self, centre: Actor) -> None:
        with acting(centre):
            lazy = Organisation.objects.all()
        with pytest.raises(NoIdentityError):
            list(lazy)

    def test_names_of_machines_are_no_account_names(self, demo: None) -> None:
        with (
            pytest.raises(DatabaseError, match="people_account_username_plain"),
            acting(Actor.system("tests")),
            for_purpose("import"),
        ):
            Account.objects.create(username="system:sequencer", display_name="x")


class TestPurposes:
    def test_accounts_are_hidden_from_ordinary_work(self, demo: None) -> None:
        with acting(Actor.system("tests")):
            assert not Account.objects.exists()
            with for_purpose("sign-in"):
                assert Account.objects.exists()
            assert not Account.objects.exists()

    def test_a_purpose_ends_when_its_block_fails(self, demo: None) -> None:
        with acting(Actor.system("tests")):
            with pytest.raises(ZeroDivisionError), for_purpose("import"):
                raise ZeroDivisionError
            assert settings_now()[2] == ""
            with (
                pytest.raises(ProgrammingError, match="row-level security"),
                transaction.atomic(),
            ):
                Organisation.objects.create(code="x", name="X")

    def test_a_swallowed_database_error_is_not_a_success(self, transactional_db: None) -> None:
        with (
            pytest.raises(transaction.TransactionManagementError, match="caught inside"),
            acting(Actor.system("tests")),
            contextlib.suppress(ProgrammingError),
        ):
            Organisation.objects.create(code="x", name="X")

    def test_purposes_nest(self, demo: None) -> None:
        with for_purpose("import"):
            with for_purpose("sign-in"):
                assert settings_now()[2] == "sign-in"
            assert settings_now()[2] == "import"

    def test_loading_an_actor_inside_another_keeps_it(self, centre: Actor) -> None:
        with acting(centre):
            assert load_actor("registrar.thpt", on=BEFORE).username == "registrar.thpt"
            assert settings_now() == (str(centre.organisation_id), centre.username, "")


@pytest.fixture
def two(transactional_db: None) -> tuple[Actor, Actor]:
    """Two registrars with one committed event each."""
    load_demo(AT)
    centre = load_actor("registrar.tt-gdtx", on=BEFORE)
    school = load_actor("registrar.thpt", on=BEFORE)
    note(centre, "c1")
    note(centre, "c2")
    note(school, "s1")
    return centre, school


class TestAcrossConnections:
    def test_it_is_the_outermost_transaction(self, transactional_db: None) -> None:
        """What a block returned from is on disk, so no plain transaction may hold it."""
        with (
            transaction.atomic(),
            pytest.raises(RuntimeError, match="durable"),
            acting(Actor.system("tests")),
        ):
            pass

    def test_hooks_after_commit_have_no_identity(self, two: tuple[Actor, Actor]) -> None:
        centre, _ = two
        with pytest.raises(NoIdentityError), acting(centre):
            transaction.on_commit(lambda: list(AuditEvent.objects.all()))
        seen: list[list[str]] = []

        def properly() -> None:
            with acting(two[1]):
                seen.append(subjects())

        with acting(centre):
            transaction.on_commit(properly)
        assert seen == [["s1"]]

    def test_a_generator_consumed_after_the_block_raises(self, two: tuple[Actor, Actor]) -> None:
        def lines() -> Iterator[str]:
            for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=1):
                yield event.subject

        with acting(two[0]):
            unstarted = lines()
            started = lines()
            first = next(started)
        assert first
        with pytest.raises(NoIdentityError):
            next(unstarted)
        with pytest.raises(DatabaseError):
            list(started)

    def test_a_generator_never_goes_on_as_somebody_else(self, two: tuple[Actor, Actor]) -> None:
        def lines() -> Iterator[str]:
            query = AuditEvent.objects.filter(verb="tests:thing:note")
            for event in query.order_by("pk").iterator(chunk_size=1):
                yield event.subject

        with acting(two[0]):
            started = lines()
            assert next(started) == "c1"
        with acting(two[1]), pytest.raises(DatabaseError):
            list(started)

    def test_a_stream_that_acts_itself_works(self, two: tuple[Actor, Actor]) -> None:
        def lines(actor: Actor) -> Iterator[str]:
            with acting(actor):
                yield from subjects()

        assert list(lines(two[0])) == ["c1", "c2"]
        stream = lines(two[0])
        next(stream)
        stream.close()  # the client went away
        with acting(two[1]):
            assert subjects() == ["s1"]

    def test_threads_have_no_identity(self, two: tuple[Actor, Actor]) -> None:
        def job() -> list[str]:
            try:
                return subjects()
            finally:
                connections[ALIAS].close()

        with ThreadPoolExecutor(1) as threads, acting(two[0]):
            with pytest.raises(NoIdentityError):
                threads.submit(job).result()
            with pytest.raises(NoIdentityError):
                threads.submit(contextvars.copy_context().run, job).result()

    def test_a_pooled_connection_forgets(self, two: tuple[Actor, Actor]) -> None:
        """One server connection, used by two actors one after the other, with a gap between."""
        centre, school = two
        wrapper = connections[ALIAS]
        before = dict(wrapper.settings_dict["OPTIONS"])
        wrapper.close()
        wrapper.settings_dict["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 10}
        seen: list[tuple[int, list[str]]] = []

        def work(actor: Actor) -> None:
            here = connections[ALIAS]
            here.settings_dict = wrapper.settings_dict
            with acting(actor):
                seen.append((pid(here), subjects()))
            here.close()  # back to the pool

        def between() -> None:
            here = connections[ALIAS]
            here.settings_dict = wrapper.settings_dict
            here.ensure_connection()
            assert here.connection is not None
            row = here.connection.execute(SETTINGS).fetchone()
            rows = here.connection.execute("SELECT count(*) FROM people_auditevent").fetchone()
            seen.append((here.connection.info.backend_pid, [*map(str, row), str(rows[0])]))
            here.close()

        def failing() -> None:
            here = connections[ALIAS]
            here.settings_dict = wrapper.settings_dict
            with contextlib.suppress(ZeroDivisionError):
                fail_after_noting(centre)
            here.close()

        try:
            jobs: list[tuple[Any, ...]] = [
                (work, centre), (between,), (work, school), (failing,), (between,), (work, school)
            ]  # fmt: skip
            for job in jobs:
                with ThreadPoolExecutor(1) as thread:
                    thread.submit(*job).result()
        finally:
            wrapper.close_pool()
            wrapper.settings_dict["OPTIONS"] = before
        assert len({process for process, _ in seen}) == 1
        assert [rows for _, rows in seen] == [
            ["c1", "c2"],
            ["", "", "", "0"],
            ["s1"],
            ["", "", "", "0"],
            ["s1"],
        ]


def pid(wrapper: Any) -> int:
    return int(wrapper.connection.info.backend_pid)
