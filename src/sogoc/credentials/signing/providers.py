"""Where private keys are: a file (demo and development homes only), PKCS#11, somebody else's token.

A provider signs bytes with one key and hands nothing of it out. `open_provider` is called by
`requests` alone, with a request that is stored: there is no other way to a signature.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sogoc.credentials.signing.errors import KeyRefused
from sogoc.credentials.signing.models import SigningKey
from sogoc.kernel.text import Text

PIN_FILE: Final = "pkcs11-pin"
"""In the home's `keys`: the PIN of the hardware's user, readable by the home's owner alone."""

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

    _sessions: Final[dict[tuple[str, str], Any]] = {}
    _lock: Final = Lock()

    def __init__(self, locator: dict[str, str], pin: str, algorithm: str) -> None:
        """Open a session, once a token and process. Raises `KeyRefused`."""
        import pkcs11

        self._is_rsa = algorithm.startswith("rsa")
        place = (locator["module"], locator["token"])
        try:
            with self._lock:
                if place not in self._sessions:
                    token = pkcs11.lib(place[0]).get_token(token_label=place[1])
                    self._sessions[place] = token.open(user_pin=pin)
            self._key = self._sessions[place].get_key(
                object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=locator["label"]
            )
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise _refused(f"PKCS#11: {type(error).__name__}") from error
        self._mechanisms = pkcs11.Mechanism

    def sign(self, message: bytes) -> bytes:
        """Sign the SHA-256 of the message; the hash is made here, ECDSA being given one."""
        if self._is_rsa:
            return bytes(self._key.sign(message, mechanism=self._mechanisms.SHA256_RSA_PKCS))
        digest = hashes.Hash(hashes.SHA256())
        digest.update(message)
        with self._lock:  # a session serves one operation at a time
            raw = bytes(self._key.sign(digest.finalize(), mechanism=self._mechanisms.ECDSA))
        half = len(raw) // 2
        return encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )


def open_provider(key: SigningKey, *, home: Path, is_playground: bool) -> Provider:
    """Return the key, ready to sign. Raises `KeyRefused`: elsewhere, not here, or not reachable."""
    if key.provider == "remote":
        raise KeyRefused(
            "key_elsewhere",
            Text(
                f"Khóa {key.number} do người ký giữ; hãy ký bằng thiết bị của người đó.",
                f"The key {key.number} is kept by its holder and signs on the holder's own device.",
            ),
            key=key.number,
        )
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
    pin = (home / "keys" / PIN_FILE).read_text("utf-8").strip()
    return Pkcs11Provider(key.locator, pin, key.algorithm)


def key_file(home: Path, number: str) -> Path:
    """Return where a file key lies."""
    return home / "keys" / "papers" / f"{number}.pem"


_ECDSA: Final = ec.ECDSA(hashes.SHA256())


def _refused(why: str) -> KeyRefused:
    return KeyRefused(
        "key_unreachable",
        Text(f"Không dùng được khóa ký ({why}).", f"The signing key cannot be used ({why})."),
    )
