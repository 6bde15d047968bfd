"""The digital original (văn bằng số) of a published line, register copies, and their renewal.

Only of lines a checkpoint with its quorum covers, never in the transaction that enters them: log
proof and credential are attached, so the leaf, the quorum and the proof come before the page, and
the page before the signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition, DocumentState
from sogoc.credentials.documents.originals import record_renewed, require_open, state_of
from sogoc.credentials.documents.pdf_pages import (
    CREDENTIAL,
    LEAF,
    ME,
    PROOF,
    Evidence,
    Made,
    Pair,
    documents_for,
    evidence,
    groups,
    lock_lines,
    printed_pages,
    refused,
    require_standing,
    store_editions,
)
from sogoc.credentials.documents.pdf_signing import sign_pages
from sogoc.credentials.documents.sheet_issuing import renew_sheet
from sogoc.credentials.documents.viewing import require_view
from sogoc.credentials.register.api import LineView, UnknownLine, lines_by_code
from sogoc.kernel.text import Text
from sogoc.people.api import acting

__all__ = [
    "CREDENTIAL", "LEAF", "PROOF", "Made", "due_numbers", "make_papers", "mark_due", "render_copy",
    "render_pdf", "renew", "state_of", "visible_lines",
]  # fmt: skip


def render_pdf(request: Request) -> bytes:
    """Return the line as a signed PDF: its digital original, or a register copy.

    The original is made once and handed out again; where the law of the day knows no digital
    original, or the line is of an old register, it is a copy with a number of its own. Raises
    `UnknownLine`, `LogError` (not published yet), `DocumentRefused`, `KeyRefused`, `UnknownKey`.
    """
    return make_papers([request.code], request)[0].data


def render_copy(request: Request) -> bytes:
    """Return a register copy as a signed PDF, with a number of its own. Raises as `render_pdf`."""
    return make_papers([request.code], request, copies=True)[0].data


def make_papers(codes: Sequence[str], request: Request, *, copies: bool = False) -> list[Made]:
    """Make (or hand out again) the documents of many lines, in the order of the codes.

    All or none; `request.code` is not read. Whoever asks for the same originals at the same time
    waits and is handed the same. Raises as `render_pdf`.
    """
    lines = visible_lines(codes, request)
    require_standing(lines)  # first: the file of an erased line is gone
    with acting(ME):
        made = {} if copies else _known(lines, request)
    missing = [line for line in lines if line.code not in made]
    proofs = evidence(missing, request)
    with acting(ME):
        if missing and not copies:
            lock_lines(missing)
            made |= _known(missing, request)
        for group in groups([line for line in missing if line.code not in made]):
            pairs = documents_for(group, request, copies=copies)
            for each in _sign_all(pairs, proofs, request, cause="issue"):
                made[each.code] = each
    return [made[line.code] for line in lines]


def visible_lines(codes: Sequence[str], request: Request) -> list[LineView]:
    """Return lines that `request.by` may see, by id. Raises `UnknownLine`, `NotPermitted`."""
    with acting(request.by):
        found = lines_by_code(codes)
        for line in found.values():
            require_view(request.by, organisation_id=line.book.issuer_id)
    if len(found) < len(set(codes)) or not found:
        raise UnknownLine(
            "register_line_unknown",
            Text("Không có dòng nào mang mã này.", "No line has this code."),
        )
    return list(found.values())


def renew(number: str, request: Request, *, reason: str) -> Made:
    """Sign a document anew with the keys that serve now: its next edition, all else as it was.

    Raises `DocumentRefused` for an unknown number, and as `render_pdf`.
    """
    document, line = document_and_line(number)
    if document.last_line_id is not None:
        return renew_sheet(document, request, reason=reason)
    require_standing([line])
    request = replace(request, code=line.code, by=ME)
    proofs = evidence([line], request)
    with acting(ME):
        lock(cursor(), f"document {number}")
        require_open(document)
        (made,) = _sign_all([(line, document)], proofs, request, cause="renewal")
        record_renewed(document, reason=reason, at=request.at)
        return made


def document_and_line(number: str) -> tuple[Document, LineView]:
    """Return a document by its number, and its line or first line. Raises `DocumentRefused`."""
    with acting(ME):
        document = Document.objects.select_related("line").filter(number=number).first()
        if document is None:
            raise refused("document_unknown", "Không có văn bản này.", "There is no such document.")
        (line,) = lines_by_code([document.line.code]).values()
    return document, line


def mark_due(numbers: Sequence[str], request: Request, *, reason: str) -> int:
    """Record that documents need renewal; return how many were not marked already."""
    with acting(ME):
        documents = list(Document.objects.filter(number__in=list(numbers)))
        latest = {document.pk: state_of(document) for document in documents}
        due = [each for each in documents if latest[each.pk] == "valid"]
        DocumentState.objects.bulk_create(
            DocumentState(
                document=each, issuer_id=each.issuer_id, state="renewal_due", reason=reason,
                recorded_by=ME.username, recorded_at=request.at,
            )
            for each in due
        )  # fmt: skip
        return len(due)


def due_numbers() -> list[str]:
    """Return the documents that wait for renewal, the oldest first."""
    with acting(ME):
        marked = Document.objects.filter(documentstate__state="renewal_due").distinct()
        return [each.number for each in marked.order_by("pk") if state_of(each) == "renewal_due"]


def _known(lines: Sequence[LineView], request: Request) -> dict[str, Made]:
    """Return the originals there already; those due for renewal are handed out as they are."""
    originals = Document.objects.filter(line__in=[line.id for line in lines], role="original")
    found = {}
    for document in originals.select_related("line"):
        edition = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
        if edition is not None:
            data = store.fetch(request.home, bytes(edition.sha256))
            code = document.line.code
            found[code] = Made(document.number, code, document.role, edition.edition, data)
    return found


def _sign_all(
    pairs: Sequence[Pair], proofs: Evidence, request: Request, *, cause: str
) -> list[Made]:
    """Print and sign documents of one issuer and signatory, and keep the files."""
    pages, keys = printed_pages(pairs, proofs, request)
    signed = sign_pages(
        pages,
        person=keys.person,
        seal=keys.seal,
        home=request.home,
        is_playground=request.is_playground,
        by=ME,
        at=request.at,
    )
    return store_editions(pairs, signed, request, cause=cause)
