"""Keys of credentials in hardware (SoftHSM2), and keys kept elsewhere: taken in, used, retired."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.issuers import api
from sogoc.kernel.errors import Error
from sogoc.kernel.multikey import Algorithm
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
