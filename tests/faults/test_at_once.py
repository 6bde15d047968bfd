"""Two people (or the same request twice) at the same moment: it happens once."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.state import wrongs

if TYPE_CHECKING:
    from tests.faults.workshop import Workshop

pytestmark = pytest.mark.fault

_LONGEST_HEAD_START = 0.03
"""Seconds one of two may be ahead: from a dead heat to one after the other."""


def test_two_approvers_at_once_are_one_approval(seed: int, shop: Workshop) -> None:
    token = shop.do("bring_to", batch=1, state="prepared")
    approvers = ("approver.tt-gdtx", "signatory.tt-gdtx")

    outcomes = _race(
        shop, seed, *(("approve", {"token": token, "username": name}) for name in approvers)
    )

    assert _sorted(outcomes) == {"value": 1, "batch_state": 1}
    approved_by = next(each["value"] for each in outcomes if "value" in each)
    with shop.connect() as connection:
        assert connection.execute(
            "SELECT state, approved_by FROM credentials_batch WHERE token = %s", [token]
        ).fetchone() == ("approved", approved_by)
        assert wrongs(connection) == []


def test_same_file_twice_at_once_is_one_batch(seed: int, shop: Workshop) -> None:
    outcomes = _race(shop, seed, *[("prepare", {"batch": 1})] * 2)

    assert _sorted(outcomes) == {"value": 2}, outcomes
    first, second = outcomes
    assert first["value"]["token"] == second["value"]["token"]
    assert {first["value"]["existing"], second["value"]["existing"]} == {True, False}
    with shop.connect() as connection:
        assert _batches(connection) == {"issued": 1, "prepared": 1}
        assert wrongs(connection) == []


def test_two_prints_at_once_bind_one_set_of_blanks(seed: int, shop: Workshop) -> None:
    token = shop.do("bring_to", batch=1, state="approved")

    outcomes = _race(shop, seed, *[("print_", {"token": token})] * 2)

    assert _sorted(outcomes) == {"value": 1, "batch_state": 1}
    with shop.connect() as connection:
        assert wrongs(connection) == []
    assert shop.do("balance") == []


def test_same_idempotency_key_twice_at_once_is_one_issue(seed: int, shop: Workshop) -> None:
    token = shop.do("bring_to", batch=1, state="signed")

    outcomes = _race(shop, seed, *[("issue", {"token": token, "key": "same"})] * 3)

    answers = [each["value"] for each in outcomes]
    assert Counter(answer["repeated"] for answer in answers) == {False: 1, True: 2}
    assert len({tuple(answer["entries"]) for answer in answers}) == 1
    with shop.connect() as connection:
        assert _batches(connection) == {"issued": 2}
        assert wrongs(connection) == []


def test_one_key_for_two_batches_at_once_issues_one(seed: int, shop: Workshop) -> None:
    tokens = [shop.do("bring_to", batch=batch, state="signed") for batch in (1, 2)]

    outcomes = _race(shop, seed, *(("issue", {"token": token, "key": "same"}) for token in tokens))

    assert sum("value" in each for each in outcomes) == 1, outcomes
    with shop.connect() as connection:
        assert _batches(connection) == {"issued": 2, "signed": 1}
        assert wrongs(connection) == []


def test_two_batches_issued_at_once_leave_no_gap(seed: int, shop: Workshop) -> None:
    tokens = [shop.do("bring_to", batch=batch, state="signed") for batch in (1, 2)]

    outcomes = _race(shop, seed, *(("issue", {"token": token, "key": token}) for token in tokens))

    assert sorted(each["value"]["entries"] for each in outcomes) == [
        ["0021/2025/CNTTCB", "0040/2025/CNTTCB"],
        ["0041/2025/CNTTCB", "0060/2025/CNTTCB"],
    ]
    with shop.connect() as connection:
        assert wrongs(connection) == []


def test_same_people_in_two_batches_at_once_get_one_original(seed: int, shop: Workshop) -> None:
    tokens = [shop.do("bring_to", batch=1, size=size, state="signed") for size in (20, 19)]

    outcomes = _race(shop, seed, *(("issue", {"token": token, "key": token}) for token in tokens))

    assert _sorted(outcomes) == {"value": 1, "token_original_exists": 1}
    with shop.connect() as connection:
        assert _batches(connection) == {"issued": 2, "signed": 1}
        assert wrongs(connection) == []


def _race(shop: Workshop, seed: int, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Start all calls at once, each with a head start the seed chooses; every fourth is a tie."""
    chance = random.Random(seed)
    waits = [0.0 if seed % 4 == 0 else chance.uniform(0, _LONGEST_HEAD_START) for _ in calls]
    return shop.together(list(calls), waits=waits)


def _sorted(outcomes: list[dict[str, Any]]) -> Counter[str]:
    return Counter("value" if "value" in each else each["error"] for each in outcomes)


def _batches(connection: Any) -> dict[str, int]:
    return dict(
        connection.execute(
            "SELECT state, count(*) FROM credentials_batch GROUP BY state"
        ).fetchall()
    )
