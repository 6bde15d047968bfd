"""The small world of tests/credentials/world.py, rolled back after each test."""

import pytest


@pytest.fixture
def settled(db: None) -> None:
    """The demo bodies and the Centre's 300 blanks."""
    from tests.credentials import world  # needs Django's applications, which conftests precede

    world.settle()
