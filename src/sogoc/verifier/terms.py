"""Our own terms in a credential, and what a credential of the register looks like.

The terms stand in the document itself, as the last entry of its `@context`, so that any reader can
expand it without asking us. A credential of ours has exactly these three contexts.
"""

from __future__ import annotations

from typing import Any, Final

from sogoc.verifier.jsonld import OPEN_BADGES, VC_V2

NAMESPACE: Final = "https://sogoc.invalid/ns/v1#"
"""`.invalid` never resolves (RFC 2606): the terms are names, not addresses."""

_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_DATE: Final = "http://www.w3.org/2001/XMLSchema#date"


def _term(name: str, kind: str | None = None) -> Any:
    full = f"{NAMESPACE}{name}"
    return full if kind is None else {"@id": full, "@type": kind}


TERMS: Final[dict[str, Any]] = {
    "@protected": True,
    # what the register holds of the credential
    "lookupCode": _term("lookupCode"),
    "serialNumber": _term("serialNumber"),
    "entryNumber": _term("entryNumber"),
    "credentialKind": _term("credentialKind"),
    "bornOn": _term("bornOn"),
    "issuedOn": _term("issuedOn", _DATE),
    # that it is in the log: the leaf's bytes, what opens its commitment, the C2SP tlog-proof
    "RegisterProof": _term("RegisterProof"),
    "leaf": _term("leaf"),
    "opening": _term("opening"),
    "tlogProof": _term("tlogProof"),
}
"""The context entry of a credential of the register."""

AUTHORITY_TERMS: Final[dict[str, Any]] = {
    "@protected": True,
    "AuthorityCredential": _term("AuthorityCredential"),
    "AuthorisedBody": _term("AuthorisedBody"),
    "Authorisation": _term("Authorisation"),
    "mayIssue": {"@id": f"{NAMESPACE}mayIssue", "@container": "@set"},
    "credentialKind": _term("credentialKind"),
    "capacity": _term("capacity"),
    "standing": _term("standing"),
    "fromDay": _term("fromDay", _DATE),
    "untilDay": _term("untilDay", _DATE),
    "legalBasis": _term("legalBasis"),
    "decision": _term("decision"),
}
"""The context entry of the Ministry's statement of who may issue what."""

CONTEXT: Final = [VC_V2, OPEN_BADGES, TERMS]
AUTHORITY_CONTEXT: Final = [VC_V2, AUTHORITY_TERMS]
STATUS_CONTEXT: Final = [VC_V2]

CLAIMS: Final = {
    "full_name": "name",
    "birth": "bornOn",
    "serial": "serialNumber",
    "entry_number": "entryNumber",
    "code": "lookupCode",
    "kind": "credentialKind",
    "issued_on": "issuedOn",
}
"""Committed field of a register line → property of the subject that shows it."""
