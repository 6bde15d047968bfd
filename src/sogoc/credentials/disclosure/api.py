"""Public look-up of one credential: the only door of this applet. Opens its own identity."""

from sogoc.credentials.disclosure.lookup import (
    FAILURES_AN_HOUR,
    NOT_FOUND,
    Answer,
    IncompleteQuestion,
    Match,
    Status,
    TooManyAttempts,
    compare,
    forget_failures,
    look_up,
    look_up_code,
)
from sogoc.kernel.identifiers import LookupCodeError

__all__ = [
    "FAILURES_AN_HOUR",
    "NOT_FOUND",
    "Answer",
    "IncompleteQuestion",
    "LookupCodeError",
    "Match",
    "Status",
    "TooManyAttempts",
    "compare",
    "forget_failures",
    "look_up",
    "look_up_code",
]
