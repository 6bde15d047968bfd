"""Pages under test. Django is not set up yet when this file is read: imports wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.helpers import Installation


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """A request leaves its language behind on the thread: each test begins in Vietnamese."""
    from django.utils import translation

    with translation.override("vi"):
        yield


@pytest.fixture
def installation(tmp_path: Path, settings: Any) -> Installation:
    """A clock that stands still and uploads of their own."""
    from tests.web.helpers import Installation

    made = Installation(tmp_path)
    settings.SOGOC_ENVIRONMENT = made
    return made


@pytest.fixture
def settled(db: None, installation: Installation) -> None:
    """The demo bodies, with blanks at the Centre and passwords that work."""
    from sogoc.people.api import load_demo
    from tests.credentials import world
    from tests.web.helpers import PASSWORD

    world.settle()
    load_demo(world.AT, password=PASSWORD)


@pytest.fixture
def signed_in(settled: None) -> Callable[[str], Client]:
    """Return a function: the browser of an account that signed in through the form."""
    from tests.web.helpers import sign_in

    return sign_in
