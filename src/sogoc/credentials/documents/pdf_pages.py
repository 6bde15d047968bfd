"""From a published line to a page ready for signatures, and from signatures to a stored edition.

What stands in this module works inside the documents' own identity, in the transaction that stores
the document: its number, the status entry of the credential it carries, requests and signatures
are there together or not at all. `evidence` alone comes before.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.paper import (
    Body,
    Signer,
    copy_data,
    original_data,
    template_for,
)
from sogoc.credentials.documents.pdf_signing import Keys, Page, SignedPage
from sogoc.credentials.documents.press import Attached, press_of
from sogoc.credentials.documents.supplement import english_major, supplement_data
from sogoc.credentials.documents.vc_issuing import credential
from sogoc.credentials.documents.vc_lines import PublishedLine, published_line
from sogoc.credentials.documents.viewing import WORKER
from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.register.api import LineView
from sogoc.credentials.signing import api as signing
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.periods import local_day
from sogoc.kernel.text import Text
from sogoc.people.api import (
    get_organisation,
    mandate_facts,
    province_on,
    record_event,
    successor,
)
from sogoc.policy.api import load_law

PROOF: Final = "so-goc.tlog-proof"
LEAF: Final = "so-goc.leaf.json"
CREDENTIAL: Final = "credential.json"
"""Names of the files inside a paper."""

ME: Final = WORKER

Pair = tuple[LineView, Document]
Evidence = Mapping[str, PublishedLine]
"""Look-up code → what proves the line."""


@dataclass(frozen=True, slots=True)
class Made:
    """A document made: its number, role, the file and which edition it is."""

    number: str
    code: str
    role: str
    edition: int
    data: bytes


def evidence(lines: Sequence[LineView], request: Request) -> Evidence:
    """Return what proves lines without us. Nothing is handed out before the quorum cosigned.

    Outside any identity. Raises `LogError`, `DocumentRefused`.
    """
    return {line.code: published_line(replace(request, code=line.code)) for line in lines}


def groups(lines: Sequence[LineView]) -> list[list[LineView]]:
    """Return lines in groups that one signatory signs at once."""
    found: dict[tuple[str, str, str], list[LineView]] = {}
    for line in lines:
        found.setdefault((line.issuer, line.signatory_name, line.act), []).append(line)
    return list(found.values())


def lock_lines(lines: Sequence[LineView]) -> None:
    """Let nobody else make originals of these lines until the transaction ends."""
    for line in sorted(lines, key=lambda each: each.id):
        lock(cursor(), f"original of line {line.id}")


def documents_for(lines: Sequence[LineView], request: Request, *, copies: bool) -> list[Pair]:
    """Return a new document for each line, or the one begun earlier that has no edition yet."""
    is_original = not copies and lines[0].act == "issue" and knows_originals(local_day(request.at))
    begun = _begun(lines) if is_original else {}
    missing = [line for line in lines if line.id not in begun]
    numbers = [""] * len(missing)
    if not is_original and missing:
        numbers = _copy_numbers(lines[0].book.issuer_id, len(missing), local_day(request.at))
    made = Document.objects.bulk_create(
        Document(
            number=f"D-{secrets.token_hex(8).upper()}",
            line_id=line.id,
            issuer_id=line.book.issuer_id,
            role="original" if is_original else "copy",
            template=template_for(line.kind) if is_original else "register-copy",
            copy_number=copy_number,
            made_by=ME.username,
            made_at=request.at,
        )
        for line, copy_number in zip(missing, numbers, strict=True)
    )
    new = {document.line_id: document for document in made}
    return [(line, begun.get(line.id) or new[line.id]) for line in lines]


def printed_pages(
    pairs: Sequence[Pair], proofs: Evidence, request: Request
) -> tuple[list[Page], Keys]:
    """Print documents of one issuer and signatory; return the pages and whose keys sign them.

    Raises `DocumentRefused`, `UnknownKey`, `IssuerRefused`.
    """
    first = pairs[0][0]
    signer = signer_of(first, local_day(request.at))
    body = body_of(first, local_day(request.at))
    keys = Keys(
        person=key_of(signer, "person", signer.name, request),
        seal=key_of(signer, "seal", get_organisation(signer.organisation).name, request),
    )
    pages = []
    for line, document in pairs:
        attached = attached_files(proofs[line.code], document.number, request)
        data = _printed(line, document, body, signer, attached, request)
        pages.append(Page(data, document.number, line.id))
    return pages, keys


def store_editions(
    pairs: Sequence[Pair], signed: Sequence[SignedPage], request: Request, *, cause: str
) -> list[Made]:
    """Keep the signed files and store their editions, with one event for all."""
    made, editions = [], []
    for (line, document), page in zip(pairs, signed, strict=True):
        number = 1 + DocumentEdition.objects.filter(document=document).count()
        editions.append(
            DocumentEdition(
                document=document,
                issuer_id=document.issuer_id,
                edition=number,
                cause=cause,
                sha256=store.keep(request.home, page.data),
                size=len(page.data),
                person_token=page.person_token,
                seal_token=page.seal_token,
                stamped_at=page.stamped_at,
                made_by=ME.username,
                made_at=request.at,
            )
        )
        made.append(Made(document.number, line.code, document.role, number, page.data))
    DocumentEdition.objects.bulk_create(editions)
    record_event(
        actor=ME,
        verb="documents:document:make",
        subject=made[0].number,
        at=request.at,
        organisation_code=pairs[0][0].issuer,
        detail={"cause": cause, "numbers": [each.number for each in made]},
    )
    return made


def obstacle(line: LineView, request: Request) -> Text | None:
    """Return what keeps a line's original from being made here now, as far as keys can tell."""
    try:
        signer = signer_of(line, local_day(request.at))
        seal = get_organisation(signer.organisation).name
        for purpose, holder in (("person", signer.name), ("seal", seal)):
            key = signing.known_key(
                organisation=signer.organisation, purpose=purpose, holder=holder, at=request.at
            )
            if key is None and not request.is_playground:
                return signing.no_key(seal, holder).message
            if key is not None and key.provider == "remote":
                return signing.key_elsewhere(key.number).message
        if not request.is_playground:
            issuers.signer(
                request.home, line.issuer, Algorithm.ED25519, at=request.at, is_playground=False
            )
    except Error as error:
        return error.message
    return None


