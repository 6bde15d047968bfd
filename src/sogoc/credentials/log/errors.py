"""What can go wrong with the log, in words for its operator."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class LogError(Error):
    """The log's files, key or state are not what they must be; nothing was signed."""
