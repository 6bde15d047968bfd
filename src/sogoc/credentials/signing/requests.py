"""From a prepared signature to a made one: the only way to any key.

`prepare` stores what is to be signed and by which key, and gives a token; `sign` takes tokens and
nothing else. `to_sign` and `accept` are the same for keys that are elsewhere: the bytes go to the
holder's device, the signature comes back and is verified before it counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from sogoc.credentials.signing.errors import TokenRefused
from sogoc.credentials.signing.models import MadeSignature, SignatureRequest, SigningKey
from sogoc.credentials.signing.providers import Provider, der_of, open_provider
from sogoc.kernel.cms import CmsSigner
from sogoc.kernel.text import Text
from sogoc.people.api import Actor, acting

LIFETIME: Final = timedelta(hours=1)
REMOTE_LIFETIME: Final = timedelta(days=7)
"""How long a prepared signature waits: for a machine, and for an officer with a token."""

PREFIX: Final = "ps_"
_RAW: Final = 64  # bytes of r and s of P-256


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """What is to be signed: the SHA-256 of a document, which document, of which line."""

    digest: bytes
    subject: str
    line_id: int | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stored request: hand it to `sign`. `attributes` are what the key signs."""

    token: str
    attributes: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A signature made from a token: the attributes signed and the signature over them."""

    token: str
    attributes: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request for somebody's own device: `sha256` is of `to_sign`, the bytes to be signed."""

    token: str
    key: str
    algorithm: str
    subject: str
    to_sign: bytes
    sha256: bytes
    expires_at: datetime


def prepare(
    *, key: SigningKey, documents: Sequence[ToPrepare], by: Actor, at: datetime
) -> list[Prepared]:
    """Store what one key is to sign, inside the caller's `acting(by)`, and return the tokens."""
    signer = cms_signer(key)
    lifetime = REMOTE_LIFETIME if key.provider == "remote" else LIFETIME
    rows = [
        SignatureRequest(
            token=PREFIX + secrets.token_urlsafe(24),
            key=key,
            line_id=document.line_id,
            subject=document.subject,
            digest=document.digest,
            to_sign=signer.signed_attributes(document.digest),
            prepared_by=by.username,
            prepared_at=at,
            expires_at=at + lifetime,
        )
        for document in documents
    ]
    SignatureRequest.objects.bulk_create(rows)
    return [Prepared(row.token, bytes(row.to_sign)) for row in rows]


def prepare_raw(
    *,
    key: SigningKey,
    messages: Sequence[tuple[bytes, str, int | None]],
    by: Actor,
    at: datetime,
) -> list[str]:
    """Store exact bytes a key is to sign (XML): message, public label, line. Return the tokens."""
    lifetime = REMOTE_LIFETIME if key.provider == "remote" else LIFETIME
    rows = [
        SignatureRequest(
            token=PREFIX + secrets.token_urlsafe(24),
            key=key,
            line_id=line_id,
            subject=subject,
            digest=sha256(message).digest(),
            to_sign=message,
            prepared_by=by.username,
            prepared_at=at,
            expires_at=at + lifetime,
        )
        for message, subject, line_id in messages
    ]
    SignatureRequest.objects.bulk_create(rows)
    return [row.token for row in rows]


def sign(
    tokens: Sequence[str], *, home: Path, is_playground: bool, by: Actor, at: datetime
) -> list[Made]:
    """Sign what was prepared under these tokens, each once, inside the caller's `acting(by)`.

    Raises `TokenRefused` when one is unknown, used or too old (then nothing is signed), and
    `KeyRefused`.
    """
    requests = _open_requests(tokens, at)
    providers: dict[int, Provider] = {}
    made = []
    for request in requests:
        if request.key_id not in providers:
            providers[request.key_id] = open_provider(
                request.key, home=home, is_playground=is_playground
            )
        to_sign = bytes(request.to_sign)
        made.append(Made(request.token, to_sign, providers[request.key_id].sign(to_sign)))
    _record(requests, made, by, at)
    return made


