"""The owner of the tables can change anything; the audit says what."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sogoc.credentials.log.audit import audit_database
from sogoc.credentials.log.report import AuditReport, Problem
from tests.credentials.log.conftest import BASE

TABLES = (
    "credentials_register_line", "credentials_register_personal", "credentials_blank_movement",
    "credentials_blank_lot", "people_auditevent", "credentials_log_leaf",
    "credentials_log_position", "credentials_log_checkpoint",
)  # fmt: skip

# One statement a column: another value of its type. Keys are left out where another row's
# existence would make the change impossible rather than unseen.
_CHANGED = {
    "boolean": "NOT {c}",
    "integer": "coalesce({c}, 0) + 1000",
    "smallint": "coalesce({c}, 0) + 7",
    "bigint": "coalesce({c}, 0) + 1000000",
    "date": "coalesce({c}, date '2001-01-01') + 1",
    "timestamp with time zone": "{c} + interval '1 day'",
    "bytea": "sha256(coalesce({c}, ''))",
    "jsonb": """{c} || '{{"altered": 1}}'""",
    "uuid": "gen_random_uuid()",
    "ARRAY": "{c} || ARRAY['x']::varchar[]",
}
_OTHER_TEXT = "overlay(coalesce({c}, '') PLACING 'z' FROM 1 FOR 1)"


def _columns(owner: psycopg.Connection[Any], table: str) -> list[tuple[str, str]]:
    return owner.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " ORDER BY ordinal_position",
        [table],
    ).fetchall()


def _tampered(
    owner: psycopg.Connection[Any], home: Path, table: str, statement: str
) -> tuple[int, AuditReport]:
    """Do what only the owner can, audit as the owner, and undo it."""
    with owner.transaction(force_rollback=True):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for (name,) in owner.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        ).fetchall():
            owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        changed = owner.execute(statement).rowcount
        owner.execute("SET CONSTRAINTS ALL DEFERRED")
        return changed, audit_database(owner, home, base=BASE)


def _named(report: AuditReport, kind: str) -> list[str]:
    return [found.what for found in report.problems if found.kind == kind]


def test_untouched_log_has_no_problem(
    issued: tuple[str, ...], sequence: Callable[..., Any], audit: Callable[[], AuditReport]
) -> None:
    sequence()
    report = audit()
    assert report.problems == ()
    assert report.lines_checked == len(issued)
    assert (report.waiting, report.entries_checked > 20) == (0, True)
    assert report.movements_checked == 9 + 1 + 8  # printed, spoiled, issued
    assert report.lots_checked == 1


def test_audit_works_before_anything_is_sequenced(
    issued: tuple[str, ...], audit: Callable[[], AuditReport]
) -> None:
    report = audit()
    assert report.problems == ()
    assert report.waiting > 20


@pytest.mark.parametrize("table", TABLES)
def test_change_of_any_column_is_named(
    table: str,
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    owner_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    sequence()
    key = "line_id" if table.endswith("personal") else "leaf_id" if "position" in table else "id"
    unseen = []
    for column, data_type in _columns(owner_connection, table):
        if column == key:
            continue
        new = _CHANGED.get(data_type, _OTHER_TEXT).format(c=column)
        if column == "first":
            new = "first - 1"  # a range stays one
        changed, report = _tampered(
            owner_connection,
            tmp_path,
            table,
            f'UPDATE {table} SET "{column}" = {new} WHERE {key} = (SELECT max({key}) FROM {table})',
        )
        assert changed == 1
        if report.is_clean:
            unseen.append(column)
    assert unseen in ([], ["at"] if table == "credentials_log_checkpoint" else [])


def _one(report: AuditReport, kind: str) -> Problem:
    found = [each for each in report.problems if each.kind == kind]
    assert found, report.problems
    return found[0]


@pytest.mark.parametrize(
    "change",
    [
        "serial = 'A02509999'",
        "issued_on = '2024-01-01'",
        "signatory_title = 'Phó Giám đốc'",
        "reason = 'x'",
        "entry_number = '9999/2025/CNTTCB'",
        "sequence = 999",
        "decision_number = '1/QĐ'",
    ],
)
def test_altered_line_is_named_by_its_code(
    change: str,
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    owner_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    sequence()
    _, report = _tampered(
        owner_connection,
        tmp_path,
        "credentials_register_line",
        f"UPDATE credentials_register_line SET {change} WHERE code = '{issued[3]}'",
    )
    assert _named(report, "line") == [issued[3]]


def test_altered_name_is_named_even_with_its_keys_redone(
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    owner_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    sequence()
    _, report = _tampered(
        owner_connection,
        tmp_path,
        "credentials_register_personal",
        "UPDATE credentials_register_personal p SET (full_name, name_key, name_fold, sort_key) ="
        " (SELECT q.full_name, q.name_key, q.name_fold, q.sort_key"
        "  FROM credentials_register_personal q"
        "  JOIN credentials_register_line m ON m.id = q.line_id"
        f" WHERE m.code = '{issued[0]}')"
        f" FROM credentials_register_line l WHERE l.id = p.line_id AND l.code = '{issued[5]}'",
    )
    assert _named(report, "line") == [issued[5]]


@pytest.mark.parametrize("with_leaf", [False, True])
def test_deleted_line_is_named(
    with_leaf: bool,
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    superuser_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    sequence()
    owner = superuser_connection
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")
        line, leaf = owner.execute(
            "SELECT id, leaf_hash FROM credentials_register_line WHERE code = %s", [issued[2]]
        ).fetchone() or (0, b"")
        owner.execute("DELETE FROM credentials_register_personal WHERE line_id = %s", [line])
        owner.execute("DELETE FROM credentials_register_line WHERE id = %s", [line])
        if with_leaf:
            owner.execute(
                "DELETE FROM credentials_log_position WHERE leaf_id ="
                " (SELECT id FROM credentials_log_leaf WHERE leaf_hash = %s)",
                [leaf],
            )
            owner.execute("DELETE FROM credentials_log_leaf WHERE leaf_hash = %s", [leaf])
        report = audit_database(owner, tmp_path, base=BASE)
    assert _named(report, "movement") == ["A02500004"]  # the blank it was printed on
    if with_leaf:
        assert "issue tt-gdtx-nnth-dak-nong cc_cntt_co_ban/2025 số 3" in (
            _one(report, "entry").message.en
        )
    else:
        assert _one(report, "leaf").what.startswith(
            "issue tt-gdtx-nnth-dak-nong cc_cntt_co_ban/2025 số 3"
        )


@pytest.mark.parametrize("with_leaf", [False, True])
def test_line_put_in_by_hand_is_named(
    with_leaf: bool,
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    superuser_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    sequence()
    owner = superuser_connection
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")
        if with_leaf:
            owner.execute(
                "INSERT INTO credentials_log_leaf (stream, source, leaf, leaf_hash)"
                " VALUES ('2025', 'register_line', 'x', sha256('\\x00'::bytea || 'x'))"
            )
        owner.execute(
            "CREATE TEMP TABLE forged AS SELECT * FROM credentials_register_line WHERE code = %s",
            [issued[0]],
        )
        owner.execute(
            "UPDATE forged SET id = 999999, code = 'SG-FORGED', sequence = 99,"
            " serial = 'A02599999', entry_number = '0099/2025/CNTTCB',"
            " leaf_hash = sha256('\\x00'::bytea || 'x')"
        )
        owner.execute("INSERT INTO credentials_register_line SELECT * FROM forged")
        report = audit_database(owner, tmp_path, base=BASE)
    assert _named(report, "line") == ["SG-FORGED"]


def test_deleted_movement_lot_and_event_are_named(
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    superuser_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    sequence()
    owner = superuser_connection
    for table, condition, kind, name in (
        ("credentials_blank_movement", "state = 'spoiled'", "leaf", "blank_spoiled"),
        ("credentials_blank_movement", "state = 'issued' AND number = 2500002", "line", "SG-"),
        ("credentials_blank_lot", "true", "leaf", "blank_lot"),
        ("people_auditevent", "verb = 'issuing:batch:issue'", "leaf", "audit"),
    ):
        with owner.transaction(force_rollback=True):
            owner.execute("SET LOCAL session_replication_role = replica")
            assert owner.execute(f"DELETE FROM {table} WHERE {condition}").rowcount == 1
            report = audit_database(owner, tmp_path, base=BASE)
        assert any(what.startswith(name) for what in _named(report, kind)), report.problems


def test_leaf_and_row_altered_together_are_named_by_the_files(
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    superuser_connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    """Somebody with the database and the record keys makes row, leaf and hash fit each other."""
    sequence()
    owner = superuser_connection
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("ALTER TABLE credentials_log_leaf DROP CONSTRAINT log_leaf_hash_is_its_hash")
        owner.execute(
            "UPDATE credentials_log_leaf f"
            " SET leaf = convert_to(replace(convert_from(f.leaf, 'UTF8'), '45/QĐ-TT',"
            " '46/QĐ-TT'), 'UTF8') FROM credentials_register_line l"
            f" WHERE l.leaf_hash = f.leaf_hash AND l.code = '{issued[1]}'"
        )
        owner.execute(
            "UPDATE credentials_register_line l"
            " SET leaf_hash = n.made, decision_number = '46/QĐ-TT'"
            " FROM (SELECT leaf_hash, sha256('\\x00'::bytea || leaf) AS made"
            "       FROM credentials_log_leaf) n"
            f" WHERE n.leaf_hash = l.leaf_hash AND l.code = '{issued[1]}'"
        )
        owner.execute("UPDATE credentials_log_leaf SET leaf_hash = sha256('\\x00'::bytea || leaf)")
        report = audit_database(owner, tmp_path, base=BASE)
    entry = _one(report, "entry")
    assert "database was altered" in entry.message.en
    assert "issue tt-gdtx-nnth-dak-nong cc_cntt_co_ban/2025 số 2" in entry.message.en


def test_altered_files_are_named(
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    audit: Callable[[], AuditReport],
    tmp_path: Path,
) -> None:
    sequence()
    folder = tmp_path / "log" / "2025"
    bundle = next((folder / "tile" / "entries").rglob("000.p/*"))
    tile = next((folder / "tile" / "0").rglob("000.p/*"))
    for file, kind in ((bundle, "entry"), (tile, "tile"), (folder / "checkpoint", "checkpoint")):
        kept = tmp_path / "kept"
        shutil.copy(file, kept)
        data = file.read_bytes()
        middle = len(data) // 2
        file.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        assert _one(audit(), kind)
        file.unlink()
        assert not audit().is_clean
        shutil.copy(kept, file)
        assert audit().is_clean
