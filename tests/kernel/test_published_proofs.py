"""The published cases of inclusion and consistency proofs, one by one."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from sogoc.kernel.merkle import MerkleError, ProofError, verify_consistency, verify_inclusion
from tests.kernel.conftest import VECTORS

CASES = json.loads((VECTORS / "merkle_proofs.json").read_text("utf-8"))
STRICTER = {
    # Roots of twelve bytes, which no SHA-256 gives; for empty trees other than that of nothing.
    "sizes are equal and proof is empty where both sizes are zero",
    "sizes are equal and proof is empty where both sizes are one",
}


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=f"{case['case']}: {case['desc']}") for case in cases]


def inclusion(case: dict[str, Any]) -> None:
    proof = [b64decode(each) for each in case["proof"]]
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    verify_inclusion(case["leafIdx"], case["treeSize"], leaf, proof, root)


def consistency(case: dict[str, Any]) -> None:
    proof = [b64decode(each) for each in case["proof"]]
    old, new = b64decode(case["root1"]), b64decode(case["root2"])
    verify_consistency(case["size1"], case["size2"], old, new, proof)


@pytest.mark.parametrize("case", named(CASES["inclusion"]))
def test_inclusion(case: dict[str, Any]) -> None:
    if case["wantErr"]:
        with pytest.raises(ProofError):
            inclusion(case)
    else:
        inclusion(case)


@pytest.mark.parametrize("case", named(CASES["consistency"]))
def test_consistency(case: dict[str, Any]) -> None:
    if case["wantErr"] or case["desc"] in STRICTER:
        with pytest.raises(MerkleError):
            consistency(case)
    else:
        consistency(case)


def test_all_published_cases_are_there() -> None:
    accepted = [case for case in CASES["inclusion"] + CASES["consistency"] if not case["wantErr"]]
    assert (len(CASES["inclusion"]), len(CASES["consistency"]), len(accepted)) == (98, 97, 13)
