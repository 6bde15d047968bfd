"""Publishing status lists: signed, of short validity, archived, their digests in the log.

    <home>/status/<issuer>/<number>/{revocation,suspension,refresh}   Bitstring Status List (JSON)
    <home>/status/<issuer>/<number>/token                             Token Status List (JWT)
    <home>/status/archive/<sha256>                                    every state ever published

The newest files have the public paths under which credentials name them. Of each state the log
holds a leaf with act `status_list`, the issuer, the book `<number>/<purpose>` and the SHA-256 of
the file where other leaves have their commitment: nothing in a list is hidden.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.log import api as log
from sogoc.credentials.status.entries import PURPOSES, list_path
from sogoc.disk import files
from sogoc.kernel import jws, status_lists
from sogoc.kernel.errors import Error
from sogoc.kernel.leaf import encode_leaf
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.periods import local_day
from sogoc.people.api import Actor, acting
from sogoc.verifier.api import terms

TOKEN: Final = "token"  # noqa: S105 - the name of a format
TOKEN_TYPE: Final = "statuslist+jwt"  # noqa: S105
VALIDITY: Final = timedelta(days=1)
TTL: Final = timedelta(hours=1)
"""How long a reader may keep a list before asking again."""
LEAF_ACT: Final = "status_list"

_PUBLISHER: Final = Actor.system("status")
_TOKEN_VALUES: Final = {"refresh": 3, "suspension": 2, "revocation": 1}
"""Values of the Token Status List, the weightiest last: 1 invalid, 2 suspended, 3 superseded."""

_LISTS: Final = """
    SELECT s.id, s.number, s.length, o.code FROM credentials_status_list s
    JOIN people_organisation o ON o.id = s.issuer_id ORDER BY o.code, s.number
"""
_SET: Final = """
    SELECT 'revocation', e.index FROM credentials_status_entry e
    JOIN credentials_register_line r ON r.ref_id = e.line_id AND r.act = 'revoke'
    WHERE e.list_id = %(list)s
    UNION
    SELECT m.purpose, e.index FROM credentials_status_entry e
    JOIN LATERAL (
        SELECT DISTINCT ON (m.purpose) m.purpose, m.is_set FROM credentials_status_mark m
        WHERE m.entry_id = e.id ORDER BY m.purpose, m.recorded_at DESC, m.id DESC
    ) m ON m.is_set
    WHERE e.list_id = %(list)s
"""
_NEWEST: Final = """
    SELECT content, valid_from, valid_until, sha256 FROM credentials_status_issue
    WHERE list_id = %s AND purpose = %s ORDER BY valid_from DESC, id DESC LIMIT 1
