"""Who acts, and the one helper that tells PostgreSQL.

`acting(actor)` opens the transaction and sets the identity LOCAL to it, so it ends with the
transaction and never stays on a pooled connection. Every other query on the alias `default` raises
`NoIdentityError`: a lazy query in a template, a response streamed after the request, a thread or
job that did not say who it works for. Should one get through (a raw driver call), row-level
security shows it no row.

The identity hangs on Django's connection object, which belongs to one thread, not on a context
variable: a context is copied into threads and tasks, whose connections have no identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS: Final = "default"
"""The application's connection; the owner's is for migrations and has its own alias."""

Purpose = Literal["", "sign-in", "import"]
"""Opens the tables of accounts and sessions, or lets bodies, mandates and accounts be written."""

_SCOPE: Final = "_sogoc_scope"
_SET: Final = (
    "SELECT set_config('sogoc.orgs', %s, true), set_config('sogoc.actor', %s, true),"
    " set_config('sogoc.purpose', %s, true)"
)


class NoIdentityError(RuntimeError):
    """A query without an identity, or under a second one. A mistake in the program, never shown."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody (or a machine) at work on one day.

    `sees`: ids of the organisations whose rows are visible, `None` for all. `keeps`: ids of those
    whose registers the actor's own body keeps, its own and those it took over. A system operator
    and the public see none.
    """

    username: str
    display_name: str
    organisation_code: str | None
    organisation_id: int | None
    roles: frozenset[str]
    sees: tuple[int, ...] | None
    keeps: tuple[int, ...] = ()

    @classmethod
    def anonymous(cls) -> Actor:
        """Return the public: sees reference data, and what look-up functions answer."""
        return cls("", "Công chúng", None, None, frozenset({"verifier"}), ())

    @classmethod
    def system(cls, purpose: str) -> Actor:
        """Return a machine at work, e.g. `system("sequencer")`: sees all, holds the role `system`.

        Its name holds a colon, which no account's name may.
        """
        return cls(
            f"system:{purpose}", f"Hệ thống ({purpose})", None, None, frozenset({"system"}), None
        )

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed in."""
        return not self.username


@dataclass(frozen=True, slots=True)
class _Scope:
    actor: Actor
    purpose: Purpose = ""


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Work as `actor` in one transaction, committed when the block ends without an error.

    The outermost block is durable: what it returned from is on disk; a database error swallowed
    inside is raised again as `TransactionManagementError`. Within it, the same actor
    again is a savepoint. Raises `NoIdentityError` for another actor inside, and Django's
    `RuntimeError` inside a plain `transaction.atomic`.
    """
    connection = connections[ALIAS]
    outer = _scope(connection)
    if outer is None:
        with _outermost(connection, _Scope(actor)):
            yield actor
    elif outer.actor == actor:
        with transaction.atomic(ALIAS):
            yield actor
    else:
        raise NoIdentityError(
            f"already acting as {outer.actor.username!r}, not as {actor.username!r}"
        )


@contextmanager
def for_purpose(purpose: Purpose) -> Iterator[None]:
    """Open the tables of one purpose for the block: inside `acting`, or as nobody on its own.

    Only this applet uses it; others go through `load_actor`, the session store and the imports.
    """
    connection = connections[ALIAS]
    outer = _scope(connection)
    if outer is None:
        with _outermost(connection, _Scope(Actor.anonymous(), purpose)):
            yield
        return
    # A rollback to this savepoint brings the outer purpose back by itself.
    with transaction.atomic(ALIAS), _held(connection, replace(outer, purpose=purpose)):
        _tell(connection, replace(outer, purpose=purpose))
        yield
        _tell(connection, outer)


def current_actor() -> Actor:
    """Return who acts on this thread. Raises `NoIdentityError` outside `acting`."""
    scope = _scope(connections[ALIAS])
    if scope is None:
        raise NoIdentityError("nobody is acting")
    return scope.actor


@contextmanager
def _outermost(connection: BaseDatabaseWrapper, scope: _Scope) -> Iterator[None]:
    # The scope is held around the transaction, as entering and leaving it may query (savepoints,
    # when a rolled-back test holds the real transaction).
    with _held(connection, scope), transaction.atomic(ALIAS, durable=True):
        _tell(connection, scope)
        yield
        swallowed = getattr(connection, "rollback_exc", None)
        if connection.needs_rollback and swallowed is not None:
            # Django would roll back without a word, and the caller would believe it was written.
            raise transaction.TransactionManagementError(
                "a database error was caught inside acting(): catch it outside, or in a savepoint"
            ) from swallowed
        # Only a rolled-back test goes on after us in the same transaction.
        if connection.savepoint_ids and not connection.needs_rollback:
            _tell(connection, None)


@contextmanager
def _held(connection: BaseDatabaseWrapper, scope: _Scope) -> Iterator[None]:
    before = getattr(connection, _SCOPE, None)
    setattr(connection, _SCOPE, scope)
    try:
        yield
    finally:
        setattr(connection, _SCOPE, before)


def _scope(connection: BaseDatabaseWrapper) -> _Scope | None:
    """Return the identity of the open transaction; on-commit hooks run after it and have none."""
    scope: _Scope | None = getattr(connection, _SCOPE, None)
    return scope if scope is not None and connection.in_atomic_block else None


def _tell(connection: BaseDatabaseWrapper, scope: _Scope | None) -> None:
    orgs, name, purpose = "", "", ""
    if scope is not None:
        sees = scope.actor.sees
        orgs = "*" if sees is None else ",".join(map(str, sees))
        name, purpose = scope.actor.username, scope.purpose
    with connection.cursor() as cursor:
        cursor.execute(_SET, [orgs, name, purpose])


def require_identity(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute wrapper of Django: refuse every query on `default` outside `acting`."""
    if _scope(context["connection"]) is None:
        raise NoIdentityError(
            "a query outside acting(): wrap the whole piece of work, including what is streamed, in"
            f" sogoc.people.api.acting(actor). The query: {str(sql)[:200]}"
        )
    return execute(sql, params, many, context)


def watch_connection(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Receiver of `connection_created`: put `require_identity` on the application's connection."""
    if connection.alias == ALIAS and require_identity not in connection.execute_wrappers:
        # First, so that Django's own `execute_wrapper()`, which pops the last, never removes it.
        connection.execute_wrappers.insert(0, require_identity)
