"""Papers whose signatory or seal signs on a device elsewhere: prepared, paused, put together.

    prepare_papers → (page and bytes go out, a signature comes back) → assemble_paper → edition

The state between lies in `PausedPaper` and in the files of the home. Bringing a signature in and
going on are two transactions: a stop between them loses nothing, `finish_papers` goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.pdf_issuing import (
    document_and_line,
    record_renewed,
    visible_lines,
)
from sogoc.credentials.documents.pdf_pages import (
    ME,
    Evidence,
    Made,
    Pair,
    documents_for,
    evidence,
    groups,
    lock_lines,
    printed_pages,
    require_standing,
    store_editions,
)
from sogoc.credentials.documents.pdf_signing import (
    Keys,
    PausedPage,
    SignedPage,
    pause_pages,
    resume_page,
)
from sogoc.credentials.register.api import erased_files, lines_by_code
from sogoc.credentials.signing import api as signing
from sogoc.kernel.errors import Error
from sogoc.kernel.pdf_update import Placed
from sogoc.kernel.text import Text
from sogoc.people.api import acting, require

_ERASED: Final = """
    SELECT r.line_id FROM credentials_paused_paper p
    JOIN credentials_signature_request r ON r.id = p.request_id
    WHERE NOT EXISTS (SELECT FROM credentials_register_personal n WHERE n.line_id = r.line_id)
