"""Keys in a token (SoftHSM2): recorded by certificate, they sign; nothing leaves the token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from tests.credentials.signing import hardware

AT = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Token:
    place: dict[str, str]
    public: dict[str, bytes]


@pytest.fixture(scope="module")
def place() -> Token:
    """A token with three keys."""
    found = hardware.token()
    labels = {"key-False": "ec", "key-True": "rsa", "key-gone": "ec"}
    return Token(found, {n: hardware.new_key(found, n, kind=kind) for n, kind in labels.items()})


def recorded(world: Any, home: Path, token: Token, label: str) -> Any:
    from sogoc.credentials.signing import api

    public = load_der_public_key(token.public[label])
    certificate = api.DemoAuthority.of(home).issue("Y Bhăm Niê", "TT", public)
    return api.record_key(
        organisation=world.CENTRE, purpose="person", holder="Y Bhăm Niê",
        certificates=certificate.public_bytes(Encoding.PEM), provider="pkcs11",
        locator={**token.place, "label": label}, authority="vgca", valid_from=AT,
        by=world.who("keys.manage"), at=AT, is_playground=False,
    )  # fmt: skip


@pytest.mark.parametrize("rsa", [False, True], ids=["ecdsa", "rsa"])
def test_a_token_signs(db: None, tmp_path: Path, place: Token, rsa: bool) -> None:
    from sogoc.credentials.signing import api
    from sogoc.kernel.cms_check import verify_cms
    from sogoc.people.api import Actor, acting
    from tests.credentials import world

    world.settle()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / api.PIN_FILE).write_text(hardware.PIN)
    view = recorded(world, tmp_path, place, f"key-{rsa}")
    assert view.algorithm == ("rsa-pkcs1-sha256" if rsa else "ecdsa-p256-sha256")
    me, digest = Actor.system("tests"), b"\x07" * 32
    with acting(me):
        key = api.SigningKey.objects.get(number=view.number)
        (one,) = api.prepare(key=key, documents=[api.ToPrepare(digest, "D-1", None)], by=me, at=AT)
        (made,) = api.sign([one.token], home=tmp_path, is_playground=False, by=me, at=AT)
        encoded = api.cms_signer(key).assemble(made.attributes, made.signature)
    assert verify_cms(encoded, digest).certificate.serial_number
    assert "PRIVATE" not in str(key.locator)


def test_a_token_that_is_not_there(db: None, tmp_path: Path, place: Token) -> None:
    from sogoc.credentials.signing import api
    from sogoc.people.api import Actor, acting
    from tests.credentials import world

    world.settle()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / api.PIN_FILE).write_text(hardware.PIN)
    view = recorded(world, tmp_path, place, "key-gone")
    me = Actor.system("tests")
    with acting(me):
        key = api.SigningKey.objects.get(number=view.number)
        (one,) = api.prepare(
            key=key, documents=[api.ToPrepare(b"\0" * 32, "D-1", None)], by=me, at=AT
        )
        key.locator["label"] = "nobody"
        from sogoc.credentials.signing.providers import open_provider

        with pytest.raises(api.KeyRefused):
            open_provider(key, home=tmp_path, is_playground=False)
    assert one.token
