"""Audit events: under one's own name, logged, and never altered."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection

from sogoc.kernel.leaf import leaf_hash, parse_leaf
from sogoc.people.api import (
    Actor,
    NoIdentityError,
    acting,
    load_actor,
    load_demo,
    recomputed_leaf,
    record_event,
)
from sogoc.people.models import AuditEvent
from tests.people.helpers import AT, BEFORE, note


def test_an_event_is_a_leaf(centre: Actor) -> None:
    with acting(centre):
        record_event(
            actor=centre,
            verb="register:line:revoke",
            subject="SG-1",
            at=AT,
            reason="Sai thẩm quyền",
            detail={"lines": ["SG-1"], "n": 1},
            record_key=bytes(32),
        )
        event = AuditEvent.objects.get(subject="SG-1")
        assert bytes(event.leaf) == recomputed_leaf(event)
        assert bytes(event.leaf_hash) == leaf_hash(bytes(event.leaf))
        leaf = parse_leaf(bytes(event.leaf))
    assert (leaf.act, leaf.issuer) == ("audit", "tt-gdtx-nnth-dak-nong")
    assert event.actor_name == centre.display_name
    assert b"SG-1" not in bytes(event.leaf)


def test_each_column_is_committed_to(centre: Actor) -> None:
    note(centre, "x")
    with acting(centre):
        event = AuditEvent.objects.get(subject="x")
    for name, other in {
        "at": datetime(2025, 4, 10, 2, 30, 0, 1, tzinfo=UTC),
        "verb": "v",
        "actor": "a",
        "actor_name": "b",
        "organisation_code": "c",
        "on_behalf_of": "d",
        "subject": "y",
        "reason": "r",
        "detail": {"z": 1},
    }.items():
        before = getattr(event, name)
        setattr(event, name, other)
        assert recomputed_leaf(event) != bytes(event.leaf), name
        setattr(event, name, before)


def test_only_under_ones_own_name(centre: Actor, school: Actor) -> None:
    with acting(centre), pytest.raises(NoIdentityError):
        record_event(actor=school, verb="a:b:c", subject="x", at=AT)
    with pytest.raises(NoIdentityError):
        record_event(actor=centre, verb="a:b:c", subject="x", at=AT)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(centre):
        AuditEvent.objects.bulk_create(
            [
                AuditEvent(
                    at=AT, verb="a", actor=school.username, subject="x",
                    organisation_code="tt-gdtx-nnth-dak-nong",
                    record_key=bytes(32), leaf=b"1", leaf_hash=leaf_hash(b"1"),
                )
            ]
        )  # fmt: skip


def test_times_are_aware(centre: Actor) -> None:
    with acting(centre), pytest.raises(ValueError, match="time zone"):
        record_event(actor=centre, verb="a:b:c", subject="x", at=AT.replace(tzinfo=None))


def test_an_event_may_be_about_a_body_one_does_not_see(centre: Actor) -> None:
    with acting(centre):
        record_event(
            actor=centre, verb="a:b:c", subject="x", at=AT, organisation_code="thpt-gia-nghia"
        )
        assert not AuditEvent.objects.filter(subject="x").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_auditevent SET reason = 'other'",
        "DELETE FROM people_auditevent",
        "TRUNCATE people_auditevent",
    ],
)
class TestInsertOnly:
    def test_the_application_may_not(self, centre: Actor, statement: str) -> None:
        note(centre, "x")
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting(Actor.system("tests")),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_the_owner_is_refused_by_a_trigger(
        self, owner_connection: psycopg.Connection, statement: str
    ) -> None:
        load_demo(AT)
        note(load_actor("registrar.tt-gdtx", on=BEFORE), "x")
        with pytest.raises(psycopg.errors.RestrictViolation, match="insert-only"):
            owner_connection.execute(statement.encode())


def test_the_owner_can_when_triggers_are_off_and_it_shows(
    owner_connection: psycopg.Connection,
) -> None:
    load_demo(AT)
    actor = load_actor("registrar.tt-gdtx", on=BEFORE)
    note(actor, "x")
    owner_connection.execute("ALTER TABLE people_auditevent DISABLE TRIGGER USER")
    owner_connection.execute("UPDATE people_auditevent SET reason = 'other' WHERE subject = 'x'")
    with acting(actor):
        event = AuditEvent.objects.get(subject="x")
    assert recomputed_leaf(event) != bytes(event.leaf)


def test_json_that_the_database_cannot_hold_is_refused(centre: Actor) -> None:
    with pytest.raises((DatabaseError, ValueError)), acting(centre):
        record_event(actor=centre, verb="a:b:c", subject="x", at=AT, detail={"x": "\x00"})
