"""Ledgers of blanks in a sweep: silent while they balance, one finding when they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sogoc.credentials.blanks import api as blanks
from sogoc.credentials.sweep import ledgers
from sogoc.credentials.sweep.api import sweep
from tests.credentials.world import CENTRE, KIND, account, issue_list, people_list

pytestmark = pytest.mark.usefixtures("settled")


def test_a_ledger_that_balances_is_silent() -> None:
    issue_list(people_list(range(5)))
    assert sweep(account("officer.ministry"), date(2025, 6, 1)).by_check == {}


def test_blanks_that_are_nowhere_are_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def two_missing(**asked: Any) -> list[blanks.Balance]:
        return [replace(kept, lost=kept.lost - 2) for kept in blanks.balance(**asked)]

    monkeypatch.setattr(ledgers, "balance", two_missing)
    report = sweep(account("officer.ministry"), date(2025, 6, 1))
    assert [(f.code, f.issuer, f.kind, f.finding.check) for f in report.findings] == [
        ("", CENTRE, KIND, "W-BLANKS-DO-NOT-BALANCE")
    ]
    assert "chênh 2" in report.findings[0].finding.message.vi
