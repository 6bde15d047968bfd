"""Why nothing is signed."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class KeyRefused(Error):
    """The key, its certificate or its authority does not serve: not here, not for this, not now."""


class UnknownKey(Error):
    """No key has this number, or none serves this body and purpose on the day."""


class TokenRefused(Error):
    """The prepared signature is unknown, used, too old, or of something else."""


class StampRefused(Error):
    """The time-stamp authority gave no time-stamp over what was asked."""
