"""`sogoc dev vc-api`: what conformance suites ask, answered over HTTPS; known traps refused."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from sogoc.cli.vc_api import vc_api_server
from sogoc.verifier import jsonld

V1, V2 = jsonld.VC_V1, jsonld.VC_V2
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
Ask = Callable[..., tuple[int, dict[str, Any]]]
Get = Callable[[str], tuple[int, dict[str, Any]]]
SUITES = ("eddsa", "ecdsa", "ecdsa-p384")


@contextmanager
def serving(now: Callable[[], datetime]) -> Iterator[tuple[Ask, Get, dict[str, str]]]:
    """Run a server for a while: what posts to it, what gets from it, and its issuers."""
    server, certificate, issuers = vc_api_server(port=0, now=now)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = ssl.create_default_context(cadata=certificate.decode())
    context.check_hostname = True

    def send(method: str, path: str, data: bytes | None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPSConnection(
            "localhost", server.server_port, context=context, timeout=20
        )
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        found = answer.read()
        connection.close()
        return answer.status, json.loads(found) if found else {}

    def ask(path: str, body: Any) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return send("POST", path, data, **{"Content-Type": "application/json"})

    def get(address: str) -> tuple[int, dict[str, Any]]:
        return send("GET", address.removeprefix(f"https://localhost:{server.server_port}"), None)

    yield ask, get, issuers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Ask, Get, dict[str, str]]]:
    with serving(lambda: NOW) as found:
        yield found


@pytest.fixture
def ask(served: tuple[Ask, Get, dict[str, str]]) -> Ask:
    return served[0]


def credential(**changes: Any) -> dict[str, Any]:
    found = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:subject"},
    }
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def issue(ask: Ask, suite: str = "eddsa", **changes: Any) -> dict[str, Any]:
    status, found = ask(f"/{suite}/credentials/issue", {"credential": credential(**changes)})
    assert status == 201, found
    signed: dict[str, Any] = found["verifiableCredential"]
    return signed


def verified(ask: Ask, document: Any, suite: str = "eddsa") -> bool:
    status, found = ask(f"/{suite}/credentials/verify", {"verifiableCredential": document})
    assert status in {200, 400}
    assert (status == 200) is (found.get("verified") is True)
    return status == 200


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_issued_is_verified(served: tuple[Ask, Get, dict[str, str]], suite: str) -> None:
    ask, _, issuers = served
    signed = issue(ask, suite)
    assert signed["proof"]["verificationMethod"].startswith(f"{issuers[suite]}#z")
    assert signed["proof"]["type"] == "DataIntegrityProof"
    assert verified(ask, signed)
    signed["credentialSubject"]["id"] = "did:example:other"
    assert not verified(ask, signed)


@pytest.mark.parametrize("suite", SUITES)
def test_version_1_gets_the_context_of_its_proof(ask: Ask, suite: str) -> None:
    signed = issue(ask, suite, **{"@context": [V1], "issuanceDate": "2024-01-01T00:00:00Z"})
    assert signed["@context"] == [V1, jsonld.DATA_INTEGRITY]
    assert verified(ask, signed)


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": [jsonld.OPEN_BADGES, V2]},
        {"@context": "https://a.example"},
        {"@context": None},
        {"@context": [V2, "https://a.example/unknown"]},
        {"type": ["Other"]},
        {"type": None},
        {"type": ["VerifiableCredential", "Undefined"]},
        {"issuer": None},
        {"issuer": "nobody"},
        {"issuer": {"name": "x"}},
        {"issuer": ["did:example:a"]},
        {"credentialSubject": None},
        {"credentialSubject": {}},
        {"credentialSubject": "text"},
        {"credentialSubject": [{"id": "did:example:a"}, {}]},
        {"credentialSubject": {"id": "did:example:a", "undefined": "x"}},
        {"undefined": "x"},
        {"id": ["urn:a:1", "urn:a:2"]},
        {"id": "relative"},
        {"validFrom": "2024-01-01"},
        {"validFrom": "2025-01-01T00:00:00Z", "validUntil": "2024-01-01T00:00:00Z"},
        {"credentialStatus": {"id": "urn:a:1"}},
        {"credentialSchema": {"type": "JsonSchema"}},
        {"evidence": {"id": "urn:a:1"}},
        {"termsOfUse": {"id": "urn:a:1"}},
        {"refreshService": {"id": "urn:a:1"}},
        {"name": 7},
        {"name": {"@value": "x", "url": "y"}},
        {"relatedResource": {"id": V2}},
        {"relatedResource": [{"id": V2, "digestSRI": "sha256-AAAA"}]},
        {"relatedResource": "text"},
    ],
    ids=str,
)
def test_what_the_data_model_forbids_is_not_issued(ask: Ask, changes: dict[str, Any]) -> None:
    body = {"credential": credential(**changes)}
    status, found = ask("/eddsa/credentials/issue", body)
    assert (status, bool(found["errors"])) == (400, True)


def test_what_the_data_model_allows_is_issued(ask: Ask) -> None:
    digest = hashlib.sha256(jsonld.pinned_bytes(V2) or b"").digest()
    signed = issue(
        ask,
        id="urn:uuid:1",
        issuer={"id": "did:example:issuer", "name": [{"@value": "Trường", "@language": "vi"}]},
        name={"@value": "Bằng", "@language": "vi"},
        validFrom="2024-01-01T00:00:00Z",
        validUntil="2027-01-01T00:00:00+07:00",
        credentialSubject=[{"id": "did:example:a"}, {"id": "did:example:b"}],
        relatedResource=[{"id": V2, "digestSRI": f"sha256-{base64.b64encode(digest).decode()}"}],
    )
    assert verified(ask, signed)


@pytest.mark.parametrize(
    "entry",
    [
        {"statusListIndex": "-1"},
        {"statusListIndex": "1.5"},
        {"statusListIndex": "x"},
        {"statusListIndex": 7},
        {"statusPurpose": None},
        {"statusPurpose": 7},
        {"statusListCredential": "relative"},
        {"statusListCredential": None},
        {"statusSize": 0},
        {"statusSize": 2},
        {"statusPurpose": "message"},
        {"statusMessage": [{"status": "0x0", "message": "a"}]},
    ],
    ids=str,
)
def test_malformed_status_entries_are_refused(ask: Ask, entry: dict[str, Any]) -> None:
    good = {
        "id": "https://a.example/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://a.example/1",
    }
    assert verified(ask, issue(ask, credentialStatus=good))
    bad = {name: value for name, value in {**good, **entry}.items() if value is not None}
    status, _ = ask("/eddsa/credentials/issue", {"credential": credential(credentialStatus=bad)})
    assert status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Other"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"proofPurpose": "authentication"},
        {"proofPurpose": None},
        {"created": "yesterday"},
        {"expires": "2020-01-01T00:00:00Z"},
        {"proofValue": None},
        {"proofValue": "u123"},
        {"verificationMethod": None},
        {"verificationMethod": "did:web:a.example#b"},
        {"previousProof": "urn:uuid:missing"},
        {"unknown": "x"},
        {"@context": [V1]},
    ],
    ids=str,
)
def test_altered_proofs_are_refused(ask: Ask, change: dict[str, Any]) -> None:
    signed = issue(ask)
    proof = {**signed["proof"], **change}
    signed["proof"] = {name: value for name, value in proof.items() if value is not None}
    assert not verified(ask, signed)


def test_sets_of_proofs_hold_only_together(ask: Ask) -> None:
    signed = issue(ask, "eddsa")
    status, found = ask("/ecdsa/credentials/issue", {"credential": signed})
    both = found["verifiableCredential"]
    assert (status, len(both["proof"])) == (201, 2)
    assert verified(ask, both)
    both["proof"][0]["created"] = "2024-01-01T00:00:00Z"
    assert not verified(ask, both)


def test_outside_of_its_period_nothing_is_verified(ask: Ask) -> None:
    for changes in (
        {"validUntil": "2025-01-01T00:00:00Z"},
        {"validFrom": "2027-01-01T00:00:00Z"},
    ):
        assert not verified(ask, issue(ask, **changes))


def test_presentations_are_proven_and_verified(ask: Ask) -> None:
    presentation = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [issue(ask), issue(ask, "ecdsa")],
        "holder": "did:example:holder",
    }
    options = {"challenge": "c", "domain": "d.example"}
    status, found = ask(
        "/eddsa/presentations/prove", {"presentation": presentation, "options": options}
    )
    assert status == 201, found
    proven = found["verifiablePresentation"]

    def check(document: Any, **asked: str) -> int:
        body = {"verifiablePresentation": document, "options": asked}
        return ask("/eddsa/presentations/verify", body)[0]

    assert check(proven) == check(proven, **options) == 200
    assert check(proven, challenge="other") == check(proven, domain="other") == 400
    altered = json.loads(json.dumps(proven))
    altered["verifiableCredential"][1]["issuer"] = "did:example:other"
    assert check(altered) == 400
    assert check({**proven, "holder": "nobody"}) == 400
    assert ask("/eddsa/presentations/verify", {"presentation": presentation})[0] == 200


def test_other_requests_are_refused(ask: Ask) -> None:
    assert ask("/eddsa/nothing", {})[0] == 404
    assert ask("/jcs/credentials/issue", {})[0] == 404
    for body in (b"", b"[]", b"{", {"credential": 7}, {}):
        assert ask("/eddsa/credentials/issue", body)[0] == 400
        assert ask("/eddsa/credentials/verify", body)[0] == 400
    assert not verified(ask, credential())
