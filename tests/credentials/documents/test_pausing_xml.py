"""A line as XML whose seal is on a device elsewhere: prepared, sealed there, put together."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from sogoc.people.identity import Actor, acting
from sogoc.verifier.api import signed_xml
from tests.credentials.documents.devices import (
    AT,
    Device,
    erase,
    lose_key,
    make_device,
    of_line,
    refusal,
    request,
    revoke,
    roots,
)

PROPERTIES = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"


@pytest.fixture
def seal(codes: tuple[str, ...], tmp_path: Path) -> Device:
    return make_device(tmp_path, "seal")


def xmlsec1(data: bytes, home: Path) -> bool:
    """Ask xmlsec1, told the day, which root to trust and where an Id stands."""
    file, root = home / "line.xml", home / "root.pem"
    file.write_bytes(data)
    root.write_bytes(roots(home))
    done = subprocess.run(
        ["xmlsec1", "--verify", "--trusted-pem", root, "--enabled-reference-uris", "empty,same-doc",
         "--id-attr:Id", PROPERTIES, "--verification-gmt-time", f"{AT:%Y-%m-%d+%H:%M:%S}", file],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert "OK" in said or "FAIL" in said or "Error" in said, said
    return done.returncode == 0 and "OK" in said


def signxml(data: bytes, home: Path) -> bool:
    from lxml import etree
    from signxml import SignatureConfiguration
    from signxml.exceptions import SignXMLException
    from signxml.xades import XAdESVerifier

    root = home / "root.pem"
    root.write_bytes(roots(home))
    try:
        XAdESVerifier().verify(
            etree.fromstring(data), ca_pem_file=str(root), expect_references=2,
            expect_config=SignatureConfiguration(expect_references=2),
        )  # fmt: skip
    except (SignXMLException, etree.LxmlError):
        return False
    return True


def altered(data: bytes, code: str) -> list[bytes]:
    return [
        data.replace(b"<Status>valid", b"<Status>revoked"),
        data.replace(code.encode(), (code[:-1] + ("0" if code[-1] != "0" else "1")).encode(), 1),
        data.replace(b"<xades:SigningTime>2026", b"<xades:SigningTime>2025"),
        data.replace(b"A0250000", b"A0250009"),
    ]


def test_a_seal_elsewhere_and_judges_that_are_not_ours(codes, seal, tmp_path) -> None:
    from sogoc.credentials.documents import api

    (out,) = api.prepare("xml", codes[:1], request(tmp_path))
    assert (out.document, out.stage, out.form, out.key) == (
        f"xml {codes[0]}", "seal", "xml", seal.number,
    )  # fmt: skip
    assert out.sha256 == sha256(out.to_sign).digest()
    root = signed_xml.parse(out.page)
    assert signed_xml.canonical(root[-1][0]) == out.to_sign
    assert [each[:2] for each in api.waiting_for_devices()] == [(out.document, "seal")]
    assert refusal(lambda: api.render("xml", of_line(tmp_path, codes[0]))) == "key_elsewhere"
    later = request(tmp_path, AT + timedelta(days=3))
    made = api.assemble_paper(
        out.token, seal.sign(out.to_sign), later, page_sha256=sha256(out.page).digest()
    )
    assert isinstance(made, api.Made)
    assert (made.number, made.code, made.role) == (out.document, codes[0], "xml")
    assert out.page.startswith(made.data[: made.data.index(b"<ds:SignatureValue>")])
    for judge in (xmlsec1, signxml):
        assert judge(made.data, tmp_path)
        for false in altered(made.data, codes[0]):
            assert false != made.data
            assert not judge(false, tmp_path)
    root = signed_xml.parse(made.data)
    signed_xml.verify_signature(root, signed_xml.read_signature(root))
    assert api.waiting_for_devices() == []
    assert api.finish_papers(request(tmp_path)) == []
    assert api.render("xml", of_line(tmp_path, codes[0])) == made.data


def test_what_is_refused(codes, seal, tmp_path) -> None:
    """Other bytes, another key, another page, too late, twice, prepared anew; others' hands."""
    from sogoc.credentials.documents import api
    from tests.credentials import world

    (old,) = api.prepare("xml", codes[:1], request(tmp_path, AT - timedelta(hours=1)))
    (out,) = api.prepare("xml", codes[:1], request(tmp_path))
    other = Device("", tmp_path / "other.pem")
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
         other.file], check=True, capture_output=True,
    )  # fmt: skip
    good = seal.sign(out.to_sign)

    def bring(token: str, signature: bytes, days: int = 0, **more: Any) -> str:
        asked = request(tmp_path, AT + timedelta(days=days), **more.pop("asked", {}))
        return refusal(lambda: api.assemble_paper(token, signature, asked, **more))

    assert bring(old.token, seal.sign(old.to_sign)) == "paper_superseded"
    assert bring(out.token, other.sign(out.to_sign)) == "signature_token_refused"
    assert bring(out.token, seal.sign(old.to_sign)) == "signature_token_refused"
    assert bring(out.token, seal.sign(out.page)) == "signature_token_refused"
    assert bring(out.token, good, page_sha256=sha256(old.page).digest()) == "paper_changed"
    assert bring(out.token, good, days=7) == "signature_token_refused"
    stranger = {"by": world.account("registrar.dh")}
    assert bring(out.token, good, asked=stranger) == "not_permitted"
    name = sha256(out.page).hexdigest()
    file = tmp_path / "documents" / name[:2] / f"{name}.pdf"
    file.write_bytes(out.page.replace(b"A0250000", b"A0250009"))
    assert bring(out.token, good) == "document_file_lost"
    file.write_bytes(out.page)
    made = api.assemble_paper(out.token, good, request(tmp_path))
    assert bring(out.token, good) == "signature_token_refused"
    assert api.render("xml", of_line(tmp_path, codes[0])) == made.data


