"""What the Verifiable Credentials Data Model demands of any credential or presentation (2.0, 1.1).

For credentials of others, at conformance suites; ours are judged more strictly by `credential`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sogoc.kernel import multikey, nquads
from sogoc.kernel.data_integrity import is_date_time
from sogoc.kernel.multikey import MultikeyError
from sogoc.verifier import jsonld
from sogoc.verifier.jsonld import VC_V1, VC_V2, Document

STATUS_PURPOSES: Final = {"revocation", "suspension", "refresh", "message"}
_TYPED: Final = ("credentialStatus", "credentialSchema", "evidence", "termsOfUse", "refreshService")
_INDEX: Final = re.compile(r"0|[1-9][0-9]*")
_LANGUAGE: Final = {"@value", "@language", "@direction"}
_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_PUBLISHED: Final = {
    (VC_V2, "sha256"): "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
}
"""Digests in the specification (VCDM 2.0, appendix B.1), where its bytes are not those pinned."""
_MULTIHASHES: Final = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}


def credential_problems(document: Document, at: datetime | None) -> list[str]:
    """Return what is wrong with a credential, its proof left aside; `at` also judges its period."""
    return [*_common(document, "VerifiableCredential"), *_credential(document, at)]


def presentation_problems(document: Document) -> list[str]:
    """Return what is wrong with a presentation, its credentials and proof left aside."""
    problems = list(_common(document, "VerifiablePresentation"))
    holder = document.get("holder")
    if holder is not None and not _is_reference(holder):
        problems.append("holder must be a URL or an object with an id")
    for each in _many(document.get("verifiableCredential", [])):
        if not isinstance(each, dict):
            problems.append("verifiableCredential must be objects")
        elif "type" not in each:
            problems.append("an object in verifiableCredential needs a type")
    return problems


def holder_problems(presentation: Document) -> list[str]:
    """Return what is wrong with credentials that their holder issued to itself.

    Whoever signs a presentation and is the issuer of a credential in it is its holder, and says so.
    """
    methods = [
        str(each.get("verificationMethod"))
        for each in _many(presentation.get("proof", []))
        if isinstance(each, dict)
    ]
    signers = {method.partition("#")[0] for method in methods}
    holder = _id_of(presentation.get("holder"))
    problems = []
    for each in _many(presentation.get("verifiableCredential", [])):
        issuer = _id_of(each.get("issuer")) if isinstance(each, dict) else None
        if issuer in signers and issuer != holder:
            problems.append("who presents a credential of its own must be the holder")
    return problems


def _id_of(value: object) -> object:
    return value.get("id") if isinstance(value, dict) else value


def _common(document: Document, needed: str) -> Iterator[str]:
    contexts = document.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else contexts
    if first not in {VC_V1, VC_V2}:
        yield "@context must begin with that of the data model"
    elif not all(isinstance(each, str | dict) for each in _many(contexts)):
        yield "@context holds URLs and objects"
    types = _many(document.get("type", []))
    if needed not in types or not all(isinstance(each, str) for each in types):
        yield f"type must include {needed}"
    if "id" in document and not _is_url(document["id"]):
        yield "id must be one URL"
    yield from _resources(document)


def _credential(document: Document, at: datetime | None) -> Iterator[str]:
    is_v1 = VC_V1 in _many(document.get("@context", []))
    if not _is_reference(document.get("issuer")):
        yield "issuer must be a URL or an object with an id"
    subjects = _many(document.get("credentialSubject", []))
    if not subjects or not all(isinstance(each, dict) and each for each in subjects):
        yield "credentialSubject must be an object that says something"
    for subject in subjects:
        if isinstance(subject, dict) and "id" in subject and not _is_url(subject["id"]):
            yield "credentialSubject.id must be one URL"
    yield from _typed(document)
    for holder in (document, document.get("issuer")):
        for name in ("name", "description"):
            if isinstance(holder, dict) and name in holder and not _is_language(holder[name]):
                yield f"{name} must be a string or a language value"
    yield from _period(document, at, is_v1=is_v1)
    yield from _statuses(document)
    if "BitstringStatusListCredential" in _many(document.get("type", [])):
        yield from _status_list(subjects)


def _typed(document: Document) -> Iterator[str]:
    for name in _TYPED:
        for each in _many(document.get(name, [])):
            if not isinstance(each, dict) or not _many(each.get("type", [])):
                yield f"{name} must be objects with a type"
            elif "id" in each and not _is_url(each["id"]):
                yield f"{name}.id must be a URL"
    for each in _many(document.get("credentialSchema", [])):
        if isinstance(each, dict) and "id" not in each:
            yield "credentialSchema needs an id"


def _period(document: Document, at: datetime | None, *, is_v1: bool) -> Iterator[str]:
    names = ("issuanceDate", "expirationDate") if is_v1 else ("validFrom", "validUntil")
    if is_v1 and "issuanceDate" not in document:
        yield "issuanceDate is missing"
    ends: list[datetime | None] = []
    for name in names:
        text = document.get(name)
        if text is not None and not (isinstance(text, str) and is_date_time(text)):
            yield f"{name} must be a dateTime with a time zone"
            text = None
        ends.append(None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00")))
    start, end = ends
    if start is not None and end is not None and start > end:
        yield f"{names[0]} must not be after {names[1]}"
    if at is not None and start is not None and at < start:
        yield "not valid yet"
    if at is not None and end is not None and at > end:
        yield "no longer valid"


def _statuses(document: Document) -> Iterator[str]:
    for each in _many(document.get("credentialStatus", [])):
        if not isinstance(each, dict) or "BitstringStatusListEntry" not in _many(
            each.get("type", [])
        ):
            continue
        purpose, index = each.get("statusPurpose"), each.get("statusListIndex")
        if not isinstance(purpose, str) or not purpose:
            yield "statusPurpose must be one string"
        if not isinstance(index, str) or not _INDEX.fullmatch(index):
            yield "statusListIndex must be a string of digits"
        if not _is_url(each.get("statusListCredential")):
            yield "statusListCredential must be a URL"
        size = each.get("statusSize", 1)
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            yield "statusSize must be a positive integer"
        messages = each.get("statusMessage")
        if messages is None:
            if purpose == "message" or (isinstance(size, int) and size > 1):
                yield "statusMessage is missing"
        elif not isinstance(messages, list) or len(messages) != 2**size:
            yield "statusMessage must have one entry for each value"


def _status_list(subjects: list[Any]) -> Iterator[str]:
    from sogoc.kernel.status_lists import StatusListError, decode_bitstring

    for subject in subjects:
        if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
            yield "credentialSubject.type must be BitstringStatusList"
            continue
        purposes = _many(subject.get("statusPurpose", []))
        if not purposes or not all(isinstance(each, str) for each in purposes):
            yield "statusPurpose is missing"
        try:
            decode_bitstring(subject.get("encodedList", ""))
        except StatusListError:
            yield "encodedList cannot be read"


def _resources(document: Document) -> Iterator[str]:
    seen: set[str] = set()
    for each in _many(document.get("relatedResource", [])):
        if not isinstance(each, dict) or not _is_url(each.get("id")):
            yield "relatedResource must be objects with an id"
            continue
        if each["id"] in seen:
            yield "relatedResource names one resource twice"
        seen.add(each["id"])
        sri, multi = each.get("digestSRI"), each.get("digestMultibase")
        if sri is None and multi is None:
            yield "relatedResource needs a digest"
        elif not _digests_fit(each["id"], sri, multi):
            yield "the digest of relatedResource is wrong"


def _digests_fit(address: str, sri: object, multi: object) -> bool:
    """Compare digests of pinned contexts; of other resources only the form is judged."""
    data = jsonld.pinned_bytes(address)
    return (sri is None or _sri_fits(address, data, sri)) and (
        multi is None or _multibase_fits(address, data, multi)
    )


def _sri_fits(address: str, data: bytes | None, sri: object) -> bool:
    found = _SRI.fullmatch(sri) if isinstance(sri, str) else None
    if found is None or data is None:
        return found is not None and _HEX.fullmatch(found[2]) is None
    raw = base64.b64decode(found[2] + "=" * (-len(found[2]) % 4))
    return _is_digest(address, data, found[1], raw)


def _multibase_fits(address: str, data: bytes | None, multi: object) -> bool:
    try:
        raw = multikey.decode(multi) if isinstance(multi, str) else b""
    except MultikeyError:
        return False
    name = _MULTIHASHES.get(raw[:2])
    return name is not None and (data is None or _is_digest(address, data, name, raw[2:]))


def _is_digest(address: str, data: bytes, name: str, raw: bytes) -> bool:
    known = {hashlib.new(name, data).hexdigest(), _PUBLISHED.get((address, name))}
    return raw.hex() in known


def _many(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_url(value: object) -> bool:
    return isinstance(value, str) and nquads.is_iri(value)


def _is_reference(value: object) -> bool:
    return _is_url(value) or (isinstance(value, dict) and _is_url(value.get("id")))


def _is_language(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_language(each) for each in value)
    if isinstance(value, dict):
        return (
            "@value" in value
            and set(value) <= _LANGUAGE
            and all(isinstance(each, str) for each in value.values())
        )
    return isinstance(value, str)
