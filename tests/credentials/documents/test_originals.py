"""One original on paper, one digital, each with its clock; copies with statuses of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError

from sogoc.credentials.documents.clock import DIGITAL, PAPER, clock_of
from sogoc.people.identity import Actor, acting
from tests.credentials.documents.conftest import BASE

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., Any]:
    from sogoc.credentials.documents.api import Request
    from tests.credentials import world

    def make(code: str = "", at: datetime = AT) -> Any:
        by = world.who("register.view")
        return Request(code=code, home=tmp_path, base=BASE, at=at, by=by, is_playground=True)

    return make


def papers(code: str) -> Any:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    return api.papers_of(code, by=world.who("register.view"), today=TODAY)


@pytest.fixture
def line(codes: tuple[str, ...]) -> Any:
    """A certificate of 10/04/2025, exam of 15/03/2025, decision of 01/04/2025."""
    from sogoc.credentials.register.api import show_line
    from tests.credentials import world

    return show_line(codes[0], by=world.who("register.view"))


def test_a_line_has_its_originals_and_copies(codes, request_of) -> None:
    from sogoc.credentials.documents import api

    before = papers(codes[0])
    assert (before.digital.document, before.copies, before.supplement) == (None, (), None)
    assert before.paper.serial == "A02500001"
    made = api.make_papers(codes[:1], request_of())[0]
    copies = [api.make_papers(codes[:1], request_of(), copies=True)[0] for _ in range(2)]
    after = papers(codes[0])
    assert after.digital.document.number == made.number
    assert [each.number for each in after.copies] == [each.number for each in copies]
    assert {each.status for each in after.copies} == {"current"}
    assert after.digital.clock.done_on == TODAY


def test_the_clock_on_paper(line) -> None:
    """Thirty days from the exam (khoản 2 Điều 17): until 14/04/2025."""
    exam = date(2025, 3, 15)
    kept = clock_of(line, PAPER, done_on=line.issued_on, today=TODAY, examined_on=exam)
    assert (kept.decided_on, kept.examined_on) == (date(2025, 4, 1), exam)
    assert (kept.due_on, kept.standing) == (date(2025, 4, 14), "kept")
    assert (kept.valid_from, kept.ended_on) == (date(2025, 4, 10), None)
    (term,) = kept.terms
    assert (term.rule, term.days, term.verdict) == ("CAP-CC-R3", 30, "decides")
    assert term.basis == "khoản 2 Điều 17 TT 21/2019/TT-BGDĐT"
    late = clock_of(line, PAPER, done_on=date(2025, 4, 15), today=TODAY, examined_on=exam)
    assert late.standing == "late"
    unknown = clock_of(line, PAPER, done_on=line.issued_on, today=TODAY)
    assert (unknown.due_on, unknown.standing) == (None, "review")


def test_an_uncertain_deadline_is_shown_and_not_counted_with(line) -> None:
    new = replace(line, kind="cu_nhan", decision_date=date(2026, 5, 20))
    clock = clock_of(new, DIGITAL, done_on=date(2026, 5, 30), today=TODAY)
    (term,) = clock.terms
    assert (term.rule, term.due_on, term.confidence) == (
        "CAP-SO-R4", date(2026, 5, 25), "uncertain",
    )  # fmt: skip
    assert (clock.standing, clock.due_on) == ("review", None)
    old = clock_of(line, DIGITAL, done_on=None, today=date(2025, 5, 1))
    assert (old.terms, old.standing) == ((), "none")


@pytest.mark.parametrize(
    ("done_on", "today", "standing"),
    [
        (date(2026, 6, 19), date(2026, 7, 1), "kept"),
        (date(2026, 6, 20), date(2026, 7, 1), "late"),
        (None, date(2026, 6, 19), "open"),
        (None, date(2026, 6, 20), "overdue"),
    ],
)
def test_a_deadline_and_the_day(line, done_on, today, standing) -> None:
    new = replace(line, kind="bang_thpt", decision_date=date(2026, 5, 20), details={})
    assert clock_of(new, PAPER, done_on=done_on, today=today).standing == standing


def test_a_rule_that_changed_in_between_asks(line) -> None:
    """75 days when it was decided, 30 since 15/04/2026: kept by one, late by the other."""
    new = replace(line, kind="bang_thpt", decision_date=date(2026, 4, 1), details={})
    both = clock_of(new, PAPER, done_on=date(2026, 5, 20), today=TODAY)
    assert [term.rule for term in both.terms] == ["CAP-PT-R3", "CAP-THPT-R4"]
    assert (both.due_on, both.standing) == (date(2026, 6, 15), "review")
    early = clock_of(new, PAPER, done_on=date(2026, 4, 20), today=TODAY)
    assert early.standing == "kept"


def test_a_revoked_line_ends_its_originals_and_copies(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    api.make_papers(codes[:1], request_of(), copies=True)
    api.make_papers(codes[:1], request_of())
    lifecycle.revoke_lines(
        codes=[codes[0]], decision_number="1/QĐ", decision_date=world.TODAY, ground="c",
        reason="Sai thẩm quyền", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    found = papers(codes[0])
    assert found.paper.status == found.digital.document.status == "revoked"
    assert [each.status for each in found.copies] == ["revoked"]
    assert found.paper.clock.ended_on == world.TODAY
    viewer = world.who("register.view")
    assert api.show_paper(found.copies[0].number, by=viewer).status == "revoked"


def test_a_copy_is_withdrawn_and_nothing_else(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    keeper = world.who("register.revoke")
    copy, other = (
        api.make_papers(codes[:1], request_of(), copies=True)[0].number for _ in range(2)
    )
    with pytest.raises(api.DocumentRefused):
        api.withdraw(copy, reason=" ", by=keeper, at=AT)
    gone = api.withdraw(copy, reason="Trả nhầm người", by=keeper, at=AT)
    assert (gone.status, gone.reason) == ("withdrawn", "Trả nhầm người")
    assert [each.status for each in papers(codes[0]).copies] == ["withdrawn", "current"]
    assert api.show_paper(other, by=keeper).status == "current"
    with pytest.raises(api.DocumentRefused) as refused:
        api.withdraw(copy, reason="Lần nữa", by=keeper, at=AT)
    assert refused.value.code == "document_ended"
    with pytest.raises(api.DocumentRefused):
        api.withdraw("D-0", reason="x", by=keeper, at=AT)
    with pytest.raises(api.DocumentRefused) as hidden:
        api.show_paper(other, by=world.account("registrar.dh"))
    assert hidden.value.code == "document_unknown"


def test_a_file_is_known_by_its_bytes(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    viewer = world.who("register.view")
    made = api.make_papers(codes[:1], request_of())[0]
    found = api.paper_of_file(made.data, by=viewer)
    assert found is not None
    assert (found.number, found.role, found.edition) == (made.number, "original", 1)
    assert api.paper_of_file(made.data + b" ", by=viewer) is None


@pytest.mark.parametrize(
    ("role", "changes", "broken"),
    [
        ("original", {}, "document_one_original"),
        ("supplement", {}, "document_one_supplement"),
        ("copy", {}, "document_copy_has_number"),
        ("copy", {"copy_number": "0001/2026/BS"}, "document_copy_number_once"),
        ("original", {"copy_number": "7"}, "document_copy_has_number"),
        ("page", {}, "document_sheet_complete"),
        ("decision", {"page_number": 1}, "document_sheet_complete"),
        ("original", {"content": b"c" * 32}, "document_sheet_complete"),
    ],
)
def test_what_the_database_refuses(codes, request_of, role, changes, broken) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document

    api.make_papers(codes[:1], request_of())
    api.make_papers(codes[:1], request_of(), copies=True)

    def make(number: str, **fields: Any) -> None:
        with acting(Actor.system("x")):
            first = Document.objects.get(role="original")
            Document.objects.create(
                number=number, line_id=first.line_id, issuer_id=first.issuer_id, role=role,
                template="t", made_by="system:x", made_at=AT, **fields,
            )  # fmt: skip

    if role == "supplement":
        make("D-1")
    with pytest.raises(DatabaseError, match=broken):
        make("D-2", **changes)


@pytest.mark.parametrize("state", ["withdrawn", "superseded"])
def test_nothing_follows_the_end_of_a_document(codes, request_of, state) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document
    from sogoc.credentials.documents.originals import record_state

    number = api.make_papers(codes[:1], request_of(), copies=True)[0].number
    me = Actor.system("x")
    with acting(me):
        record_state(Document.objects.get(number=number), state, reason="x", by=me, at=AT)
    with pytest.raises(DatabaseError, match="nothing follows"), acting(me):
        record_state(Document.objects.get(number=number), "valid", reason="x", by=me, at=AT)


def test_an_original_is_never_superseded(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document
    from sogoc.credentials.documents.originals import record_state

    api.make_papers(codes[:1], request_of())
    me = Actor.system("x")
    with pytest.raises(DatabaseError, match="never superseded"), acting(me):
        record_state(Document.objects.get(), "superseded", reason="x", by=me, at=AT)


def test_a_line_has_one_serial(unpublished, owner_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute("UPDATE credentials_register_line SET serial = 'A02500200'")


def test_no_second_blank_is_issued_with_a_line(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crooked program issues four blanks with the leaf of the first line: nothing is entered."""
    from sogoc.credentials.blanks import api as blanks
    from tests.credentials import world

    honest = blanks.insert_issued_from_stage

    def crooked(cursor: Any, *, stage: str, **rest: Any) -> int:
        cursor.execute(
            f"UPDATE {stage} SET leaf_hash = (SELECT leaf_hash FROM {stage} WHERE n = 1)"
        )
        return honest(cursor, stage=stage, **rest)

    world.settle()
    monkeypatch.setattr(blanks, "insert_issued_from_stage", crooked)
    with pytest.raises(psycopg.errors.CheckViolation, match="issued blank has no register line"):
        world.issue_list(world.people_list(range(1, 5)))
    monkeypatch.undo()
    assert len(world.issue_list(world.people_list(range(11, 15), name="b.csv")).codes) == 4
