"""Time-stamps (RFC 3161) over signatures: from an authority the operator names, or the demo one.

`<home>/time-stamp-authority` holds the address of the authority. Without it a demo home stamps for
itself and a real home's signatures carry no time-stamp, which every verdict says.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from sogoc.credentials.signing.demo_ca import DemoAuthority
from sogoc.credentials.signing.errors import StampRefused
from sogoc.kernel.text import Text

FILE: Final = "time-stamp-authority"
_TIMEOUT: Final = 20


class Stamper(Protocol):
    """Gives an RFC 3161 token (DER) over a SHA-256."""

    def stamp(self, digest: bytes, at: datetime) -> bytes:
        """Stamp a SHA-256; `at` is used by the demo authority alone."""


class DemoStamper:
    """The time-stamp authority of a demo home: its own clock, its own root."""

    def __init__(self, home: Path) -> None:
        """Find or make the authority."""
        self._authority = DemoAuthority.of(home)

    def stamp(self, digest: bytes, at: datetime) -> bytes:
        """Stamp at the home's time."""
        return self._authority.time_stamp_digest(digest, at)


class HttpStamper:
    """An authority over HTTP, asked through pyHanko's client."""

    def __init__(self, address: str) -> None:
        """`address` is its URL."""
        self.address = address

    def stamp(self, digest: bytes, at: datetime) -> bytes:  # noqa: ARG002 - it has its own clock
        """Ask for a token. Raises `StampRefused`."""
        from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

        client = HTTPTimeStamper(self.address, timeout=_TIMEOUT)
        try:
            token = asyncio.run(client.async_timestamp(digest, "sha256"))
        except (TimestampRequestError, OSError) as error:
            raise StampRefused(
                "time_stamp_refused",
                Text(
                    "Nơi cấp dấu thời gian không trả lời được; hãy thử lại.",
                    "The time-stamp authority did not answer as it should; try again.",
                ),
                authority=self.address,
            ) from error
        return bytes(token.dump())


def stamper_of(home: Path, *, is_playground: bool) -> Stamper | None:
    """Return the home's authority, or None."""
    try:
        return HttpStamper((home / FILE).read_text("utf-8").strip())
    except FileNotFoundError:
        return DemoStamper(home) if is_playground else None
