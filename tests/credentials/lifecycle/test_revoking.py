"""Revocation: a new line that points back, by the body that keeps the register."""

from datetime import date
from typing import Any

import pytest

from sogoc.credentials.lifecycle import api as lifecycle
from sogoc.credentials.register import api as register
from sogoc.credentials.register.models import RegisterLine
from sogoc.people.api import acting, load_actor
from sogoc.people.models import AuditEvent
from tests.credentials.world import (
    AT,
    CENTRE,
    SO,
    account,
    import_old_register,
    issue_list,
    people_list,
    who,
)

pytestmark = pytest.mark.usefixtures("settled")


def _revoke(numbers: list[str], issuer: str = SO, **changes: Any) -> lifecycle.Revoked:
    values: dict[str, Any] = {
        "codes": numbers,
        "decision_number": "109/QĐ-SGDĐT",
        "decision_date": date(2024, 2, 20),
        "ground": "điểm c khoản 1 Điều 25 TT 21/2019/TT-BGDĐT",
        "reason": "không đúng thẩm quyền",
        "by": who("register.revoke", issuer),
        "at": AT,
    }
    return lifecycle.revoke_lines(**{**values, **changes})


def test_many_lines_are_revoked_by_one_decision() -> None:
    codes = import_old_register(range(1212))
    done = _revoke(codes)
    assert (done.count, len(done.revocations)) == (1212, 1212)
    with acting(account("officer.ministry")):
        assert register.status_of(codes[0]) == "revoked"
        lines = RegisterLine.objects.filter(act="revoke")
        assert lines.count() == 1212
        assert lines.first().ref.code in codes
        assert AuditEvent.objects.filter(verb="lifecycle:line:revoke").count() == 1


def test_live_line_is_revoked_by_its_issuer() -> None:
    codes = list(issue_list(people_list(range(3))).codes)
    done = _revoke(codes[:1], CENTRE, decision_date=date(2025, 4, 10))
    line = register.show_line(codes[0], by=who("register.view"))
    assert line.status == "revoked"
    assert line.revoked_by == done.revocations[0]
    assert line.revoked_on == date(2025, 4, 10)


def test_successor_in_custody_revokes_from_its_day_on() -> None:
    codes = import_old_register(range(2))
    lam_dong = load_actor("registrar.so-lam-dong", on=date(2025, 7, 1))
    at = AT.replace(year=2026)
    with pytest.raises(lifecycle.RevocationRefused, match="revocation_not_keeper"):
        _revoke(codes, by=lam_dong, decision_date=date(2025, 6, 30), at=at)
    assert _revoke(codes, by=lam_dong, decision_date=date(2025, 7, 1), at=at).count == 2


def test_old_keeper_does_not_revoke_after_custody_passed_on() -> None:
    codes = import_old_register(range(2))
    with pytest.raises(lifecycle.RevocationRefused, match="revocation_not_keeper"):
        _revoke(codes, decision_date=date(2025, 7, 1), at=AT.replace(year=2026))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "revocation_incomplete"),
        ({"codes": []}, "revocation_incomplete"),
        ({"decision_date": date(2025, 4, 11)}, "revocation_ahead"),
        ({"decision_date": date(2019, 7, 30)}, "revocation_before_issue"),
        ({"codes": ["SG-0000-0000-0000-0000-00"]}, "revocation_lines_unknown"),
    ],
)
def test_incomplete_or_impossible_revocation_is_refused(changes: dict[str, Any], code: str) -> None:
    codes = import_old_register(range(2))
    with pytest.raises(lifecycle.RevocationRefused, match=code):
        _revoke(codes, **changes)


def test_one_revoked_line_stops_the_whole_decision() -> None:
    codes = import_old_register(range(3))
    _revoke(codes[:1])
    with pytest.raises(lifecycle.RevocationRefused, match="revocation_repeated"):
        _revoke(codes)
    with acting(account("officer.ministry")):
        assert RegisterLine.objects.filter(act="revoke").count() == 1
