"""Data Integrity proofs of any credential: sets, chains, expiry, purpose (W3C VC Data Integrity).

For conformance suites and credentials of others; keys come from `did:key` alone. Ours are judged by
`credential`, which allows one plain proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sogoc.kernel import data_integrity
from sogoc.kernel.data_integrity import SUITES, TYPE
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm, Multikey, base58
from sogoc.verifier import jsonld
from sogoc.verifier.jsonld import DATA_INTEGRITY, VC_V1, Contexts, Document

Sign = Callable[[bytes], bytes]

EXAMPLES_V2: Final = "https://www.w3.org/ns/credentials/examples/v2"
SUITE_CONTEXTS: Final[Contexts] = {
    EXAMPLES_V2: {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
}
"""Contexts that suites of others use and credentials of the register never do."""

_ALLOWED: Final = {
    "id", "type", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose",
    "proofValue", "domain", "challenge", "nonce", "previousProof", "@context",
}  # fmt: skip


def add_proof(
    document: Document, options: Mapping[str, Any], algorithm: Algorithm, sign: Sign
) -> Document:
    """Return the document with a further proof. Raises `DocumentError`.

    A document of version 1.1 gets the context that defines the proof, if it has none.
    """
    contexts = document["@context"]
    contexts = contexts if isinstance(contexts, list) else [contexts]
    if VC_V1 in contexts and DATA_INTEGRITY not in contexts:
        contexts = [*contexts, DATA_INTEGRITY]
    document = {**document, "@context": contexts}
    plain = {name: value for name, value in document.items() if name != "proof"}
    proofs = _many(document.get("proof", []))
    before = _previous(options, proofs)
    hashed = _hashed(plain, {"type": TYPE, **options}, before, algorithm)
    proof = {"type": TYPE, **options, "proofValue": base58(sign(hashed))}
    return {**plain, "proof": [*proofs, proof] if proofs else proof}


def proof_problems(
    document: Document,
    *,
    purpose: str,
    at: datetime,
    domain: str | None = None,
    challenge: str | None = None,
) -> list[str]:
    """Return what is wrong with the proofs of a document; without a proof it is not verified."""
    plain = {name: value for name, value in document.items() if name != "proof"}
    proofs = _many(document.get("proof", []))
    if not proofs or not all(isinstance(each, dict) for each in proofs):
        return ["there is no proof"]
    problems = []
    for proof in proofs:
        wrong = _options_problem(proof, purpose, at, domain, challenge)
        if not wrong:
            try:
                wrong = "" if _verifies(plain, proof, proofs) else "the proof is false"
            except (Error, ValueError, TypeError, LookupError) as error:
                wrong = f"the proof cannot be checked: {error}"
        if wrong:
            problems.append(wrong)
    return problems


def _options_problem(
    proof: Mapping[str, Any], purpose: str, at: datetime, domain: str | None, challenge: str | None
) -> str:
    holds = {
        "an unknown member of proof": set(proof) <= _ALLOWED,
        "proof.type": proof.get("type") == TYPE,
        "proof.cryptosuite": proof.get("cryptosuite") in SUITES,
        "proof.proofPurpose": proof.get("proofPurpose") == purpose,
        "proof.verificationMethod": isinstance(proof.get("verificationMethod"), str),
        "proof.proofValue": isinstance(proof.get("proofValue"), str),
        "proof.domain": domain is None or domain in _many(proof.get("domain")),
        "proof.challenge": challenge is None or proof.get("challenge") == challenge,
        "proof.created": _is_time(proof.get("created"), optional=True),
        "proof.expires": _is_time(proof.get("expires"), optional=True),
        "proof.id": "id" not in proof or ":" in str(proof["id"]),
    }
    wrong = next((name for name, good in holds.items() if not good), "")
    if not wrong and "expires" in proof and _time(proof["expires"]) < at:
        return "the proof has expired"
    return wrong


def _verifies(plain: Document, proof: Mapping[str, Any], proofs: list[Any]) -> bool:
    method = str(proof["verificationMethod"])
    did, _, fragment = method.partition("#")
    if did != f"did:key:{fragment}":
        raise ValueError("the key must be a did:key")
    key = Multikey.parse(fragment)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    before = _previous(options, proofs)
    contexts = _many(plain["@context"])
    stated = _many(options.get("@context", contexts))
    if contexts[: len(stated)] != stated:
        raise ValueError("proof.@context")
    document = {**plain, "@context": stated}
    return data_integrity.verifies(
        proof["proofValue"],
        key,
        str(proof["cryptosuite"]),
        options=_canonical({**options, "@context": stated}, key.algorithm),
        document=_canonical({**document, "proof": before} if before else document, key.algorithm),
    )


def _hashed(
    plain: Document, options: Mapping[str, Any], before: list[Any], algorithm: Algorithm
) -> bytes:
    document = {**plain, "proof": before} if before else plain
    return data_integrity.hash_data(
        _canonical({**options, "@context": plain["@context"]}, algorithm),
        _canonical(document, algorithm),
        algorithm,
    )


def _canonical(document: Document, algorithm: Algorithm) -> bytes:
    hashing = "sha384" if algorithm is Algorithm.P384 else "sha256"
    return jsonld.canonical(document, extra=SUITE_CONTEXTS, hashing=hashing)


def _previous(options: Mapping[str, Any], proofs: list[Any]) -> list[Any]:
    """Return the proofs this one stands upon. Raises `ValueError` for one that is not there."""
    names = _many(options.get("previousProof", []))
    found = [each for each in proofs if each.get("id") in names]
    if len(found) != len(set(map(str, names))):
        raise ValueError("previousProof")
    return found


def _is_time(value: object, *, optional: bool) -> bool:
    if value is None:
        return optional
    return isinstance(value, str) and data_integrity.is_date_time(value)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _many(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
