"""Every way of cheating with a credential, and its verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel import merkle
from sogoc.kernel.cosignature import Algorithm, CosignerSecret
from sogoc.kernel.notes import SignerKey
from sogoc.verifier.api import DocumentError, Report, Result, Trust, TrustError, judge
from tests.verifier import making
from tests.verifier.making import AT, BASE, BODY_KEY, NOW, WITNESS, World, entry, record, until

DAY = timedelta(days=1)
FAIL, UNKNOWN, PASS = Result.FAIL, Result.UNKNOWN, Result.PASS


def says(report: Report, verdict: str, **results: Result) -> None:
    """Check the verdict, the checks named, and that nothing else deviates."""
    found = {check.name: report.result_of(check.name) for check in report.checks}
    deviating = {name: result for name, result in found.items() if result is not PASS}
    assert (report.verdict.value, deviating) == (verdict, results)


def test_good_credential_is_valid_as_of_its_list() -> None:
    report = World().report()
    says(report, "valid")
    assert report.as_of == AT
    assert report.is_development
    assert report.facts["full_name"] == "Y Bhăm Niê"
    assert report.facts["issuer_name"] == "Trường Mẫu theo Bộ"
    assert report.facts["authority"].startswith("khoản 2 Điều 17")
    assert {check.name for check in report.checks} == {
        "document", "signature", "certificate", "inclusion", "consistency", "quorum",
        "authority", "status",
    }  # fmt: skip


def test_superseded_copy_is_valid_and_says_so() -> None:
    report = World(status={"refresh": [4242]}).report()
    says(report, "valid")
    assert report.facts["superseded"] is True


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_revoked_and_suspended_copies_are_invalid(purpose: str) -> None:
    says(World(status={purpose: [4242]}).report(), "invalid", status=FAIL)
    says(World(status={purpose: [4241, 4243]}).report(), "valid")


@pytest.mark.parametrize(
    "keys",
    [
        (until(BODY_KEY, AT),),  # retired at the very moment of the signature
        (until(BODY_KEY, AT - DAY), record(making.BODY, b"n", AT - DAY)),
        (replace(BODY_KEY, valid_from=AT + timedelta(seconds=1)),),
    ],
)
def test_key_outside_of_its_period(keys: Any) -> None:
    report = World(body_keys=keys).report()
    assert report.result_of("certificate") is FAIL
    assert report.verdict == "invalid"


def test_key_retired_later_does_not_matter() -> None:
    keys = (until(BODY_KEY, NOW), record(making.BODY, b"n", NOW))
    says(World(body_keys=keys).report(NOW + timedelta(hours=1)), "valid")


def test_key_of_somebody_else() -> None:
    says(World(seed=b"x").report(), "invalid", signature=FAIL)
    says(World(seed=b"m").report(), "invalid", signature=FAIL)


def test_key_younger_than_the_bundle_is_unknown() -> None:
    world = World(seed=b"x", signed_at=AT + timedelta(minutes=30))
    says(world.report(), "unknown", signature=UNKNOWN)


def test_signed_before_the_day_of_issue() -> None:
    report = World(signed_at=AT - 2 * DAY).report()
    assert report.result_of("certificate") is FAIL


def test_signed_after_the_time_of_the_check_is_unknown() -> None:
    report = World().report(AT - timedelta(minutes=1))
    assert report.verdict == "unknown"
    assert report.result_of("certificate") is UNKNOWN


@pytest.mark.parametrize(
    ("may_issue", "verdict", "result"),
    [
        ([], "invalid", FAIL),
        ([entry("allowed", "2020-01-01", "2025-04-10")], "invalid", FAIL),
        ([entry("allowed", "2025-04-11", None)], "invalid", FAIL),
        ([entry("allowed", "2020-01-01", None, kind="bang_thpt")], "invalid", FAIL),
        ([entry("review", "2020-01-01", None)], "unknown", UNKNOWN),
    ],
)
def test_issuer_without_authority_on_that_day(
    may_issue: list[Any], verdict: str, result: Result
) -> None:
    says(World(may_issue=may_issue).report(), verdict, authority=result)


def test_authority_on_the_first_and_the_last_day() -> None:
    for period in (("2025-04-10", "2025-04-11"), ("2025-04-10", None), ("2020-01-01", None)):
        says(World(may_issue=[entry("allowed", *period)]).report(), "valid")


def judged(change: Callable[[dict[str, Any]], None], world: World | None = None) -> Report:
    """Judge the world's credential with a changed bundle."""
    world = world or World()
    bundle = world.bundle()
    change(bundle)
    return judge(world.credential(), Trust.parse(json.dumps(bundle).encode()), NOW)


