"""Ledgers of blanks in a sweep: silent while they balance, one finding when they do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.sweep import api as sweeping
from sogoc.credentials.sweep import judging, ledgers, runs
from sogoc.people.api import Actor, acting
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    SO,
    TODAY,
    account,
    import_old_register,
    issue_list,
    people_list,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")

CHECK = "W-BLANKS-DO-NOT-BALANCE"
MINISTRY = "officer.ministry"


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """As if so many blanks were nowhere, in every ledger."""

    def lose(count: int) -> None:
        def lost(**asked: Any) -> list[blanks.Balance]:
            return [replace(kept, lost=kept.lost - count) for kept in blanks.balance(**asked)]

        monkeypatch.setattr(ledgers, "balance", lost)

    return lose


def store(**more: Any) -> sweeping.SweepReport:
    return sweeping.store_sweep(account(MINISTRY), TODAY, at=AT, **more)


def cases(**only: Any) -> list[sweeping.CaseView]:
    return sweeping.cases(account(MINISTRY), check=CHECK, **only)


def close(outcome: str) -> None:
    sweeping.close_case(
        str(cases()[0].id), outcome=outcome, reason="đã kiểm kê", by=account(MINISTRY), at=AT
    )


def test_a_ledger_that_balances_is_silent() -> None:
    issue_list(people_list(range(5)))
    assert sweeping.sweep(account(MINISTRY), date(2025, 6, 1)).by_check == {}
    assert (store().opened, cases()) == (0, [])


def test_blanks_that_are_nowhere_are_one_finding(missing: Callable[[int], None]) -> None:
    missing(2)
    report = sweeping.sweep(account(MINISTRY), date(2025, 6, 1))
    assert [(f.code, f.subject, f.issuer, f.kind, f.finding.check) for f in report.findings] == [
        ("", f"blanks:{KIND}", CENTRE, KIND, CHECK)
    ]
    assert "chênh 2" in report.findings[0].finding.message.vi


class TestCases:
    def test_a_ledger_that_does_not_balance_is_a_case_of_who_keeps_it(
        self, missing: Callable[[int], None]
    ) -> None:
        missing(2)
        report = store()
        assert (report.opened, report.closed, report.by_check) == (1, 0, {CHECK: 1})
        [case] = cases()
        assert (case.line, case.subject, case.issuer, case.owner, case.state, case.level) == (
            "", f"blanks:{KIND}", CENTRE, CENTRE, "open", "warning",
        )  # fmt: skip
        file = sweeping.show_case(str(case.id), by=account(MINISTRY), today=TODAY)
        assert "chênh 2" in file.now[0].finding.message.vi

    def test_it_is_worked_on_like_any_other(self, missing: Callable[[int], None]) -> None:
        missing(2)
        store()
        case, by = str(cases()[0].id), account(MINISTRY)
        keeper = who("sweep.case", CENTRE)
        assert [c.subject for c in sweeping.cases(keeper)] == [f"blanks:{KIND}"]
        assert sweeping.cases(who("sweep.case", SO)) == []
        sweeping.assign_case(case, to=keeper.username, by=by, at=AT, today=TODAY)
        sweeping.note_case(case, text="Đang kiểm kê", by=keeper, at=AT)
        with pytest.raises(sweeping.CaseRefused) as refused:
            sweeping.close_case(case, outcome="revoked", reason="x", by=keeper, at=AT)
        assert refused.value.code == "case_of_no_line"
        done = sweeping.close_case(case, outcome="explained", reason="x", by=keeper, at=AT)
        assert done.state == "explained"

    def test_found_again_it_is_the_same_case(self, missing: Callable[[int], None]) -> None:
        missing(2)
        store()
        first = cases()[0].id
        missing(3)
        assert [store(since_rules="last").opened for _ in range(2)] == [0, 0]
        assert [case.id for case in cases()] == [first]

    def test_balanced_again_it_is_corrected(self, missing: Callable[[int], None]) -> None:
        missing(2)
        store()
        missing(0)
        report = store(since_rules="last")
        assert (report.opened, report.closed, cases()) == (0, 1, [])
        assert [c.state for c in cases(states=list(sweeping.CLOSED))] == ["corrected"]

    def test_an_answer_holds_while_the_rule_is_the_same(
        self, missing: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        missing(2)
        store()
        close("explained")
        assert store().opened == 0
        before = judging.Judge.digests
        monkeypatch.setattr(
            judging.Judge, "digests", lambda self: {**before(self), CHECK: "another"}
        )
        assert store().opened == 1
        [again] = cases()
        file = sweeping.show_case(str(again.id), by=account(MINISTRY), today=TODAY)
        assert [each.state for each in file.earlier] == ["explained"]

    def test_what_was_called_corrected_and_is_not_comes_back(
        self, missing: Callable[[int], None]
    ) -> None:
        missing(2)
        store()
        close("corrected")
        assert store().opened == 1

    def test_other_bodies_ledgers_and_lines_keep_their_cases(
        self, missing: Callable[[int], None]
    ) -> None:
        import_old_register(range(3))
        missing(2)
        assert store().opened == 4
        assert store(issuer=SO).closed == 0
        assert len(cases()) == 1

    def test_a_run_that_stopped_before_the_ledgers_goes_on_to_them(
        self, missing: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import_old_register(range(3))
        missing(2)
        with monkeypatch.context() as patch:
            patch.setattr(runs, "record_subjects", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                store()
        assert cases() == []
        assert not sweeping.sweep_runs(account(MINISTRY))[0].is_done
        report = sweeping.resume_sweep(account(MINISTRY), at=AT)
        assert (report.opened, len(cases())) == (4, 1)


@pytest.mark.parametrize(
    "change",
    ["subject = ''", "line_id = 1", "line_code = 'SG-1'", "speaks = true, issuer_id = issuer_id"],
)
def test_the_database_keeps_what_a_case_is_about(
    missing: Callable[[int], None], change: str
) -> None:
    missing(2)
    store()
    with (
        acting(Actor.system("test")),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE credentials_sweep_case SET {change}")


@pytest.mark.parametrize(("line", "subject"), [("NULL", ""), ("line_id", "blanks:x")])
def test_a_case_is_about_a_line_or_a_subject(line: str, subject: str) -> None:
    import_old_register(range(1))
    store()
    columns = (
        "line_code, issuer_id, kind, check_id, violation, level, citation, digest, first_found_on,"
        " last_found_on, first_run_id, last_run_id, owner_id, state, speaks, assigned_to,"
        " assigned_by, closed_by, close_reason"
    )
    with (
        acting(Actor.system("test")),
        pytest.raises(DatabaseError, match="sweep_case_line_or_subject"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO credentials_sweep_case (id, line_id, subject, {columns})"
            f" SELECT gen_random_uuid(), {line}, '{subject}', {columns} FROM credentials_sweep_case"
        )
