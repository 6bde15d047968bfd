"""Data Integrity proofs over canonical N-Quads: `eddsa-rdfc-2022` and `ecdsa-rdfc-2019` (W3C).

What is signed is hash(proof options) ‖ hash(document), both as canonical N-Quads (RDFC-1.0). The
hash is SHA-256, or SHA-384 under a P-384 key. The canonical form of a document comes from whoever
calls; that of the usual proof options, which is one node, is written here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sogoc.kernel import nquads
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm, Multikey, MultikeyError, base58, decode
from sogoc.kernel.text import Text

EDDSA: Final = "eddsa-rdfc-2022"
ECDSA: Final = "ecdsa-rdfc-2019"
TYPE: Final = "DataIntegrityProof"
ASSERTION: Final = "assertionMethod"
SUITES: Final = {
    EDDSA: frozenset({Algorithm.ED25519}),
    ECDSA: frozenset({Algorithm.P256, Algorithm.P384}),
}
"""Which keys each suite takes."""
MEMBERS: Final = ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose")
"""The members of our proof options, in the order written."""

_DATE_TIME: Final = re.compile(
    r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_SECURITY: Final = "https://w3id.org/security#"

Sign = Callable[[bytes], bytes]
"""Signs a message; ECDSA as r ‖ s."""


class DataIntegrityError(Error):
    """Proof options that are malformed or do not fit the key."""


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """Who signs when and how; checked when made. Raises `DataIntegrityError`."""

    cryptosuite: str
    created: str
    verification_method: str
    purpose: str = ASSERTION

    def __post_init__(self) -> None:
        if self.cryptosuite not in SUITES:
            raise _error("cryptosuite")
        if not is_date_time(self.created):
            raise _error("created")
        if not nquads.is_iri(self.verification_method):
            raise _error("verificationMethod")
        if not re.fullmatch(r"[A-Za-z]+", self.purpose):
            raise _error("proofPurpose")

    def members(self) -> dict[str, str]:
        """Return the JSON members, without `proofValue`."""
        values = (TYPE, self.cryptosuite, self.created, self.verification_method, self.purpose)
        return dict(zip(MEMBERS, values, strict=True))

    def canonical(self) -> bytes:
        """Return the canonical N-Quads of these options under the contexts of VCDM 2.0."""
        created = "http://www.w3.org/2001/XMLSchema#dateTime"
        lines = (
            f'<http://purl.org/dc/terms/created> "{self.created}"^^<{created}>',
            f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{_SECURITY}{TYPE}>",
            f'<{_SECURITY}cryptosuite> "{self.cryptosuite}"^^<{_SECURITY}cryptosuiteString>',
            f"<{_SECURITY}proofPurpose> <{_SECURITY}{self.purpose}>",
            f"<{_SECURITY}verificationMethod> <{self.verification_method}>",
        )
        return "".join(f"_:c14n0 {line} .\n" for line in lines).encode()


def is_date_time(text: str) -> bool:
    """Say whether a text is a dateTime of XML Schema with its time zone."""
    return _DATE_TIME.fullmatch(text) is not None


def hash_data(canonical_options: bytes, canonical_document: bytes, algorithm: Algorithm) -> bytes:
    """Return what is signed: 64 bytes, or 96 under P-384."""
    hashing = hashlib.sha384 if algorithm is Algorithm.P384 else hashlib.sha256
    return hashing(canonical_options).digest() + hashing(canonical_document).digest()


class ProofMaker:
    """Signs many documents under the same options: their hash is taken once."""

    __slots__ = ("_head", "_members", "_sign", "options")

    def __init__(self, options: ProofOptions, algorithm: Algorithm, sign: Sign) -> None:
        """Fix options and key. Raises `DataIntegrityError` when they do not fit."""
        if algorithm not in SUITES[options.cryptosuite] or algorithm is Algorithm.P384:
            raise _error("key")
        self.options = options
        self._members = json.dumps(options.members(), separators=(",", ":"))[:-1]
        self._head = hashlib.sha256(options.canonical()).digest()
        self._sign = sign

    def value(self, canonical_document: bytes) -> str:
        """Return `proofValue` for a document's canonical N-Quads."""
        return base58(self._sign(self._head + hashlib.sha256(canonical_document).digest()))

    def proof(self, canonical_document: bytes) -> str:
        """Return the JSON text of the whole proof of a document."""
        return f'{self._members},"proofValue":"{self.value(canonical_document)}"}}'


def verifies(
    proof_value: object,
    key: Multikey,
    cryptosuite: str,
    *,
    options: bytes,
    document: bytes,
) -> bool:
    """Say whether `proofValue` signs the canonical options and document with this key.

    Raises `DataIntegrityError` for an unknown suite or a key of another suite.
    """
    if key.algorithm not in SUITES.get(cryptosuite, ()):
        raise _error("key of another suite")
    if not isinstance(proof_value, str) or not proof_value.startswith("z"):
        return False
    try:
        signature = decode(proof_value)
    except MultikeyError:
        return False
    return key.verifies(signature, hash_data(options, document, key.algorithm))


def _error(part: str) -> DataIntegrityError:
    return DataIntegrityError(
        "data_integrity_malformed",
        Text("Phần ký số của chứng thực không đúng dạng.", "The credential's proof is malformed."),
        part=part,
    )
