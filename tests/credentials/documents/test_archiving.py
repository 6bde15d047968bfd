"""Long-term papers (B-LTA): they stay valid, and nobody's update hides under the last stamp."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfReader
from tests.judges.test_papers import grown, one_byte, pyhanko, run
from tests.papers import SIGNED_AT, Office, page

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LATER = SIGNED_AT + timedelta(days=2)


class Stamps:
    def __init__(self, office: Office) -> None:
        self.office = office

    def stamp(self, digest: bytes, at: object) -> bytes:
        return self.office.authority.time_stamp_digest(digest, LATER)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def archived(office: Office) -> bytes:
    from sogoc.credentials.documents.long_term import with_long_term_data

    return with_long_term_data(
        office.sign(page()), trust=office.trust(), stamper=Stamps(office), at=LATER
    )


def test_the_archived_paper_is_valid(office: Office, archived: bytes) -> None:
    checks = check_pdf(archived, office.trust())
    assert verdict(checks) == "valid", checks
    assert "time:document" in {check.name for check in checks}
    reader = PdfReader(archived)
    assert {"Certs", "CRLs"} <= reader.resolve(reader.object(reader.root)["DSS"]).keys()


def test_what_the_paper_says_of_itself_is_not_rewritten(office: Office, archived: bytes) -> None:
    """The description stays the PDF/A one that was signed; no program writes itself into it."""
    signed = PdfReader(office.sign(page()))
    after = PdfReader(archived)
    kept = signed.object(signed.root)["Metadata"]
    assert after.object(after.root)["Metadata"] == kept
    assert archived.count(b"<x:xmpmeta") == 1
    assert b"pdfaid:part" in archived
    assert b"pdfaSchema:namespaceURI" in archived
    assert b"pyHanko" not in archived


def test_pyhanko_agrees(office: Office, archived: bytes) -> None:
    assert [good for good, _ in pyhanko(archived, office)] == [True, True]
    assert not all(good for good, _ in pyhanko(grown(archived), office))


def test_altered_ones_fail(office: Office, archived: bytes) -> None:
    for altered in (one_byte(archived), grown(archived), archived[:-9]):
        assert verdict(check_pdf(altered, office.trust())) == "invalid"


def test_what_is_not_valid_is_not_archived(office: Office, tmp_path: Path) -> None:
    from sogoc.credentials.documents.api import DocumentRefused
    from sogoc.credentials.documents.long_term import with_long_term_data

    with pytest.raises(DocumentRefused):
        with_long_term_data(
            one_byte(office.sign(page())), trust=office.trust(), stamper=Stamps(office), at=LATER
        )


def test_a_paper_without_a_time_stamp_gets_one(office: Office) -> None:
    """B-B becomes B-LTA: the archive time-stamp dates it."""
    from sogoc.credentials.documents.long_term import with_long_term_data

    plain = office.sign(page(), stamped=False)
    assert "time:document" not in {check.name for check in check_pdf(plain, office.trust())}
    made = with_long_term_data(plain, trust=office.trust(), stamper=Stamps(office), at=LATER)
    checks = check_pdf(made, office.trust())
    assert verdict(checks) == "valid", checks
    assert "time:document" in {check.name for check in checks}
    assert made.startswith(plain)


@pytest.fixture(scope="module")
def renewed(office: Office, archived: bytes) -> bytes:
    from sogoc.credentials.documents.long_term import with_long_term_data

    return with_long_term_data(archived, trust=office.trust(), stamper=Stamps(office), at=LATER)


def test_the_archive_time_stamp_is_renewed(office: Office, archived: bytes, renewed: bytes) -> None:
    """A second one lies on top of the first and on the evidence for it."""
    checks = check_pdf(renewed, office.trust())
    assert verdict(checks) == "valid", checks
    assert [check.name for check in checks].count("time:document") == 2
    assert renewed.startswith(archived)
    stamps = PdfReader(renewed).signatures()[2:]
    assert len(stamps) == 2
    assert stamps[1].end > stamps[0].end
    assert [good for good, _ in pyhanko(renewed, office)] == [True, True]
    for altered in (one_byte(renewed), grown(renewed)):
        assert verdict(check_pdf(altered, office.trust())) == "invalid"
        assert not all(good for good, _ in pyhanko(altered, office))


def test_pyhanko_follows_the_chain_of_time_stamps(office: Office, renewed: bytes) -> None:
    assert _stamps_hold(renewed, office) == [True, True]
    assert _stamps_hold(one_byte(renewed), office) == [False, False]


def test_pdfsig_on_archived_papers(office: Office, archived: bytes, tmp_path: Path) -> None:
    """It judges both signatures; a document time-stamp is of a type it does not know."""
    store = tmp_path / "nss"
    store.mkdir()
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    root = office.root_file(tmp_path)
    run("certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "CT,C,C", "-i", root)

    def said(data: bytes) -> str:
        file = tmp_path / "paper.pdf"
        file.write_bytes(data)
        return run("pdfsig", "-nssdir", f"sql:{store}", file)

    assert said(archived).count("Signature is Valid.") == 2
    assert said(archived).count("Certificate is Trusted.") == 2
    assert said(archived).count("Unable to validate this type of signature") == 1
    assert "Signature is Valid." not in said(one_byte(archived))


def _stamps_hold(data: bytes, office: Office) -> list[bool]:
    """In a thread of its own: pyHanko starts an event loop."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(_stamps_apart, data, office).result()


def _stamps_apart(data: bytes, office: Office) -> list[bool]:
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext

    root = Certificate.load(office.authority.root.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], moment=LATER, allow_fetching=False)
    found = PdfFileReader(io.BytesIO(data)).embedded_timestamp_signatures
    states = [validate_pdf_timestamp(each, context) for each in found]
    return [state.intact and state.valid and state.trusted for state in states]
