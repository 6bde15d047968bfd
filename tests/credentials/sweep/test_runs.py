"""Stored sweeps: steps, resuming, judging again only what changed, and what becomes of cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.sweep import api as sweeping
from sogoc.credentials.sweep import judging, recording, runs
from sogoc.credentials.sweep.lines import Found, page
from sogoc.credentials.sweep.models import SweepCase
from sogoc.people.api import Actor, acting
from sogoc.policy.api import load_law
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

WRONG_BODY = "E-BODY-WITHOUT-AUTHORITY"
MINISTRY = "officer.ministry"


def store(as_of: date = TODAY, **more: Any) -> sweeping.SweepReport:
    return sweeping.store_sweep(account(MINISTRY), as_of, at=AT, **{"chunk": 100, **more})


def open_cases(**only: Any) -> list[sweeping.CaseView]:
    return sweeping.cases(account(MINISTRY), limit=5_000, **only)


def revoke(codes: Sequence[str], day: date = date(2025, 2, 20)) -> None:
    lifecycle.revoke_lines(
        codes=list(codes),
        decision_number="109/QĐ-SGDĐT",
        decision_date=day,
        ground="c",
        reason="cấp không đúng thẩm quyền",
        by=who("register.revoke", SO),
        at=AT,
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines each step has read."""
    counts: list[int] = []

    def counted(*args: Any) -> list[Found]:
        lines = page(*args)
        counts.append(len(lines))
        return lines

    monkeypatch.setattr(runs, "page", counted)
    return counts


@contextmanager
def other_digest(check_id: str) -> Iterator[None]:
    """As if the rule behind one check had changed."""
    before = judging.Judge.digests

    def changed(self: judging.Judge) -> dict[str, str]:
        return {**before(self), check_id: "another"}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging.Judge, "digests", changed)
        yield


def test_a_stored_sweep_says_what_an_unstored_one_says_and_opens_a_case_each() -> None:
    import_old_register(range(250))
    plain = sweeping.sweep(account(MINISTRY), TODAY, chunk=100)
    stored = store()
    assert (stored.lines, stored.by_check, stored.revoked) == (250, plain.by_check, 0)
    assert [f.finding for f in stored.findings] == [f.finding for f in plain.findings]
    assert (stored.opened, stored.closed) == (250, 0)
    cases = open_cases()
    assert len({case.line for case in cases}) == 250
    assert {(c.check, c.issuer, c.state, c.level) for c in cases} == {
        (WRONG_BODY, SO, "open", "error")
    }
    again = store()
    assert (again.opened, again.closed, len(open_cases())) == (0, 0, 250)


def test_a_run_that_stopped_goes_on_after_its_last_step(
    monkeypatch: pytest.MonkeyPatch, read: list[int]
) -> None:
    import_old_register(range(250))
    real, calls = recording.record_lines, Counter[str]()

    def killed(*args: Any) -> tuple[int, int]:
        calls["steps"] += 1
        if calls["steps"] == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(runs, "record_lines", killed)
    with pytest.raises(KeyboardInterrupt):
        store()
    [run] = sweeping.sweep_runs(account(MINISTRY))
    assert (run.is_done, run.lines, run.opened, len(open_cases())) == (False, 200, 200, 200)
    monkeypatch.setattr(runs, "record_lines", real)
    read.clear()
    report = sweeping.resume_sweep(account(MINISTRY), at=AT, chunk=100)
    assert report.run == str(run.id)
    assert sum(read) == 50 == len(report.findings)
    assert (report.lines, report.by_check, report.opened) == (250, {WRONG_BODY: 250}, 250)
    assert sweeping.sweep_runs(account(MINISTRY))[0].is_done
    with pytest.raises(sweeping.NoSuchRun):
        sweeping.resume_sweep(account(MINISTRY), at=AT)