"""
_CAUSES: Final = {"issue": "Lập lần đầu", "renewal": "Ký lại"}


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What goes to the holder of a key: `to_sign` is to be signed, `page` shows what it is.

    `sha256` is of `to_sign`; `stage` `person` or `seal`; `algorithm` that of the key.
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
            handed += _pause(pairs, proofs, request, cause="issue")
    return handed


def prepare_renewal(number: str, request: Request) -> HandedOut:
    """Print a document anew and hand out what a device elsewhere is to sign: its next edition.

    Raises as `prepare_papers`.
    """
    document, line = document_and_line(number)
    request = replace(request, code=line.code, by=ME)
    proofs = evidence([line], request)
    with acting(ME):
        lock(cursor(), f"document {number}")
        (handed,) = _pause([(line, document)], proofs, request, cause="renewal")
        return handed


def assemble_paper(
    token: str, signature: bytes, request: Request, *, page_sha256: bytes | None = None
) -> Made | HandedOut:
    """Take the signature a device made in and go on: to the edition, or to the seal elsewhere.

    `page_sha256` is of the page its holder was shown. Needs `keys.manage` of the key's body. Raises
    `TokenRefused` (unknown, used, too old, not the key's), `DocumentRefused` (a page that is not
    the one prepared or not the newest), and what sealing raises: then the signature is kept, and
    `finish_papers` goes on.
    """
    with acting(ME):
        row = _waiting_row(token)
        _placed(row, request)
    with acting(request.by):
        require(request.by, "keys.manage", organisation_id=row.request.key.organisation_id)
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
        newest = {row.request.token for row in _paused()}
        with cursor() as opened:
            opened.execute(_ERASED)
            erased_lines = {row[0] for row in opened.fetchall()}
        open_: set[bytes] = set()
        used_up = set(erased)
        for row in signing.paused_papers():
            is_over = (
                row.request.token not in newest
                or row.request.line_id in erased_lines
                or (at >= row.request.expires_at and not _is_signed(row))
                or _is_done(row)
            )
            (used_up if is_over else open_).add(bytes(row.page_sha256))
    return store.tidy(home, named=named | open_, used_up=used_up - open_, now=now)


# --- inside ------------------------------------------------------------------------------------


def _pause(
    pairs: Sequence[Pair], proofs: Evidence, request: Request, *, cause: str
) -> list[HandedOut]:
    pages, keys = printed_pages(pairs, proofs, request)
    if not keys.is_elsewhere:
        raise _refused(
            "document_keys_are_here",
            "Khóa của người ký và con dấu đều ở đây: dùng sogoc document, không cần chuẩn bị.",
            "Both keys are here: use sogoc document, there is nothing to prepare.",
        )
    paused = pause_pages(
        pages, keys, home=request.home, is_playground=request.is_playground, by=ME, at=request.at
    )
    return [
        _stored(each, document, request, cause=cause)
        for each, (_, document) in zip(paused, pairs, strict=True)
    ]


def _stored(page: PausedPage, document: Document, request: Request, *, cause: str) -> HandedOut:
    signing.pause_paper(
        page.token,
        issuer_id=document.issuer_id,
        stage=page.stage,
        cause=cause,
        page_sha256=store.keep(request.home, page.placed.data),
        page_size=page.size,
        room=page.placed.room,
        person_token=page.person_token,
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
    )


def _go_on(token: str, request: Request) -> Made | HandedOut:
    """Put the accepted signature in and take the next step, in one transaction."""
    with acting(ME):
        row = _waiting_row(token)
        lock(cursor(), f"document {row.request.subject}")
        if _is_done(row):
            raise _refused(
                "paper_assembled", "Văn bản đã được ghép với chữ ký này.",
                "The paper was put together with this signature already.",
            )  # fmt: skip
        document = Document.objects.select_related("line").get(number=row.request.subject)
        (line,) = lines_by_code([document.line.code]).values()
        require_standing([line])
        made = signing.made_for(token)
        paused = PausedPage(
            row.request.subject, row.stage, token, _placed(row, request), row.page_size,
            row.person_token,
        )  # fmt: skip
        keys = _keys(row, request)
        after = resume_page(
            paused, made, keys, line.id,
            home=request.home, is_playground=request.is_playground, by=ME, at=request.at,
        )  # fmt: skip
        if isinstance(after, PausedPage):
            return _stored(after, document, request, cause=row.cause)
        return _finished(after, (line, document), request, cause=row.cause)


def _finished(page: SignedPage, pair: Pair, request: Request, *, cause: str) -> Made:
    (made,) = store_editions([pair], [page], request, cause=cause)
    if cause == "renewal":
        record_renewed(pair[1], request, reason=_CAUSES[cause])
    return made


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
    digest = sha256(data[:start])
    digest.update(data[end:])
    if digest.digest() != bytes(row.request.digest):
        raise _changed()
    return Placed(data, digest.digest(), (start, end))


def _paused() -> list[signing.PausedPaper]:
    """Return the newest pause of each paper, inside the documents' identity."""
    newest = {row.request.subject: row for row in signing.paused_papers()}
    return list(newest.values())


def _waiting_row(token: str) -> signing.PausedPaper:
    """Return the pause of a token, which must be the newest of its paper."""
    rows = signing.paused_papers(like=token)
    if not rows:
        raise _refused(
            "paper_not_paused", "Yêu cầu ký này không thuộc văn bản nào đang chờ.",
            "No paper waits for this request.",
        )  # fmt: skip
    if rows[-1].request.token != token:
        raise _refused(
            "paper_superseded", "Văn bản đã được chuẩn bị lại sau yêu cầu này.",
            "The paper was prepared anew after this request.",
        )  # fmt: skip
    return rows[-1]


def _is_signed(row: signing.PausedPaper) -> bool:
    return hasattr(row.request, "madesignature")


def _is_done(row: signing.PausedPaper) -> bool:
    """Whether the signature of this pause is in an edition, or in the page of a later pause."""
    token = row.request.token
    if row.stage == "seal":
        return DocumentEdition.objects.filter(seal_token=token).exists()
    return DocumentEdition.objects.filter(person_token=token).exists() or signing.is_in_a_pause(
        token
    )


def _changed() -> Error:
    return _refused(
        "paper_changed", "Trang đã bị thay so với trang được chuẩn bị để ký.",
        "The page is not the one that was prepared for signing.",
    )  # fmt: skip


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
