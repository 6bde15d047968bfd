"""Erasure reaches everything: afterwards no column of any table, and no file, holds the person."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection
from psycopg import sql

from sogoc.credentials.digitisation import api as digitisation
from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log import api as log
from sogoc.credentials.register import api as register
from sogoc.people.api import Actor, acting
from tests.credentials.digitisation import book
from tests.credentials.world import (
    AT,
    CENTRE,
    SO,
    TODAY,
    bring_to_signed,
    issue,
    people_list,
    person,
    prepare,
    settle,
    who,
)

BASE = "so-goc.test"
Owner = psycopg.Connection[Any]
ID = "064203000111"
_REFUSED = r"permission denied|insert-only|does not change|serials are set"
_TEXTS = ("text", "character varying", "json", "jsonb", "bytea", "ARRAY", "name")


def erase(
    codes: Sequence[str], home: Path | None, issuer: str = CENTRE, **more: Any
) -> lifecycle.Erased:
    values: dict[str, Any] = {
        "codes": codes,
        "decision_number": "12/QĐ-TT",
        "decision_date": TODAY,
        "reason": "theo yêu cầu của người học",
        "by": who("register.erase", issuer),
        "at": AT,
        "home": home,
    }
    return lifecycle.erase_personal(**{**values, **more})


def holding(owner: Owner, *words: str) -> set[str]:
    """Every column of every table in which one of the words stands, as text or as bytes."""
    columns = owner.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = ANY (%s)"
        " AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')",
        [list(_TEXTS)],
    ).fetchall()
    assert len(columns) > 150
    found = set()
    for table, column, kind in columns:
        test = "position(%s::bytea in {column}) > 0" if kind == "bytea" else (
            "position(%s in {column}::text) > 0"
        )  # fmt: skip
        query = sql.SQL("SELECT EXISTS (SELECT FROM {table} WHERE " + test + ")").format(
            table=sql.Identifier(table), column=sql.Identifier(column)
        )
        for word in words:
            value = word.encode() if kind == "bytea" else word
            ((is_there,),) = owner.execute(query, [value]).fetchall()
            if is_there:
                found.add(f"{table}.{column}")
    return found


def forms(name: str, *more: str) -> tuple[str, ...]:
    """The name as typed, in JSON escapes, as a search key and folded; and what else names them."""
    from sogoc.kernel.names import fold, name_key

    escaped = name.encode("ascii", "backslashreplace").decode()
    return (name, escaped, name_key(name), fold(name), name.upper(), *more)


def files_with(home: Path, *contents: bytes) -> list[Path]:
    return [
        file
        for file in home.rglob("*")
        if file.is_file() and any(each in file.read_bytes() for each in contents)
    ]


@pytest.fixture
def listed(transactional_db: None) -> tuple[issuing.ListFile, list[str]]:
    """A list of three with personal IDs and a finding on each row, cancelled once, then issued."""
    settle()
    ids = [ID, "064303000222", "064203000333"]
    file = people_list([2, 3, 4], more={"Số định danh cá nhân": ids})
    first = prepare(file)
    issuing.cancel_batch(
        token=first.token, reason="nhầm ngày", by=who("batch.cancel"), on=TODAY, at=AT
    )
    token = prepare(file).token
    bring_to_signed(token)
    return file, list(issue(token).codes)


def test_no_table_and_no_file_holds_the_person_afterwards(
    listed: tuple[issuing.ListFile, list[str]], owner_connection: Owner, tmp_path: Path
) -> None:
    file, codes = listed
    name = str(person(2)[1])
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        # what a check may say of a row, and of another row of the list
        cursor.execute(
            "INSERT INTO credentials_batch_finding (batch_id, issuer_id, check_id, violation,"
            " level, result, sheet, row, column_name, citation, message, message_en, remedy,"
            " remedy_en, ruling, override) SELECT r.batch_id, r.issuer_id, 'W-TEST', '', 'warn',"
            " 'warn', r.sheet, r.row + more, '', '', %s, %s, '', '', '', ''"
            " FROM credentials_batch_row r, generate_series(0, 1) AS more WHERE r.n = 1",
            [f"{name} sinh 03/01/1982, số {ID}", f"{name} born, {ID}"],
        )
    draft = tmp_path / "uploads" / "drafts" / ("d" * 32)
    draft.mkdir(parents=True)
    (draft / "list").write_bytes(file.data)
    words = forms(name, ID)
    before = holding(owner_connection, *words)
    assert before >= {
        "credentials_batch_row.data", "credentials_batch_finding.message",
        "credentials_batch_finding.message_en", "credentials_register_personal.full_name",
        "credentials_register_personal.personal_id", "credentials_register_personal.name_fold",
    }  # fmt: skip

    done = erase(codes[:1], tmp_path)
    assert holding(owner_connection, *words) == set()
    assert not draft.exists()
    assert files_with(tmp_path, name.encode(), ID.encode()) == []
    assert (done.copies["batch_rows"], done.copies["notes"]) == (2, 4)
    assert done.copies["findings"] >= 2
    assert done.kept == ()
    # the two others are as they were
    other = str(person(3)[1])
    assert "credentials_batch_row.data" in holding(owner_connection, other)
    assert not register.show_line(codes[1], by=who("register.view")).erased

    log.sequence(tmp_path, base=BASE)
    report = log.audit(tmp_path, base=BASE)
    assert (report.problems, report.erased) == ((), (codes[0],))


def test_a_line_of_a_paper_book_goes_and_the_page_with_its_last_person(
    transactional_db: None, owner_connection: Owner, tmp_path: Path
) -> None:
    settle()
    uploads = tmp_path / "uploads"
    second = {
        12: {**book.PAGE_12, 1: {**book.PAGE_12[1], "full_name": "Nguyễn Văn Ân"}},
        13: book.PAGE_13,
    }
    token = book.keyed_twice(uploads, second)
    book.settle(token, "full_name", "Nguyễn Văn An", reason="theo giấy khai sinh")
    book.minutes(token)
    digitisation.sign_minutes(token=token, by=book.who(book.HEAD), at=AT)
    codes = list(book.count(token).codes)
    page_12, page_13 = (uploads / "pages" / _sha(book.image(page)) for page in (12, 13))

    an = erase(codes[:1], tmp_path, SO, by=book.who(book.HEAD))
    assert holding(owner_connection, *forms("Nguyễn Văn An"), "Nguyễn Văn Ân") == set()
    assert (an.copies["keyed_lines"], an.files) == (2, ())
    (kept,) = an.kept
    assert (kept.what, kept.others, kept.code) == ("page_image", 3, codes[0])
    assert page_12.exists()

    binh = erase(codes[3:], tmp_path, SO, by=book.who(book.HEAD))
    assert holding(owner_connection, *forms("Lê [?] Bình")) == set()
    assert (binh.files, binh.files_left, binh.kept) == ((f"pages/{page_13.name}",), (), ())
    assert not page_13.exists()

    # a lawful gap is no loss, and whoever asks for the picture is told
    by = book.who(book.FIRST)
    assert digitisation.altered_images(token=token, uploads=uploads, by=by) == []
    with pytest.raises(digitisation.ImageRefused) as refused:
        digitisation.page_image(token=token, page=13, uploads=uploads, by=by)
    assert refused.value.code == "digitise_image_erased"
    assert digitisation.page_image(token=token, page=12, uploads=uploads, by=by)[0]
    lines = digitisation.page_lines(token=token, page=12, by=by)
    assert [bool(line.values) for line in lines] == [False, True, True, True]
    log.sequence(tmp_path, base=BASE)
    assert log.audit(tmp_path, base=BASE).problems == ()
    page_12.unlink()
    assert digitisation.altered_images(token=token, uploads=uploads, by=by) == [12]


def test_a_kill_before_the_files_went_leaves_them_to_the_next_run(
    transactional_db: None, tmp_path: Path
) -> None:
    settle()
    codes = list(book.count(book.signed(tmp_path / "uploads")).codes)
    place = tmp_path / "uploads" / "pages" / _sha(book.image(13))
    done = erase(codes[3:], None, SO, by=book.who(book.HEAD))
    assert (done.files, done.files_left) == ((), (f"pages/{place.name}",))
    assert place.exists()
    assert lifecycle.remove_erased_files(tmp_path) == []
    assert not place.exists()


def test_what_stays_is_named_with_why(transactional_db: None, tmp_path: Path) -> None:
    """Words the log committed to, a batch under way."""
    settle()
    name, ids = str(person(2)[1]), {"Số định danh cá nhân": [ID]}
    waiting = prepare(people_list([2], more=ids, name="khac.csv")).token
    token = prepare(people_list([2, 3], more={"Số định danh cá nhân": [ID, ""]})).token
    bring_to_signed(token)
    codes = issue(token).codes
    lifecycle.revoke_lines(
        codes=codes[1:],
        decision_number="7/QĐ-TT",
        decision_date=TODAY,
        ground="c",
        reason=f"nhầm với {name}",
        by=who("register.revoke"),
        at=AT,
    )
    done = erase(codes[:1], tmp_path)
    kept = {each.what: each.name for each in done.kept}
    assert kept.keys() == {"audit_event", "line_reason", "batch"}
    assert kept["batch"] == waiting
    assert kept.keys() <= lifecycle.KEPT_BECAUSE.keys()
    log.sequence(tmp_path, base=BASE)
    assert log.audit(tmp_path, base=BASE).problems == ()


def test_the_reason_may_not_name_whom_it_erases(
    listed: tuple[issuing.ListFile, list[str]], tmp_path: Path
) -> None:
    _, codes = listed
    name = str(person(2)[1]).lower()
    for words in ({"reason": f"xóa cho {name}."}, {"decision_number": f"1/QĐ {ID}"}):
        with pytest.raises(lifecycle.ErasureRefused) as refused:
            erase(codes[:1], tmp_path, **words)
        assert refused.value.code == "erasure_names_person"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credentials_batch_row SET data = '{}'",
        "UPDATE credentials_batch_finding SET message = ''",
        "UPDATE credentials_keyed_line SET values = '{}'",
        "UPDATE credentials_sweep_case_note SET text = 'x'",
        "DELETE FROM credentials_erased_file",
        "INSERT INTO credentials_erased_file (folder, sha256, act_hash) VALUES ('pages', 'x', 'y')",
    ],
)
def test_nobody_else_redacts(
    statement: str, listed: tuple[issuing.ListFile, list[str]], owner_connection: Owner
) -> None:
    """Neither the application, whatever it says it is doing, nor the owner without an act."""
    with (
        pytest.raises(DatabaseError, match=_REFUSED),
        acting(Actor.system("tests")),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{_pretend(1, '00' * 32)}; {statement}")
    if statement.startswith("INSERT"):
        return  # the owner may: it only says that a file is gone
    with pytest.raises(psycopg.Error, match=_REFUSED), owner_connection.transaction():
        owner_connection.execute(f"{_pretend(1, '00' * 32)}; {statement}".encode())


def test_an_erasure_changes_personal_columns_only(
    listed: tuple[issuing.ListFile, list[str]], owner_connection: Owner, tmp_path: Path
) -> None:
    """Even under a logged act the owner's role changes nothing else by this way."""
    _, codes = listed
    (act,) = erase(codes[:1], tmp_path).leaves
    line = register.show_line(codes[0], by=who("register.view"))
    change = f"{_pretend(line.id, act)}; UPDATE credentials_batch_row SET n = n + 100"
    with (
        pytest.raises(psycopg.Error, match="personal columns only"),
        owner_connection.transaction(),
    ):
        owner_connection.execute(change.encode())


def _pretend(line: int, act: str) -> str:
    """What says that a line is being erased."""
    return (
        f"SELECT set_config('sogoc.erasing', '{line}', true),"
        f" set_config('sogoc.erasing_act', '{act}', true)"
    )


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
