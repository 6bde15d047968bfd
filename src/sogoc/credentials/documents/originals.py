"""What a line has: one original on paper at most, one digital, copies with statuses of their own.

The one on paper is the blank whose serial stands in the line (a line has one serial and is never
changed, a blank is issued with the line of its serial alone); the digital one is a row the database
keeps unique. Each has its legal clock; everything else is a copy, a supplement or a sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from django.db import connection

from sogoc.credentials.documents.clock import DIGITAL, PAPER, Clock, clock_of
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.models import Document, DocumentEdition, DocumentState
from sogoc.credentials.documents.pdf_pages import knows_originals
from sogoc.credentials.documents.viewing import WORKER
from sogoc.credentials.register.api import LineView, show_line
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting, record_event, require

CURRENT: Final = "current"
REVOKED: Final = "revoked"
ENDED: Final = frozenset({"withdrawn", "superseded"})
"""Statuses after which nothing follows."""
_OF_A_LINE: Final = ("original", "copy", "supplement")

_EXAM: Final = """
    SELECT b.exam_date FROM credentials_batch b
    JOIN credentials_register_line l ON l.batch_id = b.id WHERE l.id = %s
"""


@dataclass(frozen=True, slots=True)
class PaperView:
    """A document as lists show it.

    `status`: `current`, `renewal_due`, `superseded`, `withdrawn`, or `revoked` with its line;
    `reason` says why it is not current. `sha256` is that of the newest edition's file, in hex.
    """

    number: str
    role: str
    copy_number: str
    page_number: int | None
    status: str
    reason: str
    edition: int
    sha256: str
    made_at: datetime
    stamped_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaperOriginal:
    """The original on paper: its blank's serial and its clock. Old registers may have no serial."""

    serial: str
    status: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class DigitalOriginal:
    """The digital original: its document, `None` while not made; `is_known` to the law today."""

    document: PaperView | None
    is_known: bool
    clock: Clock


@dataclass(frozen=True, slots=True)
class LinePapers:
    """The originals of a line, its copies, and its supplement."""

    paper: PaperOriginal
    digital: DigitalOriginal
    copies: tuple[PaperView, ...]
    supplement: PaperView | None


def papers_of(code: str, *, by: Actor, today: date) -> LinePapers:
    """Return originals and copies of a line. Raises `UnknownLine`, `NotPermitted`."""
    line = show_line(code, by=by)
    with acting(by):
        views = view_documents(list(Document.objects.filter(line=line.id).order_by("pk")), line)
        examined_on = _examined_on(line)
    status = REVOKED if line.status == "revoked" else CURRENT
    digital = next((view for view in views if view.role == "original"), None)
    made_on = None if digital is None else local_day(digital.made_at)
    paper = clock_of(line, PAPER, done_on=line.issued_on, today=today, examined_on=examined_on)
    return LinePapers(
        PaperOriginal(line.serial, status, paper),
        DigitalOriginal(
            digital,
            knows_originals(today),
            clock_of(line, DIGITAL, done_on=made_on, today=today, examined_on=examined_on),
        ),
        tuple(view for view in views if view.role == "copy"),
        next((view for view in views if view.role == "supplement"), None),
    )


def show_paper(number: str, *, by: Actor) -> PaperView:
    """Return one document by its number. Raises `DocumentRefused`, `NotPermitted`."""
    with acting(by):
        return view_documents([_document(number, by, "register.view")])[0]


def paper_of_file(data: bytes, *, by: Actor) -> PaperView | None:
    """Return the document whose newest edition is this file, `None` for any other file."""
    digest = sha256(data).digest()
    with acting(by):
        edition = DocumentEdition.objects.filter(sha256=digest).select_related("document").first()
        views = [] if edition is None else view_documents([edition.document])
        return next((view for view in views if view.sha256 == digest.hex()), None)


def withdraw(number: str, *, reason: str, by: Actor, at: datetime) -> PaperView:
    """End a document of the body that keeps the register; the credential's status stays.

    Needs `register.revoke`. Raises `DocumentRefused` for an unknown or ended one.
    """
    with acting(by):
        document = _document(number, by, "register.revoke")
        if not reason.strip():
            raise _refused("document_reason", "Phải ghi lý do.", "The reason must be given.")
        require_open(document)
        record_state(document, "withdrawn", reason=reason.strip(), by=by, at=at)
        record_event(
            actor=by,
            verb="documents:document:withdraw",
            subject=document.number,
            at=at,
            reason=reason.strip(),
            organisation_code=document.issuer.code,
        )
        return view_documents([document])[0]


def require_open(document: Document) -> None:
    """Raise `DocumentRefused` for a document never signed, or ended.

    Inside the caller's identity.
    """
    _require_signed(document)
    if state_of(document) in ENDED:
        raise _refused(
            "document_ended", "Văn bản này đã hết giá trị từ trước.", "The document ended before."
        )


def record_renewed(document: Document, *, reason: str, at: datetime) -> None:
    """Record that a document is good again, inside the documents' identity."""
    record_state(document, "valid", reason=reason, by=WORKER, at=at)


def record_state(document: Document, state: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Record a status of a document, inside the caller's `acting(by)`."""
    DocumentState.objects.create(
        document=document, issuer_id=document.issuer_id, state=state, reason=reason,
        recorded_by=by.username, recorded_at=at,
    )  # fmt: skip


def state_of(document: Document) -> str:
    """Return the newest status of a document's own, inside the caller's identity."""
    newest = DocumentState.objects.filter(document=document).order_by("-pk").first()
    return "valid" if newest is None else newest.state


def view_documents(documents: Sequence[Document], line: LineView | None = None) -> list[PaperView]:
    """Return documents as lists show them, with their statuses; `line` is theirs if known."""
    revoked = _revoked([each.line_id for each in documents]) if line is None else set()
    found = []
    for document in documents:
        edition = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
        state = DocumentState.objects.filter(document=document).order_by("-pk").first()
        if edition is None:
            continue
        own = "valid" if state is None else state.state
        is_revoked = document.line_id in revoked or (line is not None and line.status == "revoked")
        status, reason = own, "" if state is None or own == "valid" else state.reason
        if own in ("valid", "renewal_due") and is_revoked and document.role in _OF_A_LINE:
            status, reason = REVOKED, "" if line is None else line.revoked_for
        found.append(
            PaperView(
                document.number, document.role, document.copy_number, document.page_number,
                CURRENT if status == "valid" else status, reason, edition.edition,
                bytes(edition.sha256).hex(), document.made_at, edition.stamped_at,
            )
        )  # fmt: skip
    return found


def _document(number: str, by: Actor, permission: str) -> Document:
    require(by, permission)
    found = Document.objects.select_related("issuer").filter(number=number).first()
    if found is None:
        raise _refused("document_unknown", "Không có văn bản này.", "There is no such document.")
    require(by, permission, organisation_id=found.issuer_id)
    _require_signed(found)
    return found


def _require_signed(document: Document) -> None:
    if not DocumentEdition.objects.filter(document=document).exists():
        raise _refused(
            "document_not_signed", "Văn bản còn chờ chữ ký.", "The paper waits for a signature."
        )


def _revoked(lines: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ref_id FROM credentials_register_line"
            " WHERE act = 'revoke' AND ref_id = ANY (%s)",
            [list(lines)],
        )
        return {row[0] for row in cursor.fetchall()}


def _examined_on(line: LineView) -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(_EXAM, [line.id])
        row = cursor.fetchone()
    return None if row is None else row[0]


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
