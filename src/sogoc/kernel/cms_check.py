"""Reading and verifying CMS signatures and RFC 3161 time-stamps, certificates and CRLs.

Offline and strict: one signer, SHA-256, ECDSA or RSA, signing-certificate-v2 demanded, and what no
signature covers has the one form it can have, so that no byte can differ. Trust is the caller's:
roots, CRLs and the moment at which all has to hold.
Source: RFC 5652, RFC 5035, RFC 3161, RFC 5280 (as far as our chains go).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256, sha384, sha512
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sogoc.kernel import cms, der
from sogoc.kernel.der import DerError, Element
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

ID_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
ID_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
_DIGESTS: Final = {
    der.oid("2.16.840.1.101.3.4.2.1"): (sha256, hashes.SHA256),
    der.oid("2.16.840.1.101.3.4.2.2"): (sha384, hashes.SHA384),
    der.oid("2.16.840.1.101.3.4.2.3"): (sha512, hashes.SHA512),
}
_LONGEST_CHAIN: Final = 6
_YEARS: Final = range(1900, 9001)
"""A time-stamp of another year is none: at the ends of the calendar there are no other zones."""
_ECDSA: Final = {
    der.oid("1.2.840.10045.4.3.2"): hashes.SHA256,
    der.oid("1.2.840.10045.4.3.3"): hashes.SHA384,
    der.oid("1.2.840.10045.4.3.4"): hashes.SHA512,
}
_RSA: Final = {
    der.oid(cms.ID_RSA): None,
    der.oid(cms.ID_RSA_SHA256): hashes.SHA256,
    der.oid("1.2.840.113549.1.1.12"): hashes.SHA384,
    der.oid("1.2.840.113549.1.1.13"): hashes.SHA512,
}
"""Signature algorithms of a kind of key, and the hash that each names."""
_UNREADABLE: Final = (
    ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.ExtensionNotFound, x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""What `cryptography` raises for certificates it cannot read: they come from whoever signs."""

ChainState = Literal["trusted", "unknown_root", "expired", "revoked", "broken", "no_crl"]


