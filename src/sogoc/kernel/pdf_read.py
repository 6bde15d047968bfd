"""Reading PDFs strictly enough to judge them: revisions, objects, signatures, attached files.

Classic cross-reference tables only, as in the papers this program makes; encryption and object
streams are refused. What cannot be read is an error, never a guess. Source: ISO 32000-1.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sogoc.kernel.pdf_update import PdfError, _error

MOST_BYTES: Final = 64_000_000
"""Length of all attached files together, unpacked."""

_START: Final = re.compile(rb"startxref\s+(\d{1,20})\s+%%EOF[\r\n]*$")
_TOKEN: Final = re.compile(
    rb"\s*(?:(?P<ref>(\d+) (\d+) R(?![A-Za-z]))|(?P<number>[+-]?\d*\.?\d+)"
    rb"|/(?P<name>[^\s()<>\[\]{}/%]*)"
    rb"|(?P<word>true|false|null)|(?P<open><<)|(?P<close>>>)|(?P<list>\[)|(?P<end>\])"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<string>\())"
)
_STREAM: Final = re.compile(rb"\s*stream\r?\n")
_END: Final = re.compile(rb"\s*endobj\b")
_END_STREAM: Final = re.compile(rb"\s*endstream\s*endobj\b")
_BLANKS: Final = b" \t\r\n"
_TAIL: Final = re.compile(rb"\s*startxref\s+(\d{1,20})\s+%%EOF\r?\n?")
_TABLE: Final = re.compile(rb"xref ?\r?\n")
_SECTION: Final = re.compile(rb"(\d{1,10}) (\d{1,10}) ?\r?\n")
_ENTRY: Final = re.compile(rb"(?:(\d{10}) 00000 n|\d{10} \d{5} f)(?: \r| \n|\r\n)")
"""Twenty bytes each, as the format has it: other readers rebuild a table that deviates."""
_DEEPEST: Final = 60
_MOST_SIGNATURES: Final = 50
"""Two, and an archive time-stamp every few years."""
_LONGEST_NUMBER: Final = 40
"""Characters of a number or a reference: Python refuses to read very long ones."""


class Ref(NamedTuple):
    """A reference to another object."""

    number: int
    generation: int


class Name(str):
    """A name such as `/Type`, without its slash."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of the file, from `start` to `end`; `offsets` are of the objects it wrote itself.

    `table` is where its cross-reference table begins.
    """

    start: int
    table: int
    end: int
    offsets: Mapping[int, int]
    freed: frozenset[int]
    trailer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignatureSpot:
    """A signature: what its dictionary says, the CMS, and the SHA-256 of what it covers."""

    dictionary: Mapping[str, Any]
    cms: bytes
    digest: bytes
    covered: bytes
    end: int


class PdfReader:
    """A PDF and its revisions, the oldest first. Raises `PdfError`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.revisions = self._read_revisions()

    @cached_property
    def root(self) -> int:
        """Number of the catalogue."""
        root = self.revisions[-1].trailer.get("Root")
        if not isinstance(root, Ref):
            raise _error("pdf_malformed", "catalogue")
        return root.number

    def object(self, number: int, revision: int = -1) -> Any:
        """Return an object as a revision has it; a stream is its dictionary."""
        return self._at(number, revision)[0]

    def resolve(self, value: Any, revision: int = -1) -> Any:
        """Return what a reference leads to, anything else as it is."""
        return self.object(value.number, revision) if isinstance(value, Ref) else value

    def is_stream(self, number: int, revision: int = -1) -> bool:
        """Return whether an object is a stream: its dictionary does not say all of it."""
        value, end = self._at(number, revision)
        return isinstance(value, dict) and _STREAM.match(self.data, end) is not None

    def stream(self, number: int, most: int = MOST_BYTES, *, revision: int = -1) -> bytes:
        """Return the content of a stream, unpacked. Raises `PdfError`, also beyond `most` bytes."""
        dictionary, end = self._at(number, revision)
        found = _STREAM.match(self.data, end)
        length = None
        if isinstance(dictionary, dict):
            length = self.resolve(dictionary.get("Length"), revision)
        if found is None or not isinstance(length, int):
            raise _error("pdf_malformed", f"stream {number}")
        raw = self.data[found.end() : found.end() + length]
        if dictionary.get("Filter") is None:
            if len(raw) > most:
                raise _error("pdf_too_large", f"stream {number}")
            return raw
        if dictionary["Filter"] not in (Name("FlateDecode"), [Name("FlateDecode")]):
            raise _error("pdf_malformed", f"filter of {number}")
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(raw, most + 1)
        except zlib.error:
            raise _error("pdf_malformed", f"stream {number}") from None
        if len(content) > most:
            raise _error("pdf_too_large", f"stream {number}")
        return content

    def stray(self, number: int) -> int | None:
        """Return where an update holds anything but the objects it lists, None if nowhere.

        `number` is that of the revision. What stands between objects is found by readers that
        search a file for objects instead of believing its table.
        """
        revision = self.revisions[number]
        at = revision.start
        for each, offset in sorted(revision.offsets.items(), key=lambda item: item[1]):
            if self.data[at:offset].strip(_BLANKS):
                return at
            value, end = self._at(each, number)
            content = _STREAM.match(self.data, end)
            if content is not None:
                length = self.resolve(value.get("Length"), number)
                if not isinstance(length, int) or length < 0:
                    return offset
                end = content.end() + length
            found = (_END_STREAM if content else _END).match(self.data, end)
            if found is None:
                return offset
            at = found.end()
        return at if self.data[at : revision.table].strip(_BLANKS) else None

    def signatures(self) -> list[SignatureSpot]:
        """Return the signatures in the form's fields, in the order in which they were made.

        Raises `PdfError` for one whose byte range is not the whole file up to some point but for
        its own place.
        """
        form = self.resolve(self.object(self.root).get("AcroForm")) or {}
        values = [self.resolve(field).get("V") for field in self.resolve(form.get("Fields")) or []]
        signed = [value.number for value in values if isinstance(value, Ref)]
        if len(signed) != len(set(signed)) or len(signed) > _MOST_SIGNATURES:
            raise _error("pdf_malformed", "fields")
        return sorted(map(self._spot, signed), key=lambda spot: spot.end)

    def attachments(self) -> dict[str, bytes]:
        """Return the files attached, by name. Raises `PdfError`, also when they are too much."""
        names = self.resolve(self.object(self.root).get("Names")) or {}
        found: dict[str, bytes] = {}
        tree = self.resolve(names.get("EmbeddedFiles")) or {}
        self._walk_names(tree, found, set())
        return found

    # --- inside

    def _walk_names(self, node: Mapping[str, Any], found: dict[str, bytes], seen: set[Ref]) -> None:
        for kid in self.resolve(node.get("Kids")) or []:
            if not isinstance(kid, Ref) or kid in seen or len(seen) > _DEEPEST:
                raise _error("pdf_malformed", "names")
            seen.add(kid)
            self._walk_names(self.resolve(kid), found, seen)
        for spec in (self.resolve(node.get("Names")) or [])[1::2]:
            file = self.resolve(spec)
            name = file.get("UF") or file.get("F")
            stream = self.resolve(file.get("EF") or {}).get("F")
            if isinstance(stream, Ref) and isinstance(name, bytes):
                if _decoded(name) in found:
                    raise _error("pdf_malformed", "a file attached twice")
                left = MOST_BYTES - sum(map(len, found.values()))
                found[_decoded(name)] = self.stream(stream.number, left)

    def _spot(self, number: int) -> SignatureSpot:
        dictionary, _ = self._at(number, -1)
        ranges = dictionary.get("ByteRange")
        if (
            not isinstance(ranges, list)
            or len(ranges) != 4
            or not all(isinstance(each, int) for each in ranges)
        ):
            raise _error("pdf_byte_range", "not four numbers")
        zero, first, second, length = ranges
        end = second + length
        place = self.data[first:second]
        if zero or not 0 < first < second < end <= len(self.data):
            raise _error("pdf_byte_range", "not the file")
        if place[:1] != b"<" or place[-1:] != b">" or end not in {r.end for r in self.revisions}:
            raise _error("pdf_byte_range", "the hole is not the signature")
        contents = dictionary.get("Contents")
        try:
            hole = bytes.fromhex(place[1:-1].decode("ascii"))
        except ValueError:
            raise _error("pdf_byte_range", "the hole is not the signature") from None
        # Written one way (all small or all capital letters), so that no byte changes unnoticed.
        written = hole.hex()
        if contents != hole or place[1:-1].decode("ascii") not in (written, written.upper()):
            raise _error("pdf_byte_range", "the hole is another signature's")
        covered = self.data[:first] + self.data[second:end]
        return SignatureSpot(dictionary, hole, sha256(covered).digest(), covered, end)

    def _read_revisions(self) -> list[Revision]:
        found = _START.search(self.data, max(0, len(self.data) - 64))
        if not self.data.startswith(b"%PDF-") or found is None:
            raise _error("pdf_malformed", "end of file")
        revisions: list[Revision] = []
        at: int | None = int(found[1])
        seen: set[int] = set()
        while at is not None:
            if at in seen or len(seen) > 200 or not 0 <= at < len(self.data):
                raise _error("pdf_malformed", "revisions")
            seen.add(at)
            offsets, freed, trailer, after = self._table(at)
            tail = _TAIL.match(self.data, after)
            if tail is None or int(tail[1]) != at:
                raise _error("pdf_malformed", "end of a revision")
            revisions.insert(0, Revision(0, at, tail.end(), offsets, freed, trailer))
            at = trailer.get("Prev")
            if "XRefStm" in trailer or "Encrypt" in trailer:
                raise _error("pdf_malformed", "kind of file")
        starts = [0, *(revision.end for revision in revisions)]
        if starts != sorted(starts) or starts[-1] != len(self.data):
            raise _error("pdf_malformed", "order of revisions")
        revisions = [
            replace(revision, start=start)
            for revision, start in zip(revisions, starts, strict=False)
        ]
        for revision in revisions:
            within = range(revision.start, revision.table)
            if any(offset not in within for offset in revision.offsets.values()):
                raise _error("pdf_malformed", "an object outside its revision")
        return revisions

    def _table(self, at: int) -> tuple[dict[int, int], frozenset[int], dict[str, Any], int]:
        start = _TABLE.match(self.data, at)
        if start is None:
            raise _error("pdf_malformed", "cross-reference table")
        offsets: dict[int, int] = {}
        freed: set[int] = set()
        place = start.end()
        while section := _SECTION.match(self.data, place):
            first, count, place = int(section[1]), int(section[2]), section.end()
            for number in range(first, first + count):
                entry = _ENTRY.match(self.data, place)
                if entry is None or number in offsets or number in freed:
                    raise _error("pdf_malformed", "cross-reference table")
                if entry[1] is None:
                    freed.add(number)
                else:
                    offsets[number] = int(entry[1])
                place = entry.end()
        if not self.data.startswith(b"trailer", place):
            raise _error("pdf_malformed", "cross-reference table")
        trailer, after = _parse(self.data, place + len(b"trailer"))
        if not isinstance(trailer, dict):
            raise _error("pdf_malformed", "trailer")
        return offsets, frozenset(freed), trailer, after

    def _at(self, number: int, revision: int) -> tuple[Any, int]:
        states = self.revisions[
            : len(self.revisions) + revision + 1 if revision < 0 else revision + 1
        ]
        for state in reversed(states):
            if number in state.offsets:
                head = b"%d 0 obj" % number
                offset = state.offsets[number]
                if not self.data.startswith(head, offset):
                    raise _error("pdf_malformed", f"object {number}")
                return _parse(self.data, offset + len(head))
        return None, 0


