"""Two at once: one act."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.register import api as register
from tests.credentials.world import (
    AT,
    CENTRE,
    TODAY,
    account,
    bring_to_signed,
    issue,
    people_list,
    prepare,
    settle,
    who,
)

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works at the same moment on connections of their own; errors come back as results."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_same_file_twice_at_once_is_one_batch() -> None:
    settle()
    file = people_list(range(40))
    got = _at_once(*[lambda: prepare(file)] * 3)
    assert len({prepared.token for prepared in got}) == 1
    assert sorted(prepared.existing for prepared in got) == [False, True, True]
    assert len(issuing.batches(by=who("batch.issue"))) == 1


def test_two_approvers_at_once_is_one_approval() -> None:
    settle()
    token = prepare(people_list(range(5))).token
    got = _at_once(
        lambda: issuing.approve_batch(token=token, by=account("approver.tt-gdtx"), at=AT),
        lambda: issuing.approve_batch(token=token, by=account("signatory.tt-gdtx"), at=AT),
    )
    assert sorted(type(each).__name__ for each in got) == ["BatchView", "WrongState"]


@pytest.mark.parametrize("keys", [("a", "a", "a"), ("a", "b", "c")])
def test_issue_at_once_is_one_issue(keys: tuple[str, ...]) -> None:
    settle()
    token = prepare(people_list(range(40))).token
    bring_to_signed(token)
    got = _at_once(*[lambda key=key: issue(token, key) for key in keys])
    assert sorted(issued.repeated for issued in got) == [False, True, True]
    lines = list(register.export_lines(by=account("officer.ministry")))
    assert len(lines) == 40


def test_two_batches_at_once_share_no_number_blank_or_person() -> None:
    settle()
    tokens = []
    for start in (0, 30, 60):
        decision = issuing.Decision(number=f"{start}", date=date(2025, 4, 1), decided_by=CENTRE)
        token = prepare(people_list(range(start, start + 32)), decision=decision).token
        bring_to_signed(token)
        tokens.append(token)
    got = _at_once(*[lambda token=token: issue(token, token) for token in tokens])
    # neighbours share two people, so not all can be issued; whoever is first wins
    issued = [each for each in got if isinstance(each, issuing.Issued)]
    assert {type(each) for each in got} <= {issuing.Issued, issuing.TokenDead}
    assert len(issued) in {1, 2}
    lines = list(register.export_lines(by=account("officer.ministry")))
    numbers = sorted(line["entry_number"] for line in lines)
    assert numbers == [f"{n:04}/2025/CNTTCB" for n in range(1, 32 * len(issued) + 1)]
    assert len({line["serial"] for line in lines}) == len(lines)
    assert len({line["full_name"] for line in lines}) == len(lines)


def test_two_printers_at_once_bind_once() -> None:
    settle()
    token = prepare(people_list(range(20))).token
    issuing.approve_batch(token=token, by=who("batch.approve"), at=AT)
    got = _at_once(
        *[
            lambda name=name: issuing.print_batch(token=token, by=account(name), on=TODAY, at=AT)
            for name in ("registrar.tt-gdtx", "blanks.tt-gdtx")
        ]
    )
    assert sorted(type(each).__name__ for each in got) == ["Printed", "WrongState"]
