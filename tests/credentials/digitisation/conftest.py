"""The small world of the other tests; a directory for page images."""

import pytest


@pytest.fixture
def settled(db: None) -> None:
    """The small world, rolled back."""
    from tests.credentials import world  # needs Django's applications, which conftests precede

    world.settle()


@pytest.fixture
def settled_for_good(transactional_db: None) -> None:
    """The small world, committed."""
    from tests.credentials import world

    world.settle()
