"""What a sweep knows of a line: all that a check before issue knows and the register holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log.leaves import LEGACY_STREAM
from sogoc.credentials.register import api as register
from sogoc.credentials.register.books import ensure_book
from sogoc.credentials.register.staging import LineConstants, LineRow, insert_lines
from sogoc.credentials.sweep.api import sweep
from sogoc.credentials.sweep.facts import Facts
from sogoc.credentials.sweep.lines import (
    PERSON,
    START,
    Part,
    Scope,
    alike_lines,
    issuers_with_lines,
    last_line,
    page,
)
from sogoc.intake.api import read_file
from sogoc.people.api import Actor, acting
from sogoc.policy.api import LineFacts
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    TODAY,
    account,
    import_old_register,
    issue_list,
    people_list,
    proposal,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")

ADVANCED = "cc_cntt_nang_cao"
V09 = "W-NO-BASIC-CERTIFICATE"
V21 = "W-PRINTED-DIFFERS"
V25 = "E-ORIGINAL-ALREADY-ISSUED"
MINISTRY = "officer.ministry"


def found(check: str, as_of: date = TODAY, **more: Any) -> list[str]:
    """Codes of the lines with a finding of the check."""
    report = sweep(account(MINISTRY), as_of, **more)
    return sorted(f.code for f in report.findings if f.finding.check == check)


def facts_of_all(as_of: date = TODAY) -> list[LineFacts]:
    with acting(Actor.system("test")):
        issuers = _issuers()
        scope = Scope(as_of, issuers, last_line())
        parts = [Part(issuer) for issuer in issuers_with_lines(issuers)]
        return Facts(as_of).of(page(scope, parts, START, 1_000))


def issue_advanced(numbers: Sequence[int]) -> list[str]:
    blanks.receive_lot(
        owner=CENTRE,
        kind=ADVANCED,
        first="N02500001",
        last="N02500050",
        document_number="BBGN 13/2025",
        on=date(2025, 1, 6),
        by=who("blanks.receive"),
        at=AT,
    )
    file = people_list(numbers, name="nang-cao.csv")
    return list(issue_list(file, key="nang-cao", kind=ADVANCED).codes)


class TestHeldBefore:
    def test_lines_of_people_without_the_basic_one_are_found(self) -> None:
        import_old_register(range(3), issuer=CENTRE)
        codes = issue_advanced(range(5))
        assert found(V09) == sorted(codes[3:])

    def test_before_issue_the_same_people_are_named(self) -> None:
        import_old_register(range(3), issuer=CENTRE)
        report = issuing.check_list(
            file=people_list(range(5)),
            proposal=proposal(kind=ADVANCED),
            by=who("batch.check"),
            at=AT,
        )
        rows = [f.row for f in report.findings if f.check == V09]
        assert rows == [row.row for row in report.rows[3:]]

    def test_what_was_held_on_the_day_was_held_though_revoked_later(self) -> None:
        basic = import_old_register(range(2), issuer=CENTRE)
        issue_advanced(range(2))
        lifecycle.revoke_lines(
            codes=basic,
            decision_number="9/QĐ",
            decision_date=date(2025, 6, 2),
            ground="c",
            reason="sai",
            by=who("register.revoke", CENTRE),
            at=AT.replace(month=6),
        )
        assert found(V09, date(2025, 7, 1)) == []

    def test_what_was_revoked_before_the_day_was_not_held(self) -> None:
        basic = import_old_register(range(2), issuer=CENTRE)
        lifecycle.revoke_lines(
            codes=basic[:1],
            decision_number="9/QĐ",
            decision_date=date(2025, 3, 3),
            ground="c",
            reason="sai",
            by=who("register.revoke", CENTRE),
            at=AT,
        )
        assert len(issue_advanced(range(2))) == 2
        assert len(found(V09)) == 1

    def test_pages_of_any_size_say_the_same(self) -> None:
        import_old_register(range(3), issuer=CENTRE)
        codes = issue_advanced(range(6))
        assert found(V09, chunk=1) == found(V09, chunk=4) == sorted(codes[3:])


class TestToldApart:
    def twins(self, *numbers: str, column: str = "Số báo danh") -> issuing.ListFile:
        why = ["hai người, đã đối chiếu giấy khai sinh"] * len(numbers)
        return people_list([4] * len(numbers), more={column: numbers, "Ghi chú": why})

    @pytest.mark.parametrize("column", ["Số báo danh", "Mã sinh viên"])
    def test_two_candidates_of_one_name_are_two_people_as_before_issue(self, column: str) -> None:
        done = issue_list(self.twins("001", "002", column=column))
        assert done.lines == 2
        assert found(V25) == []

    def test_the_same_candidate_twice_in_an_old_list_is_found(self) -> None:
        _import(self.twins("001", "001"))
        assert len(found(V25)) == 1

    def test_another_number_in_another_exam_is_the_same_person(self) -> None:
        _import(self.twins("001"), day=date(2019, 7, 31))
        _import(self.twins("002"), day=date(2020, 3, 2))
        assert len(found(V25)) == 1

    def test_codes_are_among_the_facts(self) -> None:
        issue_list(people_list([1], more={"Số báo danh": ["017"], "Mã sinh viên": ["SV 5"]}))
        [made] = facts_of_all()
        assert (made.row.candidate_number, made.row.student_code) == ("017", "SV 5")


class TestSamePerson:
    """As before issue: surely by ID or birth place, perhaps by name and birth date alone."""

    @pytest.mark.parametrize(
        ("held", "own", "level"),
        [
            (("Đắk Nông", ""), ("Đắk Nông", ""), "error"),
            (("Đắk Nông", ""), ("Gia Nghĩa, tỉnh Đắk Nông", ""), "error"),
            (("Đắk Nông", ""), ("Lâm Đồng", ""), "warning"),
            (("Đắk Nông", ""), ("", ""), "warning"),
            (("", ""), ("Đắk Nông", ""), "warning"),
            (("Đắk Nông", "067181000001"), ("Lâm Đồng", "067181000001"), "error"),
            (("Đắk Nông", "067181000001"), ("Đắk Nông", "067181000002"), None),
        ],
    )
    def test_a_second_original(
        self, held: tuple[str, str], own: tuple[str, str], level: str | None
    ) -> None:
        for (place, number), day in zip((held, own), (2019, 2020), strict=True):
            column = {"Số định danh cá nhân": [number]}
            _import(people_list([4], places=[place], more=column), day=date(day, 7, 31))
        report = sweep(account(MINISTRY), TODAY)
        levels = [f.finding.level.value for f in report.findings if f.finding.check == V25]
        assert levels == ([level] if level else [])

    def test_likenesses_of_a_page_are_asked_for_at_once(self) -> None:
        for year in (2019, 2020):
            places = ["Đắk Nông", "Lâm Đồng" if year == 2020 else "Đắk Nông", ""]
            _import(people_list(range(3), places=places), day=date(year, 7, 31))
        with acting(Actor.system("test")), CaptureQueriesContext(connection) as asked:
            chunks = alike_lines(Scope(TODAY, _issuers(), last_line()), PERSON, 1_000)
            [facts] = [Facts(TODAY).of(chunk, with_prior=True) for chunk in chunks]
        found = sorted(prior.likeness for each in facts for prior in each.row.prior)
        assert found == ["other_place", "place", "unknown"]
        assert sum("sogoc_prior_likeness" in query["sql"] for query in asked) == 1


class TestPrinted:
    def test_what_the_paper_bears_is_compared(self) -> None:
        wrong, right, _ = _insert(
            {"full_name": "Nguyễn Văn Ân", "serial": "C 001"},
            {"full_name": "NGUYỄN VĂN AN", "serial": "c 005"},
            None,
        )
        assert found(V21) == [wrong]
        assert right not in found(V21)

    def test_anything_else_under_that_name_was_not_recorded_off_the_paper(self) -> None:
        _insert("đã in")
        assert found(V21) == []
        assert facts_of_all()[0].row.printed == {}


@pytest.mark.parametrize(
    ("text", "level"), [("3", 3), ("Bậc 3", 3), ("B1 (bậc 3)", 3), ("A", None), (None, None)]
)
def test_level_is_read_as_a_list_is_read(text: str | None, level: int | None) -> None:
    _insert(None, level=text)
    assert facts_of_all()[0].row.level == level


def test_decision_says_for_how_many_it_was() -> None:
    issue_list(people_list(range(3)))
    assert {each.act.decision.row_count for each in facts_of_all() if each.act.decision} == {3}


def _issuers() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id ORDER BY id) FROM people_organisation")
        return tuple(cursor.fetchone()[0])


def _import(file: issuing.ListFile, day: date = date(2019, 7, 31)) -> None:
    register.import_legacy(
        read_file(file.data, f"{day}.csv"),
        issuer=CENTRE,
        kind=KIND,
        signatory_title="Giám đốc",
        by=who("register.import_legacy", CENTRE),
        at=AT,
        issued_on=day,
    )


def _insert(*printed: object, level: str | None = None) -> list[str]:
    """Old lines as another program might have left them; return their codes."""
    with acting(Actor.system("test")), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sogoc.purpose', 'import', true)")
        constants = LineConstants(
            act="legacy",
            book=ensure_book(CENTRE, KIND, 2019, is_live=False),
            stream=LEGACY_STREAM,
            recorded_at=AT,
            issued_on=date(2019, 7, 31),
            signatory_title="Giám đốc",
            source_file="cu.csv",
            source_digest=bytes(32),
        )
        rows = [
            LineRow(
                n=number,
                serial="C001" if number == 1 else f"C00{number + 3}",
                source_row=number,
                full_name="Nguyễn Văn An",
                birth_date=date(1990, 1, number),
                sex="male",
                details={
                    name: value
                    for name, value in (("printed", bears), ("level", level))
                    if value is not None
                },
            )
            for number, bears in enumerate(printed, 1)
        ]
        return [line.code for line in insert_lines(constants, rows)]
