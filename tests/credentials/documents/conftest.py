"""Issued lines under a published checkpoint, in a database that commits, and their home."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sogoc.signer.api import stop

BASE = "so.example"


@pytest.fixture
def unpublished(transactional_db: None) -> tuple[str, ...]:
    """Look-up codes of four lines just issued; no checkpoint covers them."""
    from tests.credentials import world  # needs Django's applications, which conftests precede

    world.settle()
    return world.issue_list(world.people_list(range(1, 5))).codes


@pytest.fixture
def sequence(tmp_path: Path) -> Iterator[Callable[[], object]]:
    """Run the sequencer of the test's home."""
    from sogoc.credentials.log import api as log

    yield lambda: log.sequence(tmp_path, base=BASE)
    stop(tmp_path / "signer")


@pytest.fixture
def codes(unpublished: tuple[str, ...], sequence: Callable[[], object]) -> tuple[str, ...]:
    """Look-up codes of four lines under a checkpoint."""
    sequence()
    return unpublished
