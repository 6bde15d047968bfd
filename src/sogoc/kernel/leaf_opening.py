"""Several fields of one record shown at once, the others hidden behind their hashes.

The text is a canonical JSON array with one entry a field, in the order of names:
`[name, value, salt]` for a field shown (salt: 64 hex digits), `[name, hash]` for one hidden.
Whoever has it and the leaf computes the commitment again; what is hidden stays hidden.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Final

from sogoc.kernel import canonical, merkle
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import SALT_SIZE, Committer, Value
from sogoc.kernel.text import Text

_MOST: Final = 100


class OpeningError(Error):
    """An opening that is malformed, or of another commitment."""


class Opener:
    """Opens records that have the same fields, always showing the same ones."""

    __slots__ = ("_committer", "_names", "_order", "_shown")

    def __init__(self, field_names: Sequence[str], shown: Collection[str]) -> None:
        """Fix the fields and those shown. Raises `LeafError` for names that cannot be."""
        self._committer = Committer(field_names)
        self._names = sorted(field_names)
        self._order = [list(field_names).index(name) for name in self._names]
        self._shown = [name in shown for name in self._names]

    def open(self, record_key: bytes, values: Sequence[Value]) -> str:
        """Return the opening of one record; values in the order of the names given first.

        Raises `LeafError` for a key or values that cannot be committed to.
        """
        hashes = self._committer.field_hashes(record_key, values)
        salts = self._committer.salts(record_key)
        parts = []
        for at, (name, is_shown) in enumerate(zip(self._names, self._shown, strict=True)):
            if is_shown:
                value = values[self._order[at]]
                text = (
                    encode_basestring(value)
                    if isinstance(value, str)
                    else canonical.dumps(value).decode()
                )
                parts.append(f'["{name}",{text},"{salts[at].hex()}"]')
            else:
                parts.append(f'["{name}","{hashes[at].hex()}"]')
        return f"[{','.join(parts)}]"


def read_opening(text: str, commitment: bytes) -> dict[str, Value]:
    """Return the fields shown, once they are known to be those committed to.

    Raises `OpeningError`.
    """
    try:
        entries = json.loads(text)
        if not isinstance(entries, list) or not 0 < len(entries) <= _MOST:
            raise _error("layout")
        names = [entry[0] for entry in entries]
        hashes = [_hash(entry) for entry in entries]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise _error("layout") from None
    if not all(isinstance(name, str) for name in names) or sorted(set(names)) != names:
        raise _error("names")
    if merkle.root_hash(hashes) != commitment:
        raise _error("commitment")
    return {entry[0]: entry[1] for entry in entries if len(entry) == 3}


def _hash(entry: list[Any]) -> bytes:
    if len(entry) == 2:
        hidden = bytes.fromhex(entry[1])
        if len(hidden) != merkle.HASH_SIZE:
            raise ValueError
        return hidden
    name, value, salt = entry
    if not isinstance(value, str | int | None) or len(bytes.fromhex(salt)) != SALT_SIZE:
        raise ValueError
    return sha256(b"\x00" + bytes.fromhex(salt) + canonical.dumps([name, value])).digest()


def _error(part: str) -> OpeningError:
    return OpeningError(
        "leaf_opening_false",
        Text(
            "Nội dung không khớp với cam kết trong nhật ký.",
            "The content is not what the log holds a commitment to.",
        ),
        part=part,
    )
