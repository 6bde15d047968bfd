"""Why a status is not set or not told."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class StatusRefused(Error):
    """An entry that does not exist, or a mark that cannot be set."""
