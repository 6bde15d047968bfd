"""What a sweep or the work on its cases refuses."""

from sogoc.kernel.errors import Error


class NoSuchRun(Error):
    """No stored sweep is what was asked for."""


class RulesChanged(Error):
    """A stored sweep cannot be gone on with under other rules."""


class UnknownCase(Error):
    """No visible case has this id."""


class CaseRefused(Error):
    """The case is not in a state for this, or something needed is missing."""
