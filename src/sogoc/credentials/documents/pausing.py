"""Papers whose signatory or seal signs on a device elsewhere: paused, and put together.

    hand_out → (page and bytes go out, a signature comes back) → assemble_paper → edition

The state between lies in `PausedPaper` and in the files of the home. Bringing a signature in and
going on are two transactions: a stop between them loses nothing, `finish_papers` goes on. Before
each it is asked again whether all that was prepared still holds: the line or lines, the document,
who signs, the keys. A line as XML pauses the same way, for the seal alone, and has no edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store, xml_issuing
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.originals import ENDED, record_renewed, state_of
from sogoc.credentials.documents.pdf_pages import (
    ME,
    Made,
    Pair,
    require_standing,
    signer_of,
    store_editions,
)
from sogoc.credentials.documents.pdf_signing import (
    Keys,
    Page,
    PausedPage,
    SignedPage,
    pause_pages,
    resume_page,
)
from sogoc.credentials.documents.sheet_issuing import require_current, supersede_others
from sogoc.credentials.register.api import LineView, erased_files, lines_by_code
from sogoc.credentials.signing import api as signing
from sogoc.kernel.errors import Error
from sogoc.kernel.pdf_update import Placed
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text
from sogoc.people.api import acting, require

_ERASED: Final = """
    SELECT r.line_id FROM credentials_paused_paper p
    JOIN credentials_signature_request r ON r.id = p.request_id
    WHERE NOT EXISTS (SELECT FROM credentials_register_personal n WHERE n.line_id = r.line_id)
"""
_RENEWED: Final = "Ký lại"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What goes to the holder of a key: `to_sign` is to be signed, `page` shows what it is.

    `sha256` is of `to_sign`; `stage` `person` or `seal`; `algorithm` that of the key; `form` of the
    page `pdf` or `xml`. `document` is its number, of a line as XML `xml` and the code.
    """

    token: str
    key: str
    document: str
    stage: str
    algorithm: str
    to_sign: bytes
    sha256: bytes
    page: bytes
    expires_at: datetime
    form: str = "pdf"


def assemble_paper(
    token: str, signature: bytes, request: Request, *, page_sha256: bytes | None = None
) -> Made | HandedOut:
    """Take the signature a device made in and go on: to the edition, or to the seal elsewhere.

    `page_sha256` is of the page its holder was shown. Needs `keys.manage` of the key's body. Raises
    `TokenRefused` (unknown, used, too old, not the key's), `KeyRefused` (it serves no more),
    `DocumentRefused` (a page that is not the one prepared or not the newest; a line, a document or
    a signatory that changed since), and what sealing raises: then the signature is kept, and
    `finish_papers` goes on.
    """
    with acting(ME):
        row = _waiting_row(token)
    with acting(request.by):
        require(request.by, "keys.manage", organisation_id=row.request.key.organisation_id)
    with acting(ME):
        placed = _placed(row, request)
        if not _is_signed(row):
            _still(row, placed, request)
    if page_sha256 is not None and page_sha256 != bytes(row.page_sha256):
        raise _changed()
    signing.accept(token, signature, by=request.by, at=request.at)
    return _go_on(token, request)


def finish_papers(request: Request) -> list[Made | HandedOut]:
    """Go on with papers whose signature was brought in before a stop; what cannot stays."""
    with acting(ME):
        tokens = [row.request.token for row in _paused() if _is_signed(row) and not _is_done(row)]
    done = []
    for token in tokens:
        try:
            done.append(_go_on(token, request))
        except Error:
            continue
    return done


def paused_numbers() -> list[tuple[str, str, datetime]]:
    """Return number, stage and end of the papers that wait for a device, the oldest first."""
    with acting(ME):
        return [
            (row.request.subject, row.stage, row.request.expires_at)
            for row in _paused()
            if not _is_done(row)
        ]


def tidy_files(home: Path, *, at: datetime, now: datetime) -> tuple[int, int]:
    """Name or remove what a stop left in `documents`, and pages that nobody can sign any more.

    Those are pages of papers that are done, prepared anew, lapsed, or whose line was erased; `at`
    is the home's time, `now` the machine's. Returns how many files were named, how many removed.
    """
    with acting(ME):
        erased = erased_files("documents")
        editions = DocumentEdition.objects.values_list("sha256", flat=True)
        named = {bytes(digest) for digest in editions} - erased
        rows = signing.paused_papers()
        newest = {row.request.token for row in _newest(rows)}
        # a line as XML is nowhere else: the last one that was sealed stays
        newest |= {
            row.request.token
            for row in _newest(row for row in rows if row.form == "xml" and _is_signed(row))
        }
        with cursor() as opened:
            opened.execute(_ERASED)
            erased_lines = {row[0] for row in opened.fetchall()}
        open_: set[bytes] = set()
        used_up = set(erased)
        for row in rows:
            is_over = (
                row.request.token not in newest
                or row.request.line_id in erased_lines
                or (at >= row.request.expires_at and not _is_signed(row))
                or (row.form == "pdf" and _is_done(row))
            )
            (used_up if is_over else open_).add(bytes(row.page_sha256))
    return store.tidy(home, named=named | open_, used_up=used_up - open_, now=now)


