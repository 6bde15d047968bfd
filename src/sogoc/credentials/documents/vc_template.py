"""The digital credential: VCDM 2.0 with Open Badges 3.0, every node with an id.

There is one template a batch: what is the same – issuer, kind, day – is expanded once by PyLD; of
each line only its own values are put into the compiled lines and signed. A property a line has no
value for is left out, which makes another template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sogoc.credentials.issuers import api as issuers
from sogoc.credentials.status import api as status
from sogoc.kernel.data_integrity import ProofMaker
from sogoc.kernel.leaf import Value
from sogoc.kernel.nquads import Template, token
from sogoc.kernel.text import Text
from sogoc.verifier.api import jsonld, terms

CLAIMS: Final = terms.CLAIMS
"""Committed field of a register line → property of the subject."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What credentials of one template share; `base` is the first part of the log's origins."""

    base: str
    issuer: str
    issuer_name: str
    kind: str
    kind_name: Text
    is_diploma: bool
    issued_on: date


@dataclass(frozen=True, slots=True)
class Values:
    """What is one credential's own: its status entry, the shown fields, and what proves them."""

    entry: status.Entry
    fields: Mapping[str, Value]
    leaf: str
    opening: str
    proof: str


def sign_credential(batch: Batch, values: Values, maker: ProofMaker) -> bytes:
    """Return the signed credential. Raises `TemplateError` for values that cannot stand in it."""
    absent = frozenset(name for name in CLAIMS if values.fields.get(name) in {None, ""})
    slots = {
        "uuid": str(values.entry.uuid),
        "index": str(values.entry.index),
        "list": str(values.entry.number),
        "leaf": values.leaf,
        "opening": values.opening,
        "proof": values.proof,
    }
    for name in CLAIMS:
        if name not in absent and name not in _CONSTANT:
            slots[_slot(name)] = str(values.fields[name])
    text, canonical = template(batch, absent).render(slots)
    return f'{text[:-1]},"proof":{maker.proof(canonical)}}}'.encode()


@lru_cache(maxsize=256)
def template(batch: Batch, absent: frozenset[str] = frozenset()) -> Template:
    """Return the compiled template of a batch; `absent` are the claims lines have no value for."""
    document = _document(batch, absent)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Template(text, jsonld.lines(document))


_CONSTANT: Final = {"kind", "issued_on"}


def _slot(name: str) -> str:
    return name.replace("_", "")


def _document(batch: Batch, absent: frozenset[str]) -> dict[str, Any]:
    identity = f"urn:uuid:{token('uuid')}"
    did = issuers.did_of(batch.issuer, batch.base)
    return {
        "@context": terms.CONTEXT,
        "id": identity,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": batch.kind_name.vi,
        "issuer": {"id": did, "type": ["Profile"], "name": batch.issuer_name},
        "validFrom": f"{batch.issued_on.isoformat()}T00:00:00+07:00",
        "credentialSubject": _subject(batch, absent, identity, did),
        "evidence": [
            {
                "id": f"{identity}#register",
                "type": ["Evidence", "RegisterProof"],
                "leaf": token("leaf"),
                "opening": token("opening"),
                "tlogProof": token("proof"),
            }
        ],
        "credentialStatus": [_status(batch, identity, purpose) for purpose in status.PURPOSES],
    }


def _subject(batch: Batch, absent: frozenset[str], identity: str, did: str) -> dict[str, Any]:
    values = {name: token(_slot(name)) for name in CLAIMS if name not in absent}
    values |= {"kind": batch.kind, "issued_on": batch.issued_on.isoformat()}
    subject: dict[str, Any] = {"id": f"{identity}#holder", "type": ["AchievementSubject"]}
    subject |= {CLAIMS[name]: value for name, value in values.items()}
    if "full_name" in values:
        subject["identifier"] = [
            {
                "id": f"{identity}#name",
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": token(_slot("full_name")),
                "identityType": "name",
            }
        ]
    achievement = f"{did}#{batch.kind}"
    subject["achievement"] = {
        "id": achievement,
        "type": ["Achievement"],
        "name": batch.kind_name.vi,
        "description": batch.kind_name.en,
        "achievementType": "Diploma" if batch.is_diploma else "Certificate",
        "criteria": {
            "id": f"{achievement}-criteria",
            "narrative": "Theo quy định của Bộ Giáo dục và Đào tạo",
        },
    }
    return subject


def _status(batch: Batch, identity: str, purpose: str) -> dict[str, str]:
    path = f"status/{batch.issuer}/{token('list')}/{purpose}"
    return {
        "id": f"{identity}#{purpose}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": token("index"),
        "statusListCredential": issuers.address(path, batch.base),
    }
