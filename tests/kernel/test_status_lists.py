from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import jws, status_lists
from sogoc.kernel.jws import JwsError
from sogoc.kernel.multikey import Algorithm, Multikey, base64url, raw_ecdsa
from sogoc.kernel.status_lists import MIN_LENGTH, StatusListError
from tests.kernel.test_multikey import SEED

INDICES = st.sets(st.integers(0, MIN_LENGTH - 1), max_size=40)


@given(INDICES)
def test_bits_are_counted_from_the_left(indices: set[int]) -> None:
    encoded = status_lists.encode_bitstring(status_lists.bitstring(MIN_LENGTH, indices))
    bits = status_lists.decode_bitstring(encoded)
    text = "".join(f"{byte:08b}" for byte in bits)
    assert {index for index, bit in enumerate(text) if bit == "1"} == indices
    assert all(status_lists.is_set(bits, index) for index in indices)


def test_list_is_gzip_without_a_time() -> None:
    bits = status_lists.bitstring(MIN_LENGTH, [0, 5])
    encoded = status_lists.encode_bitstring(bits)
    packed = base64.urlsafe_b64decode(encoded[1:] + "==")
    assert encoded[0] == "u"
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == bits
    assert bits[0] == 0b10000100


@given(st.dictionaries(st.integers(0, 999), st.integers(0, 3), max_size=20))
def test_tokens_are_counted_from_the_right(values: dict[int, int]) -> None:
    encoded = status_lists.encode_tokens(1000, values)
    assert all(status_lists.token_at(encoded, at) == value for at, value in values.items())
    assert sum(status_lists.token_at(encoded, at) > 0 for at in range(1000)) == sum(
        value > 0 for value in values.values()
    )


def test_token_list_is_the_published_example() -> None:
    """draft-ietf-oauth-status-list, sections 4.1 and 4.2: bits of one and of two."""
    ones = dict.fromkeys((0, 3, 4, 5, 7, 8, 9, 13, 15), 1)
    twos = {0: 1, 1: 2, 3: 3, 5: 1, 7: 1, 8: 1, 9: 2, 10: 3, 11: 3}
    for values, bits, raw in ((ones, 1, b"\xb9\xa3"), (twos, 2, b"\xc9\x44\xf9")):
        encoded = status_lists.encode_tokens(len(raw) * 8 // bits, values, bits=bits)
        assert zlib.decompress(base64.urlsafe_b64decode(encoded + "==")) == raw


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "zabc",
        "uAAAA",
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(100), mtime=0)).decode().rstrip("="),
        "u"
        + base64.urlsafe_b64encode(gzip.compress(bytes(2**24 + 9), mtime=0)).decode().rstrip("="),
        status_lists.encode_bitstring(bytes(MIN_LENGTH // 8))[:-6],
        status_lists.encode_bitstring(bytes(MIN_LENGTH // 8))[1:],
    ],
)
def test_malformed_lists_are_refused(encoded: str) -> None:
    with pytest.raises(StatusListError):
        status_lists.decode_bitstring(encoded)


def test_lengths_and_indices_outside_are_refused() -> None:
    for length, indices in ((8, []), (MIN_LENGTH + 1, []), (MIN_LENGTH, [MIN_LENGTH]), (2**28, [])):
        with pytest.raises(StatusListError):
            status_lists.bitstring(length, indices)
    for index in (-1, MIN_LENGTH):
        with pytest.raises(StatusListError):
            status_lists.is_set(bytes(MIN_LENGTH // 8), index)
    for values, bits in (({0: 4}, 2), ({8: 1}, 2), ({}, 3)):
        with pytest.raises(StatusListError):
            status_lists.encode_tokens(8, values, bits=bits)


def test_signed_token_is_read_and_an_altered_one_refused() -> None:
    key = Multikey.of(SEED.public_key())
    header = {"typ": "statuslist+jwt", "kid": "did:web:a#b"}
    token = jws.sign(header, {"sub": "https://a", "iat": 7}, Algorithm.ED25519, SEED.sign)
    assert jws.header_of(token) == {**header, "alg": "EdDSA"}
    assert jws.verify(token, key, kind="statuslist+jwt") == {"sub": "https://a", "iat": 7}
    head, body, signature = token.split(".")
    other = jws.sign(header, {"sub": "https://b"}, Algorithm.ED25519, SEED.sign).split(".")
    for altered in (
        f"{head}.{other[1]}.{signature}",
        f"{other[0]}.{body}.{other[2]}",
        f"{head}.{body}.",
        f"{head}.{body}",
        "..",
        token + "=",
    ):
        with pytest.raises(JwsError):
            jws.verify(altered, key, kind="statuslist+jwt")
    with pytest.raises(JwsError):
        jws.verify(token, key, kind="jwt")


def test_a_token_that_names_no_algorithm_is_refused_under_any_key() -> None:
    private = ec.derive_private_key(11, ec.SECP384R1())
    key = Multikey.of(private.public_key())
    signed = ".".join(
        base64url(json.dumps(part).encode())[1:] for part in ({"typ": "jwt"}, {"sub": "https://a"})
    )
    signature = raw_ecdsa(private.sign(signed.encode(), ec.ECDSA(hashes.SHA384())), Algorithm.P384)
    assert key.verifies(signature, signed.encode())
    with pytest.raises(JwsError):
        jws.verify(f"{signed}.{base64url(signature)[1:]}", key, kind="jwt")
