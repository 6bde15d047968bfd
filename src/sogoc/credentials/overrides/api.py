"""Overrides of checks: the only door of this applet."""

from sogoc.credentials.overrides.errors import (
    OverrideConfirmed,
    OverrideRefused,
    SameOfficer,
    UnknownOverride,
)
from sogoc.credentials.overrides.waiving import (
    OverrideView,
    confirm_override,
    override_facts,
    overrides,
    propose_override,
)

__all__ = [
    "OverrideConfirmed",
    "OverrideRefused",
    "OverrideView",
    "SameOfficer",
    "UnknownOverride",
    "confirm_override",
    "override_facts",
    "overrides",
    "propose_override",
]
