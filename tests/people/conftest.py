"""The demo organisations and two of their people. Imports wait until Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sogoc.people.api import Actor


@pytest.fixture
def demo(db: None) -> None:
    """The demo organisations, mandates and accounts."""
    from sogoc.people.api import load_demo
    from tests.people.helpers import AT

    load_demo(AT)


@pytest.fixture
def centre(demo: None) -> Actor:
    """The registrar of the test centre."""
    from sogoc.people.api import load_actor
    from tests.people.helpers import BEFORE

    return load_actor("registrar.tt-gdtx", on=BEFORE)


@pytest.fixture
def school(demo: None) -> Actor:
    """The registrar of the school."""
    from sogoc.people.api import load_actor
    from tests.people.helpers import BEFORE

    return load_actor("registrar.thpt", on=BEFORE)
