"""Overrides: two officers, dated, cited on every use, never for hard law."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.overrides import api as overriding
from sogoc.credentials.overrides.models import Override, OverrideConfirmation
from sogoc.credentials.sweep import api as sweeping
from sogoc.people.api import NotPermitted, acting
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    SO,
    TODAY,
    account,
    bring_to_signed,
    issue,
    people_list,
    prepare,
    proposal,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")

CHECK = "E-SAME-PERSON-TWICE"
TWINS = (*range(10), 3)
PROPOSED: dict[str, Any] = {
    "check": CHECK,
    "body": CENTRE,
    "kind": KIND,
    "valid_from": date(2025, 4, 1),
    "valid_until": date(2025, 5, 1),
    "reason": "Hai anh em sinh đôi cùng tên, đã đối chiếu giấy khai sinh.",
    "document": "07/TTr-TT",
}


def propose(**changes: Any) -> overriding.OverrideView:
    return overriding.propose_override(**PROPOSED | changes, by=who("override.propose"), at=AT)


def confirm(number: str) -> overriding.OverrideView:
    return overriding.confirm_override(number=number, by=who("override.confirm"), at=AT)


def check() -> issuing.CheckReport:
    return issuing.check_list(
        file=people_list(TWINS), proposal=proposal(), by=who("batch.check"), at=AT
    )


def twice(report: issuing.CheckReport) -> Any:
    return next(f for f in report.findings if f.check == CHECK and f.result == "fail")


def test_it_counts_only_once_a_second_officer_confirmed() -> None:
    assert twice(check()).level == "error"
    number = propose().number
    assert number == "MA-2025-0001"
    assert twice(check()).level == "error"
    assert confirm(number).confirmed_by == who("override.confirm").username
    found = twice(check())
    assert (found.level, found.override) == ("info", number)
    assert "07/TTr-TT" in found.message.vi
    assert check().rows_ok == len(TWINS)


def test_who_proposes_never_confirms() -> None:
    officer = account("officer.ministry")
    number = overriding.propose_override(**PROPOSED, by=officer, at=AT).number
    with pytest.raises(overriding.SameOfficer):
        overriding.confirm_override(number=number, by=officer, at=AT)
    with acting(officer), pytest.raises(DatabaseError), transaction.atomic():
        OverrideConfirmation.objects.create(
            override=Override.objects.get(), confirmed_by=officer.username, confirmed_at=AT
        )
    with acting(officer), pytest.raises(DatabaseError), transaction.atomic():
        OverrideConfirmation.objects.create(
            override=Override.objects.get(), confirmed_by="ai.do", confirmed_at=AT
        )


def test_it_is_confirmed_once() -> None:
    number = propose().number
    confirm(number)
    with pytest.raises(overriding.OverrideConfirmed):
        confirm(number)
    with pytest.raises(overriding.UnknownOverride):
        confirm("MA-2025-9999")


@pytest.mark.parametrize(
    "changes",
    [
        {"check": "E-BODY-WITHOUT-AUTHORITY"},
        {"check": "E-WRONG-SIGNATORY"},
        {"check": "E-ISSUER-OR-KIND-ENDED"},
        {"check": "E-NOT-A-CREDENTIAL"},
        {"check": "E-SERIAL-TWICE"},
        {"check": "W-ISSUED-LATE"},
        {"check": "E-NO-SUCH-CHECK"},
        {"kind": "bang-lai-xe"},
        {"reason": " "},
        {"document": ""},
        {"valid_until": date(2025, 4, 1)},
        {"file_sha256": "abc"},
    ],
)
def test_what_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(overriding.OverrideRefused):
        propose(**changes)


def test_only_for_the_own_body() -> None:
    with pytest.raises(NotPermitted):
        propose(body=SO)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": date(2025, 4, 11)},
        {"valid_until": TODAY},
        {"kind": "cc_cntt_nang_cao"},
        {"file_sha256": "ab" * 32},
        {"check": "E-SEX-UNKNOWN"},
    ],
)
def test_it_covers_no_more_than_it_says(changes: dict[str, Any]) -> None:
    confirm(propose(**changes).number)
    assert twice(check()).level == "error"


def test_one_list_alone() -> None:
    confirm(propose(file_sha256=check().file_sha256).number)
    assert twice(check()).level == "info"


def test_a_use_stands_on_the_batch_and_its_lines() -> None:
    number = propose().number
    confirm(number)
    prepared = prepare(people_list(TWINS))
    assert prepared.row_count == len(TWINS)
    bring_to_signed(prepared.token)
    assert issue(prepared.token).lines == len(TWINS)
    with acting(account("officer.ministry")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT check_id, level, override FROM credentials_batch_finding"
            " WHERE override <> ''"
        )
        assert cursor.fetchall() == [(CHECK, "info", number)]
        cursor.execute("SELECT DISTINCT rulings FROM credentials_register_line")
        assert cursor.fetchall() == [([number],)]


def test_both_tables_are_insert_only() -> None:
    confirm(propose().number)
    for statement in (
        "UPDATE credentials_override SET valid_until = '2030-01-01'",
        "DELETE FROM credentials_override_confirmation",
        "UPDATE credentials_override_confirmation SET confirmed_by = 'x'",
    ):
        with (
            acting(account("officer.ministry")),
            connection.cursor() as cursor,
            pytest.raises((DatabaseError, InternalError)),
            transaction.atomic(),
        ):
            cursor.execute(statement)


def test_the_newest_are_listed_first() -> None:
    first, second = propose(), propose(reason="Trường hợp khác.")
    listed = overriding.overrides(by=who("override.propose"), body=CENTRE)
    assert [view.number for view in listed] == [second.number, first.number]
    assert overriding.overrides(by=account("officer.ministry"), body=SO) == []


def test_a_sweep_shows_what_was_issued_under_an_override() -> None:
    number = propose().number
    confirm(number)
    token = prepare(people_list(TWINS)).token
    bring_to_signed(token)
    issue(token)
    report = sweeping.sweep(account("officer.ministry"), date(2025, 6, 1))
    found = [f for f in report.findings if f.finding.check == "W-ISSUED-UNDER-OVERRIDE"]
    assert [f.finding.level for f in found] == ["warning"]
    assert number in found[0].finding.message.vi
