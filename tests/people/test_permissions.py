"""The permission map, spelled out once more as a table: role → what it may do, and where."""

from __future__ import annotations

import pytest

from sogoc.people.api import (
    GRANTABLE,
    PERMISSION_LABELS,
    PERMISSIONS,
    ROLE_LABELS,
    Actor,
    NotPermitted,
    Role,
    may,
    require,
    roles_for,
)

OWN, KEPT, BELOW, STRANGE = 1, 2, 3, 4

TABLE: dict[Role, dict[str, set[int]]] = {
    Role.VERIFIER: {},
    Role.HOLDER: {},
    Role.REGISTRAR: {
        "batch.check": {OWN, KEPT, BELOW, STRANGE},
        "batch.prepare": {OWN}, "batch.print": {OWN}, "batch.issue": {OWN}, "batch.cancel": {OWN},
        "register.view": {OWN, KEPT, BELOW},
        "register.export": {OWN, KEPT}, "register.revoke": {OWN, KEPT},
        "register.import_legacy": {OWN, KEPT}, "sweep.run": {OWN, KEPT}, "sweep.case": {OWN, KEPT},
        "digitise.key": {OWN, KEPT}, "digitise.compare": {OWN, KEPT}, "digitise.sign": {OWN, KEPT},
        "override.propose": {OWN},
    },
    Role.APPROVER: {
        "batch.check": {OWN, KEPT, BELOW, STRANGE},
        "batch.approve": {OWN}, "batch.cancel": {OWN}, "register.view": {OWN, KEPT, BELOW},
        "override.confirm": {OWN},
        "digitise.compare": {OWN, KEPT}, "digitise.sign": {OWN, KEPT},
    },
    Role.SIGNATORY: {
        "batch.check": {OWN, KEPT, BELOW, STRANGE},
        "batch.approve": {OWN}, "batch.sign": {OWN},
        "register.view": {OWN, KEPT, BELOW}, "register.revoke": {OWN, KEPT},
        "register.erase": {OWN, KEPT},
        "digitise.sign": {OWN, KEPT},
    },
    Role.SEAL_KEEPER: {
        "batch.seal": {OWN}, "keys.manage": {OWN}, "register.view": {OWN, KEPT, BELOW},
        "digitise.key": {OWN, KEPT}, "digitise.compare": {OWN, KEPT},
    },
    Role.BLANK_KEEPER: {
        "batch.print": {OWN}, "blanks.receive": {OWN}, "blanks.destroy": {OWN, KEPT},
    },
    Role.SUBMITTER: {"batch.check": {OWN, KEPT, BELOW, STRANGE}},
    Role.PROVINCIAL_OFFICER: {
        "batch.check": {OWN, KEPT, BELOW, STRANGE},
        "register.view": {OWN, KEPT, BELOW}, "register.export": {OWN, KEPT, BELOW},
        "sweep.run": {OWN, KEPT, BELOW}, "sweep.case": {OWN, KEPT, BELOW},
        "ruling.record": {OWN, KEPT, BELOW, STRANGE}, "ruling.confirm": {OWN, KEPT, BELOW, STRANGE},
        "rules.propose": {OWN, KEPT, BELOW, STRANGE}, "rules.activate": {OWN, KEPT, BELOW, STRANGE},
        "override.propose": {OWN, KEPT, BELOW}, "override.confirm": {OWN, KEPT, BELOW},
    },
    Role.MINISTRY_OFFICER: {
        name: {OWN, KEPT, BELOW, STRANGE}
        for name in (
            "batch.check", "register.view", "register.export", "sweep.run", "ruling.record",
            "ruling.confirm", "rules.propose", "rules.activate", "org.import",
            "mandate.import", "log.audit", "override.propose", "override.confirm", "sweep.case",
        )
    },
    Role.INSPECTOR: {
        name: {OWN, KEPT, BELOW, STRANGE}
        for name in (
            "batch.check", "register.view", "register.export", "sweep.run", "sweep.case",
            "log.audit",
        )
    },
    Role.WITNESS: {"log.audit": {OWN, KEPT, BELOW, STRANGE}},
    Role.SYSTEM_OPERATOR: {
        name: {OWN, KEPT, BELOW, STRANGE}
        for name in ("org.import", "account.import", "mandate.import", "log.audit", "keys.manage")
    },
    Role.SYSTEM: {
        name: {OWN, KEPT, BELOW, STRANGE}
        for name in (
            "org.import", "account.import", "mandate.import", "rules.propose", "sweep.run",
            "log.audit", "keys.manage",
        )
    },
}  # fmt: skip


def actor_with(role: Role) -> Actor:
    sees: tuple[int, ...] | None = (OWN, KEPT, BELOW)
    if role in (Role.MINISTRY_OFFICER, Role.INSPECTOR, Role.SYSTEM):
        sees = None
    keeps = (OWN, KEPT)
    return Actor("somebody", "Somebody", "own", OWN, frozenset({role}), sees, keeps)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_exactly_this(role: Role) -> None:
    actor = actor_with(role)
    found = {
        permission: {
            o for o in (OWN, KEPT, BELOW, STRANGE) if may(actor, permission, organisation_id=o)
        }
        for permission in PERMISSIONS
    }
    assert {permission: where for permission, where in found.items() if where} == TABLE[role]


def test_nobody_may_nothing_everywhere() -> None:
    for nobody in (
        Actor.anonymous(),
        Actor("x", "X", None, None, frozenset({"registrar"}), ()),
        Actor("x", "X", "own", OWN, frozenset(), ()),
    ):
        assert not any(
            may(nobody, permission) for permission in PERMISSIONS if permission != "batch.check"
        )


def test_without_an_organisation_it_is_asked_whether_anywhere() -> None:
    assert may(actor_with(Role.REGISTRAR), "batch.prepare")
    assert not may(actor_with(Role.INSPECTOR), "batch.prepare")


def test_no_machine_and_no_operator_touches_the_register() -> None:
    for role in (Role.SYSTEM, Role.SYSTEM_OPERATOR, Role.WITNESS):
        assert not {p for p in TABLE[role] if p.startswith(("batch.", "register.", "blanks."))}


def test_the_refusal_names_the_roles() -> None:
    with pytest.raises(NotPermitted) as caught:
        require(actor_with(Role.SUBMITTER), "batch.issue", organisation_id=OWN)
    assert caught.value.code == "not_permitted"
    assert "Cán bộ văn bằng, chứng chỉ" in caught.value.message.vi
    assert "Registrar" in caught.value.message.en
    require(actor_with(Role.REGISTRAR), "batch.issue", organisation_id=OWN)


def test_everything_has_words_in_both_languages() -> None:
    assert set(PERMISSIONS) == set(PERMISSION_LABELS)
    assert set(ROLE_LABELS) == set(Role)
    assert Role.SYSTEM not in GRANTABLE
    for permission in PERMISSIONS:
        assert roles_for(permission).vi
        for way in PERMISSIONS[permission]:
            assert all(condition.__doc__ for condition in way)


def test_an_unknown_permission_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        may(Actor.system("tests"), "batch.everything")