def test_statement_of_authority_that_the_ministry_did_not_sign() -> None:
    def alter(bundle: dict[str, Any]) -> None:
        bundle["authority"][0]["credentialSubject"]["mayIssue"][0]["fromDay"] = "2000-01-01"

    says(judged(alter), "unknown", authority=UNKNOWN)
    says(judged(lambda bundle: bundle["authority"].clear()), "unknown", authority=UNKNOWN)


def test_statement_older_than_the_issue_is_unknown() -> None:
    world = World(made=AT - 30 * DAY, signed_at=AT - timedelta(hours=1))
    report = judge(world.credential(), world.trust(), NOW)
    assert report.result_of("authority") is UNKNOWN


@pytest.mark.parametrize(
    ("since", "end", "at"),
    [
        (AT - 2 * DAY, AT - DAY, NOW),  # stale
        (AT, AT + DAY, AT + DAY),  # the first moment after its validity
        (NOW + DAY, NOW + 2 * DAY, NOW),  # of the future
    ],
)
def test_stale_list_is_unknown(since: Any, end: Any, at: Any) -> None:
    report = World(list_from=since, list_until=end).report(at)
    assert (report.verdict, report.result_of("status")) == ("unknown", UNKNOWN)


def test_unreachable_list_is_unknown() -> None:
    report = judged(lambda bundle: bundle["status_lists"].clear())
    says(report, "unknown", status=UNKNOWN)
    says(judged(lambda bundle: bundle["status_lists"].pop(0)), "unknown", status=UNKNOWN)


@pytest.mark.parametrize("alter", ["bits", "issuer", "purpose", "proof"])
def test_list_that_is_not_the_issuers_is_unknown(alter: str) -> None:
    """A false list is no evidence, in neither direction."""

    def change(bundle: dict[str, Any]) -> None:
        found = bundle["status_lists"][0]
        other = World(status={"revocation": [1]}).lists()
        if alter == "bits":
            found["credentialSubject"]["encodedList"] = other[0]["credentialSubject"]["encodedList"]
        elif alter == "purpose":
            found["credentialSubject"]["statusPurpose"] = "suspension"
        elif alter == "issuer":
            found["issuer"] = "did:web:so.example:bo-gddt"
        else:
            found["proof"] = other[0]["proof"]

    says(judged(change), "unknown", status=UNKNOWN)


def test_newest_of_two_valid_lists_counts() -> None:
    world = World()
    newer = World(status={"revocation": [4242]}, list_from=AT + timedelta(hours=1)).lists()
    says(judged(lambda b: b["status_lists"].extend(newer), world), "invalid", status=FAIL)


def test_past_day_is_answered_from_archived_lists() -> None:
    world = World(status={"revocation": [4242]}, list_from=AT + timedelta(hours=3))
    bundle = world.bundle()
    bundle["status_lists"] += World(list_until=AT + timedelta(hours=5)).lists()
    trust = Trust.parse(json.dumps(bundle).encode())
    says(judge(world.credential(), trust, AT + timedelta(hours=2)), "valid")
    says(judge(world.credential(), trust, AT + timedelta(hours=4)), "invalid", status=FAIL)


def test_proof_from_another_log() -> None:
    for name in ("log.elsewhere/2025", f"{BASE}/2019"):
        report = World(log=SignerKey(name, b"l" * 32)).report()
        says(report, "invalid", inclusion=FAIL)


def test_log_begun_after_the_bundle_is_unknown() -> None:
    world = World(log=SignerKey(f"{BASE}/2026", b"l" * 32), signed_at=AT + timedelta(minutes=30))
    says(world.report(), "unknown", inclusion=UNKNOWN)


def test_checkpoint_under_a_false_key() -> None:
    says(World(log=SignerKey(f"{BASE}/2025", b"x" * 32)).report(), "invalid", inclusion=FAIL)


