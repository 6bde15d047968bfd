"""The application's role is weak, the owner's migrates, tests are isolated."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

from sogoc.config import database
from sogoc.config.checks import application_role, assert_app_role_is_safe
from sogoc.people.identity import Actor, acting


@pytest.mark.django_db
def test_application_works_as_its_own_role() -> None:
    with acting(Actor.anonymous()), connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("sogoc_app",)


@pytest.mark.django_db
def test_application_role_passes_its_check() -> None:
    assert_app_role_is_safe()
    assert application_role(databases=["default"]) == []
    assert application_role(databases=None) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_as_application_is_refused() -> None:
    with pytest.raises(database.DatabaseError) as caught:
        assert_app_role_is_safe("owner")
    assert caught.value.code == "application-role-too-strong"
    assert caught.value.context["owned_table"]


@pytest.mark.parametrize("right", ["bypassrls", "superuser"])
def test_stronger_application_role_is_refused(
    superuser_connection: psycopg.Connection, right: LiteralString, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A role of its own: roles belong to the server, which the other workers' tests share.
    role = f"strong_{superuser_connection.info.dbname}"
    default = connections["default"].settings_dict
    superuser_connection.execute(
        sql.SQL("create role {} login {} in role sogoc_app password {}").format(
            sql.Identifier(role), sql.SQL(right), default["PASSWORD"]
        )
    )
    monkeypatch.setitem(default, "USER", role)
    try:
        with pytest.raises(database.DatabaseError):
            assert_app_role_is_safe()
        assert [message.id for message in application_role(databases=["default"])] == ["sogoc.E001"]
    finally:
        superuser_connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
    monkeypatch.undo()
    assert_app_role_is_safe()


@pytest.mark.parametrize(
    "statement",
    [
        "create table theirs ()",
        "truncate django_content_type",
        "alter table django_content_type add column x int",
        "delete from django_migrations",
        "set session_replication_role = replica",
    ],
)
@pytest.mark.django_db
def test_application_cannot_change_the_structure(statement: str) -> None:
    with (
        pytest.raises(Exception, match=r"permission denied|must be owner"),
        acting(Actor.anonymous()),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("_round", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_commits_do_not_reach_the_next_test(_round: int) -> None:
    with acting(Actor.system("test")), connection.cursor() as cursor:
        cursor.execute("select count(*) from django_content_type where app_label = 'x'")
        assert cursor.fetchone() == (0,)
        cursor.execute("insert into django_content_type (app_label, model) values ('x', 'y')")


@pytest.mark.django_db(databases=["default", "owner"])
def test_both_roles_see_one_database() -> None:
    names = set()
    for alias in ("default", "owner"):
        with acting(Actor.anonymous()), connections[alias].cursor() as cursor:
            cursor.execute("select current_database()")
            names.add(cursor.fetchone())
    assert len(names) == 1


def test_external_address_replaces_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/register?sslmode=require")
    assert not database.is_embedded()
    assert database.urls() == ("postgresql://app@db.example/register?sslmode=require", "")
    assert database.role_of(database.urls().app) == "app"
    settings = database.django_settings(database.urls().app, pool=True)
    assert settings["HOST"] == "db.example"
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["pool"]["max_size"] > 1
    with pytest.raises(database.DatabaseError, match="no-owner-address"):
        database.migrate()


def test_external_server_is_used_as_given(
    monkeypatch: pytest.MonkeyPatch, test_home: object
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.urls().app)
    database.ensure_database()
    assert database.stop_database() is False
    monkeypatch.setattr(database, "OLDEST_SERVER", 990000)
    with pytest.raises(database.DatabaseError, match="server-too-old"):
        database.ensure_database()


def test_unreachable_server_is_an_anticipated_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@/none?host=/nonexistent")
    with pytest.raises(database.DatabaseError, match="no-database"):
        database.ensure_database()
