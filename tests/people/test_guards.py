"""What the application's role may not do to bodies, mandates and accounts."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection

from sogoc.people.api import Actor, acting
from sogoc.people.identity import for_purpose
from sogoc.people.models import Capacity, Mandate, Organisation, RoleGrant

TABLES = (
    "people_organisation", "people_capacity", "people_suspension", "people_licence",
    "people_mandate", "people_succession", "people_account", "people_rolegrant",
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_is_ever_deleted(demo: None, table: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting(Actor.system("tests")),
        for_purpose("import"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_capacity SET kind = 'so_gddt'",
        "UPDATE people_capacity SET valid_from = '2000-01-01'",
        "UPDATE people_mandate SET person_name = 'Ai đó'",
        "UPDATE people_suspension SET reason = ''",
        "UPDATE people_rolegrant SET role = 'approver'",
        "UPDATE people_account SET is_demo = true",
        "UPDATE people_account SET username = 'x.y'",
        "UPDATE people_organisation SET code = 'x'",
        "UPDATE people_succession SET task = 'custody'",
    ],
)
def test_what_was_decided_is_not_rewritten(demo: None, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting(Actor.system("tests")),
        for_purpose("import"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", [table for table in TABLES if table != "people_succession"])
def test_nothing_is_changed_outside_an_import(demo: None, table: str) -> None:
    changeable = {"people_organisation": "name", "people_account": "display_name"}
    column = changeable.get(table, "valid_until")
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {column}")
        assert cursor.rowcount == 0


def test_a_closed_period_stays_closed(demo: None) -> None:
    with (
        pytest.raises(IntegrityError, match="closed period"),
        acting(Actor.system("tests")),
        for_purpose("import"),
    ):
        Capacity.objects.filter(organisation__code="so-gddt-dak-nong").update(valid_until=None)


def test_periods_do_not_overlap(demo: None) -> None:
    with acting(Actor.anonymous()):
        body = Organisation.objects.get(code="dh-mau")
    for model, values in (
        (Capacity, {"organisation": body, "kind": "co_so_gddh", "decision_number": "1"}),
        (
            Mandate,
            {
                "organisation": body, "person_name": "X", "title": "Hiệu trưởng", "role": "head",
                "decision_number": "1",
            },
        ),
    ):  # fmt: skip
        with (
            pytest.raises(IntegrityError, match="exclusion"),
            acting(Actor.system("tests")),
            for_purpose("import"),
        ):
            model._default_manager.create(valid_from="2024-01-01", **values)
    with for_purpose("sign-in"):
        first = RoleGrant.objects.select_related("account")[0]
    with (
        pytest.raises(IntegrityError, match="people_role_grant_no_overlap"),
        acting(Actor.system("tests")),
        for_purpose("import"),
    ):
        RoleGrant.objects.create(account=first.account, role=first.role, valid_from="2024-01-01")


def test_a_decision_is_needed(demo: None) -> None:
    with acting(Actor.anonymous()):
        body = Organisation.objects.get(code="dh-mau")
    with (
        pytest.raises(IntegrityError, match="people_capacity_by_decision"),
        acting(Actor.system("tests")),
        for_purpose("import"),
    ):
        Capacity.objects.create(organisation=body, kind="tt_gdtx", valid_from="2024-01-01")
