"""Our own terms in a credential, and what a credential of the register looks like.

They stand under a vocabulary of their own, given in the document itself as the last entry of its
`@context`, so that any reader can expand it without asking us; strict verifiers allow no other
entry there. What keeps a stray term out is the exact shape that `credential` demands.

Subject: `lookupCode`, `serialNumber`, `entryNumber`, `credentialKind`, `bornOn`, `issuedOn`.
Evidence of type `RegisterProof`: `leaf` (the logged bytes in base64), `opening` (what opens its
commitment, `kernel.leaf_opening`), `tlogProof` (C2SP tlog-proof).
Statement `AuthorityCredential` about an `AuthorisedBody`: `mayIssue` has `Authorisation`s with
`credentialKind`, `capacity`, `standing`, `fromDay`, `untilDay`, `legalBasis`, `decision`.
"""

from __future__ import annotations

from typing import Any, Final

from sogoc.verifier.jsonld import OPEN_BADGES, VC_V2

NAMESPACE: Final = "https://sogoc.invalid/ns/v1#"
"""`.invalid` never resolves (RFC 2606): the terms are names, not addresses."""

TERMS: Final[dict[str, Any]] = {"@vocab": NAMESPACE}
"""The context entry that gives our terms their names."""

CONTEXT: Final = [VC_V2, OPEN_BADGES, TERMS]
AUTHORITY_CONTEXT: Final = [VC_V2, TERMS]
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
