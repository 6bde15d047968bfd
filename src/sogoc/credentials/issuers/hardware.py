"""Keys in hardware (PKCS#11): one session a token and process, nothing of a private key leaves it.

A locator names `module` (the hardware's library), `token` (its label) and `label` (the key's). The
PIN lies in the home's `keys`, readable by the home's owner alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sogoc.credentials.issuers.errors import HardwareRefused
from sogoc.kernel.text import Text

PIN_FILE: Final = "pkcs11-pin"
"""In the home's `keys`: the PIN of the hardware's user."""

_POINTS: Final = {34: b"\x04\x20", 67: b"\x04\x41"}
"""Length of an EC point in its DER octet string, and how that begins."""
_sessions: Final[dict[tuple[int, str, str], Any]] = {}
_lock: Final = Lock()


class HardwareKey:
    """A private key on a token, ready to sign."""

    def __init__(self, locator: Mapping[str, str], pin: str) -> None:
        """Find the key. Raises `HardwareRefused`."""
        import pkcs11

        self._locator = dict(locator)
        self._pkcs11 = pkcs11
        try:
            with _lock:
                self._session = _session(locator["module"], locator["token"], pin)
                self._key = self._session.get_key(
                    object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=locator["label"]
                )
                self.kind: str = pkcs11.KeyType(self._key.key_type).name
        except KeyError as error:
            raise _refused(f"PKCS#11: {error}") from error
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise _refused(f"PKCS#11: {type(error).__name__}") from error

    def sign(self, message: bytes) -> bytes:
        """Sign: Ed25519 the message itself, others its SHA-256; ECDSA as r ‖ s, RSA PKCS#1 v1.5.

        Raises `HardwareRefused`.
        """
        mechanism = self._pkcs11.Mechanism
        if self.kind == "EC_EDWARDS":
            how = mechanism.EDDSA
        elif self.kind == "RSA":
            how = mechanism.SHA256_RSA_PKCS
        else:  # ECDSA is given a hash
            how, digest = mechanism.ECDSA, hashes.Hash(hashes.SHA256())
            digest.update(message)
            message = digest.finalize()
        try:
            with _lock:  # a session serves one operation at a time
                return bytes(self._key.sign(message, mechanism=how))
        except (self._pkcs11.PKCS11Error, RuntimeError) as error:
            raise _refused(f"PKCS#11: {type(error).__name__}") from error

    def public_key(self) -> Ed25519PublicKey | ec.EllipticCurvePublicKey:
        """Return the public half, Ed25519 or P-256. Raises `HardwareRefused`."""
        kinds = self._pkcs11
        try:
            with _lock:
                public = self._session.get_key(
                    object_class=kinds.ObjectClass.PUBLIC_KEY, label=self._locator["label"]
                )
                point = bytes(public[kinds.Attribute.EC_POINT])
        except (kinds.PKCS11Error, RuntimeError) as error:
            raise _refused(f"PKCS#11: {type(error).__name__}") from error
        if point.startswith(_POINTS.get(len(point), b"-")):
            point = point[2:]
        try:
            if self.kind == "EC_EDWARDS":
                return Ed25519PublicKey.from_public_bytes(point)
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as error:
            raise _refused("Ed25519, P-256") from error


def pin_of(home: Path) -> str:
    """Return the PIN of the home's hardware. Raises `HardwareRefused` where none is kept."""
    try:
        return (home / "keys" / PIN_FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        raise _refused(f"keys/{PIN_FILE}") from None


def _session(module: str, token: str, pin: str) -> Any:
    import pkcs11

    place = (os.getpid(), module, token)
    if place not in _sessions:
        _sessions[place] = pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)
    return _sessions[place]


def _refused(why: str) -> HardwareRefused:
    return HardwareRefused(
        "hardware_unreachable",
        Text(f"Không dùng được khóa trong thiết bị ({why}).", f"The key cannot be used ({why})."),
    )
