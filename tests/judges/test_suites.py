"""`sogoc dev vc-api` and Digital Bazaar's libraries: what one signs, the other judges.

The requests are of the kinds the W3C suites send (docs/reference/conformance.md says which).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sogoc.verifier.jsonld import VC_V1, VC_V2
from tests.cli.test_vc_api import NOW, Ask, Get, credential, serving
from tests.judges.conftest import NodeRun

LIBRARY = {"Ed25519": "eddsa", "P-256": "ecdsa", "P-384": "ecdsa-p384"}
NAMELESS = {
    "@context": [VC_V2, {"sails": "urn:example:sails", "size": "urn:example:size"}],
    "credentialSubject": {"sails": [{"size": number} for number in range(7)]},
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Ask, Get, dict[str, str]]]:
    with serving(lambda: NOW) as found:
        yield found


@pytest.fixture(scope="module")
def made(run_node: NodeRun) -> list[dict[str, Any]]:
    done = run_node("suite.js", "make")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_what_their_libraries_make_is_judged_rightly(
    served: tuple[Ask, Get, dict[str, str]], made: list[dict[str, Any]]
) -> None:
    """Good ones 200 and `verified`, each malformed one 400 with its problem."""
    ask, _, _ = served
    wrong, counted = [], {True: 0, False: 0}
    for each in made:
        is_presented = each["version"] == "presentation"
        member = "verifiablePresentation" if is_presented else "verifiableCredential"
        action = "presentations" if is_presented else "credentials"
        body = {member: each["document"], "options": {"checks": ["proof"]}}
        status, said = ask(f"/{LIBRARY[each['key']]}/{action}/verify", body)
        counted[each["good"]] += 1
        if (status, said["verified"]) != ((200, True) if each["good"] else (400, False)):
            wrong.append((each["key"], each["version"], each["name"], status, said["errors"]))
        elif not each["good"]:
            assert said["problemDetails"][0]["type"].startswith(
                ("https://w3id.org/", "https://www.w3.")
            )
    assert wrong == []
    assert counted[True] > 60
    assert counted[False] > 120


def judged(run_node: NodeRun, *asked: dict[str, Any]) -> list[str]:
    done = run_node("suite.js", "verify", stdin=json.dumps(asked))
    assert done.returncode == 0, done.stderr
    said: list[str] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("name", LIBRARY.values())
def test_what_we_issue_their_libraries_accept(
    served: tuple[Ask, Get, dict[str, str]], run_node: NodeRun, name: str
) -> None:
    ask, get, dids = served
    documents = []
    for changes in (
        {},
        {"id": "urn:uuid:1", "validFrom": "2020-01-01T00:00:00Z"},
        {"@context": [VC_V1], "issuanceDate": "2020-01-01T00:00:00Z"},
        NAMELESS,
    ):
        body = {"credential": credential(issuer=dids[name], **changes)}
        status, said = ask(f"/{name}/credentials/issue", body)
        assert status == 201, said
        documents.append(said["verifiableCredential"])
    altered = json.loads(json.dumps(documents[0]))
    altered["credentialSubject"]["id"] = "did:example:other"
    forged = {**documents[1], "validFrom": "2021-01-01T00:00:00Z"}
    lists = {}
    for document in documents:
        if address := document.get("credentialStatus", {}).get("statusListCredential"):
            lists[address] = get(address)[1]
    *good, first, second = judged(
        run_node,
        *({"document": each, "lists": lists} for each in [*documents, altered, forged]),
    )
    assert good == ["VALID"] * len(documents)
    assert first.startswith("REFUSED")
    assert second.startswith("REFUSED")


def test_their_library_reads_the_lists_of_the_issuer(
    served: tuple[Ask, Get, dict[str, str]], run_node: NodeRun
) -> None:
    ask, get, dids = served
    body = {"credential": credential(issuer=dids["eddsa"], id="urn:uuid:status")}
    signed = ask("/eddsa/credentials/issue", body)[1]["verifiableCredential"]
    address = signed["credentialStatus"]["statusListCredential"]

    def said() -> str:
        return judged(run_node, {"document": signed, "lists": {address: get(address)[1]}})[0]

    assert said() == "VALID"
    change = {"statusPurpose": "revocation", "type": "BitstringStatusListEntry"}
    update = {"credentialId": "urn:uuid:status", "credentialStatus": change}
    assert ask("/eddsa/credentials/status", update)[0] == 200
    assert said() == "STATUS"
    forged = get(address)[1]
    forged["credentialSubject"]["id"] = "urn:other"
    again = judged(run_node, {"document": signed, "lists": {address: forged}})
    assert again[0].startswith("REFUSED")


def test_their_library_accepts_our_presentations(
    served: tuple[Ask, Get, dict[str, str]], run_node: NodeRun
) -> None:
    ask, _, dids = served
    options = {"challenge": "c", "domain": "d.example"}
    body = {
        "presentation": {
            "@context": [VC_V2], "type": ["VerifiablePresentation"], "holder": dids["ecdsa"],
        },
        "options": options,
    }  # fmt: skip
    proven = ask("/ecdsa/presentations/prove", body)[1]["verifiablePresentation"]
    good, other, altered = judged(
        run_node,
        {"document": proven, **options},
        {"document": proven, "challenge": "x", "domain": "d.example"},
        {"document": {**proven, "holder": "did:example:x"}, **options},
    )
    assert good == "VALID"
    assert other.startswith("REFUSED")
    assert altered.startswith("REFUSED")


def test_now_is_before_the_dates_of_the_library() -> None:
    """What it signs expires far away, or long ago, whichever day the tests think it is."""
    assert datetime(2020, 1, 1, tzinfo=UTC) < NOW < datetime(2099, 1, 1, tzinfo=UTC)
