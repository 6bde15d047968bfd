"""Signatures put into a PDF by incremental updates: what is there already is never touched.

For pages of our own making: a classic cross-reference table, a catalogue and pages that are plain
objects, no form yet. `PreparedPdf` adds the form with one place a signature; each signature then is
one more update. Source: ISO 32000-1, 7.5.6 and 12.8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

CMS_ROOM: Final = 12_288
"""Bytes kept for a CMS: certificates up to a root and a time-stamp token."""

PERSON: Final = "NguoiKy"
SEAL: Final = "ConDau"
"""Names of the two places: the person's signature, the seal of the body."""

_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_ENTRY: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])")
_BYTE_RANGE_ROOM: Final = 60


class PdfError(Error):
    """A PDF this program did not make, or that is damaged."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A PDF with room for one signature. `digest` is the SHA-256 of all but that room."""

    data: bytes
    digest: bytes
    room: tuple[int, int]

    def with_signature(self, cms: bytes) -> bytes:
        """Return the signed PDF. Raises `PdfError` when the CMS does not fit."""
        start, end = self.room
        text = cms.hex().encode("ascii")
        if len(text) > end - start - 2:
            raise _error("cms_room", "the signature does not fit")
        filled = b"<" + text.ljust(end - start - 2, b"0") + b">"
        return self.data[:start] + filled + self.data[end:]


@dataclass(frozen=True, slots=True)
class _Trailer:
    size: int
    root: int
    info: int | None
    first_id: bytes
    xref: int


@dataclass(frozen=True, slots=True)
class PreparedPdf:
    """A PDF that is ready for signatures; made by `prepare`, then by `from_signed`."""

    data: bytes
    trailer: _Trailer
    fields: dict[str, int]
    """Number of the object of each place still empty."""
    page: int
    pending: dict[int, bytes]
    """Objects the next update writes besides the signature."""

    @classmethod
    def prepare(cls, data: bytes) -> PreparedPdf:
        """Add a form with the places `PERSON` and `SEAL`, written with the first signature.

        Raises `PdfError` for anything but a PDF of ours without a form.
        """
        trailer, offsets = _read_table(data)
        catalogue = _dictionary(data, offsets, trailer.root)
        page = _first_page(data, offsets, catalogue)
        page_dictionary = _dictionary(data, offsets, page)
        if b"/AcroForm" in catalogue or b"/Annots" in page_dictionary:
            raise _error("pdf_has_form", "the PDF has a form already")
        person, seal = trailer.size, trailer.size + 1
        form = b"/AcroForm<</Fields[%d 0 R %d 0 R]/SigFlags 3>>" % (person, seal)
        pending = {
            trailer.root: _added(catalogue, form),
            page: _added(page_dictionary, b"/Annots[%d 0 R %d 0 R]" % (person, seal)),
            seal: _field(SEAL, page, None),
        }
        grown = _Trailer(
            trailer.size + 2, trailer.root, trailer.info, trailer.first_id, trailer.xref
        )
        return cls(data, grown, {PERSON: person, SEAL: seal}, page, pending)

    def place(
        self, name: str, *, at: datetime, signer: str, reason: str, certifies: bool = False
    ) -> Placed:
        """Return the PDF with room for the signature at the place `name`.

        `at` is aware; `signer` and `reason` are shown by readers. `certifies` allows nothing but
        further signatures afterwards (DocMDP, P 2). Raises `PdfError` for a place that is taken.
        """
        if name not in self.fields:
            raise _error("pdf_place_taken", "there is no empty place of that name")
        number = self.trailer.size
        objects = dict(self.pending)
        objects[self.fields[name]] = _field(name, self.page, number)
        if certifies:
            catalogue = objects.get(self.trailer.root)
            if catalogue is None:
                raise _error("pdf_certified_late", "only the first signature certifies")
            objects[self.trailer.root] = _added(catalogue, b"/Perms<</DocMDP %d 0 R>>" % number)
        objects[number] = _signature(at, signer, reason, certifies=certifies)
        return _write(self.data, self.trailer, objects, number)

    def signed(self, name: str, data: bytes) -> PreparedPdf:
        """Return what comes after the place was filled: `data` is `Placed.with_signature(…)`."""
        trailer, _ = _read_table(data, updated=True)
        rest = {key: value for key, value in self.fields.items() if key != name}
        return PreparedPdf(data, trailer, rest, self.page, {})


