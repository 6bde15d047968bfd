"""Canonical JSON: one byte string per value (RFC 8785, the JSON Canonicalization Scheme)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

MAX_INTEGER: Final = 2**53 - 1
"""The largest integer JSON numbers carry exactly; larger ones belong in strings."""

# Limits of ECMAScript's Number::toString: beyond them it writes an exponent.
_PLAIN_ABOVE: Final = -6
_PLAIN_BELOW: Final = 21


class CanonicalError(Error):
    """A value that has no canonical JSON form."""


def dumps(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of a value of dict, list, tuple, str, numbers, bool, None.

    Object keys are sorted by UTF-16 code units, numbers written as ECMAScript writes them. Strings
    are not normalised. Raises `CanonicalError` for other types, keys that are not strings, NaN,
    infinities, integers beyond ±(2⁵³−1), lone surrogates and nesting too deep to walk.
    """
    parts: list[str] = []
    try:
        _write(value, parts)
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError:
        raise _error(
            "canonical_surrogate", "chuỗi có ký tự Unicode hỏng", "broken Unicode"
        ) from None
    except RecursionError:
        raise _error("canonical_depth", "lồng quá nhiều tầng", "nested too deeply") from None


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(encode_basestring(value))
    elif value is None:
        parts.append("null")
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    elif isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise _error("canonical_integer", "số nguyên vượt quá 2^53-1", "integer beyond 2^53-1")
        parts.append(int.__repr__(value))
    elif isinstance(value, float):
        parts.append(_number(value))
    elif isinstance(value, list | tuple):
        _write_array(value, parts)
    elif isinstance(value, Mapping):
        _write_object(value, parts)
    else:
        kind = type(value).__name__
        raise _error("canonical_type", f"kiểu {kind} không có trong JSON", f"{kind} is not JSON")


def _write_array(items: list[object] | tuple[object, ...], parts: list[str]) -> None:
    opening = "["
    for item in items:
        parts.append(opening)
        _write(item, parts)
        opening = ","
    parts.append("]" if items else "[]")


def _write_object(members: Mapping[object, object], parts: list[str]) -> None:
    keys: list[str] = []
    for key in members:
        if not isinstance(key, str):
            raise _error("canonical_key", "khóa phải là chuỗi", "keys must be strings")
        keys.append(key)
    if all(map(str.isascii, keys)):
        keys.sort()
    else:
        keys.sort(key=lambda key: key.encode("utf-16-be"))
    opening = "{"
    for key in keys:
        parts += (opening, encode_basestring(key), ":")
        _write(members[key], parts)
        opening = ","
    parts.append("}" if keys else "{}")


def _number(value: float) -> str:
    """Write a float as ECMAScript's Number::toString does.

    `repr` already finds the same shortest digits; only their layout differs.
    """
    if not math.isfinite(value):
        raise _error(
            "canonical_float",
            "NaN và vô cực không có trong JSON",
            "NaN and infinities are not JSON",
        )
    if value == 0:
        return "0"  # also for minus zero
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = float.__repr__(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) <= point <= _PLAIN_BELOW:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= _PLAIN_BELOW:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _PLAIN_ABOVE < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def _error(code: str, vi: str, en: str) -> CanonicalError:
    return CanonicalError(
        code,
        Text(
            f"Không ghi được dữ liệu ở dạng JSON chuẩn tắc: {vi}.",
            f"The data has no canonical JSON form: {en}.",
        ),
    )