def test_a_run_is_not_gone_on_with_under_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    import_old_register(range(3))
    with monkeypatch.context() as patch:
        patch.setattr(runs._Steps, "step", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store()
    other = replace(load_law(), rule_set_id="vn-2020.01-000000000000")
    monkeypatch.setattr(judging, "load_law", lambda: other)
    with pytest.raises(sweeping.RulesChanged):
        sweeping.resume_sweep(account(MINISTRY), at=AT)


def test_lines_entered_after_a_run_began_are_left_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_old_register(range(10))
    with monkeypatch.context() as patch:
        patch.setattr(runs._Steps, "step", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store()
    import_old_register(range(10, 15), name="them.csv")
    assert sweeping.resume_sweep(account(MINISTRY), at=AT).lines == 10
    assert store(since_rules="last").lines == 5


class TestSinceRules:
    def test_unchanged_rules_judge_only_new_lines(self, read: list[int]) -> None:
        import_old_register(range(20))
        first = store()
        import_old_register(range(20, 27), name="them.csv")
        read.clear()
        report = store(since_rules=first.rule_set)
        assert (report.lines, sum(read), report.since_rules) == (7, 7, first.rule_set)
        assert (report.opened, report.closed, len(open_cases())) == (7, 0, 27)

    def test_a_changed_check_judges_everything_again_and_the_others_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import_old_register(range(20))
        store()
        asked: list[Any] = []
        real = judging.Judge.lines

        def noted(self: judging.Judge, lines: Any, *, only: Any = None) -> Any:
            asked.append((len(lines), only))
            return real(self, lines, only=only)

        monkeypatch.setattr(judging.Judge, "lines", noted)
        with other_digest("E-NAME-MISSING"):
            report = store(since_rules="last")
        assert asked == [(0, None), (20, frozenset({"E-NAME-MISSING"}))]
        assert (report.opened, report.closed) == (0, 0)

    def test_a_body_known_otherwise_is_judged_again(self, read: list[int]) -> None:
        import_old_register(range(6))
        import_old_register(range(50, 54), issuer=CENTRE, name="tt.csv")
        store()
        with acting(Actor.system("test")), connection.cursor() as cursor:
            cursor.execute("SET LOCAL sogoc.purpose = 'import'")
            cursor.execute(
                "INSERT INTO people_capacity (organisation_id, kind, scope, valid_from,"
                " decision_number, decision_by)"
                " SELECT id, 'co_so_boi_duong', '{}', '2015-01-01', '1/QĐ', '' FROM"
                " people_organisation WHERE code = %s",
                [CENTRE],
            )
        read.clear()
        assert store(since_rules="last").lines == 4 == sum(read)

    def test_an_earlier_day_or_no_run_is_refused(self) -> None:
        import_old_register(range(2))
        with pytest.raises(sweeping.NoSuchRun):
            store(since_rules="last")
        store()
        with pytest.raises(sweeping.NoSuchRun):
            store(date(2024, 1, 1), since_rules="last")
        with pytest.raises(sweeping.NoSuchRun):
            store(since_rules="vn-1999.01-000000000000")

    def test_a_line_of_a_later_day_is_judged_once_its_day_has_come(self) -> None:
        import_old_register(range(2))
        import_old_register(range(2, 5), issued_on=date(2025, 6, 1), name="sau.csv")
        assert store().lines == 2
        assert store(date(2025, 7, 1), since_rules="last").lines == 5


class TestCasesOverTime:
    def test_the_case_of_a_revoked_line_is_closed_and_says_by_what(self) -> None:
        codes = import_old_register(range(5))
        store()
        revoke(codes[:2])
        report = store()
        assert (report.lines, report.revoked, report.closed) == (3, 2, 2)
        closed = open_cases(states=["revoked"])
        assert {c.line for c in closed} == set(codes[:2])
        assert {c.close_reason for c in closed} == {"Đã thu hồi, hủy bỏ theo 109/QĐ-SGDĐT"}
        assert {c.closed_by for c in closed} == {""}

    def test_a_case_of_two_alike_closes_as_revoked_for_one_and_corrected_for_the_other(
        self,
    ) -> None:
        import_old_register(range(3), issuer=CENTRE)
        codes = import_old_register(range(2), name="hai.csv", issued_on=date(2019, 8, 1))
        store()
        twice = open_cases(check="E-ORIGINAL-ALREADY-ISSUED")
        assert {c.line for c in twice} <= set(codes)
        assert len(twice) == 2
        revoke([twice[0].line])
        store()
        states = {
            c.state
            for c in open_cases(check="E-ORIGINAL-ALREADY-ISSUED", states=["revoked", "open"])
        }
        assert states == {"revoked", "open"}

    def test_a_changed_rule_that_finds_no_more_dismisses_and_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import_old_register(range(4))
        store()
        monkeypatch.setattr(judging.Judge, "lines", lambda *_, **__: iter(()))
        with other_digest(WRONG_BODY):
            report = store(since_rules="last")
        assert report.closed == 4
        closed = open_cases(states=["dismissed"])
        assert all("Quy định áp dụng đã đổi" in c.close_reason for c in closed)
        assert len(closed) == 4

    def test_facts_that_changed_correct(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import_old_register(range(4))
        store()
        monkeypatch.setattr(judging.Judge, "lines", lambda *_, **__: iter(()))
        assert store().closed == 4
        assert {c.state for c in open_cases(states=list(sweeping.CLOSED))} == {"corrected"}

    def test_a_retired_check_dismisses_its_cases(self) -> None:
        import_old_register(range(2))
        store()
        before = judging.Judge.digests
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                judging.Judge,
                "digests",
                lambda self: {k: v for k, v in before(self).items() if k != WRONG_BODY},
            )
            patch.setattr(judging.Judge, "lines", lambda *_, **__: iter(()))
            store()
        assert {c.close_reason.split(" trong")[0] for c in open_cases(states=["dismissed"])} == {
            "Phép kiểm không còn"
        }

    def test_a_ruling_settles_the_case(self) -> None:
        import_old_register(range(3), issuer=CENTRE, issued_on=date(2026, 5, 4))
        store(date(2026, 6, 1))
        reviews = [c for c in open_cases() if c.level == "review"]
        assert len(reviews) == 3
        with acting(Actor.system("test")):
            first, second = (
                account(MINISTRY),
                who("ruling.confirm", excluding=frozenset({MINISTRY})),
            )
        issuing.record_ruling(
            document_number="12/BGDĐT-QLCL",
            document_date=date(2026, 5, 1),
            author="Cục QLCL",
            summary="Trung tâm tiếp tục cấp",
            valid_from=date(2026, 4, 15),
            kinds=[KIND],
            checks=[reviews[0].check],
            by=first,
            at=AT,
        )
        issuing.confirm_ruling(document_number="12/BGDĐT-QLCL", by=second, at=AT)
        report = store(date(2026, 6, 1), since_rules="last")
        assert report.closed == 3
        assert {c.close_reason for c in open_cases(states=["dismissed"])} == {
            "Đã có ý kiến hoặc miễn áp dụng tại văn bản 12/BGDĐT-QLCL"
        }


class TestWorkOnCases:
    def test_assign_note_and_close(self) -> None:
        import_old_register(range(2))
        store()
        case = str(open_cases()[0].id)
        by, registrar = account(MINISTRY), who("sweep.case", SO)
        with pytest.raises(sweeping.CaseRefused):
            sweeping.assign_case(
                case, to=who("sweep.case", CENTRE).username, by=by, at=AT, today=TODAY
            )
        view = sweeping.assign_case(case[:8], to=registrar.username, by=by, at=AT, today=TODAY)
        assert (view.state, view.assigned_to) == ("assigned", registrar.username)
        sweeping.note_case(case, text="Đã xem hồ sơ", by=registrar, at=AT)
        with pytest.raises(sweeping.CaseRefused):
            sweeping.note_case(case, text="  ", by=registrar, at=AT)
        with pytest.raises(sweeping.CaseRefused):
            sweeping.close_case(case, outcome="revoked", reason="đã thu", by=registrar, at=AT)
        done = sweeping.close_case(
            case, outcome="explained", reason="Có văn bản phân cấp", by=registrar, at=AT
        )
        assert (done.state, done.closed_by) == ("explained", registrar.username)
        with pytest.raises(sweeping.CaseRefused):
            sweeping.close_case(case, outcome="dismissed", reason="x", by=registrar, at=AT)
        file = sweeping.show_case(case, by=by, today=TODAY)
        assert [note.step for note in file.notes] == ["assign", "note", "close"]
        assert [each.finding.check for each in file.now] == [WRONG_BODY]

    def test_an_answer_holds_while_the_rule_is_the_same(self) -> None:
        import_old_register(range(1))
        store()
        case = str(open_cases()[0].id)
        sweeping.close_case(case, outcome="dismissed", reason="x", by=account(MINISTRY), at=AT)
        assert (store().opened, open_cases()) == (0, [])
        with other_digest(WRONG_BODY):
            assert store().opened == 1
        [new] = open_cases()
        file = sweeping.show_case(str(new.id), by=account(MINISTRY), today=TODAY)
        assert [str(each.id) for each in file.earlier] == [case]

    def test_what_was_called_corrected_and_is_not_comes_back(self) -> None:
        import_old_register(range(1))
        store()
        case = str(open_cases()[0].id)
        sweeping.close_case(case, outcome="corrected", reason="x", by=account(MINISTRY), at=AT)
        assert store().opened == 1

    def test_only_who_sees_the_line_sees_its_case(self) -> None:
        import_old_register(range(2))
        store()
        case = str(open_cases()[0].id)
        assert sweeping.cases(who("sweep.case", CENTRE)) == []
        assert len(sweeping.cases(who("sweep.case", SO))) == 2
        with pytest.raises(sweeping.UnknownCase):
            sweeping.show_case(case, by=who("sweep.case", CENTRE), today=TODAY)
        with pytest.raises(sweeping.UnknownCase):
            sweeping.show_case("0", by=account(MINISTRY), today=TODAY)


GUARDED = {
    "a closed case stays closed": "UPDATE credentials_sweep_case SET state = 'open'",
    "a case does not go from": "UPDATE credentials_sweep_case SET state = 'open', speaks = true",
    "permission denied": "DELETE FROM credentials_sweep_case",
}


@pytest.mark.parametrize("says", GUARDED)
def test_the_database_guards_cases(says: str) -> None:
    import_old_register(range(1))
    store()
    if says.startswith("a closed"):
        case = str(open_cases()[0].id)
        sweeping.close_case(case, outcome="corrected", reason="x", by=account(MINISTRY), at=AT)
    with (
        acting(Actor.system("test")),
        pytest.raises(DatabaseError, match=says),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(GUARDED[says])


def test_every_transition_is_in_the_trigger() -> None:
    """Each step of the table is allowed by the database, every other refused."""
    import_old_register(range(1))
    store()
    steps = {(old, new) for old in sweeping.TRANSITIONS for new in sweeping.TRANSITIONS}
    # staying closed is no step, and a line that is not revoked ends no case as revoked
    tried = {(a, b) for a, b in steps if "revoked" not in (a, b)} - {
        (closed, closed) for closed in sweeping.CLOSED
    }
    allowed = {(old, new) for old, following in sweeping.TRANSITIONS.items() for new in following}
    assert {step for step in tried if _goes(*step)} == allowed & tried
    assert not _goes("open", "revoked")


def _goes(old: str, new: str) -> bool:
    by = account(MINISTRY)
    with acting(by):
        before = transaction.savepoint()
        if old != "open":
            _force(by, old)
        try:
            with transaction.atomic():
                _force(by, new)
        except DatabaseError:
            return False
        finally:
            transaction.savepoint_rollback(before)
        return True


def _force(by: Actor, new: str) -> None:
    is_closed = new in sweeping.CLOSED
    SweepCase.objects.update(
        state=new,
        assigned_to="ai-do" if new == "assigned" else "",
        assigned_by=by.username,
        closed_by=by.username if is_closed else "",
        close_reason="lý do" if is_closed else "",
        speaks=new in ("open", "assigned", "explained", "dismissed"),
    )


def test_a_run_is_seen_by_who_sees_all_its_registers() -> None:
    import_old_register(range(2))
    store()
    assert len(sweeping.sweep_runs(account(MINISTRY))) == 1
    assert sweeping.sweep_runs(who("sweep.run", SO)) == []
    own = sweeping.store_sweep(who("sweep.run", SO), TODAY, at=AT, issuer=SO)
    assert [str(r.id) for r in sweeping.sweep_runs(who("sweep.run", SO))] == [own.run]


def test_lawful_lines_open_no_case() -> None:
    issue_list(people_list(range(20)))
    assert (store().opened, open_cases()) == (0, [])


def test_one_serial_of_two_issuers_is_found_and_names_the_other_line() -> None:
    [first] = import_old_register([1], issuer=CENTRE, serials=["A0001"])
    [later] = import_old_register(
        [2], issued_on=date(2019, 8, 1), serials=["a 0001"], name="so-2.csv"
    )
    report = sweeping.sweep(account(MINISTRY), TODAY)
    twice = {f.code: f.finding for f in report.findings if f.finding.violation == "V12"}
    assert {code: str(f.level) for code, f in twice.items()} == {first: "warning", later: "error"}
    assert f"{first} ({CENTRE})" in twice[later].message.vi
    one = sweeping.sweep(account(MINISTRY), TODAY, issuer=CENTRE)
    assert [f.code for f in one.findings if f.finding.violation == "V12"] == [first]
    own = sweeping.sweep(who("sweep.run", SO), TODAY)
    assert [f for f in own.findings if f.finding.violation == "V12"] == []


def test_whether_an_earlier_original_was_revoked_is_asked_for_the_day_of_the_sweep() -> None:
    [first] = import_old_register([1], issued_on=date(2019, 7, 1))
    [later] = import_old_register([1], issuer=CENTRE, name="tt.csv", issued_on=date(2025, 3, 1))
    revoke([first], date(2025, 3, 10))
    asked = {
        as_of: [f.code for f in sweeping.sweep(account(MINISTRY), as_of).findings
                if f.finding.violation == "V25"]
        for as_of in (date(2025, 3, 9), date(2025, 3, 10))
    }  # fmt: skip
    assert asked == {date(2025, 3, 9): [later], date(2025, 3, 10): []}


def test_of_an_erased_person_only_the_act_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    import_old_register(range(2))

    def erased(*args: Any) -> list[Found]:
        gone = dict.fromkeys(("full_name", "name_key", "birth_date", "personal_id"))
        return [{**line, **gone, "is_erased": True, "details": ""} for line in page(*args)]

    monkeypatch.setattr("sogoc.credentials.sweep.sweeping.page", erased)
    assert sweeping.sweep(account(MINISTRY), TODAY).by_check == {WRONG_BODY: 2}
