"""After every act: give its leaves their place in the log and sign the new checkpoint."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sogoc.cli.environment import Environment

if TYPE_CHECKING:
    from sogoc.credentials.log.api import AuditReport, SequencedReport


def sequence(environment: Environment) -> SequencedReport:
    """Run the sequencer of this home once."""
    from sogoc.credentials.log import api as log

    return log.sequence(environment.home, base=environment.log_origin)


def audit(environment: Environment) -> AuditReport:
    """Compare the database of this home with its log."""
    from sogoc.credentials.log import api as log

    return log.audit(environment.home, base=environment.log_origin)


F = TypeVar("F", bound=Callable[..., Any])


def writing(function: F) -> F:
    """After a command that wrote something, log its leaves; put it right under ``@command``."""

    @functools.wraps(function)
    def wrapped(environment: Environment, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(environment, *args, **kwargs)
        except SystemExit as done:  # how a command hands over its answer
            if done.code == 0:
                sequence(environment)
            raise

    return wrapped  # type: ignore[return-value]  # functools.wraps keeps the signature it hides
