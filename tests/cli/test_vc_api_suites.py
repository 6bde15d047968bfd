"""`sogoc dev vc-api` asked as the W3C suites ask (docs/reference/conformance.md says which)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from sogoc.kernel import status_lists
from sogoc.verifier import jsonld
from tests.cli.test_vc_api import V1, V2, Ask, Get, ask, credential, issue, served, verified

__all__ = ["ask", "served"]


def details(found: dict[str, Any]) -> set[str]:
    return {each["type"].partition("#")[2] for each in found["problemDetails"]}


def test_problems_have_details_with_a_type(ask: Ask) -> None:
    assert details(ask("/eddsa/credentials/issue", b"{")[1]) == {"PARSING_ERROR"}
    wrong = ask("/eddsa/credentials/issue", {"credential": credential(issuer=None)})[1]
    assert details(wrong) == {"MALFORMED_VALUE_ERROR"}
    assert wrong["problemDetails"][0]["detail"].startswith("issuer")
    signed = issue(ask)
    signed["proof"]["created"] = "2020-01-01T00:00:00Z"
    answer = ask("/eddsa/credentials/verify", {"verifiableCredential": signed})[1]
    assert details(answer) == {"PROOF_VERIFICATION_ERROR"}


def test_the_purpose_asked_for_is_demanded(ask: Ask) -> None:
    for purpose, expected in (("assertionMethod", 200), ("authentication", 400), ("x", 400)):
        body = {
            "verifiableCredential": issue(ask),
            "options": {"checks": ["proof"], "expectedProofPurpose": purpose},
        }
        assert ask("/eddsa/credentials/verify", body)[0] == expected
    for options in ({"domain": "d.example"}, {"challenge": "c"}, "text", ["list"]):
        body = {"verifiableCredential": issue(ask), "options": options}
        assert ask("/eddsa/credentials/verify", body)[0] == 400


def test_options_become_part_of_the_proof(ask: Ask) -> None:
    asked = {
        "created": "2026-01-01T00:00:00Z", "expires": "2030-01-01T00:00:00Z",
        "domain": "d.example", "challenge": "c", "proofId": "urn:uuid:first",
    }  # fmt: skip
    status, said = ask("/ecdsa/credentials/issue", {"credential": credential(), "options": asked})
    first = said["verifiableCredential"]
    assert status == 201
    named = {("id" if name == "proofId" else name): value for name, value in asked.items()}
    assert named.items() <= first["proof"].items()
    chained = {"credential": first, "options": {"previousProof": "urn:uuid:first"}}
    both = ask("/ecdsa-p384/credentials/issue", chained)[1]["verifiableCredential"]
    assert both["proof"][1]["previousProof"] == "urn:uuid:first"
    assert verified(ask, both)
    assert not verified(ask, {**both, "proof": both["proof"][1:]})
    for wrong in ({"created": "yesterday"}, {"expires": 7}, {"previousProof": "urn:uuid:no"}):
        body = {"credential": first, "options": wrong}
        assert ask("/ecdsa/credentials/issue", body)[0] == 400


def test_an_issuer_that_manages_status(served: tuple[Ask, Get, dict[str, str]]) -> None:
    """Entries lead to a list that is a signed credential of 16 KB of bits at least."""
    ask, get, dids = served
    signed = issue(ask, id="urn:uuid:entry")
    entry = signed["credentialStatus"]
    assert set(entry) == {
        "id", "type", "statusPurpose", "statusListIndex", "statusListCredential",
    }  # fmt: skip
    assert entry["id"] != entry["statusListCredential"]
    assert str(int(entry["statusListIndex"])) == entry["statusListIndex"]
    status, found = get(entry["statusListCredential"])
    assert (status, found["id"]) == (200, entry["statusListCredential"])
    assert found["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert found["issuer"] == dids["eddsa"]
    assert found["credentialSubject"]["type"] == "BitstringStatusList"
    assert found["credentialSubject"]["encodedList"].startswith("u")
    assert verified(ask, found)
    bits = status_lists.decode_bitstring(found["credentialSubject"]["encodedList"])
    assert (len(bits), any(bits)) == (16_384, False)


def test_a_status_is_set_and_cleared(served: tuple[Ask, Get, dict[str, str]]) -> None:
    ask, get, _ = served
    signed = issue(ask, id="urn:uuid:revoked")
    address = signed["credentialStatus"]["statusListCredential"]
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    update = {"credentialId": "urn:uuid:revoked", "credentialStatus": entry}
    assert verified(ask, signed)
    assert ask("/eddsa/credentials/status", update)[0] == 200
    assert ask(f"/{address.split('/', 3)[3]}/publish", {})[0] == 204
    status, said = ask("/eddsa/credentials/verify", {"verifiableCredential": signed})
    assert (status, details(said)) == (400, {"STATUS_VERIFICATION_ERROR"})
    bits = status_lists.decode_bitstring(get(address)[1]["credentialSubject"]["encodedList"])
    assert status_lists.is_set(bits, int(signed["credentialStatus"]["statusListIndex"]))
    assert ask("/eddsa/credentials/status", {**update, "status": False})[0] == 200
    assert verified(ask, signed)
    for wrong in (
        {**update, "credentialId": "urn:uuid:none"},
        {**update, "credentialStatus": {**entry, "statusPurpose": "other"}},
        {"credentialId": "urn:uuid:revoked"},
        {**update, "credentialStatus": "text"},
    ):
        assert ask("/eddsa/credentials/status", wrong)[0] == 400
    assert ask("/ecdsa/credentials/status", update)[0] == 400


def test_index_outside_of_the_list(ask: Ask) -> None:
    entry = issue(ask)["credentialStatus"]
    signed = issue(ask, credentialStatus={**entry, "statusListIndex": "131072"})
    assert not verified(ask, signed)


def test_who_manages_no_status_adds_none(ask: Ask) -> None:
    assert "credentialStatus" not in issue(ask, "ecdsa")
    own = {"id": "urn:a:1", "type": "https://a.example/Status"}
    assert issue(ask, credentialStatus=own)["credentialStatus"] == own
    v1 = issue(ask, **{"@context": [V1], "issuanceDate": "2024-01-01T00:00:00Z"})
    assert "credentialStatus" not in v1


def test_status_lists_of_others_are_judged_by_their_form(ask: Ask) -> None:
    bits = status_lists.bitstring(131_072, [])
    subject = {
        "id": "https://a.example/1#list", "type": "BitstringStatusList",
        "statusPurpose": "revocation", "encodedList": status_lists.encode_bitstring(bits),
    }  # fmt: skip
    types = ["VerifiableCredential", "BitstringStatusListCredential"]
    assert verified(ask, issue(ask, type=types, credentialSubject=subject))
    purposes = {**subject, "statusPurpose": ["revocation", "suspension"]}
    assert verified(ask, issue(ask, type=types, credentialSubject=purposes))
    for change in (
        {"type": "Other"}, {"statusPurpose": None}, {"statusPurpose": 7}, {"encodedList": "x"},
        {"encodedList": subject["encodedList"][1:]}, {"encodedList": None},
    ):  # fmt: skip
        bad = {name: value for name, value in {**subject, **change}.items() if value is not None}
        body = {"credential": credential(type=types, credentialSubject=bad)}
        assert ask("/eddsa/credentials/issue", body)[0] == 400, change


def test_the_examples_context_of_the_suites(ask: Ask) -> None:
    examples = "https://www.w3.org/ns/credentials/examples/v2"
    signed = issue(ask, **{"@context": [V2, examples], "anything": "x"})
    assert verified(ask, signed)
    assert not verified(ask, {**signed, "anything": "y"})


def test_related_resources(ask: Ask) -> None:
    """Digests of pinned contexts are compared: of our bytes, and those the specification tells."""
    published = "sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ="
    multibase = "u" + base64.urlsafe_b64encode(
        b"\x12\x20" + hashlib.sha256(jsonld.pinned_bytes(V2) or b"").digest()
    ).decode().rstrip("=")
    elsewhere = {"id": "https://a.example/x.json", "mediaType": "application/json"}
    digest = "IwhzJyufmsjiGS1qP0waCmFb0gKa5ZGBI0ZZtfQo9Ls="
    for good in (
        {"id": V2, "digestSRI": published},
        {"id": V2, "digestMultibase": multibase},
        {**elsewhere, "digestSRI": f"sha256-{digest}"},
        [{**elsewhere, "digestSRI": f"sha256-{digest}"}, {"id": V2, "digestSRI": published}],
    ):
        assert verified(ask, issue(ask, relatedResource=good))
    for bad in (
        {"id": V2, "digestSRI": published.replace("W", "X")},
        {"id": V2, "digestMultibase": multibase[:-1] + "A"},
        {**elsewhere, "digestSRI": "sha256-" + "ca3d163b" * 8},
        {**elsewhere, "digestSRI": digest},
        {**elsewhere, "digestMultibase": "uZTQ0MjM1NiAgcmVwb3J0cw"},
        elsewhere,
        {"digestSRI": published},
        [{"id": V2, "digestSRI": published}] * 2,
        ["https://a.example/x.json"],
    ):
        body = {"credential": credential(relatedResource=bad)}
        assert ask("/eddsa/credentials/issue", body)[0] == 400, bad


def test_types_and_terms(ask: Ask) -> None:
    mapped = {"Mapped": "https://a.example/Mapped"}
    for context, types in (
        ([V2, mapped], ["VerifiableCredential", "Mapped"]),
        ([V2, mapped], ["Mapped", "VerifiableCredential"]),
        ([V2], ["https://a.example/Type", "VerifiableCredential"]),
        ([V2], "VerifiableCredential"),
    ):
        assert verified(ask, issue(ask, **{"@context": context, "type": types}))
    for context, types in (
        ([V2, {"Mapped": "no url"}], ["VerifiableCredential", "Mapped"]),
        ([V2, {"VerifiableCredential": "https://a.example/x"}], ["VerifiableCredential"]),
        ([V2, {"name": "https://a.example/x"}], ["VerifiableCredential"]),
        ([V2, 7], ["VerifiableCredential"]),
        ([V2], ["VerifiableCredential", 2]),
        ([V2], []),
    ):
        body = {"credential": credential(**{"@context": context, "type": types})}
        assert ask("/eddsa/credentials/issue", body)[0] == 400, (context, types)


def test_names_in_languages(ask: Ask) -> None:
    value = {"@value": "Bằng", "@language": "vi", "@direction": "ltr"}
    several = [{"@value": "Dog", "@language": "en"}, {"@value": "Chó", "@language": "vi"}]
    issuer = "did:example:issuer"
    for name in ("name", "description"):
        for good in ("text", value, several):
            assert verified(ask, issue(ask, **{name: good}))
            assert verified(ask, issue(ask, issuer={"id": issuer, name: good}))
        for bad in ({**value, "url": "x"}, {"@language": "vi"}, 7, [], [7], {"@value": 7}):
            for changes in ({name: bad}, {"issuer": {"id": issuer, name: bad}}):
                body = {"credential": credential(**changes)}
                assert ask("/eddsa/credentials/issue", body)[0] == 400, changes


@pytest.mark.parametrize(
    "name", ["credentialSchema", "termsOfUse", "evidence", "refreshService", "credentialStatus"]
)
def test_objects_with_a_type(ask: Ask, name: str) -> None:
    good = {"id": "https://a.example/1", "type": "https://a.example/Type"}
    assert verified(ask, issue(ask, **{name: good}))
    assert verified(ask, issue(ask, **{name: [good, {**good, "id": "did:example:2"}]}))
    for change in (
        {"type": None},
        {"type": 2},
        {"id": ["urn:a:1", "urn:a:2"]},
        {"id": "https ://x"},
    ):
        bad = {key: value for key, value in {**good, **change}.items() if value is not None}
        body = {"credential": credential(**{name: bad})}
        assert ask("/eddsa/credentials/issue", body)[0] == 400, (name, bad)
    body = {"credential": credential(**{name: "text"})}
    assert ask("/eddsa/credentials/issue", body)[0] == 400


def test_who_presents_a_credential_of_its_own_is_the_holder(
    served: tuple[Ask, Get, dict[str, str]],
) -> None:
    ask, _, dids = served
    own = issue(ask, "ecdsa", issuer=dids["ecdsa"])
    other = issue(ask, "ecdsa", issuer="did:example:issuer")

    def presented(held: Any, **changes: Any) -> int:
        presentation = {
            "@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": held,
            **changes,
        }  # fmt: skip
        proven = ask("/ecdsa/presentations", {"presentation": presentation})[1]
        body = {
            "verifiablePresentation": proven["verifiablePresentation"],
            "options": {"checks": []},
        }
        return ask("/ecdsa/presentations/verify", body)[0]

    assert presented([other]) == presented([other, other]) == 200
    assert presented([other], holder=dids["ecdsa"]) == 200
    assert presented([own], holder=dids["ecdsa"]) == 200
    assert presented([own], holder={"id": dids["ecdsa"]}) == 200
    assert presented([own]) == 400
    assert presented([own], holder="did:example:acme") == 400
    assert presented([{**own, "issuer": "did:example:acme"}], holder=dids["ecdsa"]) == 400


def test_presentations_of_other_shapes(ask: Ask) -> None:
    good = {"@context": [V2], "type": ["VerifiablePresentation"]}
    assert ask("/eddsa/presentations/prove", {"presentation": good})[0] == 201
    for change in (
        {"@context": None}, {"@context": [jsonld.DATA_INTEGRITY, V2]}, {"type": None},
        {"type": ["Other"]}, {"type": "VerifiableCredential"}, {"id": 7}, {"holder": {"name": "x"}},
        {"verifiableCredential": "https://a.example/1"}, {"verifiableCredential": [7]},
        {"verifiableCredential": {"id": "urn:a:1"}}, {"@context": [V2, "https://a.example"]},
    ):  # fmt: skip
        bad = {key: value for key, value in {**good, **change}.items() if value is not None}
        assert ask("/eddsa/presentations/prove", {"presentation": bad})[0] == 400, bad
        body = {"verifiablePresentation": bad}
        assert ask("/eddsa/presentations/verify", body)[0] == 400, bad
    enveloped = {
        "@context": [V2], "type": "EnvelopedVerifiableCredential", "id": "data:application/vc,x",
    }  # fmt: skip
    body = {"verifiablePresentation": {**good, "verifiableCredential": [enveloped]}}
    assert ask("/eddsa/presentations/verify", body)[0] == 400


def test_what_is_read(served: tuple[Ask, Get, dict[str, str]]) -> None:
    _, get, dids = served
    assert get("/") == (200, {"issuers": dids})
    for path in ("/eddsa", "/eddsa/status/other", "/ecdsa/status/revocation", "/x/status/y", "/.."):
        assert get(path)[0] == 404
