"""The digital original (văn bằng số) of a published line, register copies, and their renewal.

Only of lines a checkpoint with its quorum covers, never in the transaction that enters them: log
proof and credential are attached, so the leaf, the quorum and the proof come before the page, and
the page before the signatures.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from typing import Any, Final

from sogoc.credentials.bulk import cursor, lock
from sogoc.credentials.documents import store
from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request, render
from sogoc.credentials.documents.models import Document, DocumentEdition, DocumentState
from sogoc.credentials.documents.paper import (
    Body,
    Signer,
    copy_data,
    original_data,
    template_for,
)
from sogoc.credentials.documents.pdf_signing import Page, SignedPage, sign_pages
from sogoc.credentials.documents.press import Attached, press_of
from sogoc.credentials.log.api import prove
from sogoc.credentials.register.api import LineView, UnknownLine, lines_by_code
from sogoc.credentials.signing import api as signing
from sogoc.kernel.text import Text
from sogoc.people.api import (
    Actor,
    acting,
    get_organisation,
    mandate_facts,
    province_on,
    record_event,
    require,
    successor,
)
from sogoc.policy.api import load_law

PROOF: Final = "so-goc.tlog-proof"
LEAF: Final = "so-goc.leaf.json"
CREDENTIAL: Final = "credential.json"
"""Names of the files inside a paper."""

_ME: Final = "documents"


@dataclass(frozen=True, slots=True)
class Made:
    """A document made: its number, role, the file and which edition it is."""

    number: str
    code: str
    role: str
    edition: int
    data: bytes


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

    All or none; `request.code` is not read. Raises as `render_pdf`.
    """
    me = Actor.system(_ME)
    with acting(request.by):
        found = lines_by_code(codes)
        for line in found.values():
            require(request.by, "register.view", organisation_id=line.book.issuer_id)
    lines = list(found.values())
    if len(lines) < len(set(codes)) or not lines:
        raise UnknownLine(
            "register_line_unknown",
            Text("Không có dòng nào mang mã này.", "No line has this code."),
        )
    _require_standing(lines)
    attached = {line.code: _attached(line, request) for line in lines}
    with acting(me):
        made = {each.code: each for each in _known(lines, request, copies=copies)}
        for group in _groups([line for line in lines if line.code not in made]):
            for each in _make(group, attached, request, me, copies=copies):
                made[each.code] = each
    return [made[line.code] for line in lines]


def renew(number: str, request: Request, *, reason: str) -> Made:
    """Sign a document anew with the keys that serve now: its next edition, all else as it was.

    Raises `DocumentRefused` for an unknown number, and as `render_pdf`.
    """
    me = Actor.system(_ME)
    with acting(me):
        document = Document.objects.select_related("line").filter(number=number).first()
    if document is None:
        raise _refused("document_unknown", "Không có văn bản này.", "There is no such document.")
    with acting(me):
        (line,) = lines_by_code([document.line.code]).values()
    _require_standing([line])
    request = replace(request, code=line.code)
    attached = {line.code: _attached(line, request)}
    with acting(me):
        lock(cursor(), f"document {number}")
        (made,) = _sign_all([(line, document)], attached, request, me, cause="renewal")
        DocumentState.objects.create(
            document=document, issuer=document.issuer, state="valid", reason=reason,
            recorded_by=me.username, recorded_at=request.at,
        )  # fmt: skip
        return made


def mark_due(numbers: Sequence[str], request: Request, *, reason: str) -> int:
    """Record that documents need renewal; return how many were not marked already."""
    me = Actor.system(_ME)
    with acting(me):
        documents = list(Document.objects.filter(number__in=list(numbers)))
        latest = {document.pk: state_of(document) for document in documents}
        due = [each for each in documents if latest[each.pk] == "valid"]
        DocumentState.objects.bulk_create(
            DocumentState(
                document=each, issuer_id=each.issuer_id, state="renewal_due", reason=reason,
                recorded_by=me.username, recorded_at=request.at,
            )
            for each in due
        )  # fmt: skip
        return len(due)


