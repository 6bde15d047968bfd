"""Papers whose signatory or seal signs elsewhere: prepared, signed there, assembled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import DatabaseError

from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.people.identity import Actor, acting
from tests.credentials.documents.devices import (
    AT,
    Device,
    editions,
    key_here,
    lose_key,
    make_device,
    new_head,
    of_line,
    record,
    refusal,
    request,
    revoke,
)
from tests.credentials.signing import hardware


@pytest.fixture
def device(codes: tuple[str, ...], tmp_path: Path) -> Callable[[str], Device]:
    return lambda purpose: make_device(tmp_path, purpose)


def trusted(home: Path, data: bytes) -> str:
    from sogoc.credentials.signing.api import paper_trust

    return verdict(check_pdf(data, paper_trust(home, is_playground=True, at=AT)))


def test_a_person_elsewhere_then_seal_and_stamp_here(codes, device, tmp_path) -> None:
    from sogoc.credentials.documents import api

    person = device("person")
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    assert (out.stage, out.key) == ("person", person.number)
    assert out.sha256 == sha256(out.to_sign).digest()
    assert refusal(lambda: api.render("pdf", of_line(tmp_path, codes[0]))) == "key_elsewhere"
    assert [each[:2] for each in api.waiting_for_devices()] == [(out.document, "person")]
    assert editions() == 0
    later = request(tmp_path, AT + timedelta(days=3))
    made = api.assemble_paper(
        out.token, person.sign(out.to_sign), later, page_sha256=sha256(out.page).digest()
    )
    assert isinstance(made, api.Made)
    assert (made.number, made.role, made.edition) == (out.document, "original", 1)
    assert trusted(tmp_path, made.data) == "valid"
    assert made.data.startswith(out.page[: len(out.page) // 2])
    assert api.waiting_for_devices() == []
    assert api.render("pdf", of_line(tmp_path, codes[0])) == made.data


def test_seal_and_person_elsewhere(codes, device, tmp_path) -> None:
    from sogoc.credentials.documents import api

    person, seal = device("person"), device("seal")
    (first,) = api.prepare_papers(codes[:1], request(tmp_path))
    second = api.assemble_paper(first.token, person.sign(first.to_sign), request(tmp_path))
    assert isinstance(second, api.HandedOut)
    assert (second.stage, second.key, second.document) == ("seal", seal.number, first.document)
    assert refusal(
        lambda: api.assemble_paper(first.token, person.sign(first.to_sign), request(tmp_path))
    ) in {"paper_superseded", "signature_token_refused"}
    made = api.assemble_paper(second.token, seal.sign(second.to_sign), request(tmp_path))
    assert isinstance(made, api.Made)
    assert trusted(tmp_path, made.data) == "valid"


def test_a_token_gives_r_and_s(codes, tmp_path) -> None:
    """SoftHSM2 as the officer's device: its plain signature is taken too; the seal is here."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.issuers.api import HardwareKey

    place = hardware.token()
    public = load_der_public_key(hardware.new_key(place, "officer"))
    record(tmp_path, "person", public)
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    raw = HardwareKey({**place, "label": "officer"}, hardware.PIN).sign(out.to_sign)
    assert len(raw) == 64
    made = api.assemble_paper(out.token, raw, request(tmp_path))
    assert isinstance(made, api.Made)
    assert trusted(tmp_path, made.data) == "valid"


