from __future__ import annotations

import csv
from datetime import date

from sogoc.people.api import (
    GRANTABLE,
    Actor,
    Role,
    acting,
    load_demo,
    mandate_facts,
    organisations,
    sign_in,
)
from sogoc.people.demo import FOLDER
from sogoc.people.identity import for_purpose
from sogoc.people.models import Account, AuditEvent, RoleGrant
from tests.people.helpers import AT, BEFORE

CODES = {
    *("so-gddt-dak-nong", "so-gddt-lam-dong", "tt-gdtx-nnth-dak-nong", "tt-tin-hoc-treo"),
    *("thpt-gia-nghia", "dh-mau", "phong-gddt-mau", "ubnd-xa-mau"),
}


def test_twice_is_once(db: None) -> None:
    first = load_demo(AT)
    with acting(Actor.system("tests")):
        events = AuditEvent.objects.count()
    second = load_demo(AT)
    assert first.created == second.unchanged > 0
    assert (second.created, second.changed) == (0, 0)
    with acting(Actor.system("tests")):
        assert AuditEvent.objects.count() == events
        assert {body.code for body in organisations()} == CODES


def test_every_role_has_an_account(demo: None) -> None:
    with for_purpose("sign-in"):
        held = set(RoleGrant.objects.values_list("role", flat=True))
    assert held == GRANTABLE - {Role.VERIFIER}


def test_somebody_could_sign_on_any_day_from_2019(demo: None) -> None:
    with acting(Actor.anonymous()):
        for code in CODES - {"ubnd-xa-mau"}:
            for on in (date(2019, 1, 1), date(2020, 10, 18), BEFORE):
                assert any(m.role == "head" for m in mandate_facts(code, on)), (code, on)
        assert any(m.role == "head" for m in mandate_facts("ubnd-xa-mau", date(2025, 7, 1)))


def test_accounts_are_marked_and_closed_without_a_password(db: None) -> None:
    load_demo(AT)
    with for_purpose("sign-in"):
        assert all(a.is_demo and not a.has_usable_password() for a in Account.objects.all())
    assert sign_in("inspector", "so-goc-demo", on=BEFORE) is None
    load_demo(AT, password="so-goc-demo")
    assert sign_in("inspector", "so-goc-demo", on=BEFORE) == "inspector"
    with for_purpose("sign-in"):
        stored = set(Account.objects.values_list("password", flat=True))
    load_demo(AT, password="so-goc-demo")
    with for_purpose("sign-in"):
        assert set(Account.objects.values_list("password", flat=True)) == stored


def test_the_files_are_examples_of_the_documented_columns() -> None:
    from sogoc.people.imports import accounts, mandates
    from sogoc.people.imports import organisations as bodies

    readme = (FOLDER.parents[1] / "README.md").read_text("utf-8")
    for module, name in ((bodies, "organisations"), (accounts, "accounts"), (mandates, "mandates")):
        columns = [column.name for column in module.COLUMNS]
        with (FOLDER / f"{name}.csv").open(encoding="utf-8") as stream:
            assert set(next(csv.reader(stream))) <= set(columns)
        for column in columns:
            assert f"`{column}`" in readme, column
