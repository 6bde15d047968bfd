"""What a token binds: one SHA-256 over the act and the rows, made anew before the issue.

Form v2 (v1 did not bind who signs by name). The header is canonical JSON (RFC 8785) of the act;
each row is a canonical JSON array ``[n, sheet, row, value, …]`` with the values in the order of
``facts.ROW_FIELDS``, and after them what a diploma supplement says beyond them, where the row has
one, and an object of the fields that lists were given later, where the row has any (a supplement is
text). A line feed separates rows (JSON text holds none), so no two batches share their bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sogoc.credentials.issuing.facts import LATER_FIELDS, ROW_FIELDS, SUPPLEMENT
from sogoc.kernel import canonical

FORM: Final = 2
# Strings, whole numbers and null only: for these this encoder writes what RFC 8785 asks for.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class BindingHash:
    """The binding of an act while its rows go by, in the order of ``n``."""

    def __init__(self, act: Mapping[str, Any]) -> None:
        """Begin with the act; its values are what canonical JSON holds."""
        self._digest = hashlib.sha256(canonical.dumps({"form": FORM, **act}))

    def add(self, n: int, sheet: str, row: int, data: Mapping[str, str | int | None]) -> None:
        """Take in one row."""
        get = data.get
        values: list[Any] = [n, sheet, row, *[get(name) for name in ROW_FIELDS]]
        if SUPPLEMENT in data:
            values.append(data[SUPPLEMENT])
        if later := {name: data[name] for name in LATER_FIELDS if name in data}:
            values.append(later)
        line = _encode(values)
        self._digest.update(b"\n" + line.encode())

    def digest(self) -> bytes:
        """Return the 32 bytes for what went by so far."""
        return self._digest.digest()


def binding_hash(
    act: Mapping[str, Any], rows: Iterable[tuple[int, str, int, Mapping[str, str | int | None]]]
) -> bytes:
    """Return the 32-byte binding of an act and its rows ``(n, sheet, row, data)`` in order of n."""
    binding = BindingHash(act)
    for row in rows:
        binding.add(*row)
    return binding.digest()