def due_numbers() -> list[str]:
    """Return the documents that wait for renewal, the oldest first."""
    with acting(Actor.system(_ME)):
        marked = Document.objects.filter(documentstate__state="renewal_due").distinct()
        return [each.number for each in marked.order_by("pk") if state_of(each) == "renewal_due"]


def state_of(document: Document) -> str:
    """Return the newest status of a document, inside the caller's identity."""
    newest = DocumentState.objects.filter(document=document).order_by("-pk").first()
    return "valid" if newest is None else newest.state


# --- inside ------------------------------------------------------------------------------------


def _attached(line: LineView, request: Request) -> list[Attached]:
    """Return what proves the line without us. Nothing is handed out before the quorum cosigned."""
    proven = prove(request.home, base=request.base, leaf_hash=line.leaf_hash)
    files = [
        Attached(
            PROOF, str(proven.proof).encode(), "text/plain",
            "Bằng chứng mục sổ gốc nằm trong nhật ký (C2SP tlog-proof) / Proof of inclusion",
            "supplement",
        ),
        Attached(
            LEAF, proven.entry, "application/json",
            "Mục sổ gốc như đã ghi trong nhật ký / The entry as logged", "supplement",
        ),
    ]  # fmt: skip
    if find_spec("sogoc.credentials.documents.vc_issuing") is not None:
        files.append(
            Attached(
                CREDENTIAL, render("vc", replace(request, code=line.code)), "application/vc",
                "Chứng thực kiểm chứng được (W3C VC 2.0) / Verifiable credential",
            )
        )  # fmt: skip
    return files


def _known(lines: Sequence[LineView], request: Request, *, copies: bool) -> list[Made]:
    """Return the originals there already; those due for renewal are handed out as they are."""
    if copies:
        return []
    originals = Document.objects.filter(line__in=[line.id for line in lines], role="original")
    found = []
    for document in originals.select_related("line"):
        edition = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
        if edition is not None:
            data = store.fetch(request.home, bytes(edition.sha256))
            code = document.line.code
            found.append(Made(document.number, code, document.role, edition.edition, data))
    return found


def _require_standing(lines: Sequence[LineView]) -> None:
    """Nothing is made of what was revoked or whose holder's data are gone."""
    for line in lines:
        if line.status != "valid":
            raise _refused(
                "document_line_revoked",
                "Văn bằng, chứng chỉ đã bị thu hồi: không lập văn bản số, không cấp bản sao.",
                "The credential was revoked: no document and no copy is made of it.",
            )
        if line.erased:
            raise _refused(
                "document_line_erased", "Dữ liệu cá nhân của dòng này đã được xóa theo quy định.",
                "The personal data of this line were erased.",
            )  # fmt: skip


def _groups(lines: Sequence[LineView]) -> list[list[LineView]]:
    groups: dict[tuple[str, str, str], list[LineView]] = {}
    for line in lines:
        groups.setdefault((line.issuer, line.signatory_name, line.act), []).append(line)
    return list(groups.values())


def _make(
    lines: Sequence[LineView],
    attached: dict[str, list[Attached]],
    request: Request,
    me: Actor,
    *,
    copies: bool,
) -> list[Made]:
    is_original = not copies and lines[0].act == "issue" and _knows_originals(request.at.date())
    numbers = [""] * len(lines)
    if not is_original:
        numbers = _copy_numbers(lines[0].book.issuer_id, len(lines), request.at.date())
    documents = Document.objects.bulk_create(
        Document(
            number=f"D-{secrets.token_hex(8).upper()}",
            line_id=line.id,
            issuer_id=line.book.issuer_id,
            role="original" if is_original else "copy",
            template=template_for(line.kind) if is_original else "register-copy",
            copy_number=copy_number,
            made_by=me.username,
            made_at=request.at,
        )
        for line, copy_number in zip(lines, numbers, strict=True)
    )
    pairs = list(zip(lines, documents, strict=True))
    return _sign_all(pairs, attached, request, me, cause="issue")


