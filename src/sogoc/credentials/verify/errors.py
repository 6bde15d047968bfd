"""Why there is no receipt."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class ReceiptRefused(Error):
    """The token is not one of ours, or too old."""
