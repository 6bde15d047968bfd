"""What a device elsewhere is to sign, prepared: papers, supplements, sheets, XML, renewals.

Checked and printed as for keys that are here; then, instead of signed, handed out (`pausing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.originals import require_open
from sogoc.credentials.documents.pausing import HandedOut, hand_out, hand_out_xml
from sogoc.credentials.documents.pdf_issuing import document_and_line, visible_lines
from sogoc.credentials.documents.pdf_pages import (
    ME,
    Evidence,
    Pair,
    documents_for,
    evidence,
    groups,
    lock_lines,
    printed_pages,
    refused,
    require_standing,
)
from sogoc.credentials.documents.press import Attached
from sogoc.credentials.documents.sheet_issuing import (
    codes_of_pages,
    is_made,
    print_sheet,
    printed_anew,
    require_supplement,
    sheet_for,
    sheet_made,
    supplement_for,
    with_sheet,
)
from sogoc.credentials.documents.sheets import Sheet
from sogoc.credentials.documents.vc_lines import published_line
from sogoc.credentials.documents.viewing import require_view
from sogoc.credentials.documents.xml_issuing import sealing_key, unsigned_xml
from sogoc.credentials.log.api import sources
from sogoc.credentials.register.api import show_line
from sogoc.people.api import acting


def prepare(form: str, codes: Sequence[str], request: Request) -> list[HandedOut]:
    """Prepare lines in one of `ELSEWHERE`, named as for `render`.

    Raises `DocumentRefused` for another format, and as the function of the format.
    """
    if form not in ELSEWHERE:
        raise refused(
            "document_format_here",
            f"“{form}” không ký ở thiết bị riêng; có: {', '.join(ELSEWHERE)}.",
            f"{form!r} is not signed elsewhere; there are: {', '.join(ELSEWHERE)}.",
        )
    return ELSEWHERE[form](codes, request)


def prepare_papers(
    codes: Sequence[str], request: Request, *, copies: bool = False
) -> list[HandedOut]:
    """Print the papers of lines and hand out what a device elsewhere is to sign.

    Originals that exist already are left out; one that waited is printed anew, and only the newest
    page of a document counts. All or none. Raises as `make_papers`, and `DocumentRefused` where all
    keys are here.
    """
    lines = visible_lines(codes, request)
    require_standing(lines)
    proofs = evidence(lines, request)
    handed = []
    with acting(ME):
        if not copies:
            lock_lines(lines)
            done = DocumentEdition.objects.filter(
                document__line__in=[line.id for line in lines], document__role="original"
            )
            there = set(done.values_list("document__line_id", flat=True))
            lines = [line for line in lines if line.id not in there]
        for group in groups(lines):
            pairs = documents_for(group, request, copies=copies)
            handed += _printed(pairs, proofs, request, cause="issue")
    return handed


def prepare_supplements(codes: Sequence[str], request: Request) -> list[HandedOut]:
    """Print the supplements of lines; those made already are left out. All or none.

    Raises as `make_supplement`, and `DocumentRefused` where all keys are here.
    """
    lines = visible_lines(codes, request)
    for line in lines:
        require_supplement(line)
    proofs = evidence(lines, request)
    with acting(ME):
        pairs = [(line, supplement_for(line, request)) for line in lines]
        return [
            each
            for pair in pairs
            if not is_made(pair[1])
            for each in _printed([pair], proofs, request, cause="issue")
        ]


def prepare_sheets(role: str, codes: Sequence[str], request: Request) -> list[HandedOut]:
    """Print the sheets (`page`, `decision`) lines stand on, each once and in its own transaction.

    One that says the same and was made already is left out. Raises as `make_sheet`, and
    `DocumentRefused` where all keys are here.
    """
    handed: dict[int, list[HandedOut]] = {}

    def hand(sheet: Sheet, entries: Attached) -> None:
        first = sheet.lines[0].id
        if first not in handed:
            handed[first] = _sheet(sheet, entries, request)

    for code in codes:
        with_sheet(role, show_line(code, by=request.by), request, hand)
    return [each for found in handed.values() for each in found]


def prepare_pages(issuer: str, kind: str, year: int, request: Request) -> list[HandedOut]:
    """Print every page of a live book, as `prepare_sheets`. Needs `register.export`."""
    return prepare_sheets("page", codes_of_pages(issuer, kind, year, request), request)


def prepare_xml(codes: Sequence[str], request: Request) -> list[HandedOut]:
    """Write lines as XML but for their seal; a revoked one says so. All or none.

    Raises as `render_xml`, and `DocumentRefused` where the seal is here.
    """
    lines = visible_lines(codes, request)
    proofs = {
        line.code: published_line(
            replace(request, code=line.code), shown=sources.LINE_FIELDS, may_be_revoked=True
        )
        for line in lines
    }
    with acting(ME):
        return [
            hand_out_xml(
                unsigned_xml(line, proofs[line.code], sealing_key(line, request), request), request
            )
            for line in lines
        ]


def prepare_renewal(number: str, request: Request) -> HandedOut:
    """Print a document anew and hand out what a device elsewhere is to sign: its next edition.

    `request.by` must be allowed to see the register of its body. Raises as `prepare_papers`, and
    `DocumentRefused` for a document that was never signed, has ended, or is a sheet that the
    register differs from.
    """
    document, line = document_and_line(number)
    with acting(request.by):
        require_view(request.by, organisation_id=document.issuer_id)
    with acting(ME):
        require_open(document)
    if document.last_line_id is not None:
        return _sheet_anew(document, request)
    require_standing([line])
    request = replace(request, code=line.code, by=ME)
    proofs = evidence([line], request)
    with acting(ME):
        lock(cursor(), f"document {number}")
        require_open(document)
        (handed,) = _printed([(line, document)], proofs, request, cause="renewal")
        return handed


ELSEWHERE: Final[dict[str, Callable[[Sequence[str], Request], list[HandedOut]]]] = {
    "pdf": prepare_papers,
    "pdf-copy": partial(prepare_papers, copies=True),
    "supplement": prepare_supplements,
    "register-page": partial(prepare_sheets, "page"),
    "decision": partial(prepare_sheets, "decision"),
    "xml": prepare_xml,
}
"""Format → what prepares it for a device elsewhere."""


# --- inside ------------------------------------------------------------------------------------


def _printed(
    pairs: Sequence[Pair], proofs: Evidence, request: Request, *, cause: str
) -> list[HandedOut]:
    pages, keys = printed_pages(pairs, proofs, request)
    documents = [document for _, document in pairs]
    return hand_out(pages, keys, documents, request, cause=cause)


def _sheet(sheet: Sheet, entries: Attached, request: Request) -> list[HandedOut]:
    if sheet_made(sheet) is not None:
        return []
    document = sheet_for(sheet, request)
    page, keys = print_sheet(sheet, document, entries, request)
    return hand_out([page], keys, [document], request, cause="issue")


def _sheet_anew(document: Document, request: Request) -> HandedOut:
    with printed_anew(document, request) as (_, page, keys):
        (handed,) = hand_out([page], keys, [document], request, cause="renewal")
        return handed
