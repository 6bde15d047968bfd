"""Whoever edits the database as its owner is named by ``sogoc log audit``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from sogoc.config import database
from tests.cli.conftest import Sogoc


@contextmanager
def connected(sogoc: Sogoc, role: str) -> Iterator[psycopg.Connection]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("SOGOC_", "DATABASE_"))]:
            patch.delenv(name)
        patch.setenv("SOGOC_HOME", str(sogoc.home))
        url = getattr(database.urls(), role)
    with psycopg.connect(url) as connection:
        yield connection


@pytest.fixture
def own_home(make_home: Callable[[], Sogoc]) -> Sogoc:
    sogoc = make_home()
    assert sogoc.run("init", "--demo").code == 0
    assert sogoc.run("log", "audit").data["ok"] is True
    return sogoc


GUARDED = {
    "credentials_register_line": "UPDATE {t} SET issued_on = issued_on - 400 WHERE id = {id}",
    "credentials_register_personal": "UPDATE {t} SET full_name = 'Ai khác' WHERE line_id = {id}",
    "credentials_blank_movement": "UPDATE {t} SET number = number + 5000 WHERE id = {id}",
    "people_auditevent": "UPDATE {t} SET actor = 'khac' WHERE id = {id}",
}
SUBJECT = {
    "credentials_register_line": "SELECT id, code FROM {t} WHERE act = 'issue' ORDER BY id LIMIT 1",
    "credentials_register_personal": (
        "SELECT line_id, code FROM {t} JOIN credentials_register_line l ON l.id = line_id"
        " ORDER BY 1 LIMIT 1"
    ),
    "credentials_blank_movement": (
        "SELECT id, prefix || lpad(number::text, 8, '0') FROM {t} WHERE state = 'bound'"
        " ORDER BY id LIMIT 1"
    ),
    "people_auditevent": "SELECT id, id::text FROM {t} WHERE verb LIKE 'issuing:%' LIMIT 1",
}


def test_the_application_cannot_and_the_owner_is_named(own_home: Sogoc) -> None:
    named: list[str] = []
    for table, edit in GUARDED.items():
        with connected(own_home, "owner") as owner:
            row, label = owner.execute(SUBJECT[table].format(t=table)).fetchone() or (0, "")
            for role in ("app", "owner"):
                with connected(own_home, role) as connection:
                    connection.execute("SET sogoc.orgs = '*'")
                    with pytest.raises(psycopg.Error):
                        connection.execute(edit.format(t=table, id=row))
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(edit.format(t=table, id=row))
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            named.append(str(label))
    report = own_home.run("log", "audit")
    assert report.code == 1
    found = " ".join(problem["what"] for problem in report.data["problems"])
    for label in named:
        assert label in found, report.data["problems"]


@pytest.mark.parametrize("table", ["credentials_register_line", "people_auditevent"])
def test_a_removed_row_is_missed(own_home: Sogoc, table: str) -> None:
    with connected(own_home, "owner") as owner:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if table == "credentials_register_line":
            owner.execute("ALTER TABLE credentials_register_personal DISABLE TRIGGER USER")
            owner.execute(
                "DELETE FROM credentials_register_personal WHERE line_id ="
                " (SELECT max(id) FROM credentials_register_line)"
            )
        owner.execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
    report = own_home.run("log", "audit")
    assert report.code == 1
    assert report.data["problems"]
