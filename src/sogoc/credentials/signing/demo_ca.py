"""The certificate authority of demo and development homes: root, keys, CRL, time-stamps.

Everything it issues says "thử nghiệm" in its name. Its files lie in the home's `keys/papers`; a
real home never has them. Dates are wide, as a demo home lives on any business date.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sogoc.kernel import cms, der
from sogoc.kernel.cms_check import ID_TST_INFO

SINCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2049, 12, 31, tzinfo=UTC)
_POLICY: Final = "1.3.6.1.4.1.32473.1"  # RFC 5612: a number for examples
_ROOT: Final = "Sổ Gốc CA thử nghiệm"
_STAMPER: Final = "Sổ Gốc dấu thời gian thử nghiệm"


@dataclass(frozen=True, slots=True)
class DemoAuthority:
    """The authority of one home; `make` it or find it there."""

    folder: Path

    @classmethod
    def of(cls, home: Path) -> DemoAuthority:
        """Return the authority of a home, made on first use."""
        authority = cls(home / "keys" / "papers")
        authority.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (authority.folder / "tsa.pem").exists():
            authority._make()
        return authority

    @property
    def root(self) -> x509.Certificate:
        """The certificate everything leads to."""
        return x509.load_pem_x509_certificate((self.folder / "ca.pem").read_bytes())

    @property
    def stamper(self) -> x509.Certificate:
        """The certificate of the time-stamp authority."""
        return x509.load_pem_x509_certificate((self.folder / "tsa.pem").read_bytes())

    def issue(self, name: str, body: str, key: ec.EllipticCurvePublicKey) -> x509.Certificate:
        """Certify a key of a person or a body for signatures."""
        subject = _name(name, body)
        return self._certify(subject, key, usage=None)

    def crl(self, revoked: dict[int, datetime], at: datetime) -> x509.CertificateRevocationList:
        """Return the list of revoked certificates: serial number → since when."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(at)
            .next_update(at + timedelta(days=7))
        )
        for serial, since in sorted(revoked.items()):
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key("ca.key"), hashes.SHA256())

    def time_stamp(self, message: bytes, at: datetime) -> bytes:
        """Return an RFC 3161 token over the SHA-256 of the message."""
        return self.time_stamp_digest(sha256(message).digest(), at)

    def time_stamp_digest(self, digest: bytes, at: datetime) -> bytes:
        """Return an RFC 3161 token over a SHA-256: what `DemoStamper` hands out."""
        imprint = der.sequence(der.sequence(der.oid(cms.ID_SHA256)), der.octets(digest))
        info = der.sequence(
            der.integer(1), der.oid(_POLICY), imprint, der.integer(secrets.randbits(63)),
            der.tlv(der.GENERALIZED_TIME, f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode("ascii")),
        )  # fmt: skip
        signer = cms.CmsSigner(self.stamper, [], "ecdsa-p256-sha256", content_type=ID_TST_INFO)
        attributes = signer.signed_attributes(sha256(info).digest())
        signature = self._key("tsa.key").sign(attributes, ec.ECDSA(hashes.SHA256()))
        return signer.assemble(attributes, signature, content=info)

    def _make(self) -> None:
        root = ec.generate_private_key(ec.SECP256R1())
        name = _name(_ROOT, "Sổ Gốc (thử nghiệm / demo)")
        certificate = (
            _builder(name, name, root.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(root.public_key()), False)
            .sign(root, hashes.SHA256())
        )
        self._write("ca.key", _pem(root))
        self._write("ca.pem", certificate.public_bytes(Encoding.PEM))
        stamper = ec.generate_private_key(ec.SECP256R1())
        subject = _name(_STAMPER, "Sổ Gốc (thử nghiệm / demo)")
        stamp = self._certify(
            subject, stamper.public_key(), usage=ExtendedKeyUsageOID.TIME_STAMPING
        )
        self._write("tsa.key", _pem(stamper))
        self._write("tsa.pem", stamp.public_bytes(Encoding.PEM))

    def _certify(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        usage: x509.ObjectIdentifier | None,
    ) -> x509.Certificate:
        root = self.root
        builder = (
            _builder(subject, root.subject, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self._key("ca.key").public_key()
                ),
                False,
            )
        )
        if usage is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return builder.sign(self._key("ca.key"), hashes.SHA256())

    def _key(self, name: str) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key((self.folder / name).read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - written by `_make`
        return key

    def _write(self, name: str, data: bytes) -> None:
        write_secret(self.folder / name, data)


def write_secret(file: Path, data: bytes) -> None:
    """Write a file once, for its owner's eyes; one that is there already stays."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()


def new_key_pem() -> bytes:
    """Return a new P-256 key in PEM."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(name: str, body: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(body)),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(name)),
        ]
    )


def _short(text: str) -> str:
    """Cut to what a name in a certificate may hold: 64 bytes, whole letters."""
    return text.encode()[:64].decode(errors="ignore").rstrip()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
