"""Erasure of personal data: lawful with its logged act, and then rightly answered everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log import api as log
from sogoc.credentials.register import api as register
from sogoc.kernel.leaf import commit, parse_leaf
from sogoc.people.api import NotPermitted, acting
from sogoc.people.models import AuditEvent
from tests.credentials.world import (
    AT,
    CENTRE,
    SO,
    TODAY,
    account,
    issue_list,
    people_list,
    settle,
    who,
)

BASE = "so-goc.test"
Erase = Callable[..., lifecycle.Erased]


@pytest.fixture
def codes(transactional_db: None) -> list[str]:
    """Codes of four lines in a database that really commits."""
    settle()
    return list(issue_list(people_list(range(4))).codes)


def erase(codes: list[str], **changes: Any) -> lifecycle.Erased:
    values: dict[str, Any] = {
        "codes": codes,
        "decision_number": "12/QĐ-TT",
        "decision_date": TODAY,
        "reason": "ghi nhầm người",
        "by": who("register.erase", CENTRE),
        "at": AT,
    }
    return lifecycle.erase_personal(**{**values, **changes})


def rows(owner: psycopg.Connection[Any], query: str, *values: Any) -> list[tuple[Any, ...]]:
    return owner.execute(query, values).fetchall()


def test_erased_lines_are_lawful_and_break_nothing(
    codes: list[str], owner_connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    before = register.show_line(codes[1], by=who("register.view"))
    done = erase(codes[1:3])
    assert (done.count, done.codes) == (2, tuple(codes[1:3]))
    log.sequence(tmp_path, base=BASE)
    report = log.audit(tmp_path, base=BASE)
    assert report.problems == ()
    assert sorted(report.erased) == sorted(codes[1:3])
    assert log.sample_openings(tmp_path, base=BASE, count=50) == []

    line = register.show_line(codes[1], by=who("register.view"))
    assert (line.erased, line.full_name, line.personal_id) == (True, "", "")
    assert (line.serial, line.status, line.leaf_hash) == (before.serial, "valid", before.leaf_hash)
    (data,) = rows(
        owner_connection,
        "SELECT count(*) FROM credentials_register_personal WHERE line_id = %s", line.id,
    )  # fmt: skip
    assert data == (0,)


def test_the_look_up_answers_rightly_afterwards(codes: list[str], tmp_path: Path) -> None:
    line = register.show_line(codes[0], by=who("register.view"))
    log.sequence(tmp_path, base=BASE)
    asked = (line.serial, line.entry_number, line.birth_date, line.full_name)
    assert disclosure.look_up(*asked).found
    erase(codes[:1])
    log.sequence(tmp_path, base=BASE)
    by_code = disclosure.look_up_code(codes[0])
    assert (by_code.found, by_code.status, by_code.full_name) == (True, "valid", "")
    assert (by_code.issuer, by_code.issued_on) == (CENTRE, TODAY)
    assert not disclosure.look_up(*asked).found  # nobody can confirm a name any more
    other = register.show_line(codes[1], by=who("register.view"))
    assert disclosure.look_up(other.serial, other.entry_number, None, other.full_name).found


def test_the_act_is_in_the_log_and_can_be_opened(
    codes: list[str], owner_connection: psycopg.Connection[Any]
) -> None:
    line = register.show_line(codes[0], by=who("register.view"))
    (hashed,) = erase(codes[:1]).leaves
    ((data,),) = rows(
        owner_connection,
        "SELECT leaf FROM credentials_log_leaf WHERE leaf_hash = decode(%s, 'hex')", hashed,
    )  # fmt: skip
    leaf = parse_leaf(bytes(data))
    assert (leaf.act, leaf.issuer, leaf.reference) == ("erase", CENTRE, line.leaf_hash.hex())
    assert leaf.decision == ("12/QĐ-TT", TODAY)
    with acting(account("officer.ministry")):
        event = AuditEvent.objects.get(verb="lifecycle:personal:erase")
    detail = event.detail if isinstance(event.detail, dict) else json.loads(event.detail)
    fields = {
        "code": codes[0],
        "reason": "ghi nhầm người",
        "recorded_at": "2025-04-10T03:00:00.000000+00:00",
    }
    assert commit(bytes.fromhex(detail["key"]), fields) == leaf.commitment


def test_one_missing_without_an_act_is_named(
    codes: list[str], owner_connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    erase(codes[:1])
    log.sequence(tmp_path, base=BASE)
    owner_connection.execute("ALTER TABLE credentials_register_personal DISABLE TRIGGER USER")
    owner_connection.execute(
        "DELETE FROM credentials_register_personal p USING credentials_register_line l"
        " WHERE l.id = p.line_id AND l.code = %s", [codes[2]],
    )  # fmt: skip
    report = log.audit(tmp_path, base=BASE)
    assert [(each.kind, each.what) for each in report.problems] == [("line", codes[2])]
    assert report.erased == (codes[0],)
    assert [each.what for each in log.sample_openings(tmp_path, base=BASE, count=200)] == [codes[2]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"codes": []}, "erasure_incomplete"),
        ({"decision_number": " "}, "erasure_incomplete"),
        ({"reason": ""}, "erasure_incomplete"),
        ({"decision_date": date(2025, 4, 11)}, "erasure_ahead"),
        ({"decision_date": date(2025, 4, 9)}, "erasure_before_issue"),
        ({"codes": ["SG-0000"]}, "erasure_lines_unknown"),
    ],
)
def test_what_is_refused_changes_nothing(
    changes: dict[str, Any], code: str, codes: list[str]
) -> None:
    with pytest.raises(lifecycle.ErasureRefused) as refused:
        erase(**{"codes": codes[:1], **changes})
    assert refused.value.code == code
    assert not register.show_line(codes[0], by=who("register.view")).erased


def test_all_or_none_and_only_once(codes: list[str]) -> None:
    erase(codes[:1])
    with pytest.raises(lifecycle.ErasureRefused) as refused:
        erase(codes[:2])
    assert refused.value.code == "erasure_repeated"
    assert not register.show_line(codes[1], by=who("register.view")).erased


@pytest.mark.parametrize(
    ("permission", "issuer"),
    [("batch.issue", CENTRE), ("batch.approve", CENTRE), ("blanks.receive", CENTRE)],
)
def test_only_who_signs_the_bodys_decisions_erases(
    permission: str, issuer: str, codes: list[str]
) -> None:
    by = who(permission, issuer)
    if "signatory" in by.roles:
        by = who(permission, issuer, excluding=frozenset({by.username}))
    with pytest.raises(NotPermitted):
        erase(codes[:1], by=by)


def test_another_body_may_not(codes: list[str]) -> None:
    with pytest.raises((lifecycle.ErasureRefused, NotPermitted)):
        erase(codes[:1], by=who("register.erase", SO))
