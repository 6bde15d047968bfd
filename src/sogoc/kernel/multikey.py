"""Public keys as text (Multikey of W3C Controlled Identifiers) and the encodings they stand in.

`z` is base58btc, `u` is base64url without padding. Three kinds of key, told apart by their first
two bytes: Ed25519, P-256 and P-384, the latter two as compressed points.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

LONGEST: Final = 200
"""Longest base58 text read, in characters: its cost grows with the square."""

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_PAIR: Final = 58 * 58
_CHUNK: Final = 58**10
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


class MultikeyError(Error):
    """A text that is no multibase, or a key that cannot be one of ours."""


class Algorithm(StrEnum):
    """What a key signs with."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"


_PREFIXES: Final = {
    Algorithm.ED25519: b"\xed\x01",
    Algorithm.P256: b"\x80\x24",
    Algorithm.P384: b"\x81\x24",
}
_CURVES: Final[dict[Algorithm, tuple[type[ec.EllipticCurve], int]]] = {
    Algorithm.P256: (ec.SECP256R1, 32),
    Algorithm.P384: (ec.SECP384R1, 48),
}
PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class Multikey:
    """A public key; `str()` gives its text `z…`. `raw` is 32 bytes, or a compressed point."""

    algorithm: Algorithm
    raw: bytes

    def __post_init__(self) -> None:
        self.public_key()

    @classmethod
    def parse(cls, text: str) -> Multikey:
        """Read `z…`. Raises `MultikeyError`."""
        data = decode(text) if text.startswith("z") else b""
        for algorithm, prefix in _PREFIXES.items():
            if data.startswith(prefix):
                return cls(algorithm, data[len(prefix) :])
        raise _malformed("key")

    @classmethod
    def of(cls, key: PublicKey) -> Multikey:
        """Return the key of a `cryptography` object. Raises `MultikeyError` for other curves."""
        if isinstance(key, Ed25519PublicKey):
            return cls(Algorithm.ED25519, key.public_bytes_raw())
        for algorithm, (curve, _size) in _CURVES.items():
            if isinstance(key.curve, curve):
                raw = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
                return cls(algorithm, raw)
        raise _malformed("curve")

    def __str__(self) -> str:
        return base58(_PREFIXES[self.algorithm] + self.raw)

    def public_key(self) -> PublicKey:
        """Return the key to verify with. Raises `MultikeyError` for a point off the curve."""
        try:
            if self.algorithm is Algorithm.ED25519:
                return Ed25519PublicKey.from_public_bytes(self.raw)
            curve, size = _CURVES[self.algorithm]
            if len(self.raw) != size + 1:
                raise _malformed("key length")
            return ec.EllipticCurvePublicKey.from_encoded_point(curve(), self.raw)
        except ValueError:
            raise _malformed("key") from None

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Say whether a signature is this key's; of ECDSA it is r ‖ s, each as long as the field.

        P-256 hashes with SHA-256, P-384 with SHA-384.
        """
        key = self.public_key()
        try:
            if isinstance(key, Ed25519PublicKey):
                key.verify(signature, message)
                return True
            size = _CURVES[self.algorithm][1]
            if len(signature) != 2 * size:
                return False
            r, s = (int.from_bytes(half, "big") for half in (signature[:size], signature[size:]))
            hashing = hashes.SHA256() if self.algorithm is Algorithm.P256 else hashes.SHA384()
            key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashing))
        except (InvalidSignature, ValueError):
            return False
        return True


def raw_ecdsa(signature: bytes, algorithm: Algorithm) -> bytes:
    """Return r ‖ s of an ECDSA signature in DER."""
    size = _CURVES[algorithm][1]
    r, s = utils.decode_dss_signature(signature)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def base58(data: bytes) -> str:
    """Return the multibase text `z…` of bytes."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    parts: list[str] = []
    while number:
        number, low = divmod(number, _CHUNK)
        low, first = divmod(low, _PAIR)
        low, second = divmod(low, _PAIR)
        low, third = divmod(low, _PAIR)
        low, fourth = divmod(low, _PAIR)
        parts.append(_PAIRS[low] + _PAIRS[fourth] + _PAIRS[third] + _PAIRS[second] + _PAIRS[first])
    return f"z{'1' * zeros}{''.join(reversed(parts)).lstrip('1')}"


def base64url(data: bytes) -> str:
    """Return the multibase text `u…` of bytes."""
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of a multibase text `z…` or `u…`. Raises `MultikeyError`."""
    if text.startswith("z"):
        return _decode58(text[1:])
    if text.startswith("u"):
        return decode_base64url(text[1:])
    raise _malformed("multibase")


def decode_base64url(text: str) -> bytes:
    """Read base64url without padding in its one spelling. Raises `MultikeyError`."""
    if not _BASE64URL.fullmatch(text):
        raise _malformed("base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _malformed("base64url") from None
    if base64url(raw)[1:] != text:
        raise _malformed("base64url")
    return raw


def _decode58(text: str) -> bytes:
    if len(text) > LONGEST:
        raise _malformed("length")
    number = 0
    try:
        for character in text:
            number = number * 58 + _VALUES[character]
    except KeyError:
        raise _malformed("base58") from None
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _malformed(part: str) -> MultikeyError:
    return MultikeyError(
        "multikey_malformed",
        Text("Khóa hoặc chữ ký không đúng dạng.", "The key or signature text is malformed."),
        part=part,
    )
