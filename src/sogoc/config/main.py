"""The command `sogoc`: hands the program's set-up to the command line, which may not import it."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; it calls `boot.setup` only for commands that need the database."""
    from sogoc.cli.main import main as command_line
    from sogoc.config import boot

    sys.exit(command_line(boot))
