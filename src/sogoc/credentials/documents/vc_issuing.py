"""A published line as a digital credential, signed by the body that issued it."""

from __future__ import annotations

from typing import Final

from sogoc.credentials.documents.formats import Request
from sogoc.credentials.documents.vc_lines import PublishedLine, published_line
from sogoc.credentials.documents.vc_template import Batch, Values, sign_credential
from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.signing import api as signing
from sogoc.credentials.status import api as status
from sogoc.kernel.data_integrity import ECDSA, EDDSA, ProofMaker, ProofOptions
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting
from sogoc.policy.api import load_law

_ALGORITHMS: Final = {EDDSA: Algorithm.ED25519, ECDSA: Algorithm.P256}
_RENDERER: Final = Actor.system("documents")


def render_eddsa(request: Request) -> bytes:
    """Return the credential with an `eddsa-rdfc-2022` proof; see `published_line` for refusals."""
    return _render(request, EDDSA, "vc")


def render_ecdsa(request: Request) -> bytes:
    """Return the credential with an `ecdsa-rdfc-2019` proof: a second file, a copy of its own."""
    return _render(request, ECDSA, "vc-ecdsa")


def credential(request: Request, line: PublishedLine, *, copy: str, suite: str = EDDSA) -> bytes:
    """Return a credential of a line; `copy` is its format, or the number of the paper around it.

    Inside `acting(Actor.system("documents"))` it is part of that transaction.
    """
    signer = issuers.signer(
        request.home,
        line.issuer,
        _ALGORITHMS[suite],
        at=request.at,
        is_playground=request.is_playground,
    )
    did = issuers.did_of(line.issuer, request.base)
    options = ProofOptions(suite, issuers.iso(request.at), issuers.method_of(did, signer.record))
    kind = load_law().kinds.get(line.kind)
    batch = Batch(
        request.base,
        line.issuer,
        line.issuer_name,
        line.kind,
        Text(line.kind, line.kind) if kind is None else kind.name,
        kind is not None and kind.category == "diploma",
        line.issued_on,
    )
    with acting(_RENDERER):
        entries = status.ensure_entries(issuer_id=line.issuer_id, lines=[line.id], copy=copy)
        values = Values(entries[line.id], line.fields, line.leaf, line.opening, line.proof)
        sign = signing.credential_signature(
            signer, issuer_id=line.issuer_id, line_id=line.id, copy=copy, by=_RENDERER,
            at=request.at,
        )  # fmt: skip
        return sign_credential(batch, values, ProofMaker(options, signer.algorithm, sign))


def _render(request: Request, suite: str, copy: str) -> bytes:
    return credential(request, published_line(request), copy=copy, suite=suite)
