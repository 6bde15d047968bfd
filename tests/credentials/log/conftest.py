"""A world with one issued batch, in a database that really commits, and a home for its log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sogoc.signer.api import stop
from tests.credentials.log.witnessing import BASE, log_key, witnesses

__all__ = ["BASE", "log_key", "witnesses"]


@pytest.fixture
def issued(transactional_db: None) -> tuple[str, ...]:
    """Look-up codes of eight lines just issued; blanks with a misprint among them."""
    from tests.credentials import world  # needs Django's applications, which conftests precede

    world.settle()
    token = world.prepare(world.people_list(range(1, 9))).token
    world.bring_to_signed(token, [(3, "kẹt giấy")])
    return world.issue(token).codes


@pytest.fixture
def sequence(tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Run the sequencer of the test's home; its signer is a process, ended afterwards."""
    from sogoc.credentials.log import api as log

    def run(**options: object) -> log.SequencedReport:
        return log.sequence(tmp_path, base=BASE, **options)  # type: ignore[arg-type]

    yield run
    stop(tmp_path / "signer")


@pytest.fixture
def audit(tmp_path: Path) -> Callable[[], object]:
    """Run the audit of the test's home as the application's role."""
    from sogoc.credentials.log import api as log

    return lambda: log.audit(tmp_path, base=BASE)
