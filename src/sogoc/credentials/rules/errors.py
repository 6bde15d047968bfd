"""Why a rule set is not put in force, or nothing may be issued under it."""

from __future__ import annotations

from sogoc.kernel.errors import Error


class RuleSetNotActive(Error):
    """The program's rule set is not in force: propose it, let a second officer confirm."""


class ActivationConflict(Error):
    """It is proposed, confirmed or in force already, or its first day has passed."""


class UnknownRuleSet(Error):
    """No rule set of this home has the id."""


class SameOfficer(Error):
    """Who proposed a rule set does not confirm it."""
