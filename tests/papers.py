"""Papers for tests: printed from the real templates, signed by a demo authority, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from sogoc.kernel.cms import CmsSigner
from sogoc.kernel.pdf_check import PaperTrust, TrustedKey, spki_hash
from sogoc.kernel.pdf_update import PERSON, SEAL, PreparedPdf

SIGNED_AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
ADDRESS = "https://vanbang.example.vn/c/SG-7K2M-Q0XA-9D3T-HV5B-1R"
ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Signatory:
    """A key and what builds its signatures."""

    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    cms: CmsSigner

    def sign(self, digest: bytes) -> tuple[bytes, bytes]:
        attributes = self.cms.signed_attributes(digest)
        return attributes, self.private.sign(attributes, ECDSA)


class Office:
    """A body with a signatory, a seal and a demo authority in a folder."""

    def __init__(self, folder: Path) -> None:
        from sogoc.credentials.signing.demo_ca import DemoAuthority

        self.authority = DemoAuthority.of(folder)
        self.person = self._signatory("Y Bhăm Niê")
        self.seal = self._signatory("Trung tâm Mẫu")

    def _signatory(self, name: str) -> Signatory:
        private = ec.generate_private_key(ec.SECP256R1())
        certificate = self.authority.issue(name, "Trung tâm Mẫu", private.public_key())
        signer = CmsSigner(certificate, [self.authority.root], "ecdsa-p256-sha256")
        return Signatory(private, certificate, signer)

    def sign(self, page: bytes, *, at: datetime = SIGNED_AT, stamped: bool = True) -> bytes:
        """Person's signature, then the seal with a time-stamp."""
        prepared = PreparedPdf.prepare(page)
        place = prepared.place(PERSON, at=at, signer="Y Bhăm Niê", reason="Ký", certifies=True)
        attributes, signature = self.person.sign(place.digest)
        data = place.with_signature(self.person.cms.assemble(attributes, signature))
        place = prepared.signed(PERSON, data).place(SEAL, at=at, signer="Mẫu", reason="Dấu")
        attributes, signature = self.seal.sign(place.digest)
        token = self.authority.time_stamp(signature, at) if stamped else None
        return place.with_signature(self.seal.cms.assemble(attributes, signature, token))

    def trust(self, *, body: str = "truong-mau", **changes: datetime | None) -> PaperTrust:
        """What a verifier holds; `body` has the keys, `changes` are dates of the person's."""
        since = datetime(2020, 1, 1, tzinfo=UTC)
        person = {"valid_from": since, **changes}
        return PaperTrust(
            roots=(self.authority.root,),
            time_stamp_roots=(self.authority.root,),
            crls=(self.authority.crl({}, SIGNED_AT),),
            keys=(
                TrustedKey(
                    spki_hash(self.person.certificate), "person", body, "Y Bhăm Niê", **person
                ),
                TrustedKey(spki_hash(self.seal.certificate), "seal", body, "Mẫu", since),
            ),
            is_demo=True,
        )

    def root_file(self, folder: Path) -> Path:
        file = folder / "root.pem"
        file.write_bytes(self.authority.root.public_bytes(Encoding.PEM))
        return file


@cache
def page(name: str = "certificate", full_name: str = "H'Nguyệt Bkrông") -> bytes:
    """A printed page that is not signed."""
    from sogoc.credentials.documents.press import Attached, Press
    from sogoc.credentials.documents.samples import sample

    return Press().print(
        name,
        {**sample(name), "full_name": full_name},
        [Attached("credential.json", b'{"id":"urn:x"}', "application/vc", "Chứng thực")],
        at=SIGNED_AT,
    )