def test_too_few_witnesses() -> None:
    says(World(cosigners=()).report(), "invalid", quorum=FAIL)
    other = CosignerSecret("v.example/v", Algorithm.ED25519, b"v" * 32)
    says(World(cosigners=(other,)).report(), "invalid", quorum=FAIL)
    says(World(cosigners=(other, WITNESS)).report(), "valid")
    no_quorum = making.POLICY.replace("quorum w", "quorum none")
    says(World(cosigners=(), policy=no_quorum).report(), "valid")


def test_rolled_back_checkpoint() -> None:
    """Log key and all witnesses lie together: the published history still tells."""
    honest = {5: merkle.leaf_hash(b"another root"), 9: merkle.leaf_hash(b"newer")}
    says(World(published=honest).report(), "invalid", consistency=FAIL)
    says(World(published={4: b"4" * 32, 9: b"9" * 32}).report(), "invalid", consistency=FAIL)


def test_proof_newer_than_the_bundle_is_unknown() -> None:
    says(World(published={4: b"4" * 32}).report(), "unknown", consistency=UNKNOWN)


@pytest.mark.parametrize(
    "world",
    [
        World(leaf_issuer="truong-khac"),
        World(act="revoke"),
        World(fields={**making.FIELDS, "kind": "bang_thpt"}),
    ],
)
def test_leaf_of_something_else(world: World) -> None:
    report = world.report()
    assert (report.verdict, report.result_of("inclusion")) == ("invalid", FAIL)


def resigned(change: Callable[[dict[str, Any]], object]) -> Report:
    """The issuer itself signs something that the log does not hold."""
    world = World()
    document = json.loads(world.credential())
    change(document)
    del document["proof"]
    signed = making.sign(document, making.BODY, b"b", AT)
    return judge(json.dumps(signed).encode(), world.trust(), NOW)


@pytest.mark.parametrize(
    "claim", ["name", "bornOn", "serialNumber", "entryNumber", "lookupCode", "credentialKind"]
)
def test_issuer_who_signs_another_content(claim: str) -> None:
    def change(document: dict[str, Any]) -> None:
        document["credentialSubject"][claim] = "khác"

    assert resigned(change).result_of("inclusion") is FAIL

    def leave_out(document: dict[str, Any]) -> None:
        document["credentialSubject"].pop(claim)

    assert resigned(leave_out).verdict == "invalid"


def test_signature_by_the_issuer_over_the_same_content_is_valid() -> None:
    says(resigned(lambda _document: None), "valid")


def shapes() -> dict[str, Callable[[dict[str, Any]], object]]:
    return {
        "a remark": lambda d: d.update(remark="x"),
        "an undefined term": lambda d: d["credentialSubject"].update(gpa="4.0"),
        "a known term": lambda d: d["credentialSubject"].update(narrative="x"),
        "another context": lambda d: d["@context"].append({"gpa": "https://a.example/gpa"}),
        "a context less": lambda d: d["@context"].pop(),
        "a term rebound": lambda d: d["@context"][2].update(bornOn="https://a.example/x"),
        "another type": lambda d: d["type"].append("AchievementCredential"),
        "two subjects": lambda d: d.update(credentialSubject=[d["credentialSubject"]] * 2),
        "two proofs": lambda d: d.update(proof=[d["proof"]] * 2),
        "a proof member": lambda d: d["proof"].update(expires="2030-01-01T00:00:00Z"),
        "a proof id": lambda d: d["proof"].update(id="urn:x:1"),
        "a purpose": lambda d: d["proof"].update(proofPurpose="authentication"),
        "a suite": lambda d: d["proof"].update(cryptosuite="eddsa-jcs-2022"),
        "no status": lambda d: d.update(credentialStatus=[]),
        "a status less": lambda d: d["credentialStatus"].pop(),
        "statuses swapped": lambda d: d["credentialStatus"].reverse(),
        "an index": lambda d: d["credentialStatus"][0].update(statusListIndex="04242"),
        "an index as number": lambda d: d["credentialStatus"][0].update(statusListIndex=4242),
        "no id": lambda d: d.pop("id"),
        "a blank subject": lambda d: d["credentialSubject"].pop("id"),
        "an empty id": lambda d: d["credentialSubject"].update(id=""),
        "validUntil": lambda d: d.update(validUntil="2020-01-01T00:00:00Z"),
        "another day": lambda d: d.update(validFrom="2020-01-01T00:00:00+07:00"),
        "no time zone": lambda d: d.update(validFrom="2025-04-10T00:00:00"),
        "no evidence": lambda d: d.update(evidence=[]),
        "evidence twice": lambda d: d.update(evidence=d["evidence"] * 2),
        "a synonym": lambda d: (a := d["credentialSubject"]["achievement"]).update(
            Criteria=a.pop("criteria")
        ),
        "a type as text": lambda d: d["credentialSubject"].update(type="AchievementSubject"),
        "a name told otherwise": lambda d: d["credentialSubject"]["identifier"][0].pop("id"),
        "a name told twice": lambda d: d["credentialSubject"].update(
            identifier=d["credentialSubject"]["identifier"] * 2
        ),
        "a name not told": lambda d: d["credentialSubject"].pop("identifier"),
        "a name as list": lambda d: d["credentialSubject"].update(name=["Y Bhăm Niê"]),
        "an issuer as text": lambda d: d.update(issuer=d["issuer"]["id"]),
    }


