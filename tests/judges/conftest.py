"""Programs of others, ready to be asked."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"
NodeRun = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run_node() -> NodeRun:
    """Return a function that runs a script with Node: `run_node(script, *words, stdin=None)`.

    A script of `tests/judges/node` sees the libraries of its lock, which `make test` installs.
    """
    root = Path(__file__).parents[2]
    subprocess.run([root / "tools" / "node-packages", NODE], check=True, capture_output=True)

    def run(
        script: str | Path, *words: str | Path, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["node", NODE / script, *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
