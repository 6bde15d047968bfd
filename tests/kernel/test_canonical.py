from __future__ import annotations

import json
import struct
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sogoc.kernel import canonical
from sogoc.kernel.canonical import CanonicalError, dumps

# Category Cs: lone surrogates, refused in a test of their own.
strings = st.text(st.characters(exclude_categories=["Cs"]))
scalars = (
    strings
    | st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(strings, inner), max_leaves=20
)


def test_numbers_of_the_rfc(rfc8785_vectors: Any) -> None:
    for bits, expected in rfc8785_vectors["numbers"].items():
        (number,) = struct.unpack(">d", bytes.fromhex(bits))
        assert dumps(number) == expected.encode(), bits


def test_key_order_of_the_rfc(rfc8785_vectors: Any) -> None:
    keys = rfc8785_vectors["sorted_keys"]
    written = dumps(dict.fromkeys(sorted(keys), 1))
    assert list(json.loads(written)) == keys


@given(values)
def test_agrees_with_the_second_implementation(value: Any) -> None:
    assert dumps(value) == rfc8785.dumps(value)


@given(st.integers(0, 2**64 - 1))
def test_agrees_on_every_kind_of_double(bits: int) -> None:
    (number,) = struct.unpack(">d", struct.pack(">Q", bits))
    if number - number == 0:  # finite
        written = dumps(number)
        assert written == rfc8785.dumps(number)
        assert float(written) == number


@given(values)
def test_written_values_read_back(value: Any) -> None:
    # A JSON reader of doubles: large floats are written without point or exponent.
    assert json.loads(dumps(value), parse_int=float) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({}, b"{}"),
        ([], b"[]"),
        ((1, "a"), b'[1,"a"]'),
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ('\u007f\u2028\b\u0001\\"/€', '"\u007f\u2028\\b\\u0001\\\\\\"/€"'.encode()),
        (MappingProxyType({"a": 1}), b'{"a":1}'),
        (1.0, b"1"),
        (-0.0, b"0"),
    ],
)
def test_layout(value: object, written: bytes) -> None:
    assert dumps(value) == written


def test_enums_are_written_as_their_values() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Number(IntEnum):
        ONE = 1

    assert dumps([Colour.RED, Number.ONE]) == b'["red",1]'


def nested() -> list[Any]:
    inner: list[Any] = []
    for _ in range(100_000):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "canonical_float"),
        (float("-inf"), "canonical_float"),
        (2**53, "canonical_integer"),
        (-(2**53), "canonical_integer"),
        ("\ud800", "canonical_surrogate"),
        ({"\udfff": 1, "é": 2}, "canonical_surrogate"),
        ({1: 2}, "canonical_key"),
        (b"bytes", "canonical_type"),
        ({1, 2}, "canonical_type"),
        (nested(), "canonical_depth"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else type(value).__name__,
)
def test_what_has_no_canonical_form_is_refused(value: object, code: str) -> None:
    with pytest.raises(CanonicalError) as caught:
        dumps(value)
    assert caught.value.code == code
