"""The compiled template of a credential says what PyLD reads, whatever the values."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.credentials.documents.vc_template import Batch, Values, sign_credential, template
from sogoc.credentials.status.api import Entry
from sogoc.kernel.data_integrity import EDDSA, ProofMaker, ProofOptions
from sogoc.kernel.multikey import Algorithm
from sogoc.kernel.text import Text
from sogoc.verifier.api import jsonld, terms

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)
FIELDS = st.fixed_dictionaries(
    {
        "full_name": st.one_of(st.none(), TEXTS),
        "birth": st.one_of(st.none(), st.dates().map(date.isoformat), TEXTS),
        "serial": TEXTS,
        "entry_number": TEXTS,
        "code": TEXTS,
        "kind": st.just("cc_khac"),
        "issued_on": st.just("2025-04-10"),
    }
)
BATCHES = st.builds(
    Batch,
    base=st.sampled_from(["so.example", "localhost:8443/goc"]),
    issuer=st.sampled_from(["so-gddt", "dh-mau"]),
    issuer_name=TEXTS,
    kind=st.just("cc_khac"),
    kind_name=st.builds(Text, TEXTS, TEXTS),
    is_diploma=st.booleans(),
    issued_on=st.just(date(2025, 4, 10)),
)


class Kept(ProofMaker):
    """Keeps the bytes it was asked to sign instead of signing them."""

    seen: bytes = b""

    def value(self, canonical_document: bytes) -> str:
        self.seen = canonical_document
        return "z1"


@settings(max_examples=60)
@given(BATCHES, FIELDS, st.uuids(), st.integers(0, 10**6), TEXTS)
def test_what_is_signed_is_what_json_ld_reads(
    batch: Batch, fields: dict[str, Any], uuid: UUID, index: int, proof: str
) -> None:
    options = ProofOptions(EDDSA, "2025-04-10T03:00:00Z", "did:web:so.example:x#k")
    maker = Kept(options, Algorithm.ED25519, lambda message: message)
    values = Values(Entry(uuid, index, batch.issuer, 3), fields, "bGE=", '[["a","b"]]', proof)
    document = json.loads(sign_credential(batch, values, maker))
    assert document.pop("proof") == {**options.members(), "proofValue": "z1"}
    canonical = jsonld.canonical(document)
    assert maker.seen == canonical
    subjects = {line.split(b" ")[0] for line in canonical.splitlines()}
    assert not any(subject.startswith(b"_:") for subject in subjects)
    shown = {
        field: document["credentialSubject"].get(claim) for field, claim in terms.CLAIMS.items()
    }
    assert shown == {field: value or None for field, value in fields.items()}


def test_a_batch_is_compiled_once() -> None:
    batch = Batch("a.example", "b", "B", "k", Text("x", "y"), False, date(2025, 1, 1))
    assert template(batch) is template(batch)
    assert template(batch) is not template(batch, frozenset({"birth"}))
