"""Which rule set is in use: the only door of this applet."""

from sogoc.credentials.rules.activation import (
    Activation,
    StoredLaw,
    activate_first,
    activations,
    active_on,
    confirm_rule_set,
    law_of,
    propose_rule_set,
    require_active,
)
from sogoc.credentials.rules.errors import (
    ActivationConflict,
    RuleSetNotActive,
    SameOfficer,
    UnknownRuleSet,
)

__all__ = [
    "Activation",
    "ActivationConflict",
    "RuleSetNotActive",
    "SameOfficer",
    "StoredLaw",
    "UnknownRuleSet",
    "activate_first",
    "activations",
    "active_on",
    "confirm_rule_set",
    "law_of",
    "propose_rule_set",
    "require_active",
]
