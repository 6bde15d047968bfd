"""`sogoc account import`: accounts and their roles. No passwords: they are set one by one."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from django.contrib.auth.hashers import make_password

from sogoc.kernel.names import fold
from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.people.actors import SEES_OWN_BODY
from sogoc.people.identity import Actor, acting, for_purpose
from sogoc.people.imports.planning import ImportReport, Plan, period_of
from sogoc.people.imports.reading import Column, Row, Table
from sogoc.people.models import Account, Organisation, RoleGrant
from sogoc.people.permissions import GRANTABLE, ROLE_LABELS, Role, require

COLUMNS: Final = (
    Column("username", ("tài khoản", "tên đăng nhập"), required=True),
    Column("display_name", ("họ và tên", "họ tên"), required=True),
    Column("email", ("thư điện tử",)),
    Column("organisation", ("mã đơn vị", "đơn vị")),
    Column("roles", ("vai trò",), required=True),
    Column("valid_from", ("có hiệu lực từ",), required=True),
    Column("valid_until", ("đến trước ngày",)),
    Column("active", ("còn dùng",)),
)

_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_YES_NO: Final = {"": None, "co": True, "yes": True, "khong": False, "no": False}


def import_accounts(
    data: bytes, file_name: str, *, by: Actor, at: datetime, is_demo: bool = False
) -> ImportReport:
    """Take in a file of accounts (CSV or .xlsx); the same file again changes nothing.

    A row grants its roles for its period; an account with roles of several periods has several
    rows. New accounts have no usable password. Raises `ImportRefused` with every mistake, having
    written nothing, and `NotPermitted`.
    """
    require(by, "account.import")
    table = Table(data, file_name, COLUMNS)
    with acting(by), for_purpose("import"):
        planner = _Planner(table, is_demo=is_demo)
        for row in table.rows():
            planner.read(row)
        planner.check_roles()
        table.refuse_if_wrong()
        planner.plan.write()
        return planner.plan.record(what="account", data=data, file_name=file_name, by=by, at=at)


class _Planner:
    def __init__(self, table: Table, *, is_demo: bool) -> None:
        self.table = table
        self.is_demo = is_demo
        self.plan = Plan()
        self.bodies = {body.code: body for body in Organisation.objects.all()}
        self.accounts = {a.username: a for a in Account.objects.select_related("organisation")}
        self.grants = {
            (g.account.username, g.role, g.valid_from): g
            for g in RoleGrant.objects.select_related("account")
        }
        self.said: dict[str, tuple[object, ...]] = {}
        self.held: dict[str, list[tuple[str, Period, Row]]] = {}

    def read(self, row: Row) -> None:
        """Plan the account and the grants of one row."""
        username = row.text("username", required=True)
        if username and not _USERNAME.fullmatch(username):
            row.wrong(
                "username",
                Text(f"Tên “{username}” sai dạng.", f"The name {username!r} has a wrong form."),
                Text(
                    "Chỉ gồm chữ thường không dấu, chữ số, dấu chấm, nối, gạch dưới.",
                    "Only a-z, digits, dots, hyphens and underscores.",
                ),
            )
            return
        account = self._account(row, username)
        roles, period = self._roles(row), row.period()
        if account is None or period is None or period.start is None:
            return
        for role in roles:
            if role in SEES_OWN_BODY and account.organisation is None:
                row.wrong(
                    "organisation",
                    Text(
                        f"Vai trò “{role}” cần có đơn vị.",
                        f"The role {role!r} needs an organisation.",
                    ),
                    Text("Ghi mã đơn vị.", "Name the organisation."),
                )
            self._grant(row, account, role, period.start, period.until)

    def _account(self, row: Row, username: str) -> Account | None:
        name = row.text("display_name", required=True, longest=200)
        email = row.text("email", longest=254)
        if email and not _EMAIL.fullmatch(email):
            row.wrong(
                "email",
                Text(f"“{email}” không phải địa chỉ thư.", f"{email!r} is no address."),
                Text("Sửa hoặc để trống.", "Correct it or leave it empty."),
            )
        code = row.code("organisation")
        body = self.bodies.get(code)
        if code and body is None:
            row.wrong(
                "organisation",
                Text(
                    f"Không có đơn vị nào mang mã “{code}”.",
                    f"No organisation has the code {code!r}.",
                ),
                Text("Nhập đơn vị trước: sogoc org import.", "Import it first: sogoc org import."),
            )
            return None
        active = self._active(row)
        said = (name, email, code, active)
        is_first = username not in self.said
        if self.said.setdefault(username, said) != said:
            row.wrong(
                "username",
                Text(
                    "Các dòng của cùng tài khoản khác nhau về họ tên, thư, đơn vị.",
                    "Rows of one account differ in name, address or organisation.",
                ),
                Text("Ghi giống nhau ở mọi dòng.", "Write the same in every row."),
            )
            return None
        return self._plan_account(username, name, email, body, active, is_first=is_first)

    def _plan_account(
        self,
        username: str,
        name: str,
        email: str,
        body: Organisation | None,
        active: bool | None,
        *,
        is_first: bool,
    ) -> Account:
        account = self.accounts.get(username)
        if account is None:
            account = Account(
                username=username,
                display_name=name,
                email=email,
                organisation=body,
                is_active=active is not False,
                is_demo=self.is_demo,
                password=make_password(None),
            )
            self.accounts[username] = account
            self.plan.add(account, f"account {username}")
            return account
        wanted = {
            "display_name": name or account.display_name,
            "email": email or account.email,
            "organisation": body or account.organisation,
            "is_active": account.is_active if active is None else active,
        }
        fields = [field for field, value in wanted.items() if getattr(account, field) != value]
        for field in fields:
            setattr(account, field, wanted[field])
        if fields and account.pk is not None:
            self.plan.change(account, fields, f"account {username}: {', '.join(fields)}")
        elif is_first:
            self.plan.unchanged += 1
        return account

    def _active(self, row: Row) -> bool | None:
        word = fold(row.text("active"))
        if word not in _YES_NO:
            row.wrong(
                "active",
                Text("Chỉ ghi “có” hoặc “không”.", "Only yes or no."),
                Text("Để trống nghĩa là giữ nguyên.", "Empty means as before."),
            )
        return _YES_NO.get(word)

    def _roles(self, row: Row) -> list[str]:
        row.text("roles", required=True)
        known = {fold(ROLE_LABELS[role].vi): role.value for role in GRANTABLE}
        known |= {role.value: role.value for role in GRANTABLE}
        roles = []
        for word in row.words("roles"):
            role = known.get(word) or known.get(fold(word))
            if role is None:
                row.wrong(
                    "roles",
                    Text(f"Không có vai trò “{word}”.", f"There is no role {word!r}."),
                    Text(
                        "Các vai trò: " + ", ".join(sorted(GRANTABLE)),
                        "Roles: " + ", ".join(sorted(GRANTABLE)),
                    ),
                )
            else:
                roles.append(role)
        return roles

    def _grant(
        self, row: Row, account: Account, role: str, start: date, until: date | None
    ) -> None:
        key = (account.username, role, start)
        if self.plan.is_repeated(row, key):
            return
        new = RoleGrant(account=account, role=role, valid_from=start, valid_until=until)
        old = self.grants.get(key)
        self.plan.period(row, old, new, (), f"role {account.username} {role}")
        if old is None:
            self.plan.occupy(key[:2], Period(start, until), row)
        self.held.setdefault(account.username, []).append((role, Period(start, until), row))

    def check_roles(self) -> None:
        """Refuse overlaps, and any other role beside that of a system operator."""
        for (username, role, _), old in self.grants.items():
            self.plan.occupy((username, role), period_of(old), None)
        self.plan.refuse_overlaps()
        for username, held in self.held.items():
            everything = [(role, period) for role, period, _ in held]
            everything += [
                (role, period_of(old))
                for (name, role, _), old in self.grants.items()
                if name == username
            ]
            for role, period, row in held:
                if any(
                    (role == Role.SYSTEM_OPERATOR) != (other == Role.SYSTEM_OPERATOR)
                    and period.overlaps(at_the_time)
                    for other, at_the_time in everything
                ):
                    row.wrong(
                        "roles",
                        Text(
                            "Người vận hành hệ thống không giữ vai trò nào khác.",
                            "A system operator holds no other role.",
                        ),
                        Text("Lập hai tài khoản riêng.", "Make two accounts."),
                    )
