"""Credentials signed by bodies' keys: prepared, made, and found again by key and period.

The keys lie outside the database (`issuers`), what they signed is here: a stored request comes
before each signature, as with papers, so that a lost key's credentials can all be named.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db import connection

from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.signing.models import CredentialRequest, MadeCredential
from sogoc.people.api import Actor, acting

PREFIX: Final = "pc_"

_SIGNED: Final = """
    SELECT r.copy, l.code, r.key, m.signed_at, NOT EXISTS (
        SELECT FROM credentials_credential_request s
        JOIN credentials_made_credential t ON t.request_id = s.id
        WHERE s.line_id = r.line_id AND s.copy = r.copy AND s.id > r.id),
        NOT EXISTS (SELECT FROM credentials_register_line w
            WHERE w.ref_id = l.id AND w.act = 'revoke')
        AND EXISTS (SELECT FROM credentials_register_personal n WHERE n.line_id = l.id)
    FROM credentials_credential_request r
    JOIN credentials_made_credential m ON m.request_id = r.id
    JOIN credentials_register_line l ON l.id = r.line_id
    WHERE r.key = %(key)s
        AND (%(since)s::timestamptz IS NULL OR m.signed_at >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR m.signed_at < %(until)s)
    ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class SignedCredential:
    """A credential a key signed: which copy of which line, when.

    `is_newest`: that copy was not signed anew since; `stands`: its line is not revoked or erased.
    """

    copy: str
    code: str
    key: str
    signed_at: datetime
    is_newest: bool
    stands: bool


def credential_signature(
    signer: issuers.Signer, *, issuer_id: int, line_id: int, copy: str, by: Actor, at: datetime
) -> Callable[[bytes], bytes]:
    """Return what signs one credential: it stores the request, signs, and stores the signature.

    It is called inside the caller's `acting(by)`, once. Raises `HardwareRefused`.
    """
    sign = signer.ready()

    def prepared(message: bytes) -> bytes:
        request = CredentialRequest.objects.create(
            token=PREFIX + secrets.token_urlsafe(24),
            key=str(signer.record.multikey),
            issuer_id=issuer_id,
            line_id=line_id,
            copy=copy,
            digest=sha256(message).digest(),
            prepared_by=by.username,
            prepared_at=at,
        )
        signature = sign(message)
        MadeCredential.objects.create(
            request=request, signature=signature, signed_by=by.username, signed_at=at
        )
        return signature

    return prepared


def signed_credentials(
    key: issuers.KeyRecord, *, since: datetime | None = None, until: datetime | None = None
) -> list[SignedCredential]:
    """Return every credential a key signed in a period, the oldest first.

    For callers that have checked who asks: it opens the applet's own identity.
    """
    with acting(Actor.system("signing")), connection.cursor() as cursor:
        cursor.execute(_SIGNED, {"key": str(key.multikey), "since": since, "until": until})
        return [SignedCredential(*row) for row in cursor.fetchall()]


def count_credentials(key: issuers.KeyRecord) -> int:
    """Return how many credentials a key has signed."""
    with acting(Actor.system("signing")):
        return MadeCredential.objects.filter(request__key=str(key.multikey)).count()
