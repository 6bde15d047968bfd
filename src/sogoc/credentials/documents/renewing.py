"""After a key was compromised: which documents it signed, which of them to make anew, and doing so.

A document whose time-stamp is older than the compromise proves that it was signed before; the
others are marked and signed anew with the keys that serve now: the next edition of the same
document, so that its number and the one digital original stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sogoc.credentials.documents.errors import DocumentRefused
from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.models import Document, DocumentEdition
from sogoc.credentials.documents.pdf_issuing import Made, due_numbers, mark_due, renew, state_of
from sogoc.credentials.signing import api as signing
from sogoc.people.api import Actor, acting


@dataclass(frozen=True, slots=True)
class Affected:
    """A document a key signed; `is_doubtful`: nothing proves it older than the compromise."""

    number: str
    code: str
    role: str
    state: str
    signed_at: datetime
    stamped_at: datetime | None
    is_doubtful: bool


def signed_documents(
    key: str, *, since: datetime | None = None, until: datetime | None = None, by: Actor
) -> list[Affected]:
    """Return every document whose newest edition a key signed in a period, the oldest first.

    Needs `keys.manage`. Raises `UnknownKey`.
    """
    signed = signing.signed_by(key, since=since, until=until, by=by)
    (view,) = [each for each in signing.list_keys(by=by) if each.number == key]
    found: dict[str, Affected] = {}
    with acting(Actor.system("documents")):
        numbers = {each.subject for each in signed}
        documents = {
            each.number: each
            for each in Document.objects.filter(number__in=numbers).select_related("line")
        }
        for item in signed:
            document = documents.get(item.subject)
            if document is None:
                continue
            newest = DocumentEdition.objects.filter(document=document).order_by("-edition").first()
            tokens = set() if newest is None else {newest.person_token, newest.seal_token}
            if newest is None or item.token not in tokens:
                continue  # made anew since
            lost = view.compromised_at
            found[document.number] = Affected(
                document.number,
                document.line.code,
                document.role,
                state_of(document),
                item.signed_at,
                newest.stamped_at,
                lost is not None and (newest.stamped_at is None or newest.stamped_at >= lost),
            )
    return list(found.values())


def mark_doubtful(key: str, request: Request, *, reason: str) -> list[Affected]:
    """Mark what a compromised key signed and nothing dates; return it. Raises `UnknownKey`."""
    doubtful = [each for each in signed_documents(key, by=request.by) if each.is_doubtful]
    mark_due([each.number for each in doubtful], request, reason=reason)
    return doubtful


def renew_due(request: Request, *, reason: str, limit: int = 1000) -> list[Made]:
    """Sign the documents that wait for it anew; what is no longer of a standing line stays marked.

    Each is a transaction of its own, so that a stop loses nothing.
    """
    made = []
    for number in due_numbers()[:limit]:
        try:
            made.append(renew(number, request, reason=reason))
        except DocumentRefused:
            continue
    return made
