"""Acts that give are published once the quorum covers them; acts that take show at commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.credentials.disclosure.api import look_up_code
from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.log import api as log
from sogoc.signer.api import stop
from tests.credentials import world
from tests.credentials.log.witnessing import BASE, Running

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(code: str) -> None:
    lifecycle.revoke_lines(
        codes=[code],
        decision_number="99/QĐ",
        decision_date=world.TODAY,
        ground="điểm c khoản 1 Điều 25 TT 21/2019",
        reason="cấp sai",
        by=world.who("register.revoke"),
        at=world.AT,
    )


@pytest.mark.parametrize("is_restarted", [False, True])
def test_issue_waits_for_the_quorum_and_revocation_for_nobody(
    is_restarted: bool,
    witnesses: list[Running],
    issued: tuple[str, ...],
    sequence: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """Witnesses leave while the signer runs, or before it starts: the public sees the same."""
    for each in witnesses[:2]:
        each.stop()
    if is_restarted:
        stop(tmp_path / "signer")
    assert sequence().waiting == ("2025",)
    assert {look_up_code(code).status for code in issued} == {"being_entered"}
    assert "đang vào sổ" in look_up_code(issued[0]).meaning.vi
    revoke(issued[0])
    assert look_up_code(issued[0]).status == "revoked"
    assert sequence().waiting == ("2025",)
    assert look_up_code(issued[0]).status == "revoked"
    assert look_up_code(issued[1]).status == "being_entered"
    witnesses[0].start()
    assert sequence().waiting == ()
    assert [look_up_code(code).status for code in issued[:3]] == ["revoked", "valid", "valid"]
    assert log.audit(tmp_path, base=BASE).problems == ()
