"""Papers of register lines: one original, copies with numbers, renewal, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection

from sogoc.kernel.log_policy import Policy
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.merkle import ProofError, leaf_hash
from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfReader
from sogoc.people.identity import Actor, acting
from tests.credentials.documents.conftest import BASE

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., object]:
    from sogoc.credentials.documents.api import Request
    from tests.credentials import world

    def make(code: str, at: datetime = AT) -> Request:
        return Request(
            code=code,
            home=tmp_path,
            base=BASE,
            at=at,
            by=world.who("register.view"),
            is_playground=True,
        )

    return make


def trust(home: Path) -> object:
    from sogoc.credentials.signing.api import paper_trust

    return paper_trust(home, is_playground=True, at=AT)


def counted(table: str) -> int:
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_the_original_is_made_once(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api

    first = api.render("pdf", request_of(codes[0]))
    assert api.render("pdf", request_of(codes[0])) == first
    assert verdict(check_pdf(first, trust(tmp_path))) == "valid"
    assert counted("credentials_document") == counted("credentials_document_edition") == 1
    assert counted("credentials_made_signature") == 2


def test_what_is_inside_proves_the_line(codes, request_of, tmp_path) -> None:
    """Proof and entry are taken out and verified with the log's public policy alone."""
    from sogoc.credentials.documents import api

    files = PdfReader(api.render("pdf", request_of(codes[0]))).attachments()
    assert {api.CREDENTIAL, api.LEAF, api.PROOF} <= files.keys()
    vkey = (tmp_path / "log" / "2025" / "key").read_text("utf-8").strip()
    policy = Policy.parse(f"log {vkey}\nquorum none\n")
    LogProof.parse(files[api.PROOF]).verify(leaf_hash(files[api.LEAF]), policy)
    with pytest.raises(ProofError):
        LogProof.parse(files[api.PROOF]).verify(leaf_hash(files[api.LEAF] + b" "), policy)


def test_before_the_law_knows_originals_it_is_a_copy(codes, request_of) -> None:
    from sogoc.credentials.documents import api

    early = datetime(2025, 4, 11, 3, 0, tzinfo=UTC)
    numbers = [api.make_papers(codes[:2], request_of("", early))[n].number for n in range(2)]
    assert len(set(numbers)) == 2
    with acting(Actor.system("tests")), connection.cursor() as cursor:
        cursor.execute("SELECT role, copy_number FROM credentials_document ORDER BY id")
        rows = cursor.fetchall()
    assert rows[:2] == [("copy", "0001/2025/BS"), ("copy", "0002/2025/BS")]


def test_every_copy_has_a_number_and_a_status_of_its_own(codes, request_of) -> None:
    from sogoc.credentials.documents import api

    one = api.make_papers(codes[:1], request_of(""), copies=True)[0]
    two = api.make_papers(codes[:1], request_of(""), copies=True)[0]
    assert one.number != two.number
    assert one.role == two.role == "copy"


