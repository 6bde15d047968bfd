"""After every act: give its leaves their place in the log and sign the new checkpoint."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sogoc.cli.environment import Environment
from sogoc.cli.output import FINDINGS, FINE
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.credentials.log.api import AuditReport, SequencedReport


def sequence(environment: Environment, *, remember: bool = False) -> SequencedReport:
    """Run the sequencer of this home once; with `remember` a signer that forgot learns again."""
    from sogoc.credentials.log import api as log

    return log.sequence(environment.home, base=environment.log_origin, remember=remember)


def audit(environment: Environment) -> AuditReport:
    """Compare the database of this home with its log."""
    from sogoc.credentials.log import api as log

    # a demo home's date is not that of its witnesses: no age there
    now = None if environment.is_playground else environment.now()
    return log.audit(environment.home, base=environment.log_origin, now=now)


def enter(environment: Environment) -> SequencedReport | None:
    """Log what was just decided; the act stands whatever becomes of it, and says so.

    Returns None when the log does not take it now: the command then ends with `FINDINGS`, once it
    has told what it did.
    """
    try:
        report = sequence(environment)
    except (Error, OSError) as error:
        why = error.message if isinstance(error, Error) else Text(str(error), str(error))
        click.secho(shown(why), fg="red", err=True)
        click.echo(
            say(
                "Việc vừa làm đã được lưu và đang chờ vào nhật ký: sogoc log status.",
                "What was just done is kept and waits for the log: sogoc log status.",
            ),
            err=True,
        )
        return None
    if report.waiting:
        names = ", ".join(report.waiting)
        click.echo(
            say(
                f"Đã quyết định, đang vào sổ: nhật ký {names} chờ bên chứng kiến.",
                f"Decided, being entered: the log of {names} waits for witnesses.",
            ),
            err=True,
        )
    return report


F = TypeVar("F", bound=Callable[..., Any])


def writing(function: F) -> F:
    """After a command that wrote something, log its leaves; put it right under ``@command``."""

    @functools.wraps(function)
    def wrapped(environment: Environment, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(environment, *args, **kwargs)
        except SystemExit as done:  # how a command hands over its answer
            if done.code in (FINE, FINDINGS) and enter(environment) is None:
                sys.exit(FINDINGS)
            raise

    return wrapped  # type: ignore[return-value]  # functools.wraps keeps the signature it hides
