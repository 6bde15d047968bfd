"""Signing in: the password is checked here, under the sign-in identity, and nowhere else.

Attempts are counted before the password is looked at, so that attempts made at the same time are
counted too; a success clears the count of its name. The time is the database server's: it is one
for all web processes and no business date moves it.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import connections

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.people.actors import UnknownAccount
from sogoc.people.audit import record_event
from sogoc.people.identity import ALIAS, Actor, acting, for_purpose
from sogoc.people.models import Account, RoleGrant
from sogoc.people.organisations import valid_on
from sogoc.people.permissions import require

if TYPE_CHECKING:
    from django.http import HttpRequest

WINDOW_MINUTES: Final = 15
FAILURES_OF_A_NAME: Final = 10
FAILURES_OF_AN_ADDRESS: Final = 100

_COUNT = """
    INSERT INTO people_signinfailure AS f ("key", "window", failures)
    VALUES (%s, date_trunc('minute', now()), 1)
    ON CONFLICT ("key", "window") DO UPDATE SET failures = f.failures + 1
"""
_TOTAL = """
    SELECT coalesce(sum(failures), 0) FROM people_signinfailure
    WHERE "key" = %s AND "window" > now() - make_interval(mins => %s)
"""
_FORGET_OLD = """DELETE FROM people_signinfailure WHERE "window" < now() - interval '1 day'"""
_FORGET = """DELETE FROM people_signinfailure WHERE "key" = %s"""


class TooManyAttempts(Error):
    """The name, or the address asking, failed too often; even the right password waits."""


def sign_in(username: str, password: str, *, on: date, address: str = "") -> str | None:
    """Return the account's name when the password is right and it holds a role that day.

    `None` for every other case, in the same time, so that names cannot be probed. `address` is the
    client's, where there is one. Raises `TooManyAttempts`.
    """
    account = _checked(username.strip(), password, on=on, address=address)
    return None if account is None else account.username


def set_password(username: str, password: str, *, by: Actor, at: datetime) -> None:
    """Give an account a password: one's own, or anybody's with the permission to import accounts.

    Raises `UnknownAccount`, `NotPermitted`, and Django's `ValidationError` for a weak password.
    """
    if by.is_anonymous or by.username != username:
        require(by, "account.import")
    validate_password(password)
    with acting(by):
        with for_purpose("import"):
            changed = Account.objects.filter(username=username, is_active=True).update(
                password=make_password(password)
            )
        if not changed:
            raise UnknownAccount(
                "account_unknown",
                Text(
                    f"Không có tài khoản “{username}” hoặc tài khoản đã khóa.",
                    f"There is no account {username!r}, or it was closed.",
                ),
                username=username,
            )
        record_event(actor=by, verb="people:account:password", subject=username, at=at)


class PeopleBackend(BaseBackend):
    """Django's door to the same sign-in: `authenticate(request, username=, password=, on=)`.

    Grants no permission of Django's: ours are in `permissions`.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        on: date | None = None,
        **_others: Any,
    ) -> Account | None:
        """Return the account, or `None`. Raises `TooManyAttempts`."""
        if username is None or password is None or on is None:
            return None
        address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
        return _checked(username.strip(), password, on=on, address=address)

    def get_user(self, user_id: int) -> Account | None:
        """Return the account of a session, unless it was closed meanwhile."""
        with for_purpose("sign-in"):
            return (
                Account.objects.select_related("organisation")
                .filter(pk=user_id, is_active=True)
                .first()
            )


def _checked(username: str, password: str, *, on: date, address: str) -> Account | None:
    _count_attempt(username, address)
    with for_purpose("sign-in"):
        account = Account.objects.filter(username=username, is_active=True).first()
        has_role = (
            account is not None and RoleGrant.objects.filter(valid_on(on), account=account).exists()
        )
    # Hashing takes a while: outside the transaction, and for unknown names as well.
    if account is None or not account.has_usable_password():
        make_password(password)
        return None
    if not check_password(password, account.password) or not has_role:
        return None
    with for_purpose("sign-in"), connections[ALIAS].cursor() as cursor:
        cursor.execute(_FORGET, [_key("name", username)])
    return account


def _count_attempt(username: str, address: str) -> None:
    limits = {_key("name", username): FAILURES_OF_A_NAME}
    if address:
        limits[_key("address", address)] = FAILURES_OF_AN_ADDRESS
    exceeded = False
    with for_purpose("sign-in"), connections[ALIAS].cursor() as cursor:
        cursor.execute(_FORGET_OLD)
        for key in sorted(limits):
            cursor.execute(_COUNT, [key])
            cursor.execute(_TOTAL, [key, WINDOW_MINUTES])
            total = cursor.fetchone()
            exceeded = exceeded or (total is not None and total[0] > limits[key])
    if exceeded:
        raise TooManyAttempts(
            "sign_in_too_many_attempts",
            Text(
                f"Đăng nhập sai quá nhiều lần; hãy chờ {WINDOW_MINUTES} phút rồi thử lại.",
                f"Too many failed attempts; wait {WINDOW_MINUTES} minutes and try again.",
            ),
        )


def _key(kind: str, value: str) -> str:
    return sha256(f"{kind}\x00{value.casefold()}".encode()).hexdigest()
