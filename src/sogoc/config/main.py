"""The command `sogoc`: hands this machine's installation to the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; it starts the database only for commands that need it."""
    from sogoc.cli.main import main as command_line
    from sogoc.config.environment import LocalEnvironment

    environment = LocalEnvironment()
    try:
        command_line(environment)
    except Exception:
        if not _is_older_home():
            raise
        demo = " --demo" if environment.is_playground else ""
        sys.stderr.write(
            f"Kho dữ liệu này do bản phần mềm cũ lập. Nâng cấp: sogoc init{demo}\n"
            f"An older version made this home. To bring it up to date: sogoc init{demo}\n"
        )
        sys.exit(1)


def _is_older_home() -> bool:
    """Whether the database lacks what this version of the program expects, migrations tell."""
    from django.apps import apps
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    if not apps.ready:  # no command that needs a database
        return False
    from sogoc.people.api import Actor, acting

    try:
        with acting(Actor.system("version")):
            executor = MigrationExecutor(connection)
            return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:
        return False
