"""Credentials and status lists before the verifiers of others, good and altered.

Digital Bazaar's and the Digital Credentials Consortium's (npm), and openvc-core (PyPI).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.errors import ProofError
from openvc.status.bitstring import decode_bitstring, get_status_bit
from openvc.status.token_status_list import decode_status_list, get_status

from sogoc.credentials.documents.vc_template import Batch, Values, sign_credential
from sogoc.credentials.issuers.did import did_of
from sogoc.credentials.issuers.keys import KeyRecord, Signer
from sogoc.kernel import status_lists
from sogoc.kernel.data_integrity import ECDSA, ProofMaker, ProofOptions
from sogoc.kernel.multikey import Algorithm, Multikey
from tests.judges.conftest import NodeRun
from tests.verifier import making
from tests.verifier.making import BASE, BODY, START, World

FAR = datetime(2099, 1, 1, tzinfo=UTC)
DURING = "2025-04-10T05:00:00Z"
P256 = ec.derive_private_key(77, ec.SECP256R1())
P256_RECORD = KeyRecord(BODY, 2, Multikey.of(P256.public_key()), START)
Document = dict[str, Any]


@dataclass
class EcdsaWorld(World):
    """The same credential with an `ecdsa-rdfc-2019` proof."""

    def credential(self) -> bytes:
        document = json.loads(super().credential())
        did = did_of(BODY, BASE)
        method = f"{did}#{P256_RECORD.multikey}"
        signer = Signer(P256_RECORD, (77).to_bytes(32, "big"))
        options = ProofOptions(ECDSA, DURING, method)
        del document["proof"]
        maker = ProofMaker(options, Algorithm.P256, signer.ready())
        value = maker.value(making.jsonld.canonical(document))
        proof = {**options.members(), "proofValue": value}
        return json.dumps({**document, "proof": proof}).encode()


def ecdsa_world(**changes: Any) -> World:
    return EcdsaWorld(body_keys=(making.BODY_KEY, P256_RECORD), list_until=FAR, **changes)


def eddsa_world(**changes: Any) -> World:
    return World(list_until=FAR, **changes)


WORLDS: dict[str, Callable[..., World]] = {"eddsa": eddsa_world, "ecdsa": ecdsa_world}


def write(folder: Path, world: World, document: bytes | None = None) -> Path:
    """Lay a credential and what lies on the web out for the judges."""
    site = folder / "site" / BASE
    files = {did["id"].rpartition(":")[2] + "/did.json": did for did in world.bundle()["dids"]}
    files |= {each["id"].removeprefix(f"https://{BASE}/"): each for each in world.lists()}
    files["registry.json"] = {
        "meta": {},
        "registry": {
            did_of(BODY, BASE): {"name": "x", "location": "y", "url": "https://x.example"}
        },
    }
    for path, data in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(json.dumps(data))
    (folder / "credential.json").write_bytes(document or world.credential())
    return folder


@pytest.fixture
def node(run_node: NodeRun) -> Callable[..., str]:
    """Return a function that runs a judge and gives its last line."""

    def run(script: str, *words: str | Path) -> str:
        done = run_node(script, *words)
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr

    return run


def other_name(document: Document) -> None:
    document["credentialSubject"]["name"] = "Lê Thị Khác"


def other_issuer(document: Document) -> None:
    document["issuer"]["id"] = did_of(making.MINISTRY, BASE)


def other_day(document: Document) -> None:
    document["validFrom"] = "2020-04-10T00:00:00+07:00"


def other_status(document: Document) -> None:
    document["credentialStatus"][0]["statusListIndex"] = "4243"


def other_value(document: Document) -> None:
    value = document["proof"]["proofValue"]
    document["proof"]["proofValue"] = value[:-1] + ("2" if value[-1] != "2" else "3")


def other_proof_time(document: Document) -> None:
    document["proof"]["created"] = "2024-04-10T03:00:00Z"


def undefined_term(document: Document) -> None:
    document["credentialSubject"]["gpa"] = "4.0"


ATTACKS = [
    other_name,
    other_issuer,
    other_day,
    other_status,
    other_value,
    other_proof_time,
    undefined_term,
]


def altered(world: World, attack: Callable[[Document], None]) -> bytes:
    document = json.loads(world.credential())
    attack(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("suite", WORLDS)
def test_digital_bazaar_accepts(node: Callable[..., str], tmp_path: Path, suite: str) -> None:
    folder = write(tmp_path, WORLDS[suite]())
    assert node("credential.js", folder, DURING) == "VALID"


@pytest.mark.parametrize("suite", WORLDS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_digital_bazaar_refuses_altered(
    node: Callable[..., str], tmp_path: Path, suite: str, attack: Callable[[Document], None]
) -> None:
    world = WORLDS[suite]()
    folder = write(tmp_path, world, altered(world, attack))
    assert node("credential.js", folder, DURING).startswith("REFUSED: ")


@pytest.mark.parametrize("purpose", ["revocation", "suspension", "refresh"])
def test_digital_bazaar_reads_our_lists(
    node: Callable[..., str], tmp_path: Path, purpose: str
) -> None:
    folder = write(tmp_path, eddsa_world(status={purpose: [4242]}))
    assert node("credential.js", folder, DURING) == f"STATUS: {purpose}"
    write(folder, eddsa_world(status={purpose: [4241, 4243]}))
    assert node("credential.js", folder, DURING) == "VALID"


def test_digital_bazaar_refuses_an_altered_and_a_stale_list(
    node: Callable[..., str], tmp_path: Path
) -> None:
    folder = write(tmp_path, eddsa_world(status={"revocation": [4242]}))
    file = folder / "site" / BASE / "status" / BODY / "1" / "revocation"
    clean = next(iter(eddsa_world().lists()))["credentialSubject"]["encodedList"]
    document = json.loads(file.read_bytes())
    document["credentialSubject"]["encodedList"] = clean
    file.write_text(json.dumps(document))
    assert node("credential.js", folder, DURING).startswith("REFUSED: ")
    write(folder, World())
    assert node("credential.js", folder, "2026-01-01T00:00:00Z").startswith("REFUSED: ")


def consortium(node: Callable[..., str], folder: Path) -> tuple[dict[str, Any], list[Any]]:
    said = json.loads(node("learner.js", folder))
    return {each["id"]: each.get("valid") for each in said["log"]}, said["errors"]


def test_the_consortium_accepts(node: Callable[..., str], tmp_path: Path) -> None:
    """Its verifier knows eddsa-rdfc-2022 only; it fetches did.json and the lists itself."""
    assert consortium(node, write(tmp_path, eddsa_world())) == (
        {
            "valid_signature": True,
            "expiration": True,
            "registered_issuer": True,
            "revocation_status": True,
            "suspension_status": True,
            "refresh_status": True,
        },
        [],
    )


@pytest.mark.parametrize("attack", [other_name, other_issuer, other_value, undefined_term])
def test_the_consortium_refuses_altered(
    node: Callable[..., str], tmp_path: Path, attack: Callable[[Document], None]
) -> None:
    world = eddsa_world()
    log, errors = consortium(node, write(tmp_path, world, altered(world, attack)))
    assert errors or log["valid_signature"] is False


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_the_consortium_reads_our_lists(
    node: Callable[..., str], tmp_path: Path, purpose: str
) -> None:
    log, errors = consortium(node, write(tmp_path, eddsa_world(status={purpose: [4242]})))
    assert (log[f"{purpose}_status"], log["valid_signature"], errors) == (False, True, [])


def jwk(suite: str) -> dict[str, str]:
    def text(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    if suite == "eddsa":
        return {"kty": "OKP", "crv": "Ed25519", "x": text(making.BODY_KEY.multikey.raw)}
    point = P256.public_key().public_numbers()
    x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)}


OPENVC: Mapping[str, Any] = {"eddsa": DataIntegrityProofSuite, "ecdsa": EcdsaRdfcProofSuite}
CONTEXTS = {making.terms.OPEN_BADGES: making.jsonld.pinned(making.terms.OPEN_BADGES)}


def openvc(document: bytes, suite: str) -> None:
    OPENVC[suite]().verify(
        json.loads(document),
        public_key_jwk=jwk(suite),
        now=datetime.fromisoformat(DURING),
        extra_contexts=CONTEXTS,
    )


@pytest.mark.parametrize("suite", WORLDS)
def test_openvc_accepts(suite: str) -> None:
    openvc(WORLDS[suite]().credential(), suite)


@pytest.mark.parametrize("suite", WORLDS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_openvc_refuses_altered(suite: str, attack: Callable[[Document], None]) -> None:
    with pytest.raises(ProofError):
        openvc(altered(WORLDS[suite](), attack), suite)


def test_openvc_reads_our_lists() -> None:
    indices = [0, 7, 8, 4242, 131_071]
    encoded = status_lists.encode_bitstring(status_lists.bitstring(131_072, indices))
    bits = decode_bitstring(encoded)
    assert [at for at in range(131_072) if get_status_bit(bits, at)] == indices
    values = {0: 1, 5: 2, 6: 3, 999: 1}
    packed = decode_status_list(status_lists.encode_tokens(1000, values))
    assert {at: found for at in range(1000) if (found := get_status(packed, at, bits=2))} == values


def test_the_batch_of_a_second_suite_is_the_same_template() -> None:
    """What the product signs with P-256 goes the fast way too."""
    batch = Batch(BASE, BODY, "Trường", making.KIND, making.Text("a", "b"), True, making.ISSUED)
    world = World()
    document = json.loads(world.credential())
    evidence = document["evidence"][0]
    values = Values(
        making.Entry(making.UUID(int=7), 4242, BODY, 1),
        {name: value for name, value in making.FIELDS.items() if name in making.SHOWN},
        evidence["leaf"],
        evidence["opening"],
        evidence["tlogProof"],
    )
    signer = Signer(P256_RECORD, (77).to_bytes(32, "big"))
    method = f"{did_of(BODY, BASE)}#{P256_RECORD.multikey}"
    maker = ProofMaker(ProofOptions(ECDSA, DURING, method), Algorithm.P256, signer.ready())
    openvc(sign_credential(batch, values, maker), "ecdsa")