@pytest.mark.parametrize("name", shapes())
def test_other_shapes_are_invalid(name: str) -> None:
    document = json.loads(World().credential())
    shapes()[name](document)
    report = judge(json.dumps(document).encode(), World().trust(), NOW)
    assert report.verdict == "invalid"
    if name in {"a purpose", "a suite"} or "proof" in name:
        return  # signing anew makes these good again
    try:
        assert resigned(shapes()[name]).verdict == "invalid"
    except DocumentError:
        assert name in {"a context less", "an empty id"}


WHOLE = World().credential()
TRUST = World().trust()


@settings(max_examples=150)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_invalid(at: int, change: int) -> None:
    altered = bytearray(WHOLE)
    altered[at] ^= change
    if bytes(altered).decode("utf-8", "replace") and same_json(bytes(altered)):
        return  # blanks between tokens carry nothing
    assert judge(bytes(altered), TRUST, NOW).verdict == "invalid"


def places(node: Any) -> Iterator[tuple[Any, str | int]]:
    """Every member and element of a document with what holds it."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


OTHERS: list[Any] = [None, True, 7, "", "x", [], [7], {}, {"id": 7}]


@settings(max_examples=200)
@given(st.integers(0, sum(1 for _ in places(json.loads(WHOLE))) - 1), st.sampled_from(OTHERS))
def test_any_part_replaced_is_invalid(at: int, other: Any) -> None:
    document = json.loads(WHOLE)
    holder, key = list(places(document))[at]
    if holder[key] == other:
        return
    holder[key] = other
    assert judge(json.dumps(document).encode(), TRUST, NOW).verdict == "invalid"


@settings(max_examples=80)
@given(st.integers(0, sum(1 for _ in places(json.loads(WHOLE))) - 1))
def test_any_part_left_out_is_invalid(at: int) -> None:
    document = json.loads(WHOLE)
    holder, key = list(places(document))[at]
    del holder[key]
    assert judge(json.dumps(document).encode(), TRUST, NOW).verdict == "invalid"


def same_json(data: bytes) -> bool:
    try:
        return bool(json.loads(data) == json.loads(WHOLE))
    except ValueError:
        return False


@settings(max_examples=40)
@given(st.integers(0, len(WHOLE) - 1))
def test_file_cut_anywhere_is_invalid(at: int) -> None:
    assert judge(WHOLE[:at], TRUST, NOW).verdict == "invalid"


def test_file_of_others_is_unknown() -> None:
    document = {"@context": ["https://www.w3.org/ns/credentials/v2"], "issuer": "did:web:a.example"}
    assert judge(json.dumps(document).encode(), TRUST, NOW).verdict == "unknown"


@pytest.mark.parametrize("data", [b"", b"%!PS", b"\x00" * 100, b"PK\x03\x04"])
def test_file_of_no_known_form_is_invalid(data: bytes) -> None:
    assert judge(data, TRUST, NOW).verdict == "invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "sogoc-trust/2"},
        {"made": "2025-04-10"},
        {"dids": [{}]},
        {"logs": [{"origin": "a", "policy": "", "checkpoints": []}]},
        {"authority": [{"validFrom": "x"}]},
        {"status_lists": [{}]},
    ],
)
def test_malformed_bundle_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(TrustError):
        Trust.parse(json.dumps({**World().bundle(), **change}).encode())
    with pytest.raises(TrustError):
        Trust.parse(b"[]")
