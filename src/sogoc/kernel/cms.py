"""CMS signatures for PAdES baseline B (ETSI EN 319 142-1): detached, with signing-certificate-v2.

One `CmsSigner` a key holds everything that does not change from one signature to the next, so that
a batch costs one hash and one signature each. It never holds a private key: what is to be signed
comes out (`signed_attributes`), what was signed goes in (`assemble`).
Source: RFC 5652, RFC 5035.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sogoc.kernel import der

Algorithm = Literal["ecdsa-p256-sha256", "rsa-pkcs1-sha256"]

ID_DATA: Final = "1.2.840.113549.1.7.1"
ID_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
ID_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
ID_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
ID_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
ID_TIME_STAMP_TOKEN: Final = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an OID
ID_SHA256: Final = "2.16.840.1.101.3.4.2.1"
ID_ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
ID_RSA_SHA256: Final = "1.2.840.113549.1.1.11"
ID_RSA: Final = "1.2.840.113549.1.1.1"

_ALGORITHM: Final[dict[Algorithm, bytes]] = {
    "ecdsa-p256-sha256": der.sequence(der.oid(ID_ECDSA_SHA256)),
    "rsa-pkcs1-sha256": der.sequence(der.oid(ID_RSA_SHA256), der.NULL),
}
_SHA256: Final = der.sequence(der.oid(ID_SHA256))


class CmsSigner:
    """Makes CMS signatures of one certificate: everything but the signing itself."""

    def __init__(
        self,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate],
        algorithm: Algorithm,
        *,
        content_type: str = ID_DATA,
    ) -> None:
        """`chain` holds the certificates above; a root among them is left out.

        `content_type` is another than data for time-stamp tokens alone.
        """
        kind = der.oid(content_type)
        own = certificate.public_bytes(Encoding.DER)
        # A root says nothing here: who trusts it has it.
        others = [c.public_bytes(Encoding.DER) for c in chain if c.issuer != c.subject]
        issuer = certificate.issuer.public_bytes()
        serial = der.integer(certificate.serial_number)
        self._certificates = der.tlv(0xA0, *dict.fromkeys([own, *others]))
        self._signer_head = der.integer(1) + der.sequence(issuer, serial) + _SHA256
        self._algorithm = _ALGORITHM[algorithm]
        names = der.sequence(der.tlv(0xA4, issuer))
        certificate_id = der.sequence(der.octets(sha256(own).digest()), der.sequence(names, serial))
        self._content_type = _attribute(ID_CONTENT_TYPE, kind)
        self._signing_certificate = _attribute(
            ID_SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(certificate_id))
        )
        self._digest_head = der.oid(ID_MESSAGE_DIGEST)
        self._kind = kind
        self._version = der.integer(1 if content_type == ID_DATA else 3)  # RFC 5652, 5.1
        self._digests = der.tlv(der.SET, _SHA256)

    def signed_attributes(self, digest: bytes) -> bytes:
        """Return what is signed for a document with this SHA-256: a SET OF attributes."""
        if len(digest) != 32:
            raise ValueError("a SHA-256 has 32 bytes")
        return der.set_of(
            self._content_type,
            der.sequence(self._digest_head, der.tlv(der.SET, der.octets(digest))),
            self._signing_certificate,
        )

    def assemble(
        self,
        attributes: bytes,
        signature: bytes,
        time_stamp_token: bytes | None = None,
        *,
        content: bytes | None = None,
    ) -> bytes:
        """Return the CMS (DER) of `signed_attributes` and the signature over them.

        `signature` is DER for ECDSA, plain for RSA; `time_stamp_token` an RFC 3161 token over it,
        which makes the signature B-T. With `content` it is not detached.
        """
        unsigned = b""
        if time_stamp_token is not None:
            unsigned = der.tlv(0xA1, _attribute(ID_TIME_STAMP_TOKEN, time_stamp_token))
        inside = [] if content is None else [der.tlv(0xA0, der.octets(content))]
        signer = der.sequence(
            self._signer_head,
            b"\xa0" + attributes[1:],  # [0] IMPLICIT SET
            self._algorithm,
            der.octets(signature),
            unsigned,
        )
        signed = der.sequence(
            self._version, self._digests, der.sequence(self._kind, *inside), self._certificates,
            der.tlv(der.SET, signer),
        )  # fmt: skip
        return der.sequence(der.oid(ID_SIGNED_DATA), der.tlv(0xA0, signed))


def _attribute(name: str, value: bytes) -> bytes:
    return der.sequence(der.oid(name), der.tlv(der.SET, value))
