"""`did:web` of bodies: names, addresses, and the document with every key a body ever had.

The host is the first part of the log's origins, which is fixed for the life of a home. A retired
key stays in the document, so that what it signed can be verified for as long as paper is kept; when
it served stands beside it (`validFrom`, `validUntil`), and a verifier that knows these two compares
them with the time of the signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sogoc.credentials.issuers.keys import KeyRecord, iso
from sogoc.verifier.api import jsonld

MINISTRY: Final = "bo-gddt"
"""Name of the body that states who may issue what."""
OPERATOR: Final = "_operator"
"""Who runs the installation and signs receipts of checks; no body has a code like this."""


def did_of(body: str, base: str) -> str:
    """Return the DID of a body: `did:web:<base>:<body>`, of the operator `did:web:<base>`."""
    host, *path = base.split("/")
    names = [] if body == OPERATOR else [body]
    return ":".join(["did", "web", host.replace(":", "%3A"), *path, *names])


def did_path(body: str, base: str) -> str:
    """Return the public path of a body's DID document, as `did:web` resolves it."""
    if body != OPERATOR:
        return f"{body}/did.json"
    return "did.json" if "/" in base else ".well-known/did.json"


def address(path: str, base: str) -> str:
    """Return the address of a public file of this installation."""
    return f"https://{base}/{path}"


def method_of(did: str, key: KeyRecord) -> str:
    """Return the name of a key in its document."""
    return f"{did}#{key.multikey}"


def did_document(body: str, base: str, keys: Iterable[KeyRecord]) -> dict[str, Any]:
    """Return `did.json`: all keys, oldest first, each with the time it served."""
    did = did_of(body, base)
    methods = [_method(did, key) for key in sorted(keys, key=lambda key: key.valid_from)]
    return {
        "@context": [jsonld.DID_V1, jsonld.MULTIKEY],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _method(did: str, key: KeyRecord) -> dict[str, Any]:
    method = {
        "id": method_of(did, key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": str(key.multikey),
        "validFrom": iso(key.valid_from),
    }
    if key.valid_until is not None:
        method["validUntil"] = iso(key.valid_until)
    if key.compromised_at is not None:  # also for those who do not compare times
        method["revoked"] = iso(key.compromised_at)
    return method
