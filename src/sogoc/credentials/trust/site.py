"""The public files others fetch, under the addresses that credentials name.

    .well-known/did.json, <body>/did.json   DID documents: the operator's, the bodies'
    authority/<body>                        the Ministry's statement about a body
    status/<body>/<n>/<purpose>             status lists, as published
    receipts/keys                           keys of receipts, as signed notes name them

The web process of the register serves them from here; `trust export --site` writes the same bytes
for any web server. A statement is dated to the last `EVERY` minutes, so that every process of the
web and an export made meanwhile give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sogoc.credentials.issuers import api as issuers
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.notes import VerifierKey
from sogoc.people.api import Actor, acting, organisations
from sogoc.verifier.api import key_name

EVERY: Final = 5
"""Minutes for which a statement keeps its date."""
RECEIPT_KEYS: Final = "receipts/keys"

DID_TYPE: Final = "application/did+ld+json"
VC_TYPE: Final = "application/ld+json"
"""Not `application/vc`: common readers parse an answer only when its type says JSON."""
TOKEN_TYPE: Final = "application/statuslist+jwt"  # noqa: S105 - a media type
TEXT_TYPE: Final = "text/plain; charset=utf-8"

_DID: Final = re.compile(r"(?P<body>[a-z0-9_]+(?:-[a-z0-9_]+)*)/did\.json")
_AUTHORITY: Final = re.compile(r"authority/(?P<body>[a-z0-9_]+(?:-[a-z0-9_]+)*)")
_STATUS: Final = re.compile(
    r"status/[a-z0-9_]+(?:-[a-z0-9_]+)*/[0-9]{1,9}/(?:revocation|suspension|refresh|token)"
)
_statements: dict[tuple[Path, str, str, datetime], bytes] = {}
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A public file: its bytes, type, and for how many seconds a reader may keep it."""

    data: bytes
    content_type: str
    max_age: int

    @property
    def etag(self) -> str:
        """A strong entity tag."""
        return f'"{sha256(self.data).hexdigest()[:32]}"'


def site_file(
    home: Path, *, base: str, path: str, at: datetime, is_playground: bool
) -> SiteFile | None:
    """Return the file at a public path below `https://<base>/`, None when there is none.

    Raises `IssuerRefused` for a statement where the Ministry has no key here.
    """
    if path == issuers.did_path(issuers.OPERATOR, base):
        return _did(home, issuers.OPERATOR, base)
    if path == RECEIPT_KEYS:
        text = receipt_keys(home, base)
        return SiteFile(text.encode(), TEXT_TYPE, 300) if text else None
    if found := _DID.fullmatch(path):
        return None if found["body"] == issuers.OPERATOR else _did(home, found["body"], base)
    if found := _AUTHORITY.fullmatch(path):
        return _authority(home, found["body"], base, at, is_playground=is_playground)
    if _STATUS.fullmatch(path):
        file = home / path
        kind = TOKEN_TYPE if path.endswith("/token") else VC_TYPE
        return SiteFile(file.read_bytes(), kind, 60) if file.is_file() else None
    return None


def dated(home: Path, at: datetime) -> datetime:
    """Return the date of statements made at a time: its last round minute, by the key in use."""
    at = at.astimezone(UTC)
    start = at - timedelta(
        minutes=at.minute % EVERY, seconds=at.second, microseconds=at.microsecond
    )
    serving = [key.valid_from for key in issuers.history(home, issuers.MINISTRY) if key.serves(at)]
    return max([start, *serving])


def encoded(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is published."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def receipt_keys(home: Path, base: str) -> str:
    """Return every key of receipts, oldest first, one a line; empty when there is none."""
    return "".join(
        f"{VerifierKey(key_name(base), record.multikey.raw)}\n"
        for record in issuers.history(home, issuers.OPERATOR)
        if record.multikey.algorithm is Algorithm.ED25519
    )


def _did(home: Path, body: str, base: str) -> SiteFile | None:
    keys = issuers.history(home, body)
    if not keys:
        return None
    return SiteFile(encoded(issuers.did_document(body, base, keys)), DID_TYPE, 60)


def _authority(
    home: Path, body: str, base: str, at: datetime, *, is_playground: bool
) -> SiteFile | None:
    if body not in issuers.bodies(home):
        return None
    stated = dated(home, at)
    key = (home, base, body, stated)
    data = _statements.get(key)
    if data is None:
        with acting(Actor.system("trust")):
            names = {each.code: each.name for each in organisations()}
        if body not in names:
            return None
        statement = issuers.authority_credential(
            body, names[body], home=home, base=base, at=stated, is_playground=is_playground
        )
        data = encoded(statement)
        if len(_statements) >= _MOST:
            _statements.clear()
        _statements[key] = data
    return SiteFile(data, VC_TYPE, 60)
