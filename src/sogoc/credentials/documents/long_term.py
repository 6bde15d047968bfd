"""Long-term data in a paper: PAdES B-LTA through pyHanko.

Chains and revocation lists of both signatures and of the time-stamps go into the file (DSS), then a
document time-stamp over everything. It proves for decades that all was in order on that day; before
its algorithms or certificates end, the same is done again on top.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from asn1crypto import cms as asn1_cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.signing import api as signing
from sogoc.kernel.pdf_check import PaperTrust, check_pdf, verdict
from sogoc.kernel.text import Text


class _Stamps(TimeStamper):
    """Our time-stamp authority as pyHanko asks for one."""

    def __init__(self, stamper: signing.Stamper, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko says no type
        self._stamper, self._at = stamper, at

    async def async_timestamp(
        self, message_digest: bytes, md_algorithm: str
    ) -> asn1_cms.ContentInfo:
        if md_algorithm != "sha256":
            raise ValueError(md_algorithm)
        return asn1_cms.ContentInfo.load(self._stamper.stamp(message_digest, self._at))


def with_long_term_data(
    data: bytes, *, trust: PaperTrust, stamper: signing.Stamper, at: datetime
) -> bytes:
    """Return the paper as B-LTA; one that is B-LTA gets the evidence of its last time-stamp and a
    new one on top. Raises `DocumentRefused` when it is not valid under `trust`.
    """
    checks = check_pdf(data, trust)
    if verdict(checks) != "valid":
        raise DocumentRefused(
            "document_not_valid",
            Text(
                "Văn bản không còn hợp lệ để lưu trữ.", "The paper is not valid, so not archived."
            ),
            checks=[check.name for check in checks if check.result != "pass"],
        )
    # pyHanko runs event loops of its own, which a thread that is in one already does not allow.
    with ThreadPoolExecutor(1, "archiving") as apart:
        return apart.submit(_in_a_loop, data, trust, stamper, at).result()


def _in_a_loop(data: bytes, trust: PaperTrust, stamper: signing.Stamper, at: datetime) -> bytes:
    asyncio.set_event_loop(loop := asyncio.new_event_loop())
    try:
        return _archived(data, trust, stamper, at)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _archived(data: bytes, trust: PaperTrust, stamper: signing.Stamper, at: datetime) -> bytes:
    context = _context(trust, at)
    for number, is_stamp in _unproven(data):
        reader = PdfFileReader(io.BytesIO(data))
        found = (
            reader.embedded_timestamp_signatures if is_stamp else reader.embedded_regular_signatures
        )
        data = _with_evidence(found[number], reader, context)
    out = io.BytesIO()
    PdfTimeStamper(_Stamps(stamper, at)).timestamp_pdf(
        _Update(io.BytesIO(data)), "sha256", None, output=out
    )
    return out.getvalue()


class _Update(IncrementalPdfFileWriter):
    """Adds what is given to it and nothing else.

    pyHanko would write itself into the metadata, and lose there what PDF/A asks for; the title and
    the producer a person signed stay what they are.
    """

    def _update_meta(self) -> None:
        pass


def _with_evidence(
    signature: EmbeddedPdfSignature, reader: PdfFileReader, context: ValidationContext
) -> bytes:
    """Return the paper with certificates and CRLs of a signature in its security store."""
    paths = asyncio.get_event_loop().run_until_complete(collect_validation_info(signature, context))
    update = _Update.from_reader(reader)
    DocumentSecurityStore.supply_dss_in_writer(
        update,
        signature.pkcs7_content.hex().encode("ascii"),
        validation_context=context,
        paths=paths,
    )
    out = io.BytesIO()
    update.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _unproven(data: bytes) -> list[tuple[int, bool]]:
    """Return what needs its evidence: the last archive time-stamp, else both signatures."""
    reader = PdfFileReader(io.BytesIO(data))
    if stamps := len(reader.embedded_timestamp_signatures):
        return [(stamps - 1, True)]
    return [(number, False) for number in range(len(reader.embedded_regular_signatures))]


def _context(trust: PaperTrust, at: datetime) -> ValidationContext:
    def loaded(certificates: Iterable[object]) -> list[asn1_x509.Certificate]:
        return [
            asn1_x509.Certificate.load(each.public_bytes(Encoding.DER))  # type: ignore[attr-defined]
            for each in certificates
        ]

    return ValidationContext(
        trust_roots=loaded([*trust.roots, *trust.time_stamp_roots]),
        crls=[asn1_crl.CertificateList.load(c.public_bytes(Encoding.DER)) for c in trust.crls],
        moment=at,
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
