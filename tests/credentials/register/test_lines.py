"""What may be written in the register and who sees it."""

from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from sogoc.credentials.log import api as log
from sogoc.credentials.register import api as register
from sogoc.credentials.register.models import RegisterLine, RegisterPersonal
from sogoc.kernel.leaf import encode_leaf
from sogoc.people.api import Actor, NotPermitted, acting
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    SO,
    TODAY,
    bring_to_signed,
    issue,
    issue_list,
    people_list,
    prepare,
    who,
)

SYSTEM = Actor.system("tests")


def _rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.usefixtures("settled")
class TestReading:
    def test_export_holds_the_named_fields_in_order_of_entry(self) -> None:
        issued = issue_list(people_list(range(1, 6)))
        lines = list(register.export_lines(by=who("register.export"), issuer=CENTRE))
        assert [line["code"] for line in lines] == list(issued.codes)
        assert lines[0] == {
            "code": issued.codes[0],
            "kind": KIND,
            "issuer": CENTRE,
            "full_name": "Trần Văn An",
            "serial": "A02500001",
            "entry_number": "0001/2025/CNTTCB",
            "issued_on": TODAY,
            "status": "valid",
        }

    def test_export_with_leaves_is_a_list_for_monitors(self) -> None:
        issued = issue_list(people_list(range(1, 3)))
        lines = list(register.export_lines(by=who("register.export"), issuer=CENTRE, leaves=True))
        for line, code in zip(lines, issued.codes, strict=True):
            assert bytes.fromhex(line["leaf"]) == register.leaf_hash_of(code)
            assert line["revocation_leaf"] is None

    def test_export_stops_at_a_day_and_a_kind(self) -> None:
        issue_list(people_list(range(1, 6)))
        by = who("register.export")
        assert list(register.export_lines(by=by, issuer=CENTRE, until=date(2025, 4, 9))) == []
        assert list(register.export_lines(by=by, issuer=CENTRE, kind="bang_thpt")) == []

    def test_code_is_read_in_any_form(self) -> None:
        code = issue_list(people_list(range(1, 3))).codes[0]
        typed = code.removeprefix("SG-").replace("-", " ").lower()
        assert register.show_line(typed, by=who("register.view")).code == code

    @pytest.mark.parametrize("code", ["", "SG-0000", "SG-0000-0000-0000-0000-00"])
    def test_unknown_code_is_said_to_be_unknown(self, code: str) -> None:
        with pytest.raises(register.UnknownLine):
            register.show_line(code, by=who("register.view"))

    def test_line_of_another_body_is_as_unknown_as_none(self) -> None:
        code = issue_list(people_list(range(1, 3))).codes[0]
        with pytest.raises(register.UnknownLine):
            register.show_line(code, by=who("register.view", "thpt-gia-nghia"))

    def test_public_reads_no_row(self) -> None:
        issue_list(people_list(range(1, 3)))
        with acting(Actor.anonymous()):
            for table in ("line", "personal", "book"):
                assert _rows(f"SELECT count(*) FROM credentials_register_{table}") == [(0,)]
        with pytest.raises(NotPermitted):
            list(register.export_lines(by=Actor.anonymous()))


@pytest.mark.usefixtures("settled")
class TestBooks:
    def test_book_begun_on_paper_goes_on_from_its_last_number(self) -> None:
        register.open_book(
            issuer=CENTRE, kind=KIND, year=2025, opening_number=137, minutes="BB 01/2025",
            by=who("register.import_legacy"), at=AT, pattern="{seq:05}/{year}/TT",
        )  # fmt: skip
        issued = issue_list(people_list(range(1, 3)))
        assert (issued.first_entry_number, issued.last_entry_number) == (
            "00138/2025/TT", "00139/2025/TT",
        )  # fmt: skip
        with acting(who("register.view")):
            fact = register.book_fact(CENTRE, KIND, 2025)
        assert (fact.last_sequence, fact.pattern) == (139, "{seq:05}/{year}/TT")

    @pytest.mark.parametrize(("number", "minutes"), [(5, " "), (-1, "BB")])
    def test_opening_number_needs_minutes(self, number: int, minutes: str) -> None:
        with pytest.raises(register.BookError):
            register.open_book(
                issuer=CENTRE, kind=KIND, year=2025, opening_number=number, minutes=minutes,
                by=who("register.import_legacy"), at=AT,
            )  # fmt: skip

    def test_open_book_is_not_opened_again(self) -> None:
        issue_list(people_list(range(1, 3)))
        with pytest.raises(register.BookError):
            register.open_book(
                issuer=CENTRE, kind=KIND, year=2025, opening_number=5, minutes="BB",
                by=who("register.import_legacy"), at=AT,
            )  # fmt: skip

    def test_book_of_next_year_keeps_the_pattern(self) -> None:
        register.open_book(
            issuer=CENTRE, kind=KIND, year=2025, opening_number=1, minutes="BB",
            by=who("register.import_legacy"), at=AT, pattern="{seq}/{yy}",
        )  # fmt: skip
        with acting(who("batch.issue")):
            assert register.ensure_book(CENTRE, KIND, 2026).pattern == "{seq}/{yy}"
            assert register.book_fact(CENTRE, "bang_thpt", 2026).last_sequence == 0


def _constants(book: register.Book, **changes: Any) -> register.LineConstants:
    options: dict[str, Any] = {
        "act": "issue",
        "book": book,
        "stream": "2025",
        "recorded_at": AT,
        "issued_on": TODAY,
        "first_sequence": register.next_numbers(book),
        "rule_set": "r",
        **changes,
    }
    return register.LineConstants(**options)


