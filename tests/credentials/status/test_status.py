"""Indexes of copies, marks, published lists, and what was said on a past day."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.register import api as register
from sogoc.credentials.status import api
from sogoc.credentials.status.entries import PURPOSES
from sogoc.credentials.status.publishing import TOKEN
from sogoc.kernel import data_integrity, jws, status_lists
from sogoc.kernel.leaf import parse_leaf
from sogoc.kernel.multikey import Multikey
from sogoc.people.api import Actor, NotPermitted, acting
from sogoc.verifier.api import jsonld
from tests.credentials import world
from tests.credentials.world import AT, CENTRE, TODAY

BASE = "so.example"
HOURS_13 = timedelta(hours=13)
SMALL = status_lists.MIN_LENGTH


@pytest.fixture
def lines(db: None) -> dict[str, Any]:
    """Four issued lines by code."""
    world.settle()
    codes = world.issue_list(world.people_list(range(1, 5))).codes
    with acting(Actor.system("tests")):
        return dict(register.lines_by_code(codes))


def ensure(lines: dict[str, Any], copy: str = "vc", length: int = SMALL) -> dict[int, api.Entry]:
    found = list(lines.values())
    with acting(Actor.system("tests")):
        return api.ensure_entries(
            issuer_id=found[0].book.issuer_id,
            lines=[line.id for line in found],
            copy=copy,
            length=length,
        )


def published(home: Path, at: Any = AT) -> dict[str, api.Published]:
    done = api.publish(home, base=BASE, at=at, is_playground=True)
    return {each.path: each for each in done}


def bits(home: Path, purpose: str) -> bytes:
    document = json.loads((home / "status" / CENTRE / "1" / purpose).read_bytes())
    return status_lists.decode_bitstring(document["credentialSubject"]["encodedList"])


def test_a_copy_keeps_its_index(lines: dict[str, Any]) -> None:
    first = ensure(lines)
    assert len({entry.index for entry in first.values()}) == len(lines)
    assert ensure(lines) == first
    other = ensure(lines, "vc-ecdsa")
    assert not {e.uuid for e in other.values()} & {e.uuid for e in first.values()}
    assert {entry.number for entry in other.values()} == {1}


def test_a_half_filled_list_is_followed_by_the_next(lines: dict[str, Any]) -> None:
    """The length is small here only because the table, not the format, sets the least one."""
    numbers = [entry.number for entry in ensure(lines, length=4).values()]
    assert sorted(numbers) == [1, 1, 2, 2]


def test_lists_say_what_the_register_says(lines: dict[str, Any], tmp_path: Path) -> None:
    entries = ensure(lines)
    gone, kept = next(iter(lines)), list(lines)[1]
    published(tmp_path)
    assert not any(bits(tmp_path, "revocation"))
    lifecycle.revoke_line(
        code=gone, decision_number="9/QĐ", decision_date=TODAY, ground="điểm a", reason="thử",
        by=world.who("register.revoke"), at=AT,
    )  # fmt: skip
    done = published(tmp_path, AT + timedelta(minutes=1))
    assert [each.path.rpartition("/")[2] for each in done.values() if each.is_new] == [
        "revocation",
        "token",
    ]
    index = {code: entries[line.id].index for code, line in lines.items()}
    assert status_lists.is_set(bits(tmp_path, "revocation"), index[gone])
    assert not status_lists.is_set(bits(tmp_path, "revocation"), index[kept])
    assert sum(byte.bit_count() for byte in bits(tmp_path, "revocation")) == 1


def test_marks_are_set_and_taken_back(lines: dict[str, Any], tmp_path: Path) -> None:
    entries, by = ensure(lines), world.who("register.revoke")
    code = list(lines)[2]
    index = entries[lines[code].id].index
    for step, is_set in enumerate((True, False, True)):
        at = AT + timedelta(minutes=step)
        api.mark(code=code, purpose="suspension", is_set=is_set, reason="xác minh", by=by, at=at)
        published(tmp_path, at)
        assert status_lists.is_set(bits(tmp_path, "suspension"), index) is is_set
    token = (tmp_path / "status" / CENTRE / "1" / "token").read_text("ascii")
    key = Multikey.parse(jws.header_of(token)["kid"].partition("#")[2])
    payload = jws.verify(token, key, kind="statuslist+jwt")
    assert payload["sub"] == f"https://{BASE}/status/{CENTRE}/1/token"
    assert payload["exp"] - payload["iat"] == 86_400
    assert status_lists.token_at(payload["status_list"]["lst"], index) == 2


def test_marks_need_a_copy_a_reason_and_the_right(lines: dict[str, Any]) -> None:
    code, by = next(iter(lines)), world.who("register.revoke")
    good: dict[str, Any] = {"purpose": "refresh", "is_set": True, "reason": "bản mới", "at": AT}
    with pytest.raises(api.StatusRefused):
        api.mark(code=code, by=by, **good)
    ensure(lines)
    api.mark(code=code, by=by, **good)
    for change in ({"reason": " "}, {"purpose": "other"}):
        with pytest.raises(api.StatusRefused):
            api.mark(code=code, by=by, **{**good, **change})
    with pytest.raises(NotPermitted):
        api.mark(code=code, by=world.who("blanks.receive"), **good)
    with pytest.raises(register.UnknownLine):
        api.mark(code="nothing", by=by, **good)


def test_lists_are_signed_and_their_digests_logged(lines: dict[str, Any], tmp_path: Path) -> None:
    ensure(lines)
    done = published(tmp_path)
    assert sorted(path.rpartition("/")[2] for path in done) == sorted((*PURPOSES, TOKEN))
    for path, each in done.items():
        data = (tmp_path / path).read_bytes()
        assert sha256(data).hexdigest() == each.sha256
        assert (tmp_path / "status" / "archive" / each.sha256).read_bytes() == data
        with acting(Actor.system("tests")), connection.cursor() as cursor:
            cursor.execute(
                "SELECT f.leaf FROM credentials_status_issue i JOIN credentials_log_leaf f"
                " ON f.leaf_hash = i.leaf_hash WHERE i.sha256 = %s",
                [bytes.fromhex(each.sha256)],
            )
            leaf = parse_leaf(bytes(cursor.fetchone()[0]))
        assert (leaf.act, leaf.issuer, leaf.commitment.hex()) == (
            "status_list",
            CENTRE,
            each.sha256,
        )
        if path.endswith("token"):
            continue
        document = json.loads(data)
        proof = dict(document.pop("proof"))
        value, key = proof.pop("proofValue"), proof["verificationMethod"].partition("#")[2]
        assert data_integrity.verifies(
            value,
            Multikey.parse(key),
            proof["cryptosuite"],
            options=jsonld.canonical({"@context": document["@context"], **proof}),
            document=jsonld.canonical(document),
        )


def test_nothing_new_is_published_while_half_is_left(lines: dict[str, Any], tmp_path: Path) -> None:
    ensure(lines)
    first = published(tmp_path)
    assert all(each.is_new for each in first.values())
    assert not any(e.is_new for e in published(tmp_path, AT + timedelta(hours=11)).values())
    assert all(each.is_new for each in published(tmp_path, AT + HOURS_13).values())


def test_a_lost_file_comes_back_from_the_archive(lines: dict[str, Any], tmp_path: Path) -> None:
    ensure(lines)
    path = next(iter(published(tmp_path)))
    data = (tmp_path / path).read_bytes()
    (tmp_path / path).unlink()
    published(tmp_path)
    assert (tmp_path / path).read_bytes() == data


@pytest.mark.parametrize("left", [None, b"half"])
def test_a_list_lost_or_damaged_altogether_is_signed_anew(
    lines: dict[str, Any], tmp_path: Path, left: bytes | None
) -> None:
    ensure(lines)
    first = published(tmp_path)
    path, lost = next(iter(first.items()))
    archived = tmp_path / "status" / "archive" / lost.sha256
    for file in (tmp_path / path, archived):
        file.unlink()
    if left is not None:
        archived.write_bytes(left)
    again = published(tmp_path, AT + timedelta(minutes=1))
    assert [each.path for each in again.values() if each.is_new] == [path]
    assert sha256((tmp_path / path).read_bytes()).hexdigest() == again[path].sha256


def test_a_list_that_cannot_be_made_keeps_no_other_back(
    lines: dict[str, Any], tmp_path: Path
) -> None:
    ensure(lines, length=4)  # two lists too short for their format
    assert {entry.number for entry in ensure(lines, "vc-ecdsa").values()} == {3}
    with pytest.raises(status_lists.StatusListError):
        published(tmp_path)
    folders = sorted(each.name for each in (tmp_path / "status" / CENTRE).iterdir())
    assert folders == ["3"]
    assert (tmp_path / "status" / CENTRE / "3" / "token").is_file()


def test_what_was_said_on_a_past_day(lines: dict[str, Any], tmp_path: Path) -> None:
    ensure(lines)
    code, by = next(iter(lines)), world.who("register.revoke")
    published(tmp_path)
    api.mark(
        code=code, purpose="suspension", is_set=True, reason="x", by=by,
        at=AT + timedelta(hours=2),
    )  # fmt: skip
    published(tmp_path, AT + timedelta(hours=2))

    def said(at: Any) -> dict[str, bool | None]:
        found = api.status_on(code, home=tmp_path, at=at, by=by)
        return {each.purpose: each.is_set for each in found}

    assert said(AT - timedelta(hours=1))["suspension"] is None
    assert said(AT + timedelta(hours=1))["suspension"] is False
    assert said(AT + timedelta(hours=3))["suspension"] is True
    assert said(AT + timedelta(hours=30)) == dict.fromkeys(api.PURPOSES)


def test_tables_only_grow_and_fit_the_register(lines: dict[str, Any]) -> None:
    ensure(lines)
    line = next(iter(lines.values()))
    tables = ("list", "entry", "mark", "issue")
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        for table in tables:
            for change in ("DELETE FROM {}", "UPDATE {} SET id = id"):
                with pytest.raises(DatabaseError), transaction.atomic():
                    cursor.execute(change.format(f"credentials_status_{table}"))
        cursor.execute("SELECT id FROM credentials_status_list")
        status_list = cursor.fetchone()[0]
        for line_id, index in ((line.id, SMALL), (-1, 0)):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(
                    "INSERT INTO credentials_status_entry (uuid, line_id, copy, list_id, index)"
                    " VALUES (gen_random_uuid(), %s, 'x', %s, %s)",
                    [line_id, status_list, index],
                )
