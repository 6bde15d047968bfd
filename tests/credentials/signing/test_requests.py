"""No signature without a prepared token: stored, of one key, used once, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.db import DatabaseError

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
DIGEST = sha256(b"a paper").digest()


@pytest.fixture
def world(db: None) -> Any:
    from tests.credentials import world

    world.settle()
    return world


def key_of(world: Any, home: Path, purpose: str = "person") -> Any:
    from sogoc.credentials.signing import api

    return api.serving_key(
        organisation=world.CENTRE, purpose=purpose, holder="Y Bhăm Niê", at=AT, home=home,
        is_playground=True, by=me(),
    )  # fmt: skip


def me() -> Any:
    from sogoc.people.api import Actor

    return Actor.system("tests")


def prepared(key: Any) -> str:
    from sogoc.credentials.signing import api

    (one,) = api.prepare(key=key, documents=[api.ToPrepare(DIGEST, "D-1", None)], by=me(), at=AT)
    return one.token


def sign(token: str, home: Path, at: datetime = AT) -> Any:
    from sogoc.credentials.signing import api

    return api.sign([token], home=home, is_playground=True, by=me(), at=at)


def test_a_token_signs_once(world: Any, tmp_path: Path) -> None:
    from sogoc.credentials.signing.api import TokenRefused
    from sogoc.people.api import acting

    with acting(me()):
        token = prepared(key_of(world, tmp_path))
        (made,) = sign(token, tmp_path)
        assert DIGEST in made.attributes
        for again in (token, "ps_never", ""):
            with pytest.raises(TokenRefused):
                sign(again, tmp_path)


def test_a_token_lapses(world: Any, tmp_path: Path) -> None:
    from sogoc.credentials.signing.api import TokenRefused
    from sogoc.people.api import acting

    with acting(me()):
        token = prepared(key_of(world, tmp_path))
        with pytest.raises(TokenRefused):
            sign(token, tmp_path, AT + timedelta(hours=1))


def test_the_database_refuses_it_too(world: Any, tmp_path: Path) -> None:
    from django.db import transaction

    from sogoc.credentials.signing.models import MadeSignature, SignatureRequest
    from sogoc.people.api import acting

    with acting(me()):
        request = SignatureRequest.objects.get(token=prepared(key_of(world, tmp_path)))

        def made(**changes: Any) -> None:
            with transaction.atomic():
                MadeSignature.objects.create(
                    **{
                        "request": request, "signature": b"x", "signed_by": me().username,
                        "signed_at": AT, **changes,
                    }
                )  # fmt: skip

        with pytest.raises(DatabaseError, match="a request that stands"):
            made(signed_at=AT + timedelta(hours=2))
        with pytest.raises(DatabaseError, match="a request that stands"):
            made(signed_by="somebody")
        made()
        with pytest.raises(DatabaseError, match=r"duplicate key"):
            made()


def test_a_retired_key_prepares_nothing(world: Any, tmp_path: Path) -> None:
    from sogoc.credentials.signing import api
    from sogoc.people.api import acting

    keeper = world.who("keys.manage")
    with acting(me()):
        key = key_of(world, tmp_path)
    api.end_key(key.number, cause="retired", since=AT, reason="Định kỳ", by=keeper, at=AT)
    with pytest.raises(DatabaseError, match="a key that serves"), acting(me()):
        prepared(key)


def test_person_and_seal_are_two_keys(world: Any, tmp_path: Path) -> None:
    from sogoc.people.api import acting

    with acting(me()):
        assert key_of(world, tmp_path).spki != key_of(world, tmp_path, "seal").spki
        assert key_of(world, tmp_path) == key_of(world, tmp_path)


def remote_key(world: Any, home: Path, **changes: Any) -> Any:
    from sogoc.credentials.signing import api
    from sogoc.credentials.signing.demo_ca import new_key_pem

    authority = api.DemoAuthority.of(home)
    private = load_pem_private_key(new_key_pem(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    certificate = authority.issue("Y Bhăm Niê", "TT", private.public_key())
    view = api.record_key(
        **{
            "organisation": world.CENTRE, "purpose": "person", "holder": "Y Bhăm Niê",
            "certificates": certificate.public_bytes(Encoding.PEM), "provider": "remote",
            "locator": {}, "authority": "demo", "valid_from": AT,
            "by": world.who("keys.manage"), "at": AT, "is_playground": True, **changes,
        }
    )  # fmt: skip
    return view, private


def test_a_device_elsewhere(world: Any, tmp_path: Path) -> None:
    """Prepare the hash, sign it elsewhere, hand the signature in."""
    from sogoc.credentials.signing import api
    from sogoc.people.api import acting

    view, private = remote_key(world, tmp_path)
    with acting(me()):
        token = prepared(api.SigningKey.objects.get(number=view.number))
        with pytest.raises(api.KeyRefused):
            sign(token, tmp_path)
    (waiting,) = api.waiting(by=me(), at=AT)
    assert waiting == api.to_sign(token, by=me(), at=AT)
    assert waiting.sha256 == sha256(waiting.to_sign).digest()
    good = private.sign(waiting.to_sign, ec.ECDSA(hashes.SHA256()))
    for bad in (b"", good[:-1] + bytes([good[-1] ^ 1]), private.sign(b"x", _ALGORITHM)):
        with pytest.raises(api.TokenRefused):
            api.accept(token, bad, by=me(), at=AT)
    assert api.accept(token, good, by=me(), at=AT).signature == good
    with pytest.raises(api.TokenRefused):
        api.accept(token, good, by=me(), at=AT)
    assert api.waiting(by=me(), at=AT) == []


_ALGORITHM = ec.ECDSA(hashes.SHA256())


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("file_key_in_earnest", {"is_playground": False, "provider": "file", "authority": "vgca"}),
        ("key_authority", {"is_playground": False}),
        ("key_authority", {"authority": "somebody"}),
        ("key_authority", {"authority": "vgca", "at": datetime(2024, 1, 1, tzinfo=UTC)}),
        ("key_authority", {"authority": "licensed", "organisation": "so-gddt-lam-dong"}),
        ("key_certificate", {"certificates": b"nothing"}),
        ("key_certificate", {"at": datetime(1999, 1, 1, tzinfo=UTC)}),
    ],
)
def test_keys_that_are_refused(
    world: Any, tmp_path: Path, code: str, changes: dict[str, Any]
) -> None:
    from sogoc.credentials.signing.api import KeyRefused

    if organisation := changes.get("organisation"):
        changes = {**changes, "by": world.who("keys.manage", organisation)}
    with pytest.raises(KeyRefused) as refused:
        remote_key(world, tmp_path, **changes)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("organisation", "authority"),
    [("so-gddt-lam-dong", "vgca"), ("tt-gdtx-nnth-dak-nong", "licensed")],
)
def test_authorities_the_law_allows(
    world: Any, tmp_path: Path, organisation: str, authority: str
) -> None:
    by = world.who("keys.manage", organisation)
    view, _ = remote_key(
        world, tmp_path, organisation=organisation, authority=authority, by=by, is_playground=False
    )
    assert view.authority == authority


def test_a_key_is_recorded_once(world: Any, tmp_path: Path) -> None:
    from sogoc.credentials.signing.api import DemoAuthority, KeyRefused

    private = ec.generate_private_key(ec.SECP256R1())
    pem = (
        DemoAuthority.of(tmp_path).issue("A", "B", private.public_key()).public_bytes(Encoding.PEM)
    )
    remote_key(world, tmp_path, certificates=pem)
    with pytest.raises(KeyRefused) as refused:
        remote_key(world, tmp_path, certificates=pem)
    assert refused.value.code == "key_known"


def test_weak_keys_are_refused(world: Any, tmp_path: Path) -> None:
    from sogoc.credentials.signing.api import DemoAuthority, KeyRefused

    private = ec.generate_private_key(ec.SECP384R1())
    pem = (
        DemoAuthority.of(tmp_path).issue("A", "B", private.public_key()).public_bytes(Encoding.PEM)
    )
    with pytest.raises(KeyRefused) as refused:
        remote_key(world, tmp_path, certificates=pem)
    assert refused.value.code == "key_algorithm"
