"""Supplements of lines, pages of the register, recognition decisions: made, handed out, renewed.

A supplement is of one line and made once. A sheet asked for again is handed out again while the
register says the same; when it says something else (more lines, a revocation), a new sheet is made
and the old one superseded. What waits for a key elsewhere (`preparing`) has no edition yet.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from django.db.models import QuerySet

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.originals import (
    ENDED,
    record_renewed,
    record_state,
    require_open,
    state_of,
)
from sogoc.credentials.documents.pdf_pages import (
    ME,
    Made,
    body_of,
    evidence,
    key_of,
    printed_pages,
    refused,
    require_standing,
    signer_of,
    store_editions,
)
from sogoc.credentials.documents.pdf_signing import Keys, Page, sign_pages
from sogoc.credentials.documents.press import Attached, press_of
from sogoc.credentials.documents.sheets import (
    Sheet,
    decision_of,
    entries_of,
    first_codes,
    page_of,
    sheet_data,
)
from sogoc.credentials.documents.supplement import read_supplement
from sogoc.credentials.register.api import LineView, lines_by_code, show_line
from sogoc.kernel.periods import local_day
from sogoc.people.api import acting, get_organisation, require

_MAKERS = {"page": page_of, "decision": decision_of}
T = TypeVar("T")


def render_supplement(request: Request) -> bytes:
    """Return the line's diploma supplement as a signed PDF. Raises as `make_supplement`."""
    return make_supplement(request).data


def render_page(request: Request) -> bytes:
    """Return the page of the register the line stands on. Raises as `make_sheet`."""
    return make_sheet("page", request).data


def render_decision(request: Request) -> bytes:
    """Return the decision that recognised the line, with its list. Raises as `make_sheet`."""
    return make_sheet("decision", request).data


def make_supplement(request: Request) -> Made:
    """Make the supplement of a line, once, or hand it out again.

    Raises `DocumentRefused` when nothing for a supplement came with the list, and as `render_pdf`.
    """
    line = show_line(request.code, by=request.by)
    request = replace(request, code=line.code)
    require_supplement(line)
    proofs = evidence([line], request)
    with acting(ME):
        document = supplement_for(line, request)
        if is_made(document):
            return _handed_out(document, line, request)
        pages, keys = printed_pages([(line, document)], proofs, request)
        return _signed(pages[0], keys, line, document, request, cause="issue")


def make_sheet(role: str, request: Request) -> Made:
    """Make the sheet (`page`, `decision`) a line stands on, or hand it out again.

    `request.by` must be allowed to see the line's body. Raises `UnknownLine`, `NotPermitted`,
    `DocumentRefused`, `LogError` while one of its lines is not published, and what signing raises.
    """
    line = show_line(request.code, by=request.by)
    return with_sheet(role, line, request, lambda sheet, said: _newest(sheet, said, request))


def with_sheet(
    role: str, line: LineView, request: Request, act: Callable[[Sheet, Attached], T]
) -> T:
    """Call `act` with the sheet a line stands on and the proofs of its lines; return its answer.

    It is called inside the documents' identity, and nobody else makes this sheet until it is done.
    Raises as `make_sheet`.
    """
    while True:
        with acting(ME):
            sheet = _MAKERS[role](line)
        entries = entries_of(sheet, request)  # nothing before the quorum; outside any identity
        with acting(ME):
            lock(cursor(), f"{role} of line {sheet.lines[0].id}")
            if _MAKERS[role](line).content == sheet.content:
                return act(sheet, entries)
        # the register changed between the two: once more, or an older sheet would be the newest


def make_pages(issuer: str, kind: str, year: int, request: Request) -> list[Made]:
    """Make every page of a live book, in order. Needs `register.export`; raises as `make_sheet`."""
    codes = codes_of_pages(issuer, kind, year, request)
    return [make_sheet("page", replace(request, code=code)) for code in codes]


def codes_of_pages(issuer: str, kind: str, year: int, request: Request) -> list[str]:
    """Return the code of the first line of each page of a live book.

    Needs `register.export`. Raises `DocumentRefused` for a book that is not there or empty.
    """
    with acting(request.by):
        require(request.by, "register.export", organisation_id=get_organisation(issuer).pk)
    with acting(ME):
        codes = first_codes(issuer, kind, year)
    if not codes:
        raise refused(
            "document_no_book", "Không có sổ gốc đang dùng nào như vậy, hoặc sổ chưa có dòng.",
            "There is no such live book, or nothing is entered in it.",
        )  # fmt: skip
    return codes


def renew_sheet(document: Document, request: Request, *, reason: str) -> Made:
    """Sign a sheet anew with the keys that serve now: its next edition.

    Raises `DocumentRefused` when the register says something else by now: then a new one is to be
    asked for.
    """
    with printed_anew(document, request) as (line, page, keys):
        made = _signed(page, keys, line, document, request, cause="renewal")
        record_renewed(document, reason=reason, at=request.at)
        return made


@contextmanager
def printed_anew(document: Document, request: Request) -> Iterator[tuple[LineView, Page, Keys]]:
    """Print a sheet anew; what is done with it is done under its lock, in the documents' identity.

    Raises as `require_open` and `require_current`.
    """
    with acting(ME):
        (line,) = lines_by_code([document.line.code]).values()
        sheet = require_current(document, line)
    entries = entries_of(sheet, request)
    with acting(ME):
        lock(cursor(), f"{document.role} of line {document.line_id}")
        lock(cursor(), f"document {document.number}")
        require_open(document)
        require_current(document, line)  # it may have been overtaken while proofs were gathered
        yield line, *print_sheet(sheet, document, entries, request)