def hand_out(
    pages: Sequence[Page],
    keys: Keys,
    documents: Sequence[Document],
    request: Request,
    *,
    cause: str,
) -> list[HandedOut]:
    """Pause pages of documents for the first key that is elsewhere, inside their identity.

    Raises `DocumentRefused` where both keys are here.
    """
    require_elsewhere(is_elsewhere=keys.is_elsewhere)
    paused = pause_pages(
        pages, keys, home=request.home, is_playground=request.is_playground, by=ME, at=request.at
    )
    return [
        _stored(each, document.issuer_id, request, cause=cause)
        for each, document in zip(paused, documents, strict=True)
    ]


def hand_out_xml(unsigned: xml_issuing.UnsignedXml, request: Request) -> HandedOut:
    """Pause a line as XML for a seal that is elsewhere, inside the documents' identity."""
    require_elsewhere(is_elsewhere=unsigned.key.provider == "remote")
    line = unsigned.line
    subject = xml_issuing.subject_of(line.code)
    (token,) = signing.prepare_raw(
        key=unsigned.key, messages=[(unsigned.message, subject, line.id)], by=ME, at=request.at
    )
    paused = PausedPage(subject, "seal", token, unsigned.placed, len(unsigned.placed.data))
    return _stored(paused, unsigned.issuer_id, request, cause="issue", form="xml")


def require_elsewhere(*, is_elsewhere: bool) -> None:
    """Raise `DocumentRefused` where nothing waits for anybody."""
    if not is_elsewhere:
        raise _refused(
            "document_keys_are_here",
            "Khóa của người ký và con dấu đều ở đây: dùng sogoc document, không cần chuẩn bị.",
            "Both keys are here: use sogoc document, there is nothing to prepare.",
        )


# --- inside ------------------------------------------------------------------------------------


def _stored(
    page: PausedPage, issuer_id: int, request: Request, *, cause: str, form: str = "pdf"
) -> HandedOut:
    signing.pause_paper(
        page.token,
        issuer_id=issuer_id,
        stage=page.stage,
        cause=cause,
        page_sha256=store.keep(request.home, page.placed.data),
        page_size=page.size,
        room=page.placed.room,
        person_token=page.person_token,
        form=form,
        by=ME,
        at=request.at,
    )
    waiting = signing.to_sign(page.token, by=ME, at=request.at)
    return HandedOut(
        page.token,
        waiting.key,
        page.number,
        page.stage,
        waiting.algorithm,
        waiting.to_sign,
        waiting.sha256,
        page.placed.data,
        waiting.expires_at,
        form,
    )


def _go_on(token: str, request: Request) -> Made | HandedOut:
    """Put the accepted signature in and take the next step, in one transaction."""
    with acting(ME):
        row = _waiting_row(token)
        _lock(row)
        if row.form == "pdf" and _is_done(row):
            raise _refused(
                "paper_assembled", "Văn bản đã được ghép với chữ ký này.",
                "The paper was put together with this signature already.",
            )  # fmt: skip
        placed = _placed(row, request)
        line, document = _still(row, placed, request)
        made = signing.made_for(token)
        if document is None:
            data = xml_issuing.filled(placed, made.signature, row.request.key.algorithm)
            return Made(row.request.subject, line.code, "xml", 1, data)
        paused = PausedPage(
            document.number, row.stage, token, placed, row.page_size, row.person_token
        )
        after = resume_page(
            paused, made, _keys(row, request), line.id,
            home=request.home, is_playground=request.is_playground, by=ME, at=request.at,
        )  # fmt: skip
        if isinstance(after, PausedPage):
            return _stored(after, document.issuer_id, request, cause=row.cause)
        return _finished(after, (line, document), request, cause=row.cause)


def _finished(page: SignedPage, pair: Pair, request: Request, *, cause: str) -> Made:
    (made,) = store_editions([pair], [page], request, cause=cause)
    _, document = pair
    if cause == "renewal":
        record_renewed(document, reason=_RENEWED, at=request.at)
    elif document.last_line_id is not None:
        supersede_others(document, request)
    return made


