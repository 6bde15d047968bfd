"""Why a later act on a credential is refused. Nothing is then written."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class ActRefused(Error):
    """The lines, the decision or the body that acts do not allow the act."""


class ErasureRefused(ActRefused):
    """Personal data are not erased."""


class RevocationRefused(ActRefused):
    """Nothing is revoked."""
