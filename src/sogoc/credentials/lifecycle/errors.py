"""Why a later act on a credential is refused. Nothing is then written."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class ErasureRefused(Error):
    """The lines, the decision or the body that acts do not allow the erasure."""


class RevocationRefused(Error):
    """The lines, the decision or the body that acts do not allow the revocation."""
