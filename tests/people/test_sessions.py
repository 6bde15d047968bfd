from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db.models.functions import Now

from sogoc.people.api import Actor, acting
from sogoc.people.identity import for_purpose
from sogoc.people.models import SignedInSession
from sogoc.people.sessions import SessionStore


def stored() -> list[SignedInSession]:
    with for_purpose("sign-in"):
        return list(SignedInSession.objects.all())


def test_round_trip_without_any_identity(db: None) -> None:
    session = SessionStore()
    session["name"] = "Lan"
    session.save()
    assert session.session_key is not None
    assert SessionStore(session.session_key)["name"] == "Lan"
    assert session.exists(session.session_key)
    session["name"] = "Hoa"
    session.save()
    assert SessionStore(session.session_key)["name"] == "Hoa"
    assert len(stored()) == 1


def test_the_table_does_not_hold_the_key(db: None) -> None:
    session = SessionStore()
    session.create()
    (row,) = stored()
    assert session.session_key not in (row.key_hash, row.data)
    assert SessionStore(row.key_hash).load() == {}


def test_ordinary_work_sees_no_sessions(db: None) -> None:
    SessionStore().create()
    with acting(Actor.system("tests")):
        assert not SignedInSession.objects.exists()


def test_expired_and_deleted_sessions_are_empty(db: None) -> None:
    session = SessionStore()
    session["name"] = "Lan"
    session.save()
    with for_purpose("sign-in"):
        SignedInSession.objects.update(expires_at=Now() - timedelta(seconds=1))
    again = SessionStore(session.session_key)
    assert again.load() == {}
    assert again.session_key is None
    SessionStore.clear_expired()
    assert stored() == []


def test_flush_and_cycle(db: None) -> None:
    session = SessionStore()
    session["name"] = "Lan"
    session.save()
    old = session.session_key
    session.cycle_key()
    assert session.session_key != old
    assert SessionStore(session.session_key)["name"] == "Lan"
    assert SessionStore(old).load() == {}
    session.flush()
    assert stored() == []


def test_the_errors_django_expects(db: None) -> None:
    session = SessionStore()
    session.create()
    twin = SessionStore(session.session_key)
    with pytest.raises(CreateError):
        twin.save(must_create=True)
    session.delete()
    session["x"] = 1
    with pytest.raises(UpdateError):
        session.save()


def test_inside_somebodys_work(db: None) -> None:
    with acting(Actor.system("tests")):
        session = SessionStore()
        session["name"] = "Lan"
        session.save()
    assert SessionStore(session.session_key)["name"] == "Lan"
