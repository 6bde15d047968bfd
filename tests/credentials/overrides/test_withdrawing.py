"""Withdrawing overrides: one officer, a reason, from that day on; what was issued stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.issuing import issue as issue_module
from sogoc.credentials.overrides import api as overriding
from sogoc.credentials.overrides.models import (
    Override,
    OverrideConfirmation,
    OverrideWithdrawal,
)
from sogoc.credentials.sweep import api as sweeping
from sogoc.people.api import Actor, NotPermitted, acting
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

CHECK = "E-BELOW-PASS-MARK"
TOMORROW = TODAY + timedelta(days=1)
LATER = date(2025, 6, 1)
PROPOSED: dict[str, Any] = {
    "check": CHECK,
    "body": CENTRE,
    "kind": KIND,
    "valid_from": date(2025, 4, 1),
    "valid_until": date(2025, 5, 1),
    "reason": "Phúc khảo đã nâng điểm, bảng điểm in lại sau.",
    "document": "07/TTr-TT",
}


def propose(**changes: Any) -> str:
    made = overriding.propose_override(**{**PROPOSED, **changes}, by=who("override.propose"), at=AT)
    return made.number


def confirmed(**changes: Any) -> str:
    number = propose(**changes)
    overriding.confirm_override(number=number, by=who("override.confirm"), at=AT)
    return number


def withdraw(number: str, **changes: Any) -> overriding.OverrideView:
    options: dict[str, Any] = {
        "number": number,
        "reason": "Không còn căn cứ.",
        "by": who("override.confirm"),
        "at": AT,
        "today": TODAY,
        **changes,
    }
    return overriding.withdraw_override(**options)


def failing() -> issuing.ListFile:
    """Five people, the third of whom has 2.0 where 5.0 is the pass mark."""
    file = people_list(range(5))
    text = file.data.decode("utf-8-sig")
    rows = text.splitlines()
    rows[5] = rows[5].replace("8.5", "2.0")
    return issuing.ListFile(data="\n".join(rows).encode("utf-8-sig"), name=file.name)


def level(on: date = TODAY) -> str:
    report = issuing.check_list(
        file=failing(), proposal=proposal(issued_on=on), by=who("batch.check"), at=AT
    )
    return next(str(f.level) for f in report.findings if f.check == CHECK)


def found(as_of: date = LATER) -> dict[str, list[str]]:
    report = sweeping.sweep(account("officer.ministry"), as_of)
    levels: dict[str, list[str]] = {}
    for each in report.findings:
        levels.setdefault(each.finding.check, []).append(str(each.finding.level))
    return levels


class TestFromThatDayOn:
    def test_acts_of_earlier_days_keep_it_and_later_ones_lose_it(self) -> None:
        number = confirmed()
        assert (level(), level(TOMORROW)) == ("info", "info")
        view = withdraw(number, from_date=TOMORROW)
        assert (view.withdrawn_from, view.withdrawn_by) == (
            TOMORROW,
            who("override.confirm").username,
        )
        assert (level(), level(TOMORROW)) == ("info", "error")

    def test_without_a_day_it_is_today(self) -> None:
        view = withdraw(confirmed())
        assert (view.withdrawn_from, view.withdraw_reason) == (TODAY, "Không còn căn cứ.")
        assert (level(TODAY - timedelta(days=1)), level()) == ("info", "error")

    def test_another_override_of_the_check_counts_on(self) -> None:
        first, _ = confirmed(), confirmed(document="08/TTr-TT")
        withdraw(first)
        assert level() == "info"


class TestWhatWasIssued:
    def issued(self) -> str:
        number = confirmed()
        token = prepare(failing()).token
        bring_to_signed(token)
        assert issue(token).lines == 5
        return number

    def test_lines_issued_under_it_stand_under_it(self) -> None:
        number = self.issued()
        before = found()
        withdraw(number, from_date=TOMORROW)
        assert found() == before
        assert before[CHECK] == ["info"]
        assert before["W-ISSUED-UNDER-OVERRIDE"] == ["warning"]

    def test_so_do_those_of_the_very_day(self) -> None:
        number = self.issued()
        before = found()
        withdraw(number, from_date=TODAY)
        assert found() == before

    def test_their_cases_stay_closed(self) -> None:
        number = self.issued()
        by = account("officer.ministry")
        sweeping.store_sweep(by, LATER, at=AT)
        withdraw(number)
        report = sweeping.store_sweep(by, LATER, at=AT, since_rules="last")
        assert (report.lines, report.opened) == (5, 0)


class TestBatchesOnTheWay:
    def test_a_batch_that_relies_on_it_is_not_issued(self) -> None:
        number = confirmed()
        token = prepare(failing()).token
        bring_to_signed(token)
        withdraw(number)
        with pytest.raises(issuing.TokenDead) as dead:
            issue(token)
        assert dead.value.code == "token_override_withdrawn"
        assert issuing.get_batch(token=token, by=who("batch.issue")).state == "signed"

    def test_the_database_refuses_it_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        number = confirmed()
        token = prepare(failing()).token
        bring_to_signed(token)
        withdraw(number)
        monkeypatch.setattr(issue_module, "require_standing", lambda *_: None)
        with pytest.raises(DatabaseError, match="relies on was withdrawn"):
            issue(token)

    def test_a_batch_dated_before_the_day_goes_on(self) -> None:
        number = confirmed()
        token = prepare(failing()).token
        bring_to_signed(token)
        withdraw(number, from_date=TOMORROW)
        assert issue(token).lines == 5


class TestWhoAndHow:
    def test_who_proposed_may_withdraw_alone(self) -> None:
        view = withdraw(confirmed(), by=who("override.propose"))
        assert view.withdrawn_by == who("override.propose").username

    def test_other_bodies_officers_may_not(self) -> None:
        number = confirmed()
        with pytest.raises(NotPermitted):
            withdraw(number, by=who("batch.prepare", "tt-tin-hoc-treo"))

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"reason": "  "}, "override_withdrawal_reason"),
            ({"from_date": TODAY - timedelta(days=1)}, "override_withdrawal_backdated"),
            ({"from_date": date(2025, 5, 1)}, "override_over"),
        ],
    )
    def test_what_is_refused(self, changes: dict[str, Any], code: str) -> None:
        number = confirmed()
        with pytest.raises(overriding.OverrideRefused) as refused:
            withdraw(number, **changes)
        assert refused.value.code == code
        assert level() == "info"

    def test_once_and_only_what_there_is(self) -> None:
        number = confirmed()
        withdraw(number)
        with pytest.raises(overriding.OverrideWithdrawn):
            withdraw(number)
        with pytest.raises(overriding.UnknownOverride):
            withdraw("MA-2025-9999")

    def test_a_proposal_withdrawn_is_not_confirmed_any_more(self) -> None:
        number = propose()
        withdraw(number, by=who("override.propose"))
        with pytest.raises(overriding.OverrideWithdrawn):
            overriding.confirm_override(number=number, by=who("override.confirm"), at=AT)
        by = who("override.confirm")
        with acting(by), pytest.raises(DatabaseError), transaction.atomic():
            OverrideConfirmation.objects.create(
                override=Override.objects.get(), confirmed_by=by.username, confirmed_at=AT
            )
        assert level() == "error"

    def test_it_is_listed_and_logged(self) -> None:
        number = confirmed()
        withdraw(number, from_date=TOMORROW)
        [view] = overriding.overrides(by=who("override.propose"), body=CENTRE)
        assert (view.number, view.withdrawn_from) == (number, TOMORROW)
        assert overriding.overrides(by=account("officer.ministry"), body=SO) == []
        with acting(Actor.system("test")), connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.subject, e.reason, e.detail ->> 'from' FROM people_auditevent e"
                " JOIN credentials_log_leaf f ON f.leaf_hash = e.leaf_hash"
                " WHERE e.verb = 'overrides:override:withdraw'"
            )
            assert cursor.fetchall() == [(number, "Không còn căn cứ.", TOMORROW.isoformat())]


class TestGuards:
    @pytest.mark.parametrize(
        "changes",
        [
            {"withdrawn_by": "ai.do"},
            {"withdrawn_by": ""},
            {"withdrawn_from": TODAY - timedelta(days=1)},
            {"withdrawn_at": AT - timedelta(hours=1)},
            {"reason": ""},
        ],
    )
    def test_the_database_refuses(self, changes: dict[str, Any]) -> None:
        confirmed()
        by = who("override.confirm")
        row: dict[str, Any] = {
            "withdrawn_by": by.username,
            "withdrawn_from": TODAY,
            "withdrawn_at": AT,
            "reason": "x",
            **changes,
        }
        with acting(by):
            override = Override.objects.get()
            with pytest.raises(DatabaseError), transaction.atomic():
                OverrideWithdrawal.objects.create(override=override, **row)
            row |= {"withdrawn_by": by.username, "withdrawn_from": TODAY, "withdrawn_at": AT}
            OverrideWithdrawal.objects.create(override=override, **{**row, "reason": "x"})

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE credentials_override_withdrawal SET withdrawn_from = '2030-01-01'",
            "DELETE FROM credentials_override_withdrawal",
            "TRUNCATE credentials_override_withdrawal",
        ],
    )
    def test_it_is_insert_only(self, statement: str) -> None:
        withdraw(confirmed())
        with (
            acting(account("officer.ministry")),
            connection.cursor() as cursor,
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            cursor.execute(statement)
