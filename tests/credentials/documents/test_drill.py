"""The drill for keys of credentials: what a lost one signed is listed, marked and made anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction

from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.pdf_read import PdfReader
from sogoc.people.identity import Actor, acting
from tests.credentials.documents.conftest import BASE

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
LOST = AT + timedelta(days=5)
LATER = AT + timedelta(days=10)


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., Any]:
    from sogoc.credentials.documents.api import Request
    from tests.credentials import world

    def make(code: str = "", at: datetime = AT, permission: str = "register.view") -> Request:
        return Request(
            code=code, home=tmp_path, base=BASE, at=at, by=world.who(permission),
            is_playground=True,
        )  # fmt: skip

    return make


def key(home: Path) -> Any:
    """The body's Ed25519 key."""
    from sogoc.credentials.issuers import api as issuers
    from tests.credentials import world

    return next(
        each
        for each in issuers.history(home, world.CENTRE)
        if each.multikey.algorithm is Algorithm.ED25519 and each.compromised_at is None
    )


def due(home: Path) -> list[Any]:
    """What the keeper of the body's keys is to make anew."""
    from sogoc.credentials.documents import api
    from tests.credentials import world

    return api.due_credentials(home, by=world.who("keys.manage"), at=LATER)


def lose(home: Path) -> Any:
    from sogoc.credentials.issuers import api as issuers
    from tests.credentials import world

    return issuers.report_issuer_key(
        home, key(home).label, since=LOST, reason="Mất", by=world.who("keys.manage"), at=LATER,
        is_playground=True,
    )  # fmt: skip


