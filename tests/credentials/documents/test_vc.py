"""Digital credentials of published lines, and of no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.documents import api
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log.api import LogError
from sogoc.credentials.register.api import UnknownLine
from sogoc.kernel import data_integrity
from sogoc.kernel.cosignature import Algorithm, CosignerSecret
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.multikey import Multikey
from sogoc.people.api import NotPermitted
from sogoc.verifier.api import jsonld
from tests.credentials import world
from tests.credentials.documents.conftest import BASE
from tests.credentials.world import AT, CENTRE, KIND, TODAY

FORMATS = ("vc", "vc-ecdsa")


def make(home: Path, code: str, form: str = "vc", **changes: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "code": code,
        "home": home,
        "base": BASE,
        "at": AT,
        "by": world.who("register.view"),
        "is_playground": True,
        **changes,
    }
    found: dict[str, Any] = json.loads(api.render(form, api.Request(**asked)))
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_a_credential_says_what_the_line_says(
    codes: tuple[str, ...], tmp_path: Path, form: str
) -> None:
    made = make(tmp_path, codes[0], form)
    subject = made["credentialSubject"]
    assert subject["name"] == subject["identifier"][0]["identityHash"] == "Trần Văn An"
    assert (subject["bornOn"], subject["issuedOn"]) == ("1981-01-01", TODAY.isoformat())
    assert subject["lookupCode"] == codes[0]
    assert subject["serialNumber"].startswith("A025")
    assert subject["credentialKind"] == KIND
    assert made["issuer"]["id"] == f"did:web:{BASE}:{CENTRE}"
    evidence = made["evidence"][0]
    assert LogProof.parse(evidence["tlogProof"]).unverified_checkpoint().origin == f"{BASE}/2025"
    for hidden in ("Đắk Nông", "Kinh", "8.5", "Nam"):
        assert hidden not in evidence["opening"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_signature_is_over_what_json_ld_reads(
    codes: tuple[str, ...], tmp_path: Path, form: str
) -> None:
    made = make(tmp_path, codes[0], form)
    proof = dict(made.pop("proof"))
    value, method = proof.pop("proofValue"), proof["verificationMethod"]
    assert method.startswith(f"did:web:{BASE}:{CENTRE}#z")
    canonical = jsonld.canonical(made)
    assert b"_:" not in canonical
    options = jsonld.canonical({"@context": made["@context"], **proof})
    key = Multikey.parse(method.partition("#")[2])
    assert data_integrity.verifies(
        value, key, proof["cryptosuite"], options=options, document=canonical
    )


def test_the_same_copy_is_made_again(codes: tuple[str, ...], tmp_path: Path) -> None:
    first = make(tmp_path, codes[0])
    assert make(tmp_path, codes[0]) == first
    other = make(tmp_path, codes[0], "vc-ecdsa")
    assert other["id"] != first["id"]
    assert make(tmp_path, codes[1])["credentialStatus"] != first["credentialStatus"]


def test_what_no_checkpoint_covers_makes_no_document(
    unpublished: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(LogError) as caught:
        make(tmp_path, unpublished[0])
    assert caught.value.code == "log_leaf_waits"


def test_a_quorum_not_met_makes_no_document(codes: tuple[str, ...], tmp_path: Path) -> None:
    """The home names a witness only now: what was published without it does not count."""
    key = str(CosignerSecret("w.example", Algorithm.ED25519, b"w" * 32).verifier)
    (tmp_path / "log-witnesses").write_text(f"witness w {key}\nquorum w\n")
    with pytest.raises(api.DocumentRefused) as caught:
        make(tmp_path, codes[0])
    assert caught.value.code == "document_no_quorum"


def test_a_revoked_line_makes_no_document(codes: tuple[str, ...], tmp_path: Path) -> None:
    lifecycle.revoke_line(
        code=codes[0], decision_number="9/QĐ", decision_date=TODAY, ground="điểm a", reason="thử",
        by=world.who("register.revoke"), at=AT,
    )  # fmt: skip
    with pytest.raises(api.DocumentRefused) as caught:
        make(tmp_path, codes[0])
    assert caught.value.code == "document_revoked"


def test_an_altered_line_makes_no_document(
    codes: tuple[str, ...], tmp_path: Path, owner_connection: Any
) -> None:
    owner_connection.execute("ALTER TABLE credentials_register_personal DISABLE TRIGGER USER")
    owner_connection.execute("UPDATE credentials_register_personal SET full_name = 'Lê Thị Khác'")
    with pytest.raises(api.DocumentRefused) as caught:
        make(tmp_path, codes[0])
    assert caught.value.code == "document_line_altered"


def test_only_who_may_see_the_line_gets_it(codes: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(UnknownLine):
        make(tmp_path, "nothing")
    with pytest.raises(NotPermitted):
        make(tmp_path, codes[0], by=world.who("blanks.receive"))


def test_unknown_formats_are_named(codes: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(api.DocumentRefused):
        make(tmp_path, codes[0], "docx")