def require_standing(lines: Sequence[LineView]) -> None:
    """Nothing is made of what was revoked or whose holder's data are gone."""
    for line in lines:
        if line.status != "valid":
            raise refused(
                "document_line_revoked",
                "Văn bằng, chứng chỉ đã bị thu hồi: không lập văn bản số, không cấp bản sao.",
                "The credential was revoked: no document and no copy is made of it.",
            )
        if line.erased:
            raise refused(
                "document_line_erased", "Dữ liệu cá nhân của dòng này đã được xóa theo quy định.",
                "The personal data of this line were erased.",
            )  # fmt: skip


def knows_originals(on: date) -> bool:
    """Whether the law of the day gives a digital credential the value of one on paper."""
    return any(
        value.verdict == "decides"
        for value in load_law().values_on("digital_rule", on, about="issue")
    )


def refused(code: str, vi: str, en: str) -> DocumentRefused:
    """Return a refusal to raise."""
    return DocumentRefused(code, Text(vi, en))


# --- inside ------------------------------------------------------------------------------------


def attached_files(line: PublishedLine, number: str, request: Request) -> list[Attached]:
    """Return the files inside the paper of a line: proof, entry, and a credential of its own."""
    return [
        Attached(
            PROOF, line.proof.encode(), "text/plain",
            "Bằng chứng mục sổ gốc nằm trong nhật ký (C2SP tlog-proof) / Proof of inclusion",
            "supplement",
        ),
        Attached(
            LEAF, base64.b64decode(line.leaf), "application/json",
            "Mục sổ gốc như đã ghi trong nhật ký / The entry as logged", "supplement",
        ),
        Attached(
            CREDENTIAL, credential(request, line, copy=number), "application/vc",
            "Chứng thực kiểm chứng được (W3C VC 2.0) / Verifiable credential",
        ),
    ]  # fmt: skip


def _begun(lines: Sequence[LineView]) -> dict[int, Document]:
    """Return originals that were begun and wait for a signature, by line."""
    begun = Document.objects.filter(
        line__in=[line.id for line in lines], role="original", documentedition__isnull=True
    )
    return {document.line_id: document for document in begun}


def _copy_numbers(issuer_id: int, count: int, on: date) -> list[str]:
    """Return the next numbers of the body's copies of the year; its copies wait for one another."""
    lock(cursor(), f"copies {issuer_id}/{on.year}")
    used = Document.objects.filter(
        issuer_id=issuer_id, role="copy", copy_number__endswith=f"/{on.year}/BS"
    ).count()
    return [f"{used + number:04}/{on.year}/BS" for number in range(1, count + 1)]


def key_of(signer: Signer, purpose: str, holder: str, request: Request) -> signing.SigningKey:
    """Return the key that serves. Raises `UnknownKey`, `KeyRefused`."""
    return signing.serving_key(
        organisation=signer.organisation,
        purpose=purpose,
        holder=holder,
        at=request.at,
        home=request.home,
        is_playground=request.is_playground,
        by=ME,
    )


def _printed(
    line: LineView,
    document: Document,
    body: Body,
    signer: Signer,
    attached: Sequence[Attached],
    request: Request,
) -> bytes:
    said: dict[str, Any] = {
        "base": request.base, "sample": request.is_playground, "at": request.at,
    }  # fmt: skip
    if document.role == "original":
        data = original_data(line, body, signer, **said) | {"major_en": english_major(line)}
    elif document.role == "supplement":
        data = supplement_data(line, body, signer, **said)
    else:
        data = copy_data(line, body, signer, copy_number=document.copy_number, **said)
    return press_of(request.home).print(document.template, data, attached, at=request.at)


def signer_of(line: LineView, on: date) -> Signer:
    """Return who signs today: the register's signatory while in office, else its keeper's head."""
    keeper = successor(line.issuer, "custody", on)
    code = line.issuer if keeper is None else keeper.code
    held = [fact for fact in mandate_facts(code, on) if fact.person]
    same = [fact for fact in held if keeper is None and fact.person == line.signatory_name]
    heads = [fact for fact in held if fact.role == "head"]
    for fact in (*same, *heads):
        return Signer(code, str(fact.person), fact.title)
    raise refused(
        "document_no_signer",
        "Hôm nay chưa có ai được giao ký cho đơn vị giữ sổ gốc này.",
        "Nobody has the mandate today to sign for the body that keeps this register.",
    )


def body_of(line: LineView, on: date) -> Body:
    """Return the body that issued a line as papers name it."""
    organisation = get_organisation(line.issuer)
    province = province_on(organisation.province_code, line.issued_on)
    province = province or province_on(organisation.province_code, on)
    parent = organisation.parent
    return Body(
        name=organisation.name,
        name_en=organisation.name_en,
        parent="" if parent is None else parent.name,
        place="" if province is None else province.name,
    )
