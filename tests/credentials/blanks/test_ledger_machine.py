"""Whatever is done to blanks, in whatever order, the ledger balances."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.issuing import api as issuing
from tests.credentials.world import (
    AT,
    CENTRE,
    KIND,
    TODAY,
    account,
    bring_to_signed,
    issue,
    people_list,
    prepare,
    who,
)

_NUMBERS = st.integers(2500001, 2500040)
_COUNTS = st.integers(1, 6)


class Ledger(RuleBasedStateMachine):
    """Acts on the first forty blanks of the Centre, beside batches that print and issue."""

    people = iter(())  # people never come twice, over all runs

    def __init__(self) -> None:
        super().__init__()
        self.ended: dict[str, int] = {"destroyed": 0, "lost": 0, "issued": 0}
        self.before = _balance()

    def _act(self, act: Any, first: int, count: int, **paper: str) -> int:
        try:
            moved = act(
                owner=CENTRE, kind=KIND, first=f"A{first:08}", last=f"A{first + count - 1:08}",
                reason="thử", on=TODAY, by=account("blanks.tt-gdtx"), at=AT, **paper,
            )  # fmt: skip
        except blanks.BlankError:
            return 0
        return int(moved.count)

    @rule(first=_NUMBERS, count=_COUNTS)
    def spoil(self, first: int, count: int) -> None:
        self._act(blanks.spoil, first, count)

    @rule(first=_NUMBERS, count=_COUNTS)
    def destroy(self, first: int, count: int) -> None:
        self.ended["destroyed"] += self._act(blanks.destroy, first, count, minutes="BB")

    @rule(first=_NUMBERS, count=_COUNTS)
    def lose(self, first: int, count: int) -> None:
        self.ended["lost"] += self._act(blanks.report_lost, first, count, notice="CV")

    @rule(count=_COUNTS, misprints=st.lists(st.integers(1, 3), max_size=2), end=st.booleans())
    def batch(self, count: int, misprints: list[int], end: bool) -> None:
        numbers = [next(Ledger.people) for _ in range(count)]
        token = prepare(people_list(numbers)).token
        bring_to_signed(token, [(n, "hỏng") for n in misprints if n <= count])
        if end:
            self.ended["issued"] += issue(token, token).lines
        else:
            issuing.cancel_batch(token=token, reason="thử", by=who("batch.cancel"), on=TODAY, at=AT)

    @invariant()
    def balances(self) -> None:
        now = _balance()
        assert now.is_balanced, now
        for state, count in self.ended.items():
            assert getattr(now, state) - getattr(self.before, state) == count
        assert now.bound == 0


def _balance() -> blanks.Balance:
    return blanks.balance(owner=CENTRE, kind=KIND, by=who("blanks.receive"))[0]


@pytest.mark.usefixtures("settled")
def test_ledger_always_balances() -> None:
    Ledger.people = _people()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ledger,
        settings=settings(
            max_examples=6,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _people() -> Iterator[int]:
    yield from range(8400)
