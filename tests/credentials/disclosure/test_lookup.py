"""Anybody may ask about one credential; nobody learns what he did not type."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from sogoc.credentials.disclosure import api as disclosure
from sogoc.credentials.disclosure.api import NOT_FOUND, look_up, look_up_code
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log import api as log
from sogoc.people.api import Actor, acting
from tests.credentials.world import AT, CENTRE, KIND, TODAY, who

# The first person of the list: tests/credentials/world.py
SERIAL, ENTRY, NAME, BORN = "A02500001", "0001/2025/CNTTCB", "Trần Văn An", date(1981, 1, 1)


def test_code_tells_what_is_disclosed_and_masks_the_rest(codes: tuple[str, ...]) -> None:
    answer = look_up_code(codes[0].lower())
    assert answer.found
    assert (answer.kind, answer.issuer, answer.issued_on) == (KIND, CENTRE, TODAY)
    assert answer.kind_name.vi == "Chứng chỉ ứng dụng CNTT cơ bản"
    assert answer.full_name == "T*** V*** A***"
    assert (answer.serial, answer.entry_number) == ("A0***01", "00***CB")
    assert answer.birth_date is None


@pytest.mark.parametrize("typo", ["SG-0000-0000-0000-0000-0X", "abc", ""])
def test_mistyped_code_is_said_to_be_mistyped(typo: str, db: None) -> None:
    with pytest.raises(disclosure.LookupCodeError):
        look_up_code(typo)


def test_code_nobody_has_is_not_found(codes: tuple[str, ...]) -> None:
    assert look_up_code("SG-0000-0000-0000-0000-00") is NOT_FOUND


@pytest.mark.parametrize(
    ("serial", "entry", "born", "name"),
    [
        (SERIAL, ENTRY, BORN, None),
        (SERIAL, ENTRY, None, NAME),
        (SERIAL, ENTRY, BORN, NAME),
        ("a 0250 0001", " 0001/2025/cnttcb ", None, "  trần  VĂN an "),
    ],
)
def test_numbers_and_person_typed_right_are_confirmed(
    serial: str, entry: str, born: date | None, name: str | None, codes: tuple[str, ...]
) -> None:
    answer = look_up(serial, entry, born, name)
    assert answer.found
    assert answer.code == ""
    assert answer.birth_date == born
    assert answer.same_accents is (True if name else None)
    assert answer.full_name == (" ".join(name.split()) if name else "T*** V*** A***")


def test_name_without_accents_is_confirmed_and_said_so(codes: tuple[str, ...]) -> None:
    answer = look_up(SERIAL, ENTRY, full_name="Tran Van An")
    assert answer.same_accents is False
    assert answer.full_name == "Tran Van An"
    assert "bỏ dấu" in answer.meaning.vi


@pytest.mark.parametrize(
    ("serial", "entry", "born", "name"),
    [
        ("A02500999", ENTRY, BORN, None),
        (SERIAL, "0002/2025/CNTTCB", BORN, None),
        (SERIAL, ENTRY, date(1981, 1, 2), None),
        (SERIAL, ENTRY, None, "Trần Văn Ân Bình"),
        (SERIAL, ENTRY, BORN, "Lê Thị Hoa"),
        (SERIAL, ENTRY, date(1990, 1, 1), NAME),
    ],
)
def test_anything_wrong_gets_the_one_answer(
    serial: str, entry: str, born: date | None, name: str | None, codes: tuple[str, ...]
) -> None:
    assert look_up(serial, entry, born, name) is NOT_FOUND


@pytest.mark.parametrize(
    ("serial", "entry", "born", "name"),
    [("", ENTRY, BORN, NAME), (SERIAL, " ", BORN, NAME), (SERIAL, ENTRY, None, " ")],
)
def test_incomplete_question_is_refused(
    serial: str, entry: str, born: date | None, name: str | None, db: None
) -> None:
    with pytest.raises(disclosure.IncompleteQuestion):
        look_up(serial, entry, born, name)


@pytest.mark.parametrize("serial", [SERIAL, "A09999999"])
def test_failures_are_counted_for_each_serial(serial: str, codes: tuple[str, ...]) -> None:
    for _ in range(disclosure.FAILURES_AN_HOUR):
        assert look_up(serial, ENTRY, full_name="Ai Đó") is NOT_FOUND
    with pytest.raises(disclosure.TooManyAttempts):
        look_up(serial, ENTRY, full_name="Ai Đó")
    with pytest.raises(disclosure.TooManyAttempts):  # also for who knows the name
        look_up(serial.lower(), ENTRY, full_name=NAME)
    assert look_up("A02500002", "0002/2025/CNTTCB", full_name="Ai Đó") is NOT_FOUND


def test_typed_serials_do_not_rest_in_the_database(
    transactional_db: None, owner_connection: psycopg.Connection[Any]
) -> None:
    look_up("A09999999", ENTRY, full_name="Ai Đó")
    ((key, failures),) = owner_connection.execute(
        "SELECT key, failures FROM credentials_lookup_failure"
    ).fetchall()
    assert (len(key), failures) == (32, 1)
    owner_connection.execute(
        "UPDATE credentials_lookup_failure SET hour = hour - interval '3 days'"
    )
    assert disclosure.forget_failures() == 1


def test_issue_is_being_entered_until_a_signed_checkpoint_covers_it(
    transactional_db: None, tmp_path: Path
) -> None:
    from tests.credentials import world

    world.settle()
    code = world.issue_list(world.people_list(range(1, 4))).codes[0]
    assert look_up_code(code).status == "being_entered"

    def stop(step: str) -> None:
        if step == "published":
            raise RuntimeError

    with pytest.raises(RuntimeError):
        log.sequence(tmp_path, base="t", reached=stop)
    assert look_up_code(code).status == "being_entered"
    log.sequence(tmp_path, base="t")
    assert look_up_code(code).status == "valid"


def test_revocation_shows_at_once(codes: tuple[str, ...]) -> None:
    lifecycle.revoke_lines(
        codes=[codes[0]],
        decision_number="99/QĐ",
        decision_date=TODAY,
        ground="điểm c khoản 1 Điều 25 TT 21/2019",
        reason="cấp sai",
        by=who("register.revoke"),
        at=AT,
    )
    answer = look_up_code(codes[0])
    assert (answer.status, answer.revoked_on, answer.revoked_decision) == (
        "revoked", TODAY, "99/QĐ",
    )  # fmt: skip
    assert look_up(SERIAL, ENTRY, BORN).status == "revoked"


def test_public_sees_neither_tables_nor_inner_functions(codes: tuple[str, ...]) -> None:
    for statement in (
        "SELECT * FROM credentials_lookup_failure",
        "SELECT * FROM sogoc_disclosed(1)",
        "INSERT INTO credentials_lookup_failure (key, hour, failures) VALUES ('x', now(), 0)",
    ):
        with (
            pytest.raises(DatabaseError),
            acting(Actor.anonymous()),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def _seconds(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def test_unknown_serial_takes_as_long_as_a_wrong_name(
    codes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked in turns, so that a busy machine is busy for both."""
    monkeypatch.setattr("sogoc.credentials.disclosure.lookup.FAILURES_AN_HOUR", 100_000)
    unknown, wrong = [], []
    for _ in range(200):
        unknown.append(_seconds(lambda: look_up("A09999999", ENTRY, full_name="Ai Đó")))
        wrong.append(_seconds(lambda: look_up(SERIAL, ENTRY, full_name="Ai Đó")))
    slower, faster = sorted((statistics.median(unknown), statistics.median(wrong)), reverse=True)
    assert slower < 1.3 * faster
