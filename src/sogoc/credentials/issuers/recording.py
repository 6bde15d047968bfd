"""Real keys of bodies and of the Ministry: taken in, and reported as lost; on the record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from sogoc.credentials.issuers import keys
from sogoc.credentials.issuers.did import MINISTRY, OPERATOR
from sogoc.credentials.issuers.errors import IssuerRefused
from sogoc.credentials.issuers.hardware import HardwareKey, pin_of
from sogoc.kernel.multikey import Algorithm, Multikey
from sogoc.kernel.text import Text
from sogoc.people.api import (
    Actor,
    UnknownOrganisation,
    acting,
    get_organisation,
    may,
    record_event,
    require,
)

_CHALLENGE: Final = b"sogoc proof of possession\n"
"""What a key signs when it is taken in begins so: no credential and no list ever does."""


def record_issuer_key(
    home: Path,
    body: str,
    *,
    locator: Mapping[str, str] | None = None,
    public: str | None = None,
    by: Actor,
    at: datetime,
) -> keys.KeyRecord:
    """Take in a key with which a body signs credentials from now on; the older one is retired.

    `locator` (`module`, `token`, `label`) is a key in hardware, whose public half is read there and
    which must sign a challenge; `public` a key kept elsewhere, as Multikey: it is published, and
    nothing is signed with it here. Ed25519 or P-256. The Ministry (`bo-gddt`) and
    the operator (`_operator`) need not be bodies of the register. Needs `keys.manage` of the body,
    for these two `org.import`.

    Raises `IssuerRefused`, `HardwareRefused`, `MultikeyError`, `NotPermitted`,
    `UnknownOrganisation`.
    """
    with acting(by):
        require_keys(by, body)
        if (locator is None) == (public is None):
            raise _refused(
                "issuer_key_one_place", "Nêu khóa trong thiết bị, hoặc khóa công khai.",
                "Name the key in hardware, or a public key.",
            )  # fmt: skip
        if locator is not None:
            multikey = _in_hardware(home, locator)
        else:
            multikey = Multikey.parse(public or "")
            multikey.public_key()  # a point off the curve is refused
        if multikey.algorithm not in {Algorithm.ED25519, Algorithm.P256}:
            raise _refused(
                "issuer_key_algorithm", "Chỉ dùng khóa Ed25519 hoặc P-256.",
                "Only Ed25519 or P-256.",
            )  # fmt: skip
        record_event(
            actor=by,
            verb="issuers:key:record",
            subject=str(multikey),
            at=at,
            detail={"body": body, "algorithm": multikey.algorithm.value},
        )
        # The last thing: an act that fails takes nothing in. After it only the commit can fail,
        # and then the key is refused as known, which an operator can see in `keys list`.
        return keys.add(
            home, body, multikey,
            provider="remote" if locator is None else "pkcs11", locator=locator or {}, at=at,
        )  # fmt: skip


def report_issuer_key(
    home: Path, label: str, *, since: datetime, reason: str, by: Actor, at: datetime,
    is_playground: bool,
) -> keys.KeyRecord:  # fmt: skip
    """Report a key as compromised since a moment; a playground makes the next one at once.

    Needs `keys.manage` of the body, for the Ministry `org.import`. Raises `IssuerRefused`.
    """
    with acting(by):
        record, _ = keys.find(home, label)
        require_keys(by, record.body)
        if since > at or not reason.strip():
            raise _refused(
                "key_end", "Cần lý do và thời điểm đã qua.", "Say why, and a past moment."
            )
        record_event(
            actor=by,
            verb="issuers:key:compromised",
            subject=str(record.multikey),
            at=at,
            reason=reason.strip(),
            detail={"body": record.body, "since": since.isoformat()},
        )
        lost = keys.compromise(home, label, since=since)
    if is_playground:
        keys.signer(home, record.body, record.multikey.algorithm, at=at, is_playground=True)
    return lost


def issuer_key(home: Path, label: str, *, by: Actor) -> keys.KeyRecord:
    """Return a key by its label (`V-…`), for who may manage the keys of its body.

    Raises `IssuerRefused`, `NotPermitted`.
    """
    record, _ = keys.find(home, label)
    with acting(by):
        require_keys(by, record.body)
    return record


def require_keys(by: Actor, body: str) -> None:
    """Raise `NotPermitted` unless one may manage the keys with which a body signs credentials.

    Inside `acting(by)`. Who brings bodies in may for all, others for a body of their own.
    """
    if may(by, "org.import"):
        return
    if body in {MINISTRY, OPERATOR}:
        try:
            organisation = get_organisation(body)
        except UnknownOrganisation:
            require(by, "org.import")
            return
    else:
        organisation = get_organisation(body)
    require(by, "keys.manage", organisation_id=organisation.pk)


def _in_hardware(home: Path, locator: Mapping[str, str]) -> Multikey:
    """Return the public half of a key in hardware, which has shown that it signs."""
    key = HardwareKey(locator, pin_of(home))
    multikey = Multikey.of(key.public_key())
    challenge = _CHALLENGE + secrets.token_bytes(32)
    if not multikey.verifies(key.sign(challenge), challenge):
        raise _refused(
            "issuer_key_pair", "Khóa công khai và khóa bí mật trong thiết bị không cùng cặp.",
            "The public and the private key of that label are no pair.",
        )  # fmt: skip
    return multikey


def _refused(code: str, vi: str, en: str) -> IssuerRefused:
    return IssuerRefused(code, Text(vi, en))