def test_nothing_before_a_checkpoint(unpublished, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.log.api import LogError

    with pytest.raises(LogError):
        api.render("pdf", request_of(unpublished[0]))
    assert counted("credentials_document") == 0
    assert not (tmp_path / "documents").exists()


def test_nothing_of_a_revoked_line(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.lifecycle import api as lifecycle
    from tests.credentials import world

    lifecycle.revoke_lines(
        codes=[codes[0]], decision_number="1/QĐ", decision_date=world.TODAY, ground="c",
        reason="Sai thẩm quyền", by=world.who("register.revoke"), at=world.AT,
    )  # fmt: skip
    for form in ("pdf", "pdf-copy"):
        with pytest.raises(api.DocumentRefused) as refused:
            api.render(form, request_of(codes[0]))
        assert refused.value.code == "document_line_revoked"


def test_other_bodies_lines_are_not_there(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.register.api import UnknownLine
    from tests.credentials import world

    stranger = replace(request_of(codes[0]), by=world.account("registrar.dh"))
    with pytest.raises(UnknownLine):
        api.render("pdf", stranger)


def test_a_real_home_has_no_file_keys(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.kernel.errors import Error

    with pytest.raises(Error) as refused:
        api.render("pdf", replace(request_of(codes[0]), is_playground=False))
    assert refused.value.code in {"issuer_key_missing", "no_serving_key"}
    assert counted("credentials_document") == 0


def test_a_lost_key_is_listed_and_its_papers_made_anew(codes, request_of, tmp_path) -> None:
    """The drill: what a stamp dates before stands, the rest is signed anew, numbers stay."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    early, late = AT, AT.replace(day=20)
    old = api.make_papers(codes[:1], request_of("", early))[0]
    new = api.make_papers(codes[1:2], request_of("", late))[0]
    keeper = world.who("keys.manage")
    (lost,) = [k for k in signing.list_keys(by=keeper) if k.purpose == "person"]
    moment = AT.replace(day=10)
    signing.end_key(
        lost.number, cause="compromised", since=moment, reason="Mất USB", by=keeper,
        at=AT.replace(day=25),
    )  # fmt: skip
    request = replace(request_of("", AT.replace(day=25)), by=keeper)
    listed = api.signed_documents(lost.number, by=keeper)
    assert [(each.number, each.is_doubtful) for each in listed] == [
        (old.number, False),
        (new.number, True),
    ]
    assert api.signed_documents(lost.number, since=AT.replace(day=21), by=keeper) == []
    assert verdict(check_pdf(new.data, trust(tmp_path))) == "invalid"
    assert verdict(check_pdf(old.data, trust(tmp_path))) == "valid"
    assert [each.number for each in api.mark_doubtful(lost.number, request, reason="Mất USB")] == [
        new.number
    ]
    assert api.due_numbers() == [new.number]
    (renewed,) = api.renew_due(request, reason="Mất USB")
    assert (renewed.number, renewed.edition) == (new.number, 2)
    assert verdict(check_pdf(renewed.data, trust(tmp_path))) == "valid"
    assert api.due_numbers() == []
    assert [
        (each.number, each.edition, each.is_newest, each.is_doubtful)
        for each in api.signed_documents(lost.number, by=keeper)
    ] == [(old.number, 1, True, False), (new.number, 1, False, False)]
    assert api.render("pdf", request_of(codes[1], AT.replace(day=26))) == renewed.data


def test_a_rotated_key_is_kept_with_its_dates(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    before = api.render("pdf", request_of(codes[0]))
    keeper = world.who("keys.manage")
    (seal,) = [k for k in signing.list_keys(by=keeper) if k.purpose == "seal"]
    later = AT.replace(day=15)
    new = signing.rotate_demo_key(
        seal.number, home=tmp_path, reason="Định kỳ", by=keeper, at=later, is_playground=True
    )
    after = api.render("pdf", request_of(codes[1], AT.replace(day=16)))
    known = {k.number: k for k in signing.list_keys(by=keeper)}
    assert known[seal.number].retired_at == later
    assert known[new.number].signatures == 1
    assert verdict(check_pdf(before, trust(tmp_path))) == "valid"
    assert verdict(check_pdf(after, trust(tmp_path))) == "valid"


GUARDED = [
    "UPDATE {} SET {}",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
]
TABLES = [
    "credentials_document",
    "credentials_document_edition",
    "credentials_document_state",
    "credentials_signing_key",
    "credentials_signing_key_end",
    "credentials_signature_request",
    "credentials_made_signature",
]


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_cannot_change_them(table: str, owner_connection: psycopg.Connection) -> None:
    column = "signed_by = ''" if "made_signature" in table else "id = id"
    for statement in GUARDED:
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner_connection.execute(statement.format(table, column))


def test_a_second_original_is_refused_by_the_database(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document

    api.render("pdf", request_of(codes[0]))
    with acting(Actor.system("x")):
        first = Document.objects.get()
    with pytest.raises(DatabaseError, match="document_one_original"), acting(Actor.system("x")):
        Document.objects.create(
            number="D-1", line_id=first.line_id, issuer_id=first.issuer_id, role="original",
            template="certificate", made_by="system:x", made_at=AT,
        )  # fmt: skip


def test_an_edition_without_prepared_signatures_is_refused(codes, request_of) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document, DocumentEdition

    api.render("pdf", request_of(codes[0]))
    with acting(Actor.system("x")):
        document = Document.objects.get()
    with pytest.raises(DatabaseError, match="two prepared signatures"), acting(Actor.system("x")):
        DocumentEdition.objects.create(
            document=document, issuer_id=document.issuer_id, edition=2, cause="renewal",
            sha256=b"x" * 32, size=1, person_token="ps_a", seal_token="ps_b",
            made_by="system:x", made_at=AT,
        )  # fmt: skip


def test_a_document_of_an_unpublished_line_is_refused_by_the_database(unpublished) -> None:
    from sogoc.credentials.documents.models import Document
    from sogoc.credentials.register.api import lines_by_code

    with acting(Actor.system("x")):
        line = lines_by_code(unpublished)[unpublished[0]]
    with pytest.raises(DatabaseError, match="published line"), acting(Actor.system("x")):
        Document.objects.create(
            number="D-1", line_id=line.id, issuer_id=line.book.issuer_id, role="original",
            template="certificate", made_by="system:x", made_at=AT,
        )  # fmt: skip


def test_a_lost_file_is_said(codes, request_of, tmp_path) -> None:
    from sogoc.credentials.documents import api

    api.render("pdf", request_of(codes[0]))
    (file,) = (tmp_path / "documents").rglob("*.pdf")
    file.write_bytes(b"x")
    with pytest.raises(api.DocumentRefused):
        api.render("pdf", request_of(codes[0]))