"""
_KEEP: Final = """
    INSERT INTO credentials_status_issue
        (list_id, purpose, valid_from, valid_until, content, sha256, leaf_hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Published:
    """One list file: its public path, whether it is new, how many entries are set, its digest."""

    path: str
    is_new: bool
    count: int
    valid_until: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class _List:
    id: int
    issuer: str
    number: int
    length: int


def publish(
    home: Path,
    *,
    base: str,
    at: datetime,
    is_playground: bool,
    anew: frozenset[str] = frozenset(),
) -> list[Published]:
    """Publish each list that changed, is lost, or whose validity is half over; return all of them.

    Lists of the bodies `anew` are signed again in any case: their key was lost. One that cannot be
    signed keeps no other back: after the last, the first error is raised, for instance
    `IssuerRefused` where a body has no key here.
    """
    at = at.replace(microsecond=0)
    with acting(_PUBLISHER), connection.cursor() as cursor:
        cursor.execute(_LISTS)
        lists = [_List(row[0], row[3], row[1], row[2]) for row in cursor.fetchall()]
    done: list[Published] = []
    refused: Error | None = None
    for each in lists:
        try:
            done += _publish_list(
                each, home, base=base, at=at, is_playground=is_playground, anew=each.issuer in anew
            )
        except Error as error:
            refused = refused or error
    if refused is not None:
        raise refused
    return done


def _publish_list(
    each: _List, home: Path, *, base: str, at: datetime, is_playground: bool, anew: bool
) -> list[Published]:
    done = []
    newest_files = {}
    with acting(_PUBLISHER), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x50D0_57A8, each.id])
        cursor.execute(_SET, {"list": each.id})
        indices: dict[str, list[int]] = {purpose: [] for purpose in PURPOSES}
        for purpose, index in cursor.fetchall():
            indices[purpose].append(index)
        key = issuers.signer(
            home, each.issuer, Algorithm.ED25519, at=at, is_playground=is_playground
        )
        for purpose in (*PURPOSES, TOKEN):
            encoded, count = _encoded(each, purpose, indices)
            path = list_path(each.issuer, each.number, purpose)
            content = sha256(encoded.encode()).digest()
            cursor.execute(_NEWEST, [each.id, purpose])
            newest = cursor.fetchone()
            is_same = newest is not None and bytes(newest[0]) == content
            if is_same and not anew and _is_fresh(newest, at):
                digest = bytes(newest[3])
                if (kept := _archived(home, digest)) is not None:
                    newest_files[path] = kept
                    done.append(Published(path, False, count, newest[2], digest.hex()))
                    continue
            if newest is not None and newest[1] >= at:
                at = newest[1] + timedelta(seconds=1)  # states of one list never share a time
            data = _signed(each, purpose, encoded, key, base=base, at=at)
            digest = sha256(data).digest()
            leaf = _leaf(each, purpose, digest)
            hashed = log.add_leaf(log.stream_for(local_day(at)), LEAF_ACT, leaf)
            until = at + VALIDITY
            cursor.execute(_KEEP, [each.id, purpose, at, until, content, digest, hashed])
            _replace(home / "status" / "archive" / digest.hex(), data)
            newest_files[path] = data
            done.append(Published(path, True, count, until, digest.hex()))
    for path, data in newest_files.items():  # published only once it is committed
        _replace(home / path, data)
    return done


def _encoded(each: _List, purpose: str, indices: dict[str, list[int]]) -> tuple[str, int]:
    if purpose == TOKEN:
        values = {index: value for name, value in _TOKEN_VALUES.items() for index in indices[name]}
        return status_lists.encode_tokens(each.length, values), len(values)
    bits = status_lists.bitstring(each.length, indices[purpose])
    return status_lists.encode_bitstring(bits), len(set(indices[purpose]))


def _signed(
    each: _List, purpose: str, encoded: str, key: issuers.Signer, *, base: str, at: datetime
) -> bytes:
    address = issuers.address(list_path(each.issuer, each.number, purpose), base)
    did, ttl = issuers.did_of(each.issuer, base), int(TTL.total_seconds())
    if purpose == TOKEN:
        header = {"typ": TOKEN_TYPE, "kid": issuers.method_of(did, key.record)}
        payload: dict[str, Any] = {
            "iss": did,
            "sub": address,
            "iat": int(at.timestamp()),
            "exp": int((at + VALIDITY).timestamp()),
            "ttl": ttl,
            "status_list": {"bits": 2, "lst": encoded},
        }
        return jws.sign(header, payload, key.algorithm, key.sign).encode("ascii")
    document = {
        "@context": terms.STATUS_CONTEXT,
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": issuers.iso(at),
        "validUntil": issuers.iso(at + VALIDITY),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }
    signed = issuers.sign_document(document, did, key, at)
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":")).encode()


def _leaf(each: _List, purpose: str, digest: bytes) -> bytes:
    return encode_leaf(
        act=LEAF_ACT,
        issuer=each.issuer,
        book=f"{each.number}/{purpose}",
        sequence=None,
        decision=None,
        reference=None,
        rules=None,
        rulings=(),
        commitment=digest,
    )


def _is_fresh(newest: tuple[Any, ...], at: datetime) -> bool:
    valid_from: datetime = newest[1]
    valid_until: datetime = newest[2]
    return valid_from <= at < valid_from + (valid_until - valid_from) / 2


def _archived(home: Path, digest: bytes) -> bytes | None:
    """Return a state as it was published, None when its file is lost or damaged."""
    try:
        data = (home / "status" / "archive" / digest.hex()).read_bytes()
    except FileNotFoundError:
        return None
    return data if sha256(data).digest() == digest else None


def _replace(target: Path, data: bytes) -> None:
    if target.is_file() and target.read_bytes() == data:
        return
    files.make_folder(target.parent)
    files.replace(target, data)
