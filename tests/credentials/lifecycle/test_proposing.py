"""Many lines by one decision, proposed by one person and confirmed by another, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.register.models import RegisterLine
from sogoc.people.api import Actor, acting
from tests.credentials.world import AT, CENTRE, issue_list, people_list, settle, who


def proposed() -> lifecycle.Proposed:
    codes = list(issue_list(people_list(range(3))).codes)
    return lifecycle.propose_revocation(
        codes=codes,
        decision_number="109/QĐ-TT",
        decision_date=date(2025, 4, 10),
        ground="c",
        reason="danh sách sai",
        by=who("register.revoke", CENTRE),
        at=AT,
    )


def revoked() -> int:
    with acting(Actor.system("test")):
        return RegisterLine.objects.filter(act="revoke").count()


@pytest.mark.django_db(transaction=True)
def test_of_confirmations_at_once_one_counts_and_the_others_are_told() -> None:
    settle()
    proposal = proposed()
    second = who("register.revoke", CENTRE, excluding=frozenset({proposal.proposed_by}))
    together = Barrier(4)

    def confirm(_number: int) -> str:
        together.wait()
        try:
            lifecycle.confirm_revocation(token=proposal.token, by=second, at=AT)
        except lifecycle.RevocationRefused as refused:
            return refused.code
        finally:
            connection.close()
        return "revoked"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(confirm, range(4)))
    assert answers == ["revocation_ended"] * 3 + ["revoked"]
    assert revoked() == 3


@pytest.mark.django_db(transaction=True)
def test_who_proposed_does_not_confirm() -> None:
    settle()
    proposal = proposed()
    with pytest.raises(lifecycle.RevocationRefused, match="revocation_same_person"):
        lifecycle.confirm_revocation(token=proposal.token, by=who("register.revoke", CENTRE), at=AT)
    assert revoked() == 0
