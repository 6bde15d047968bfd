"""Compact JSON Web Signatures (RFC 7515) with EdDSA (Ed25519) and ES256: all a token list needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sogoc.kernel import canonical
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm, Multikey, MultikeyError, base64url, decode_base64url
from sogoc.kernel.text import Text

ALGORITHMS: Final = {Algorithm.ED25519: "EdDSA", Algorithm.P256: "ES256"}
LONGEST: Final = 64_000_000
"""Characters of a token that are read."""

Sign = Callable[[bytes], bytes]


class JwsError(Error):
    """A token that is malformed, or whose signature is not of the key given."""


def sign(
    header: Mapping[str, Any], payload: Mapping[str, Any], algorithm: Algorithm, signer: Sign
) -> str:
    """Return the token; `alg` is added to the header. ECDSA signs as r ‖ s. Raises `JwsError`."""
    if algorithm not in ALGORITHMS:
        raise _error("algorithm")
    head = _part({**header, "alg": ALGORITHMS[algorithm]})
    signed = f"{head}.{_part(payload)}"
    return f"{signed}.{base64url(signer(signed.encode('ascii')))[1:]}"


def header_of(token: str) -> dict[str, Any]:
    """Return the header, which nobody has verified. Raises `JwsError`."""
    return _members(token.partition(".")[0])


def verify(token: str, key: Multikey, *, kind: str) -> dict[str, Any]:
    """Return the payload of a token of a `typ` signed by this key. Raises `JwsError`."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3:
        raise _error("layout")
    header, expected = _members(parts[0]), ALGORITHMS.get(key.algorithm)
    if expected is None or header.get("alg") != expected or header.get("typ") != kind:
        raise _error("header")
    if "crit" in header:
        raise _error("crit")
    if not key.verifies(_raw(parts[2]), f"{parts[0]}.{parts[1]}".encode()):
        raise _error("signature")
    return _members(parts[1])


def _part(members: Mapping[str, Any]) -> str:
    return base64url(canonical.dumps(members))[1:]


def _raw(text: str) -> bytes:
    try:
        return decode_base64url(text)
    except MultikeyError:
        raise _error("base64url") from None


def _members(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_raw(text))
    except (ValueError, RecursionError):
        raise _error("json") from None
    if not isinstance(found, dict):
        raise _error("json")
    return found


def _error(part: str) -> JwsError:
    return JwsError(
        "jws_not_verified",
        Text("Mã thông báo có chữ ký không hợp lệ.", "The signed token is not valid."),
        part=part,
    )
