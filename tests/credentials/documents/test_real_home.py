"""A real home whose keys are all in hardware (SoftHSM2): papers, credentials, lists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from sogoc.kernel import data_integrity
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.pdf_check import check_pdf, verdict
from sogoc.kernel.pdf_read import PdfReader
from sogoc.verifier.api import jsonld
from tests.credentials.documents.conftest import BASE
from tests.credentials.signing import hardware

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
LABELS = {"person": "real-person", "seal": "real-seal"}


@pytest.fixture
def request_(codes: tuple[str, ...], tmp_path: Path, tmp_path_factory: Any) -> Any:
    """The home with four keys taken in: signatory, seal, Ed25519 and P-256 of the body."""
    from sogoc.credentials.documents.api import WORKER, Request
    from sogoc.credentials.issuers import api as issuers
    from sogoc.credentials.signing import api as signing
    from tests.credentials import world

    place, keeper = hardware.token(), world.who("keys.manage")
    authority = signing.DemoAuthority.of(tmp_path_factory.mktemp("authority"))
    (tmp_path / "keys").mkdir(exist_ok=True)
    (tmp_path / "keys" / signing.PIN_FILE).write_text(hardware.PIN)
    (tmp_path / "trusted-roots.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    (tmp_path / "crls").mkdir()
    (tmp_path / "crls" / "demo.pem").write_bytes(authority.crl({}, AT).public_bytes(Encoding.PEM))
    name = tmp_path.name
    for purpose, label in LABELS.items():
        public: Any = load_der_public_key(hardware.new_key(place, f"{label}-{name}"))
        certificate = authority.issue("Y Bhăm Niê", "TT", public)
        signing.record_key(
            organisation=world.CENTRE, purpose=purpose, holder="Y Bhăm Niê",
            certificates=certificate.public_bytes(Encoding.PEM), provider="pkcs11",
            locator={**place, "label": f"{label}-{name}"}, authority="vgca", valid_from=AT,
            by=keeper, at=AT, is_playground=False,
        )  # fmt: skip
    for kind in ("ed25519", "ec"):
        hardware.new_key(place, f"vc-{kind}-{name}", kind=kind)
        issuers.record_issuer_key(
            tmp_path, world.CENTRE, locator={**place, "label": f"vc-{kind}-{name}"}, by=keeper,
            at=AT,
        )  # fmt: skip
    return Request(code="", home=tmp_path, base=BASE, at=AT, by=WORKER, is_playground=False)


def verifies(document: dict[str, Any], home: Path) -> bool:
    from sogoc.credentials.issuers import api as issuers
    from tests.credentials import world

    proof = dict(document.pop("proof"))
    value, name = proof.pop("proofValue"), proof["verificationMethod"].partition("#")[2]
    (record,) = [e for e in issuers.history(home, world.CENTRE) if str(e.multikey) == name]
    options = jsonld.canonical({"@context": document["@context"], **proof})
    return data_integrity.verifies(
        value, record.multikey, proof["cryptosuite"],
        options=options, document=jsonld.canonical(document),
    )  # fmt: skip


def test_papers_credentials_and_lists_without_a_key_in_a_file(codes, request_, tmp_path) -> None:
    from dataclasses import replace

    from sogoc.credentials.documents import api
    from sogoc.credentials.issuers import api as issuers
    from sogoc.credentials.signing.api import paper_trust
    from sogoc.credentials.status import api as status
    from tests.credentials import world

    assert [each.obstacle for each in api.waiting_originals(request_)] == [None]
    round_ = api.make_waiting(request_)
    assert (round_.made, round_.not_made) == (4, [])
    trust = paper_trust(tmp_path, is_playground=False, at=AT)
    for file in (tmp_path / "documents").glob("*/*.pdf"):
        data = file.read_bytes()
        assert verdict(check_pdf(data, trust)) == "valid", check_pdf(data, trust)
        assert verifies(json.loads(PdfReader(data).attachments()[api.CREDENTIAL]), tmp_path)
    for form in ("vc", "vc-ecdsa"):
        made = json.loads(api.render(form, replace(request_, code=codes[0])))
        assert verifies({**made}, tmp_path)
        assert not verifies({**made, "validFrom": "2020-01-01T00:00:00Z"}, tmp_path)
    assert all(each.is_new for each in status.publish(
        tmp_path, base=BASE, at=AT, is_playground=False
    ))  # fmt: skip
    known = issuers.history(tmp_path, world.CENTRE)
    assert {each.multikey.algorithm for each in known} == {Algorithm.ED25519, Algorithm.P256}
    assert {each.provider for each in known} == {"pkcs11"}
    assert not (tmp_path / "keys" / "papers").exists()
    for file in (tmp_path / "keys" / "issuers").rglob("*.json"):
        assert json.loads(file.read_text("ascii"))["secret"] == ""