def _refusal(*rows: register.LineRow, **changes: Any) -> str:
    """What the database says to lines written past the flow."""
    by = who("batch.issue")
    with acting(by):
        constants = _constants(register.ensure_book(CENTRE, KIND, 2025), **changes)
    with pytest.raises(psycopg.Error) as refused, acting(by):
        register.insert_lines(constants, rows)
    return refused.value.diag.constraint_name or ""


@pytest.mark.usefixtures("settled")
class TestGuards:
    def test_line_without_its_batch_is_refused(self) -> None:
        row = register.LineRow(1, serial="A02500250", full_name="X")
        assert _refusal(row) == "register_line_complete"

    def test_line_of_a_batch_issued_before_is_refused(self) -> None:
        issue_list(people_list(range(1, 3)))
        with acting(SYSTEM):
            batch = _rows("SELECT id FROM credentials_batch")[0][0]
        row = register.LineRow(1, serial="A02500250", full_name="X")
        # the same test transaction issued it, so only another transaction's number shows the guard
        with acting(SYSTEM):
            xid = _rows("SELECT issue_xid = txid_current() FROM credentials_batch")[0][0]
        assert xid
        assert _refusal(row, batch_id=batch, first_sequence=9) == "register_line_no_gap"

    def test_revocation_needs_an_original_of_the_same_book(self) -> None:
        row = register.LineRow(1)
        assert _refusal(
            row._replace(ref_id=0, ref_hash=b"0" * 32), act="revoke", reason="x",
            first_sequence=None,
        ) == "register_line_revokes_original"  # fmt: skip

    def test_application_may_only_insert_and_read(self) -> None:
        issue_list(people_list(range(1, 3)))
        for statement in (
            "UPDATE credentials_register_line SET serial = 'X'",
            "DELETE FROM credentials_register_personal",
            "TRUNCATE credentials_register_line CASCADE",
            "UPDATE credentials_log_leaf SET stream = 'x'",
            "DELETE FROM people_auditevent",
            "SELECT sogoc_disclosed(1)",
        ):
            with pytest.raises(DatabaseError), acting(SYSTEM):
                _rows(statement)

    def test_rows_of_another_body_cannot_be_written(self) -> None:
        with acting(who("batch.issue")):
            constants = _constants(register.ensure_book(CENTRE, KIND, 2025))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), acting(who("batch.issue", SO)):
            register.insert_lines(constants, [register.LineRow(1, serial="Z1")])


def test_live_serial_never_equals_a_legacy_one(settled: None) -> None:
    """Reservations step over serials of old registers; this one comes in after the printing."""
    from tests.credentials.register.test_legacy import reading, take_in

    token = prepare(people_list(range(1, 3))).token
    bring_to_signed(token)
    take_in(reading("1,Nguyễn Văn An,02/03/1990,Đắk Nông,Nam,Đạt,A 02500001,0001/2019"))
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        issue(token)
    assert refused.value.diag.constraint_name == "register_line_serial_not_legacy"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credentials_register_line SET serial = 'X'",
        "DELETE FROM credentials_register_line",
        "TRUNCATE credentials_register_line CASCADE",
        "UPDATE credentials_register_personal SET full_name = 'X'",
        "DELETE FROM credentials_register_personal",
        "TRUNCATE credentials_register_personal",
        "SET sogoc.erasing = '999999'; DELETE FROM credentials_register_personal",
        "UPDATE credentials_register_book SET opening_number = 5",
    ],
)
def test_owner_is_refused_too(
    statement: str, settled_for_good: None, owner_connection: psycopg.Connection[Any]
) -> None:
    issue_list(people_list(range(1, 3)))
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute(statement)


def test_personal_data_go_only_with_a_logged_act_of_erasure(
    settled_for_good: None, owner_connection: psycopg.Connection[Any], tmp_path: Any
) -> None:
    codes = issue_list(people_list(range(1, 4))).codes
    by = who("register.view")
    first, second = (register.show_line(code, by=by) for code in codes[:2])

    def act_of(line: register.LineView, act: str = "erase") -> bytes:
        leaf = encode_leaf(
            act=act, issuer=CENTRE, book=None, sequence=None, decision=None,
            reference=line.leaf_hash.hex(), rules=None, rulings=(), commitment=bytes(32),
        )  # fmt: skip
        return log.add_leaf("2025", "erasure", leaf)

    erase = "SELECT sogoc_erase_personal(%s, %s)"
    for act in (b"x" * 32, first.leaf_hash):
        with pytest.raises(DatabaseError), acting(by):
            _rows(erase, first.id, act)
    with pytest.raises(DatabaseError), acting(by):
        _rows(erase, second.id, act_of(first))
    with acting(by):
        _rows(erase, first.id, act_of(first))
    erased = register.show_line(codes[0], by=by)
    assert (erased.erased, erased.full_name, erased.serial) == (True, "", first.serial)
    assert not register.show_line(codes[1], by=by).erased
    assert log.audit(tmp_path, base="t").problems == ()
    owner_connection.execute("ALTER TABLE credentials_register_personal DISABLE TRIGGER USER")
    owner_connection.execute(
        "DELETE FROM credentials_register_personal WHERE line_id = %s", [second.id]
    )
    assert [found.what for found in log.audit(tmp_path, base="t").problems] == [codes[1]]


def test_limits_of_texts_are_those_of_their_columns() -> None:
    columns = {
        field.name: field.max_length
        for fields in (RegisterLine._meta.concrete_fields, RegisterPersonal._meta.concrete_fields)
        for field in fields
    }
    for name, limit in {**register.TEXT_LIMITS, "birth_text": register.BIRTH_TEXT_LIMIT}.items():
        assert columns[name] == limit, name
