"""Who may do what: one map, to be read by a lawyer.

Each permission lists the ways to have it; one way is enough, and all conditions of a way must hold.
Conditions ask only the actor (roles, own body, what the actor sees) and the organisation concerned.

Two more walls stand elsewhere: *four eyes* (who prepared never approves, who recorded a ruling
never confirms it) are constraints of those tables, and row-level security hides every other
organisation's rows. Nobody has a permission because of being powerful: the operator of the system
issues nothing and sees no personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text
from sogoc.people.identity import Actor


class NotPermitted(Error):
    """The actor's roles do not allow this, or not for this organisation."""


class Role(StrEnum):
    """Roles an account is granted for periods; `SYSTEM` is for machines, never granted."""

    VERIFIER = "verifier"
    HOLDER = "holder"
    REGISTRAR = "registrar"
    APPROVER = "approver"
    SIGNATORY = "signatory"
    SEAL_KEEPER = "seal_keeper"
    BLANK_KEEPER = "blank_keeper"
    SUBMITTER = "submitter"
    PROVINCIAL_OFFICER = "provincial_officer"
    MINISTRY_OFFICER = "ministry_officer"
    INSPECTOR = "inspector"
    WITNESS = "witness"
    SYSTEM_OPERATOR = "system_operator"
    SYSTEM = "system"


ROLE_LABELS: Final[Mapping[Role, Text]] = {
    Role.VERIFIER: Text("Người tra cứu", "Verifier (the public)"),
    Role.HOLDER: Text("Người được cấp", "Holder"),
    Role.REGISTRAR: Text("Cán bộ văn bằng, chứng chỉ", "Registrar"),
    Role.APPROVER: Text("Người duyệt", "Approver"),
    Role.SIGNATORY: Text("Người ký", "Signatory"),
    Role.SEAL_KEEPER: Text("Văn thư giữ dấu", "Seal keeper"),
    Role.BLANK_KEEPER: Text("Người giữ phôi", "Blank keeper"),
    Role.SUBMITTER: Text("Người nộp danh sách", "Submitter of lists"),
    Role.PROVINCIAL_OFFICER: Text("Cán bộ quản lý cấp tỉnh", "Provincial officer"),
    Role.MINISTRY_OFFICER: Text("Cán bộ quản lý cấp Bộ", "Ministry officer"),
    Role.INSPECTOR: Text("Thành viên đoàn kiểm tra, thanh tra", "Inspector"),
    Role.WITNESS: Text("Bên làm chứng nhật ký (máy)", "Witness of the log (a machine)"),
    Role.SYSTEM_OPERATOR: Text("Người vận hành hệ thống", "System operator"),
    Role.SYSTEM: Text("Hệ thống (máy)", "The system (a machine)"),
}

GRANTABLE: Final = frozenset(Role) - {Role.SYSTEM}
"""Roles an account may be given."""

Predicate = Callable[[Actor, int | None], bool]
"""A named condition on the actor and the id of the organisation concerned (`None`: whichever)."""


def _has(role: Role) -> Predicate:
    def condition(actor: Actor, _organisation_id: int | None) -> bool:
        return role in actor.roles

    condition.__name__ = f"is_{role}"
    condition.__doc__ = f"Holds the role {role} on the day."
    return condition


is_registrar = _has(Role.REGISTRAR)
is_approver = _has(Role.APPROVER)
is_signatory = _has(Role.SIGNATORY)
is_seal_keeper = _has(Role.SEAL_KEEPER)
is_blank_keeper = _has(Role.BLANK_KEEPER)
is_submitter = _has(Role.SUBMITTER)
is_provincial_officer = _has(Role.PROVINCIAL_OFFICER)
is_ministry_officer = _has(Role.MINISTRY_OFFICER)
is_inspector = _has(Role.INSPECTOR)
is_witness = _has(Role.WITNESS)
is_system_operator = _has(Role.SYSTEM_OPERATOR)
is_system = _has(Role.SYSTEM)


def in_own_body(actor: Actor, organisation_id: int | None) -> bool:
    """Works for the organisation concerned."""
    if actor.organisation_id is None:
        return False
    return organisation_id is None or organisation_id == actor.organisation_id


def keeps_the_register(actor: Actor, organisation_id: int | None) -> bool:
    """Works for the body that now keeps that organisation's register: itself or its successor."""
    return bool(actor.keeps) if organisation_id is None else organisation_id in actor.keeps