def _parse(  # noqa: PLR0911, PLR0912, C901 - one branch a kind of value
    data: bytes, at: int, depth: int = 0
) -> tuple[Any, int]:
    token = _TOKEN.match(data, at)
    if token is None or depth > _DEEPEST:
        raise _error("pdf_malformed", f"byte {at}")
    kind, end = token.lastgroup, token.end()
    if len(token["ref"] or token["number"] or b"") > _LONGEST_NUMBER:
        raise _error("pdf_malformed", f"byte {at}")
    if kind == "ref" or token["ref"] is not None:
        return Ref(int(token[2]), int(token[3])), end
    if kind == "number":
        text = token["number"]
        return (float(text) if b"." in text else int(text)), end
    if kind == "name":
        return Name(token["name"].decode("latin-1")), end
    if kind == "word":
        return {b"true": True, b"false": False, b"null": None}[token["word"]], end
    if kind == "hex":
        digits = b"".join(token["hex"].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")), end
    if kind == "string":
        return _string(data, end)
    if kind == "list":
        values: list[Any] = []
        while not (close := re.compile(rb"\s*\]").match(data, end)):
            value, end = _parse(data, end, depth + 1)
            values.append(value)
        return values, close.end()
    if kind == "open":
        entries: dict[str, Any] = {}
        while not (close := re.compile(rb"\s*>>").match(data, end)):
            key, end = _parse(data, end, depth + 1)
            if not isinstance(key, Name) or key in entries:
                raise _error("pdf_malformed", f"byte {at}")
            entries[key], end = _parse(data, end, depth + 1)
        return entries, close.end()
    raise _error("pdf_malformed", f"byte {at}")


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    out, level = bytearray(), 1
    escapes = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    while at < len(data):
        byte = data[at : at + 1]
        at += 1
        if byte == b"\\":
            octal = re.compile(rb"[0-7]{1,3}").match(data, at)
            if octal:
                out.append(int(octal[0], 8) & 255)
                at = octal.end()
            else:
                out += escapes.get(data[at : at + 1], data[at : at + 1])
                at += 1
            continue
        level += (byte == b"(") - (byte == b")")
        if not level:
            return bytes(out), at
        out += byte
    raise _error("pdf_malformed", "a string without end")


def _decoded(text: bytes) -> str:
    if text.startswith(b"\xfe\xff"):
        return text[2:].decode("utf-16-be", "replace")
    return text.decode("utf-8", "replace") if text.isascii() else text.decode("latin-1")


__all__ = ["MOST_BYTES", "Name", "PdfError", "PdfReader", "Ref", "Revision", "SignatureSpot"]