def test_each_credential_is_listed_under_its_key(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    api.render("vc", request_of(codes[0]))
    api.render("vc", request_of(codes[1], LATER))
    paper = api.make_papers(codes[2:3], request_of("", LATER))[0]
    api.render("vc-ecdsa", request_of(codes[0]))
    keeper = world.who("keys.manage")

    def listed(**period: datetime) -> list[tuple[str, str]]:
        found = api.signed_credentials(key(tmp_path).label, home=tmp_path, by=keeper, **period)
        return [(each.copy, each.code) for each in found]

    assert listed() == [("vc", codes[0]), ("vc", codes[1]), (paper.number, codes[2])]
    assert listed(since=LOST) == [("vc", codes[1]), (paper.number, codes[2])]
    assert listed(until=LOST) == [("vc", codes[0])]
    with pytest.raises(Exception, match="not_permitted"):
        api.signed_credentials(key(tmp_path).label, home=tmp_path, by=world.account("registrar.dh"))


def test_a_lost_keys_credentials_are_made_anew(codes, request_of, tmp_path) -> None:
    """What it signed before the loss stands; loose ones and papers with one inside are anew."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing.api import paper_trust
    from sogoc.kernel.pdf_check import check_pdf, verdict

    before = json.loads(api.render("vc", request_of(codes[0])))
    api.render("vc", request_of(codes[1], LATER))
    paper = api.make_papers(codes[2:3], request_of("", LATER))[0]
    old = key(tmp_path)
    lose(tmp_path)
    keeper = request_of("", LATER, "keys.manage")
    listed = api.signed_credentials(old.label, home=tmp_path, by=keeper.by)
    assert [each.is_doubtful for each in listed] == [False, True, True]
    assert api.mark_doubtful_credentials(old.label, keeper, reason="Mất") == [paper.number]
    assert api.due_numbers() == [paper.number]
    assert [(e.code, e.copy) for e in due(tmp_path)] == [(codes[1], "vc")]

    (renewed,) = api.renew_due(keeper, reason="Mất")
    kept: dict[tuple[str, str], bytes] = {}
    api.renew_credentials(keeper, lambda code, form, data: kept.update({(code, form): data}))

    assert api.due_numbers() == []
    assert due(tmp_path) == []
    fresh = json.loads(kept[codes[1], "vc"])
    inside = json.loads(PdfReader(renewed.data).attachments()[api.CREDENTIAL])
    new = str(key(tmp_path).multikey)
    assert new != str(old.multikey)
    for document in (fresh, inside):
        assert document["proof"]["verificationMethod"].endswith(f"#{new}")
    assert before["proof"]["verificationMethod"].endswith(f"#{old.multikey}")
    first = json.loads(PdfReader(paper.data).attachments()[api.CREDENTIAL])
    assert inside["id"] == first["id"]
    assert inside["id"] != fresh["id"]
    assert (renewed.number, renewed.edition) == (paper.number, 2)
    trust = paper_trust(tmp_path, is_playground=True, at=LATER)
    assert verdict(check_pdf(renewed.data, trust)) == "valid"
    assert api.renew_due(keeper, reason="Mất") == []


def test_what_a_lost_seal_signed_as_xml_is_listed_and_made_anew(
    codes, request_of, tmp_path
) -> None:
    """Nothing dates signed XML: what was signed before the loss is doubtful too."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    api.render("xml", request_of(codes[0]))
    first = api.render("xml", request_of(codes[0], LATER))
    api.render("xml", request_of(codes[1], LATER))
    paper = api.make_papers(codes[2:3], request_of("", LATER))[0]
    keeper = request_of("", LATER, "keys.manage")
    (seal,) = [each for each in signing.list_keys(by=keeper.by) if each.purpose == "seal"]

    def listed(**period: datetime) -> list[tuple[str, str, bool]]:
        found = api.signed_xml(seal.number, by=keeper.by, **period)
        return [(each.copy, each.code, each.is_doubtful) for each in found]

    assert listed(since=LOST) == [("xml", codes[0], False), ("xml", codes[1], False)]
    assert due(tmp_path) == []
    signing.end_key(
        seal.number, cause="compromised", since=LOST, reason="Mất", by=keeper.by, at=LATER
    )
    assert listed() == [  # the first file was signed anew under the same key already
        ("xml", codes[0], False), ("xml", codes[0], True), ("xml", codes[1], True)
    ]  # fmt: skip
    assert [each.number for each in api.signed_documents(seal.number, by=keeper.by)] == [
        paper.number
    ]
    with pytest.raises(Exception, match="not_permitted"):
        api.signed_xml(seal.number, by=world.account("registrar.dh"))

    kept: dict[tuple[str, str], bytes] = {}
    api.renew_credentials(keeper, lambda code, form, data: kept.update({(code, form): data}))
    assert sorted(kept) == sorted([(codes[0], "xml"), (codes[1], "xml")])
    assert kept[codes[0], "xml"] != first
    assert due(tmp_path) == []
    assert not any(is_doubtful for _, _, is_doubtful in listed())


def test_nobody_renews_what_others_keys_sign(codes, request_of, tmp_path) -> None:
    from dataclasses import replace

    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    api.render("xml", request_of(codes[0], LATER))
    paper = api.make_papers(codes[1:2], request_of("", LATER))[0]
    keeper = request_of("", LATER, "keys.manage")
    for each in signing.list_keys(by=keeper.by):
        signing.end_key(
            each.number, cause="compromised", since=AT, reason="Mất", by=keeper.by, at=LATER
        )
        api.mark_doubtful(each.number, keeper, reason="Mất")
    stranger = replace(keeper, by=world.account("seal.dh"))  # keeps keys of another body
    kept: list[str] = []
    assert api.due_papers(stranger.by, LATER) == []
    assert api.due_credentials(tmp_path, by=stranger.by, at=LATER) == []
    assert api.renew_due(stranger, reason="Mất") == []
    assert api.renew_credentials(stranger, lambda code, *_: kept.append(code)) == kept == []
    assert api.due_papers(keeper.by, LATER) == [paper.number]
    assert [each.number for each in api.renew_due(keeper, reason="Mất")] == [paper.number]
    assert len(api.renew_credentials(keeper, lambda code, *_: kept.append(code))) == 1
    assert kept == [codes[0]]


def test_xml_of_an_erased_person_does_not_wait_for_ever(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.lifecycle import api as lifecycle
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    api.render("xml", request_of(codes[0], LATER))
    keeper = world.who("keys.manage")
    (seal,) = [each for each in signing.list_keys(by=keeper) if each.purpose == "seal"]
    signing.end_key(seal.number, cause="compromised", since=AT, reason="Mất", by=keeper, at=LATER)
    assert len(due(tmp_path)) == 1
    lifecycle.erase_personal(
        codes=[codes[0]], decision_number="12/QĐ", decision_date=world.TODAY,
        reason="theo yêu cầu", by=world.who("register.erase"), at=world.AT,
    )  # fmt: skip
    assert due(tmp_path) == []


def test_what_was_revoked_is_not_made_anew(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    api.render("vc", request_of(codes[0], LATER))
    lose(tmp_path)
    assert len(due(tmp_path)) == 1
    lifecycle.revoke_lines(
        codes=[codes[0]], decision_number="1/QĐ", decision_date=world.TODAY, ground="c",
        reason="Sai thẩm quyền", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    assert due(tmp_path) == []


def test_lists_are_signed_anew_at_once(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.status import api as status
    from tests.credentials import world

    api.render("vc", request_of(codes[0], LATER))

    def publish(**more: Any) -> list[bool]:
        done = status.publish(tmp_path, base=BASE, at=LATER, is_playground=True, **more)
        return [each.is_new for each in done]

    assert publish() == [True] * 4
    assert publish() == [False] * 4
    lose(tmp_path)
    assert publish() == [False] * 4
    assert publish(anew=frozenset({world.CENTRE})) == [True] * 4
    lists = tmp_path / "status" / world.CENTRE / "1" / "revocation"
    proof = json.loads(lists.read_text("utf-8"))["proof"]
    assert proof["verificationMethod"].endswith(f"#{key(tmp_path).multikey}")


def test_no_credential_without_a_request(codes, request_of, tmp_path) -> None:
    """The database wants the request first, in time, once, under one's own name."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing.models import CredentialRequest, MadeCredential

    api.render("vc", request_of(codes[0]))
    me = Actor.system("tests")
    with acting(me):
        known = CredentialRequest.objects.get()
        assert MadeCredential.objects.get().request_id == known.pk

        def asked(**changes: Any) -> CredentialRequest:
            values = {
                "token": "pc_x", "key": known.key, "issuer_id": known.issuer_id,
                "line_id": known.line_id, "copy": "vc", "digest": b"x" * 32,
                "prepared_by": me.username, "prepared_at": AT, **changes,
            }  # fmt: skip
            with transaction.atomic():
                return CredentialRequest.objects.create(**values)

        def made(request: CredentialRequest, **changes: Any) -> None:
            values = {
                "request": request, "signature": b"s" * 64, "signed_by": me.username,
                "signed_at": AT, **changes,
            }  # fmt: skip
            with transaction.atomic():
                MadeCredential.objects.create(**values)

        for wrong in ({"prepared_by": "somebody"}, {"digest": b"x"}, {"line_id": 999_999}):
            with pytest.raises(DatabaseError, match="a credential is prepared"):
                asked(**wrong)
        request = asked()
        for wrong in ({"signed_at": AT + timedelta(hours=1)}, {"signed_by": "x"}):
            with pytest.raises(DatabaseError, match="signed from its request"):
                made(request, **wrong)
        with pytest.raises(DatabaseError):
            made(CredentialRequest(pk=999_999))
        made(request)
        with pytest.raises(DatabaseError, match="duplicate key"):
            made(request)


@pytest.mark.parametrize(
    "table",
    ["credentials_paused_paper", "credentials_credential_request", "credentials_made_credential"],
)
def test_the_owner_cannot_change_them(table: str, owner_connection: psycopg.Connection) -> None:
    for statement in ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        column = "id" if "request" in table else "request_id"
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner_connection.execute(statement.format(table, column, column))
