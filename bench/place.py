"""Where a benchmark runs: a home of its own with the embedded server, gone afterwards."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sogoc.config.home import Home


@contextmanager
def throwaway_home(*, demo: bool = False) -> Iterator[Home]:
    """Make a home with migrated tables, make Django ready on it, and delete everything at the end.

    One a process: Django's settings read the home once. A `demo` home may have witnesses beside it.
    """
    base = Path(tempfile.mkdtemp(prefix="sogoc-bench-"))
    base.chmod(0o711)  # the server's uid passes through
    os.environ["SOGOC_HOME"] = str(base / "home")
    os.environ["SOGOC_STATE_DIR"] = str(base / "state")
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SOGOC_SERVING", "SOGOC_HTTPS"):
        os.environ.pop(name, None)
    from sogoc.config import boot, database, embedded
    from sogoc.config.home import Mode, create_home

    home = create_home(mode=Mode.DEMO if demo else Mode.TEST)
    try:
        boot.setup(start_server=True)
        database.migrate()
        yield home
    finally:
        embedded.destroy(home)
        shutil.rmtree(base, ignore_errors=True)


def say(text: str) -> None:
    """Tell on the terminal's error stream how far things are."""
    print(f"  … {text}", file=sys.stderr, flush=True)


class Stopwatch:
    """`with Stopwatch() as watch: …`, then `watch.seconds`."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> Stopwatch:
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start