def test_a_file_that_is_not_what_was_prepared(codes, seal, tmp_path, monkeypatch) -> None:
    """Altered where the digests cover it, or wholly another: the stored request knows."""
    from sogoc.credentials.documents import api, store

    (out,) = api.prepare("xml", codes[:1], request(tmp_path))
    (other,) = api.prepare("xml", codes[1:2], request(tmp_path))
    signed = seal.sign(out.to_sign)
    for false in (*altered(out.page, codes[0])[:3], other.page):
        assert false != out.page
        monkeypatch.setattr(store, "fetch", lambda *_, false=false: false)
        assert refusal(lambda: api.assemble_paper(out.token, signed, request(tmp_path))) == (
            "paper_changed"
        )


def test_a_line_that_changed_in_between(codes, seal, tmp_path) -> None:
    from sogoc.credentials.documents import api

    ready, out = api.prepare("xml", codes[:2], request(tmp_path))
    made = api.assemble_paper(ready.token, seal.sign(ready.to_sign), request(tmp_path))
    first, second = made.code, out.document.removeprefix("xml ")
    revoke(first)
    revoke(second)
    assert refusal(
        lambda: api.assemble_paper(out.token, seal.sign(out.to_sign), request(tmp_path))
    ) == "paper_line_changed"  # fmt: skip
    assert refusal(lambda: api.render("xml", of_line(tmp_path, first))) == "key_elsewhere"
    (anew,) = api.prepare("xml", [second], request(tmp_path))
    says = api.assemble_paper(anew.token, seal.sign(anew.to_sign), request(tmp_path))
    assert b"<Status>revoked</Status>" in says.data
    assert xmlsec1(says.data, tmp_path)
    assert api.render("xml", of_line(tmp_path, second)) == says.data


