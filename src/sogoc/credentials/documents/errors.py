"""Why a document is not made."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class DocumentRefused(Error):
    """A document that may not, or cannot, be made of this line now."""
