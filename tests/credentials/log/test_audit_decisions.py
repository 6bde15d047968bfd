"""Decisions have no leaf of their own, status lists have: whoever alters them is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.log import api as log
from sogoc.credentials.log.audit import audit_database
from sogoc.credentials.overrides import api as overriding
from sogoc.credentials.register import api as register
from sogoc.credentials.rules import api as rules
from sogoc.credentials.status import api as status
from sogoc.kernel import status_lists
from sogoc.people.api import Actor, acting
from sogoc.policy.api import load_law
from tests.credentials.log.conftest import BASE
from tests.credentials.world import AT, CENTRE, KIND, TODAY, who

Owner = psycopg.Connection[Any]


@pytest.fixture
def decided(issued: tuple[str, ...]) -> dict[str, str]:
    """One override confirmed, one withdrawn, one proposed; rulings; the first rule set."""
    numbers = []
    for days in (30, 31, 32):
        numbers.append(
            overriding.propose_override(
                check="E-BELOW-PASS-MARK", body=CENTRE, kind=KIND, valid_from=date(2025, 4, 1),
                valid_until=date(2025, 4, 1) + timedelta(days=days), reason="Phúc khảo.",
                document="07/TTr-TT", by=who("override.propose"), at=AT,
            ).number
        )  # fmt: skip
    for number in numbers[:2]:
        overriding.confirm_override(number=number, by=who("override.confirm"), at=AT)
    overriding.withdraw_override(
        number=numbers[1], reason="Hết cần.", by=who("override.confirm"), today=TODAY, at=AT
    )
    for number, until in (("1/YK", None), ("2/YK", date(2026, 1, 1))):
        issuing.record_ruling(
            document_number=number, document_date=TODAY, author="Vụ Pháp chế", summary="Được.",
            valid_from=TODAY, valid_until=until, kinds=[KIND], checks=["E-BELOW-PASS-MARK"],
            by=who("ruling.record"), at=AT,
        )  # fmt: skip
    recorder = who("ruling.record").username
    by = who("ruling.confirm", excluding=frozenset({recorder}))
    issuing.confirm_ruling(document_number="1/YK", by=by, at=AT)
    assert rules.activate_first(at=AT, today=TODAY) is not None
    return {"confirmed": numbers[0], "withdrawn": numbers[1], "proposed": numbers[2]}


def after(owner: Owner, home: Path, table: str, *statements: str) -> list[tuple[str, str]]:
    """What the audit names once the owner has done this; then it is undone."""
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")
        for (name,) in owner.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        ).fetchall():
            owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        changed = [owner.execute(each).rowcount for each in statements]
        assert all(changed), (table, changed)
        report = audit_database(owner, home, base=BASE)
        return [(each.kind, each.what.partition(" ")[0]) for each in report.problems]


def columns(owner: Owner, table: str) -> list[tuple[str, str]]:
    return owner.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
        [table],
    ).fetchall()


CHANGED = {
    "boolean": "NOT {c}",
    "bigint": "{c} + 1000",
    "date": "coalesce({c}, date '2001-01-01') + 1",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 day'",
    "ARRAY": "{c} || ARRAY['x']::varchar[]",
    "bytea": "sha256({c})",
}
"""Another value of a type; without one a text."""
NOT_DECIDED = {"texts", "summary", "id"}
"""Of a rule set: its digest is in the event, the law files have their own test."""


def test_untouched_decisions_have_no_problem(
    decided: dict[str, str], sequence: Callable[..., Any], audit: Callable[[], Any]
) -> None:
    assert audit().is_clean
    sequence()
    assert audit().is_clean


@pytest.mark.parametrize(
    ("table", "key", "row", "kind"),
    [
        ("credentials_override", "number", "confirmed", "override"),
        ("credentials_override", "number", "proposed", "override"),
        ("credentials_override_confirmation", "override_id", "confirmed", "override"),
        ("credentials_override_withdrawal", "override_id", "withdrawn", "override"),
        ("credentials_ruling", "document_number", "1/YK", "ruling"),
        ("credentials_ruling", "document_number", "2/YK", "ruling"),
        ("credentials_rule_set_activation", "rule_set", None, "rule_set"),
    ],
)
def test_any_column_of_a_decision_is_named(
    table: str,
    key: str,
    row: str | None,
    kind: str,
    decided: dict[str, str],
    superuser_connection: Owner,
    tmp_path: Path,
) -> None:
    owner = superuser_connection
    value = decided.get(str(row), str(row))
    where = "true" if row is None else f"{key} = '{value}'"
    if key == "override_id":
        where = f"{key} = (SELECT id FROM credentials_override WHERE number = '{value}')"
    unseen = []
    for column, data_type in columns(owner, table):
        if column in NOT_DECIDED and (table.endswith("activation") or column == "id"):
            continue
        if column == "author":
            continue  # a person's name: the event does not say it
        new = CHANGED.get(data_type, "'zz' || coalesce({c}, '')").format(c=column)
        if data_type == "character varying" and table.endswith("activation"):
            new = f"'zz' || left({column}, 50)"
        statement = f'UPDATE {table} SET "{column}" = {new} WHERE {where}'
        if (kind, value) not in [
            (found, value if row is None else what)
            for found, what in after(owner, tmp_path, table, statement)
        ]:
            unseen.append(column)
    assert unseen == ([] if kind != "rule_set" else ["reason"])


def test_a_decision_removed_or_put_in_is_named(
    decided: dict[str, str], superuser_connection: Owner, tmp_path: Path
) -> None:
    owner, number = superuser_connection, decided["confirmed"]
    its = f"(SELECT id FROM credentials_override WHERE number = '{number}')"
    gone = (
        f"DELETE FROM credentials_override_confirmation WHERE override_id = {its}",
        f"DELETE FROM credentials_override WHERE number = '{number}'",
    )
    assert after(owner, tmp_path, "credentials_override", *gone) == [("override", number)]
    assert after(owner, tmp_path, "credentials_override_confirmation", gone[0]) == [
        ("override", number)
    ]
    ruling = "DELETE FROM credentials_ruling WHERE document_number = '2/YK'"
    assert after(owner, tmp_path, "credentials_ruling", ruling) == [("ruling", "2/YK")]
    copied = (
        "INSERT INTO credentials_override (number, check_id, organisation_id, kind, file_sha256,"
        " valid_from, valid_until, reason, document, proposed_by, proposed_at)"
        " SELECT 'MP-9999', check_id, organisation_id, kind, file_sha256, valid_from, valid_until,"
        f" reason, document, proposed_by, proposed_at FROM credentials_override WHERE id = {its}"
    )
    assert after(owner, tmp_path, "credentials_override", copied) == [("override", "MP-9999")]
    proposed = decided["proposed"]
    yes = (
        "INSERT INTO credentials_override_confirmation (override_id, confirmed_by, confirmed_at)"
        " SELECT id, 'somebody', proposed_at FROM credentials_override"
        f" WHERE number = '{proposed}'"
    )
    assert after(owner, tmp_path, "credentials_override_confirmation", yes) == [
        ("override", proposed)
    ]
    said = (
        "UPDATE credentials_ruling SET confirmed_by = 'x', confirmed_at = now()"
        " WHERE document_number = '2/YK'"
    )
    assert after(owner, tmp_path, "credentials_ruling", said) == [("ruling", "2/YK")]


@pytest.fixture
def changing(issued: tuple[str, ...]) -> list[str]:
    """Rule set A in force, then B, then A again; each but the first by two officers."""
    running = load_law()
    other = replace(running, rule_set_id="rules-other")
    proposer = who("rules.propose")
    confirmer = who("rules.activate", excluding=frozenset({proposer.username}))
    assert rules.activate_first(at=AT, today=TODAY) is not None
    for year, law in ((1, other), (2, running), (3, other)):
        at, day = AT + timedelta(days=365 * year), TODAY + timedelta(days=365 * year)
        rules.propose_rule_set(
            valid_from=day, reason="Đổi luật.", by=proposer, at=at, today=day, law=law
        )
        if year < 3:  # the last one waits
            rules.confirm_rule_set(rule_set=law.rule_set_id, by=confirmer, at=at)
    return [running.rule_set_id, other.rule_set_id]


def test_one_of_several_activations_removed_is_named(
    changing: list[str], audit: Callable[[], Any], superuser_connection: Owner, tmp_path: Path
) -> None:
    assert audit().is_clean
    table, (first, other) = "credentials_rule_set_activation", changing
    rows = superuser_connection.execute(f"SELECT id, rule_set FROM {table} ORDER BY id").fetchall()
    assert [name for _, name in rows] == [first, other, first, other]
    for number, name in rows:
        gone = f"DELETE FROM {table} WHERE id = {number}"
        assert after(superuser_connection, tmp_path, table, gone) == [("rule_set", name)]


@pytest.fixture
def listed(issued: tuple[str, ...], tmp_path: Path) -> list[str]:
    """Digests of the status lists published over the issued lines, twice."""
    with acting(Actor.system("tests")):
        lines = list(dict(register.lines_by_code(issued)).values())
        status.ensure_entries(
            issuer_id=lines[0].book.issuer_id, lines=[each.id for each in lines], copy="vc",
            length=status_lists.MIN_LENGTH,
        )  # fmt: skip
    return [
        each.sha256
        for hours in (0, 13)
        for each in status.publish(
            tmp_path, base=BASE, at=AT + timedelta(hours=hours), is_playground=True
        )
    ]


def test_an_archived_list_that_was_altered_or_lost_is_named(
    listed: list[str],
    sequence: Callable[..., Any],
    audit: Callable[[], log.AuditReport],
    tmp_path: Path,
) -> None:
    sequence()
    assert len(set(listed)) == 8
    assert audit().is_clean
    file = tmp_path / "status" / "archive" / listed[1]
    good = file.read_bytes()
    for change in (lambda: file.write_bytes(good[:-1] + b" "), file.unlink):
        change()
        (found,) = audit().problems
        assert (found.kind, listed[1][:16] in found.what) == ("status_list", True)
    file.write_bytes(good)
    assert audit().is_clean


def test_a_list_whose_row_was_altered_or_removed_is_named(
    listed: list[str], superuser_connection: Owner, tmp_path: Path
) -> None:
    table = "credentials_status_issue"
    where = f"WHERE encode(sha256, 'hex') = '{listed[2]}'"
    for change in (
        f"DELETE FROM {table} {where}",
        f"UPDATE {table} SET purpose = 'revocation' {where}",
        f"UPDATE {table} SET sha256 = sha256(sha256) {where}",
        f"UPDATE {table} SET leaf_hash = sha256(leaf_hash) {where}",
    ):
        found = after(superuser_connection, tmp_path, table, change)
        assert {kind for kind, _ in found} == {"status_list"}, change