def test_a_lost_key_and_another_keeper_of_the_register(codes, seal, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.people.api import import_organisations
    from tests.credentials import world

    ready, one, two = api.prepare("xml", codes[:3], request(tmp_path))
    api.assemble_paper(ready.token, seal.sign(ready.to_sign), request(tmp_path))
    text = (
        "record,code,name,parent,province,subject,successor,valid_from,valid_until,"
        "decision_number\n"
        f"succession,{world.CENTRE},,,,custody,so-gddt-lam-dong,2026-06-02,,8/QĐ\n"
    )
    import_organisations(text.encode(), "ke-thua.csv", by=Actor.system("tests"), at=AT)
    after = request(tmp_path, AT + timedelta(days=2))
    signed = seal.sign(one.to_sign)
    assert refusal(lambda: api.assemble_paper(one.token, signed, after)) == "paper_signer_changed"
    lose_key(seal.number)
    assert refusal(
        lambda: api.assemble_paper(two.token, seal.sign(two.to_sign), request(tmp_path))
    ) == "key_serves_no_more"  # fmt: skip
    code = ready.document.removeprefix("xml ")
    here = api.render("xml", of_line(tmp_path, code))  # a key that is here has taken its place
    assert xmlsec1(here, tmp_path)


def test_a_stop_after_the_signature_came_in(codes, seal, tmp_path, monkeypatch) -> None:
    """Nothing is lost: the register hands it out, while it says what the register says."""
    from sogoc.credentials.documents import api, pausing

    (out,) = api.prepare("xml", codes[:1], request(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(pausing, "_go_on", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            api.assemble_paper(out.token, seal.sign(out.to_sign), request(tmp_path))
    data = api.render("xml", of_line(tmp_path, codes[0]))
    assert xmlsec1(data, tmp_path)
    assert data.startswith(out.page[:200])
    assert api.finish_papers(request(tmp_path)) == []
    revoke(codes[0])
    assert refusal(lambda: api.render("xml", of_line(tmp_path, codes[0]))) == "key_elsewhere"


def test_files_stay_while_they_serve_and_go_with_the_person(codes, seal, tmp_path) -> None:
    from sogoc.credentials.documents import api

    def there(out: Any) -> bool:
        name = sha256(out.page).hexdigest()
        return (tmp_path / "documents" / name[:2] / f"{name}.pdf").exists()

    (old,) = api.prepare("xml", codes[:1], request(tmp_path))
    made = api.assemble_paper(old.token, seal.sign(old.to_sign), request(tmp_path))
    (new,) = api.prepare("xml", codes[:1], request(tmp_path, AT + timedelta(hours=1)))
    assert (there(old), there(new)) == (True, True)
    assert api.tidy_files(tmp_path, at=AT + timedelta(days=1), now=AT) == (0, 0)
    assert api.tidy_files(tmp_path, at=AT + timedelta(days=8), now=AT) == (0, 1)
    assert (there(old), there(new)) == (True, False)
    assert api.render("xml", of_line(tmp_path, codes[0])) == made.data
    (late,) = api.prepare("xml", codes[:1], request(tmp_path, AT + timedelta(hours=2)))
    erase(codes[0], tmp_path)
    assert (there(old), there(late)) == (False, False)
    signed = seal.sign(late.to_sign)
    assert refusal(
        lambda: api.assemble_paper(late.token, signed, request(tmp_path, AT + timedelta(hours=2)))
    ) == ("document_file_lost")


def test_a_seal_that_is_here_needs_no_pause(codes, tmp_path) -> None:
    from sogoc.credentials.documents import api

    assert refusal(lambda: api.prepare("xml", codes[:1], request(tmp_path))) == (
        "document_keys_are_here"
    )
    assert refusal(lambda: api.prepare("vc", codes[:1], request(tmp_path))) == (
        "document_format_here"
    )


@pytest.mark.parametrize(
    "false", [{"stage": "person"}, {"person_token": "ps_x"}, {"cause": "renewal"}, {"form": "pdf"}]
)
def test_the_database_keeps_it_honest(codes, seal, tmp_path, false: dict[str, str]) -> None:
    """XML pauses for a seal, of the line its request is about; a paper is a document."""
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing.models import PausedPaper, SignatureRequest

    api.prepare("xml", codes[:1], request(tmp_path))
    make = _pausing()
    with acting(Actor.system("x")):
        known = PausedPaper.objects.get()
        twin = SignatureRequest.objects.get(pk=known.request_id)
        twin.pk, twin.token, twin.prepared_by = None, "ps_twin", "system:x"
        twin.save(force_insert=True)
    with pytest.raises(DatabaseError, match=r"paused_paper_stage|a paper pauses"):
        make(twin, known, **false)
    make(twin, known)


def test_the_database_wants_the_line_of_the_request(codes, seal, tmp_path) -> None:
    from sogoc.credentials.documents import api
    from sogoc.credentials.signing.models import PausedPaper, SignatureRequest

    api.prepare("xml", codes[:1], request(tmp_path))
    with acting(Actor.system("x")):
        known = PausedPaper.objects.get()
        twin = SignatureRequest.objects.get(pk=known.request_id)
        twin.pk, twin.token, twin.prepared_by = None, "ps_twin", "system:x"
        twin.subject = f"xml {codes[1]}"
        twin.save(force_insert=True)
    with pytest.raises(DatabaseError, match="a paper pauses"):
        _pausing()(twin, known)


def _pausing() -> Callable[..., None]:
    from sogoc.credentials.signing.models import PausedPaper

    def make(asked: Any, like: Any, **changes: str) -> None:
        given = {"stage": "seal", "cause": "issue", "form": "xml", "person_token": "", **changes}
        with acting(Actor.system("x")):
            PausedPaper.objects.create(
                request=asked, issuer_id=like.issuer_id, page_sha256=b"x" * 32, page_size=2,
                room_start=1, room_end=2, made_by="system:x", made_at=AT, **given,
            )  # fmt: skip

    return make
