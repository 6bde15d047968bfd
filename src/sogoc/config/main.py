"""The command `sogoc`: hands this machine's installation to the command line."""

from __future__ import annotations


def main() -> None:
    """Run the command line; it starts the database only for commands that need it."""
    from sogoc.cli.main import main as command_line
    from sogoc.config.environment import LocalEnvironment

    command_line(LocalEnvironment())