def test_what_is_refused(codes, device, tmp_path) -> None:
    """Another key, another page, too late, twice, a page that was prepared anew."""
    from sogoc.credentials.documents import api

    person, other = device("person"), device("seal")
    (old,) = api.prepare_papers(codes[:1], request(tmp_path, AT - timedelta(hours=1)))
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    assert old.document == out.document
    good = person.sign(out.to_sign)

    def bring(token: str, signature: bytes, at: datetime = AT, **more: Any) -> str:
        return refusal(lambda: api.assemble_paper(token, signature, request(tmp_path, at), **more))

    assert bring(old.token, person.sign(old.to_sign)) == "paper_superseded"
    assert bring("ps_never", good) == "paper_not_paused"
    assert bring(out.token, other.sign(out.to_sign)) == "signature_token_refused"
    assert bring(out.token, person.sign(out.page)) == "signature_token_refused"
    assert bring(out.token, good, page_sha256=sha256(old.page).digest()) == "paper_changed"
    assert bring(out.token, good, AT + timedelta(days=7)) == "signature_token_refused"
    kept = tmp_path / "documents" / sha256(out.page).hexdigest()[:2]
    file = kept / f"{sha256(out.page).hexdigest()}.pdf"
    file.write_bytes(out.page[:-1] + b" ")
    assert bring(out.token, good) == "document_file_lost"
    file.write_bytes(out.page)
    assert editions() == 0
    sealing = api.assemble_paper(out.token, good, request(tmp_path))
    assert bring(out.token, good) == "paper_superseded"
    sealed = other.sign(sealing.to_sign)
    api.assemble_paper(sealing.token, sealed, request(tmp_path))
    assert bring(sealing.token, sealed) == "signature_token_refused"
    assert editions() == 1


