"""The database itself refuses what the code would not do: try to break each invariant."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from sogoc.credentials.digitisation import api as digitisation
from sogoc.credentials.digitisation import counting
from sogoc.credentials.digitisation.state import TRANSITIONS
from sogoc.credentials.log import api as log
from sogoc.credentials.register import api as register
from sogoc.people.api import Actor, acting
from tests.credentials.digitisation.book import (
    FIRST,
    HEAD,
    PAGE_12,
    PAGES,
    SECOND,
    THIRD,
    attach,
    count,
    key,
    keyed_twice,
    minutes,
    opened,
    settle,
    signed,
    who,
)
from tests.credentials.world import AT, KIND, SO, TODAY

INSERT_ONLY = {
    "credentials_page_image": "file_name = file_name",
    "credentials_page_keying": "note = note",
    "credentials_keyed_line": "values = values",
    "credentials_line_settlement": "value = value",
    "credentials_digitisation_minutes": "number = number",
    "credentials_minutes_signature": "signer_name = signer_name",
    "credentials_counted_line": "line = line",
}
JOB = "credentials_digitisation_job"
FROM_JOB = f"FROM {JOB} j JOIN credentials_page_image i ON i.job_id = j.id WHERE i.page = 12"
KEYING = (
    "INSERT INTO credentials_page_keying (job_id, issuer_id, image_id, ordinal, method, line_count,"
    " note, digest, keyed_by, keyed_at) SELECT j.id, j.issuer_id, i.id, {ordinal}, '{method}',"
    " {lines}, 'x', sha256('x'), {by}, now() "
)
SETTLEMENT = (
    "INSERT INTO credentials_line_settlement (job_id, issuer_id, image_id, line, field, value,"
    " reason, settled_by, settled_at) SELECT j.id, j.issuer_id, i.id, 1, 'full_name', 'X', 'y',"
    " sogoc_actor(), now() "
)
SIGNATURE = (
    "INSERT INTO credentials_minutes_signature (minutes_id, issuer_id, digest, signed_by,"
    " signer_name, signed_at) SELECT id, issuer_id, {digest}, {by}, 'Ai', now()"
    " FROM credentials_digitisation_minutes"
)


def refused(statement: str, *, by: str = FIRST) -> str:
    with pytest.raises(DatabaseError) as error:
        attempt(statement, by)
    return str(error.value)


def attempt(statement: str, by: str) -> None:
    with acting(who(by)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount, "nothing was tried"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def keying(ordinal: int, method: str = "key", lines: int = 0, by: str = "sogoc_actor()") -> str:
    return KEYING.format(ordinal=ordinal, method=method, lines=lines, by=by) + FROM_JOB


@pytest.mark.usefixtures("settled")
class TestApplication:
    @pytest.mark.parametrize("table", INSERT_ONLY)
    def test_cannot_alter_or_delete(self, tmp_path: Path, table: str) -> None:
        count(signed(tmp_path))
        assert "permission denied" in refused(f"UPDATE {table} SET {INSERT_ONLY[table]}")
        assert "permission denied" in refused(f"DELETE FROM {table}")
        assert "permission denied" in refused(f"TRUNCATE {table} CASCADE")

    def test_job_moves_only_in_its_named_columns(self, tmp_path: Path) -> None:
        signed(tmp_path)
        assert "permission denied" in refused(f"UPDATE {JOB} SET title = 'x'")
        assert "permission denied" in refused(f"UPDATE {JOB} SET count_xid = txid_current()")
        assert "permission denied" in refused(f"DELETE FROM {JOB}")

    @pytest.mark.parametrize("state", ["keying", "compared", "signed", "counted", "cancelled"])
    def test_no_step_without_what_it_needs(self, tmp_path: Path, state: str) -> None:
        keyed_twice(tmp_path)
        refused(f"UPDATE {JOB} SET state = '{state}'")

    def test_table_of_transitions_is_that_of_the_code(self, tmp_path: Path) -> None:
        with acting(Actor.system("tests")), connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'sogoc_digitisation_moves'")
            source = cursor.fetchone()[0]
        steps = {f"'{old}>{new}'" for old, news in TRANSITIONS.items() for new in news}
        listed = source.split("step NOT IN (")[1].split(")")[0]
        assert {step.strip() for step in listed.split(",")} == steps

    def test_signed_minutes_do_not_count_without_their_lines(self, tmp_path: Path) -> None:
        signed(tmp_path)
        change = f"UPDATE {JOB} SET state = 'counted', counted_by = '{HEAD}', counted_at = now()"
        assert "not whole in the register" in refused(change, by=HEAD)
        assert "not by this person" in refused(change, by=THIRD)

    def test_page_is_keyed_by_two_persons_in_turn(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        assert "two persons" in refused(keying(2))
        assert "two persons" in refused(keying(1, "compare"))
        assert "own name" in refused(keying(1, by=f"'{SECOND}'"))
        assert "not whole" in refused(keying(1, lines=3))
        key(token, FIRST, {12: PAGE_12})
        assert "page_keying_once_a_person" in refused(keying(2))
        assert "two persons" in refused(keying(2, "compare"), by=SECOND)
        key(token, SECOND, {12: PAGE_12})
        refused(keying(3), by=THIRD)

    def test_lines_come_with_their_keying_alone(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        key(token, FIRST, {12: PAGE_12})
        assert "with their keying" in refused(
            "INSERT INTO credentials_keyed_line (keying_id, issuer_id, line, values)"
            " SELECT id, issuer_id, 99, '{}' FROM credentials_page_keying",
            by=SECOND,
        )

    def test_second_person_reads_no_line_of_the_first(self, tmp_path: Path) -> None:
        token = opened()
        attach(token, 12, tmp_path)
        key(token, FIRST, {12: PAGE_12})
        assert lines_seen(SECOND) == 0
        assert lines_seen(THIRD) == 0
        assert lines_seen(FIRST) == 4
        key(token, SECOND, {12: PAGE_12})
        assert lines_seen(THIRD) == 8
        assert lines_seen("registrar.tt-gdtx") == 0

    def test_a_third_person_settles(self, tmp_path: Path) -> None:
        keyed_twice(tmp_path)
        assert "a third person" in refused(SETTLEMENT + FROM_JOB, by=SECOND)

    def test_nothing_is_settled_once_minutes_are_drawn_up(self, tmp_path: Path) -> None:
        minutes(keyed_twice(tmp_path))
        assert "not keying" in refused(SETTLEMENT + FROM_JOB, by=THIRD)

    def test_what_is_signed_are_the_minutes_that_hold(self, tmp_path: Path) -> None:
        minutes(keyed_twice(tmp_path))
        own, other = "sogoc_actor()", f"'{HEAD}'"
        assert "own name" in refused(SIGNATURE.format(digest="digest", by=other))
        assert "minutes that hold" in refused(SIGNATURE.format(digest="sha256('x')", by=own))
        assert "minutes_signed_once" in refused(SIGNATURE.format(digest="digest", by=own), by=THIRD)

    def test_two_signatures_of_keyers_are_not_enough(self, tmp_path: Path) -> None:
        minutes(keyed_twice(tmp_path), by=who(FIRST))
        with acting(who(SECOND)), connection.cursor() as cursor:
            cursor.execute(SIGNATURE.format(digest="digest", by="sogoc_actor()"))
        assert "not complete" in refused(f"UPDATE {JOB} SET state = 'signed'")

    def test_pages_of_a_book_are_in_one_job(self) -> None:
        opened()
        assert "another job" in refused(
            f"INSERT INTO {JOB} (id, token, issuer_id, custodian_id, kind, title, year_from,"
            " year_to, first_page, last_page, method, signatory_title, signatory_name, state,"
            " opened_by, opened_at, counted_by, cancelled_by, cancel_reason)"
            " SELECT gen_random_uuid(), 'sh_x', issuer_id, custodian_id, kind, upper(title),"
            " year_from, year_to, 13, 13, method, '', '', 'keying', sogoc_actor(), now(), '', '',"
            f" '' FROM {JOB}"
        )

    def test_line_of_a_page_needs_signed_minutes(self, tmp_path: Path) -> None:
        token = signed(tmp_path)
        digest = digitisation.pages(token=token, by=who(FIRST))[0].sha256
        with acting(who(FIRST)):
            constants = register.LineConstants(
                act="legacy",
                book=register.ensure_book(SO, KIND, 2019, is_live=False),
                stream=log.LEGACY_STREAM,
                recorded_at=AT,
                issued_on=TODAY,
                source_digest=bytes.fromhex(digest),
            )
        with pytest.raises(psycopg.Error) as error, acting(who(FIRST)):
            register.insert_lines(constants, [register.LineRow(1, full_name="X", source_row=1)])
        assert error.value.diag.constraint_name == "register_line_by_minutes"


def lines_seen(by: str) -> int:
    with acting(who(by)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM credentials_keyed_line")
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("settled_for_good")
class TestOwner:
    @pytest.mark.parametrize("table", [JOB, *INSERT_ONLY])
    def test_plain_edits_are_refused(
        self, tmp_path: Path, owner_connection: psycopg.Connection, table: str
    ) -> None:
        token = keyed_twice(tmp_path)
        settle(token, "grade", "Khá")
        minutes(token)
        digitisation.sign_minutes(token=token, by=who(HEAD), at=AT)
        count(token)
        change = INSERT_ONLY.get(table, "title = 'x'")
        for statement in (
            f"UPDATE {table} SET {change}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner_connection.execute(statement)

    def test_lines_altered_past_the_guards_no_longer_fit_the_minutes(
        self, tmp_path: Path, superuser_connection: psycopg.Connection
    ) -> None:
        token = signed(tmp_path)
        alter(superuser_connection)
        with pytest.raises(digitisation.MinutesRefused) as error:
            count(token)
        assert error.value.code == "digitise_minutes_altered"
        assert list(register.export_lines(by=who(FIRST), issuer=SO)) == []

    def test_audit_is_clean_and_names_a_counted_line_that_was_altered(
        self, tmp_path: Path, superuser_connection: psycopg.Connection
    ) -> None:
        codes = count(signed(tmp_path / "uploads")).codes
        home = tmp_path / "log"
        home.mkdir()
        log.sequence(home, base="t")
        assert log.audit(home, base="t").problems == ()
        superuser_connection.execute("SET session_replication_role = replica")
        superuser_connection.execute(
            "UPDATE credentials_register_line SET source_row = 7 WHERE code = %s", [codes[1]]
        )
        assert [found.what for found in log.audit(home, base="t").problems] == [codes[1]]


def alter(connection: psycopg.Connection) -> None:
    """Swap a letter in both keyings, as somebody with all rights could."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        'UPDATE credentials_keyed_line SET values = values || \'{"full_name": "Nguyễn Văn Án"}\''
        " WHERE line = 1 AND values ->> 'full_name' = 'Nguyễn Văn An'"
    )


