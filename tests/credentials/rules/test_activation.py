"""A rule set is put in force by two persons; the database holds the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from sogoc.credentials.issuing import api as issuing
from sogoc.credentials.rules import api as rules
from sogoc.credentials.rules.models import RuleSetActivation
from sogoc.people.api import Actor, NotPermitted, acting, load_demo
from sogoc.people.models import AuditEvent
from sogoc.policy.api import Law, build_law, load_law
from tests.credentials import world

TODAY, AT = date(2026, 11, 21), datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MACHINE = Actor.system("tests")


@pytest.fixture
def officers(db: None) -> tuple[Actor, Actor]:
    load_demo(AT)
    base = Actor("officer-a", "A", None, None, frozenset({"ministry_officer"}), None)
    return base, replace(base, username="officer-b", display_name="B")


def changed_law() -> Law:
    texts = dict(load_law().texts)
    texts["pass_marks"] = texts["pass_marks"].replace("percent: 50", "percent: 55")
    return build_law(texts)


def propose(by: Actor, law: Law | None = None, **changes: Any) -> rules.Activation:
    given: dict[str, Any] = {"valid_from": TODAY, "reason": "Cập nhật luật", "today": TODAY}
    return rules.propose_rule_set(by=by, at=AT, law=law, **(given | changes))


def test_a_home_without_rule_sets_requires_nothing(db: None) -> None:
    with acting(MACHINE):
        rules.require_active(on=TODAY)
    assert rules.active_on(TODAY, by=MACHINE) is None


def test_the_first_one_is_put_in_force_once_by_the_machine(db: None) -> None:
    first = rules.activate_first(at=AT, today=TODAY)
    assert first is not None
    assert first.is_first
    assert first.rule_set == load_law().rule_set_id
    assert first.content_digest == load_law().content_digest
    assert rules.activate_first(at=AT, today=TODAY) is None
    with acting(MACHINE):
        rules.require_active(on=TODAY)
        event = AuditEvent.objects.get(verb="rules:rule-set:first")
        assert event.subject == first.rule_set
        assert event.detail["content"] == first.content_digest


def test_two_officers_put_another_one_in_force(officers: tuple[Actor, Actor]) -> None:
    one, two = officers
    rules.activate_first(at=AT, today=TODAY)
    new = changed_law()
    proposed = propose(one, new)
    assert not proposed.is_confirmed
    assert len(proposed.summary) == 1
    assert "55%" in proposed.summary[0].vi
    assert rules.active_on(TODAY, by=one).rule_set == load_law().rule_set_id  # type: ignore[union-attr]
    with pytest.raises(rules.SameOfficer):
        rules.confirm_rule_set(rule_set=new.rule_set_id, by=one, at=AT)
    confirmed = rules.confirm_rule_set(rule_set=new.rule_set_id, by=two, at=AT)
    assert confirmed.confirmed_by == "officer-b"
    active = rules.active_on(TODAY, by=one)
    assert active is not None
    assert active.rule_set == new.rule_set_id
    with acting(MACHINE):
        rules.require_active(on=TODAY, law=new)
        with pytest.raises(rules.RuleSetNotActive) as refused:
            rules.require_active(on=TODAY)
        verbs = AuditEvent.objects.filter(verb__startswith="rules:").order_by("pk")
        assert [event.verb.rsplit(":", 1)[1] for event in verbs] == ["first", "propose", "confirm"]
        assert all(bytes(event.leaf) for event in verbs)
    assert refused.value.context["active"] == new.rule_set_id
    with pytest.raises(rules.ActivationConflict):
        rules.confirm_rule_set(rule_set=new.rule_set_id, by=two, at=AT)


def test_a_stored_rule_set_can_be_read_again(officers: tuple[Actor, Actor]) -> None:
    new = changed_law()
    propose(officers[0], new)
    stored = rules.law_of(new.rule_set_id, by=officers[1])
    assert stored.same_code
    assert stored.law.pass_marks[0].percent == 55
    assert rules.law_of(load_law().rule_set_id, by=officers[1]).law is load_law()
    with pytest.raises(rules.UnknownRuleSet):
        rules.law_of("vn-2020.01-000000000000", by=officers[1])


def test_what_is_refused(officers: tuple[Actor, Actor]) -> None:
    one, _ = officers
    with pytest.raises(rules.ActivationConflict):
        propose(one, reason=" ")
    with pytest.raises(rules.ActivationConflict):
        propose(one, valid_from=date(2026, 11, 20))
    with pytest.raises(rules.UnknownRuleSet):
        rules.confirm_rule_set(rule_set="vn-none", by=one, at=AT)
    rules.activate_first(at=AT, today=TODAY)
    with pytest.raises(rules.ActivationConflict):
        propose(one)
    new = changed_law()
    propose(one, new, valid_from=date(2026, 12, 1))
    with pytest.raises(rules.ActivationConflict):
        propose(one, new, valid_from=date(2026, 12, 1))
    registrar = replace(one, roles=frozenset({"registrar"}))
    with pytest.raises(NotPermitted):
        propose(registrar, new, valid_from=date(2026, 12, 2))
    with pytest.raises(NotPermitted):
        rules.confirm_rule_set(rule_set=new.rule_set_id, by=registrar, at=AT)


def test_a_rule_set_counts_from_its_first_day(officers: tuple[Actor, Actor]) -> None:
    rules.activate_first(at=AT, today=TODAY)
    new = changed_law()
    propose(officers[0], new, valid_from=date(2026, 12, 1))
    rules.confirm_rule_set(rule_set=new.rule_set_id, by=officers[1], at=AT)
    before, after = (rules.active_on(date(*d), by=MACHINE) for d in ((2026, 11, 30), (2026, 12, 1)))
    assert before is not None
    assert after is not None
    assert (before.is_first, after.rule_set) == (True, new.rule_set_id)


def test_the_database_guards_it(officers: tuple[Actor, Actor]) -> None:
    one, two = officers
    propose(one, changed_law())
    row = {
        "rule_set": "vn-x", "content_digest": "0", "texts": {}, "summary": [], "reason": "r",
        "valid_from": TODAY, "proposed_at": AT,
    }  # fmt: skip
    refused: list[tuple[Actor, dict[str, Any]]] = [
        (one, {"proposed_by": "officer-b"}),
        (one, {"proposed_by": "officer-a", "confirmed_by": "officer-b", "confirmed_at": AT}),
        (one, {"proposed_by": "officer-a", "is_first": True, "confirmed_by": "officer-a"}),
    ]
    for by, changes in refused:
        with acting(by), pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            RuleSetActivation.objects.create(**(row | changes))
    updates: list[tuple[Actor, dict[str, Any]]] = [
        (one, {"confirmed_by": "officer-a", "confirmed_at": AT}),
        (two, {"confirmed_by": "officer-a", "confirmed_at": AT}),
        (two, {"content_digest": "1"}),
    ]
    for by, changes in updates:
        with acting(by), pytest.raises(DatabaseError), transaction.atomic():
            RuleSetActivation.objects.update(**changes)
    with acting(one), pytest.raises(DatabaseError), transaction.atomic():
        RuleSetActivation.objects.all().delete()


def test_not_even_the_owner_deletes(owner_connection: psycopg.Connection) -> None:
    rules.activate_first(at=AT, today=TODAY)
    for statement in (
        "DELETE FROM credentials_rule_set_activation",
        "TRUNCATE credentials_rule_set_activation",
        "UPDATE credentials_rule_set_activation SET rule_set = 'vn-other'",
    ):
        with pytest.raises(psycopg.Error):
            owner_connection.execute(statement)


def test_nothing_is_prepared_under_a_rule_set_that_is_not_in_force(
    officers: tuple[Actor, Actor],
) -> None:
    one, two = officers
    new = changed_law()
    propose(one, new, valid_from=world.TODAY, today=world.TODAY)
    rules.confirm_rule_set(rule_set=new.rule_set_id, by=two, at=AT)
    file, proposal = world.people_list(range(1, 4)), world.proposal()
    with pytest.raises(rules.RuleSetNotActive):
        issuing.prepare_batch(
            file=file, proposal=proposal, by=world.who("batch.prepare"), at=world.AT,
            today=world.TODAY,
        )  # fmt: skip
