"""Signed papers: what is right passes, and every way of cheating fails with its check."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from hashlib import sha256

import pytest

from sogoc.kernel.pdf_check import Check, PaperTrust, check_pdf, verdict
from sogoc.kernel.pdf_read import PdfError, PdfReader
from sogoc.kernel.pdf_update import PERSON, SEAL, PreparedPdf
from tests.judges.test_papers import grown, one_byte
from tests.papers import SIGNED_AT, Office, page


def failed(checks: list[Check]) -> set[str]:
    return {check.name for check in checks if check.result == "fail"}


def test_a_true_paper(office: Office, paper: bytes) -> None:
    checks = check_pdf(paper, office.trust())
    assert verdict(checks) == "valid"
    assert {check.name for check in checks} == {
        "form", "unchanged", "person:signature", "person:time", "person:certificate",
        "person:key", "seal:signature", "seal:time", "seal:certificate", "seal:key",
    }  # fmt: skip
    assert PdfReader(paper).attachments() == {"credential.json": b'{"id":"urn:x"}'}


def test_signing_leaves_what_was_there(paper: bytes) -> None:
    first, second = (spot.end for spot in PdfReader(paper).signatures())
    assert paper.startswith(page())
    assert len(page()) < first < second == len(paper)


def test_trust_survives_its_export(office: Office, paper: bytes) -> None:
    exported = office.trust().as_json()
    trust = PaperTrust.parse(exported)
    assert trust.as_json() == exported
    assert verdict(check_pdf(paper, trust)) == "valid"


def test_any_bit_of_the_file(office: Office, paper: bytes) -> None:
    trust, chance = office.trust(), random.Random(5)
    for _ in range(300):
        at = chance.randrange(len(paper))
        altered = bytearray(paper)
        altered[at] ^= 1 << chance.randrange(8)
        assert verdict(check_pdf(bytes(altered), trust)) == "invalid", at


def test_one_visible_letter_with_the_signatures_kept(office: Office, paper: bytes) -> None:
    """The page is set anew with another name, and the old signatures are put behind it."""
    other = page(full_name="H'Nguyệt Bkrông B")
    forged = other + paper[len(page()) :]
    assert verdict(check_pdf(forged, office.trust())) == "invalid"
    longer = office.sign(other)
    spots = PdfReader(longer).signatures()
    for spot, old in zip(spots, PdfReader(paper).signatures(), strict=True):
        longer = longer.replace(spot.cms.hex().encode(), old.cms.hex().encode())
    assert failed(check_pdf(longer, office.trust())) == {"signature"}


def test_an_update_behind_the_last_signature(office: Office, paper: bytes) -> None:
    assert "unchanged" in failed(check_pdf(grown(paper), office.trust()))


def test_a_page_added_and_stamped_by_anybody(office: Office, paper: bytes) -> None:
    """A time-stamp covers the forger's update: the file is whole again, its content is not."""
    forged = stamped(office, with_page(paper))
    assert failed(check_pdf(forged, office.trust())) == {"unchanged"}
    assert verdict(check_pdf(stamped(office, paper), office.trust())) == "valid"


def with_page(data: bytes) -> bytes:
    """A second page in the tree of pages, by an incremental update."""
    reader = PdfReader(data)
    pages = reader.object(reader.root)["Pages"].number
    kid = reader.object(pages)["Kids"][0].number
    size = reader.revisions[-1].trailer["Size"]
    objects = {
        pages: b"<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>" % (kid, size),
        size: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 500 500]>>" % pages,
    }
    return updated(data, objects)


def updated(data: bytes, objects: dict[int, bytes]) -> bytes:
    reader = PdfReader(data)
    out, offsets = bytearray(data), {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n" + b"".join(
        b"%d 1\n%010d 00000 n\r\n" % (number, offset) for number, offset in offsets.items()
    )
    size = max(reader.revisions[-1].trailer["Size"], max(objects) + 1)
    previous = int(re.findall(rb"startxref\n(\d+)", data)[-1])
    out += b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, reader.root, previous, table,
    )  # fmt: skip
    return bytes(out)


def stamped(office: Office, data: bytes) -> bytes:
    """A document time-stamp over the whole file, as anybody could ask for one."""
    reader = PdfReader(data)
    form = reader.object(reader.root)["AcroForm"]["Fields"]
    page_number = reader.object(form[0].number)["P"].number
    size = reader.revisions[-1].trailer["Size"]
    room = 6000
    fields = b" ".join(b"%d 0 R" % each.number for each in form)
    root = data[data.rindex(b"\n%d 0 obj\n<<" % reader.root) :].split(b"\nendobj")[0]
    root = root.split(b" 0 obj\n")[1].replace(fields, fields + b" %d 0 R" % size)
    signature = (
        b"<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange["
        + b" " * 60 + b"/Contents<" + b"0" * 2 * room + b">>>"
    )  # fmt: skip
    field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(stamp)/Rect[0 0 0 0]/F 132/P %d 0 R/V %d 0 R>>"
    objects = {reader.root: root, size: field % (page_number, size + 1), size + 1: signature}
    out = bytearray(updated(data, objects))
    start = out.rindex(b"/Contents<") + len(b"/Contents")
    end = start + 2 * room + 2
    at = out.rindex(b"/ByteRange[") + len(b"/ByteRange[")
    out[at : at + 60] = (b"0 %d %d %d]" % (start, end, len(out) - end)).ljust(60)
    covered = bytes(out[:start] + out[end:])
    token = office.authority.time_stamp(covered, SIGNED_AT + timedelta(days=1))
    return (
        bytes(out[:start])
        + b"<"
        + token.hex().encode().ljust(2 * room, b"0")
        + b">"
        + bytes(out[end:])
    )


