"""Where private keys are: a file (demo and development homes only), PKCS#11, somebody else's token.

A provider signs bytes with one key and hands nothing of it out. `open_provider` is called by
`requests` alone, with a request that is stored: there is no other way to a signature.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sogoc.credentials.issuers.api import HardwareKey, HardwareRefused, pin_of
from sogoc.credentials.signing.errors import KeyRefused
from sogoc.credentials.signing.models import SigningKey
from sogoc.kernel.text import Text

FILE_WARNING: Final = Text(
    "Khóa ký nằm trong tệp: chỉ để thử, chữ ký không có giá trị pháp lý.",
    "The signing key lies in a file: for trying out only, its signatures have no legal value.",
)


class Provider(Protocol):
    """A private key that signs; `sign` returns DER for ECDSA, plain for RSA."""

    def sign(self, message: bytes) -> bytes:
        """Sign the SHA-256 of the message."""


class FileProvider:
    """A key in a PEM file under the home's `keys/papers`."""

    def __init__(self, file: Path) -> None:
        """Read the key once: reading an RSA key costs more than signing with it."""
        key = load_pem_private_key(file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise _refused("kind of key")
        self._key = key

    def sign(self, message: bytes) -> bytes:
        """Sign the SHA-256 of the message."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(message, _ECDSA)


class Pkcs11Provider:
    """A key in hardware: `locator` names `module` (library), `token` and `label`."""

    def __init__(self, locator: dict[str, str], pin: str, algorithm: str) -> None:
        """Open a session, once a token and process. Raises `KeyRefused`."""
        self._is_rsa = algorithm.startswith("rsa")
        try:
            self._key = HardwareKey(locator, pin)
        except HardwareRefused as error:
            raise KeyRefused("key_unreachable", error.message) from error

    def sign(self, message: bytes) -> bytes:
        """Sign the SHA-256 of the message."""
        try:
            made = self._key.sign(message)
        except HardwareRefused as error:
            raise KeyRefused("key_unreachable", error.message) from error
        return made if self._is_rsa else der_of(made)


def open_provider(key: SigningKey, *, home: Path, is_playground: bool) -> Provider:
    """Return the key, ready to sign. Raises `KeyRefused`: elsewhere, not here, or not reachable."""
    if key.provider == "remote":
        raise key_elsewhere(key.number)
    if key.provider == "file":
        if not is_playground:
            raise KeyRefused(
                "file_key_in_earnest",
                Text(
                    "Khóa trong tệp chỉ dùng trong bản thử.",
                    "Keys in files serve demo and development homes only.",
                ),
                key=key.number,
            )
        return FileProvider(key_file(home, key.number))
    try:
        pin = pin_of(home)
    except HardwareRefused as error:
        raise KeyRefused("key_unreachable", error.message) from error
    return Pkcs11Provider(key.locator, pin, key.algorithm)


def der_of(raw: bytes) -> bytes:
    """Return an ECDSA signature r ‖ s, as hardware gives it, in DER."""
    half = len(raw) // 2
    return encode_dss_signature(
        int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    )


def key_elsewhere(number: str) -> KeyRefused:
    """Return the refusal of a key on its holder's own device, to raise or to show."""
    return KeyRefused(
        "key_elsewhere",
        Text(
            f"Khóa {number} do người ký giữ: sogoc keys prepare, ký trên thiết bị của người đó, "
            "rồi sogoc keys assemble.",
            f"The key {number} signs on its holder's own device: sogoc keys prepare, sign there, "
            "then sogoc keys assemble.",
        ),
        key=number,
    )


def key_file(home: Path, number: str) -> Path:
    """Return where a file key lies."""
    return home / "keys" / "papers" / f"{number}.pem"


_ECDSA: Final = ec.ECDSA(hashes.SHA256())


def _refused(why: str) -> KeyRefused:
    return KeyRefused(
        "key_unreachable",
        Text(f"Không dùng được khóa ký ({why}).", f"The signing key cannot be used ({why})."),
    )
