"""The worker's duties, each for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.config.worker import STAMP_EVERY, TIDY_EVERY, Duties
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

DUTIES = ("_sequence", "_tidy", "_renew", "_stamp", "_publish")


class Watched(Duties):
    """Duties that only say they were done; those in `broken` fail."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), "so-goc.test", is_playground=True)
        self.done: list[str] = []
        self.broken: set[str] = set()
        for name in DUTIES:
            setattr(self, name, self._stand_in(name))
        self._papers.beat = self._stand_in("papers")  # type: ignore[method-assign]

    def _stand_in(self, name: str):  # type: ignore[no-untyped-def]
        def duty(*_args: object, everywhere: bool = False) -> str:
            self.done.append(f"{name} everywhere" if everywhere else name)
            if name in self.broken:
                raise Error("test_broken", Text("Hỏng.", "Broken."))
            return ""

        return duty

    def after(self, now: float) -> list[str]:
        self.done.clear()
        self.beat(now)
        return self.done


ALL = ["_sequence everywhere", "_tidy", "_renew", "_stamp", "_publish", "papers"]


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [*DUTIES, "papers"])
def test_a_duty_that_fails_keeps_no_other_back(
    broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    duties = Watched()
    duties.broken = {broken}
    assert duties.after(0) == ALL
    assert "Hỏng." in caplog.text


@pytest.mark.django_db
def test_each_duty_at_its_time() -> None:
    duties = Watched()
    assert duties.after(0) == ALL
    assert duties.after(1) == ["_sequence", "papers"]
    assert duties.after(STAMP_EVERY) == ["_sequence", "_renew", "_stamp", "_publish", "papers"]
    assert duties.after(TIDY_EVERY) == ALL


@pytest.mark.django_db
def test_what_was_missed_is_done_at_the_next_beat() -> None:
    duties = Watched()
    duties.broken = {"_sequence", "_tidy"}
    duties.after(0)
    duties.broken = set()
    assert duties.after(1) == ["_sequence everywhere", "_tidy", "papers"]
