"""Type and caching of each public file, the same from every server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.tiles import parse_path

FOREVER: Final = "public, max-age=31536000, immutable"
BRIEFLY: Final = "public, max-age=1"
TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
TIME_STAMP: Final = "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class Headers:
    """`cache` is the value of Cache-Control."""

    content_type: str
    cache: str


def headers_of(path: str) -> Headers:
    """Return the headers of a file by its path below the origin, e.g. `tile/0/000`.

    A tile or bundle never changes, nor does a time-stamp; everything else may.
    """
    if path.startswith("timestamps/") and path.endswith((".tsr", ".checkpoint")):
        return Headers(TIME_STAMP if path.endswith(".tsr") else TEXT, FOREVER)
    try:
        parse_path(path)
    except Error:
        return Headers(TEXT, BRIEFLY)
    return Headers(BYTES, FOREVER)
