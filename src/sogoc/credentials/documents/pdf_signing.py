"""A page, two signatures: the person's, which locks the content, then the seal with its time-stamp.

Each is prepared (a stored request, a token) before any key is touched. Pages of many documents go
through together: one request and one signature each, one statement for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sogoc.credentials.signing import api as signing
from sogoc.kernel.pdf_update import PERSON, SEAL, Placed, PreparedPdf
from sogoc.people.api import Actor

_REASON: Final = "Ký văn bản số / Signed"
_SEAL_REASON: Final = "Chữ ký số của cơ quan / Seal of the body"


@dataclass(frozen=True, slots=True)
class Page:
    """A page to sign: its bytes, the number of its document, the line it is of."""

    data: bytes
    number: str
    line_id: int


@dataclass(frozen=True, slots=True)
class SignedPage:
    """A signed page with the tokens of its two signatures, and when it was stamped, if it was."""

    data: bytes
    person_token: str
    seal_token: str
    stamped_at: datetime | None


def sign_pages(
    pages: Sequence[Page],
    *,
    person: signing.SigningKey,
    seal: signing.SigningKey,
    home: Path,
    is_playground: bool,
    by: Actor,
    at: datetime,
) -> list[SignedPage]:
    """Sign pages with both keys, inside the caller's `acting(by)`.

    Raises `KeyRefused`, `TokenRefused`, `StampRefused`.
    """
    prepared = [PreparedPdf.prepare(page.data) for page in pages]
    places = [
        each.place(PERSON, at=at, signer=person.holder, reason=_REASON, certifies=True)
        for each in prepared
    ]
    person_made = _made(person, pages, places, home, by, at, is_playground=is_playground)
    signer = signing.cms_signer(person)
    once = [
        place.with_signature(signer.assemble(made.attributes, made.signature))
        for place, made in zip(places, person_made, strict=True)
    ]
    places = [
        each.signed(PERSON, data).place(SEAL, at=at, signer=seal.holder, reason=_SEAL_REASON)
        for each, data in zip(prepared, once, strict=True)
    ]
    seal_made = _made(seal, pages, places, home, by, at, is_playground=is_playground)
    signer = signing.cms_signer(seal)
    stamper = signing.stamper_of(home, is_playground=is_playground)
    done = []
    for place, first, second in zip(places, person_made, seal_made, strict=True):
        token = None if stamper is None else stamper.stamp(sha256(second.signature).digest(), at)
        data = place.with_signature(signer.assemble(second.attributes, second.signature, token))
        done.append(SignedPage(data, first.token, second.token, None if token is None else at))
    return done


def _made(
    key: signing.SigningKey,
    pages: Sequence[Page],
    places: Sequence[Placed],
    home: Path,
    by: Actor,
    at: datetime,
    *,
    is_playground: bool,
) -> list[signing.Made]:
    requests = signing.prepare(
        key=key,
        documents=[
            signing.ToPrepare(place.digest, page.number, page.line_id)
            for page, place in zip(pages, places, strict=True)
        ],
        by=by,
        at=at,
    )
    tokens = [request.token for request in requests]
    return signing.sign(tokens, home=home, is_playground=is_playground, by=by, at=at)
