from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel.multikey import (
    Algorithm,
    Multikey,
    MultikeyError,
    base58,
    base64url,
    decode,
    raw_ecdsa,
)

SEED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@given(st.binary(max_size=130))
def test_bytes_come_back(data: bytes) -> None:
    assert decode(base58(data)) == data
    assert decode(base64url(data)) == data


def test_base58_is_that_of_the_published_examples() -> None:
    """draft-msporny-base58-03, section 5."""
    assert base58(b"Hello World!") == "z2NEpo7TZRRrLZSi2U"
    text = b"The quick brown fox jumps over the lazy dog."
    assert base58(text) == "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
    assert base58(bytes.fromhex("0000287fb4cd")) == "z11233QC4"
    assert base58(b"") == "z"


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=["P-256", "P-384"])
def test_ecdsa_key_verifies_what_it_signed(curve: ec.EllipticCurve) -> None:
    from cryptography.hazmat.primitives import hashes

    secret = ec.derive_private_key(1234567, curve)
    key = Multikey.of(secret.public_key())
    hashing = hashes.SHA256() if key.algorithm is Algorithm.P256 else hashes.SHA384()
    signature = raw_ecdsa(secret.sign(b"text", ec.ECDSA(hashing)), key.algorithm)
    assert Multikey.parse(str(key)) == key
    assert key.verifies(signature, b"text")
    assert not key.verifies(signature, b"texts")
    assert not key.verifies(signature[:-1], b"text")
    assert not key.verifies(bytes(len(signature)), b"text")


def test_ed25519_key_verifies_what_it_signed() -> None:
    key = Multikey.of(SEED.public_key())
    assert str(key).startswith("z6Mk")
    assert Multikey.parse(str(key)) == key
    assert key.verifies(SEED.sign(b"text"), b"text")
    assert not key.verifies(SEED.sign(b"text"), b"other")
    assert not key.verifies(b"short", b"text")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "x123",
        "z6Mk",
        "z0",
        "zl",
        "u==",
        "uA",
        "u*",
        base58(b"\xed\x01" + bytes(31)),
        base58(b"\x80\x24\x02" + b"\xff" * 32),
        base58(b"\x80\x24" + bytes(65)),
        base64url(b"\xed\x01" + bytes(32)),
        "z" + "2" * 1000,
    ],
)
def test_malformed_keys_are_refused(text: str) -> None:
    with pytest.raises(MultikeyError):
        Multikey.parse(text)


def test_other_curves_are_refused() -> None:
    with pytest.raises(MultikeyError):
        Multikey.of(ec.derive_private_key(7, ec.SECP521R1()).public_key())
