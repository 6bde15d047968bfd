"""Three issued lines, rolled back after each test."""

import pytest


@pytest.fixture
def codes(db: None) -> tuple[str, ...]:
    """Look-up codes of three lines of the Centre."""
    from tests.credentials import world  # needs Django's applications, which conftests precede

    world.settle()
    return world.issue_list(world.people_list(range(1, 4))).codes
