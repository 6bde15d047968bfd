"""Keys of credentials in hardware (SoftHSM2), and keys kept elsewhere: taken in, used, retired."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sogoc.credentials.issuers import api
from sogoc.kernel import data_integrity
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm, Multikey
from sogoc.verifier.api import jsonld
from tests.credentials import world
from tests.credentials.signing import hardware

AT = world.AT
LATER = AT + timedelta(days=30)
LABELS = {Algorithm.ED25519: "vc-ed", Algorithm.P256: "vc-p256"}


@pytest.fixture(scope="module")
def place() -> dict[str, str]:
    found = hardware.token()
    hardware.new_key(found, "vc-ed", kind="ed25519")
    hardware.new_key(found, "vc-p256")
    hardware.new_key(found, "vc-next", kind="ed25519")
    hardware.new_key(found, "vc-rsa", kind="rsa")
    return found


@pytest.fixture
def home(db: None, tmp_path: Path) -> Path:
    world.settle()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / api.PIN_FILE).write_text(hardware.PIN)
    return tmp_path


def take(home: Path, place: dict[str, str], label: str, **changes: Any) -> api.KeyRecord:
    body = changes.pop("body", world.CENTRE)
    given: dict[str, Any] = {
        "locator": {**place, "label": label},
        "by": world.who("keys.manage"),
        "at": AT,
        **changes,
    }
    return api.record_issuer_key(home, body, **given)


@pytest.mark.parametrize("algorithm", [Algorithm.ED25519, Algorithm.P256])
def test_a_real_home_signs_with_hardware(
    home: Path, place: dict[str, str], algorithm: Algorithm
) -> None:
    record = take(home, place, LABELS[algorithm])
    assert record.multikey.algorithm is algorithm
    signer = api.signer(home, world.CENTRE, algorithm, at=AT, is_playground=False)
    for message in (b"", b"one", b"x" * 70_000):
        signature = signer.sign(message)
        assert len(signature) == 64
        assert record.multikey.verifies(signature, message)
        assert not record.multikey.verifies(signature, message + b"!")
    (kept,) = (home / "keys" / "issuers" / world.CENTRE).iterdir()
    assert '"secret": ""' in kept.read_text("ascii")
    assert hardware.PIN not in kept.read_text("ascii")
    assert hardware.PIN not in repr(signer)


def test_a_new_key_follows_the_one_of_its_algorithm(home: Path, place: dict[str, str]) -> None:
    old, other = take(home, place, "vc-ed"), take(home, place, "vc-p256")
    new = take(home, place, "vc-next", at=LATER)
    known = {each.label: each for each in api.history(home, world.CENTRE)}
    assert known[old.label].valid_until == new.valid_from == LATER
    assert known[other.label].valid_until is None
    late = api.signer(home, world.CENTRE, Algorithm.ED25519, at=LATER, is_playground=False)
    assert late.record.label == new.label


def test_a_key_elsewhere_is_published_and_signs_nothing(home: Path, tmp_path: Path) -> None:
    made = api.signer(tmp_path / "x", "y", Algorithm.ED25519, at=AT, is_playground=True).record
    record = take(home, {}, "", locator=None, public=str(made.multikey))
    document = api.did_document(world.CENTRE, "so.example", api.history(home, world.CENTRE))
    assert document["verificationMethod"][0]["publicKeyMultibase"] == str(record.multikey)
    with pytest.raises(api.IssuerRefused) as refused:
        api.signer(home, world.CENTRE, Algorithm.ED25519, at=AT, is_playground=True)
    assert refused.value.code == "issuer_key_elsewhere"


def test_the_ministry_needs_no_body_but_somebody_who_brings_bodies_in(
    home: Path, place: dict[str, str]
) -> None:
    with pytest.raises(Error) as refused:
        take(home, place, "vc-ed", body=api.MINISTRY)
    assert refused.value.code == "not_permitted"
    take(home, place, "vc-ed", body=api.MINISTRY, by=world.who("org.import"))
    signed = api.authority_credential(
        world.CENTRE, "Trung tâm", home=home, base="so.example", at=AT, is_playground=False
    )
    assert signed["proof"]["verificationMethod"].startswith("did:web:so.example:bo-gddt#z6Mk")


@pytest.mark.parametrize(
    ("code", "label", "changes"),
    [
        ("hardware_unreachable", "nobody", {}),
        ("hardware_unreachable", "vc-rsa", {}),
        ("hardware_unreachable", "vc-ed", {"locator": {"module": "/nowhere.so", "token": "x"}}),
        ("issuer_key_one_place", "vc-ed", {"public": "z6Mk"}),
        ("multikey_malformed", "", {"locator": None, "public": "z6Mk"}),
        ("organisation_unknown", "vc-ed", {"body": "../x"}),
        ("not_permitted", "vc-ed", {"by": "registrar.dh"}),
    ],
)
def test_what_is_refused(
    home: Path, place: dict[str, str], code: str, label: str, changes: dict[str, Any]
) -> None:
    if isinstance(changes.get("by"), str):
        changes = {**changes, "by": world.account(changes["by"])}
    with pytest.raises(Error) as refused:
        take(home, place, label, **changes)
    assert refused.value.code == code
    assert api.history(home, world.CENTRE) == []


def test_a_key_is_recorded_once_whoever_brings_it(home: Path, place: dict[str, str]) -> None:
    take(home, place, "vc-ed")
    for body in (world.CENTRE, world.SO):
        with pytest.raises(api.IssuerRefused) as refused:
            take(home, place, "vc-ed", body=body, by=world.who("keys.manage", body))
        assert refused.value.code == "issuer_key_known"


def test_no_pin_no_signature(home: Path, place: dict[str, str]) -> None:
    take(home, place, "vc-ed")
    (home / "keys" / api.PIN_FILE).unlink()
    with pytest.raises(api.HardwareRefused):
        api.signer(home, world.CENTRE, Algorithm.ED25519, at=AT, is_playground=False)


def test_a_lost_key_ends_in_the_past_and_says_so(home: Path, place: dict[str, str]) -> None:
    record = take(home, place, "vc-ed")
    since = AT + timedelta(days=2)
    lost = api.report_issuer_key(
        home, record.label, since=since, reason="Mất", by=world.who("keys.manage"), at=LATER,
        is_playground=False,
    )  # fmt: skip
    assert (lost.valid_until, lost.compromised_at) == (since, since)
    (method,) = api.did_document(world.CENTRE, "so.example", api.history(home, world.CENTRE))[
        "verificationMethod"
    ]
    assert method["validUntil"] == method["revoked"] == api.iso(since)
    with pytest.raises(api.IssuerRefused) as refused:
        api.signer(home, world.CENTRE, Algorithm.ED25519, at=LATER, is_playground=False)
    assert refused.value.code == "issuer_key_missing"
    with pytest.raises(api.IssuerRefused) as refused:
        api.report_issuer_key(
            home, record.label, since=since, reason="Mất", by=world.who("keys.manage"), at=LATER,
            is_playground=False,
        )  # fmt: skip
    assert refused.value.code == "issuer_key_ended"


@pytest.fixture
def ministry(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Ministry's key, made by openssl, which alone signs with it; its public half is known."""
    file = tmp_path_factory.mktemp("ministry") / "key.pem"
    run("genpkey", "-algorithm", "ed25519", "-out", str(file))
    private = load_pem_private_key(file.read_bytes(), None)
    public = str(Multikey.of(private.public_key()))
    take(home, {}, "", body=api.MINISTRY, by=world.who("org.import"), locator=None, public=public)
    return file


