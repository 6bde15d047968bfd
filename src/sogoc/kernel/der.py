"""DER: as much of it as signatures on papers need, written and read strictly.

Only definite lengths of the shortest form and single-byte tags are known; everything else is
refused. Source: ITU-T X.690.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

INTEGER: Final = 0x02
OCTETS: Final = 0x04
NULL: Final = b"\x05\x00"
OID: Final = 0x06
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31


class DerError(Error):
    """Bytes that are not DER, or not the DER that was expected."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one element: tag, length, the parts joined."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    if size < 0x100:
        return bytes((tag, 0x81, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE of encoded elements."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """Return a SET OF, its elements in the order DER demands."""
    return tlv(SET, *sorted(parts))


def octets(value: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTETS, value)


def integer(value: int) -> bytes:
    """Return an INTEGER, not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@lru_cache(maxsize=64)
def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER such as `1.2.840.113549.1.7.2`."""
    first, second, *rest = map(int, dotted.split("."))
    body = bytearray()
    for number in (first * 40 + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | number & 0x7F)
        body += bytes(reversed(groups))
    return tlv(OID, bytes(body))


@dataclass(frozen=True, slots=True)
class Element:
    """One element read: its tag, what is in it, and all its bytes."""

    tag: int
    body: bytes
    raw: bytes

    def children(self) -> list[Element]:
        """Return the elements inside. Raises `DerError`."""
        return list(elements(self.body))

    def expect(self, tag: int) -> Element:
        """Return the element itself when its tag is this one. Raises `DerError`."""
        if self.tag != tag:
            raise _malformed("tag")
        return self

    def number(self) -> int:
        """Return the value of an INTEGER. Raises `DerError`."""
        self.expect(INTEGER)
        if not self.body:
            raise _malformed("integer")
        return int.from_bytes(self.body, "big", signed=True)


def parse(data: bytes) -> Element:
    """Return the one element the bytes are. Raises `DerError`, also for bytes left over."""
    element, end = _read(data, 0)
    if end != len(data):
        raise _malformed("bytes after the end")
    return element


def parse_start(data: bytes) -> Element:
    """Return the element the bytes begin with, whatever follows. Raises `DerError`."""
    return _read(data, 0)[0]


def elements(data: bytes) -> Iterator[Element]:
    """Yield the elements that stand one after another. Raises `DerError`."""
    at = 0
    while at < len(data):
        element, at = _read(data, at)
        yield element


def _read(data: bytes, at: int) -> tuple[Element, int]:
    if at + 2 > len(data):
        raise _malformed("cut short")
    tag, size, start = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise _malformed("tag of several bytes")
    if size & 0x80:
        count = size & 0x7F
        length = data[start : start + count]
        start += count
        size = int.from_bytes(length, "big")
        if not 1 <= count <= 4 or len(length) != count or size < 0x80 or not length[0]:
            raise _malformed("length")
    end = start + size
    if end > len(data):
        raise _malformed("cut short")
    return Element(tag, data[start:end], data[at:end]), end


def _malformed(part: str) -> DerError:
    return DerError(
        "der_malformed",
        Text("Dữ liệu chữ ký không đúng dạng.", "The signature's data are malformed."),
        part=part,
    )
