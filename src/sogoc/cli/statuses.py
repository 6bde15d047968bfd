"""After what changes a status or makes a file that names one: publish the lists of statuses."""

from __future__ import annotations

import click

from sogoc.cli.environment import Environment
from sogoc.cli.words import say, shown
from sogoc.kernel.errors import Error


def publish_statuses(environment: Environment) -> None:
    """Publish the lists that changed, so that a check made the next moment knows them.

    The act before stands whatever becomes of it: a list that cannot be signed here is said on
    standard error and left to the worker. The leaves are logged by the command's `writing`.
    """
    from sogoc.credentials.status import api

    try:
        api.publish(
            environment.home,
            base=environment.log_origin,
            at=environment.now(),
            is_playground=environment.is_playground,
        )
    except (Error, OSError) as error:
        why = shown(error.message) if isinstance(error, Error) else str(error)
        click.echo(
            say(
                f"Chưa công bố được danh sách trạng thái, tiến trình nền sẽ thử lại: {why}",
                f"Lists of statuses are not published yet, the worker tries again: {why}",
            ),
            err=True,
        )