def _write(data: bytes, trailer: _Trailer, objects: dict[int, bytes], signature: int) -> Placed:
    out = bytearray(data)
    if not out.endswith(b"\n"):
        out += b"\n"
    offsets = {}
    signature_at = 0
    for number in sorted(objects):
        offsets[number] = len(out)
        if number == signature:
            signature_at = len(out)
        out += b"%d 0 obj\n" % number + objects[number] + b"\nendobj\n"
    table_at = len(out)
    out += b"xref\n"
    numbers = sorted(offsets)
    while numbers:
        run = [numbers.pop(0)]
        while numbers and numbers[0] == run[-1] + 1:
            run.append(numbers.pop(0))
        out += b"%d %d\n" % (run[0], len(run))
        for number in run:
            out += b"%010d 00000 n\r\n" % offsets[number]
    info = b"" if trailer.info is None else b"/Info %d 0 R" % trailer.info
    size = max(trailer.size, max(objects) + 1)
    second = sha256(trailer.first_id + b"%d" % table_at).hexdigest()[:32].encode("ascii")
    out += b"trailer\n<</Size %d/Root %d 0 R%s/ID[<%s><%s>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer.root,
        info,
        trailer.first_id,
        second,
        trailer.xref,
        table_at,
    )
    start = out.index(b"/Contents<", signature_at) + len(b"/Contents")
    end = start + 2 * CMS_ROOM + 2
    numbers_at = out.index(b"/ByteRange[", signature_at) + len(b"/ByteRange[")
    ranges = b"0 %d %d %d]" % (start, end, len(out) - end)
    out[numbers_at : numbers_at + _BYTE_RANGE_ROOM] = ranges.ljust(_BYTE_RANGE_ROOM)
    whole = bytes(out)
    digest = sha256(memoryview(whole)[:start])
    digest.update(memoryview(whole)[end:])
    return Placed(whole, digest.digest(), (start, end))


def _signature(at: datetime, signer: str, reason: str, *, certifies: bool) -> bytes:
    if at.tzinfo is None:
        raise ValueError("`at` needs a time zone")
    zone = at.strftime("%z")
    when = f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'".encode("ascii")
    reference = b""
    if certifies:
        reference = (
            b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
            b"/TransformParams<</Type/TransformParams/P 2/V/1.2>>>>]"
        )
    return b"".join(
        (
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached",
            b"/Name", _text(signer), b"/Reason", _text(reason), b"/M(", when, b")", reference,
            b"/ByteRange[", b" " * _BYTE_RANGE_ROOM,
            b"/Contents<", b"0" * (2 * CMS_ROOM), b">>>",
        )
    )  # fmt: skip


def _field(name: str, page: int, value: int | None) -> bytes:
    filled = b"" if value is None else b"/V %d 0 R" % value
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/Rect[0 0 0 0]/F 132/P %d 0 R%s>>" % (
        name.encode("ascii"),
        page,
        filled,
    )


def _text(value: str) -> bytes:
    return b"<" + (b"\xfe\xff" + value.encode("utf-16-be")).hex().encode("ascii") + b">"


def _added(dictionary: bytes, entries: bytes) -> bytes:
    return dictionary[:-2] + entries + b">>"


def _read_table(data: bytes, *, updated: bool = False) -> tuple[_Trailer, dict[int, int]]:
    found = _START.search(data, max(0, len(data) - 1024))
    if found is None or not data.startswith(b"%PDF-"):
        raise _error("pdf_malformed", "no cross-reference table")
    at = int(found[1])
    if data[at : at + 4] != b"xref":
        raise _error("pdf_malformed", "no classic cross-reference table")
    end = data.index(b"trailer", at)
    offsets: dict[int, int] = {}
    if not updated:
        number = 0
        for line in data[at + 4 : end].split(b"\n"):
            entry = _ENTRY.match(line.strip())
            if entry is None:
                head = line.split()
                number = int(head[0]) if len(head) == 2 else number
                continue
            if entry[3] == b"n":
                offsets[number] = int(entry[1])
            number += 1
    text = data[end:]
    size, root = _number(text, rb"/Size (\d+)"), _number(text, rb"/Root (\d+) 0 R")
    if size is None or root is None:
        raise _error("pdf_malformed", "trailer")
    return _Trailer(size, root, _number(text, rb"/Info (\d+) 0 R"), _first_id(text), at), offsets


def _first_id(trailer: bytes) -> bytes:
    """Return the file's lasting identifier in hex; a file without one gets that of its trailer."""
    at = trailer.find(b"/ID[")
    if at >= 0 and trailer[at + 4 : at + 5] == b"<":
        return trailer[at + 5 : trailer.index(b">", at)]
    if at >= 0 and (found := re.match(rb"\(((?:[^()\\]|\\.)*)\)", trailer[at + 4 :])):
        return found[1].hex().encode("ascii")
    return sha256(trailer).hexdigest()[:32].encode("ascii")


def _first_page(data: bytes, offsets: dict[int, int], catalogue: bytes) -> int:
    node = _number(catalogue, rb"/Pages (\d+) 0 R")
    for _ in range(32):
        if node is None:
            break
        dictionary = _dictionary(data, offsets, node)
        kids = _number(dictionary, rb"/Kids\s*\[\s*(\d+) 0 R")
        if kids is None:
            return node
        node = kids
    raise _error("pdf_malformed", "pages")


def _dictionary(data: bytes, offsets: dict[int, int], number: int) -> bytes:
    if number not in offsets:
        raise _error("pdf_malformed", f"object {number}")
    start = offsets[number]
    end = data.find(b"endobj", start)
    head = b"%d 0 obj" % number
    body = data[start + len(head) : end].strip()
    if not data.startswith(head, start) or end < 0:
        raise _error("pdf_malformed", f"object {number}")
    if not body.startswith(b"<<") or not body.endswith(b">>"):
        raise _error("pdf_malformed", f"object {number}")
    return body


def _number(data: bytes, pattern: bytes) -> int | None:
    found = re.search(pattern, data)
    return None if found is None else int(found[1])


def _error(code: str, what: str) -> PdfError:
    return PdfError(
        code,
        Text("Tệp PDF không đúng dạng để ký.", "The PDF is not one to be signed here."),
        what=what,
    )