def in_view(actor: Actor, organisation_id: int | None) -> bool:
    """Sees the organisation concerned: own, kept, supervised, or all."""
    if actor.sees is None:
        return True
    return bool(actor.sees) if organisation_id is None else organisation_id in actor.sees


PERMISSIONS: Final[Mapping[str, tuple[tuple[Predicate, ...], ...]]] = {
    # a list against the law: changes nothing, so for any body
    "batch.check": (
        (is_registrar,),
        (is_approver,),
        (is_signatory,),
        (is_submitter,),
        (is_provincial_officer,),
        (is_ministry_officer,),
        (is_inspector,),
    ),
    # from list to register: only the issuing body's own people
    "batch.prepare": ((is_registrar, in_own_body),),
    "batch.approve": ((is_approver, in_own_body), (is_signatory, in_own_body)),
    "batch.print": ((is_registrar, in_own_body), (is_blank_keeper, in_own_body)),
    "batch.sign": ((is_signatory, in_own_body),),
    "batch.seal": ((is_seal_keeper, in_own_body),),
    "batch.issue": ((is_registrar, in_own_body),),
    "batch.cancel": ((is_registrar, in_own_body), (is_approver, in_own_body)),
    # the register
    "register.view": (
        (is_registrar, in_view),
        (is_approver, in_view),
        (is_signatory, in_view),
        (is_seal_keeper, in_view),
        (is_provincial_officer, in_view),
        (is_ministry_officer, in_view),
        (is_inspector, in_view),
    ),
    "register.export": (
        (is_registrar, keeps_the_register),
        (is_provincial_officer, in_view),
        (is_ministry_officer, in_view),
        (is_inspector, in_view),
    ),
    "register.revoke": (
        (is_registrar, keeps_the_register),
        (is_signatory, keeps_the_register),
    ),
    # irreversible: only who signs the body's decisions
    "register.erase": ((is_signatory, keeps_the_register),),
    "register.import_legacy": ((is_registrar, keeps_the_register),),
    # an old book: two persons key or compare, another settles, two sign before a line counts
    "digitise.key": (
        (is_registrar, keeps_the_register),
        (is_seal_keeper, keeps_the_register),
    ),
    "digitise.compare": (
        (is_registrar, keeps_the_register),
        (is_seal_keeper, keeps_the_register),
        (is_approver, keeps_the_register),
    ),
    "digitise.sign": (
        (is_registrar, keeps_the_register),
        (is_approver, keeps_the_register),
        (is_signatory, keeps_the_register),
    ),
    # blanks
    "blanks.receive": ((is_blank_keeper, in_own_body),),
    "blanks.destroy": ((is_blank_keeper, keeps_the_register),),
    # legal opinions: one officer records, another confirms
    "ruling.record": ((is_provincial_officer,), (is_ministry_officer,)),
    "ruling.confirm": ((is_provincial_officer,), (is_ministry_officer,)),
    # rule sets: one officer proposes, another puts in force; `system` does when a home is made
    "rules.propose": ((is_provincial_officer,), (is_ministry_officer,), (is_system,)),
    "rules.activate": ((is_provincial_officer,), (is_ministry_officer,)),
    # a check set aside: one officer proposes, another confirms
    "override.propose": (
        (is_registrar, in_own_body),
        (is_provincial_officer, in_view),
        (is_ministry_officer, in_view),
    ),
    "override.confirm": (
        (is_approver, in_own_body),
        (is_provincial_officer, in_view),
        (is_ministry_officer, in_view),
    ),
    # bodies, accounts and mandates: files of the competent office; `system` sets up a new home
    "org.import": ((is_system_operator,), (is_ministry_officer,), (is_system,)),
    "account.import": ((is_system_operator,), (is_system,)),
    "mandate.import": ((is_system_operator,), (is_ministry_officer,), (is_system,)),
    # keys of signatories and seals: recorded, replaced, reported as compromised
    "keys.manage": (
        (is_seal_keeper, in_own_body),
        (is_system_operator,),
        (is_system,),
    ),
    # looking back
    "sweep.run": (
        (is_registrar, keeps_the_register),
        (is_provincial_officer, in_view),
        (is_ministry_officer, in_view),
        (is_inspector, in_view),
        (is_system,),
    ),
    # findings of the past that somebody has to answer for
    "sweep.case": (
        (is_registrar, keeps_the_register),
        (is_provincial_officer, in_view),
        (is_ministry_officer, in_view),
        (is_inspector, in_view),
    ),
    "log.audit": (
        (is_inspector,),
        (is_ministry_officer,),
        (is_system_operator,),
        (is_witness,),
        (is_system,),
    ),
}

