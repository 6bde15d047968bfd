"""Status lists: one bit (W3C Bitstring Status List) or a few (IETF Token Status List) for each.

A bitstring counts from the left: index 0 is the highest bit of the first byte, the bytes are packed
as gzip and written as multibase `u…`. A token status list counts from the right and is packed as
zlib, base64url without a prefix. Packed bytes are the same for the same bits.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import MultikeyError, base64url, decode, decode_base64url
from sogoc.kernel.text import Text

MIN_LENGTH: Final = 131_072
"""Fewest entries of a list, so that one entry hides among many (the specification's number)."""
MAX_LENGTH: Final = 2**27
"""Most entries read: what a hostile list may unpack to."""

_LEVEL: Final = 6
_GZIP: Final = 31
_ZLIB: Final = 15
_SHIFTED: Final = tuple(0x80 >> place for place in range(8))


class StatusListError(Error):
    """A list that cannot be read, or an index outside of it."""


def bitstring(length: int, indices: Iterable[int]) -> bytes:
    """Return the bits of a list of `length` entries with those at `indices` set.

    Raises `StatusListError` for a length below `MIN_LENGTH` or not in whole bytes, and for an
    index outside.
    """
    if length < MIN_LENGTH or length % 8 or length > MAX_LENGTH:
        raise _error("length")
    bits = bytearray(length // 8)
    for index in indices:
        if not 0 <= index < length:
            raise _error("index")
        bits[index >> 3] |= _SHIFTED[index & 7]
    return bytes(bits)


def encode_bitstring(bits: bytes) -> str:
    """Return `encodedList` of a BitstringStatusList."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return base64url(packer.compress(bits) + packer.flush())


def decode_bitstring(encoded: str) -> bytes:
    """Return the bits of an `encodedList`. Raises `StatusListError`."""
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise _error("encoding")
    try:
        bits = _unpack(decode(encoded), _GZIP)
    except MultikeyError:
        raise _error("encoding") from None
    if len(bits) * 8 < MIN_LENGTH:
        raise _error("length")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Say whether the entry at an index is set. Raises `StatusListError` outside of the list."""
    if not 0 <= index < 8 * len(bits):
        raise _error("index")
    return bool(bits[index >> 3] & _SHIFTED[index & 7])


def encode_tokens(length: int, values: Mapping[int, int], *, bits: int = 2) -> str:
    """Return `lst` of a Token Status List: `values` are those that are not 0, by index.

    Raises `StatusListError` for a value that `bits` (1, 2, 4 or 8) cannot hold, or an index.
    """
    if bits not in {1, 2, 4, 8} or length * bits % 8 or not 0 < length <= MAX_LENGTH:
        raise _error("length")
    packed = bytearray(length * bits // 8)
    for index, value in values.items():
        if not 0 <= index < length or not 0 <= value < 1 << bits:
            raise _error("index")
        place = index * bits
        packed[place >> 3] |= value << (place & 7)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _ZLIB)
    return base64url(packer.compress(bytes(packed)) + packer.flush())[1:]


def token_at(encoded: str, index: int, *, bits: int = 2) -> int:
    """Return the value at an index of a Token Status List. Raises `StatusListError`."""
    if bits not in {1, 2, 4, 8}:
        raise _error("length")
    try:
        packed = _unpack(decode_base64url(encoded), _ZLIB)
    except MultikeyError:
        raise _error("encoding") from None
    place = index * bits
    if index < 0 or place >= 8 * len(packed):
        raise _error("index")
    return packed[place >> 3] >> (place & 7) & ((1 << bits) - 1)


def _unpack(data: bytes, form: int) -> bytes:
    unpacker = zlib.decompressobj(form)
    try:
        bits = unpacker.decompress(data, MAX_LENGTH // 8 + 1)
    except zlib.error:
        raise _error("encoding") from None
    if len(bits) > MAX_LENGTH // 8 or not unpacker.eof or unpacker.unused_data:
        raise _error("encoding")
    return bits


def _error(part: str) -> StatusListError:
    return StatusListError(
        "status_list_malformed",
        Text("Danh sách trạng thái không đúng dạng.", "The status list is malformed."),
        part=part,
    )