def run(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def signed_by(key: Path, message: bytes) -> bytes:
    text, signature = key.with_suffix(".bin"), key.with_suffix(".sig")
    text.write_bytes(message)
    run("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", str(text), "-out", str(signature))
    return signature.read_bytes()


def stated(home: Path, name: str = "Trung tâm", at: datetime = AT) -> dict[str, Any]:
    return api.authority_credential(
        world.CENTRE, name, home=home, base="so.example", at=at, is_playground=False
    )


def test_the_ministry_signs_elsewhere_what_was_prepared(home: Path, ministry: Path) -> None:
    by = world.who("org.import")

    def refusal(call: Callable[[], object]) -> str:
        with pytest.raises(Error) as refused:
            call()
        return refused.value.code

    assert refusal(lambda: stated(home)) == "authority_statement_missing"
    prepare = partial(api.prepare_statements, home=home, base="so.example", at=AT)
    accept = partial(api.accept_statement, world.CENTRE, home=home, by=by)
    assert refusal(lambda: accept(b"", at=AT)) == "authority_not_prepared"
    assert refusal(lambda: prepare(["nobody"], by=by)) == "organisation_unknown"
    assert refusal(lambda: prepare([world.CENTRE], by=world.account("registrar.dh"))) == (
        "not_permitted"
    )
    (one,) = prepare([world.CENTRE], by=by)
    good = signed_by(ministry, one.to_sign)
    assert len(one.to_sign) == 64
    for wrong in (b"", good[:-1], signed_by(ministry, one.to_sign[:-1])):
        assert refusal(lambda wrong=wrong: accept(wrong, at=AT)) == "authority_signature"
    signed = accept(good, at=LATER)
    assert refusal(lambda: accept(good, at=LATER)) == "authority_not_prepared"

    name = one.document["credentialSubject"]["name"]
    assert stated(home, name, LATER) == signed
    assert refusal(lambda: stated(home, "Tên khác", LATER)) == "authority_statement_old"
    proof = dict(signed["proof"])
    value = proof.pop("proofValue")
    document = {key: part for key, part in signed.items() if key != "proof"}
    assert data_integrity.verifies(
        value, api.history(home, api.MINISTRY)[0].multikey, proof["cryptosuite"],
        options=jsonld.canonical({"@context": document["@context"], **proof}),
        document=jsonld.canonical(document),
    )  # fmt: skip
    api.report_issuer_key(
        home, api.history(home, api.MINISTRY)[0].label, since=AT, reason="Mất", by=by, at=LATER,
        is_playground=False,
    )  # fmt: skip
    assert refusal(lambda: stated(home, name, LATER)) == "issuer_key_missing"
