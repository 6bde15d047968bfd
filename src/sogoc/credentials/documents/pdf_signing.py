"""A page, two signatures: the person's, which locks the content, then the seal with its time-stamp.

Each is prepared (a stored request, a token) before any key is touched. Pages of many documents go
through together: one request and one signature each, one statement for all. A key on somebody's
own device pauses its pages (`pause_pages`), and they go on with the signature brought in
(`resume_page`).
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
class Keys:
    """Whose keys sign a paper."""

    person: signing.SigningKey
    seal: signing.SigningKey

    @property
    def is_elsewhere(self) -> bool:
        """Whether one of them is on somebody's own device."""
        return "remote" in {self.person.provider, self.seal.provider}


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


@dataclass(frozen=True, slots=True)
class PausedPage:
    """A page that waits for the signature of `token`: its room is empty, `stage` says whose it is.

    `size` is the length of the page as printed, with which `placed` begins; `person_token` the
    signature it bears already, when the seal is waited for.
    """

    number: str
    stage: str
    token: str
    placed: Placed
    size: int
    person_token: str = ""


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

    Raises `KeyRefused` (also for a key that is elsewhere), `TokenRefused`, `StampRefused`.
    """
    prepared = [PreparedPdf.prepare(page.data) for page in pages]
    places = [_for_person(each, person, at) for each in prepared]
    person_made = _made(person, pages, places, home, by, at, is_playground=is_playground)
    once = _filled(places, person_made, person)
    places = [_for_seal(each, data, seal, at) for each, data in zip(prepared, once, strict=True)]
    seal_made = _made(seal, pages, places, home, by, at, is_playground=is_playground)
    return [
        _sealed(place, made, first.token, seal, home, at, is_playground=is_playground)
        for place, made, first in zip(places, seal_made, person_made, strict=True)
    ]


def pause_pages(
    pages: Sequence[Page],
    keys: Keys,
    *,
    home: Path,
    is_playground: bool,
    by: Actor,
    at: datetime,
) -> list[PausedPage]:
    """Take pages as far as the first key that is elsewhere, inside the caller's `acting(by)`."""
    prepared = [PreparedPdf.prepare(page.data) for page in pages]
    places = [_for_person(each, keys.person, at) for each in prepared]
    if keys.person.provider == "remote":
        requests = _requests(keys.person, pages, places, by, at)
        return [
            PausedPage(page.number, "person", token, place, len(page.data))
            for page, token, place in zip(pages, requests, places, strict=True)
        ]
    made = _made(keys.person, pages, places, home, by, at, is_playground=is_playground)
    once = _filled(places, made, keys.person)
    places = [
        _for_seal(each, data, keys.seal, at) for each, data in zip(prepared, once, strict=True)
    ]
    requests = _requests(keys.seal, pages, places, by, at)
    return [
        PausedPage(page.number, "seal", token, place, len(page.data), first.token)
        for page, token, place, first in zip(pages, requests, places, made, strict=True)
    ]


def resume_page(
    paused: PausedPage,
    made: signing.Made,
    keys: Keys,
    line_id: int,
    *,
    home: Path,
    is_playground: bool,
    by: Actor,
    at: datetime,
) -> SignedPage | PausedPage:
    """Put the signature brought in into its page and go on: to the end, or to the next pause.

    `keys` holds the key that signed, and the seal's for what comes after it. Inside `acting(by)`.
    """
    if paused.stage == "seal":
        return _sealed(
            paused.placed, made, paused.person_token, keys.seal, home, at,
            is_playground=is_playground,
        )  # fmt: skip
    prepared = PreparedPdf.prepare(paused.placed.data[: paused.size])
    (once,) = _filled([paused.placed], [made], keys.person)
    place = _for_seal(prepared, once, keys.seal, at)
    page = Page(once, paused.number, line_id)
    if keys.seal.provider == "remote":
        (token,) = _requests(keys.seal, [page], [place], by, at)
        return PausedPage(paused.number, "seal", token, place, paused.size, paused.token)
    (sealing,) = _made(keys.seal, [page], [place], home, by, at, is_playground=is_playground)
    return _sealed(place, sealing, paused.token, keys.seal, home, at, is_playground=is_playground)


# --- steps -------------------------------------------------------------------------------------


def _for_person(prepared: PreparedPdf, key: signing.SigningKey, at: datetime) -> Placed:
    return prepared.place(PERSON, at=at, signer=key.holder, reason=_REASON, certifies=True)


def _for_seal(
    prepared: PreparedPdf, signed_once: bytes, key: signing.SigningKey, at: datetime
) -> Placed:
    after = prepared.signed(PERSON, signed_once)
    return after.place(SEAL, at=at, signer=key.holder, reason=_SEAL_REASON)


def _filled(
    places: Sequence[Placed], made: Sequence[signing.Made], key: signing.SigningKey
) -> list[bytes]:
    signer = signing.cms_signer(key)
    return [
        place.with_signature(signer.assemble(each.attributes, each.signature))
        for place, each in zip(places, made, strict=True)
    ]


def _sealed(
    place: Placed,
    made: signing.Made,
    person_token: str,
    key: signing.SigningKey,
    home: Path,
    at: datetime,
    *,
    is_playground: bool,
) -> SignedPage:
    stamper = signing.stamper_of(home, is_playground=is_playground)
    stamp = None if stamper is None else stamper.stamp(sha256(made.signature).digest(), at)
    cms = signing.cms_signer(key).assemble(made.attributes, made.signature, stamp)
    return SignedPage(
        place.with_signature(cms), person_token, made.token, None if stamp is None else at
    )


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
    tokens = _requests(key, pages, places, by, at)
    return signing.sign(tokens, home=home, is_playground=is_playground, by=by, at=at)


def _requests(
    key: signing.SigningKey,
    pages: Sequence[Page],
    places: Sequence[Placed],
    by: Actor,
    at: datetime,
) -> list[str]:
    documents = [
        signing.ToPrepare(place.digest, page.number, page.line_id)
        for page, place in zip(pages, places, strict=True)
    ]
    return [each.token for each in signing.prepare(key=key, documents=documents, by=by, at=at)]
