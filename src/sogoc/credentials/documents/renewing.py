"""After a key was compromised: what it signed, what of that to make anew, and doing so.

A paper whose time-stamp is older than the compromise proves that it was signed before; the others
are marked and signed anew with the keys that serve now: the next edition of the same document, so
that its number and the one digital original stay. A credential has no time-stamp of its own: what
the record says was signed from the compromise on is made anew, and so is the paper around it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import FORMATS, Request, render
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.pdf_issuing import Made, due_numbers, mark_due, renew, state_of
from sogoc.credentials.documents.pdf_pages import ME
from sogoc.credentials.documents.xml_issuing import SUBJECT as XML_SUBJECT
from sogoc.credentials.documents.xml_issuing import renew_xml
from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.register.api import lines_by_code
from sogoc.credentials.signing import api as signing
from sogoc.kernel.periods import local_day
from sogoc.people.api import Actor, acting, get_organisation, may, successor


@dataclass(frozen=True, slots=True)
class Affected:
    """An edition of a document that a key signed.

    `is_doubtful`: it is the newest, and nothing proves it older than the compromise.
    """

    number: str
    edition: int
    code: str
    role: str
    state: str
    signed_at: datetime
    stamped_at: datetime | None
    is_newest: bool
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class AffectedCredential:
    """A credential a key signed: a format of a line, or the one in the paper of number `copy`.

    `is_doubtful`: signed from the compromise on, of a line that stands, and not made anew since;
    signed XML whenever it was signed.
    """

    copy: str
    code: str
    signed_at: datetime
    is_doubtful: bool

    @property
    def is_in_a_paper(self) -> bool:
        """Whether a paper carries it."""
        return self.copy not in FORMATS


def signed_documents(
    key: str, *, since: datetime | None = None, until: datetime | None = None, by: Actor
) -> list[Affected]:
    """Return every edition of a document that a key signed in a period, the oldest first.

    Needs `keys.manage`. Raises `UnknownKey`.
    """
    signed = signing.signed_by(key, since=since, until=until, by=by)
    (view,) = [each for each in signing.list_keys(by=by) if each.number == key]
    lost = view.compromised_at
    found: dict[tuple[str, int], Affected] = {}
    with acting(ME):
        editions = defaultdict[str, list[DocumentEdition]](list)
        newest: dict[str, int] = {}
        subjects = {item.subject for item in signed}
        for each in (
            DocumentEdition.objects.filter(document__number__in=subjects)
            .select_related("document__line")
            .order_by("edition")
        ):
            for token in {each.person_token, each.seal_token}:
                editions[token].append(each)  # an archived edition bears the signatures before it
            newest[each.document.number] = each.edition
        for item in signed:
            for edition in editions.get(item.token, ()):  # none: it never became a paper
                document = edition.document
                is_newest = edition.edition == newest[document.number]
                found[document.number, edition.edition] = Affected(
                    document.number,
                    edition.edition,
                    document.line.code,
                    document.role,
                    state_of(document),
                    item.signed_at,
                    edition.stamped_at,
                    is_newest,
                    is_newest
                    and lost is not None
                    and (edition.stamped_at is None or edition.stamped_at >= lost),
                )
    return list(found.values())


def signed_credentials(
    label: str,
    *,
    home: Path,
    since: datetime | None = None,
    until: datetime | None = None,
    by: Actor,
) -> list[AffectedCredential]:
    """Return every credential a body's key (`V-…`) signed in a period, the oldest first.

    Needs the permission to manage that key. Raises `IssuerRefused`, `NotPermitted`.
    """
    return _affected(issuers.issuer_key(home, label, by=by), since=since, until=until)


def signed_xml(
    key: str, *, since: datetime | None = None, until: datetime | None = None, by: Actor
) -> list[AffectedCredential]:
    """Return every line as XML that a key (`K-…`) sealed in a period, the oldest first.

    Needs `keys.manage`. Raises `UnknownKey`.
    """
    lost = {each.token for each in signing.lost_signatures(XML_SUBJECT)}
    return [
        AffectedCredential("xml", each.line or "", each.signed_at, each.token in lost)
        for each in signing.signed_by(key, since=since, until=until, by=by)
        if each.subject.startswith(XML_SUBJECT)
    ]


def mark_doubtful(key: str, request: Request, *, reason: str) -> list[Affected]:
    """Mark what a compromised key signed and nothing dates; return it. Raises `UnknownKey`."""
    doubtful = [each for each in signed_documents(key, by=request.by) if each.is_doubtful]
    mark_due([each.number for each in doubtful], request, reason=reason)
    return doubtful


def mark_doubtful_credentials(label: str, request: Request, *, reason: str) -> list[str]:
    """Mark the papers that carry a credential of a compromised key; return their numbers."""
    found = signed_credentials(label, home=request.home, by=request.by)
    numbers = [each.copy for each in found if each.is_doubtful and each.is_in_a_paper]
    mark_due(numbers, request, reason=reason)
    return numbers


def due_papers(by: Actor, at: datetime) -> list[str]:
    """Return the numbers of papers that wait for renewal and that one may renew, oldest first."""
    numbers = due_numbers()
    with acting(ME):
        found = Document.objects.filter(number__in=numbers).values_list("number", "issuer__code")
        issuer = dict(found)
        return [number for number in numbers if _may_renew(by, issuer[number], at)]


def due_credentials(home: Path, *, by: Actor, at: datetime) -> list[AffectedCredential]:
    """Return credentials and XML of compromised keys that one may make anew, by key and age.

    Credentials in papers are left out: they come with the paper. So is XML of erased people.
    """
    due = _due(home)
    with acting(ME):
        lines = lines_by_code({each.code for each in due})
        return [
            each
            for each in due
            if not (each.copy == "xml" and lines[each.code].erased)
            and _may_renew(by, lines[each.code].issuer, at)
        ]


def _may_renew(by: Actor, issuer: str, at: datetime) -> bool:
    """Whether one manages the keys that sign for a body now: its own, or its successor's.

    Inside the documents' identity.
    """
    keeper = successor(issuer, "custody", local_day(at)) or get_organisation(issuer)
    return may(by, "keys.manage", organisation_id=keeper.pk)


def _due(home: Path) -> list[AffectedCredential]:
    lost = [
        record
        for body in issuers.bodies(home)
        for record in issuers.history(home, body)
        if record.compromised_at is not None
    ]
    return [
        each
        for record in lost
        for each in _affected(record, since=record.compromised_at, until=None)
        if each.is_doubtful and not each.is_in_a_paper
    ] + [
        AffectedCredential("xml", each.line or "", each.signed_at, is_doubtful=True)
        for each in signing.lost_signatures(XML_SUBJECT)
    ]


def renew_due(request: Request, *, reason: str, limit: int = 1000) -> list[Made]:
    """Sign the papers of `due_papers` anew; those that cannot be stay marked.

    Each is a transaction of its own, so that a stop loses nothing.
    """
    made = []
    for number in due_papers(request.by, request.at)[:limit]:
        try:
            made.append(renew(number, request, reason=reason))
        except (DocumentRefused, signing.KeyRefused, signing.UnknownKey):
            continue  # a key elsewhere: `prepare_renewal`
    return made


def renew_credentials(
    request: Request, keep: Callable[[str, str, bytes], None]
) -> list[AffectedCredential]:
    """Sign what `due_credentials` names anew; `keep` is handed code, format and each file.

    Each is a transaction of its own. A credential of a line that no longer stands is not made anew;
    XML whose seal is elsewhere waits for `prepare_xml`.
    """
    done = []
    for each in due_credentials(request.home, by=request.by, at=request.at):
        try:
            one = replace(request, code=each.code, by=ME)
            data = renew_xml(one) if each.copy == "xml" else render(each.copy, one)
        except (DocumentRefused, signing.KeyRefused, signing.UnknownKey):
            continue
        keep(each.code, each.copy, data)
        done.append(each)
    return done


def _affected(
    record: issuers.KeyRecord, *, since: datetime | None, until: datetime | None
) -> list[AffectedCredential]:
    lost = record.compromised_at
    return [
        AffectedCredential(
            each.copy,
            each.code,
            each.signed_at,
            lost is not None and each.signed_at >= lost and each.is_newest and each.stands,
        )
        for each in signing.signed_credentials(record, since=since, until=until)
    ]
