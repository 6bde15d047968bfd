"""Why a body signs no credential here."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class IssuerRefused(Error):
    """The body has no key here for this, or not on this day."""


class HardwareRefused(Error):
    """The token (PKCS#11) or the key on it is not there, or does not sign."""
