"""Overrides of checks: the only door of this applet."""

from sogoc.credentials.overrides.errors import (
    OverrideConfirmed,
    OverrideRefused,
    OverrideWithdrawn,
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
from sogoc.credentials.overrides.withdrawing import require_standing, withdraw_override

__all__ = [
    "OverrideConfirmed",
    "OverrideRefused",
    "OverrideView",
    "OverrideWithdrawn",
    "SameOfficer",
    "UnknownOverride",
    "confirm_override",
    "override_facts",
    "overrides",
    "propose_override",
    "require_standing",
    "withdraw_override",
]