def _still(
    row: signing.PausedPaper, placed: Placed, request: Request
) -> tuple[LineView, Document | None]:
    """Return the line of a pause and its document, of XML none: what was prepared still holds.

    Inside the documents' identity. Raises `DocumentRefused`, `KeyRefused`.
    """
    keys = signing.keys_of_pause(row)
    for key in keys:
        signing.require_serving(key, at=request.at)
    of = row.request.line
    assert of is not None  # noqa: S101 - the database sees to it
    (line,) = lines_by_code([of.code]).values()
    if row.form == "xml":
        if not xml_issuing.says_the_same(placed.data, line):
            raise _refused(
                "paper_line_changed", "Dòng sổ gốc đã khác từ khi chuẩn bị: hãy chuẩn bị lại.",
                "The line of the register changed since this was prepared: prepare it anew.",
            )  # fmt: skip
        seal = xml_issuing.sealing_key(line, request)
        _require_signers(keys, seal.organisation.code, "")
        return line, None
    document = Document.objects.get(number=row.request.subject)
    if document.last_line_id is None:
        require_standing([line])
    else:
        require_current(document, line)
    if state_of(document) in ENDED:
        raise _refused(
            "document_ended", "Văn bản này đã hết giá trị từ trước.", "The document ended before."
        )
    since = DocumentEdition.objects.filter(document=document)
    if row.cause == "renewal":
        since = since.filter(made_at__gt=row.made_at)
    if since.exists():
        raise _superseded()
    signer = signer_of(line, local_day(request.at))
    _require_signers(keys, signer.organisation, signer.name)
    return line, document


def _require_signers(keys: Sequence[signing.SigningKey], body: str, person: str) -> None:
    """The keys of a pause are those of the body and of the person who sign now."""
    for key in keys:
        if key.organisation.code != body or (key.purpose == "person" and key.holder != person):
            raise _refused(
                "paper_signer_changed",
                "Người ký hoặc đơn vị giữ sổ gốc đã khác từ khi chuẩn bị: hãy chuẩn bị lại.",
                "Who signs, or who keeps the register, changed since this was prepared: "
                "prepare it anew.",
            )


def _lock(row: signing.PausedPaper) -> None:
    """Let nobody else make the document of a pause meanwhile."""
    document = Document.objects.filter(number=row.request.subject).first()
    if document is not None and document.role != "copy":
        lock(cursor(), f"{document.role} of line {document.line_id}")
    lock(cursor(), f"document {row.request.subject}")


def _keys(row: signing.PausedPaper, request: Request) -> Keys:
    """Return the keys of a paused paper; the seal that comes after a person is the one of now."""
    key = row.request.key
    if row.stage == "seal":
        return Keys(person=key, seal=key)
    body = key.organisation
    seal = signing.serving_key(
        organisation=body.code, purpose="seal", holder=body.name, at=request.at,
        home=request.home, is_playground=request.is_playground, by=ME,
    )  # fmt: skip
    return Keys(person=key, seal=seal)


def _placed(row: signing.PausedPaper, request: Request) -> Placed:
    """Return the page with its empty room, as prepared. Raises `DocumentRefused` when it is not."""
    data = store.fetch(request.home, bytes(row.page_sha256))
    start, end = row.room_start, row.room_end
    if row.form == "xml":
        if xml_issuing.message_of(data) != bytes(row.request.to_sign):
            raise _changed()
        return Placed(data, bytes(row.page_sha256), (start, end))
    digest = sha256(data[:start])
    digest.update(data[end:])
    if digest.digest() != bytes(row.request.digest):
        raise _changed()
    return Placed(data, digest.digest(), (start, end))


def _paused() -> list[signing.PausedPaper]:
    """Return the newest pause of each paper, inside the documents' identity."""
    return _newest(signing.paused_papers())


def _newest(rows: Iterable[signing.PausedPaper]) -> list[signing.PausedPaper]:
    return list({row.request.subject: row for row in rows}.values())


def _waiting_row(token: str) -> signing.PausedPaper:
    """Return the pause of a token, which must be the newest of its paper."""
    rows = signing.paused_papers(like=token)
    if not rows:
        raise _refused(
            "paper_not_paused", "Yêu cầu ký này không thuộc văn bản nào đang chờ.",
            "No paper waits for this request.",
        )  # fmt: skip
    if rows[-1].request.token != token:
        raise _superseded()
    return rows[-1]


def _is_signed(row: signing.PausedPaper) -> bool:
    return hasattr(row.request, "madesignature")


def _is_done(row: signing.PausedPaper) -> bool:
    """Whether the signature of this pause is in an edition, or in the page of a later pause.

    A line as XML has no edition: it is done when it is signed.
    """
    token = row.request.token
    if row.form == "xml":
        return _is_signed(row)
    if row.stage == "seal":
        return DocumentEdition.objects.filter(seal_token=token).exists()
    return DocumentEdition.objects.filter(person_token=token).exists() or signing.is_in_a_pause(
        token
    )


def _superseded() -> Error:
    return _refused(
        "paper_superseded", "Văn bản đã được chuẩn bị lại hoặc ký lại sau yêu cầu này.",
        "The paper was prepared or signed anew after this request.",
    )  # fmt: skip


def _changed() -> Error:
    return _refused(
        "paper_changed", "Trang đã bị thay so với trang được chuẩn bị để ký.",
        "The page is not the one that was prepared for signing.",
    )  # fmt: skip


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
