"""What comes after the first signature, under a time-stamp anybody may get: nothing may be hidden.

Each file is whole for our checks but for what it adds; what other programs make of it is asked.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sogoc.credentials.documents.press import Press
from sogoc.credentials.documents.samples import sample
from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfError, PdfReader
from sogoc.kernel.xmp import metadata
from tests.credentials.documents.test_pasted_codes import contents
from tests.credentials.documents.test_pdf import failed, stamped, updated
from tests.kernel.test_pdf_check import body_of, trailer_with
from tests.papers import SIGNED_AT, Office

FORGED = "KẺ MẠO DANH"


def new_number(data: bytes) -> int:
    return int(PdfReader(data).revisions[-1].trailer["Size"])


def forged_page(data: bytes) -> bytes:
    """The object that draws the page, drawing another name."""
    other = Press().print(
        "certificate", {**sample("certificate"), "full_name": FORGED}, at=SIGNED_AT
    )
    drawn = PdfReader(other).stream(contents(PdfReader(other)))
    number = contents(PdfReader(data))
    return b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, len(drawn), drawn,
    )  # fmt: skip


def with_gap(data: bytes, gap: bytes, entry: Callable[[int, int], bytes]) -> bytes:
    """An update of one empty object, something in front of it that its table does not list."""
    reader, number = PdfReader(data), new_number(data)
    out = data + gap
    at = len(out)
    out += b"%d 0 obj\n<<>>\nendobj\n" % number
    table = len(out)
    previous = int(re.findall(rb"startxref\n(\d+)", data)[-1])
    return out + entry(number, at) + (
        b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (number + 1, reader.root, previous, table)
    )  # fmt: skip


TABLES: dict[str, Callable[[int, int], bytes]] = {
    "short entries": lambda number, at: b"xref\n%d 1\n%d 0 n\n" % (number, at),
    "one line": lambda number, at: b"xref %d 1 %d 0 n " % (number, at),
    "a plus": lambda number, at: b"xref\n+%d 1\n%010d 00000 n\r\n" % (number, at),
    "an underscore": lambda number, at: b"xref\n%d 1\n%010d 00_00 n\r\n" % (number, at),
    "a word": lambda number, at: b"xref\n%d 1\n%010d zzzzz n\r\n" % (number, at),
    "a generation": lambda number, at: b"xref\n%d 1\n%010d 00001 n\r\n" % (number, at),
    "an object twice": lambda number, at: (
        b"xref\n%d 1\n%010d 00000 n\r\n%d 1\n%010d 00000 n\r\n" % (number, at, number, at)
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_others_would_rebuild(office: Office, paper: bytes, name: str) -> None:
    """Readers that cannot read a table search the file for objects, and find other ones."""
    forged = with_gap(paper, forged_page(paper), TABLES[name])
    with pytest.raises(PdfError):
        PdfReader(forged)
    assert verdict(check_pdf(forged, office.trust())) == "invalid"


def test_others_do_show_what_such_a_table_hides(paper: bytes, tmp_path: Path) -> None:
    """Why: the page that mutool draws is the forged one."""

    def drawn(data: bytes) -> str:
        file = tmp_path / "paper.pdf"
        file.write_bytes(data)
        words = ["mutool", "draw", "-F", "txt", file]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout

    assert "H'Nguyệt Bkrông" in drawn(paper)
    forged = drawn(with_gap(paper, forged_page(paper), TABLES["short entries"]))
    assert "CỘNG HÒA" in forged
    assert "H'Nguyệt Bkrông" not in forged


def good_table(number: int, at: int) -> bytes:
    return b"xref\n%d 1\n%010d 00000 n\r\n" % (number, at)


@pytest.mark.parametrize("gap", ["page", "words", "comment"])
def test_bytes_between_the_objects_of_an_update(office: Office, paper: bytes, gap: str) -> None:
    hidden = {"page": forged_page(paper), "words": b"hidden\n", "comment": b"% hidden\n"}[gap]
    forged = stamped(office, with_gap(paper, hidden, good_table))
    assert failed(check_pdf(forged, office.trust())) == {"unchanged"}


@pytest.mark.parametrize(
    "body",
    [
        b"<</Hidden(yes)>>",
        b"<</Type/Page/Parent 1 0 R>>",
        b"(x) (y)",
        b"<</Length 1>>\nstream\nabc",
    ],
)
def test_an_object_that_nothing_leads_to(office: Office, paper: bytes, body: bytes) -> None:
    forged = stamped(office, updated(paper, {new_number(paper): body}))
    assert failed(check_pdf(forged, office.trust())) == {"unchanged"}


@pytest.mark.parametrize(
    "place",
    [
        b"/Subtype/Ink/FT/Sig/Rect[0 0 0 0]/InkList[[0 0 800 500]]/C[1 0 0]",
        b"/Subtype/FreeText/FT/Sig/Rect[0 0 0 0]/Contents(Hi)",
        b"/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/AP<</N 1 0 R>>",
        b"/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/#52ect[0 0 500 500]",
        b"/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/#41A<</PV<</S/JavaScript/JS(1)>>>>",
        b"/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/TU(Loai gioi)",
        b"/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/V<</Type/Sig/Name(Bo GDDT)>>",
    ],
)
def test_what_is_no_place_of_a_signature(office: Office, paper: bytes, place: bytes) -> None:
    """Drawn, or acting, under the name of a signature; names spelt another way too."""
    reader, number = PdfReader(paper), new_number(paper)
    form = reader.object(reader.root)["AcroForm"]["Fields"]
    on = reader.object(form[0].number)["P"].number
    shown = re.sub(rb"/Annots\[([^\]]*)\]", rb"/Annots[\1 %d 0 R]" % number, body_of(paper, on))
    forged = updated(paper, {on: shown, number: b"<</Type/Annot%s>>" % place})
    assert failed(check_pdf(stamped(office, forged), office.trust())) == {"unchanged"}


@pytest.mark.parametrize(
    "entry",
    [
        b"/DSS<</S/JavaScript/JS(1)>>",
        b"/Version<</S/JavaScript>>",
        b"/OpenAction<</S/JavaScript/JS(1)>>",
        b"/OCProperties<</OCGs[]/D<<>>>>",
    ],
)
def test_entries_of_the_catalogue(office: Office, paper: bytes, entry: bytes) -> None:
    root = PdfReader(paper).root
    forged = updated(paper, {root: body_of(paper, root)[:-2] + entry + b">>"})
    assert failed(check_pdf(stamped(office, forged), office.trust())) == {"unchanged"}


def test_another_title(office: Office, paper: bytes) -> None:
    """Readers show the title of a tagged paper in the head of their window."""
    reader, number = PdfReader(paper), new_number(paper)
    info = reader.revisions[-1].trailer["Info"].number
    body = b"<</Title(Bang tien si)>>"
    assert failed(check_pdf(stamped(office, updated(paper, {info: body})), office.trust())) == {
        "unchanged"
    }
    xmp = reader.object(reader.root)["Metadata"].number
    text = reader.stream(xmp)
    other = text.replace("Chứng chỉ".encode(), "Bằng tiến sĩ".encode())
    assert other != text
    body = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (
        len(other), other,
    )  # fmt: skip
    assert failed(check_pdf(stamped(office, updated(paper, {xmp: body})), office.trust())) == {
        "unchanged"
    }
    named = trailer_with(
        updated(paper, {number: b"<</Title(Bang tien si)>>"}), b"/Info %d 0 R" % number
    )
    with pytest.raises(PdfError):  # its trailer names two
        PdfReader(trailer_with(named, b"/Info %d 0 R" % number))
    assert "unchanged" in failed(check_pdf(stamped(office, named), office.trust()))


def test_the_time_alone_may_be_another_in_a_description(paper: bytes) -> None:
    reader = PdfReader(paper)
    text = reader.stream(reader.object(reader.root)["Metadata"].number)
    later = re.sub(rb"(<xmp:ModifyDate>)[^<]*", rb"\g<1>2030-01-01T00:00:00Z", text)
    assert later != text
    assert metadata(later) == metadata(text)
    named = re.sub(rb"(<xmp:CreatorTool>)[^<]*", rb"\g<1>Khac", text)
    assert metadata(named) != metadata(text)
    declared = b"<?xml version='1.0' encoding='%s'?>" + text
    assert metadata(declared.replace(b"%s", b"UTF-8")) == metadata(text)
    entity = "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a [<!ENTITY t 'T'>]><a>&t;</a>"
    for bad in (
        b"<!DOCTYPE a>" + text, b"", b"<a>" * 50 + b"</a>" * 50, text[:-30], b"x" * 10**6,
        declared.replace(b"%s", b"nonsense"), declared.replace(b"%s", b"hex"),
        declared.replace(b"%s", b"iso-8859-1"), entity.encode("utf-16"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="XMP"):
            metadata(bad)


# --- files made to take time and memory -----------------------------------------------------------


def bare(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects, the catalogue first."""
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n" + b"".join(
        b"%d 1\n%010d 00000 n\r\n" % (number, offset) for number, offset in offsets.items()
    )
    size = max(objects) + 1
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, table)
    return bytes(out)


def test_names_that_branch_without_end() -> None:
    """Two to the power of sixty ways through sixty small objects."""
    tree = {each: b"<</Kids[%d 0 R %d 0 R]>>" % (each + 1, each + 1) for each in range(2, 62)}
    data = bare({1: b"<</Names<</EmbeddedFiles 2 0 R>>>>", **tree, 62: b"<<>>"})
    started = time.monotonic()
    with pytest.raises(PdfError):
        PdfReader(data).attachments()
    assert time.monotonic() - started < 5


def test_one_signature_in_thousands_of_fields() -> None:
    """Each would take the whole file once more."""
    signature = b"<</ByteRange[0 %010d %010d %010d]/Contents<00>>>"
    objects = {
        1: b"<</AcroForm<</Fields[" + b"2 0 R " * 20_000 + b"]>>>>",
        2: b"<</V 3 0 R>>",
        3: signature % (0, 0, 0),
    }
    data = bare(objects)
    at = data.index(b"/Contents<00>") + len(b"/Contents")
    data = data.replace(signature % (0, 0, 0), signature % (at, at + 4, len(data) - at - 4))
    with pytest.raises(PdfError, match="pdf_malformed"):
        PdfReader(data).signatures()
