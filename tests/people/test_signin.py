from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from sogoc.people.api import (
    Actor,
    NotPermitted,
    TooManyAttempts,
    UnknownAccount,
    import_accounts,
    load_actor,
    load_demo,
    set_password,
    sign_in,
)
from sogoc.people.identity import for_purpose
from sogoc.people.models import SignInFailure
from sogoc.people.signin import FAILURES_OF_A_NAME, PeopleBackend
from tests.people.helpers import AT, BEFORE

PASSWORD = "so-goc-demo"
NAME = "registrar.tt-gdtx"


@pytest.fixture
def doors(db: None, settings) -> None:  # type: ignore[no-untyped-def]  # pytest-django's fixture
    """Demo accounts that can sign in, with a quick hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load_demo(AT, password=PASSWORD)


def test_the_right_password_and_nothing_else(doors: None) -> None:
    assert sign_in(NAME, PASSWORD, on=BEFORE) == NAME
    assert sign_in(f" {NAME} ", PASSWORD, on=BEFORE) == NAME
    assert sign_in(NAME, "wrong", on=BEFORE) is None
    assert sign_in("nobody", PASSWORD, on=BEFORE) is None
    assert sign_in("", "", on=BEFORE) is None


def test_an_account_without_a_role_that_day_stays_out(doors: None) -> None:
    assert sign_in(NAME, PASSWORD, on=date(2003, 12, 31)) is None


def test_a_closed_account_stays_out(doors: None) -> None:
    rows = "username,display_name,roles,valid_from,active\n"
    rows += "inspector,Thành viên đoàn kiểm tra,inspector,2004-01-01,không\n"
    backend = PeopleBackend()
    account = authenticate(None, username="inspector", password=PASSWORD, on=BEFORE)
    assert account is not None
    assert backend.get_user(account.pk) == account
    import_accounts(rows.encode(), "x.csv", by=Actor.system("tests"), at=AT)
    assert sign_in("inspector", PASSWORD, on=BEFORE) is None
    assert backend.get_user(account.pk) is None


def test_django_uses_the_same_door(doors: None) -> None:
    request = RequestFactory().post("/")
    account = authenticate(request, username=NAME, password=PASSWORD, on=BEFORE)
    assert account is not None
    assert account.get_username() == NAME
    assert authenticate(request, username=NAME, password="x", on=BEFORE) is None
    assert authenticate(request, username=NAME, password=PASSWORD) is None


def test_a_name_waits_after_too_many_failures(doors: None) -> None:
    for _ in range(FAILURES_OF_A_NAME):
        assert sign_in(NAME, "wrong", on=BEFORE) is None
    for password in ("wrong", PASSWORD):
        with pytest.raises(TooManyAttempts) as caught:
            sign_in(NAME.upper(), password, on=BEFORE)
    assert "15" in caught.value.message.vi
    assert sign_in("inspector", PASSWORD, on=BEFORE) == "inspector"


def test_a_success_clears_the_count(doors: None) -> None:
    for _ in range(3):
        for _ in range(FAILURES_OF_A_NAME - 1):
            assert sign_in(NAME, "wrong", on=BEFORE) is None
        assert sign_in(NAME, PASSWORD, on=BEFORE) == NAME


def test_an_address_waits_whatever_names_it_tries(
    doors: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sogoc.people.signin.FAILURES_OF_AN_ADDRESS", 5)
    for number in range(5):
        assert sign_in(f"name{number}", "x", on=BEFORE, address="192.0.2.1") is None
    with pytest.raises(TooManyAttempts):
        sign_in(NAME, PASSWORD, on=BEFORE, address="192.0.2.1")
    assert sign_in(NAME, PASSWORD, on=BEFORE, address="192.0.2.2") == NAME


def test_failures_keep_no_names(doors: None) -> None:
    sign_in("secret-name", "x", on=BEFORE)
    with for_purpose("sign-in"):
        assert all(len(failure.key) == 64 for failure in SignInFailure.objects.all())


class TestSetPassword:
    GOOD = "ba con mèo ngủ trưa"

    def test_ones_own(self, doors: None) -> None:
        set_password(NAME, self.GOOD, by=load_actor(NAME, on=BEFORE), at=AT)
        assert sign_in(NAME, self.GOOD, on=BEFORE) == NAME
        assert sign_in(NAME, PASSWORD, on=BEFORE) is None

    def test_anothers_takes_the_permission(self, doors: None) -> None:
        for actor in (load_actor("inspector", on=BEFORE), Actor.anonymous()):
            with pytest.raises(NotPermitted):
                set_password(NAME, self.GOOD, by=actor, at=AT)
        set_password(NAME, self.GOOD, by=load_actor("operator", on=BEFORE), at=AT)
        assert sign_in(NAME, self.GOOD, on=BEFORE) == NAME

    def test_weak_ones_and_unknown_accounts(self, doors: None) -> None:
        operator = load_actor("operator", on=BEFORE)
        with pytest.raises(ValidationError):
            set_password(NAME, "12345", by=operator, at=AT)
        with pytest.raises(UnknownAccount):
            set_password("nobody", self.GOOD, by=operator, at=AT)