PERMISSION_LABELS: Final[Mapping[str, Text]] = {
    "batch.check": Text("kiểm tra danh sách", "check a list"),
    "batch.prepare": Text("lập đợt cấp", "prepare a batch"),
    "batch.approve": Text("duyệt đợt cấp", "approve a batch"),
    "batch.print": Text("in đợt cấp", "print a batch"),
    "batch.sign": Text("ghi nhận việc ký", "record the signing"),
    "batch.seal": Text("ghi nhận việc đóng dấu", "record the sealing"),
    "batch.issue": Text("vào sổ gốc", "issue a batch"),
    "batch.cancel": Text("hủy đợt cấp", "cancel a batch"),
    "register.view": Text("xem sổ gốc", "view the register"),
    "register.export": Text("kết xuất sổ gốc", "export the register"),
    "register.revoke": Text("thu hồi, hủy bỏ", "revoke"),
    "register.erase": Text("xóa dữ liệu cá nhân", "erase personal data"),
    "register.import_legacy": Text("nhập sổ cũ", "import an old register"),
    "digitise.key": Text("nhập sổ giấy", "key a paper book"),
    "digitise.compare": Text("đối chiếu sổ giấy", "compare a paper book"),
    "digitise.sign": Text("ký biên bản số hóa", "sign minutes of digitisation"),
    "blanks.receive": Text("nhập phôi", "receive blanks"),
    "blanks.destroy": Text("hủy phôi", "destroy blanks"),
    "ruling.record": Text("ghi ý kiến pháp lý", "record a ruling"),
    "ruling.confirm": Text("xác nhận ý kiến pháp lý", "confirm a ruling"),
    "rules.propose": Text("đề nghị bộ quy tắc", "propose a rule set"),
    "rules.activate": Text("xác nhận bộ quy tắc", "put a rule set in force"),
    "override.propose": Text("đề nghị miễn áp dụng phép kiểm", "propose an override"),
    "override.confirm": Text("xác nhận miễn áp dụng phép kiểm", "confirm an override"),
    "org.import": Text("nhập đơn vị", "import organisations"),
    "account.import": Text("nhập tài khoản", "import accounts"),
    "mandate.import": Text("nhập thẩm quyền ký", "import mandates"),
    "keys.manage": Text("quản lý khóa ký", "manage signing keys"),
    "sweep.run": Text("rà soát", "run a sweep"),
    "sweep.case": Text("xử lý vụ việc rà soát", "work on cases of a sweep"),
    "log.audit": Text("đối chiếu nhật ký", "audit the log"),
}


def may(actor: Actor, permission: str, *, organisation_id: int | None = None) -> bool:
    """Say whether the actor has the permission for the organisation.

    Without an organisation: whether for at least one, as a menu asks; an act names its own.
    Raises `KeyError` for a permission that is not in the map.
    """
    return any(
        all(condition(actor, organisation_id) for condition in way)
        for way in PERMISSIONS[permission]
    )


def require(actor: Actor, permission: str, *, organisation_id: int | None = None) -> None:
    """Raise `NotPermitted` unless `may` says yes."""
    if may(actor, permission, organisation_id=organisation_id):
        return
    label = PERMISSION_LABELS[permission]
    who = actor.username or "—"
    raise NotPermitted(
        "not_permitted",
        Text(
            f"Tài khoản “{who}” không có quyền {label.vi} của đơn vị này. "
            f"Cần vai trò: {roles_for(permission).vi}.",
            f"The account {who!r} may not {label.en} for this organisation. "
            f"It takes the role: {roles_for(permission).en}.",
        ),
        permission=permission,
        actor=actor.username,
        organisation_id=organisation_id,
    )


def roles_for(permission: str) -> Text:
    """Name the roles that can have a permission, for messages and the generated reference."""
    roles = [
        role
        for role in Role
        for way in PERMISSIONS[permission]
        for condition in way
        if condition.__name__ == f"is_{role}" and role is not Role.SYSTEM
    ]
    return Text(
        " / ".join(ROLE_LABELS[role].vi for role in roles),
        " / ".join(ROLE_LABELS[role].en for role in roles),
    )
