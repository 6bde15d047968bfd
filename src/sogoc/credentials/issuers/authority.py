"""The Ministry's statement of who may issue what: dated, cited, signed, one a body.

It is computed from the law's authority matrix and from the capacities a body holds by decisions,
with their periods and suspensions, and never names a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sogoc.credentials.issuers import keys
from sogoc.credentials.issuers.did import MINISTRY, address, did_of, method_of
from sogoc.kernel.data_integrity import EDDSA, ProofMaker, ProofOptions
from sogoc.kernel.periods import Period
from sogoc.people.api import Actor, acting, body_fact, get_organisation
from sogoc.people.models import Capacity
from sogoc.policy.api import CapacityFact, Law, authority, load_law
from sogoc.verifier.api import jsonld, terms


@dataclass(frozen=True, slots=True)
class Authorisation:
    """That a body may issue a kind in a period; `standing` is `allowed`, or `review`.

    `review`: the rules of the time leave it to a written opinion.
    """

    kind: str
    capacity: str
    period: Period
    standing: str
    basis: str
    decision: str


def authorisations(body: str) -> list[Authorisation]:
    """Return what a body may issue when, by kind and day. Raises `UnknownOrganisation`."""
    law = load_law()
    with acting(Actor.anonymous()):
        fact = body_fact(body)
        decisions = {
            (capacity.kind, capacity.valid_from): capacity.decision_number
            for capacity in Capacity.objects.filter(organisation=get_organisation(body))
        }
    found: list[Authorisation] = []
    for capacity in fact.capacities:
        decision = decisions.get((capacity.kind, capacity.period.start or date.min), "")
        for kind in sorted(law.kinds):
            if not capacity.scope or kind in capacity.scope:
                found += _of_kind(law, kind, capacity, decision)
    return sorted(found, key=lambda each: (each.kind, each.period.start or date.min))


def _of_kind(law: Law, kind: str, capacity: CapacityFact, decision: str) -> Iterator[Authorisation]:
    """Judge each stretch of days in which nothing changes, and join those that are alike."""
    rows = law.rows_by_kind.get(kind, ())
    periods = [capacity.period, *capacity.suspended, *(row.period for row in rows)]
    days = {bound for period in periods for bound in (period.start, period.until) if bound}
    inside = sorted(day for day in days if capacity.period.contains(day))
    ends: list[date | None] = [*inside, capacity.period.until]
    joined: Authorisation | None = None
    for start, until in pairwise(ends):
        assert start is not None  # noqa: S101 - only the last end is open
        if any(stop.contains(start) for stop in capacity.suspended):
            continue
        verdict = authority(kind, start, issuer_kind=capacity.kind, law=law)
        if verdict.verdict not in {"allowed", "review"} or not verdict.basis:
            continue
        period = Period(start, until)
        if (
            joined is not None
            and joined.period.until == start
            and (joined.standing, joined.basis) == (verdict.verdict, verdict.basis)
        ):
            period = Period(joined.period.start, until)
        elif joined is not None:
            yield joined
        joined = Authorisation(
            kind, capacity.kind, period, verdict.verdict, verdict.basis, decision
        )
    if joined is not None:
        yield joined


def statement(body: str, name: str, *, base: str, at: datetime) -> dict[str, Any]:
    """Return what the Ministry states about a body as of `at`, not signed yet."""
    ministry, identity = did_of(MINISTRY, base), address(f"authority/{body}", base)
    return {
        "@context": terms.AUTHORITY_CONTEXT,
        "id": identity,
        "type": ["VerifiableCredential", "AuthorityCredential"],
        "name": "Thẩm quyền cấp văn bằng, chứng chỉ",
        "issuer": ministry,
        "validFrom": keys.iso(at),
        "credentialSubject": {
            "id": did_of(body, base),
            "type": ["AuthorisedBody"],
            "name": name,
            "mayIssue": [
                _entry(f"{identity}#{number}", each)
                for number, each in enumerate(authorisations(body), 1)
            ],
        },
    }


def sign_document(
    document: dict[str, Any], did: str, signer: keys.Signer, at: datetime
) -> dict[str, Any]:
    """Return a document with its `eddsa-rdfc-2022` proof, made the long way, without template."""
    options = ProofOptions(EDDSA, keys.iso(at), method_of(did, signer.record))
    maker = ProofMaker(options, signer.algorithm, signer.sign)
    plain = json.loads(json.dumps(document))
    value = maker.value(jsonld.canonical(plain))
    return {**document, "proof": {**options.members(), "proofValue": value}}


def _entry(identity: str, each: Authorisation) -> dict[str, Any]:
    entry = {
        "id": identity,
        "type": ["Authorisation"],
        "credentialKind": each.kind,
        "capacity": each.capacity,
        "standing": each.standing,
        "fromDay": (each.period.start or date.min).isoformat(),
        "legalBasis": each.basis,
    }
    if each.period.until is not None:
        entry["untilDay"] = each.period.until.isoformat()
    if each.decision:
        entry["decision"] = each.decision
    return entry
