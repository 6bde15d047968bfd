"""Forged updates of a signed paper under anybody's time-stamp, and files made to break a reader."""

from __future__ import annotations

import re
import zlib

import pytest

from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import MOST_BYTES, PdfError, PdfReader
from tests.credentials.documents import test_pdf
from tests.credentials.documents.test_pdf import failed, stamped, updated
from tests.papers import SIGNED_AT, Office, page


def body_of(data: bytes, number: int) -> bytes:
    """Return an object as it was written last."""
    start = data.rindex(b"\n%d 0 obj\n" % number) + len(b"\n%d 0 obj\n" % number)
    return data[start : data.index(b"\nendobj", start)]


def new_pages(data: bytes) -> tuple[int, dict[int, bytes]]:
    """Return the number of the tree of pages, and it with another page in place of the signed."""
    reader = PdfReader(data)
    pages = reader.object(reader.root)["Pages"].number
    size = reader.revisions[-1].trailer["Size"]
    return pages, {
        pages: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % size,
        size: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 500 500]>>" % pages,
    }


def with_entry(data: bytes, entry: bytes) -> dict[int, bytes]:
    """Return the catalogue with one entry more."""
    root = PdfReader(data).root
    return {root: body_of(data, root)[:-2] + entry + b">>"}


def trailer_with(data: bytes, entry: bytes) -> bytes:
    """Put an entry into the newest trailer."""
    at = data.rindex(b"trailer\n<<") + len(b"trailer\n<<")
    return data[:at] + entry + data[at:]


def test_pages_replaced_under_the_name_of_later_evidence(office: Office, paper: bytes) -> None:
    """The catalogue calls the tree of pages its DSS, which later data may replace."""
    pages, forged = new_pages(paper)
    named = with_entry(paper, b"/DSS %d 0 R" % pages)
    assert failed(check_pdf(stamped(office, updated(paper, forged | named)), office.trust())) == {
        "unchanged"
    }
    two_steps = updated(updated(paper, named), forged)
    assert failed(check_pdf(stamped(office, two_steps), office.trust())) == {"unchanged"}


def test_pages_replaced_under_the_name_of_the_description(
    office: Office, paper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trailers call the tree of pages their Info."""
    pages, forged = new_pages(paper)

    def with_info(data: bytes, objects: dict[int, bytes]) -> bytes:
        return trailer_with(updated(data, objects), b"/Info %d 0 R" % pages)

    monkeypatch.setattr(test_pdf, "updated", with_info)
    data = stamped(office, with_info(paper, forged))
    assert failed(check_pdf(data, office.trust())) == {"unchanged"}
    named_first = stamped(office, with_info(with_info(paper, with_entry(paper, b"")), forged))
    assert failed(check_pdf(named_first, office.trust())) == {"unchanged"}


def test_a_page_in_the_guise_of_a_signature(office: Office, paper: bytes) -> None:
    """An object that is new, evidence and place of a signature at once; then seen."""
    reader = PdfReader(paper)
    size = reader.revisions[-1].trailer["Size"]
    form = reader.object(reader.root)["AcroForm"]["Fields"]
    fields = b" ".join(b"%d 0 R" % each.number for each in form)
    hidden = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/F 132>>"
    root = body_of(paper, reader.root)[:-2].replace(fields, fields + b" %d 0 R" % size)
    data = updated(paper, {size: hidden, reader.root: root + b"/DSS %d 0 R>>" % size})
    assert failed(check_pdf(stamped(office, data), office.trust())) == {"unchanged"}
    shown = hidden.replace(b"[0 0 0 0]", b"[0 0 500 500]")
    data = updated(data, {size: shown})
    assert failed(check_pdf(stamped(office, data), office.trust())) == {"unchanged"}


def test_a_place_that_acts(office: Office, paper: bytes) -> None:
    reader = PdfReader(paper)
    size = reader.revisions[-1].trailer["Size"]
    form = reader.object(reader.root)["AcroForm"]["Fields"]
    fields = b" ".join(b"%d 0 R" % each.number for each in form)
    acting = b"<</FT/Sig/T(x)/Rect[0 0 0 0]/AA<</PV<</S/JavaScript/JS(app.alert\\(1\\))>>>>>>"
    root = body_of(paper, reader.root).replace(fields, fields + b" %d 0 R" % size)
    data = updated(paper, {size: acting, reader.root: root})
    assert failed(check_pdf(stamped(office, data), office.trust())) == {"unchanged"}


def test_an_object_that_was_pointed_to_and_missing(office: Office, paper: bytes) -> None:
    """What signed content may have left open is not filled in later."""
    data = updated(paper, {0: b"<</Type/X>>"})
    assert "unchanged" in failed(check_pdf(stamped(office, data), office.trust()))


def test_another_catalogue(office: Office, paper: bytes) -> None:
    """A catalogue of its own, with the signed form and pages nobody signed."""
    reader = PdfReader(paper)
    pages, forged = new_pages(paper)
    size = max(forged) + 1
    tree = forged.pop(pages)
    own = body_of(paper, reader.root).replace(b"/Pages %d 0 R" % pages, b"/Pages %d 0 R" % size)
    data = updated(paper, {**forged, size: tree, size + 1: own})
    at = data.rindex(b"/Root %d 0 R" % reader.root)
    data = data[:at] + data[at:].replace(
        b"/Root %d 0 R" % reader.root, b"/Root %d 0 R" % (size + 1)
    )
    assert "unchanged" in failed(check_pdf(stamped(office, data), office.trust()))


def test_a_form_with_a_page_of_its_own(office: Office, paper: bytes) -> None:
    """An XFA form beside the signatures, which some readers show instead of the page."""
    root = PdfReader(paper).root
    body = re.sub(rb"/AcroForm\s*<<", b"/AcroForm<</XFA(template)", body_of(paper, root))
    assert b"/XFA" in body
    data = stamped(office, updated(paper, {root: body}))
    assert failed(check_pdf(data, office.trust())) == {"unchanged"}


@pytest.mark.parametrize("number", [b"9" * 5000, b"-" + b"9" * 5000, b"1" + b"0" * 400 + b".5"])
def test_a_number_without_end(office: Office, paper: bytes, number: bytes) -> None:
    for entry in (b"/Prev ", b"/Size ", b"/X "):
        root = PdfReader(paper).root
        data = trailer_with(updated(paper, {root: body_of(paper, root)}), entry + number)
        assert verdict(check_pdf(data, office.trust())) == "invalid"


def test_many_names_for_one_file_that_unpacks_to_much(paper: bytes) -> None:
    """A small file may not grow to gigabytes in memory."""
    reader = PdfReader(paper)
    size = reader.revisions[-1].trailer["Size"]
    packed = zlib.compress(bytes(MOST_BYTES - 1), 9)
    stream = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
    names = b"".join(
        b"(n%d)<</UF(n%d)/EF<</F %d 0 R>>>>" % (each, each, size) for each in range(200)
    )
    root = b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[" + names + b"]>>>>>>"
    data = updated(paper, {size: stream, reader.root: root})
    with pytest.raises(PdfError, match="pdf_too_large"):
        PdfReader(data).attachments()


def test_the_day_of_signing_is_that_of_viet_nam(office: Office) -> None:
    """After midnight there it is still the day before in UTC."""
    night = SIGNED_AT.replace(hour=17, minute=30)
    for with_stamp in (True, False):
        said = check_pdf(office.sign(page(), at=night, stamped=with_stamp), office.trust())
        times = [each.why for each in said if each.name.endswith(":time")]
        assert len(times) == 2
        assert all("02/06/2026" in why.vi and "2026-06-02" in why.en for why in times)