def _sign_all(
    pairs: Sequence[tuple[LineView, Document]],
    attached: dict[str, list[Attached]],
    request: Request,
    me: Actor,
    *,
    cause: str,
) -> list[Made]:
    """Print and sign documents of one issuer and signatory, and keep the files."""
    first = pairs[0][0]
    signer = _signer(first, request.at.date())
    body = _body(first, request.at.date())
    pages = [
        Page(
            _printed(line, document, body, signer, attached[line.code], request),
            document.number,
            line.id,
        )
        for line, document in pairs
    ]
    seal_holder = get_organisation(signer.organisation).name
    signed = sign_pages(
        pages,
        person=_key(signer, "person", signer.name, request, me),
        seal=_key(signer, "seal", seal_holder, request, me),
        home=request.home,
        is_playground=request.is_playground,
        by=me,
        at=request.at,
    )
    made = _stored(pairs, signed, request, me, cause=cause)
    record_event(
        actor=me,
        verb="documents:document:make",
        subject=made[0].number,
        at=request.at,
        organisation_code=first.issuer,
        detail={"cause": cause, "numbers": [each.number for each in made]},
    )
    return made


def _stored(
    pairs: Sequence[tuple[LineView, Document]],
    signed: Sequence[SignedPage],
    request: Request,
    me: Actor,
    *,
    cause: str,
) -> list[Made]:
    """Keep the files and store their editions."""
    made = []
    editions = []
    for (line, document), page in zip(pairs, signed, strict=True):
        known = DocumentEdition.objects.filter(document=document)
        number = 1 if cause == "issue" else known.count() + 1
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
                made_by=me.username,
                made_at=request.at,
            )
        )
        made.append(Made(document.number, line.code, document.role, number, page.data))
    DocumentEdition.objects.bulk_create(editions)
    return made


def _key(
    signer: Signer, purpose: str, holder: str, request: Request, me: Actor
) -> signing.SigningKey:
    return signing.serving_key(
        organisation=signer.organisation,
        purpose=purpose,
        holder=holder,
        at=request.at,
        home=request.home,
        is_playground=request.is_playground,
        by=me,
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
        data = original_data(line, body, signer, **said)
    else:
        data = copy_data(line, body, signer, copy_number=document.copy_number, **said)
    return press_of(request.home).print(document.template, data, attached, at=request.at)


def _knows_originals(on: date) -> bool:
    """Whether the law of the day gives a digital credential the value of one on paper."""
    return any(
        value.verdict == "decides"
        for value in load_law().values_on("digital_rule", on, about="issue")
    )


def _copy_numbers(issuer_id: int, count: int, on: date) -> list[str]:
    """Return the next numbers of the body's copies of the year; its copies wait for one another."""
    lock(cursor(), f"copies {issuer_id}/{on.year}")
    used = Document.objects.filter(
        issuer_id=issuer_id, role="copy", copy_number__endswith=f"/{on.year}/BS"
    ).count()
    return [f"{used + number:04}/{on.year}/BS" for number in range(1, count + 1)]


def _signer(line: LineView, on: date) -> Signer:
    """Return who signs today: the register's signatory while in office, else its keeper's head."""
    keeper = successor(line.issuer, "custody", on)
    code = line.issuer if keeper is None else keeper.code
    held = [fact for fact in mandate_facts(code, on) if fact.person]
    same = [fact for fact in held if keeper is None and fact.person == line.signatory_name]
    heads = [fact for fact in held if fact.role == "head"]
    for fact in (*same, *heads):
        return Signer(code, str(fact.person), fact.title)
    raise _refused(
        "document_no_signer",
        "Hôm nay chưa có ai được giao ký cho đơn vị giữ sổ gốc này.",
        "Nobody has the mandate today to sign for the body that keeps this register.",
    )


def _body(line: LineView, on: date) -> Body:
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


def _refused(code: str, vi: str, en: str) -> DocumentRefused:
    return DocumentRefused(code, Text(vi, en))
