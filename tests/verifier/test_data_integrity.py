"""The published vectors of both suites, through the pinned contexts and the kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sogoc.kernel import data_integrity
from sogoc.kernel.data_integrity import DataIntegrityError, ProofMaker, ProofOptions, hash_data
from sogoc.kernel.multikey import Algorithm, Multikey, decode
from sogoc.verifier import jsonld

DATA = json.loads((Path("tests/kernel/vectors") / "data_integrity.json").read_text("utf-8"))
VECTORS = {vector["name"]: vector for vector in DATA["vectors"]}


def parts(vector: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str], Multikey]:
    document = dict(vector["signed"])
    proof = dict(document.pop("proof"))
    return document, proof, Multikey.parse(proof["verificationMethod"].partition("#")[2])


def canonical(document: dict[str, Any]) -> bytes:
    return jsonld.canonical(document, extra=DATA["contexts"])


def options_of(proof: dict[str, str]) -> ProofOptions:
    return ProofOptions(proof["cryptosuite"], proof["created"], proof["verificationMethod"])


@pytest.mark.parametrize("name", VECTORS)
def test_published_vector_is_hashed_and_verified(name: str) -> None:
    document, proof, key = parts(VECTORS[name])
    options = options_of(proof)
    hashed = hash_data(options.canonical(), canonical(document), key.algorithm)
    assert hashed.hex() == VECTORS[name]["combinedHash"]
    assert data_integrity.verifies(
        proof["proofValue"],
        key,
        proof["cryptosuite"],
        options=options.canonical(),
        document=canonical(document),
    )


@pytest.mark.parametrize("name", VECTORS)
def test_options_written_by_hand_are_what_json_ld_says(name: str) -> None:
    document, proof, _ = parts(VECTORS[name])
    del proof["proofValue"]
    assert options_of(proof).members() == proof
    written = canonical({"@context": document["@context"], **proof})
    assert options_of(proof).canonical() == written


def test_published_signature_is_made_again() -> None:
    vector = VECTORS["eddsa-rdfc-2022"]
    document, proof, key = parts(vector)
    secret = decode(vector["privateKeyMultibase"])
    assert secret[:2] == b"\x80\x26"
    signer = Ed25519PrivateKey.from_private_bytes(secret[2:])
    assert Multikey.of(signer.public_key()) == key
    maker = ProofMaker(options_of(proof), Algorithm.ED25519, signer.sign)
    assert maker.value(canonical(document)) == proof["proofValue"]


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("change", ["document", "created", "value", "suite", "key"])
def test_anything_changed_is_refused(name: str, change: str) -> None:
    document, proof, key = parts(VECTORS[name])
    if change == "document":
        document["credentialSubject"]["alumniOf"] = "The School of Example"
    elif change == "created":
        proof["created"] = "2023-02-24T23:36:39Z"
    elif change == "value":
        last = "1" if proof["proofValue"][-1] != "1" else "2"
        proof["proofValue"] = proof["proofValue"][:-1] + last
    elif change == "key":
        other = next(v for v in VECTORS.values() if v["name"] != name)
        with pytest.raises(DataIntegrityError):
            verify(document, proof, parts(other)[2], suite=proof["cryptosuite"] + "x")
        assert parts(other)[2] != key
        return
    elif change == "suite":
        suites = {"eddsa-rdfc-2022": "ecdsa-rdfc-2019", "ecdsa-rdfc-2019": "eddsa-rdfc-2022"}
        with pytest.raises(DataIntegrityError):
            verify(document, proof, key, suite=suites[proof["cryptosuite"]])
        return
    assert not verify(document, proof, key)


def verify(document: Any, proof: dict[str, str], key: Multikey, *, suite: str = "") -> bool:
    return data_integrity.verifies(
        proof["proofValue"],
        key,
        suite or proof["cryptosuite"],
        options=options_of(proof).canonical(),
        document=canonical(document),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cryptosuite", "eddsa-jcs-2022"),
        ("created", "2023-02-24T23:36:38"),
        ("created", "2023-13-24T23:36:38Z"),
        ("created", "yesterday"),
        ("verification_method", "key-1"),
        ("verification_method", "did:web:a b"),
        ("purpose", "assertion Method"),
    ],
)
def test_malformed_options_are_refused(field: str, value: str) -> None:
    good = {
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2023-02-24T23:36:38Z",
        "verification_method": "did:web:a#b",
    }
    ProofOptions(**good)
    with pytest.raises(DataIntegrityError):
        ProofOptions(**{**good, field: value})


def test_value_that_is_no_multibase_is_refused() -> None:
    document, proof, key = parts(VECTORS["eddsa-rdfc-2022"])
    for value in ("", "z", "z0OIl", "u" + "A" * 86, "z" + "1" * 64, "z" + "2" * 5000, None, 7):
        assert not verify(document, {**proof, "proofValue": value}, key)  # type: ignore[dict-item]