def test_a_lost_key_and_a_revoked_line_end_it(codes, device, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    person = device("person")
    one, two = api.prepare_papers(codes[:2], request(tmp_path))
    with acting(Actor.system("tests")):
        of_one = Document.objects.select_related("line").get(number=one.document).line.code
    revoke(of_one)
    signed = person.sign(one.to_sign)
    assert refusal(lambda: api.assemble_paper(one.token, signed, request(tmp_path))) == (
        "document_line_revoked"
    )
    lose_key(person.number)
    signed = person.sign(two.to_sign)
    assert refusal(lambda: api.assemble_paper(two.token, signed, request(tmp_path))) == (
        "key_serves_no_more"
    )
    with pytest.raises(DatabaseError, match="a request that stands"):
        signing.accept(two.token, signed, by=world.who("keys.manage"), at=AT)
    assert editions() == 0
    assert api.finish_papers(request(tmp_path)) == []


def test_what_changed_before_the_seal(codes, device, tmp_path) -> None:
    """Signed by the person; then the line is revoked, the key lost, another head in office."""
    from sogoc.credentials.documents import api

    person, seal = device("person"), device("seal")

    def sealing(code: str) -> Any:
        (first,) = api.prepare_papers([code], request(tmp_path))
        return api.assemble_paper(first.token, person.sign(first.to_sign), request(tmp_path))

    waiting = {code: sealing(code) for code in codes[:3]}
    later = request(tmp_path, AT + timedelta(days=2))

    def bring(code: str) -> str:
        out = waiting[code]
        return refusal(lambda: api.assemble_paper(out.token, seal.sign(out.to_sign), later))

    revoke(codes[0])
    assert bring(codes[0]) == "document_line_revoked"
    new_head()
    assert bring(codes[1]) == "paper_signer_changed"
    lose_key(person.number)
    assert bring(codes[2]) == "key_serves_no_more"
    assert editions() == 0
    assert api.waiting_for_devices()


def test_an_expired_certificate_signs_nothing(codes, device, tmp_path, monkeypatch) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing import keys

    person = device("person")
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    signed = person.sign(out.to_sign)
    real = keys.x509.load_der_x509_certificate

    class Lapsed:
        def __init__(self, data: bytes) -> None:
            found = real(data)
            self.not_valid_before_utc = found.not_valid_before_utc
            self.not_valid_after_utc = AT + timedelta(hours=1)

    monkeypatch.setattr(keys.x509, "load_der_x509_certificate", Lapsed)
    late = request(tmp_path, AT + timedelta(days=1))
    assert refusal(lambda: api.assemble_paper(out.token, signed, late)) == "key_serves_no_more"


def test_what_was_made_here_meanwhile_is_not_made_again(codes, device, tmp_path) -> None:
    """A newer key, which is here, signs while the officer still has the page."""
    from sogoc.credentials.documents import api

    person = device("person")
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    key_here(tmp_path, "person")
    made = api.render("pdf", of_line(tmp_path, codes[0]))
    signed = person.sign(out.to_sign)
    assert refusal(lambda: api.assemble_paper(out.token, signed, request(tmp_path))) == (
        "paper_superseded"
    )
    assert api.render("pdf", of_line(tmp_path, codes[0])) == made
    assert editions() == 1


def test_a_stop_after_the_signature_came_in(codes, device, tmp_path, monkeypatch) -> None:
    from sogoc.credentials.documents import api, pausing

    person = device("person")
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(pausing, "_go_on", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            api.assemble_paper(out.token, person.sign(out.to_sign), request(tmp_path))
    assert editions() == 0
    (made,) = api.finish_papers(request(tmp_path))
    assert isinstance(made, api.Made)
    assert trusted(tmp_path, made.data) == "valid"
    assert api.finish_papers(request(tmp_path)) == []
    assert editions() == 1


def test_others_may_not_bring_it_in(codes, device, tmp_path) -> None:
    from dataclasses import replace

    from sogoc.credentials.documents import api
    from tests.credentials import world

    person = device("person")
    (out,) = api.prepare_papers(codes[:1], request(tmp_path))
    stranger = replace(request(tmp_path), by=world.account("registrar.dh"))
    signed = person.sign(out.to_sign)
    assert refusal(lambda: api.assemble_paper(out.token, signed, stranger)) == "not_permitted"


def test_keys_that_are_here_need_no_pause(codes, tmp_path) -> None:
    from sogoc.credentials.documents import api

    assert refusal(lambda: api.prepare_papers(codes[:1], request(tmp_path))) == (
        "document_keys_are_here"
    )


def test_the_database_keeps_pauses_honest(codes, tmp_path) -> None:
    """A pause is of a key elsewhere and of a document; no signature is there without a request."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.documents.models import Document
    from sogoc.credentials.signing.models import PausedPaper, SignatureRequest

    api.make_papers(codes[:1], of_line(tmp_path, codes[0]))
    me = Actor.system("x")
    with acting(me):
        document = Document.objects.get()
        asked = SignatureRequest.objects.filter(key__purpose="person").get()
    with pytest.raises(DatabaseError, match="a paper pauses"), acting(me):
        PausedPaper.objects.create(
            request=asked, issuer_id=document.issuer_id, stage="person", cause="issue",
            page_sha256=b"x" * 32, page_size=1, room_start=1, room_end=2, made_by=me.username,
            made_at=AT,
        )  # fmt: skip


def test_pages_go_when_nobody_can_sign_them_any_more(codes, device, tmp_path) -> None:
    """The page of an older request, then that of the one that lapsed; an open one stays."""
    from sogoc.credentials.documents import api

    person = device("person")
    (old,) = api.prepare_papers(codes[:1], request(tmp_path, AT - timedelta(hours=1)))
    (new,) = api.prepare_papers(codes[:1], request(tmp_path))

    def there(out: Any) -> bool:
        name = sha256(out.page).hexdigest()
        return (tmp_path / "documents" / name[:2] / f"{name}.pdf").exists()

    assert there(old)
    assert there(new)
    assert api.tidy_files(tmp_path, at=AT, now=AT) == (0, 1)
    assert (there(old), there(new)) == (False, True)
    made = api.assemble_paper(new.token, person.sign(new.to_sign), request(tmp_path))
    assert api.tidy_files(tmp_path, at=AT, now=AT) == (0, 1)
    assert not there(new)
    assert api.render("pdf", of_line(tmp_path, codes[0])) == made.data
    (late,) = api.prepare_papers(codes[1:2], request(tmp_path))
    assert api.tidy_files(tmp_path, at=AT + timedelta(days=8), now=AT) == (0, 1)
    assert not there(late)