def test_session_killed_between_two_pages_leaves_nothing(
    settled_for_good: None,
    tmp_path: Path,
    superuser_connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server's process dies after the first page went in; then the same step is done again."""
    token = signed(tmp_path / "uploads")
    insert = counting.insert_lines
    monkeypatch.setattr(counting, "insert_lines", killing(superuser_connection, insert))
    with pytest.raises((DatabaseError, psycopg.Error)):
        count(token)
    monkeypatch.setattr(counting, "insert_lines", insert)
    connection.close()
    assert digitisation.get_job(token=token, by=who(FIRST)).state == "signed"
    assert list(register.export_lines(by=who(FIRST), issuer=SO)) == []

    assert count(token).added == len(PAGES[12]) - 1 + len(PAGES[13])
    assert count(token).already
    home = tmp_path / "log"
    home.mkdir()
    log.sequence(home, base="t")
    assert log.audit(home, base="t").problems == ()


def killing(
    superuser: psycopg.Connection, insert: Callable[..., list[register.InsertedLine]]
) -> Callable[..., list[register.InsertedLine]]:
    """`insert`, whose second call finds its session killed."""
    calls = []

    def insert_and_die(*arguments: object) -> list[register.InsertedLine]:
        calls.append(arguments)
        if len(calls) == 2:
            pid = connection.connection.info.backend_pid
            superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return insert(*arguments)

    return insert_and_die
