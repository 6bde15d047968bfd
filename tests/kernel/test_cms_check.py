"""Signatures under certificates made to break whoever reads them: refused, each with its code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sogoc.kernel import der
from sogoc.kernel.cms import CmsSigner
from sogoc.kernel.cms_check import CmsError, chain_state, verify_cms, verify_time_stamp

AT = datetime(2026, 6, 1, tzinfo=UTC)
ECDSA = ec.ECDSA(hashes.SHA256())
KEY = ec.derive_private_key(7, ec.SECP256R1())


def certificate(*, twice: bool = False, version: int = 2) -> x509.Certificate:
    """A certificate of our own, written anew with an extension twice or another version."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(5)
        .not_valid_before(AT - timedelta(days=9))
        .not_valid_after(AT + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(KEY, hashes.SHA256())
    )
    head, *middle, extensions = der.parse(made.tbs_certificate_bytes).children()
    each = der.parse(extensions.body).children()
    tbs = der.sequence(
        der.tlv(head.tag, der.integer(version)),
        *(part.raw for part in middle),
        der.tlv(0xA3, der.sequence(*(one.raw for one in each * (1 + twice)))),
    )
    algorithm = der.parse(made.public_bytes(Encoding.DER)).children()[1].raw
    signature = der.tlv(0x03, b"\0", KEY.sign(tbs, ECDSA))
    return x509.load_der_x509_certificate(der.sequence(tbs, algorithm, signature))


def signed(own: x509.Certificate, digest: bytes, content: bytes | None = None) -> bytes:
    kind = {} if content is None else {"content_type": "1.2.840.113549.1.9.16.1.4"}
    signer = CmsSigner(own, [], "ecdsa-p256-sha256", **kind)
    attributes = signer.signed_attributes(digest)
    return signer.assemble(attributes, KEY.sign(attributes, ECDSA), content=content)


def stamp(own: x509.Certificate, stamped: bytes, at: bytes = b"20260601000000Z") -> bytes:
    algorithm = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL)
    info = der.sequence(
        der.integer(1),
        der.oid("1.2.3"),
        der.sequence(algorithm, der.octets(sha256(stamped).digest())),
        der.integer(1),
        der.tlv(der.GENERALIZED_TIME, at),
    )
    return signed(own, sha256(info).digest(), info)


def test_a_plain_certificate_is_read() -> None:
    own = certificate()
    verified = verify_cms(signed(own, bytes(32)), bytes(32))
    assert chain_state(verified.certificate, verified.certificates, [own], (), AT) == "trusted"
    assert verify_time_stamp(stamp(own, b"x"), b"x").at == AT


def test_an_extension_twice_leads_to_nobody() -> None:
    own = certificate(twice=True)
    verified = verify_cms(signed(own, bytes(32)), bytes(32))
    assert chain_state(verified.certificate, verified.certificates, [], (), AT) == "unknown_root"


def test_a_time_stamp_under_an_unreadable_certificate() -> None:
    with pytest.raises(CmsError, match="time_stamp_certificate"):
        verify_time_stamp(stamp(certificate(twice=True), b"x"), b"x")


@pytest.mark.parametrize("year", [1, 1899, 9999])
def test_a_time_whose_day_cannot_be_counted_is_no_time_stamp(year: int) -> None:
    own = certificate()
    for good in (1900, 9000):
        assert verify_time_stamp(stamp(own, b"x", b"%04d1231230000Z" % good), b"x").at.year == good
    with pytest.raises(CmsError, match="time_stamp_malformed"):
        verify_time_stamp(stamp(own, b"x", b"%04d1231230000Z" % year), b"x")


def test_a_certificate_of_no_version() -> None:
    own = certificate()
    good, inside = signed(own, bytes(32)), own.public_bytes(Encoding.DER)
    head = der.tlv(0xA0, der.integer(2))
    bad = inside.replace(head, der.tlv(0xA0, der.integer(9)), 1)
    assert bad != inside
    with pytest.raises(CmsError, match="cms_"):
        verify_cms(good.replace(inside, bad), bytes(32))
