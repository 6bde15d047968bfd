"""Why a blank cannot move. Every one leaves the ledger as it was."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class BlankError(Error):
    """The serials, the document or the state of a blank do not allow this step."""


class NotEnoughBlanks(BlankError):
    """Fewer blanks are in stock than the list needs."""


class BlankNotFree(BlankError):
    """A serial typed in the list is not free: used, reserved, or of no lot of this body."""
