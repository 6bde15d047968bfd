"""The database itself refuses what the code would not do: try to break each invariant."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from sogoc.people.api import acting
from tests.credentials.world import (
    account,
    bring_to_signed,
    issue,
    people_list,
    prepare,
    settle,
    who,
)

TABLES = {
    "credentials_blank_lot": "received_on = received_on",
    "credentials_blank_movement": "state = state",
    "credentials_batch": "binding = binding",
    "credentials_batch_row": "data = data",
    "credentials_batch_finding": "message = message",
    "credentials_recognition_decision": "number = number",
    "credentials_ruling": "summary = summary",
}


@pytest.fixture
def signed(settled: None) -> str:
    """A batch that could be issued."""
    token = prepare(people_list(range(3))).token
    bring_to_signed(token)
    return token


def _refused(statement: str, *, by: str = "registrar.tt-gdtx") -> str:
    with pytest.raises(DatabaseError) as error:
        _attempt(statement, by)
    return str(error.value)


def _attempt(statement: str, by: str) -> None:
    with acting(account(by)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", TABLES)
def test_application_role_cannot_alter_or_delete(signed: str, table: str) -> None:
    assert "permission denied" in _refused(f"UPDATE {table} SET {TABLES[table]}")
    assert "permission denied" in _refused(f"DELETE FROM {table}")
    assert "permission denied" in _refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved'",
        "state = 'cancelled'",
        "state = 'issued'",
        "state = 'issued', issued_by = 'registrar.tt-gdtx', issued_at = now(), issue_key = 'k'",
        "approved_by = 'registrar.tt-gdtx'",
        "signed_on = '2025-04-09'",
        "sealed_by = ''",
        "printed_at = now()",
        "state = 'printed'",
    ],
)
def test_batch_takes_only_whole_steps_of_the_table(signed: str, change: str) -> None:
    message = _refused(f"UPDATE credentials_batch SET {change}")
    assert "permission" not in message


def test_batch_is_approved_by_another_and_under_ones_own_name(settled: None) -> None:
    prepare(people_list(range(3)))
    step = "UPDATE credentials_batch SET state = 'approved', approved_at = now(), approved_by = "
    assert "this person" in _refused(f"{step} 'registrar.tt-gdtx'")
    assert "this person" in _refused(f"{step} 'approver.tt-gdtx'")
    assert "this person" in _refused(f"{step} 'x'", by="approver.tt-gdtx")


def test_serial_is_set_only_while_printing(signed: str) -> None:
    message = _refused("UPDATE credentials_batch_row SET serial = 'A99999999'")
    assert "while a batch is printed" in message


def test_rows_are_not_added_later(signed: str) -> None:
    message = _refused(
        "INSERT INTO credentials_batch_row (batch_id, issuer_id, n, sheet, row, data, serial)"
        " SELECT id, issuer_id, 99, '', 99, '{}', '' FROM credentials_batch"
    )
    assert "written with their batch" in message


_MOVE = (
    "INSERT INTO credentials_blank_movement (owner_id, kind, prefix, number, step, state, on_date,"
    " batch_id, batch_row, document_number, reason, leaf_hash)"
    " SELECT {owner}, kind, prefix, {number}, {step}, '{state}', on_date, batch_id, 1, 'd', 'r',"
    " {leaf} FROM credentials_blank_movement WHERE batch_row = 1 LIMIT 1"
)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"number": 999_999}, "no lot"),
        ({"number": 2500200, "state": "issued"}, "cannot go from stock to issued"),
        ({"state": "bound", "step": 2}, "cannot go from bound to bound"),
        ({"state": "issued", "step": 2}, "only with a batch"),
        ({"state": "spoiled", "step": 3}, "cannot go from"),
        ({"number": 2500200, "leaf": "'\\x00'::bytea"}, "no leaf"),
    ],
)
def test_blank_moves_only_along_the_table(signed: str, values: dict[str, object], why: str) -> None:
    base: dict[str, object] = {
        "owner": "owner_id", "number": "number", "step": 1, "state": "bound", "leaf": "leaf_hash",
    }  # fmt: skip
    assert why in _refused(_MOVE.format(**{**base, **values}))


def test_ended_blank_never_moves_again(signed: str) -> None:
    issue(signed)
    for state in ("spoiled", "destroyed", "lost", "bound"):
        message = _refused(
            _MOVE.format(owner="owner_id", number="number", step=3, state=state, leaf="leaf_hash")
        )
        assert "cannot go from issued" in message or "blank_movement_one_end" in message


def test_other_bodies_see_and_write_nothing(signed: str) -> None:
    with acting(account("registrar.so-dak-nong")), connection.cursor() as cursor:
        for table in TABLES:
            if table != "credentials_ruling":
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone()[0] == 0
    message = _refused(
        "INSERT INTO credentials_blank_reservation"
        " (owner_id, batch_id, kind, prefix, first, last, expires_at)"
        " SELECT o.id, gen_random_uuid(), 'k', 'A', 1, 2, now() FROM people_organisation o"
        " WHERE code = 'tt-gdtx-nnth-dak-nong'",
        by="registrar.so-dak-nong",
    )
    assert "row-level security" in message


def test_ruling_is_confirmed_once_by_another(settled: None) -> None:
    from sogoc.credentials.issuing import api as issuing
    from tests.credentials.world import AT, KIND, TODAY

    issuing.record_ruling(
        document_number="1", document_date=TODAY, author="Cục", summary="Được", valid_from=TODAY,
        kinds=[KIND], checks=["X"], by=account("officer.ministry"), at=AT,
    )  # fmt: skip
    confirm = "UPDATE credentials_ruling SET confirmed_at = now(), confirmed_by = "
    assert "another person" in _refused(f"{confirm} 'officer.ministry'", by="officer.ministry")
    assert "another person" in _refused(f"{confirm} 'officer2.ministry'", by="officer.ministry")
    issuing.confirm_ruling(document_number="1", by=account("officer2.ministry"), at=AT)
    assert "once" in _refused(f"{confirm} 'inspector'", by="inspector")


@pytest.mark.django_db(transaction=True)
def test_owner_cannot_alter_without_disabling_triggers(
    owner_connection: psycopg.Connection,
) -> None:
    settle()
    token = prepare(people_list(range(3))).token
    bring_to_signed(token)
    issue(token)
    attempts: list[Callable[[str], str]] = [
        lambda table: f"UPDATE {table} SET {TABLES[table]}",
        lambda table: f"DELETE FROM {table}",
        lambda table: f"TRUNCATE {table} CASCADE",
    ]
    refusals = "insert-only|does not change|does not go|while a batch is printed"
    for table in TABLES:
        for attempt in attempts:
            if table == "credentials_ruling" and attempt is attempts[0]:
                continue  # it has no row here, and its trigger is one for each row
            with pytest.raises(psycopg.Error, match=refusals):
                owner_connection.execute(attempt(table))
    assert who("batch.issue")
