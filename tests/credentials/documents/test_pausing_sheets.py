"""Supplements and sheets of many lines whose signatory or seal is on a device elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfReader
from sogoc.people.identity import Actor, acting
from sogoc.people.permissions import NotPermitted
from tests.credentials.documents.devices import (
    AT,
    Device,
    editions,
    erase,
    key_here,
    lose_key,
    make_device,
    new_head,
    of_line,
    refusal,
    request,
    revoke,
    roots,
)
from tests.credentials.documents.test_sheets import (
    lines,  # noqa: F401 - a fixture
    said_of,
    trust,
)
from tests.judges.test_papers import grown, one_byte, pdfsig, run

FORMS = {"supplement": "supplement", "register-page": "page", "decision": "decision"}


@pytest.fixture
def person(lines: tuple[str, ...], tmp_path: Path) -> Device:  # noqa: F811 - the fixture
    return make_device(tmp_path, "person")


@pytest.fixture
def seal(person: Device, tmp_path: Path) -> Device:
    return make_device(tmp_path, "seal")


@pytest.fixture
def codes(lines: tuple[str, ...]) -> tuple[str, ...]:  # noqa: F811 - the fixture
    return lines


def bring(home: Path, device: Device, out: Any, days: int = 0) -> Any:
    from sogoc.credentials.documents import api

    return api.assemble_paper(
        out.token, device.sign(out.to_sign), request(home, AT + timedelta(days=days)),
        page_sha256=sha256(out.page).digest(),
    )  # fmt: skip


def show(number: str) -> Any:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    return api.show_paper(number, by=world.who("register.view"))


def require_judges(data: bytes, home: Path) -> None:
    """pdfsig, mutool and OpenSSL accept what was put together, and neither of two altered ones."""
    store, root, file = home / "nss", home / "root.pem", home / "judged.pdf"
    store.mkdir()
    root.write_bytes(roots(home))
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "CT,C,C", "-i", root)
    said = pdfsig(store, data, home)
    assert said.count("Signature is Valid.") == said.count("Certificate is Trusted.") == 2
    assert said.count("Total document signed") == 1
    assert pdfsig(store, one_byte(data), home).count("Digest Mismatch") == 2
    longer = pdfsig(store, grown(data), home)
    assert "Total document signed" not in longer.replace("Not total document signed", "")
    for judged, is_good in ((data, True), (one_byte(data), False), (grown(data), False)):
        file.write_bytes(judged)
        said = run("mutool", "sign", "-v", file)
        assert ("The document is unchanged since signing" in said) == is_good
    for spot in (0, 1):
        assert "CAdES Verification successful" in openssl(data, root, home, spot)
        assert "Verification failure" in openssl(one_byte(data), root, home, spot)


def openssl(data: bytes, root: Path, home: Path, spot: int) -> str:
    found = PdfReader(data).signatures()[spot]
    cms, content = home / "cms.der", home / "covered"
    cms.write_bytes(found.cms[: int.from_bytes(found.cms[2:4], "big") + 4])
    content.write_bytes(found.covered)
    return run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", cms, "-content", content,
        "-CAfile", root, "-purpose", "any", "-out", "/dev/null",
        "-attime", str(int(AT.timestamp())), "-cades",
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_person_then_seal_elsewhere_and_judges(codes, person, seal, tmp_path, form: str) -> None:
    """The stages in their order; nothing is there before the second, and then it is handed out."""
    from sogoc.credentials.documents import api

    (first,) = api.prepare(form, codes[:1], request(tmp_path))
    assert (first.stage, first.key, first.form) == ("person", person.number, "pdf")
    assert refusal(lambda: api.render(form, of_line(tmp_path, codes[0]))) == "key_elsewhere"
    assert refusal(lambda: show(first.document)) == "document_not_signed"
    second = bring(tmp_path, person, first, days=2)
    assert (second.stage, second.key, second.document) == ("seal", seal.number, first.document)
    assert editions() == 0
    made = bring(tmp_path, seal, second, days=4)
    assert (made.number, made.role, made.edition) == (first.document, FORMS[form], 1)
    assert verdict(check_pdf(made.data, trust(tmp_path))) == "valid"
    require_judges(made.data, tmp_path)
    assert api.waiting_for_devices() == []
    assert api.render(form, of_line(tmp_path, codes[0])) == made.data
    assert api.prepare(form, codes[:1], request(tmp_path)) == []
    if form != "supplement":
        assert len(said_of(made.data)) == {"register-page": 12, "decision": 14}[form]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_refused(codes, person, tmp_path, form: str) -> None:
    """Other bytes, another key, too late, prepared anew, twice; the seal is here."""
    from sogoc.credentials.documents import api

    other = make_device(tmp_path, "seal")
    lose_key(other.number)
    (old,) = api.prepare(form, codes[:1], request(tmp_path, AT - timedelta(hours=1)))
    (out,) = api.prepare(form, codes[:1], request(tmp_path))
    assert old.document == out.document
    good = person.sign(out.to_sign)

    def refused(token: str, signature: bytes, days: int = 0, **more: Any) -> str:
        at = AT + timedelta(days=days)
        return refusal(lambda: api.assemble_paper(token, signature, request(tmp_path, at), **more))

    assert refused(old.token, person.sign(old.to_sign)) == "paper_superseded"
    assert refused(out.token, other.sign(out.to_sign)) == "signature_token_refused"
    assert refused(out.token, person.sign(old.to_sign)) == "signature_token_refused"
    assert refused(out.token, good, page_sha256=sha256(old.page).digest()) == "paper_changed"
    assert refused(out.token, good, days=7) == "signature_token_refused"
    assert editions() == 0
    made = api.assemble_paper(out.token, good, request(tmp_path))
    assert isinstance(made, api.Made)
    assert refused(out.token, good) == "signature_token_refused"
    assert editions() == 1


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("supplement", "document_line_revoked"),
        ("register-page", "document_outdated"),
        ("decision", "document_outdated"),
    ],
)
def test_a_line_that_changed_in_between(codes, person, tmp_path, form: str, why: str) -> None:
    """Of a sheet any line on it: what was prepared says something else than the register."""
    from sogoc.credentials.documents import api

    (out,) = api.prepare(form, codes[:1], request(tmp_path))
    revoke(codes[0 if form == "supplement" else 3])
    assert refusal(lambda: bring(tmp_path, person, out)) == why
    assert editions() == 0
    if form != "supplement":
        (anew,) = api.prepare(form, codes[:1], request(tmp_path))
        assert anew.document != out.document
        assert bring(tmp_path, person, anew).edition == 1


@pytest.mark.parametrize("form", FORMS)
def test_another_head_and_a_lost_key(codes, person, tmp_path, form: str) -> None:
    from sogoc.credentials.documents import api

    (out,) = api.prepare(form, codes[:1], request(tmp_path))
    new_head()
    assert refusal(lambda: bring(tmp_path, person, out, days=2)) == "paper_signer_changed"
    lose_key(person.number)
    assert refusal(lambda: bring(tmp_path, person, out)) == "key_serves_no_more"
    assert editions() == 0


def test_a_sheet_comes_in_the_place_of_the_one_before(codes, person, tmp_path) -> None:
    """Prepared beside one that counts, it supersedes it when it is signed, not before."""
    from sogoc.credentials.documents import api

    (first,) = api.prepare("register-page", codes[:3], request(tmp_path))
    before = bring(tmp_path, person, first)
    revoke(codes[2])
    (second,) = api.prepare("register-page", [codes[5], codes[2]], request(tmp_path))
    assert show(before.number).status == "current"
    after = bring(tmp_path, person, second)
    assert (show(before.number).status, show(after.number).status) == ("superseded", "current")
    two = api.prepare("register-page", [codes[0], codes[13]], request(tmp_path))
    assert [each.document != after.number for each in two] == [True]  # the other page alone


def test_every_page_of_a_book(codes, person, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    book = (world.CENTRE, world.KIND, 2025)
    exporter = request(tmp_path, by=world.who("register.export"))
    first, second = api.prepare_pages(*book, exporter)
    assert bring(tmp_path, person, second).role == "page"
    (again,) = api.prepare_pages(*book, exporter)
    assert again.document == first.document
    bring(tmp_path, person, again)
    assert api.prepare_pages(*book, exporter) == []
    stranger = request(tmp_path, by=world.account("registrar.dh"))
    assert refusal(lambda: api.prepare_pages(*book, stranger)) == "not_permitted"


def test_a_sheet_is_renewed_on_a_device(codes, person, tmp_path) -> None:
    from sogoc.credentials.documents import api

    (first,) = api.prepare("register-page", codes[:1], request(tmp_path))
    made = bring(tmp_path, person, first)
    out = api.prepare_renewal(made.number, request(tmp_path))
    anew = bring(tmp_path, person, out, days=1)
    assert (anew.number, anew.edition, show(made.number).status) == (made.number, 2, "current")
    assert verdict(check_pdf(anew.data, trust(tmp_path))) == "valid"
    out = api.prepare_renewal(made.number, request(tmp_path, AT + timedelta(days=1)))
    revoke(codes[4])
    assert refusal(lambda: bring(tmp_path, person, out, days=1)) == "document_outdated"
    assert refusal(lambda: api.prepare_renewal(made.number, request(tmp_path))) == (
        "document_outdated"
    )


@pytest.mark.parametrize("form", FORMS)
def test_signed_here_meanwhile(codes, person, tmp_path, form: str) -> None:
    """A newer key, which is here, takes up what was begun; the older page is of no use then."""
    from sogoc.credentials.documents import api

    (out,) = api.prepare(form, codes[:1], request(tmp_path))
    key_here(tmp_path, "person")
    data = api.render(form, of_line(tmp_path, codes[0]))
    assert verdict(check_pdf(data, trust(tmp_path))) == "valid"
    assert api.paper_of_file(data, by=of_line(tmp_path, codes[0]).by).number == out.document
    assert refusal(lambda: bring(tmp_path, person, out)) == "paper_superseded"
    assert editions() == 1


@pytest.mark.parametrize("is_revoked", [False, True])
def test_a_stop_after_the_signature_came_in(
    codes, person, tmp_path, monkeypatch: pytest.MonkeyPatch, is_revoked: bool
) -> None:
    """The next run goes on, unless a line on the page changed since."""
    from sogoc.credentials.documents import api, pausing

    (out,) = api.prepare("register-page", codes[:1], request(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(pausing, "_go_on", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bring(tmp_path, person, out)
    if is_revoked:
        revoke(codes[7])
        assert api.finish_papers(request(tmp_path)) == []
        assert editions() == 0
        return
    (made,) = api.finish_papers(request(tmp_path))
    assert verdict(check_pdf(made.data, trust(tmp_path))) == "valid"
    assert api.finish_papers(request(tmp_path)) == []
    assert editions() == 1


def test_a_sheet_that_ended_is_not_signed_anew(codes, person, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    (first,) = api.prepare("decision", codes[:1], request(tmp_path))
    made = bring(tmp_path, person, first)
    out = api.prepare_renewal(made.number, request(tmp_path))
    api.withdraw(made.number, reason="Sai", by=world.who("register.revoke"), at=AT)
    assert refusal(lambda: bring(tmp_path, person, out)) == "document_ended"
    assert refusal(lambda: api.prepare_renewal(made.number, request(tmp_path))) == "document_ended"
    assert editions() == 1


def test_only_what_was_signed_is_renewed_and_by_who_may_see_it(codes, person, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from tests.credentials import world

    (first,) = api.prepare("register-page", codes[:1], request(tmp_path))
    anew = partial(api.prepare_renewal, first.document)
    assert refusal(lambda: anew(request(tmp_path))) == "document_not_signed"
    bring(tmp_path, person, first)
    stranger = replace(request(tmp_path), by=world.account("registrar.dh"))
    with pytest.raises(NotPermitted):
        anew(stranger)
    assert anew(request(tmp_path)).document == first.document


def test_pages_that_wait_go_with_a_person_on_them(codes, person, tmp_path) -> None:
    from sogoc.credentials.documents import api

    (out,) = api.prepare("register-page", codes[:1], request(tmp_path))
    name = sha256(out.page).hexdigest()
    file = tmp_path / "documents" / name[:2] / f"{name}.pdf"
    assert file.exists()
    erase(codes[5], tmp_path)
    assert not file.exists()
    assert refusal(lambda: bring(tmp_path, person, out)) == "document_file_lost"
    (anew,) = api.prepare("register-page", codes[:1], request(tmp_path))
    assert bring(tmp_path, person, anew).role == "page"


def test_the_database_signs_nothing_of_a_revoked_line(
    codes, person, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the program forgets to ask."""
    from sogoc.credentials.documents import api, pausing

    (out,) = api.prepare("supplement", codes[:1], request(tmp_path))
    revoke(codes[0])
    monkeypatch.setattr(pausing, "require_standing", lambda _: None)
    with pytest.raises(DatabaseError, match="an edition bears"):
        bring(tmp_path, person, out)
    assert editions() == 0


def test_no_supplement_and_no_key_elsewhere(codes: tuple[str, ...], tmp_path: Path) -> None:
    from sogoc.credentials.documents import api

    asked: Callable[..., str] = lambda form, code: refusal(  # noqa: E731 - one line
        lambda: api.prepare(form, [code], request(tmp_path))
    )
    assert asked("supplement", codes[5]) == "document_no_supplement"
    for form in FORMS:
        assert asked(form, codes[0]) == "document_keys_are_here"
    with acting(Actor.system("tests")):
        from sogoc.credentials.signing.models import PausedPaper

        assert PausedPaper.objects.count() == 0
