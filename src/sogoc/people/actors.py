"""From an account to an actor: its roles on a day and what it therefore sees."""

from __future__ import annotations

from datetime import date
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.people.identity import Actor, for_purpose
from sogoc.people.models import Account, Capacity, Organisation, RoleGrant
from sogoc.people.organisations import responsible_for, valid_on
from sogoc.people.permissions import PERMISSION_LABELS, PERMISSIONS, Role, may
from sogoc.people.provinces import province_on

SEES_ALL: Final = frozenset({Role.MINISTRY_OFFICER, Role.INSPECTOR})
SEES_OWN_BODY: Final = frozenset(
    {
        Role.REGISTRAR,
        Role.APPROVER,
        Role.SIGNATORY,
        Role.SEAL_KEEPER,
        Role.BLANK_KEEPER,
        Role.SUBMITTER,
        Role.PROVINCIAL_OFFICER,
    }
)
KEEPS_REGISTERS: Final = SEES_OWN_BODY - {Role.SUBMITTER}

NOT_OF_THE_PROVINCE: Final = ("co_so_gddh", "truong_dh_thanh_vien", "vien_nckh")
"""Capacities of bodies that a Sở does not supervise for lying in its province."""


class UnknownAccount(Error):
    """There is no such account, or it was closed."""


class NoDemoAccount(Error):
    """No demo account may do this."""


def load_actor(username: str, *, on: date) -> Actor:
    """Return the account as an actor with the roles valid on the day.

    Needs no identity and asks for no password: call it after the sign-in, or in a demo home. Raises
    `UnknownAccount`, also for an account that was closed.
    """
    with for_purpose("sign-in"):
        account = (
            Account.objects.select_related("organisation")
            .filter(username=username, is_active=True)
            .first()
        )
        if account is None:
            raise UnknownAccount(
                "account_unknown",
                Text(
                    f"Không có tài khoản “{username}” hoặc tài khoản đã khóa.",
                    f"There is no account {username!r}, or it was closed.",
                ),
                username=username,
            )
        grants = RoleGrant.objects.filter(valid_on(on), account=account)
        return _actor(account, frozenset(grants.values_list("role", flat=True)), on)


def demo_actor(
    permission: str,
    *,
    organisation_code: str | None = None,
    on: date,
    excluding: frozenset[str] = frozenset(),
) -> Actor:
    """Return the demo account that may do this, for the organisation named or any.

    The organisation's own people come first, then those of a body that keeps its register, then the
    rest, each by age of the account. `excluding` names accounts that may not (four eyes). Raises
    `NoDemoAccount`, as it does outside demo homes, where no account is a demo account.
    """
    with for_purpose("sign-in"):
        body = None
        if organisation_code is not None:
            body = Organisation.objects.filter(code=organisation_code).first()
        accounts = Account.objects.select_related("organisation").filter(
            is_demo=True, is_active=True
        )
        held = _demo_roles(on)
        own_first = sorted(
            accounts.exclude(username__in=excluding),
            key=lambda a: (body is None or a.organisation_id != body.pk, a.pk),
        )
        wanted = {condition.__name__ for way in PERMISSIONS[permission] for condition in way}
        for account in own_first:
            roles = held.get(account.pk, frozenset())
            if wanted & {f"is_{role}" for role in roles}:  # spares the rest their queries
                actor = _actor(account, roles, on)
                if may(actor, permission, organisation_id=body.pk if body else None):
                    return actor
    label = PERMISSION_LABELS[permission]
    of = organisation_code or "—"
    raise NoDemoAccount(
        "no_demo_account",
        Text(
            f"Không có tài khoản mẫu nào được {label.vi} (đơn vị {of}).",
            f"No demo account may {label.en} (organisation {of}).",
        ),
        permission=permission,
        organisation=organisation_code,
    )


def _demo_roles(on: date) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    grants = RoleGrant.objects.filter(valid_on(on), account__is_demo=True)
    for account_id, role in grants.values_list("account_id", "role"):
        found[account_id] = found.get(account_id, frozenset()) | {role}
    return found


def first_officer(*, on: date, permission: str) -> Actor | None:
    """Return the actor that sets up a new home, until an account can do it.

    That is whoever has a shell on the server, as long as no account with the permission can sign
    in (demo accounts count: they need no password); afterwards `None`.
    """
    with for_purpose("sign-in"):
        grants = RoleGrant.objects.select_related("account__organisation").filter(
            valid_on(on), account__is_active=True
        )
        for grant in grants:
            account = grant.account
            if (account.is_demo or account.has_usable_password()) and may(
                _actor(account, frozenset({grant.role}), on), permission
            ):
                return None
    return Actor.system("set-up")


def _actor(account: Account, roles: frozenset[str], on: date) -> Actor:
    body = account.organisation
    own = body.pk if body is not None else None
    sees: tuple[int, ...] | None = ()
    keeps: tuple[int, ...] = ()
    if Role.SYSTEM_OPERATOR in roles:
        pass  # runs the machines and sees no personal data, whatever else was granted
    elif roles & SEES_ALL:
        sees = None
    elif own is not None and roles & SEES_OWN_BODY:
        sees = (own,)
    if own is not None and sees != () and roles & KEEPS_REGISTERS:
        keeps = tuple(sorted(responsible_for(own, "custody", on)))
    if body is not None and sees:
        seen = {*sees, *keeps}
        if Role.PROVINCIAL_OFFICER in roles:
            seen |= _supervised(body, on)
        sees = tuple(sorted(seen))
    return Actor(
        username=account.username,
        display_name=account.display_name,
        organisation_code=body.code if body is not None else None,
        organisation_id=own,
        roles=roles,
        sees=sees,
        keeps=keeps,
    )


def _supervised(body: Organisation, on: date) -> set[int]:
    """Return the ids of the bodies under a Sở, itself included.

    Those below it or below a body whose supervision it took over, at any depth, and those in its
    province of the day that answer to nobody else; universities and institutes there do not.
    """
    heads = responsible_for(body.pk, "supervision", on)
    if not heads:
        return set()
    children: dict[int, list[int]] = {}
    parentless: dict[str, list[int]] = {}
    for pk, parent, code in Organisation.objects.values_list("pk", "parent_id", "province_code"):
        if parent is not None:
            children.setdefault(parent, []).append(pk)
        elif code:
            parentless.setdefault(code, []).append(pk)
    here = province_on(body.province_code, on) if body.province_code else None
    if here is not None:
        around = {pk for code in here.codes for pk in parentless.get(code, ())} - heads
        apart = Capacity.objects.filter(
            organisation_id__in=around, kind__in=(*NOT_OF_THE_PROVINCE, "so_gddt")
        )
        heads |= around - set(apart.values_list("organisation_id", flat=True))
    found: set[int] = set()
    ahead = list(heads)
    while ahead:
        pk = ahead.pop()
        if pk not in found:
            found.add(pk)
            ahead.extend(children.get(pk, ()))
    return found
