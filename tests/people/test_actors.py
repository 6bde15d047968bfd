"""What each kind of account sees, before and after the merger of provinces."""

from __future__ import annotations

from datetime import date

import pytest

from sogoc.people.api import (
    PERMISSIONS,
    Actor,
    NoDemoAccount,
    UnknownAccount,
    acting,
    demo_actor,
    first_officer,
    import_accounts,
    import_organisations,
    load_actor,
    may,
    organisations,
)
from tests.people.helpers import AFTER, AT, BEFORE

DAK_NONG = {"so-gddt-dak-nong", "tt-gdtx-nnth-dak-nong", "tt-tin-hoc-treo", "thpt-gia-nghia"}
OF_DAK_NONG = {*DAK_NONG, "phong-gddt-mau"}


def codes(ids: tuple[int, ...] | None) -> set[str] | None:
    if ids is None:
        return None
    with acting(Actor.anonymous()):
        return {body.code for body in organisations() if body.pk in ids}


def seen(username: str, on: date) -> set[str] | None:
    return codes(load_actor(username, on=on).sees)


@pytest.mark.parametrize(
    ("username", "on", "expected"),
    [
        ("registrar.tt-gdtx", BEFORE, {"tt-gdtx-nnth-dak-nong"}),
        ("submitter.thpt", BEFORE, {"thpt-gia-nghia"}),
        ("officer.so-dak-nong", BEFORE, OF_DAK_NONG),
        ("officer.so-lam-dong", BEFORE, {"so-gddt-lam-dong", "ubnd-xa-mau"}),
        ("officer.so-dak-nong", AFTER, {"so-gddt-dak-nong"}),
        ("officer.so-lam-dong", AFTER, {*OF_DAK_NONG, "so-gddt-lam-dong", "ubnd-xa-mau"}),
        ("registrar.so-lam-dong", BEFORE, {"so-gddt-lam-dong"}),
        (
            "registrar.so-lam-dong",
            AFTER,
            {"so-gddt-lam-dong", "so-gddt-dak-nong", "phong-gddt-mau"},
        ),
        ("officer.ministry", BEFORE, None),
        ("inspector", BEFORE, None),
        ("operator", BEFORE, set()),
        ("witness", BEFORE, set()),
        ("holder", BEFORE, set()),
    ],
)
def test_what_an_account_sees(
    demo: None, username: str, on: date, expected: set[str] | None
) -> None:
    assert seen(username, on) == expected


def test_registers_pass_to_the_successor(demo: None) -> None:
    assert codes(load_actor("registrar.so-dak-nong", on=BEFORE).keeps) == {"so-gddt-dak-nong"}
    assert load_actor("registrar.so-dak-nong", on=AFTER).keeps == ()
    assert codes(load_actor("registrar.so-lam-dong", on=AFTER).keeps) == {
        *("so-gddt-lam-dong", "so-gddt-dak-nong", "phong-gddt-mau")
    }
    assert load_actor("submitter.thpt", on=BEFORE).keeps == ()


def test_a_university_in_the_province_is_not_the_departments(demo: None) -> None:
    rows = "record,code,name,province,subject,valid_from,decision_number\n"
    rows += "organisation,hv-moi,Học viện Mới,Đắk Nông,,,\n"
    rows += "capacity,hv-moi,,,co_so_gddh,2020-01-01,1/QĐ\n"
    rows += "organisation,tt-moi,Trung tâm Mới,Đắk Nông,,,\n"
    import_organisations(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    assert seen("officer.so-dak-nong", BEFORE) == {*OF_DAK_NONG, "tt-moi"}


def test_roles_hold_for_their_days_only(demo: None) -> None:
    rows = "username,display_name,organisation,roles,valid_from,valid_until\n"
    rows += "lan,Lan,dh-mau,registrar;approver,2024-01-01,2025-01-01\n"
    rows += "lan,Lan,dh-mau,registrar,2025-01-01,\n"
    import_accounts(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    assert load_actor("lan", on=date(2023, 12, 31)).roles == frozenset()
    assert load_actor("lan", on=date(2023, 12, 31)).sees == ()
    assert load_actor("lan", on=date(2024, 12, 31)).roles == {"registrar", "approver"}
    assert load_actor("lan", on=date(2025, 1, 1)).roles == {"registrar"}


def test_unknown_and_closed_accounts(demo: None) -> None:
    with pytest.raises(UnknownAccount):
        load_actor("nobody", on=BEFORE)
    rows = "username,display_name,roles,valid_from,active\n"
    rows += "inspector,Thành viên đoàn kiểm tra,inspector,2004-01-01,không\n"
    report = import_accounts(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    assert report.changed == 1
    with pytest.raises(UnknownAccount):
        load_actor("inspector", on=BEFORE)


class TestDemoActor:
    def test_there_is_one_for_every_permission(self, demo: None) -> None:
        for permission in PERMISSIONS:
            actor = demo_actor(permission, on=BEFORE)
            assert may(actor, permission)

    @pytest.mark.parametrize(
        "code",
        [
            *("so-gddt-dak-nong", "so-gddt-lam-dong", "tt-gdtx-nnth-dak-nong", "tt-tin-hoc-treo"),
            *("thpt-gia-nghia", "dh-mau", "phong-gddt-mau", "ubnd-xa-mau"),
        ],
    )
    def test_every_body_has_its_people(self, demo: None, code: str) -> None:
        for permission in (
            *("batch.prepare", "batch.approve", "batch.print", "batch.sign", "batch.seal"),
            *("batch.issue", "blanks.receive", "register.revoke", "register.import_legacy"),
        ):
            actor = demo_actor(permission, organisation_code=code, on=BEFORE)
            assert actor.organisation_code == code

    def test_four_eyes_leave_somebody_out(self, demo: None) -> None:
        code = "tt-gdtx-nnth-dak-nong"
        first = demo_actor("batch.approve", organisation_code=code, on=BEFORE)
        second = demo_actor(
            "batch.approve",
            organisation_code=code,
            on=BEFORE,
            excluding=frozenset({first.username}),
        )
        assert (first.username, second.username) == ("approver.tt-gdtx", "signatory.tt-gdtx")

    def test_the_keeper_of_the_register_stands_in(self, demo: None) -> None:
        actor = demo_actor("register.revoke", organisation_code="so-gddt-dak-nong", on=AFTER)
        assert actor.username == "registrar.so-lam-dong"

    def test_none_outside_demo_homes(self, db: None) -> None:
        with pytest.raises(NoDemoAccount):
            demo_actor("batch.prepare", on=BEFORE)


class TestFirstOfficer:
    def test_a_new_home_is_set_up_from_the_shell(self, db: None) -> None:
        actor = first_officer(on=BEFORE, permission="account.import")
        assert actor is not None
        assert may(actor, "account.import")
        assert may(actor, "org.import")

    def test_until_an_account_can_sign_in(self, db: None) -> None:
        from sogoc.people.api import set_password

        shell = Actor.system("set-up")
        rows = "username,display_name,roles,valid_from\nop,Vận hành,system_operator,2020-01-01\n"
        import_accounts(rows.encode(), "x.csv", by=shell, at=AT)
        assert first_officer(on=BEFORE, permission="org.import") is not None
        set_password("op", "một mật khẩu đủ dài", by=shell, at=AT)
        assert first_officer(on=BEFORE, permission="org.import") is None
        assert first_officer(on=date(2019, 1, 1), permission="org.import") is not None

    def test_not_in_a_demo_home(self, demo: None) -> None:
        assert first_officer(on=BEFORE, permission="org.import") is None
