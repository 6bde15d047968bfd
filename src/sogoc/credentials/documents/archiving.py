"""Long-term papers: PAdES B-LTA through pyHanko, when a paper is archived.

Chains and revocation lists of both signatures and of the time-stamps go into the file (DSS), then a
document time-stamp over everything. It proves for decades that all was in order on that day; before
its algorithms weaken, the same is done again on top.
"""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from asn1crypto import cms as asn1_cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import add_validation_info
from pyhanko_certvalidator import ValidationContext

from sogoc.credentials.documents import store
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.pdf_issuing import Made
from sogoc.credentials.signing import api as signing
from sogoc.kernel.pdf_check import PaperTrust, check_pdf, verdict
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    """Return the paper as B-LTA. Raises `DocumentRefused` when it is not valid under `trust`."""
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
    count = len(PdfFileReader(io.BytesIO(data)).embedded_regular_signatures)
    for number in range(count):
        signature = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures[number]
        out = io.BytesIO()
        add_validation_info(signature, context, output=out, force_write=True)
        data = out.getvalue()
    out = io.BytesIO()
    PdfTimeStamper(_Stamps(stamper, at)).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", None, output=out
    )
    return out.getvalue()


def archive(number: str, request: Request) -> Made:
    """Add long-term data to a document: its next edition. Raises `DocumentRefused`."""
    me = Actor.system("documents")
    stamper = signing.stamper_of(request.home, is_playground=request.is_playground)
    trust = signing.paper_trust(request.home, is_playground=request.is_playground, at=request.at)
    if stamper is None:
        raise _refused("no_time_stamps", "Chưa có nơi cấp dấu thời gian.", "No time-stamps here.")
    with acting(me):
        document = Document.objects.select_related("line").filter(number=number).first()
        if document is None:
            raise _refused("document_unknown", "Không có văn bản này.", "No such document.")
        before = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
        assert before is not None  # noqa: S101 - a document is stored with its first edition
        data = with_long_term_data(
            store.fetch(request.home, bytes(before.sha256)),
            trust=trust, stamper=stamper, at=request.at,
        )  # fmt: skip
        edition = DocumentEdition.objects.create(
            document=document,
            issuer_id=document.issuer_id,
            edition=before.edition + 1,
            cause="archive",
            sha256=store.keep(request.home, data),
            size=len(data),
            person_token=before.person_token,
            seal_token=before.seal_token,
            stamped_at=request.at if before.stamped_at is None else before.stamped_at,
            made_by=me.username,
            made_at=request.at,
        )
        return Made(number, document.line.code, document.role, edition.edition, data)


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


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
