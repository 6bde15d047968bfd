"""Browser sessions in PostgreSQL; `SESSION_ENGINE = "sogoc.people.sessions"`.

Every query runs under the sign-in identity, so a session can be read before anyone is known. The
table holds the SHA-256 of the key in the cookie: who reads a backup cannot take a session over.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from sogoc.people.identity import ALIAS, for_purpose
from sogoc.people.models import SignedInSession


class SessionStore(SessionBase):
    """One session, as Django's middleware uses it."""

    def exists(self, session_key: str) -> bool:
        """Say whether a session with the key is stored."""
        with for_purpose("sign-in"):
            return SignedInSession.objects.filter(key_hash=_hash(session_key)).exists()

    def create(self) -> None:
        """Store a new, empty session under a fresh key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # not in stubs
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Store the data. Raises `CreateError` or `UpdateError`, as Django expects."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in stubs
        values = {"data": self.encode(data), "expires_at": self._expires_at()}
        key_hash = _hash(self.session_key)
        with for_purpose("sign-in"):
            if must_create:
                try:
                    with transaction.atomic(ALIAS):
                        SignedInSession.objects.create(key_hash=key_hash, **values)
                except IntegrityError as error:
                    raise CreateError from error
            elif not SignedInSession.objects.filter(key_hash=key_hash).update(**values):
                raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session; the current one unless a key is given."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            with for_purpose("sign-in"):
                SignedInSession.objects.filter(key_hash=_hash(key)).delete()

    def load(self) -> dict[str, Any]:
        """Return the stored data; an expired or unknown key gives an empty new session."""
        with for_purpose("sign-in"):
            found = SignedInSession.objects.filter(
                key_hash=_hash(self.session_key or ""), expires_at__gt=timezone.now()
            ).first()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found.data)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete sessions past their day; `manage clearsessions` calls it."""
        with for_purpose("sign-in"):
            SignedInSession.objects.filter(expires_at__lte=timezone.now()).delete()

    def _expires_at(self) -> datetime:
        expires: datetime = self.get_expiry_date()
        return expires


def _hash(session_key: str) -> str:
    return sha256(session_key.encode()).hexdigest()
