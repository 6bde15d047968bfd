"""A register in small, without database: a log, a body, the Ministry, lists, and credentials.

Everything is signed as the product signs it, with keys known to the tests, so that an attacker can
be given exactly the keys and files a case is about.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sogoc.credentials.documents.vc_template import Batch, Values, sign_credential
from sogoc.credentials.issuers.did import did_document, did_of, method_of
from sogoc.credentials.issuers.keys import KeyRecord, iso
from sogoc.credentials.status.entries import Entry
from sogoc.kernel import merkle, status_lists
from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm as Cosigning
from sogoc.kernel.cosignature import CosignerSecret
from sogoc.kernel.data_integrity import EDDSA, ProofMaker, ProofOptions
from sogoc.kernel.leaf import Committer, encode_leaf
from sogoc.kernel.leaf_opening import Opener
from sogoc.kernel.log_proof import LogProof
from sogoc.kernel.multikey import Algorithm, Multikey
from sogoc.kernel.notes import SignerKey, add_signatures, sign_note
from sogoc.kernel.text import Text
from sogoc.verifier.api import Report, Trust, jsonld, judge, terms

BASE, BODY, MINISTRY, KIND = "so.example", "truong-mau", "bo-gddt", "cc_cntt_co_ban"
ISSUED = date(2025, 4, 10)
AT = datetime(2025, 4, 10, 3, 0, tzinfo=UTC)
NOW = AT + timedelta(hours=2)
FIELDS = {
    "birth": "1990-02-03",
    "code": "ABCD-EFGH",
    "entry_number": "12/2025",
    "full_name": "Y Bhăm Niê",
    "issued_on": ISSUED.isoformat(),
    "kind": KIND,
    "personal_id": "012345678901",
    "serial": "A 0001",
}
SHOWN = sorted(set(FIELDS) - {"personal_id"})
RECORD_KEY = bytes(range(32))
LOG = SignerKey(f"{BASE}/2025", b"l" * 32)
WITNESS = CosignerSecret("w.example/w", Cosigning.ED25519, b"w" * 32)
POLICY = f"log {LOG.verifier}\nwitness w {WITNESS.verifier}\nquorum w\n"


def secret(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed * 32)


def record(body: str, seed: bytes, start: datetime, until: datetime | None = None) -> KeyRecord:
    return KeyRecord(body, 1, Multikey.of(secret(seed).public_key()), start, until)


START = datetime(2020, 1, 1, tzinfo=UTC)
BODY_KEY = record(BODY, b"b", START)
MINISTRY_KEY = record(MINISTRY, b"m", START)


def sign(document: dict[str, Any], body: str, seed: bytes, at: datetime) -> dict[str, Any]:
    """Sign any document with a key of a body."""
    key = record(body, seed, START)
    options = ProofOptions(EDDSA, iso(at), method_of(did_of(body, BASE), key))
    maker = ProofMaker(options, Algorithm.ED25519, secret(seed).sign)
    plain = json.loads(json.dumps(document))
    value = maker.value(jsonld.canonical(plain))
    return {**document, "proof": {**options.members(), "proofValue": value}}


@dataclass
class World:
    """One line in a log of some, its credential, and the bundle. Change a part, then `report()`."""

    fields: dict[str, Any] = field(default_factory=lambda: dict(FIELDS))
    act: str = "issue"
    leaf_issuer: str = BODY
    size: int = 5
    index: int = 3
    log: SignerKey = LOG
    cosigners: tuple[CosignerSecret, ...] = (WITNESS,)
    signed_at: datetime = AT
    body_keys: tuple[KeyRecord, ...] = (BODY_KEY,)
    seed: bytes = b"b"
    published: dict[int, bytes] = field(default_factory=dict)
    policy: str = POLICY
    status: dict[str, list[int]] = field(default_factory=dict)
    list_from: datetime = AT
    list_until: datetime = AT + timedelta(days=1)
    may_issue: list[dict[str, Any]] = field(
        default_factory=lambda: [entry("allowed", "2020-01-01", None)]
    )
    made: datetime = AT + timedelta(minutes=5)

    def leaf(self) -> bytes:
        names, values = tuple(self.fields), tuple(self.fields.values())
        return encode_leaf(
            act=self.act,
            issuer=self.leaf_issuer,
            book=f"{KIND}/2025",
            sequence=1,
            decision=None,
            reference=None,
            rules=None,
            rulings=(),
            commitment=Committer(names).commit(RECORD_KEY, values),
        )

    def hashes(self) -> list[bytes]:
        leaves = [merkle.leaf_hash(b"leaf %d" % number) for number in range(self.size)]
        leaves[self.index] = merkle.leaf_hash(self.leaf())
        return leaves

    def note(self) -> str:
        body = Checkpoint(self.log.name, self.size, merkle.root_hash(self.hashes())).body()
        note = sign_note(body, self.log.name, self.log.private_key)
        return add_signatures(note, [each.cosign(body, 1_744_254_000) for each in self.cosigners])

    def credential(self) -> bytes:
        proof = LogProof(
            self.index, tuple(merkle.inclusion_proof(self.index, self.hashes())), self.note()
        )
        opening = Opener(tuple(self.fields), SHOWN).open(RECORD_KEY, tuple(self.fields.values()))
        did = did_of(BODY, BASE)
        options = ProofOptions(
            EDDSA, iso(self.signed_at), method_of(did, record(BODY, self.seed, START))
        )
        maker = ProofMaker(options, Algorithm.ED25519, secret(self.seed).sign)
        batch = Batch(BASE, BODY, "Trường Mẫu", KIND, Text("Chứng chỉ", "IT"), False, ISSUED)
        values = Values(
            Entry(UUID(int=7), 4242, BODY, 1),
            {name: value for name, value in self.fields.items() if name in SHOWN},
            base64.b64encode(self.leaf()).decode(),
            opening,
            str(proof),
        )
        return sign_credential(batch, values, maker)

    def lists(self) -> list[dict[str, Any]]:
        return [self.list_of(purpose) for purpose in ("revocation", "suspension", "refresh")]

    def list_of(self, purpose: str) -> dict[str, Any]:
        address = f"https://{BASE}/status/{BODY}/1/{purpose}"
        bits = status_lists.bitstring(status_lists.MIN_LENGTH, self.status.get(purpose, []))
        document = {
            "@context": terms.STATUS_CONTEXT,
            "id": address,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": did_of(BODY, BASE),
            "validFrom": iso(self.list_from),
            "validUntil": iso(self.list_until),
            "credentialSubject": {
                "id": f"{address}#list",
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "encodedList": status_lists.encode_bitstring(bits),
            },
        }
        return sign(document, BODY, b"b", self.list_from)

    def statement(self) -> dict[str, Any]:
        document = {
            "@context": terms.AUTHORITY_CONTEXT,
            "id": f"https://{BASE}/authority/{BODY}",
            "type": ["VerifiableCredential", "AuthorityCredential"],
            "name": "Thẩm quyền",
            "issuer": did_of(MINISTRY, BASE),
            "validFrom": iso(self.made),
            "credentialSubject": {
                "id": did_of(BODY, BASE),
                "type": ["AuthorisedBody"],
                "name": "Trường Mẫu theo Bộ",
                "mayIssue": self.may_issue,
            },
        }
        return sign(document, MINISTRY, b"m", self.made)

    def bundle(self) -> dict[str, Any]:
        roots = self.published or {self.size: merkle.root_hash(self.hashes())}
        checkpoints = [[s, base64.b64encode(r).decode()] for s, r in sorted(roots.items())]
        return {
            "format": "sogoc-trust/1",
            "base": BASE,
            "made": iso(self.made),
            "development": True,
            "ministry": did_of(MINISTRY, BASE),
            "dids": [
                did_document(BODY, BASE, self.body_keys),
                did_document(MINISTRY, BASE, [MINISTRY_KEY]),
            ],
            "logs": [{"origin": LOG.name, "policy": self.policy, "checkpoints": checkpoints}],
            "authority": [self.statement()],
            "status_lists": self.lists(),
            "kinds": {KIND: "Chứng chỉ CNTT cơ bản"},
        }

    def trust(self) -> Trust:
        return Trust.parse(json.dumps(self.bundle()).encode())

    def report(self, at: datetime = NOW) -> Report:
        return judge(self.credential(), self.trust(), at)


def entry(standing: str, start: str, until: str | None, kind: str = KIND) -> dict[str, Any]:
    """Return one authorisation of the Ministry's statement."""
    found = {
        "id": f"https://{BASE}/authority/{BODY}#1",
        "type": ["Authorisation"],
        "credentialKind": kind,
        "capacity": "trung_tam_sat_hach",
        "standing": standing,
        "fromDay": start,
        "legalBasis": "khoản 2 Điều 17 TTLT 17/2016/TTLT-BGDĐT-BTTTT",
    }
    return found if until is None else {**found, "untilDay": until}


def until(key: KeyRecord, at: datetime) -> KeyRecord:
    """Return a key retired at a time."""
    return replace(key, valid_until=at)