def test_a_content_stream_replaced_under_a_stamp(office: Office, paper: bytes) -> None:
    reader = PdfReader(paper)
    number = next(
        each for each in sorted(reader.revisions[0].offsets) if reader.is_stream(each)
    )  # its dictionary says nothing of the new bytes
    body = b"<</Length 1>>\nstream\nX\nendstream"
    forged = stamped(office, updated(paper, {number: body}))
    assert failed(check_pdf(forged, office.trust())) == {"unchanged"}


def test_a_square_pasted_on_another_paper(office: Office, paper: bytes) -> None:
    """The square of a true paper on a page nobody signed, and on one somebody else signed."""
    pasted = page(full_name="Người Khác")
    assert failed(check_pdf(pasted, office.trust())) == {"signature"}


def test_signed_by_a_stranger(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    stranger = Office(tmp_path_factory.mktemp("stranger"))
    assert {"signature:key"} <= failed(check_pdf(stranger.sign(page()), office.trust()))


def test_signatures_taken_from_another_paper(office: Office, paper: bytes) -> None:
    other = office.sign(page(full_name="Trần Văn An"))
    mine, theirs = (PdfReader(each).signatures()[0].cms.hex().encode() for each in (paper, other))
    assert "signature" in failed(check_pdf(paper.replace(mine, theirs), office.trust()))


def test_a_key_outside_its_period(office: Office, paper: bytes) -> None:
    late = office.trust(valid_from=SIGNED_AT + timedelta(days=1))
    over = office.trust(valid_until=SIGNED_AT)
    assert failed(check_pdf(paper, late)) == failed(check_pdf(paper, over)) == {"person:key"}


def test_a_compromised_key(office: Office, paper: bytes) -> None:
    before = office.trust(compromised_at=SIGNED_AT - timedelta(days=1))
    after = office.trust(compromised_at=SIGNED_AT + timedelta(days=1))
    assert failed(check_pdf(paper, before)) == {"person:key"}
    assert verdict(check_pdf(paper, after)) == "valid"
    unstamped = office.sign(page(), stamped=False)
    assert failed(check_pdf(unstamped, after)) == {"person:key"}


def test_an_unknown_authority_is_unknown(office: Office, paper: bytes) -> None:
    trust = PaperTrust(roots=(), time_stamp_roots=(), keys=office.trust().keys)
    assert verdict(check_pdf(paper, trust)) == "unknown"


def test_a_revoked_certificate(office: Office, paper: bytes) -> None:
    whole = office.trust()
    serial = office.seal.certificate.serial_number
    crl = office.authority.crl({serial: SIGNED_AT - timedelta(days=1)}, SIGNED_AT)
    trust = PaperTrust(whole.roots, whole.time_stamp_roots, (crl,), whole.keys)
    assert failed(check_pdf(paper, trust)) == {"seal:certificate"}


@pytest.mark.parametrize("cut", [1, 20, 5000, 60_000])
def test_a_file_cut_short(office: Office, paper: bytes, cut: int) -> None:
    assert verdict(check_pdf(paper[:-cut], office.trust())) == "invalid"


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-1.7\nstartxref\n9\n%%EOF\n"]
)
def test_no_pdf_at_all(office: Office, data: bytes) -> None:
    assert failed(check_pdf(data, office.trust())) == {"form"}


def test_no_checks_is_not_valid() -> None:
    assert verdict([]) == "invalid"


def test_a_place_is_signed_once(office: Office) -> None:
    prepared = PreparedPdf.prepare(page())
    place = prepared.place(PERSON, at=SIGNED_AT, signer="x", reason="y", certifies=True)
    attributes, signature = office.person.sign(place.digest)
    data = place.with_signature(office.person.cms.assemble(attributes, signature))
    after = prepared.signed(PERSON, data)
    with pytest.raises(PdfError):
        after.place(PERSON, at=SIGNED_AT, signer="x", reason="y")
    with pytest.raises(PdfError):
        after.place(SEAL, at=SIGNED_AT, signer="x", reason="y", certifies=True)
    with pytest.raises(PdfError):
        PreparedPdf.prepare(data)


def test_a_signature_too_long_for_its_room() -> None:
    place = PreparedPdf.prepare(page()).place(PERSON, at=SIGNED_AT, signer="x", reason="y")
    with pytest.raises(PdfError):
        place.with_signature(b"x" * 20_000)


def test_the_altered_papers_differ(paper: bytes) -> None:
    assert len({sha256(each).digest() for each in (paper, one_byte(paper), grown(paper))}) == 3
