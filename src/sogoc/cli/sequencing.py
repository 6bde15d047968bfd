"""After every act: give its leaves their place in the log and sign the new checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