def require_current(document: Document, line: LineView) -> Sheet:
    """Return the sheet the register gives now, which must say what a document says.

    Inside the documents' identity; `line` is the document's. Raises `DocumentRefused`.
    """
    sheet = _MAKERS[document.role](line)
    if bytes(document.content or b"") != sheet.content:
        raise refused(
            "document_outdated",
            "Sổ gốc đã khác tờ này: hãy lập tờ mới thay cho nó.",
            "The register differs from this sheet by now: make a new one instead.",
        )
    return sheet


def require_supplement(line: LineView) -> None:
    """Raise `DocumentRefused` unless the line stands and its list brought a supplement."""
    require_standing([line])
    if read_supplement(line) is None:
        raise refused(
            "document_no_supplement",
            "Danh sách của đợt cấp không có dữ liệu phụ lục cho dòng này.",
            "The list of the batch brought nothing for a supplement of this line.",
        )


def supplement_for(line: LineView, request: Request) -> Document:
    """Return the one supplement of a line, made, begun or new; nobody else makes it meanwhile."""
    lock(cursor(), f"supplement of line {line.id}")
    known = Document.objects.filter(line=line.id, role="supplement").first()
    return known or _new(line, request, role="supplement", template="supplement")


def is_made(document: Document) -> bool:
    """Whether a document has an edition; one that waits for a key elsewhere has none."""
    return DocumentEdition.objects.filter(document=document).exists()


def sheet_made(sheet: Sheet) -> Document | None:
    """Return the document that says what a sheet says and has not ended."""
    known = _made(sheet.lines[0].id, sheet.role).order_by("-pk").first()
    if known is None or state_of(known) in ENDED:
        return None
    return known if bytes(known.content or b"") == sheet.content else None


def sheet_for(sheet: Sheet, request: Request) -> Document:
    """Return the document begun for what a sheet says, or a new one."""
    first = sheet.lines[0]
    begun = Document.objects.filter(
        line=first.id, role=sheet.role, content=sheet.content, documentedition__isnull=True
    )
    for document in begun.order_by("-pk"):
        if state_of(document) not in ENDED:
            return document
    return _new(
        first, request, role=sheet.role, template=sheet.template, page_number=sheet.number,
        last_line_id=sheet.lines[-1].id, content=sheet.content,
    )  # fmt: skip


def supersede_others(document: Document, request: Request) -> None:
    """End the sheets in whose place a document comes, inside the documents' identity."""
    for other in _made(document.line_id, document.role).exclude(pk=document.pk):
        if state_of(other) not in ENDED:
            record_state(
                other, "superseded", reason=f"Bản mới {document.number}", by=ME, at=request.at
            )


# --- inside ------------------------------------------------------------------------------------


def _newest(sheet: Sheet, entries: Attached, request: Request) -> Made:
    """Hand out the sheet that says this, or make it and supersede the one before."""
    first = sheet.lines[0]
    known = sheet_made(sheet)
    if known is not None:
        return _handed_out(known, first, request)
    document = sheet_for(sheet, request)
    page, keys = print_sheet(sheet, document, entries, request)
    made = _signed(page, keys, first, document, request, cause="issue")
    supersede_others(document, request)
    return made


def _made(line_id: int, role: str) -> QuerySet[Document]:
    made = Document.objects.filter(line=line_id, role=role, documentedition__isnull=False)
    return made.distinct()


def _new(line: LineView, request: Request, **fields: object) -> Document:
    return Document.objects.create(
        number=f"D-{secrets.token_hex(8).upper()}",
        line_id=line.id,
        issuer_id=line.book.issuer_id,
        made_by=ME.username,
        made_at=request.at,
        **fields,
    )


def print_sheet(
    sheet: Sheet, document: Document, entries: Attached, request: Request
) -> tuple[Page, Keys]:
    """Print a sheet, inside the documents' identity; return it and whose keys sign it."""
    on = local_day(request.at)
    line = sheet.lines[0]
    signer = signer_of(line, on)
    keys = Keys(
        person=key_of(signer, "person", signer.name, request),
        seal=key_of(signer, "seal", get_organisation(signer.organisation).name, request),
    )
    words = sheet_data(
        sheet, body_of(line, on), signer, base=request.base, sample=request.is_playground, on=on
    )
    data = press_of(request.home).print(document.template, words, [entries], at=request.at)
    return Page(data, document.number, line.id), keys


def _signed(
    page: Page, keys: Keys, line: LineView, document: Document, request: Request, *, cause: str
) -> Made:
    signed = sign_pages(
        [page], person=keys.person, seal=keys.seal, home=request.home,
        is_playground=request.is_playground, by=ME, at=request.at,
    )  # fmt: skip
    return store_editions([(line, document)], signed, request, cause=cause)[0]


def _handed_out(document: Document, line: LineView, request: Request) -> Made:
    edition = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
    assert edition is not None  # noqa: S101 - stored in one transaction with its first edition
    data = store.fetch(request.home, bytes(edition.sha256))
    return Made(document.number, line.code, document.role, edition.edition, data)
