"""What can go wrong with the register, in words for its users."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class UnknownLine(Error):
    """No line with this code that the actor may see."""


class BookError(Error):
    """A book that cannot be opened as asked."""


class LegacyError(Error):
    """A legacy file that cannot be taken in as asked; nothing of it was stored."""