def waiting(*, by: Actor, at: datetime) -> list[Waiting]:
    """Return the requests that wait for somebody's own device, the oldest first."""
    with acting(by):
        rows = SignatureRequest.objects.select_related("key").filter(
            key__provider="remote", madesignature__isnull=True, expires_at__gt=at
        )
        return [_as_waiting(row) for row in rows.order_by("pk")[:1000]]


def to_sign(token: str, *, by: Actor, at: datetime) -> Waiting:
    """Return one request for the holder's device. Raises `TokenRefused`."""
    with acting(by):
        return _as_waiting(_open_requests([token], at)[0])


def accept(token: str, signature: bytes, *, by: Actor, at: datetime) -> Made:
    """Take the signature that a device made over `to_sign`; verified before it is kept.

    Of ECDSA it is DER, or r ‖ s as hardware gives it. Raises `TokenRefused`: unknown, used or too
    old, or the signature is not the key's.
    """
    with acting(by):
        (request,) = _open_requests([token], at)
        certificate = x509.load_der_x509_certificate(bytes(request.key.certificate))
        message = bytes(request.to_sign)
        forms = [signature]
        if len(signature) == _RAW and request.key.algorithm.startswith("ecdsa"):
            forms.append(der_of(signature))
        fitting = [form for form in forms if _fits(certificate, message, form)]
        if not fitting:
            raise _refused("not the key's signature over what was prepared")
        made = Made(token, message, fitting[0])
        _record([request], [made], by, at)
        return made


def made_for(token: str) -> Made:
    """Return the signature a request has, inside the caller's identity. Raises `TokenRefused`."""
    row = SignatureRequest.objects.select_related("madesignature").filter(token=token).first()
    if row is None or not hasattr(row, "madesignature"):
        raise _refused("not signed")
    return Made(token, bytes(row.to_sign), bytes(row.madesignature.signature))


def cms_signer(key: SigningKey) -> CmsSigner:
    """Return what builds the signatures of a key; it holds no secret."""
    return _cms_signer(bytes(key.certificate), key.chain, key.algorithm)


@lru_cache(maxsize=256)
def _cms_signer(certificate: bytes, chain: str, algorithm: str) -> CmsSigner:
    above = x509.load_pem_x509_certificates(chain.encode()) if chain else []
    kind = "ecdsa-p256-sha256" if algorithm.startswith("ecdsa") else "rsa-pkcs1-sha256"
    return CmsSigner(
        x509.load_der_x509_certificate(certificate),
        above,
        kind,  # type: ignore[arg-type]  # one of the two words
    )


def _open_requests(tokens: Sequence[str], at: datetime) -> list[SignatureRequest]:
    found = {
        request.token: request
        for request in SignatureRequest.objects.select_related("key", "madesignature").filter(
            token__in=list(tokens)
        )
    }
    for token in tokens:
        request = found.get(token)
        if request is None:
            raise _refused("unknown")
        if hasattr(request, "madesignature"):
            raise _refused("used")
        if at >= request.expires_at:
            raise _refused("too old")
    if len(found) != len(tokens):
        raise _refused("twice")
    return [found[token] for token in tokens]


def _record(
    requests: Sequence[SignatureRequest], made: Sequence[Made], by: Actor, at: datetime
) -> None:
    MadeSignature.objects.bulk_create(
        MadeSignature(
            request=request, signature=each.signature, signed_by=by.username, signed_at=at
        )
        for request, each in zip(requests, made, strict=True)
    )


def _fits(certificate: x509.Certificate, message: bytes, signature: bytes) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _as_waiting(row: SignatureRequest) -> Waiting:
    message = bytes(row.to_sign)
    return Waiting(
        row.token,
        row.key.number,
        row.key.algorithm,
        row.subject,
        message,
        sha256(message).digest(),
        row.expires_at,
    )


def _refused(why: str) -> TokenRefused:
    return TokenRefused(
        "signature_token_refused",
        Text(
            "Không có yêu cầu ký hợp lệ: chưa chuẩn bị, đã dùng, quá hạn hoặc chữ ký không khớp.",
            "There is no prepared signature for this: unknown, used, too old, or it does not fit.",
        ),
        why=why,
    )
