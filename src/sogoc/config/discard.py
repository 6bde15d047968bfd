"""`python -m sogoc.config.discard`: delete the demonstration home in use, server and all."""

from __future__ import annotations

import sys

from sogoc.config import embedded, witnesses
from sogoc.config.home import find_home
from sogoc.kernel.errors import Error


def main() -> int:
    """Delete the home in use; return 1, deleting nothing, when it holds real data."""
    try:
        home = find_home()
        if home is not None:
            witnesses.stop(home)
            embedded.destroy(home)
    except Error as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
