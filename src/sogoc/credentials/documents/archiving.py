"""Papers archived for decades: their next edition bears long-term data (B-LTA, see `long_term`)."""

from __future__ import annotations

from datetime import datetime

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.pdf_pages import ME, Made
from sogoc.credentials.signing import api as signing
from sogoc.kernel.text import Text
from sogoc.people.api import acting, record_event, require


def archive(number: str, request: Request) -> Made:
    """Add long-term data to a document: its next edition, whether it was B-B, B-T or B-LTA.

    Of one that is archived already the archive time-stamp is renewed: the evidence of the last one
    and a new one on top. Needs `keys.manage` of the issuer. Raises `DocumentRefused` for an unknown
    document, one that is not valid, and where nobody gives time-stamps; `StampRefused`.
    """
    from sogoc.credentials.documents.long_term import with_long_term_data  # pyHanko loads slowly

    stamper = signing.stamper_of(request.home, is_playground=request.is_playground)
    if stamper is None:
        raise _refused("no_time_stamps", "Chưa có nơi cấp dấu thời gian.", "No time-stamps here.")
    with acting(ME):
        document = Document.objects.select_related("line").filter(number=number).first()
    if document is None:
        raise _refused("document_unknown", "Không có văn bản này.", "There is no such document.")
    with acting(request.by):
        require(request.by, "keys.manage", organisation_id=document.issuer_id)
    trust = signing.paper_trust(request.home, is_playground=request.is_playground, at=request.at)
    with acting(ME):
        lock(cursor(), f"document {number}")
        before = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
        if before is None:
            raise _refused(
                "document_not_signed", "Văn bản còn chờ chữ ký.", "The paper waits for a signature."
            )
        data = with_long_term_data(
            store.fetch(request.home, bytes(before.sha256)),
            trust=trust,
            stamper=stamper,
            at=request.at,
        )
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
            made_by=ME.username,
            made_at=request.at,
        )
        record_event(
            actor=ME,
            verb="documents:document:archive",
            subject=number,
            at=request.at,
            detail={"edition": edition.edition, "asked_by": request.by.username},
        )
        return Made(number, document.line.code, document.role, edition.edition, data)


def documents_to_archive(*, renewed_before: datetime, limit: int = 1000) -> list[str]:
    """Return the documents without long-term data, or whose newest is older, the oldest first."""
    with acting(ME):
        editions = DocumentEdition.objects.select_related("document")
        newest = editions.order_by("document_id", "-edition").distinct("document_id")
        due = [
            each.document.number
            for each in newest.iterator()
            if each.cause != "archive" or each.made_at < renewed_before
        ]
        return due[:limit]


def newest_document_of(code: str) -> str | None:
    """Return the number of a line's original, or of its newest copy."""
    with acting(ME):
        papers = Document.objects.filter(
            line__code=code, role__in=["original", "copy"], documentedition__isnull=False
        )
        found = papers.order_by("-role", "-pk").first()
        return None if found is None else found.number


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
