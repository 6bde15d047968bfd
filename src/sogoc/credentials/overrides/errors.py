"""Why an override is not recorded."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class OverrideRefused(Error):
    """It is incomplete, has no end, or names a check that nobody may set aside."""


class UnknownOverride(Error):
    """No override has this number."""


class OverrideConfirmed(Error):
    """It is confirmed already."""


class OverrideWithdrawn(Error):
    """It is withdrawn already."""


class SameOfficer(Error):
    """Who proposed an override does not confirm it."""
