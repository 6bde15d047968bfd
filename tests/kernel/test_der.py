"""DER is written and read as X.690 says; what is not DER is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import der


@given(st.integers(0, 2**80))
def test_an_integer_comes_back(number: int) -> None:
    assert der.parse(der.integer(number)).number() == number


@given(st.binary(max_size=300))
def test_octets_come_back(value: bytes) -> None:
    assert der.parse(der.octets(value)).expect(der.OCTETS).body == value


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_a_sequence_comes_back(values: list[bytes]) -> None:
    made = der.sequence(*map(der.octets, values))
    assert [each.body for each in der.parse(made).children()] == values


@pytest.mark.parametrize(
    ("dotted", "encoded"),
    [
        ("1.2.840.113549.1.7.2", "06092a864886f70d010702"),
        ("2.16.840.1.101.3.4.2.1", "0609608648016503040201"),
        ("2.5.4.3", "0603550403"),
    ],
)
def test_object_identifiers(dotted: str, encoded: str) -> None:
    assert der.oid(dotted).hex() == encoded


def test_a_set_is_in_order() -> None:
    one, two = der.octets(b"b"), der.octets(b"a")
    assert der.set_of(one, two) == der.set_of(two, one) == der.tlv(der.SET, two, one)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x04", b"\x04\x02a", b"\x04\x81\x01a", b"\x04\x80a\0\0", b"\x1f\x81\x01\0",
        b"\x04\x82\x00\x81" + b"a" * 129, b"\x04\x01ab", b"\x04\x85\x01\0\0\0\0",
    ],
)  # fmt: skip
def test_what_is_not_der_is_refused(data: bytes) -> None:
    with pytest.raises(der.DerError):
        der.parse(data)