class CmsError(Error):
    """A signature that is malformed or does not verify; `code` says which."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that fits what it signs: whose it is, and the time-stamp over it."""

    certificate: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    signature: bytes
    time_stamp_token: bytes | None


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A time-stamp that fits: when, by whom."""

    at: datetime
    certificate: x509.Certificate
    certificates: tuple[x509.Certificate, ...]


def verify_cms(encoded: bytes, digest: bytes) -> Verified:
    """Verify a detached CMS against the SHA-256 of what it signs.

    `encoded` may be followed by zeros. Raises `CmsError`.
    """
    signed = _read(encoded)
    if signed.content is not None:
        raise _error("cms_not_detached")
    try:
        return _verify(signed, digest, cms.ID_DATA)
    except _UNREADABLE:
        raise _error("cms_malformed") from None


def verify_time_stamp(token: bytes, stamped: bytes) -> TimeStamp:
    """Verify an RFC 3161 token over these bytes (a signature's value, a file).

    Raises `CmsError`.
    """
    signed = _read(token)
    if signed.content is None or signed.content_type != der.oid(ID_TST_INFO):
        raise _error("time_stamp_malformed")
    info = _parsed(signed.content)
    try:
        _, _, imprint, _, made, *_ = info.expect(der.SEQUENCE).children()
        algorithm, value = imprint.children()
        digest = _DIGESTS[algorithm.children()[0].raw][0]
        at = datetime.strptime(
            made.expect(der.GENERALIZED_TIME).body.decode("ascii").split(".")[0].rstrip("Z"),
            "%Y%m%d%H%M%S",
        ).replace(tzinfo=UTC)
    except (DerError, ValueError, KeyError, IndexError):
        raise _error("time_stamp_malformed") from None
    if at.year not in _YEARS:
        raise _error("time_stamp_malformed")
    if value.body != digest(stamped).digest():
        raise _error("time_stamp_of_something_else")
    try:
        verified = _verify(signed, None, ID_TST_INFO)
        usage = verified.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except _UNREADABLE:
        raise _error("time_stamp_certificate") from None
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise _error("time_stamp_certificate")
    return TimeStamp(at, verified.certificate, verified.certificates)


def load_certificate(encoded: bytes) -> x509.Certificate:
    """Return a certificate from outside (DER). Raises `ValueError`, also for a serial below 1."""
    try:
        fields = der.parse(encoded).children()[0].children()
        serial = fields[1 if fields[0].tag == 0xA0 else 0].number()
    except (DerError, IndexError):
        raise ValueError("certificate") from None
    if serial < 1:  # RFC 5280, 4.1.2.2; the library would only warn
        raise ValueError("serial")
    try:
        return x509.load_der_x509_certificate(encoded)
    except x509.InvalidVersion:
        raise ValueError("version") from None


def chain_state(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    roots: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
    at: datetime,
    *,
    needs_crl: bool = False,
) -> ChainState:
    """Say whether the certificate leads to one of the roots and held at `at`.

    A CRL counts when an issuer on the way signed it; a certificate revoked later than `at` held.
    With `needs_crl` every issuer on the way must have one, else `no_crl`.
    """
    above = [*roots, *others]
    current, state = certificate, "trusted"
    for depth in range(_LONGEST_CHAIN):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            return "expired"
        if current in roots:
            return "trusted" if state == "trusted" else "no_crl"
        issuer = next((each for each in above if _issued(each, current)), None)
        if issuer is None:
            return "unknown_root" if depth < _LONGEST_CHAIN else "broken"
        lists = [each for each in crls if _is_crl_of(each, issuer)]
        for each in lists:
            entry = each.get_revoked_certificate_by_serial_number(current.serial_number)
            if entry is not None and entry.revocation_date_utc <= at:
                return "revoked"
        if needs_crl and not lists:
            state = "no_crl"
        current = issuer
    return "broken"


# --- inside ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Signed:
    content_type: bytes
    content: bytes | None
    certificates: tuple[x509.Certificate, ...]
    issuer: bytes
    serial: int
    digest_algorithm: bytes
    attributes: Element
    signature_algorithm: bytes
    signature: bytes
    token: bytes | None


def _read(encoded: bytes) -> _Signed:
    try:
        whole = der.parse_start(encoded).expect(der.SEQUENCE)
        if encoded[len(whole.raw) :].strip(b"\0"):
            raise _error("cms_malformed")
        kind, wrapped = whole.children()
        if kind.raw != der.oid(cms.ID_SIGNED_DATA):
            raise _error("cms_malformed")
        whole = der.parse(wrapped.expect(0xA0).body).expect(der.SEQUENCE)
        version, algorithms, content, *rest = whole.children()
        content_type, *body = content.expect(der.SEQUENCE).children()
        inner = der.parse(body[0].expect(0xA0).body).expect(der.OCTETS).body if body else None
        certificates = tuple(
            load_certificate(each.raw)
            for part in rest
            if part.tag == 0xA0
            for each in part.children()
            if each.tag == der.SEQUENCE
        )
        (signer,) = rest[-1].expect(der.SET).children()
        own, sid, digest, attributes, algorithm, signature, *unsigned = signer.expect(
            der.SEQUENCE
        ).children()
        name, serial = sid.expect(der.SEQUENCE).children()
        digests = [_algorithm(each) for each in algorithms.expect(der.SET).children()]
        versions = (1 if content_type.raw == der.oid(cms.ID_DATA) else 3, 1)  # RFC 5652, 5.1, 5.3
        if (version.number(), own.number()) != versions or digests != [_algorithm(digest)]:
            raise _error("cms_malformed")
        return _Signed(
            content_type.raw, inner, certificates, name.raw, serial.number(), digests[0],
            attributes.expect(0xA0), _algorithm(algorithm), signature.expect(der.OCTETS).body,
            _token(unsigned),
        )  # fmt: skip
    except (DerError, IndexError, *_UNREADABLE):
        raise _error("cms_malformed") from None


def _algorithm(element: Element) -> bytes:
    """Return the name of an algorithm that has no parameters. Raises `DerError`, `ValueError`."""
    name, *parameters = element.expect(der.SEQUENCE).children()
    if [each.raw for each in parameters] not in ([], [der.NULL]):
        raise ValueError("parameters")
    return name.raw


def _token(unsigned: Sequence[Element]) -> bytes | None:
    """Return the time-stamp, the one thing a signature may bear that it does not cover."""
    if not unsigned:
        return None
    (part,) = unsigned
    (attribute,) = part.expect(0xA1).children()
    name, values = attribute.expect(der.SEQUENCE).children()
    if name.raw != der.oid(cms.ID_TIME_STAMP_TOKEN):
        raise _error("cms_malformed")
    (token,) = values.expect(der.SET).children()
    return token.raw


def _verify(signed: _Signed, digest: bytes | None, content_type: str) -> Verified:
    """Check digest, attributes and signature; `digest` None takes it from the content inside."""
    if signed.digest_algorithm not in _DIGESTS:
        raise _error("cms_algorithm")
    hasher, algorithm = _DIGESTS[signed.digest_algorithm]
    if digest is None:
        digest = hasher(signed.content or b"").digest()
    try:
        values = {
            name.raw: value.children()
            for name, value in (each.children() for each in signed.attributes.children())
        }
        told = values[der.oid(cms.ID_MESSAGE_DIGEST)][0].expect(der.OCTETS).body
        kind = values[der.oid(cms.ID_CONTENT_TYPE)][0].raw
    except (DerError, ValueError, KeyError, IndexError):
        raise _error("cms_malformed") from None
    if told != digest:
        raise _error("cms_digest")
    if kind != der.oid(content_type) or signed.content_type != kind:
        raise _error("cms_content_type")
    certificate = _own_certificate(signed)
    _check_signing_certificate(values, certificate)
    text = b"\x31" + signed.attributes.raw[1:]  # signed as a SET, stored as [0]
    if not _fits(certificate, signed, text, algorithm()):
        raise _error("cms_signature")
    return Verified(certificate, signed.certificates, signed.signature, signed.token)


def _own_certificate(signed: _Signed) -> x509.Certificate:
    for each in signed.certificates:
        if each.serial_number == signed.serial and each.issuer.public_bytes() == signed.issuer:
            return each
    raise _error("cms_certificate_missing")


def _check_signing_certificate(
    values: dict[bytes, list[Element]], certificate: x509.Certificate
) -> None:
    """Without it, a signature could be said to be of another certificate with the same key."""
    try:
        if found := values.get(der.oid(cms.ID_SIGNING_CERTIFICATE_V2)):
            first = found[0].children()[0].children()[0].children()
            algorithm: hashes.HashAlgorithm = hashes.SHA256()
            if first[0].tag == der.SEQUENCE:
                algorithm = _DIGESTS[first[0].children()[0].raw][1]()
                first = first[1:]
            good = first[0].expect(der.OCTETS).body == certificate.fingerprint(algorithm)
        elif found := values.get(der.oid(ID_SIGNING_CERTIFICATE)):
            told = found[0].children()[0].children()[0].children()[0].body
            good = told == certificate.fingerprint(hashes.SHA1())  # noqa: S303 - RFC 2634 fixes it
        else:
            good = False
    except (DerError, KeyError, IndexError):
        raise _error("cms_malformed") from None
    if not good:
        raise _error("cms_signing_certificate")


def _fits(
    certificate: x509.Certificate, signed: _Signed, text: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    key, name = certificate.public_key(), signed.signature_algorithm
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and _ECDSA.get(name) is type(algorithm):
            key.verify(signed.signature, text, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and _RSA.get(name, 0) in {None, type(algorithm)}:
            key.verify(signed.signature, text, padding.PKCS1v15(), algorithm)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        if not constraints.value.ca:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *_UNREADABLE):
        return False
    return True


def _is_crl_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    if crl.issuer != issuer.subject or not isinstance(
        key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    ):
        return False
    return crl.is_signature_valid(key)


def _parsed(data: bytes) -> Element:
    try:
        return der.parse(data)
    except DerError:
        raise _error("time_stamp_malformed") from None


def _error(code: str) -> CmsError:
    return CmsError(code, Text("Chữ ký số không khớp.", "The digital signature does not fit."))
